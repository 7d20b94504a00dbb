"""`boilerbench time`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from rich.table import Table

    from boilerbench.timing import Timing
    from boilerbench.types import Corpus, Selection

WIDTH = 80
FEWEST_ROUNDS = 5
"""With fewer an interval is narrower than it says."""


@click.command(epilog="Example: boilerbench time -e readability-lxml -e trafilatura --sample 50")
@click.option(
    "--extractor",
    "-e",
    "extractors",
    multiple=True,
    required=True,
    metavar="SPEC",
    help="As in `boilerbench run`; the first is what the others are compared with; may be given "
    "several times.",
)
@options.corpus_option()
@options.source_option()
@options.selection_options()
@click.option(
    "--rounds",
    type=click.IntRange(min=FEWEST_ROUNDS),
    default=FEWEST_ROUNDS,
    show_default=True,
    help="Times that every page is extracted, each round in new processes.",
)
@options.timeout_option()
@options.memory_option()
@options.format_option("the times")
def time(
    extractors: tuple[str, ...],
    corpora: tuple[str, ...],
    source: Path | None,
    selection: Selection,
    rounds: int,
    timeout: float,
    memory: int,
    format_: str,
) -> None:
    """How fast extractors are beside each other.

    Each page goes to each extractor in turn, one at a time, after a warm-up, in several rounds.
    Ratios are of CPU time, to the first extractor, on the pages that both answered. Without
    --corpus the pages are those of the default suite. Other work on the machine makes the figures
    worse: the output says if there was any.
    """
    from boilerbench import timing
    from boilerbench.execution.process import Limits
    from boilerbench.extractors.environments import prepared
    from boilerbench.extractors.specs import specs as specs_of
    from boilerbench.pipeline import load_corpora
    from boilerbench.suites import DEFAULT, load_suite

    limits = Limits(timeout, memory * options.MIB)
    specs = specs_of(extractors)
    loaded = load_corpora(corpora or load_suite(DEFAULT).corpora, source, selection)
    specs = prepared(specs, _say)
    machine = timing.machine()
    records = timing.measure(
        specs,
        lambda: (page for corpus in loaded.values() for page in corpus.pages()),
        sum(map(len, loaded.values())),
        rounds=rounds,
        limits=limits,
        seed=selection.seed,
        told=_say,
    )
    found = timing.timings(records)
    doubts = timing.remarks(machine, timing.load_average())
    if format_ == "table":
        _show(found, [_what(list(loaded.values()), rounds, machine), *doubts])
        return
    listed = {
        "corpora": [
            {
                "name": corpus.name,
                "digest": corpus.digest,
                "pages": len(corpus),
                "selection": str(corpus.selection),
            }
            for corpus in loaded.values()
        ],
        "rounds": rounds,
        "seed": selection.seed,
        "machine": machine,
        "remarks": doubts,
        "rows": [asdict(one) for one in found],
    }
    click.echo(json.dumps(listed, indent=1, ensure_ascii=False))


def _say(line: str) -> None:
    click.echo(options.printable(line), err=True)


def _what(corpora: Sequence[Corpus], rounds: int, machine: Mapping[str, Any]) -> str:
    """What was timed and where, in a line."""
    said = "; ".join(
        "; ".join(filter(None, (f"{corpus.name}, {len(corpus)} pages", str(corpus.selection))))
        for corpus in corpora
    )
    return f"{said}; {rounds} rounds; {machine['cpu']}, {machine['cores']} cores"


def _show(found: Sequence[Timing], notes: Sequence[str]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDTH)
    costs = [
        (
            one.extractor,
            *_ratio(one, found[0]),
            _number(one.cpu_ms, 1),
            _number(one.cpu_ms_median, 1),
            _number(one.pages_per_s, 1),
        )
        for one in found
    ]
    others = [
        (
            one.extractor,
            one.version or "–",
            _number(None if one.peak_rss is None else one.peak_rss / options.MIB, 0),
            _number(one.start_s, 2),
            _number(one.import_s, 2),
            str(one.answered),
            ", ".join(f"{n} {outcome}" for outcome, n in one.failures.items()) or "–",
            str(one.ratio.pages) if one.ratio else "–",
        )
        for one in found
    ]
    for headings, rows in (
        (("Extractor", "Ratio", "95 %", "Rounds", "CPU ms", "Median", "Pages/s"), costs),
        (
            ("Extractor", "Version", "MiB", "Start", "Imports", "Answered", "Failed", "In ratio"),
            others,
        ),
    ):
        console.print(_table(headings, rows))
        console.print()
    for line in (
        f"Ratio: of all CPU time to that of {found[0].extractor}, on pages that both answered;"
        " Rounds: the ratios of single rounds",
        "CPU ms: mean and median per page; Pages/s: by wall time, one at a time",
        "MiB: the most of any page; Start: seconds until the first page, of them Imports",
        *notes,
    ):
        console.print(Text(options.printable(line), style="dim"))


def _ratio(one: Timing, first: Timing) -> tuple[str, str, str]:
    """The ratio, its interval, its range over rounds; the first has no more to say than 1."""
    found = one.ratio
    if found is None:
        return "–", "–", "–"
    if one is first:
        return "1.00", "", ""
    interval = "–" if found.low is None else f"{found.low:.2f}–{found.high:.2f}"
    return f"{found.value:.2f}", interval, f"{found.least:.2f}–{found.most:.2f}"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in headings:
        words = heading in ("Extractor", "Version", "Failed")
        table.add_column(
            heading, justify="left" if words else "right", no_wrap=not words, overflow="fold"
        )
    for row in rows:
        table.add_row(*(Text(options.printable(cell)) for cell in row))
    return table


def _number(figure: float | None, digits: int) -> str:
    return "–" if figure is None else f"{figure:,.{digits}f}"
