"""`boilerbench corpora stats`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from rich.console import Console

    from boilerbench.anatomy import Anatomy, Reach, Spread
    from boilerbench.types import Selection

WIDTH = 80
NONE = "–"

FREQUENT = 5
"""Names of each sort that are shown, most frequent first."""

LOWEST = 3
"""Pages with the lowest ceilings that are shown."""

EXPLAINED = (
    "Ceiling: what the best choice among a page's own blocks of text, hidden ones too, reaches by "
    "the metric token, mean over pages. What is missing to 1 is lost to whoever takes whole blocks "
    "of text: gold that is not on the page or only in its scripts, or that shares a block with "
    "boilerplate. Visible: the recall of all visible text. A page without gold counts 1. Share: "
    "tokens of the visible text that are gold, over pages that have both."
)


@click.command("stats", epilog="Example: boilerbench corpora stats gazette --kind forum")
@click.argument("names", nargs=-1, required=True, metavar="CORPUS…")
@options.source_option()
@options.selection_options()
@options.format_option("the figures, unrounded and page by page,")
def stats(names: tuple[str, ...], source: Path | None, selection: Selection, format_: str) -> None:
    """Sizes, languages, kinds, sites and gold of corpora, and the ceiling: the token recall and F1
    that no extractor can exceed by choosing blocks of the page's text."""
    from boilerbench.anatomy import anatomy
    from boilerbench.cli.page_bar import page_bar
    from boilerbench.pipeline import load_corpora

    found = []
    for corpus in load_corpora(names, source, selection).values():
        with page_bar(corpus.name, len(corpus)) as seen:
            found.append(anatomy(corpus, seen))
    if format_ == "json":
        shown = {"corpora": [asdict(one) for one in found]}
        click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
        return
    from rich.console import Console

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDTH)
    _print_figures(console, found)
    for one in found:
        _print_parts(console, one)
    if any(one.ceiling for one in found):
        _print(console, EXPLAINED, style="dim")


def _print_figures(console: Console, found: Sequence[Anatomy]) -> None:
    """A column per corpus, as many beside each other as fit."""
    from rich.table import Table
    from rich.text import Text

    columns = [(options.printable(one.name), _figures(one)) for one in found]
    first = max(len(label) for label, _ in columns[0][1])
    while columns:
        fitting, used = 0, first
        for name, cells in columns:
            used += 1 + max(len(name), *(len(cell) for _, cell in cells))
            if fitting and used > console.width:
                break
            fitting += 1
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column("", no_wrap=True)
        for name, _ in columns[:fitting]:
            table.add_column(Text(name), justify="right", overflow="fold")
        for row in zip(*(cells for _, cells in columns[:fitting]), strict=True):
            if any(cell != NONE for _, cell in row):
                table.add_row(Text(row[0][0]), *(Text(cell) for _, cell in row))
        console.print(table)
        console.print()
        columns = columns[fitting:]


def _figures(one: Anatomy) -> list[tuple[str, str]]:
    """What stands in a corpus's column, with its labels."""
    from boilerbench.corpora.selection import UNKNOWN

    sites = f"{sum(site != UNKNOWN for site in one.sites):,}" if one.pages_per_site else NONE
    reached = (
        "Gold that is visible, mean",
        "Ceiling: token recall",
        "  token F1",
        "  token F1, at most",
    )
    unseen = sum(page.visible is not None and page.visible < 0.5 for page in one.each)
    lost = sum(page.recall is not None and page.recall < 0.5 for page in one.each)
    return [
        ("Pages", f"{one.pages:,}"),
        ("Bytes, all pages", _bytes(one.size.total)),
        ("  median", _bytes(one.size.median)),
        ("  largest page", _bytes(one.size.most)),
        ("Sites", sites),
        ("  pages per site, median", _figure(",.0f", one.pages_per_site, "median")),
        ("  pages per site, most", _figure(",.0f", one.pages_per_site, "most")),
        ("Text tokens, median", _figure(",.0f", one.text_tokens, "median")),
        ("Gold tokens, all pages", _figure(",.0f", one.gold_tokens, "total")),
        ("  median", _figure(",.0f", one.gold_tokens, "median")),
        ("  quartiles", _figure(",.0f", one.gold_tokens, "lower", "upper")),
        ("  least, most", _figure(",.0f", one.gold_tokens, "least", "most")),
        ("  pages without gold", f"{one.pages - one.with_gold:,}"),
        ("Share of gold, median", _figure(".3f", one.share, "median")),
        ("  quartiles", _figure(".3f", one.share, "lower", "upper")),
        ("Pages with snippets", _count(one.with_snippets)),
        ("  that must be, mean", _figure(".1f", one.must, "mean")),
        ("  that must not be, mean", _figure(".1f", one.must_not, "mean")),
        ("Pages with Markdown", _count(one.with_markdown)),
        ("Pages with blocks", _count(one.with_blocks)),
        *zip(reached, _reach(one.ceiling), strict=True),
        ("  pages visible below .5", _count(unseen)),
        ("  pages of recall below .5", _count(lost)),
    ]


def _reach(ceiling: Reach | None) -> list[str]:
    return [_figure(".3f", ceiling, name) for name in ("visible", "recall", "f1", "at_most")]


def _print_parts(console: Console, one: Anatomy) -> None:
    """What a corpus has of which sort, the ceiling by kind, and the pages where it is lowest."""
    from rich.table import Table
    from rich.text import Text

    from boilerbench.corpora.selection import UNKNOWN

    console.print(Text(options.printable(one.name), style="bold"))
    for what in ("languages", "kinds", "levels", "sites"):
        counts: Mapping[str, int] = getattr(one, what)
        if set(counts) != {UNKNOWN}:
            _print(console, f"{what}: {_frequent(counts, FREQUENT if what == 'sites' else 20)}")
    if one.ceiling and len(one.by_kind) > 1:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column("Kind", overflow="fold")
        for heading in ("Pages", "Gold tokens", "Share", "Visible", "Recall", "F1", "At most"):
            table.add_column(heading, justify="right", no_wrap=True)
        for part in one.by_kind:
            table.add_row(
                Text(options.printable(part.kind)),
                f"{part.pages:,}",
                _figure(",.0f", part.gold_tokens, "median"),
                _figure(".3f", part.share, "median"),
                *_reach(part.ceiling),
            )
        console.print(table)
    low = sorted(
        (page.f1, page.recall, page.page_id)
        for page in one.each
        if page.f1 is not None and page.recall is not None and page.f1 < 1
    )
    if low:
        console.print("lowest ceilings:")
    for f1, recall, page_id in low[:LOWEST]:
        line = f"  F1 {f1:.3f}, recall {recall:.3f}: {options.printable(page_id)}"
        console.print(Text(line), soft_wrap=True)  # whole, to be copied
    console.print()


def _frequent(counts: Mapping[str, int], most: int) -> str:
    shown = [f"{options.printable(name)} {count:,}" for name, count in list(counts.items())[:most]]
    left = len(counts) - len(shown)
    return ", ".join(shown) + (f" and {left:,} more" if left else "")


def _print(console: Console, text: str, style: str = "") -> None:
    from rich.text import Text

    console.print(Text(text, style=style))


def _figure(form: str, of: Spread | Reach | None, *names: str) -> str:
    return " – ".join(format(getattr(of, name), form) for name in names) if of else NONE


def _count(pages: int) -> str:
    return f"{pages:,}" if pages else NONE


def _bytes(size: float) -> str:
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size:.0f} B"
