"""The scoreboard as Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import groupby

from boilerbench.metrics.protocols import OWN
from boilerbench.scoring import Row
from boilerbench.types import ALL_CORPORA

NONE = "–"
"""Stands for a figure that has nothing to say."""

ALWAYS = ("Extractor", "Pages", "F1", "Failures")
"""The columns that are there even if nothing is in them."""

TEXTS = ("Extractor", "Version", "Failures")
"""The columns that are no figures."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that a reader sees as one table: a corpus, or a part of it, by a metric."""

    rows: list[Row]
    metric: str

    @property
    def corpus(self) -> str:
        """The corpus that all rows are of."""
        return self.rows[0].corpus

    @property
    def title(self) -> str:
        """What the table is of, without the corpus."""
        row = self.rows[0]
        protocol = f"protocol {row.protocol}" if row.protocol not in (None, OWN) else None
        return " · ".join(filter(None, (row.part, protocol, self.metric)))

    @property
    def headings(self) -> tuple[str, ...]:
        """What stands above the columns. One that no row has anything in is left out."""
        shown = [_cells(row) for row in self.rows]
        return tuple(
            heading
            for heading in shown[0]
            if heading in ALWAYS or any(cells[heading] not in ("", NONE) for cells in shown)
        )

    def cells(self, row: Row) -> tuple[str, ...]:
        """A row as shown, in the order of `headings`."""
        shown = _cells(row)
        return tuple(shown[heading] for heading in self.headings)

    def footer(self) -> tuple[str, str, str]:
        """How the figures were averaged, and what two tables must agree in for them to be compared:
        the corpus, by the first digits of its digest, and the metric's signature."""
        row = self.rows[0]
        corpus = " ".join(filter(None, (row.corpus, row.corpus_version, row.corpus_digest[:19])))
        return self._averaged(), ", ".join(filter(None, (corpus, row.selection))), row.signature

    def _averaged(self) -> str:
        row = self.rows[0]
        if row.corpus == ALL_CORPORA:
            return "means over the corpora, each counting once; of their medians the median"
        means = "means over pages"
        if "|avg:micro|" in row.signature:
            means = "counts of all pages"
        elif "|avg:f1-of-means|" in row.signature:
            means += ", F1 of these means"
        fewest, most = (pick(r.scored for r in self.rows) for pick in (min, max))
        if fewest == row.pages or not most:
            return means
        scored = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        return f"{means}, of which it says something of {scored} in {row.pages}"


def _cells(row: Row) -> dict[str, str]:
    """All of a row by heading."""
    figures = {"P": row.precision, "R": row.recall, "F1": row.f1, "Median": row.f1_median}
    figures |= {name.capitalize(): figure for name, figure in row.more.items()}
    return {
        "Extractor": row.extractor,
        "Version": row.version or "",
        "Pages": f"{row.pages}",
        **{name: NONE if figure is None else f"{figure:.3f}" for name, figure in figures.items()},
        "Failures": failures(row.failures),
        "CPU ms": NONE if row.cpu_ms is None else f"{row.cpu_ms:.1f}",
    }


def tables(rows: Sequence[Row]) -> list[Table]:
    """The rows as tables: one per corpus, metric and part."""

    def key(row: Row) -> tuple[str, str, str | None]:
        return row.corpus, row.metric, row.part

    names = list(dict.fromkeys((row.protocol, row.metric) for row in rows))
    plain = [(protocol, metric.partition("[")[0]) for protocol, metric in names]

    def shown(row: Row) -> str:
        # A protocol settles its metrics' parameters; they are told apart by them only if they must.
        name = row.metric.partition("[")[0]
        return name if row.protocol and plain.count((row.protocol, name)) == 1 else row.metric

    groups = [list(group) for _, group in groupby(rows, key=key)]
    return [Table(group, shown(group[0])) for group in groups]


def json_text(rows: Sequence[Row]) -> str:
    """The scoreboard for programs: `{"rows": [{field: value}]}`, fields as in `Row`."""
    return json.dumps({"rows": [asdict(row) for row in rows]}, indent=1, ensure_ascii=False) + "\n"


def csv_text(rows: Sequence[Row]) -> str:
    """One line per row of the scoreboard, figures unrounded."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        more = " ".join(f"{name}={value}" for name, value in row.more.items())
        writer.writerow(asdict(row) | {"failures": failures(row.failures), "more": more})
    return out.getvalue()


def markdown(rows: Sequence[Row], left_out: Sequence[str] = ()) -> str:
    """A table per corpus and metric, with the signature of the metric below each; at the end why
    extractors were left out."""
    parts = []
    for table in tables(rows):
        averaged, corpus, signature = table.footer()
        dashes = ("---" if heading in TEXTS else "---:" for heading in table.headings)
        lines = [
            f"## {_plain(table.corpus)}, {_plain(table.title)}",
            "",
            f"| {' | '.join(table.headings)} |",
            f"| {' | '.join(dashes)} |",
            *("| " + " | ".join(map(_plain, table.cells(row))) + " |" for row in table.rows),
            "",
            f"{averaged}; {_plain(corpus)}; `{signature}`",
        ]
        parts.append("\n".join(lines))
    if left_out:
        parts.append("\n".join(["## Left out", "", *(f"- {_sentence(why)}" for why in left_out)]))
    return "\n\n".join(parts) + "\n"


def failures(counts: Mapping[str, int]) -> str:
    """`2 timeout, 1 crash`; empty where nothing failed."""
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items())


def _plain(cell: str) -> str:
    """Names come from files and flags: none may end the cell, start a tag or load an image."""
    for sign, escaped in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("](", "]\\(")):
        cell = cell.replace(sign, escaped)
    return " ".join(cell.split())


def _sentence(text: str) -> str:
    """A message may quote anything: all of it stays text."""
    return re.sub(r"([\\`*_\[\]|<&])", r"\\\1", " ".join(text.split()))
