from hypothesis import given
from hypothesis import strategies as st

from boilerbench.conformance.memory import LEAK, trend

LOOKS = st.lists(st.integers(50 << 20, 60 << 20), min_size=3, max_size=30)


@given(st.integers(0, 1 << 20), st.integers(2, 60))
def test_steady_growth_is_its_slope(each: int, looks: int) -> None:
    assert trend([10 * each * n for n in range(looks)]) == (each, each * 10 * (looks - 1))


@given(st.integers(10, 60), st.integers(0, 59), st.integers(0, 1 << 30))
def test_a_single_step_is_no_trend(looks: int, at: int, step: int) -> None:
    grown, _ = trend([step if n >= min(at, looks // 8) else 0 for n in range(looks)])
    assert grown == 0


@given(LOOKS, st.integers(0, 1 << 20))
def test_a_leak_adds_to_what_else_happens(looks: list[int], each: int) -> None:
    plain, _ = trend(looks)
    leaking, _ = trend([look + 10 * each * n for n, look in enumerate(looks)])
    assert abs(leaking - plain - each) < 1e-3


def test_the_issue_s_leak_is_far_above_the_bound() -> None:
    assert 4 * LEAK < 100_000
