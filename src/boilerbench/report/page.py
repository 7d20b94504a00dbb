"""The report's page: one self-contained HTML file, without a script, that loads nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
import polars as pl

from boilerbench.report import charts
from boilerbench.report.tables import HEADINGS, cells, tables
from boilerbench.scoring import Row
from boilerbench.store import Run
from boilerbench.types import FAILURES

FAILURES_SHOWN = 50

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("boilerbench.report"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def html(run: Run, rows: Sequence[Row]) -> str:
    """The page, with a section per corpus; its charts show the first metric of the run."""
    failed = run.extractions().filter(pl.col("outcome").is_in(sorted(FAILURES)))
    return _TEMPLATES.get_template("index.html").render(
        info=run.info,
        title=", ".join(entry["name"] for entry in run.info["corpora"]),
        headings=HEADINGS,
        corpora=_sections(rows),
        box=charts,
        failed=[_failure(row) for row in failed.head(FAILURES_SHOWN).iter_rows(named=True)],
        failed_in_all=failed.height,
    )


def _sections(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A section per corpus: its tables, and the charts of the first of them."""
    sections: dict[str, dict[str, Any]] = {}
    for corpus, metric, group in tables(rows):
        if corpus not in sections:
            drawn = (charts.precision_recall(group), charts.speed(group))
            sections[corpus] = {"name": corpus, "charts": [c for c in drawn if c], "tables": []}
        sections[corpus]["tables"].append(
            {
                "metric": metric,
                "signature": group[0].signature,
                "lines": [cells(row) for row in group],
            }
        )
    return list(sections.values())


def _failure(row: Mapping[str, Any]) -> dict[str, str]:
    reason, _, detail = (row["error"] or "").partition("\n")
    return {**row, "reason": reason, "detail": detail}
