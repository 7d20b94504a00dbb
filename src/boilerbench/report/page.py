"""The report's page: one self-contained HTML file, without a script, that loads nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jinja2

from boilerbench.report import charts
from boilerbench.report.tables import TEXTS, tables
from boilerbench.scoring import Row, misses
from boilerbench.store import Run

MISSES_SHOWN = 50

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("boilerbench.report"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def html(run: Run, rows: Sequence[Row]) -> str:
    """The page, with a section per corpus; its charts show the first metric of the run."""
    missed = misses(run)
    return _TEMPLATES.get_template("index.html").render(
        info=run.info,
        title=", ".join(entry["name"] for entry in run.info["corpora"]),
        texts=TEXTS,
        corpora=_sections(rows),
        selections={row.corpus: row.selection for row in rows},
        box=charts,
        missed=[_miss(row) for row in missed.head(MISSES_SHOWN).iter_rows(named=True)],
        missed_in_all=missed.height,
        left_out=list(run.info.get("left_out_extractors", {}).values()),
    )


def _sections(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A section per corpus: its tables, and the charts of the first of them."""
    sections: dict[str, dict[str, Any]] = {}
    for table in tables(rows):
        if table.corpus not in sections:
            drawn = (charts.precision_recall(table.rows), charts.speed(table.rows))
            sections[table.corpus] = {
                "name": table.corpus,
                "charts": [c for c in drawn if c and c.points],
                "tables": [],
            }
        sections[table.corpus]["tables"].append(table)
    return list(sections.values())


def _miss(row: Mapping[str, Any]) -> dict[str, str]:
    reason, _, detail = (row["error"] or "").partition("\n")
    return {**row, "reason": reason, "detail": detail}
