"""Timing: what extractors cost beside each other, one page at a time.

Each page goes to every extractor in turn before the next page, one call at a time; what disturbs
the machine for a while then meets all of them. Who comes first is shuffled from page to page and
moves on from round to round. Every round has a new process of each extractor, since two processes
of one program differ by some per cent in where their memory lies; each process is first warmed up
with pages whose times are thrown away.

A ratio is one of totals: how many times the CPU seconds of the first extractor a corpus takes. The
mean of the pages' own ratios would count a page of a millisecond as much as one of a second. Its
interval has two parts, added as variances of its logarithm: the pages are resampled, and the rounds
are repeated measurements. The degrees of freedom are Welch and Satterthwaite's, so that few rounds
that disagree make a wide interval. In simulations of five rounds it holds the truth in 94 to 99 of
100 cases: 99 where noise of single pages prevails, which is in both parts, and 94 or 95 where
processes differ more than pages do. Of three rounds it does in 93 to 98, so that five are the
fewest that the command line offers.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from boilerbench import provenance
from boilerbench.errors import UserError
from boilerbench.execution.process import Limits, WorkerProcess
from boilerbench.types import Extraction, ExtractorSpec, Page

WARM_UP = 20
"""Pages for each new process whose times are thrown away; Node compiles what it has run often."""

RESAMPLES = 2000

Floats = NDArray[np.float64]
Pages = Callable[[], Iterator[Page]]


class Worker(Protocol):
    """What is timed: a `WorkerProcess`, or what stands in for it."""

    alive: bool

    def ready(self) -> dict[str, Any]:
        """Wait until it can serve; what it says of itself."""

    def extract(self, page: Page) -> Extraction:
        """The page's outcome and cost."""

    def kill(self) -> None:
        """End it."""


Start = Callable[[ExtractorSpec, Limits], Worker]


@dataclass(frozen=True, slots=True)
class Ratio:
    """CPU seconds against those of another extractor, on the `pages` that both answered in all
    rounds. `low` and `high` bound the 95 % interval, None where the clock is too coarse to tell;
    `least` and `most` are the ratios of single rounds."""

    value: float
    low: float | None
    high: float | None
    least: float
    most: float
    pages: int


@dataclass(frozen=True, slots=True)
class Timing:
    """What one extractor costs, on the `answered` pages at which it never failed.

    `cpu_ms` is the mean over pages and rounds, `cpu_ms_median` the median of the pages' means,
    `pages_per_s` by wall time in one worker. `peak_rss` in bytes is the most of any page. `start_s`
    is from the start of the process until it takes pages, `import_s` what of it went into imports,
    medians over rounds. `failures` counts the other pages by the first outcome that they had.
    None where nothing was measured.
    """

    extractor: str
    version: str | None
    ratio: Ratio | None
    cpu_ms: float | None
    cpu_ms_median: float | None
    pages_per_s: float | None
    peak_rss: int | None
    start_s: float
    import_s: float | None
    answered: int
    failures: dict[str, int]


@dataclass(slots=True)
class Record:
    """The measurements of one extractor: seconds of shape (rounds, pages), NaN where it failed or
    nothing was measured."""

    spec: ExtractorSpec
    cpu: Floats
    wall: Floats
    peak: int | None = None
    version: str | None = None
    starts: list[float] = field(default_factory=list)
    imports: list[float] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)

    def keep(self, number: int, at: int, extraction: Extraction) -> None:
        """Take what the page `at` cost in a round."""
        if extraction.failed:
            self.failed.setdefault(at, extraction.outcome)
            return
        self.cpu[number, at] = math.nan if extraction.cpu_s is None else extraction.cpu_s
        self.wall[number, at] = math.nan if extraction.wall_s is None else extraction.wall_s
        if extraction.peak_rss is not None:
            self.peak = max(self.peak or 0, extraction.peak_rss)


def measure(
    specs: Sequence[ExtractorSpec],
    pages: Pages,
    count: int,
    *,
    rounds: int,
    limits: Limits,
    seed: int = 0,
    told: Callable[[str], None] = lambda line: None,
    start: Start = WorkerProcess,
) -> list[Record]:
    """Time every extractor on every page, `rounds` times; `pages` gives the `count` pages anew at
    each call, in the same order. Raises `UserError` if an extractor cannot serve."""
    for spec in specs:
        if spec.members:
            raise UserError(
                f"{spec} has no process to time: a vote is made of what its members extract",
                "time the members; a run says what the vote adds to them",
            )
    records = [
        Record(spec, np.full((rounds, count), np.nan), np.full((rounds, count), np.nan))
        for spec in specs
    ]
    random = np.random.default_rng(seed)
    orders = [random.permutation(len(specs)) for _ in range(count)]
    warm = list(islice(pages(), WARM_UP))
    for number in range(rounds):
        told(f"round {number + 1} of {rounds}")
        with contextlib.ExitStack() as stack:
            running = [stack.enter_context(_Running(one, limits, warm, start)) for one in records]
            for at, page in enumerate(pages()):
                for which in np.roll(orders[at], number):
                    records[which].keep(number, at, running[which].extract(page))
    return records


def timings(records: Sequence[Record]) -> list[Timing]:
    """What the extractors cost, in their order, with the ratio to the first."""
    return [_timing(record, records[0]) for record in records]


