"""Timing on a single page: there is no spread over pages, and figures must stand all the same."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.execution.process import DEFAULT_LIMITS, Limits
from boilerbench.timing import Ratio, Timing, measure, ratio, timings
from boilerbench.types import Extraction, ExtractorSpec, Outcome, Page

FIRST, SECOND = (ExtractorSpec(name, "") for name in ("first", "second"))
Cost = float | Outcome | None

COSTS = st.lists(st.floats(1e-4, 10), min_size=2, max_size=6)


class Worker:
    """Serves the page at the cost that its extractor has."""

    def __init__(self, costs: dict[str, Cost], spec: ExtractorSpec, limits: Limits) -> None:
        self.cost = costs[spec.name]
        self.name = spec.name
        self.alive = True

    def ready(self) -> dict[str, object]:
        return {"version": "1"}

    def extract(self, page: Page) -> Extraction:
        if isinstance(self.cost, str):
            return Extraction(page.id, self.name, self.cost, error="x")
        return Extraction(page.id, self.name, "ok", "text", None, self.cost, 0.5, 1000)

    def kill(self) -> None:
        self.alive = False


def timed(first: Cost, second: Cost) -> Sequence[Timing]:
    records = measure(
        [FIRST, SECOND],
        lambda: iter([Page("p", b"")]),
        1,
        rounds=3,
        limits=DEFAULT_LIMITS,
        start=partial(Worker, {"first": first, "second": second}),
    )
    return timings(records)


def of_rounds(cpu: list[float], first: list[float]) -> Ratio:
    found = ratio(np.array(cpu)[:, None], np.array(first)[:, None])
    assert found is not None
    return found


def test_rounds_that_agree_leave_no_doubt() -> None:
    first, second = timed(0.01, 0.03)
    assert first.ratio == Ratio(1.0, 1.0, 1.0, 1.0, 1.0, 1)
    assert second.ratio is not None
    assert second.ratio.value == pytest.approx(3)
    assert second.ratio.low == pytest.approx(3)
    assert second.ratio.high == pytest.approx(3)
    assert (second.answered, second.pages_per_s) == (1, 2.0)
    assert second.cpu_ms == second.cpu_ms_median == pytest.approx(30)


@pytest.mark.parametrize("outcome", ["error", "empty"])
def test_a_page_that_one_fails_on_is_the_only_one_that_there_was(outcome: Outcome) -> None:
    first, second = timed(0.01, outcome)
    if outcome == "empty":  # an answer like any other, at no stated cost
        assert second.failures == {}
    else:
        assert second.failures == {outcome: 1}
        assert second.answered == 0
    assert second.ratio is None
    assert second.cpu_ms is None
    assert first.ratio is not None


def test_a_cpu_time_that_nobody_knows_is_no_figure() -> None:
    for unknown in (None, math.nan):
        first, second = timed(0.01, unknown)
        assert second.cpu_ms is second.cpu_ms_median is second.ratio is None
        assert (second.answered, second.pages_per_s) == (1, 2.0)
        assert first.cpu_ms == pytest.approx(10)
        first, second = timed(unknown, 0.01)
        assert first.ratio is second.ratio is None
        assert second.cpu_ms == pytest.approx(10)


@given(COSTS, st.data())
def test_the_interval_holds_the_ratio_and_turns_with_it(
    costs: list[float], data: st.DataObject
) -> None:
    others = data.draw(st.lists(st.floats(1e-4, 10), min_size=len(costs), max_size=len(costs)))
    there, back = of_rounds(costs, others), of_rounds(others, costs)
    assert there.pages == 1
    assert there.least <= there.value * (1 + 1e-9)
    assert there.value <= there.most * (1 + 1e-9)
    for found in (there, back):
        if found.low is not None:
            assert found.high is not None
            assert found.low <= found.value <= found.high
    assert there.value == pytest.approx(1 / back.value)
    if there.low and back.high and math.isfinite(back.high):
        assert there.low == pytest.approx(1 / back.high)


def test_one_round_of_one_page_says_nothing_of_doubt() -> None:
    found = of_rounds([0.2], [0.1])
    assert (found.value, found.least, found.most) == (2.0, 2.0, 2.0)
