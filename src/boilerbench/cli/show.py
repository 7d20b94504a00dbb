"""The scoreboard on a terminal, and where the rest of a run is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from boilerbench.cli.options import between_parts, printable

if TYPE_CHECKING:
    from boilerbench.store import Run

WIDTH = 80


def show(run: Run, format_: str, by: str | None = None) -> None:
    """Print a finished run's scoreboard as `table` or `json`, by parts of the corpora if asked."""
    from boilerbench.report import tables
    from boilerbench.scoring import scoreboard

    rows = scoreboard(run, by)
    if format_ == "json":
        click.echo(tables.json_text(rows), nl=False)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDTH)
    for shown in tables.tables(rows):
        console.print(Text(printable(f"{shown.corpus} · {shown.title}"), style="bold"))
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
        for heading in shown.headings:
            table.add_column(
                heading,
                justify="left" if heading in tables.TEXTS else "right",
                no_wrap=heading not in ("Extractor", "Failures"),
                overflow="fold",
            )
        for row in shown.rows:
            table.add_row(*(Text(printable(cell)) for cell in shown.cells(row)))
        console.print(table)
        averaged, corpus, signature = shown.footer()
        for line in (f"{averaged}; {corpus}", *between_parts(signature, console.width)):
            console.print(Text(printable(line), style="dim"))
        console.print()
    for line in _first_failures(run):
        console.print(Text(printable(line)))
    for name, reason in run.info.get("left_out", {}).items():
        console.print(Text(printable(f"left out: {name}, for {reason}")))
    for why in run.info.get("left_out_extractors", {}).values():
        console.print(Text(printable(f"left out: {why}"), style="bold"))
    click.echo(f"report: {run.path / 'report' / 'index.html'}")


def _first_failures(run: Run) -> list[str]:
    """For each extractor that failed, where it did so first, and why."""
    from boilerbench.scoring import misses

    first: dict[str, str] = {}
    for corpus, extractor, page_id, outcome, error in misses(run).iter_rows():
        if outcome != "empty" and extractor not in first:
            reason = (error or "").replace("\n", " ")
            first[extractor] = f"{extractor}: {outcome} on {corpus}/{page_id}: {reason}"
    return [line if len(line) < 3 * WIDTH else line[: 3 * WIDTH] + "…" for line in first.values()]
