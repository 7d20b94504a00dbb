"""The ceiling: the best that an extractor can reach on a page by choosing among its blocks of text.

Whoever takes whole blocks cannot return gold that is not on the page, nor leave out boilerplate
that shares a block with gold: what is lost so is no extractor's fault. Tokens count as a multiset,
as in the metric `token`.

The best F1 is the optimum of a fractional programme, 2·TP(S) / (|S| + |gold|) over sets S of
blocks, found by Dinkelbach's method: if 2·TP(S) − λ·(|S| + |gold|), the surplus of S over a ratio λ
that is reached, is above 0 for some S, then S has a better ratio; if for none, λ is the best. TP is
submodular: the more blocks are there, the less another one adds. A block that does not pay beside
the fewest is therefore left out, one that pays beside all others is taken, and few are undecided.
These make an integer programme, solved by branch and bound on its linear relaxation (HiGHS, by
scipy), whose solution is whole on nearly every page: then the best is found and proved. Where it
takes too many branches, the relaxation says how far from the best the set can be at most.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Ratio = tuple[int, int]
"""Numerator and denominator: what is compared is compared exactly."""

LARGEST = 20_000
"""Distinct tokens of the undecided blocks, summed over blocks, up to which a relaxation is solved:
it may take a second then. Pages of published corpora have 10,000 at most."""

_NODES = 50
"""Relaxations between one improvement and the next."""

_PASSES = 5
"""Over the undecided blocks, to improve a set by single ones."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The best that a choice of blocks can reach on one page.

    `recall` is that of all blocks together. `f1` is what the blocks numbered in `chosen` reach; no
    choice has more than `at_most`, which equals `f1` where that is proved to be the best.
    """

    recall: float
    f1: float
    at_most: float
    chosen: tuple[int, ...]


def ceiling(
    blocks: Sequence[Sequence[str]], gold: Sequence[str], largest: int = LARGEST
) -> Ceiling:
    """The ceiling of a page by the tokens of its blocks and those of its gold.

    Without gold it is 1, nothing chosen, as the metric scores an empty text. A page whose undecided
    blocks have more than `largest` distinct tokens of the gold has a bound by its recall alone.
    """
    if not gold:
        return Ceiling(1.0, 1.0, 1.0, ())
    page = _page(blocks, gold)
    everything = np.ones(len(blocks), np.bool_)
    recall = page.matched(page.held(everything)) / len(gold)
    if not recall:
        return Ceiling(0.0, 0.0, 0.0, ())
    # F1 is 1 at most, so that a block pays only if more than half of it is gold.
    chosen = 2 * page.gains(page.held(~everything)) > page.sizes
    chosen = _improved(page, chosen, np.flatnonzero(everything), page.f1(chosen))
    while True:
        reached = page.f1(chosen)
        better, surplus = _better(page, reached, largest)
        if better is None:
            break
        chosen = better
    f1 = at_most = reached[0] / reached[1]
    if surplus:
        # A set whose F1 is at least λ has TP ≤ |S|, hence |S| + |gold| ≥ |gold| / (1 − λ/2).
        bound = f1 + surplus * (1 - f1 / 2) / len(gold)
        at_most = max(f1, min(bound, 2 * recall / (1 + recall)))
    return Ceiling(recall, f1, at_most, tuple(np.flatnonzero(chosen).tolist()))


@dataclass(frozen=True, slots=True)
class _Page:
    """A page in numbers. `sizes`, of shape (blocks,), counts the tokens of each block, `wanted`, of
    shape (types,), those of each type in the gold. The entries `block`, `type`, `times`, ordered by
    block, say how often a block has a type of the gold; those of block b begin at `starts[b]`."""

    sizes: Ints
    wanted: Ints
    block: Ints
    type: Ints
    times: Ints
    starts: Ints

    def held(self, chosen: Mask) -> Ints:
        """How often the chosen blocks have each type, of shape (types,)."""
        return _summed(self.type, self.times * chosen[self.block], self.wanted.size)

    def matched(self, held: Ints) -> int:
        """True positives."""
        return int(np.minimum(held, self.wanted).sum())

    def gains(self, held: Ints) -> Ints:
        """The true positives that each block adds to what is held, of shape (blocks,)."""
        room = np.maximum(self.wanted - held, 0)[self.type]
        return _summed(self.block, np.minimum(self.times, room), self.sizes.size)

    def losses(self, held: Ints) -> Ints:
        """The true positives that go with each block, which is held, of shape (blocks,)."""
        spare = np.maximum(held - self.wanted, 0)[self.type]
        return _summed(self.block, np.maximum(self.times - spare, 0), self.sizes.size)

    def f1(self, chosen: Mask) -> Ratio:
        """F1 of the chosen blocks."""
        return 2 * self.matched(self.held(chosen)), int(
            self.sizes[chosen].sum() + self.wanted.sum()
        )


def _page(blocks: Sequence[Sequence[str]], gold: Sequence[str]) -> _Page:
    wanted = Counter(gold)
    number = {token: n for n, token in enumerate(wanted)}
    entries = [
        (b, number[token], times)
        for b, tokens in enumerate(blocks)
        for token, times in Counter(tokens).items()
        if token in number
    ]
    block, type_, times = np.array(entries, np.int64).reshape(-1, 3).T
    return _Page(
        np.array([len(tokens) for tokens in blocks], np.int64),
        np.array(list(wanted.values()), np.int64),
        block,
        type_,
        times,
        np.searchsorted(block, np.arange(len(blocks) + 1)),
    )


def _better(page: _Page, reached: Ratio, largest: int) -> tuple[Mask | None, float]:
    """A set of blocks with a better F1 than the one that is reached, or None and a bound on the
    surplus of any set over it, in tokens, which is 0 if there is no better set.

    Branch and bound, the set first from which most can be hoped for."""
    count = itertools.count()
    nodes = [(-math.inf, next(count), np.zeros(page.sizes.size, np.bool_), page.sizes > 0)]
    for _ in range(_NODES):
        if not nodes:
            break
        _, _, taken, open_ = heappop(nodes)
        taken, open_ = _decided(page, reached, taken, open_)
        undecided = np.flatnonzero(open_)
        if (page.starts[undecided + 1] - page.starts[undecided]).sum() > largest:
            chosen = _improved(page, taken, undecided, reached)
            return (chosen if _exceeds(page.f1(chosen), reached) else None), math.inf
        shares, surplus = _relaxed(page, taken, undecided, reached[0] / reached[1])
        chosen = taken.copy()
        chosen[undecided] = shares > 0.5
        chosen = _improved(page, chosen, undecided, reached)
        if _exceeds(page.f1(chosen), reached):
            return chosen, surplus
        # Surpluses of sets are multiples of 1 / reached[1]; what is less is the solver's tolerance.
        if surplus * reached[1] > 0.5:
            hinge = np.zeros_like(open_)
            hinge[undecided[np.abs(shares - 0.5).argmin()]] = True
            heappush(nodes, (-surplus, next(count), taken | hinge, open_ & ~hinge))
            heappush(nodes, (-surplus, next(count), taken, open_ & ~hinge))
    return None, -nodes[0][0] if nodes else 0.0


def _decided(page: _Page, reached: Ratio, taken: Mask, open_: Mask) -> tuple[Mask, Mask]:
    """The blocks of a set with the largest surplus of those that hold `taken` and else only blocks
    of `open_`: those that single blocks tell to be in it, and those still open."""
    above, below = reached
    while True:
        out = open_ & (2 * below * page.gains(page.held(taken)) <= above * page.sizes)
        open_ = open_ & ~out
        sure = open_ & (2 * below * page.losses(page.held(taken | open_)) >= above * page.sizes)
        taken, open_ = taken | sure, open_ & ~sure
        if not (out.any() or sure.any()):
            return taken, open_


def _relaxed(
    page: _Page, taken: Mask, undecided: Ints, ratio: float
) -> tuple[NDArray[np.float64], float]:
    """The shares of the undecided blocks that have, with the blocks taken, the largest surplus over
    the ratio, and that surplus."""
    held = page.held(taken)
    surplus = 2 * page.matched(held) - ratio * float(page.sizes[taken].sum() + page.wanted.sum())
    if not undecided.size:
        return np.empty(0), surplus
    room = np.maximum(page.wanted - held, 0)
    place = np.full(page.sizes.size, -1)
    place[undecided] = np.arange(undecided.size)
    kept = (place[page.block] >= 0) & (room[page.type] > 0)
    block, type_ = place[page.block[kept]], page.type[kept]
    times = np.minimum(page.times[kept], room[type_])
    # Where the blocks together have no more of a type than is wanted, each adds what it has.
    scarce = _summed(type_, times, room.size) > room
    free = _summed(block, np.where(scarce[type_], 0, times), undecided.size)
    # The others are variables: tokens matched, at most those of the blocks and those wanted.
    types = np.flatnonzero(scarce)
    row = np.full(room.size, -1)
    row[types] = np.arange(types.size)
    tied = scarce[type_]
    own = np.arange(types.size)
    matrix = coo_array(
        (
            np.concatenate([-times[tied], np.ones(types.size)]),
            (
                np.concatenate([row[type_[tied]], own]),
                np.concatenate([block[tied], undecided.size + own]),
            ),
        ),
        shape=(types.size, undecided.size + types.size),
    )
    most = np.concatenate([np.ones(undecided.size), room[types]])
    solved = linprog(  # type: ignore[call-overload] # its stubs know of no sparse matrix
        np.concatenate([ratio * page.sizes[undecided] - 2.0 * free, np.full(types.size, -2.0)]),
        A_ub=matrix.tocsc(),
        b_ub=np.zeros(types.size),
        bounds=np.stack([np.zeros_like(most), most], axis=1),
        method="highs",
    )
    if not solved.success:
        return np.zeros(undecided.size), math.inf
    return solved.x[: undecided.size], surplus - float(solved.fun)


def _improved(page: _Page, chosen: Mask, among: Ints, reached: Ratio) -> Mask:
    """The set after taking or leaving out single blocks, as long as its surplus grows by it."""
    above, below = reached
    chosen = chosen.copy()
    held = page.held(chosen)
    for _ in range(_PASSES):
        changed = False
        for b in among.tolist():
            entries = slice(page.starts[b], page.starts[b + 1])
            types, sign = page.type[entries], -1 if chosen[b] else 1
            before, wanted = held[types], page.wanted[types]
            after = before + sign * page.times[entries]
            added = int((np.minimum(after, wanted) - np.minimum(before, wanted)).sum())
            if 2 * below * added > sign * above * int(page.sizes[b]):
                held[types] = after
                chosen[b] = not chosen[b]
                changed = True
        if not changed:
            break
    return chosen


def _exceeds(one: Ratio, other: Ratio) -> bool:
    return one[0] * other[1] > other[0] * one[1]


def _summed(places: Ints, values: Ints, size: int) -> Ints:
    """The sums of the values by place, exact: they stay below 2**53."""
    return np.bincount(places, weights=values, minlength=size).astype(np.int64)
