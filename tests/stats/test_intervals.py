import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.stats import bounds, holm, interval


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        ([0.04], [0.04]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.6, 0.5], [1, 1]),
        ([0.02, 0.02, 0.001], [0.04, 0.04, 0.003]),
    ],
)
def test_holms_correction_by_hand(given, expected):
    assert holm(given) == pytest.approx(expected)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holms_correction_keeps_order_and_is_between_none_and_bonferronis(p):
    corrected = holm(p)
    for one, two in zip(p, corrected, strict=True):
        assert one <= two <= 1
    ranked = sorted(range(len(p)), key=p.__getitem__)
    assert [corrected[at] for at in ranked] == sorted(corrected)
    if p:
        assert min(corrected) == min(1, min(p) * len(p))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holms_correction_rejects_what_his_steps_reject(p):
    """Step down from the smallest: stop at the first that is above its share of 5 %."""
    rejected = set()
    for step, at in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        if p[at] * (len(p) - step) >= 0.05:
            break
        rejected.add(at)
    assert {at for at, corrected in enumerate(holm(p)) if corrected < 0.05} == rejected


def test_bounds_are_of_the_resamples_that_have_something_to_say():
    drawn = np.column_stack([np.arange(101.0), np.arange(101.0), np.full(101, np.nan)])
    drawn[51:, 1] = np.nan
    low, high = bounds(drawn)
    assert (low[0], high[0]) == (2.5, 97.5)
    assert (low[1], high[1]) == (1.25, 48.75)
    assert math.isnan(low[2])
    assert math.isnan(high[2])


def test_what_does_not_vary_has_its_value_for_an_interval():
    found = interval(2 / 3, np.full(100, 2 / 3 + 2e-16))
    assert found.low == found.value == found.high
    apart = interval(0.5, np.linspace(0.4, 0.6, 41))
    assert (apart.low, apart.high) == (pytest.approx(0.405), pytest.approx(0.595))
