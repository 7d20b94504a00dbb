"""Timing: who is asked when, what is thrown away, and what becomes of the measurements.

Costs come from workers that state them, so that nothing here depends on how fast a machine is.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench import timing
from boilerbench.errors import UserError
from boilerbench.execution.process import DEFAULT_LIMITS, Limits
from boilerbench.extractors.specs import spec, specs
from boilerbench.timing import Record, measure, ratio, remarks, timings
from boilerbench.types import Extraction, ExtractorSpec, Outcome, Page

PAGES = [Page(f"p{number}", b"") for number in range(30)]
A, B, C = (ExtractorSpec(name, "") for name in "abc")

Cost = Callable[[str, Page], float | Outcome]


class Stage:
    """Makes workers whose costs are `cost(extractor, page)`, and remembers what they were asked."""

    def __init__(self, cost: Cost) -> None:
        self.cost = cost
        self.asked: list[tuple[int, str, str]] = []
        self.started: list[str] = []
        self.living = 0

    def start(self, wanted: ExtractorSpec, limits: Limits) -> "Actor":
        self.started.append(wanted.name)
        self.living += 1
        return Actor(self, wanted.name, len(self.started))


class Actor:
    def __init__(self, stage: Stage, name: str, number: int) -> None:
        self.stage, self.name, self.number, self.alive = stage, name, number, True

    def ready(self) -> dict[str, object]:
        return {"version": "1", "import_s": 0.25}

    def extract(self, page: Page) -> Extraction:
        assert self.alive
        self.stage.asked.append((self.number, self.name, page.id))
        cost = self.stage.cost(self.name, page)
        if isinstance(cost, str):
            if cost != "error":  # only an exception leaves the process alive
                self.kill()
            return Extraction(page.id, self.name, cost, error="x")
        return Extraction(page.id, self.name, "ok", "text", None, cost, 2 * cost, 1000)

    def kill(self) -> None:
        self.stage.living -= self.alive
        self.alive = False


def timed(stage: Stage, *wanted: ExtractorSpec, rounds: int = 3, seed: int = 0) -> list[Record]:
    return measure(
        wanted, lambda: iter(PAGES), len(PAGES), rounds=rounds, limits=DEFAULT_LIMITS,
        seed=seed, start=stage.start,
    )  # fmt: skip


def even(name: str, page: Page) -> float:
    return {"a": 0.010, "b": 0.020, "c": 0.005}[name] * (1 + len(page.id))


def test_each_page_goes_to_each_extractor_before_the_next_page() -> None:
    stage = Stage(even)
    timed(stage, A, B, C)
    warm = 3 * timing.WARM_UP
    a_round = warm + 3 * len(PAGES)
    assert len(stage.asked) == 3 * a_round
    for number in range(3):
        asked = stage.asked[number * a_round + warm : (number + 1) * a_round]
        for at, page in enumerate(PAGES):
            turn = asked[3 * at : 3 * at + 3]
            assert {page_id for _, _, page_id in turn} == {page.id}
            assert {name for _, name, _ in turn} == {"a", "b", "c"}


def test_everyone_comes_first_equally_often_over_as_many_rounds_as_extractors() -> None:
    stage = Stage(even)
    timed(stage, A, B, C)
    warm, turns = 3 * timing.WARM_UP, 3 * len(PAGES)
    firsts: Counter[tuple[str, str]] = Counter()
    for number in range(3):
        begin = number * (warm + turns) + warm
        firsts.update((name, page) for _, name, page in stage.asked[begin : begin + turns : 3])
    assert set(firsts.values()) == {1}
    assert len(firsts) == turns
    orders = [
        tuple(name for _, name, _ in stage.asked[warm + 3 * at : warm + 3 * at + 3])
        for at in range(len(PAGES))
    ]
    assert len(set(orders)) > 3, "the order does not change from page to page"


def test_the_seed_decides_the_order() -> None:
    def asked(seed: int) -> list[tuple[int, str, str]]:
        stage = Stage(even)
        timed(stage, A, B, C, seed=seed)
        return stage.asked

    assert asked(1) == asked(1) != asked(2)


def test_a_round_has_new_processes_and_none_is_left() -> None:
    stage = Stage(even)
    timed(stage, A, B, rounds=4)
    assert Counter(stage.started) == {"a": 4, "b": 4}
    assert stage.living == 0
    for number in range(1, 9):  # each begins with pages whose times are thrown away
        first = [page for process, _, page in stage.asked if process == number][: timing.WARM_UP]
        assert first == [page.id for page in PAGES[: timing.WARM_UP]]


def test_what_warms_up_is_not_counted() -> None:
    calls: Counter[str] = Counter()

    def cold(name: str, page: Page) -> float:
        calls[name] += 1
        fresh = (calls[name] - 1) % (timing.WARM_UP + len(PAGES)) < timing.WARM_UP
        return 1000.0 if fresh else 0.001

    (found,) = timings(timed(Stage(cold), A))
    assert found.cpu_ms == pytest.approx(1)


def test_figures_follow_from_the_costs() -> None:
    a, b = timings(timed(Stage(even), A, B))
    costs = [10.0 * (1 + len(page.id)) for page in PAGES]
    assert a.cpu_ms == pytest.approx(np.mean(costs))
    assert a.cpu_ms_median == pytest.approx(np.median(costs))
    assert a.pages_per_s == pytest.approx(1000 / (2 * np.mean(costs)))
    assert (a.peak_rss, a.import_s, a.version, a.answered) == (1000, 0.25, "1", len(PAGES))
    assert a.ratio is not None
    assert b.ratio is not None
    assert (a.ratio.value, a.ratio.low, a.ratio.high) == (1, 1, 1)
    assert b.ratio.value == pytest.approx(2)
    assert b.ratio.least == pytest.approx(2)
    assert b.ratio.most == pytest.approx(2)


def test_a_page_that_one_failed_on_is_in_no_ratio_and_is_counted() -> None:
    def failing(name: str, page: Page) -> float | Outcome:
        if (name, page.id) == ("a", "p21"):
            return "error"
        if (name, page.id) == ("b", "p22"):
            return "timeout"
        return (100.0 if page.id in ("p21", "p22") else 0.01) * (2 if name == "b" else 1)

    stage = Stage(failing)
    a, b = timings(timed(stage, A, B))
    assert (a.failures, b.failures) == ({"error": 1}, {"timeout": 1})
    assert a.answered == b.answered == len(PAGES) - 1
    assert b.ratio is not None
    assert b.ratio.pages == len(PAGES) - 2
    assert b.ratio.value == pytest.approx(2)
    assert Counter(stage.started) == {"a": 3, "b": 6}, "a dead process is followed by a new one"
    assert stage.living == 0


def test_a_page_that_fails_now_and_then_counts_as_failed() -> None:
    calls: Counter[str] = Counter()

    def now_and_then(name: str, page: Page) -> float | Outcome:
        calls[page.id] += 1
        return "error" if (page.id, calls[page.id]) == ("p25", 2) else 0.01

    (found,) = timings(timed(Stage(now_and_then), A))
    assert found.failures == {"error": 1}
    assert found.answered == len(PAGES) - 1


def test_an_extractor_that_dies_while_it_warms_up_is_timed_on_the_rest() -> None:
    stage = Stage(lambda name, page: "crash" if page.id == "p3" else 0.01)
    (found,) = timings(timed(stage, A, rounds=2))
    assert found.failures == {"crash": 1}
    assert found.answered == len(PAGES) - 1
    assert stage.living == 0


def test_nothing_to_measure_is_no_figure() -> None:
    a, b = timings(timed(Stage(lambda name, page: "error" if name == "b" else 0.0), A, B))
    assert (b.ratio, b.cpu_ms, b.cpu_ms_median, b.pages_per_s, b.peak_rss) == (None,) * 5
    assert b.failures == {"error": len(PAGES)}
    assert a.ratio is None  # a clock that saw no time pass
    assert a.cpu_ms == 0


@pytest.mark.parametrize("stop", ["p2", "p25"])  # while it warms up, and later
def test_an_interrupt_leaves_no_process(stop: str) -> None:
    def interrupted(name: str, page: Page) -> float:
        if page.id == stop:
            raise KeyboardInterrupt
        return 0.01

    stage = Stage(interrupted)
    with pytest.raises(KeyboardInterrupt):
        timed(stage, A, B)
    assert stage.living == 0


def test_a_vote_is_not_timed() -> None:
    with pytest.raises(UserError, match="no process to time"):
        timed(Stage(even), A, replace(B, members=(A, C)))


# -- the ratio


COSTS = st.lists(st.floats(1e-4, 10), min_size=2, max_size=12)


@given(costs=COSTS, times=st.floats(0.1, 10), rounds=st.integers(2, 5))
def test_a_constant_factor_is_found_exactly(costs: list[float], times: float, rounds: int) -> None:
    first = np.array([costs] * rounds)
    found = ratio(first * times, first)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    for figure in (found.value, found.low, found.high, found.least, found.most):
        assert figure == pytest.approx(times)


@given(costs=COSTS, others=COSTS, seed=st.integers(0, 99))
def test_the_interval_holds_the_ratio_and_turns_with_it(
    costs: list[float], others: list[float], seed: int
) -> None:
    pages = min(len(costs), len(others))
    noise = np.random.default_rng(seed).lognormal(0, 0.1, (2, 3, pages))
    a, b = np.array(costs[:pages]) * noise[0], np.array(others[:pages]) * noise[1]
    there, back = ratio(a, b), ratio(b, a)
    assert there is not None
    assert back is not None
    assert there.low is not None
    assert there.high is not None
    assert back.high is not None
    assert there.low <= there.value <= there.high
    assert there.least <= there.value * (1 + 1e-9)
    assert there.most >= there.value * (1 - 1e-9)
    assert there.value * back.value == pytest.approx(1)
    assert there.low * back.high == pytest.approx(1)


def simulated(rng: np.random.Generator, truth: float, rounds: int) -> timing.Ratio:
    """Two extractors on 60 pages whose costs are as uneven as those of real pages; each process is
    some per cent faster or slower than others of its program, and each call has noise."""
    pages = rng.lognormal(-4, 1, 60)
    cpu, first = (
        factor * pages * rng.lognormal(0, 0.03, (rounds, 1)) * rng.lognormal(0, 0.1, (rounds, 60))
        for factor in (truth, 1.0)
    )
    found = ratio(cpu, first)
    assert found is not None
    return found


@pytest.mark.parametrize(("truth", "rounds"), [(1.0, 5), (2.0, 5), (0.1, 10)])
def test_the_interval_holds_the_truth_as_often_as_it_says(truth: float, rounds: int) -> None:
    rng = np.random.default_rng(4)
    found = [simulated(rng, truth, rounds) for _ in range(200)]
    held = [one for one in found if one.low and one.high and one.low <= truth <= one.high]
    assert len(held) >= 185  # 190 are promised; chance leaves fewer than 185 once in 20 times
    if rounds == 5:  # and it is not so wide that it says nothing
        widths = [math.log(one.high / one.low) for one in found if one.low and one.high]
        assert np.median(widths) < 0.15


def test_a_coarse_clock_gives_a_ratio_without_an_interval() -> None:
    cpu = np.zeros((3, 40))
    cpu[0, 3] = cpu[1, 7] = 0.01
    found = ratio(cpu, np.full((3, 40), 0.001))
    assert found is not None
    assert found.value == pytest.approx(1 / 6)
    assert (found.low, found.high) == (None, None)


def test_one_page_has_the_spread_of_its_rounds() -> None:
    found = ratio(np.array([[1.0], [1.1], [1.2]]), np.array([[1.0], [1.0], [1.0]]))
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < 1.0 < 1.2 < found.high


# -- the machine


@pytest.mark.parametrize(
    ("before", "after", "governor", "says"),
    [
        (0.2, 1.1, "performance", []),
        (3.5, 1.1, "performance", ["load average 3.5 on 4 cores before"]),
        (0.2, 3.5, "performance", ["load average 3.5 on 4 cores after"]),
        (9.0, 9.0, "performance", ["load average 9.0 on 4 cores before"]),
        (None, None, "performance", []),
        (0.2, 1.1, "powersave", ["not fixed: powersave"]),
        (0.2, 1.1, None, ["cannot be read"]),
    ],
)
def test_doubts_are_said(
    before: float | None, after: float | None, governor: str | None, says: list[str]
) -> None:
    found = remarks({"cores": 4, "load": before, "governor": governor}, after)
    assert len(found) == len(says)
    assert all(words in line for words, line in zip(says, found, strict=True))


def test_the_machine_is_known() -> None:
    known = timing.machine()
    assert {"cpu", "cores", "load", "governor", "platform", "boilerbench"} <= known.keys()


# -- real processes

BURN = """
def extract(page, times=1):
    sum(n * n for n in range(int(times * {steps} * (1 + len(page.html) % 7))))
    return page.id
