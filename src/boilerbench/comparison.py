"""Two runs beside each other, where their figures can be compared at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from boilerbench.scoring import Row, scoreboard
from boilerbench.store import Run

_SIGNATURE, _NAME = attrgetter("signature"), attrgetter("metric")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One extractor on one corpus by one metric in two runs.

    `first` and `second` are their F1 (their recall, for a metric without F1), `difference` the
    second less the first. Where two figures do not say the same thing, `difference` is None, and
    `not_comparable` says why.
    """

    corpus: str
    extractor: str
    metric: str
    first: float | None
    second: float | None
    difference: float | None
    not_comparable: str | None


def compare(first: Run | str | Path, second: Run | str | Path) -> list[Comparison]:
    """All rows that both runs have: those of one corpus name, extractor and metric name. In runs of
    one extractor each, these two are compared whatever they are called."""
    first, second = (run if isinstance(run, Run) else Run(run) for run in (first, second))
    rows, others = scoreboard(first), scoreboard(second)
    alone = all(len(run.info["extractors"]) == 1 for run in (first, second))
    return [
        _compared(row, match) for row in rows if (match := _match(row, rows, others, alone))
    ]  # fmt: skip


def why_not(first: Row, second: Row) -> str | None:
    """Why two figures cannot be compared; None where they can: they can only if they are of the
    same pages, gold and metric, its parameters included."""
    if first.corpus_digest != second.corpus_digest:
        return f"another {first.corpus}: {first.corpus_digest[:19]}, {second.corpus_digest[:19]}"
    if first.signature != second.signature:
        return f"another metric: {_differing(first.signature, second.signature)}"
    return None


def _match(row: Row, rows: Sequence[Row], others: Sequence[Row], alone: bool) -> Row | None:
    """The row of the other run that says the same: by its signature; or one that would, if it had
    other parameters: by its name, then by its name without them if that is clear."""
    near, far = (
        [r for r in given if r.corpus == row.corpus and (alone or r.extractor == row.extractor)]
        for given in (rows, others)
    )
    for says in (_SIGNATURE, _NAME):
        for other in far:
            if says(other) == says(row):
                return other
    same = [r for r in far if _plain(r) == _plain(row)]
    clear = len(same) == 1 == sum(_plain(r) == _plain(row) for r in near)
    return same[0] if clear else None


def _plain(row: Row) -> str:
    return row.metric.partition("[")[0]


def _compared(first: Row, second: Row) -> Comparison:
    reason = why_not(first, second)
    figures = [row.recall if row.f1 is None else row.f1 for row in (first, second)]
    known = [figure for figure in figures if figure is not None]
    names = dict.fromkeys((first.extractor, second.extractor))
    return Comparison(
        corpus=first.corpus,
        extractor=" / ".join(names),
        metric=first.metric,
        first=figures[0],
        second=figures[1],
        difference=known[1] - known[0] if reason is None and len(known) == 2 else None,
        not_comparable=reason,
    )


def _differing(first: str, second: str) -> str:
    """The parameters in which two signatures differ."""

    def parts(signature: str) -> Mapping[str, Any]:
        return dict(part.partition(":")[::2] for part in signature.split("|"))

    one, other = parts(first), parts(second)
    return ", ".join(
        f"{name} {one.get(name, '–')} / {other.get(name, '–')}"
        for name in dict.fromkeys((*one, *other))
        if one.get(name) != other.get(name)
    )
