"""Extractors over several corpora, each of which is one observation (Demšar 2006, Statistical
Comparisons of Classifiers over Multiple Data Sets)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from boilerbench.metrics.base import Floats
from boilerbench.stats.ranks import ALPHA

FEWEST_CORPORA = 5
"""With fewer, Friedman's test finds hardly anything, and nothing follows for other corpora."""

FEWEST_EXTRACTORS = 3

_DIGITS = 12
"""Figures that agree so far share a rank."""


@dataclass(frozen=True, slots=True)
class AcrossCorpora:
    """Average ranks over corpora, for a critical-difference diagram.

    `extractors` are ordered by `average_ranks`, from 1 for one that leads on every corpus.
    `statistic` and `p` are of Friedman's test that there is no difference at all. By Nemenyi's
    test two differ if their average ranks are `critical_difference` apart, or more, at 5 % for all
    pairs together; `nemenyi` are its probabilities, by the places of two extractors. `groups` are
    the largest sets that do not differ, of two extractors at least; where Friedman's test finds no
    difference that is all of them.
    """

    metric: str
    figure: str
    corpora: tuple[str, ...]
    extractors: tuple[str, ...]
    average_ranks: tuple[float, ...]
    statistic: float
    p: float
    critical_difference: float
    nemenyi: tuple[tuple[float, ...], ...]
    groups: tuple[tuple[str, ...], ...]


def across(
    metric: str,
    figure: str,
    corpora: Sequence[str],
    extractors: Sequence[str],
    figures: Floats,
) -> AcrossCorpora | str:
    """By figures of shape (corpora, extractors), the larger the better; or in words why there is
    too little to say anything."""
    if len(corpora) < FEWEST_CORPORA:
        return (
            f"a comparison over corpora takes each as one observation, and needs {FEWEST_CORPORA} "
            f"of them at least: there {'is' if len(corpora) == 1 else 'are'} {len(corpora)}"
        )
    if len(extractors) < FEWEST_EXTRACTORS:
        return (
            f"a comparison over corpora needs {FEWEST_EXTRACTORS} extractors at least that have "
            f"a figure on all of them: there {'is' if len(extractors) == 1 else 'are'} "
            f"{len(extractors)}"
        )
    from scipy.stats import friedmanchisquare, rankdata, studentized_range

    blocks, count = figures.shape
    rounded = np.round(figures, _DIGITS)
    averages = rankdata(-rounded, axis=1).mean(axis=0)
    if (averages == averages[0]).all():  # where all are equal, the statistic is 0 by 0
        statistic, p = 0.0, 1.0
    else:
        statistic, p = map(float, friedmanchisquare(*rounded.T))
    deviation = math.sqrt(count * (count + 1) / (6 * blocks))
    critical = float(studentized_range.ppf(1 - ALPHA, count, np.inf)) / math.sqrt(2) * deviation
    order = sorted(range(count), key=lambda at: (averages[at], extractors[at]))
    ranks = averages[order]
    apart = np.abs(ranks[:, None] - ranks[None, :])
    nemenyi = studentized_range.sf(apart / deviation * math.sqrt(2), count, np.inf)
    names = [extractors[at] for at in order]
    alike = np.ones_like(apart, np.bool_) if p >= ALPHA else apart < critical
    return AcrossCorpora(
        metric=metric,
        figure=figure,
        corpora=tuple(corpora),
        extractors=tuple(names),
        average_ranks=tuple(ranks.tolist()),
        statistic=statistic,
        p=p,
        critical_difference=critical,
        nemenyi=tuple(tuple(row) for row in np.clip(nemenyi, 0.0, 1.0).tolist()),
        groups=_groups(names, alike),
    )


def _groups(
    names: Sequence[str], alike: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
) -> tuple[tuple[str, ...], ...]:
    """The longest runs whose first and last are alike, in an order by rank."""
    found: list[tuple[str, ...]] = []
    reached = 0
    for start in range(len(names)):
        end = int(np.flatnonzero(alike[start]).max()) + 1
        if end > max(reached, start + 1):
            found.append(tuple(names[start:end]))
            reached = end
    return tuple(found)
