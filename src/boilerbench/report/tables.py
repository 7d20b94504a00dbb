"""The scoreboard as Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from itertools import groupby

from boilerbench.scoring import Row

HEADINGS = ("Extractor", "Version", "Pages", "P", "R", "F1", "Median", "Failures", "CPU ms")


def json_text(rows: Sequence[Row]) -> str:
    """The scoreboard for programs: `{"rows": [{field: value}]}`, fields as in `Row`."""
    return json.dumps({"rows": [asdict(row) for row in rows]}, indent=1, ensure_ascii=False) + "\n"


def csv_text(rows: Sequence[Row]) -> str:
    """One line per row of the scoreboard, figures unrounded."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(asdict(row) | {"failures": failures(row.failures)})
    return out.getvalue()


def markdown(rows: Sequence[Row]) -> str:
    """A table per corpus and metric, with the signature of the metric below each."""
    parts = []
    for corpus, metric, group in tables(rows):
        lines = [
            f"## {_plain(corpus)}, {metric}",
            "",
            "| " + " | ".join(HEADINGS) + " |",
            "| --- | --- " + "| ---: " * 5 + "| --- | ---: |",
            *("| " + " | ".join(map(_plain, cells(row))) + " |" for row in group),
            "",
            footer(group[0], "`"),
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def footer(row: Row, quote: str = "") -> str:
    """What two tables must agree in for their figures to be compared: the corpus, by the first
    digits of its digest, and the metric's signature."""
    corpus = " ".join(filter(None, (row.corpus, row.corpus_version, row.corpus_digest[:19])))
    return f"means over pages; {corpus}; {quote}{row.signature}{quote}"


def tables(rows: Sequence[Row]) -> list[tuple[str, str, list[Row]]]:
    """The rows as the tables that a reader sees: one per corpus and metric."""
    return [
        (corpus, metric, list(group))
        for (corpus, metric), group in groupby(rows, key=lambda row: (row.corpus, row.metric))
    ]


def cells(row: Row) -> tuple[str, ...]:
    """A row as shown, in the order of `HEADINGS`."""
    figures = (row.precision, row.recall, row.f1, row.f1_median)
    return (
        row.extractor,
        row.version or "",
        f"{row.pages}",
        *(f"{figure:.3f}" for figure in figures),
        failures(row.failures),
        "" if row.cpu_ms is None else f"{row.cpu_ms:.1f}",
    )


def failures(counts: Mapping[str, int]) -> str:
    """`2 timeout, 1 crash`; empty where nothing failed."""
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items())


def _plain(cell: str) -> str:
    """Names come from files and flags: none may end the cell, start a tag or load an image."""
    for sign, escaped in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("](", "]\\(")):
        cell = cell.replace(sign, escaped)
    return " ".join(cell.split())
