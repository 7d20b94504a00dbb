"""Resampling: how much a figure depends on which pages are in the corpus, and whether a difference
between two extractors may be luck."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerbench.metrics.base import Columns, Floats, Metric

Groups = NDArray[np.intp]
"""For each page the number of its group, from 0: arrays of shape (pages,)."""

RESAMPLES = 1000

PAIRED_RESAMPLES = 10_000
"""Of a difference, of which small probabilities are asked."""

_BLOCK = 250
"""Resamples that are multiplied at once: it bounds the memory."""


def bootstrap(
    metric: Metric[Any],
    counts: Columns,
    failed: NDArray[np.bool_] | None = None,
    *,
    groups: Groups | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Floats]:
    """The metric's figures over resamples of the pages, drawn with replacement: arrays of shape
    (resamples,). Pages of one of `groups` are drawn together.

    `counts` are arrays of shape (pages,). A resample is how often each page was drawn, so that its
    sums are one product of matrices, and no text is read and no score computed again. The same
    number of pages and the same seed give the same resamples, whatever the metric or the extractor.
    """
    names, columns = _terms(metric, counts, failed, groups)
    return _figures(metric, names, _resampled(columns, resamples, seed))


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and what holds 95 % of its resamples."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference(Interval):
    """The second's figure less the first's. `p` is how likely a difference as large is if the two
    are the same: two-sided, by exchanging them on pages at random."""

    p: float


def groups_of(names: Sequence[Hashable | None]) -> Groups:
    """A number for each page that is the same for those of one name; a page without a name is a
    group of its own."""
    known: dict[object, int] = {}
    return np.array(
        [
            known.setdefault((at,) if name is None else name, len(known))
            for at, name in enumerate(names)
        ],
        dtype=np.intp,
    )


def interval(value: float, resampled: Floats) -> Interval:
    """The figure with the 2.5th and the 97.5th percentile of its resamples."""
    low, high = np.nanpercentile(resampled, [2.5, 97.5])
    return Interval(value, float(low), float(high))


def paired(
    metric: Metric[Any],
    figure: str,
    first: tuple[Columns, NDArray[np.bool_] | None],
    second: tuple[Columns, NDArray[np.bool_] | None],
    *,
    groups: Groups | None = None,
    resamples: int = PAIRED_RESAMPLES,
    seed: int = 0,
) -> Difference:
    """How two extractors differ in the metric's `figure` over the same pages.

    `first` and `second` are counts, arrays of shape (pages,), and which pages failed. The interval
    is of the difference in resamples of pages. For `p` the two change places on each page, or
    each of `groups`, or not: in all ways if there are no more than `resamples`, which makes it
    exact, else in so many at random.
    """
    names, one = _terms(metric, *first, groups)
    _, other = _terms(metric, *second, groups)

    def difference(ones: Floats, others: Floats) -> Floats:
        return _figures(metric, names, others)[figure] - _figures(metric, names, ones)[figure]

    value = float(difference(one.sum(axis=0), other.sum(axis=0)))
    drawn = difference(_resampled(one, resamples, seed), _resampled(other, resamples, seed))
    change = other - one
    change = change[change.any(axis=1)]  # where they agree, nothing is exchanged
    exact = len(change) < resamples.bit_length()
    as_large = 0
    for swapped in _exchanges(len(change), exact, resamples, seed):
        moved = swapped @ change
        found = difference(one.sum(axis=0) + moved, other.sum(axis=0) - moved)
        as_large += int((np.abs(found) >= abs(value) * (1 - 1e-9)).sum())
    p = as_large / 2 ** len(change) if exact else (as_large + 1) / (resamples + 1)
    around = interval(value, drawn)
    return Difference(value, around.low, around.high, p)


def holm(p: Sequence[float]) -> list[float]:
    """The probabilities corrected for their number, in their order (Holm 1979): below .05 in any
    of them by luck happens in no more than 5 % of such families of tests."""
    corrected = [0.0] * len(p)
    highest = 0.0
    for rank, at in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        highest = max(highest, min(1.0, p[at] * (len(p) - rank)))
        corrected[at] = highest
    return corrected


def _terms(
    metric: Metric[Any],
    counts: Columns,
    failed: NDArray[np.bool_] | None,
    groups: Groups | None,
) -> tuple[list[str], Floats]:
    """What to sum for the metric's figures: names, and an array of shape (groups, names)."""
    terms = metric.terms(counts, failed)
    return list(terms), _summed(np.stack(list(terms.values()), axis=1), groups)


def _summed(columns: Floats, groups: Groups | None) -> Floats:
    """The columns by group; as they are where each page is its own."""
    if groups is None or not len(groups):
        return columns
    sums = np.zeros((groups.max() + 1, columns.shape[1]))
    np.add.at(sums, groups, columns)
    return sums


def _figures(metric: Metric[Any], names: Sequence[str], sums: Floats) -> dict[str, Floats]:
    return metric.figures(dict(zip(names, sums.T, strict=True)))


def _resampled(columns: Floats, resamples: int, seed: int) -> Floats:
    """The sums of columns in resamples of their rows: of shape (resamples, columns)."""
    rows = len(columns)
    if not rows:
        raise ValueError("there are no pages to resample")
    drawn = _drawn(rows, resamples, seed)
    blocks = (drawn[start : start + _BLOCK] for start in range(0, resamples, _BLOCK))
    return np.concatenate([block.astype(np.float64) @ columns for block in blocks])


def _exchanges(count: int, exact: bool, resamples: int, seed: int) -> Iterator[Floats]:
    """On which of `count` pages two extractors change places: arrays of 0 and 1 of shape (ways,
    count), all ways or as many as there are resamples."""
    random = np.random.default_rng(seed)
    ways = 2**count if exact else resamples
    for start in range(0, ways, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, ways))
        if exact:
            yield (rows[:, None] >> np.arange(count) & 1).astype(np.float64)
        else:
            yield random.integers(2, size=(len(rows), count)).astype(np.float64)


@lru_cache(maxsize=1)
def _drawn(pages: int, resamples: int, seed: int) -> NDArray[np.uint16]:
    """How often each page was drawn in each resample: of shape (resamples, pages)."""
    random = np.random.default_rng(seed)
    drawn = np.empty((resamples, pages), np.uint16)
    for row in drawn:
        row[:] = np.bincount(random.integers(pages, size=pages), minlength=pages)
    return drawn