def ratio(cpu: Floats, first: Floats) -> Ratio | None:
    """The ratio of totals of two arrays of CPU seconds, of shape (rounds, pages), NaN where there
    is none; None if they share no page, or if a total is zero."""
    shared = ~np.isnan(cpu + first).any(axis=0)
    cpu, first = cpu[:, shared], first[:, shared]
    rounds, pages = cpu.shape
    if not cpu.sum() or not first.sum():
        return None
    drawn = np.random.default_rng(0).multinomial(pages, np.full(pages, 1 / pages), RESAMPLES)
    with np.errstate(divide="ignore", invalid="ignore"):  # a coarse clock may see no time pass
        of_pages = np.log((drawn @ cpu.sum(axis=0)) / (drawn @ first.sum(axis=0)))
        of_rounds = cpu.sum(axis=1) / first.sum(axis=1)
        logs = np.log(of_rounds)
    value = float(cpu.sum() / first.sum())
    low = high = None
    if np.isfinite(of_pages).all() and np.isfinite(logs).all():
        half = _half_width(
            # One page has no spread over pages, but its resamples may have one by rounding.
            (float(of_pages.var(ddof=1)) if pages > 1 else 0.0, pages - 1),
            (float(logs.var(ddof=1)) / rounds if rounds > 1 else 0.0, rounds - 1),
        )
        low, high = value * math.exp(-half), value * math.exp(half)
    return Ratio(value, low, high, float(of_rounds.min()), float(of_rounds.max()), pages)


def machine() -> dict[str, Any]:
    """What decides times besides the extractors: the machine, how busy it is, and how its CPU's
    frequency is set; None where that cannot be read."""
    return {**provenance.here(), "load": load_average(), "governor": _governor()}


def load_average() -> float | None:
    """Processes that wanted to run, over the last minute."""
    with contextlib.suppress(OSError):
        return os.getloadavg()[0]
    return None


def remarks(before: dict[str, Any], load_after: float | None) -> list[str]:
    """What of the machine speaks against trusting the times. Work of others on half of the cores is
    let pass; after the end one more core was ours."""
    cores, found = before["cores"] or 1, []
    for when, load, ours in (("before", before["load"], 0), ("after", load_after, 1)):
        if load is not None and load > cores / 2 + ours:
            found.append(
                f"the machine was busy: load average {load:.1f} on {cores} cores {when} the timing;"
                " wall times say little, CPU times less than usual"
            )
            break
    if before["governor"] is None:
        found.append("how the frequency of the CPU is set cannot be read")
    elif before["governor"] != "performance":
        found.append(f"the frequency of the CPU is not fixed: {before['governor']}")
    return found


class _Running:
    """One extractor through a round: its process, warmed up, and a new one after each death."""

    def __init__(self, record: Record, limits: Limits, warm: Sequence[Page], start: Start) -> None:
        self._record = record
        self._limits = limits
        self._warm = warm
        self._start = start

    def __enter__(self) -> _Running:
        before = time.perf_counter()
        self._worker, about = self._begin()
        self._record.starts.append(time.perf_counter() - before)
        self._record.version = about.get("version")
        if about.get("import_s") is not None:
            self._record.imports.append(float(about["import_s"]))
        try:
            self._warm_up()
        except BaseException:
            self._worker.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.kill()

    def extract(self, page: Page) -> Extraction:
        """The page's outcome and cost."""
        if not self._worker.alive:
            self._worker, _ = self._begin()
            self._warm_up()
        return self._worker.extract(page)

    def _begin(self) -> tuple[Worker, dict[str, Any]]:
        worker = self._start(self._record.spec, self._limits)
        try:
            return worker, worker.ready()
        except BaseException:
            worker.kill()
            raise

    def _warm_up(self) -> None:
        for page in self._warm:
            self._worker.extract(page)
            if not self._worker.alive:
                self._worker, _ = self._begin()


def _timing(record: Record, first: Record) -> Timing:
    kept = np.ones(record.cpu.shape[1], np.bool_)
    kept[list(record.failed)] = False
    cpu, wall = record.cpu[:, kept], record.wall[:, kept]
    outcomes = list(record.failed.values())
    return Timing(
        extractor=str(record.spec),
        version=record.version,
        ratio=ratio(record.cpu, first.cpu),
        cpu_ms=_known(cpu.mean() * 1000) if cpu.size else None,
        cpu_ms_median=_known(np.median(cpu.mean(axis=0)) * 1000) if cpu.size else None,
        pages_per_s=_known(1 / wall.mean()) if wall.size and wall.mean() else None,
        peak_rss=record.peak,
        start_s=median(record.starts),
        import_s=median(record.imports) if record.imports else None,
        answered=int(kept.sum()),
        failures={outcome: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)},
    )


def _known(figure: float) -> float | None:
    return None if math.isnan(figure) else float(figure)


def _half_width(*parts: tuple[float, int]) -> float:
    """Half of a 95 % interval, of parts that add up: each a variance and its degrees of freedom."""
    whole = math.fsum(variance for variance, _ in parts)
    if not whole:
        return 0.0
    from scipy.stats import t

    below = math.fsum(variance**2 / free for variance, free in parts if variance)
    return float(t.ppf(0.975, whole**2 / below)) * math.sqrt(whole)


def _governor() -> str | None:
    """How Linux sets the frequency of the cores: one word, or those of different cores."""
    files = Path("/sys/devices/system/cpu").glob("cpu[0-9]*/cpufreq/scaling_governor")
    words: set[str] = set()
    for file in files:
        with contextlib.suppress(OSError):
            words.add(file.read_text(encoding="utf-8").strip())
    return ", ".join(sorted(words)) or None
