"""Two extractors page by page: a mean hides how many pages each of them wins."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from boilerbench.metrics.base import Floats
from boilerbench.stats.resampling import Groups

TIE_MARGIN = 0.001
"""Two figures of a page that differ by no more are a tie."""

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class ByPage:
    """On how many pages the second is better (`wins`) or worse (`losses`) by more than the margin,
    and the `effect`: Cohen's d of paired differences, their mean over their standard deviation.

    Pages on which one of the two has no figure are not counted. `effect` is 0 where nothing
    differs, NaN where it has no bounds: all pages differ by the same, or there is one only.
    """

    wins: int
    ties: int
    losses: int
    effect: float


def by_page(difference: Floats, margin: float = TIE_MARGIN) -> ByPage:
    """What the second's figures less the first's come to, an array of shape (pages,), NaN where one
    of them has none."""
    known = difference[~np.isnan(difference)]
    wins = int((known > margin + _ROUNDING).sum())
    losses = int((known < -margin - _ROUNDING).sum())
    return ByPage(wins, len(known) - wins - losses, losses, _effect(known))


def _effect(known: Floats) -> float:
    if not len(known) or np.abs(known).max() <= _ROUNDING:
        return 0.0
    deviation = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    return float(known.mean()) / deviation if deviation > _ROUNDING else math.nan


def wilcoxon(difference: Floats, groups: Groups | None = None) -> float:
    """The probability of Wilcoxon's signed-rank test of an array of shape (pages,), two-sided. NaN
    and zero are left out. With groups it is of their mean differences, as pages of one site are
    not independent."""
    from scipy.stats import wilcoxon as signed_rank

    known = ~np.isnan(difference)
    values = difference[known]
    if groups is not None:
        numbers = groups[known]
        pages = np.bincount(numbers)
        values = np.bincount(numbers, values)[pages > 0] / pages[pages > 0]
    values = values[np.abs(values) > _ROUNDING]
    if not len(values):
        return 1.0
    return float(signed_rank(np.round(values, 12)).pvalue)
