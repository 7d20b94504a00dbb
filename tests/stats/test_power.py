import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from boilerbench.metrics import metric
from boilerbench.stats import (
    Stack,
    bootstrap,
    detectable,
    groups_of,
    pseudo_values,
    simulated_power,
    units_needed,
)


def side(tp):
    tp = np.asarray(tp, dtype=float)
    return {"tp": tp, "fp": 100 - tp, "fn": 50 - tp / 2, "neither": 0 * tp}, None


RNG = np.random.default_rng(0)
SIDES = [side(RNG.integers(0, 101, 60)), side(RNG.integers(0, 101, 60))]


def test_of_means_over_pages_they_are_the_differences_of_pages():
    made = metric("token")
    values = pseudo_values(Stack.of(made, SIDES), "f1", (0, 1))
    one, other = (made.pages(counts)["f1"] for counts, _ in SIDES)
    assert values == pytest.approx(other - one, abs=1e-12)


@pytest.mark.parametrize("avg", ["macro", "micro", "f1-of-means"])
@pytest.mark.parametrize("sites", [None, [n // 3 for n in range(60)]])
def test_their_standard_error_is_that_of_the_bootstrap(avg, sites):
    made = metric(f"token[avg={avg}]")
    groups = None if sites is None else groups_of(sites)
    values = pseudo_values(Stack.of(made, SIDES, groups), "f1", (0, 1))
    one, other = (bootstrap(made, counts, groups=groups)["f1"] for counts, _ in SIDES)
    error = values.std(ddof=1) / math.sqrt(len(values))
    assert error == pytest.approx((other - one).std(), rel=0.08)


def test_one_page_says_nothing_of_how_pages_vary():
    with pytest.raises(ValueError, match="one unit"):
        pseudo_values(Stack.of(metric("token"), [side([1]), side([2])]), "f1", (0, 1))


def power_of_t(units, effect):
    """By the noncentral t distribution, exact for normal differences."""
    bound = stats.t.ppf(0.975, units - 1)
    shifted = stats.nct(units - 1, effect * math.sqrt(units))
    return shifted.sf(bound) + shifted.cdf(-bound)


@pytest.mark.parametrize("effect", [0.8, 0.5, 0.2, 0.1])
def test_the_number_of_pages_is_that_of_the_exact_power(effect):
    needed = units_needed(1.0, effect)
    least = next(n for n in range(2, 10_000) if power_of_t(n, effect) >= 0.8)
    assert abs(needed - least) <= 1


@given(st.floats(0.001, 1), st.floats(0.0001, 1))
def test_what_is_needed_is_what_is_detected(deviation, delta):
    needed = units_needed(deviation, delta)
    assert detectable(deviation, needed) <= delta
    if needed > 6:
        assert detectable(deviation, needed - 1) > delta
    assert units_needed(deviation, delta / 2) >= needed


def test_fewer_pages_than_six_can_show_nothing():
    assert units_needed(1e-6, 0.5) == 6


def test_a_simulation_finds_the_power_that_was_asked_for():
    values = RNG.normal(0.3, 0.1, 400)
    needed = units_needed(values.std(ddof=1), 0.02)
    assert simulated_power(values, 0.02, needed) == pytest.approx(0.8, abs=0.04)
    assert simulated_power(values, 0.02, 4 * needed) > 0.99
    # Where there is no difference, it is found in 5 %.
    assert simulated_power(values, 0.0, needed) == pytest.approx(0.05, abs=0.02)


def test_a_simulation_is_that_of_a_loop_of_t_tests():
    values = RNG.exponential(0.1, 50)
    found = simulated_power(values, 0.05, 30)
    shifted, rng = values - values.mean() + 0.05, np.random.default_rng(9)
    loop = [stats.ttest_1samp(rng.choice(shifted, 30), 0).pvalue < 0.05 for _ in range(2000)]
    assert found == pytest.approx(np.mean(loop), abs=5 * math.sqrt(2 * 0.25 / 2000))
