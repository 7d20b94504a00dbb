"""The scoreboard on a terminal, and where the rest of a run is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from boilerbench.cli.options import between_parts, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boilerbench.ranking import Ranking
    from boilerbench.report.tables import Table
    from boilerbench.store import Run

WIDTH = 80

WIDE = ("Pages", "Median")
"""Columns that a terminal has no room for; the number of pages stands above the table."""


def show(run: Run, format_: str, by: str | None = None) -> None:
    """Print a finished run's scoreboard as `table`, `md`, `csv`, `json` or `latex`, by parts of the
    corpora if asked."""
    from boilerbench.ranking import rankings
    from boilerbench.report import tables

    ranked = rankings(run, (by,) if by else ())
    if by:
        ranked = [one for one in ranked if one.part is not None]
    if format_ == "table":
        _show(run, tables.tables(ranked))
        return
    from boilerbench.report.latex import latex

    written = {
        "md": tables.markdown,
        "csv": tables.csv_text,
        "json": tables.json_text,
        "latex": latex,
    }
    click.echo(written[format_](ranked), nl=False)


def _show(run: Run, shown: Sequence[Table]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from boilerbench.report.tables import TEXTS

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDTH)
    for one in shown:
        console.print(Text(printable(_title(one.corpus, one.title, one.ranking)), style="bold"))
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
        headings = [heading for heading in one.headings if heading not in WIDE]
        for heading in headings:
            table.add_column(
                heading,
                justify="left" if heading in TEXTS else "right",
                no_wrap=heading not in ("Extractor", "Failures", "Group"),
                overflow="fold",
            )
        for row in one.rows:
            cells = map(printable, one.cells(row, headings))
            table.add_row(*map(Text, cells), style="bold" if row.best else None)
        console.print(table)
        averaged, corpus, signature = one.footer()
        notes = [
            f"{averaged}; {corpus}",
            *filter(None, one.certainty()),
            *between_parts(signature, console.width),
        ]
        for line in notes:
            console.print(Text(printable(line), style="dim"))
        console.print()
    for line in _first_failures(run):
        console.print(Text(printable(line)))
    for name, reason in run.info.get("left_out", {}).items():
        console.print(Text(printable(f"left out: {name}, for {reason}")))
    for why in run.info.get("left_out_extractors", {}).values():
        console.print(Text(printable(f"left out: {why}"), style="bold"))
    click.echo(f"report: {run.path / 'report' / 'index.html'}")


def _title(corpus: str, title: str, ranking: Ranking) -> str:
    return f"{corpus} · {title} · {ranking.pages} page{'s' * (ranking.pages != 1)}"


def _first_failures(run: Run) -> list[str]:
    """For each extractor that failed, where it did so first, and why."""
    from boilerbench.scoring import misses

    first: dict[str, str] = {}
    for corpus, extractor, page_id, outcome, error in misses(run).iter_rows():
        if outcome != "empty" and extractor not in first:
            reason = (error or "").replace("\n", " ")
            first[extractor] = f"{extractor}: {outcome} on {corpus}/{page_id}: {reason}"
    return [line if len(line) < 3 * WIDTH else line[: 3 * WIDTH] + "…" for line in first.values()]
