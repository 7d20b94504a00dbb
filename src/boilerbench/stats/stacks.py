"""Several systems on the same pages, resampled and exchanged together.

A `Stack` is of one corpus. Where a figure is a mean over several corpora, each of which counts
once, there is a stack for each: pages are drawn within their corpus.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerbench.metrics.base import Columns, Floats, Metric, divide
from boilerbench.stats.intervals import Difference, interval
from boilerbench.stats.resampling import (
    RESAMPLES,
    Groups,
    Stream,
    blocks,
    every_exchange,
    exchanged,
    exchanges,
    generator,
    resampled,
    summed,
)

Failed = NDArray[np.bool_] | None
Pairs = Sequence[tuple[int, int]]
"""Pairs of systems by their places in a stack: the first, and the second."""

_ROUNDING = 1e-9
"""Of two differences that are equal but for the order in which they were added up."""

_PAIRS = 64
"""Pairs that are exchanged at once: it bounds the memory."""


@dataclass(frozen=True, slots=True)
class Stack:
    """What to sum for the figures of several systems: an array of shape (units, systems, names),
    where a unit is what is drawn, a page or a group of pages."""

    metric: Metric[Any]
    names: tuple[str, ...]
    columns: Floats
    stream: Stream = ()

    @classmethod
    def of(
        cls,
        metric: Metric[Any],
        systems: Sequence[tuple[Columns, Failed]],
        groups: Groups | None = None,
        stream: Stream = (),
        present: NDArray[np.bool_] | None = None,
    ) -> Stack:
        """From each system's counts, arrays of shape (pages,), and which of its pages failed.
        `present`, of shape (pages, systems), says which pages each of them was given."""
        known = any(failed is not None for _, failed in systems)
        terms = []
        for counts, failed in systems:
            if known and failed is None:
                failed = np.zeros(len(next(iter(counts.values()))), np.bool_)
            terms.append(metric.terms(counts, failed))
        columns = np.stack([np.stack(list(t.values()), axis=1) for t in terms], axis=1)
        if present is not None:
            columns *= present[:, :, None]
        return cls(metric, tuple(terms[0]), summed(columns, groups), stream)

    def only(self, figure: str) -> Stack:
        """What the figure needs, if that is less: its mean over pages needs no other figure."""
        needed = [at for at, name in enumerate(self.names) if name in (figure, f"{figure} pages")]
        if self.metric.avg != "macro" or len(needed) != 2:
            return self
        names = tuple(self.names[at] for at in needed)
        return replace(self, names=names, columns=self.columns[:, :, needed])

    def figures(self, sums: Floats) -> dict[str, Floats]:
        """By sums of shape (…, names): arrays of shape (…)."""
        return self.metric.figures({name: sums[..., at] for at, name in enumerate(self.names)})

    def values(self) -> dict[str, Floats]:
        """The figures of all pages: arrays of shape (systems,)."""
        return self.figures(self.columns.sum(axis=0))

    def resampled(self, resamples: int = RESAMPLES, seed: int = 0) -> dict[str, Floats]:
        """The figures of resamples: arrays of shape (resamples, systems)."""
        _, systems, names = self.columns.shape
        flat = self.columns.reshape(-1, systems * names)
        sums = resampled(flat, resamples, seed, self.stream)
        return self.figures(sums.reshape(-1, systems, names))


def bootstrap(
    metric: Metric[Any],
    counts: Columns,
    failed: Failed = None,
    *,
    groups: Groups | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Floats]:
    """The metric's figures over resamples of the pages, drawn with replacement: arrays of shape
    (resamples,). Pages of one of `groups` are drawn together.

    `counts` are arrays of shape (pages,). The same number of pages and the same seed give the same
    resamples, whatever the metric or the extractor.
    """
    stack = Stack.of(metric, [(counts, failed)], groups)
    return {name: drawn[:, 0] for name, drawn in stack.resampled(resamples, seed).items()}


def paired(
    metric: Metric[Any],
    figure: str,
    first: tuple[Columns, Failed],
    second: tuple[Columns, Failed],
    *,
    groups: Groups | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Difference:
    """How two extractors differ in the metric's `figure` over the same pages.

    `first` and `second` are counts, arrays of shape (pages,), and which pages failed. The interval
    is of the difference in resamples of pages. For `p` the two change places on each page, or
    each of `groups`, or not: in all ways if there are no more than `resamples`, which makes it
    exact, else in so many at random.
    """
    stack = Stack.of(metric, [first, second], groups)
    one, other = stack.values()[figure]
    drawn = stack.resampled(resamples, seed)[figure]
    around = interval(float(other - one), drawn[:, 1] - drawn[:, 0])
    (p,) = permutation([stack], figure, [(0, 1)], resamples=resamples, seed=seed)
    return Difference(around.value, around.low, around.high, float(p))


def mean_known(figures: Sequence[Floats]) -> Floats:
    """The mean of arrays of one shape, elementwise, of those that have something to say there."""
    if len(figures) == 1:
        return figures[0]
    every = np.stack(figures)
    known = ~np.isnan(every)
    return divide(np.where(known, every, 0.0).sum(axis=0), known.sum(axis=0), math.nan)


def permutation(
    stacks: Sequence[Stack],
    figure: str,
    pairs: Pairs,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Floats:
    """For each pair how likely a difference as large is if the two are the same, an array of shape
    (pairs,): two-sided, by a paired permutation test.

    In each way the two change places on each unit or not; all pairs do so in the same ways. Units
    on which a pair agrees do not matter: where so few are left that there are no more ways than
    `resamples`, all are tried, which makes it exact.
    """
    stacks = [stack.only(figure) for stack in stacks]
    p = np.ones(len(pairs))
    at_random = []
    for at, (one, other) in enumerate(pairs):
        differ = [(s.columns[:, one] != s.columns[:, other]).any(axis=1) for s in stacks]
        count = int(sum(d.sum() for d in differ))
        if count < resamples.bit_length():
            p[at] = _exact(stacks, figure, (one, other), differ)
        else:
            at_random.append(at)
    for start in range(0, len(at_random), _PAIRS):
        chunk = at_random[start : start + _PAIRS]
        p[chunk] = _at_random(stacks, figure, [pairs[at] for at in chunk], resamples, seed)
    return p


def _exact(
    stacks: Sequence[Stack],
    figure: str,
    pair: tuple[int, int],
    differ: Sequence[NDArray[np.bool_]],
) -> float:
    swapped = every_exchange(int(sum(d.sum() for d in differ)))
    # The units of each corpus have their own columns of it.
    parts = np.split(swapped, np.cumsum([d.sum() for d in differ])[:-1], axis=1)
    moved = []
    for stack, rows, part in zip(stacks, differ, parts, strict=True):
        change = stack.columns[rows, pair[1]] - stack.columns[rows, pair[0]]
        moved.append(exchanged(part, change)[:, None])
    return float(_as_large(stacks, figure, [pair], moved).mean())


def _at_random(
    stacks: Sequence[Stack], figure: str, pairs: Pairs, resamples: int, seed: int
) -> Floats:
    first, second = (list(places) for places in zip(*pairs, strict=True))
    # Not those by which pages are drawn: the two would not be independent.
    randoms = [generator(seed, (*stack.stream, 1)) for stack in stacks]
    most = max(max(len(s.columns), len(pairs) * len(s.names)) for s in stacks)
    as_large = np.zeros(len(pairs))
    for size in blocks(most, resamples):
        moved = []
        for stack, random in zip(stacks, randoms, strict=True):
            rows, systems, names = stack.columns.shape
            flat = stack.columns.reshape(rows, systems * names)
            sums = exchanged(exchanges(rows, size, random), flat).reshape(-1, systems, names)
            moved.append(sums[:, second] - sums[:, first])
        as_large += _as_large(stacks, figure, pairs, moved).sum(axis=0)
    return (as_large + 1) / (resamples + 1)


def _as_large(
    stacks: Sequence[Stack], figure: str, pairs: Pairs, moved: Sequence[Floats]
) -> NDArray[np.bool_]:
    """Whether the difference is as large as the one that was found, or nothing can be said of it:
    an array of shape (ways, pairs). `moved` is for each stack what goes from the second to the
    first, of shape (ways, pairs, names)."""
    first, second = (list(places) for places in zip(*pairs, strict=True))
    totals = [stack.columns.sum(axis=0) for stack in stacks]

    def difference(moves: Sequence[Floats | float]) -> Floats:
        ones, others = [], []
        for stack, total, move in zip(stacks, totals, moves, strict=True):
            ones.append(stack.figures(total[first] + move)[figure])
            others.append(stack.figures(total[second] - move)[figure])
        return mean_known(others) - mean_known(ones)

    found = np.abs(difference(moved))
    asked = np.abs(difference([0.0] * len(stacks)))
    return ~(found < asked * (1 - _ROUNDING) - 1e-13)
