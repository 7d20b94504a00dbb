"""The scoreboard as Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from boilerbench.metrics.protocols import OWN
from boilerbench.ranking import Ranked, Ranking
from boilerbench.scoring import Row
from boilerbench.stats import Interval
from boilerbench.types import ALL_CORPORA

NONE = "–"
"""Stands for a figure that has nothing to say."""

ALWAYS = ("Extractor", "Pages", "F1", "Failures")
"""The columns that are there even if nothing is in them."""

TEXTS = ("Extractor", "Version", "Group", "Failures")
"""The columns that are no figures."""

FIGURES = {"precision": "P", "recall": "R", "f1": "F1"}
"""What stands above the figures that most metrics have."""

BETWEEN = "95 %"
"""Stands above the intervals of the figure to its left, by which the rows are ranked."""


@dataclass(frozen=True, slots=True)
class Table:
    """A ranking as a reader sees it: a corpus, or a part of it, by a metric."""

    ranking: Ranking
    metric: str

    @property
    def rows(self) -> tuple[Ranked, ...]:
        """Its lines, best first."""
        return self.ranking.ranked

    @property
    def corpus(self) -> str:
        """The corpus that all rows are of."""
        return self.ranking.corpus

    @property
    def title(self) -> str:
        """What the table is of, without the corpus."""
        protocol = self.ranking.protocol
        said = f"protocol {protocol}" if protocol not in (None, OWN) else None
        return " · ".join(filter(None, (self.ranking.part, said, self.metric)))

    @property
    def headings(self) -> tuple[str, ...]:
        """What stands above the columns. One that no row has anything in is left out."""
        shown = [self._cells(row) for row in self.rows]
        return tuple(
            heading
            for heading in shown[0]
            if heading in ALWAYS or any(cells[heading] not in ("", NONE) for cells in shown)
        )

    def cells(self, row: Ranked, headings: Sequence[str] | None = None) -> tuple[str, ...]:
        """A row as shown, in the order of `headings`, by default of all there are."""
        shown = self._cells(row)
        return tuple(shown[heading] for heading in headings or self.headings)

    def footer(self) -> tuple[str, str, str]:
        """How the figures were averaged, and what two tables must agree in for them to be compared:
        the corpus, by the first digits of its digest, and the metric's signature."""
        row = self.rows[0].row
        corpus = " ".join(filter(None, (row.corpus, row.corpus_version, row.corpus_digest[:19])))
        return self._averaged(), ", ".join(filter(None, (corpus, row.selection))), row.signature

    def certainty(self) -> tuple[str, str]:
        """How intervals came about, and what the groups mean."""
        found = self.ranking
        where = FIGURES[found.figure]
        if not any(one.intervals for one in found.ranked):
            return "no intervals: there is one page only", ""
        how = f"{BETWEEN} of {where}: percentile bootstrap, {found.resampled}"
        if not found.pairs:
            return how, ""
        if not any(one.letters for one in found.ranked):
            return how, found.tested
        return how, f"those that share a letter are not told apart: {found.tested}"

    def _averaged(self) -> str:
        row = self.rows[0].row
        if row.corpus == ALL_CORPORA:
            return "means over the corpora, each counting once; of their medians the median"
        means = "means over pages"
        if "|avg:micro|" in row.signature:
            means = "counts of all pages"
        elif "|avg:f1-of-means|" in row.signature:
            means += ", F1 of these means"
        fewest, most = (pick(one.row.scored for one in self.rows) for pick in (min, max))
        if fewest == row.pages or not most:
            return means
        scored = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        return f"{means}, of which it says something of {scored} in {row.pages}"

    def _cells(self, one: Ranked) -> dict[str, str]:
        """All of a row by heading."""
        row = one.row
        figures: dict[str, str] = {}
        for name, heading in FIGURES.items():
            figures[heading] = figure(getattr(row, name))
            if name == self.ranking.figure:
                figures[BETWEEN] = between(one.intervals.get(name))
                figures["Group"] = one.letters
        return {
            "Extractor": row.extractor,
            "Version": row.version or "",
            "Pages": f"{row.pages}",
            **figures,
            "Median": figure(row.f1_median),
            **{name.capitalize(): figure(value) for name, value in row.more.items()},
            "Failures": failures(row.failures),
            "CPU ms": NONE if row.cpu_ms is None else f"{row.cpu_ms:.1f}",
        }


def tables(rankings: Sequence[Ranking]) -> list[Table]:
    """The rankings as tables."""
    names = labels(rankings)
    return [Table(one, names[one.protocol, one.metric]) for one in rankings]


