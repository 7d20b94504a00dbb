"""Places: which ones resamples allow, and who cannot be told apart from whom."""

from __future__ import annotations

import itertools
import string
from collections.abc import Collection, Iterator

import numpy as np

from boilerbench.metrics.base import Floats

ALPHA = 0.05

_DIGITS = 12
"""Figures that agree so far are ties."""


def rank_intervals(resampled: Floats) -> list[tuple[int, int]]:
    """For each column of an array of shape (resamples, systems) the places, from 1 for the largest,
    that it takes in 95 % of the resamples.

    Systems with the same figure share the places that they take up: two at the top are each from 1
    to 2. The lower end is the 2.5th percentile of the first of these places, the upper end the
    97.5th of the last. NaN is behind everything.
    """
    figures = np.round(np.where(np.isnan(resampled), -np.inf, resampled), _DIGITS)
    systems = figures.shape[1]
    found = []
    for at in range(systems):
        one = figures[:, at : at + 1]
        first = 1 + (figures > one).sum(axis=1)
        last = systems - (figures < one).sum(axis=1)
        low = np.percentile(first, 2.5, method="inverted_cdf")
        high = np.percentile(last, 97.5, method="inverted_cdf")
        found.append((int(low), int(high)))
    return found


def letters(count: int, differ: Collection[tuple[int, int]]) -> list[str]:
    """A compact letter display of `count` systems, best first: two share a letter just if they are
    not among the pairs that `differ`. By insertion and absorption (Piepho 2004, doi:
    10.1198/1061860043515): every letter stands for a set that cannot be made larger.
    """
    columns = [frozenset(range(count))] if count else []
    for one, other in differ:
        split: list[frozenset[int]] = []
        for column in columns:
            split += [column - {one}, column - {other}] if {one, other} <= column else [column]
        distinct = list(dict.fromkeys(split))
        columns = [c for c in distinct if not any(c < larger for larger in distinct)]
    columns.sort(key=sorted)
    shown = [""] * count
    for letter, column in zip(_alphabet(), columns, strict=False):
        for system in column:
            shown[system] += letter
    return shown


def _alphabet() -> Iterator[str]:
    beyond = (letter for code in range(0x3B1, 0x10000) if (letter := chr(code)).isalpha())
    return itertools.chain(string.ascii_letters, beyond)
