"""How many pages it takes to see a difference, and which differences so many pages can show.

All of it is of a paired, two-sided test, and follows from how much the difference of two systems
varies from unit to unit, a page or a site.
"""

from __future__ import annotations

import math

import numpy as np

from boilerbench.metrics.base import Floats
from boilerbench.stats.ranks import ALPHA
from boilerbench.stats.resampling import generator
from boilerbench.stats.stacks import Stack

POWER = 0.8

FEWEST = 6
"""With fewer units no paired permutation test can come below 5 %: 2 of 32 ways are as large."""

SIMULATIONS = 2000


def pseudo_values(stack: Stack, figure: str, pair: tuple[int, int]) -> Floats:
    """What each unit says of the difference of two systems, an array of shape (units,): the
    jackknife's pseudo-values (Tukey 1958). Where the figure is a mean over pages, and each page is
    a unit, they are the differences of the pages. Units without which nothing could be said are
    left out. Raises `ValueError` for a single unit."""
    units = len(stack.columns)
    if units < 2:
        raise ValueError("one unit says nothing of how much units vary")
    columns = stack.columns[:, list(pair)]
    whole = stack.figures(columns.sum(axis=0))[figure]
    without = stack.figures(columns.sum(axis=0) - columns)[figure]
    found = units * (whole[1] - whole[0]) - (units - 1) * (without[:, 1] - without[:, 0])
    return np.asarray(found[~np.isnan(found)])


def units_needed(deviation: float, delta: float, power: float = POWER) -> int:
    """How many units, at the least, show a difference of `delta` with this power at 5 %, where
    differences of units have this standard deviation: by the normal approximation, with Student's
    quantiles."""
    from scipy.stats import norm

    quantiles = norm.ppf(1 - ALPHA / 2) + norm.ppf(power)
    needed = max(FEWEST, math.ceil((quantiles * deviation / delta) ** 2))
    while detectable(deviation, needed, power) > delta:  # Student's are larger: a few units more
        needed += 1
    return needed


def detectable(deviation: float, units: int, power: float = POWER) -> float:
    """The smallest difference that so many units, two at least, show with this power at 5 %."""
    from scipy.stats import t

    quantiles = t.ppf(1 - ALPHA / 2, units - 1) + t.ppf(power, units - 1)
    return float(quantiles) * deviation / math.sqrt(units)


def simulated_power(
    values: Floats, delta: float, units: int, *, simulations: int = SIMULATIONS, seed: int = 0
) -> float:
    """In which share of simulated samples of so many units a paired t-test comes below 5 %.

    The samples are drawn with replacement from the differences that were seen, an array of shape
    (units seen,), shifted so that their mean is `delta`.
    """
    from scipy.stats import t

    shifted = values - values.mean() + delta
    drawn = generator(seed, (2,)).multinomial(
        units, np.full(len(shifted), 1 / len(shifted)), size=simulations
    )
    weights = drawn.astype(np.float64) / units
    mean = weights @ shifted
    variance = (weights @ (shifted - delta) ** 2 - (mean - delta) ** 2) * units / (units - 1)
    bound = t.ppf(1 - ALPHA / 2, units - 1) * np.sqrt(np.maximum(variance, 0.0) / units)
    return float((np.abs(mean) > bound).mean())
