"""Writes everything that a finished run shows: scoreboard.md, .csv, scores.json and the report."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from boilerbench.ranking import rankings
from boilerbench.report import tables
from boilerbench.report.sources import reloaded
from boilerbench.store import Run, write_text
from boilerbench.types import Corpus

PARTS = ("kind", "lang")
"""What a reader of the report can look at one part of."""


def write_report(run: Run, corpora: Mapping[str, Corpus] | None = None) -> Path:
    """Write the files into the run's folder; the path of the report's first page.

    `corpora` are those of the run; without them they are read again from where they were. Where one
    is not there any more, views of pages and faults are those of an earlier report of this run, if
    there is one; else there are none of that corpus, and the report says why. Each file appears
    when it is whole, the first page last.
    """
    # What draws charts takes a second to import, which only those pay who write a report.
    from boilerbench.report import site, wrong
    from boilerbench.report.pageviews import write_pageviews

    ranked = rankings(run, PARTS)
    whole = [one for one in ranked if one.part is None]
    left_out = list(run.info.get("left_out_extractors", {}).values())
    write_text(run.path / "scoreboard.md", tables.markdown(whole, left_out))
    write_text(run.path / "scoreboard.csv", tables.csv_text(whole))
    write_text(run.path / "scores.json", tables.json_text(whole))
    missing: dict[str, str] = {}
    if corpora is None:
        corpora, missing = reloaded(run)
    found = wrong.kept(run) if missing else None
    if found is None and corpora:
        found = wrong.looked(run, write_pageviews(run, corpora))
        wrong.keep(run, found)
    if found is None:
        shutil.rmtree(run.path / "report" / "pages", ignore_errors=True)
    return site.write(run, ranked, found, missing)
