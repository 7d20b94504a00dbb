"""Do metrics agree? Which number to trust is a fair question where two of them differ.

Two metrics agree over extractors if they rank them alike by their averages, and over pages if, for
one extractor, they rank its pages alike. Both are Kendall's τ-b, 1 for the same order, −1 for the
reverse; over pages it is the mean over extractors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import kendalltau

from boilerbench.metrics.base import Floats, Metric
from boilerbench.scoring import Scorer
from boilerbench.store import Run
from boilerbench.types import FAILURES, Corpus


@dataclass(frozen=True, slots=True)
class Pair:
    """How far two metrics agree on a corpus; None where there is nothing to rank."""

    corpus: str
    first: str
    second: str
    extractors: float | None
    pages: float | None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A page on which `metric` prefers one extractor (`prefers`) to another, and `other` prefers
    that one (`other_prefers`): by how much, each in its own F1."""

    corpus: str
    page_id: str
    metric: str
    prefers: str
    difference: float
    other: str
    other_prefers: str
    other_difference: float

    @property
    def size(self) -> float:
        """The lesser of the two differences: both metrics must be at odds, not one of them."""
        return min(self.difference, self.other_difference)


@dataclass(frozen=True, slots=True)
class Agreement:
    """`pairs` of all metrics, the least agreed first, and the `disputes` where they are farthest
    apart."""

    metrics: tuple[str, ...]
    extractors: tuple[str, ...]
    pairs: tuple[Pair, ...]
    disputes: tuple[Dispute, ...]


def agreement(
    run: Run, corpora: Mapping[str, Corpus], metrics: Sequence[Metric[Any]], disputes: int = 10
) -> Agreement:
    """Score the texts of a finished run by all `metrics`, and compare these with each other. Raises
    `UserError` if the run did not finish: its extractors may have different pages."""
    run.check_complete()
    scorer = Scorer(corpora, metrics)
    columns = ("corpus", "page_id", "extractor", "outcome", "text")
    for row in run.extractions().select(columns).iter_rows():
        scorer.add(*row)
    frames = {metric.name: (metric, frame) for metric, frame in scorer.scores()}
    pairs: list[Pair] = []
    found: list[Dispute] = []
    for corpus in corpora:
        boards = {
            name: _Board.of(metric, frame.filter(pl.col("corpus") == corpus))
            for name, (metric, frame) in frames.items()
        }
        for first, second in combinations(boards, 2):
            one, other = boards[first], boards[second]
            pairs.append(
                Pair(
                    corpus,
                    first,
                    second,
                    tau(one.averages, other.averages),
                    _mean([tau(*both) for both in zip(one.figures, other.figures, strict=True)]),
                )
            )
            if one.figure == other.figure == "f1":
                found += _disputes(corpus, (first, one), (second, other), disputes)
    pairs.sort(key=lambda pair: 2.0 if pair.pages is None else pair.pages)
    found.sort(key=lambda dispute: -dispute.size)
    extractors = tuple(entry["spec"] for entry in run.info["extractors"])
    return Agreement(tuple(frames), extractors, tuple(pairs), tuple(_apart(found)[:disputes]))


@dataclass(frozen=True, slots=True)
class _Board:
    """A metric's figures on one corpus: by extractor the averages, and by extractor and page the
    figures of pages, both NaN where it says nothing. `figure` is which one: F1, or recall for a
    metric of recall alone, such as the share of snippets that is found."""

    figure: str
    extractors: tuple[str, ...]
    page_ids: tuple[str, ...]
    averages: Floats
    figures: Floats

    @classmethod
    def of(cls, metric: Metric[Any], frame: pl.DataFrame) -> _Board:
        figure = "f1" if frame["f1"].count() else "recall"
        names, averages = [], []
        for (extractor,), rows in frame.group_by("extractor", maintain_order=True):
            counts = {name: rows[name].to_numpy() for name in metric.counted}
            failed = rows["outcome"].is_in(list(FAILURES)).to_numpy()
            names.append(str(extractor))
            averages.append(metric.aggregate(counts, failed)[figure])
        table = frame.pivot("page_id", index="extractor", values=figure)
        page_ids = tuple(table.columns[1:])
        figures = table.select(pl.col(page_ids).fill_null(np.nan)).to_numpy()
        return cls(figure, tuple(names), page_ids, np.array(averages), figures)


def tau(first: Floats, second: Floats) -> float | None:
    """Kendall's τ-b of what both say something of; None where one of them ranks nothing."""
    both = ~(np.isnan(first) | np.isnan(second))
    found = float(kendalltau(first[both], second[both]).statistic) if both.sum() > 1 else np.nan
    return None if np.isnan(found) else found


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _disputes(
    corpus: str, first: tuple[str, _Board], second: tuple[str, _Board], most: int
) -> list[Dispute]:
    """Where the two metrics differ most in which of two extractors is better on a page."""
    (name, board), (other_name, other) = first, second
    found = []
    for one, two in combinations(range(len(board.extractors)), 2):
        by_first = np.nan_to_num(board.figures[one] - board.figures[two])
        by_second = np.nan_to_num(other.figures[two] - other.figures[one])
        size = np.where(
            by_first * by_second > 0, np.minimum(np.abs(by_first), np.abs(by_second)), 0
        )
        for page in np.argsort(-size, kind="stable")[:most]:
            if not size[page]:
                break
            better, worse = (one, two) if by_first[page] > 0 else (two, one)
            found.append(
                Dispute(
                    corpus,
                    board.page_ids[page],
                    name,
                    board.extractors[better],
                    abs(float(by_first[page])),
                    other_name,
                    board.extractors[worse],
                    abs(float(by_second[page])),
                )
            )
    return found


def _apart(disputes: Sequence[Dispute]) -> list[Dispute]:
    """One dispute for each page: the largest, which comes first."""
    pages: dict[tuple[str, str], Dispute] = {}
    for dispute in disputes:
        pages.setdefault((dispute.corpus, dispute.page_id), dispute)
    return list(pages.values())
