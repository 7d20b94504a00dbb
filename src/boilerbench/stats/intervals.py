"""A figure, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from boilerbench.metrics.base import Floats

_BOUNDS = (2.5, 97.5)

_ROUNDING = 1e-12


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


def interval(value: float, resampled: Floats) -> Interval:
    """The figure with the 2.5th and the 97.5th percentile of its resamples, of shape
    (resamples,)."""
    (low,), (high,) = bounds(resampled[:, None])
    return trimmed(Interval(value, float(low), float(high)))


def trimmed(found: Interval) -> Interval:
    """The interval without what is only the order in which numbers were added up: one that does not
    vary is its value."""
    low, high = (
        found.value if abs(bound - found.value) < _ROUNDING else bound
        for bound in (found.low, found.high)
    )
    return Interval(found.value, low, high)


def bounds(resampled: Floats) -> tuple[Floats, Floats]:
    """The 2.5th and the 97.5th percentile of each column of an array of shape (resamples, columns),
    of those of its resamples that have something to say; NaN where none has."""
    low, high = np.percentile(resampled, _BOUNDS, axis=0)
    for at in np.flatnonzero(np.isnan(low)):
        known = resampled[~np.isnan(resampled[:, at]), at]
        if len(known):
            low[at], high[at] = np.percentile(known, _BOUNDS)
    return low, high


def holm(p: Sequence[float]) -> list[float]:
    """The probabilities corrected for their number, in their order (Holm 1979): below .05 in any
    of them by luck happens in no more than 5 % of such families of tests."""
    corrected = [0.0] * len(p)
    highest = 0.0
    for rank, at in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        highest = max(highest, min(1.0, p[at] * (len(p) - rank)))
        corrected[at] = highest
    return corrected
