from hypothesis import given
from hypothesis import strategies as st

from boilerbench.conformance.memory import LEAK, slope

LOOKS = st.lists(st.integers(50 << 20, 60 << 20), min_size=3, max_size=30)


@given(st.integers(0, 1 << 20), st.integers(2, 60))
def test_steady_growth_is_its_slope(each: int, looks: int) -> None:
    assert slope([10 * each * n for n in range(looks)]) == each


@given(st.integers(10, 60), st.integers(0, 59), st.integers(0, 1 << 30))
def test_a_single_step_is_no_slope(looks: int, at: int, step: int) -> None:
    assert slope([step if n >= min(at, looks // 8) else 0 for n in range(looks)]) == 0


@given(LOOKS, st.integers(0, 1 << 20))
def test_a_leak_adds_to_what_else_happens(looks: list[int], each: int) -> None:
    leaking = slope([look + 10 * each * n for n, look in enumerate(looks)])
    assert abs(leaking - slope(looks) - each) < 1e-3


def test_the_issue_s_leak_is_far_above_the_bound() -> None:
    assert 4 * LEAK < 100_000
