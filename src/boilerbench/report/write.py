"""Writes everything that a finished run shows: scoreboard.md, .csv, scores.json and the report."""

from __future__ import annotations

from pathlib import Path

from boilerbench.report import page, tables
from boilerbench.scoring import scoreboard
from boilerbench.store import Run, write_text


def write_report(run: Run) -> Path:
    """Write the files into the run's folder; the path of the report's first page."""
    rows = scoreboard(run)
    left_out = list(run.info.get("left_out_extractors", {}).values())
    write_text(run.path / "scoreboard.md", tables.markdown(rows, left_out))
    write_text(run.path / "scoreboard.csv", tables.csv_text(rows))
    write_text(run.path / "scores.json", tables.json_text(rows))
    index = run.path / "report" / "index.html"
    index.parent.mkdir(exist_ok=True)
    write_text(index, page.html(run, rows))
    return index