"""


def burning(folder: Path, steps: int) -> Path:
    file = folder / "burn.py"
    file.write_text(BURN.format(steps=steps))
    return file


def real(wanted: tuple[ExtractorSpec, ...], pages: int, rounds: int) -> list[timing.Timing]:
    def read() -> Iterator[Page]:
        lengths = random.Random(5)
        return (Page(f"p{n}", b"x" * lengths.randrange(100)) for n in range(pages))

    records = measure(wanted, read, pages, rounds=rounds, limits=DEFAULT_LIMITS)
    return timings(records)


def test_processes_are_timed_and_gone(tmp_path: Path) -> None:
    file = burning(tmp_path, 2000)
    found = real(specs([f"a={file}:extract", f"b={file}:extract[times=20]"]), 12, 2)
    a, b = found
    assert [one.extractor for one in found] == ["a", "b"]
    assert b.ratio is not None
    assert b.ratio.value > 3  # twenty times the work
    assert b.ratio.pages == 12
    assert a.cpu_ms is not None
    assert a.cpu_ms > 0
    assert a.pages_per_s is not None
    assert a.start_s > 0
    assert a.import_s is not None
    assert a.import_s < a.start_s
    assert a.peak_rss is not None
    workers = [child.cmdline() for child in psutil.Process().children(recursive=True)]
    assert not any("worker" in " ".join(words) for words in workers)


def test_what_cannot_serve_ends_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="none"):
        real((spec(f"{burning(tmp_path, 10)}:none"),), 2, 2)


@pytest.mark.slow
def test_a_against_a_is_1_and_against_twice_the_work_2(tmp_path: Path) -> None:
    file = burning(tmp_path, 20_000)
    wanted = specs([f"{name}={file}:extract" for name in "ab"] + [f"c={file}:extract[times=2]"])
    holds = twice = 0
    for _ in range(5):
        _, b, c = real(wanted, 30, 4)
        assert b.ratio is not None
        assert c.ratio is not None
        holds += bool(b.ratio.low and b.ratio.high and b.ratio.low <= 1 <= b.ratio.high)
        twice += bool(c.ratio.low and c.ratio.high and c.ratio.low <= 2 <= c.ratio.high)
        assert 1.5 < c.ratio.value < 2.7
    assert holds >= 3
    assert twice >= 3
