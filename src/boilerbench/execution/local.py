"""The local engine: worker processes on this machine, fed by threads (slots), one each at a time.

Extractors take turns: a slot serves the one that is furthest behind and that no other slot serves,
for a part of its pages, then leaves its worker to whoever serves it next. So a library is imported
no more often than needed, and all extractors are measured in the same minutes: what a core is worth
depends on what its neighbours do, and one after the other the ratio of two CPU times differed by
half from run to run. A slot that finds nobody left helps where the most work remains, as soon as
that saves more than a further worker's start costs; so no core waits for the slowest extractor. A
slot does nothing but wait for its worker.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any

from boilerbench.errors import UserError
from boilerbench.execution.process import Limits, Refused, WorkerProcess
from boilerbench.types import Extraction, ExtractorSpec, Page

_LOOK_AGAIN = 0.01
"""Seconds until an idle slot looks again whether its help is worth a worker's start."""

_TURNS = 16
"""Into which an extractor's pages are cut."""

_MOST_SHOWN = 5

_AGAIN = "what it was run on so far is kept; the same command goes on if the extractor is as before"


@dataclass(frozen=True, slots=True)
class Job:
    """One extractor over the pages of one corpus that it still has to do, `count` in number."""

    spec: ExtractorSpec
    corpus: str
    count: int
    pages: Callable[[], Iterator[Page]]


class LocalEngine:
    """Use as a context manager: `start` the specs, see that they are `ready`, `run` the jobs."""

    def __init__(self, workers: int, limits: Limits) -> None:
        self.workers = workers
        self.limits = limits
        self._idle: defaultdict[str, list[WorkerProcess]] = defaultdict(list)
        self._busy: set[WorkerProcess] = set()
        self._said: dict[str, dict[str, Any]] = {}
        self._stop = threading.Event()

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for workers in self._idle.values():
            for worker in workers:
                worker.kill()
        self._idle.clear()

    def start(self, specs: Sequence[ExtractorSpec]) -> None:
        """Start a worker for each spec, all at the same time."""
        for name, spec in {str(spec): spec for spec in specs}.items():
            self._idle[name].append(WorkerProcess(spec, self.limits))

    def ready(self) -> tuple[Mapping[str, dict[str, Any]], Mapping[str, Refused]]:
        """Wait for what each started worker says of itself, by `str(spec)`, before any page is
        spent; and why those that cannot serve as asked cannot."""
        said: dict[str, dict[str, Any]] = {}
        refused: dict[str, Refused] = {}
        for name, (worker,) in self._idle.items():
            try:
                said[name] = worker.ready()
            except Refused as problem:
                refused[name] = problem
        self._said = said
        return said, refused

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Extraction]]:
        """Every page of every job with what became of it, as they come.

        The caller's own work on an extraction goes on beside the workers'. Leaving the loop early
        (an error, an interrupt) kills them. Raises `UserError` if an extractor is found to have
        become another since it was `ready`.
        """
        queues = [_Queue(job) for job in jobs]
        choosing = threading.Lock()
        finished: SimpleQueue[tuple[Job, Extraction] | _SlotEnded] = SimpleQueue()

        def slot() -> None:
            try:
                while (queue := self._choose(queues, choosing)) is not None:
                    for extraction in self._extractions(queue):
                        finished.put((queue.job, extraction))
            except BaseException as problem:
                finished.put(_SlotEnded(problem))
            else:
                finished.put(_SlotEnded(None))

        slots = [threading.Thread(target=slot, name=f"slot-{n}") for n in range(self.workers)]
        for thread in slots:
            thread.start()
        try:
            running = len(slots)
            while running:
                item = finished.get()
                if isinstance(item, _SlotEnded):
                    running -= 1
                    if item.problem is not None:
                        raise item.problem
                else:
                    yield item
        finally:
            self._stop.set()
            for worker in tuple(self._busy):
                worker.interrupt()
            for thread in slots:
                thread.join()

    def _choose(self, queues: Sequence[_Queue], choosing: threading.Lock) -> _Queue | None:
        """The queue for the next turn of a slot: of those whose extractor nobody serves, and that
        are no more than a turn ahead of another, the one of which the least is done, corpus after
        corpus; else the one where help saves the most time, if it saves any. None when there is
        nothing left to hand out."""
        corpora = list(dict.fromkeys(queue.job.corpus for queue in queues))
        while not self._stop.is_set():
            with choosing:
                waiting = [queue for queue in queues if queue.left]
                if not waiting:
                    return None
                served = {str(queue.job.spec) for queue in queues if queue.slots}
                waiting.sort(key=lambda one: (corpora.index(one.job.corpus), one.done))
                least: dict[str, float] = {}
                for queue in waiting:
                    least.setdefault(queue.job.corpus, queue.done)
                free = [
                    queue
                    for queue in waiting
                    if str(queue.job.spec) not in served
                    and queue.done <= least[queue.job.corpus] + 1 / _TURNS
                ]
                chosen = free[0] if free else max(waiting, key=self._saved_by_help)
                if free or self._saved_by_help(chosen) > 0:
                    chosen.join()
                    return chosen
            time.sleep(_LOOK_AGAIN)
        return None

    def _saved_by_help(self, queue: _Queue) -> float:
        """Seconds by which one more slot would end this job sooner, by the pace so far."""
        spare = self._idle[str(queue.job.spec)]
        return queue.saved_by_help() - (0.0 if spare else self._startup(queue.job.spec))

    def _extractions(self, queue: _Queue) -> Iterator[Extraction]:
        """What this slot makes of the pages that it gets from the queue in a turn."""
        worker: WorkerProcess | None = None
        name = str(queue.job.spec)
        try:
            for _ in range(queue.turn):
                if self._stop.is_set() or (page := queue.next()) is None:
                    break
                try:
                    # One that died after its last answer has done so on no page's time.
                    if worker is None or not worker.alive or worker.has_ended():
                        self._retire(worker)
                        worker = self._worker(queue.job.spec)
                    if self._stop.is_set():
                        break
                    extraction = worker.extract(page)
                except Refused as refused:  # it served before: this page pays, the next tries
                    extraction = Extraction(page.id, name, refused.outcome, error=str(refused))
                queue.answered()
                if not self._stop.is_set():
                    yield extraction
        except BaseException:
            self._retire(worker)
            worker = None
            raise
        finally:
            if worker is not None and worker.alive and not self._stop.is_set():
                self._busy.discard(worker)
                self._idle[name].append(worker)  # before another slot looks for one
            else:
                self._retire(worker)
            queue.leave()

    def _worker(self, spec: ExtractorSpec) -> WorkerProcess:
        """The worker that was started for the spec, or a new one."""
        with contextlib.suppress(IndexError):  # another slot may have taken it just now
            worker = self._idle[str(spec)].pop()
            self._busy.add(worker)
            if worker.alive and not worker.has_ended():
                return worker
            self._retire(worker)
        try:
            worker = WorkerProcess(spec, self.limits)
            self._busy.add(worker)  # from here on an interrupt reaches it, in its start too
            if not self._stop.is_set():
                try:
                    _check_same(spec, self._said.get(str(spec)), worker.ready())
                except UserError:
                    self._retire(worker)
                    raise
        except Refused:
            if spec.environment and not Path(spec.environment).exists():
                raise UserError(
                    f"extractor {spec}: its environment was removed during the run", _AGAIN
                ) from None
            raise
        return worker

    def _startup(self, spec: ExtractorSpec) -> float:
        """Seconds that a worker for the spec takes to start."""
        return self._said.get(str(spec), {}).get("startup_s") or 0.0

    def _retire(self, worker: WorkerProcess | None) -> None:
        if worker is not None:
            worker.kill()
            self._busy.discard(worker)


