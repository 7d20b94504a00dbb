"""The scoreboard on a terminal, and where the rest of a run is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from boilerbench.store import Run

WIDTH = 80


def show(run: Run, format_: str) -> None:
    """Print a finished run's scoreboard as `table` or `json`."""
    from boilerbench.report import tables
    from boilerbench.scoring import scoreboard

    rows = scoreboard(run)
    if format_ == "json":
        click.echo(tables.json_text(rows), nl=False)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDTH)
    for corpus, metric, group in tables.tables(rows):
        console.print(Text(f"{corpus} · {metric}", style="bold"))
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
        for heading in tables.HEADINGS:
            table.add_column(
                heading,
                justify="left" if heading in ("Extractor", "Version", "Failures") else "right",
                no_wrap=heading not in ("Extractor", "Failures"),
                overflow="fold",
            )
        for row in group:
            table.add_row(*(Text(cell) for cell in tables.cells(row)))
        console.print(table)
        console.print(Text(tables.footer(group[0]), style="dim"))
        console.print()
    for line in _first_failures(run):
        console.print(Text(line))
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