def labels(rankings: Iterable[Ranking]) -> dict[tuple[str | None, str], str]:
    """What metrics are called, by protocol and name. A protocol settles its metrics' parameters;
    they are told apart by them only if they must."""
    names = list(dict.fromkeys((one.protocol, one.metric) for one in rankings))
    plain = [(protocol, metric.partition("[")[0]) for protocol, metric in names]
    return {
        name: short[1] if short[0] and plain.count(short) == 1 else name[1]
        for name, short in zip(names, plain, strict=True)
    }


def json_text(rankings: Sequence[Ranking]) -> str:
    """The scoreboard for programs: `{"rows": [{field: value}], "pairs": [{field: value}]}`. Fields
    of rows are those of `Row`, bounds of the intervals (`f1_low`, `f1_high`; those of `more` in
    `more_intervals`), and those of `Ranked`."""
    pairs = [
        {"corpus": of.corpus, "metric": of.metric, "part": of.part, "figure": of.figure}
        | asdict(pair)
        | {"effect": None if math.isnan(pair.effect) else pair.effect}
        for of in rankings
        for pair in of.pairs
    ]
    content = {"rows": [_fields(one) for of in rankings for one in of.ranked], "pairs": pairs}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def csv_text(rankings: Sequence[Ranking]) -> str:
    """One line per row of the scoreboard, figures unrounded."""
    out = io.StringIO()
    bounds = [f"{name}_{end}" for name in FIGURES for end in ("low", "high")]
    names = [field.name for field in fields(Row)] + bounds
    names += ["letters", "rank_low", "rank_high", "best"]
    writer = csv.DictWriter(out, names, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for one in (one for of in rankings for one in of.ranked):
        more = " ".join(f"{name}={value}" for name, value in one.row.more.items())
        writer.writerow(_fields(one) | {"failures": failures(one.row.failures), "more": more})
    return out.getvalue()


def markdown(rankings: Sequence[Ranking], left_out: Sequence[str] = ()) -> str:
    """A table per corpus and metric, with the signature of the metric below each; at the end why
    extractors were left out."""
    parts = []
    for table in tables(rankings):
        averaged, corpus, signature = table.footer()
        headings = table.headings
        dashes = ("---" if heading in TEXTS else "---:" for heading in headings)
        lines = [
            f"## {_plain(table.corpus)}, {_plain(table.title)}",
            "",
            f"| {' | '.join(headings)} |",
            f"| {' | '.join(dashes)} |",
            *(f"| {' | '.join(map(_plain, table.cells(row, headings)))} |" for row in table.rows),
            "",
            f"{averaged}; {_plain(corpus)}; `{signature}`",
            "",
            f"{_plain('; '.join(filter(None, table.certainty())))}",
        ]
        parts.append("\n".join(lines))
    if left_out:
        parts.append("\n".join(["## Left out", "", *(f"- {_sentence(why)}" for why in left_out)]))
    return "\n\n".join(parts) + "\n"


def failures(counts: Mapping[str, int]) -> str:
    """`2 timeout, 1 crash`; empty where nothing failed."""
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items())


def figure(value: float | None) -> str:
    """`0.871`."""
    return NONE if value is None else f"{value:.3f}"


def between(found: Interval | None) -> str:
    """`.856–.904`; empty where there is no interval."""
    if found is None:
        return ""
    low, high = (f"{bound:.3f}".removeprefix("0") for bound in (found.low, found.high))
    return f"{low}–{high}"


def _fields(one: Ranked) -> dict[str, Any]:
    """A row with all that is known of it."""
    known = asdict(one.row)
    for name in FIGURES:
        found = one.intervals.get(name)
        known[f"{name}_low"] = found.low if found else None
        known[f"{name}_high"] = found.high if found else None
    known["more_intervals"] = {
        name: [found.low, found.high]
        for name, found in one.intervals.items()
        if name not in FIGURES
    }
    low, high = one.rank
    return known | {"letters": one.letters, "rank_low": low, "rank_high": high, "best": one.best}


def _plain(cell: str) -> str:
    """Names come from files and flags: none may end the cell, start a tag or load an image."""
    for sign, escaped in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("](", "]\\(")):
        cell = cell.replace(sign, escaped)
    return " ".join(cell.split())


def _sentence(text: str) -> str:
    """A message may quote anything: all of it stays text."""
    return re.sub(r"([\\`*_\[\]|<&])", r"\\\1", " ".join(text.split()))
