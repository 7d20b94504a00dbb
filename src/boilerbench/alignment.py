"""Longest common subsequences of tokens as arrays of numbers, which is the fastest way to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from boilerbench.metrics.blocks import LARGEST, aligned

Numbers = NDArray[np.int64]


def common(first: Numbers, second: Numbers, largest: int = LARGEST) -> tuple[Numbers, Numbers]:
    """The places of a longest common subsequence on both sides, in order. Numbers below 0 match
    nothing; none is above 0x10FFFF. Where more than `largest` pairs are to be compared, it may be
    shorter than the longest, as in `boilerbench.metrics.blocks.aligned`."""
    size = 1 + max(first.max(initial=-1), second.max(initial=-1))
    ours, theirs = np.zeros((2, size + 1), np.bool_)  # the last is that of -1
    ours[first] = theirs[second] = True
    ours[-1] = theirs[-1] = False
    here, there = np.flatnonzero(theirs[first]), np.flatnonzero(ours[second])
    first, second = first[here], second[there]
    if len(first) * len(second) <= largest:
        # Strings are what rapidfuzz reads fastest.
        runs = LCSseq.editops(_as_text(first), _as_text(second)).as_matching_blocks()
        pairs = [(np.arange(r.a, r.a + r.size), np.arange(r.b, r.b + r.size)) for r in runs]
        a, b = (np.concatenate(side) for side in zip(*pairs, strict=True))
        return here[a], there[b]
    wanted = second.tolist()
    places = aligned(first.tolist(), wanted, largest)
    found: list[int] = []
    for number in first[places].tolist():
        found.append(wanted.index(number, found[-1] + 1 if found else 0))
    return here[places], there[found]


def _as_text(numbers: Numbers) -> str:
    return numbers.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