def _check_same(
    spec: ExtractorSpec, before: Mapping[str, Any] | None, now: Mapping[str, Any]
) -> None:
    """Raise `UserError` if a worker is not what the run says that its extractor is: its environment
    was built anew in the meantime, or its file changed. Half of a column would be another's."""
    if before is None:
        return
    changed = [
        f"{name} {old or 'not there'} → {new or 'not there'}"
        for name, old, new in _releases(before, now)
        if old != new
    ]
    if changed:
        shown = ", ".join(changed[:_MOST_SHOWN]) + (", …" if len(changed) > _MOST_SHOWN else "")
        raise UserError(f"extractor {spec} changed during the run: {shown}", _AGAIN)


def _releases(
    before: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[str, str | None, str | None]]:
    """What two workers state as their own release, and as those of packages, side by side."""
    yield "release", before.get("version"), now.get("version")
    old, new = before.get("packages") or {}, now.get("packages") or {}
    for name in sorted(old.keys() | new.keys()):
        yield name, old.get(name), new.get(name)


class _Queue:
    """A job's pages, handed out one at a time to the slots that serve it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.turn = math.ceil(job.count / _TURNS)
        self.left = job.count
        self.slots = 0
        self._pages: Iterator[Page] | None = None
        self._seconds = 0.0
        self._underway: dict[int, float] = {}
        self._lock = threading.Lock()

    @property
    def done(self) -> float:
        """The share of the pages that were handed out."""
        return 1 - self.left / self.job.count

    def next(self) -> Page | None:
        with self._lock:
            if self._pages is None:
                self._pages = self.job.pages()
            page = next(self._pages, None)
            self.left = 0 if page is None else self.left - 1
            if page is not None:
                self._underway[threading.get_ident()] = time.monotonic()
            return page

    def answered(self) -> None:
        """The page that this thread got last is done."""
        with self._lock:
            self._seconds += time.monotonic() - self._underway.pop(threading.get_ident())

    def join(self) -> None:
        """One more slot serves this job."""
        with self._lock:
            self.slots += 1

    def leave(self) -> None:
        """One slot less serves it."""
        with self._lock:
            self.slots -= 1

    def saved_by_help(self) -> float:
        """Seconds by which one more worker that is there would end this job sooner."""
        with self._lock:
            taken = self.job.count - self.left
            if not taken or not self.slots:
                return 0.0
            underway = sum(time.monotonic() - begun for begun in self._underway.values())
            each = (self._seconds + underway) / taken
            return self.left * each / (self.slots * (self.slots + 1))


@dataclass(frozen=True, slots=True)
class _SlotEnded:
    problem: BaseException | None
