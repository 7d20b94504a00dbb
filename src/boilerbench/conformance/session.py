"""Workers of one extractor, one at a time, as `run` has them; and a look at what they leave."""

from __future__ import annotations

import contextlib
import time
from types import TracebackType

import psutil

from boilerbench.execution.descendants import descendants
from boilerbench.execution.process import Limits, Refused, WorkerProcess
from boilerbench.types import Extraction, ExtractorSpec, Page

# How the worker and the harness say that what came back is no text.
_NO_TEXT = ("returned ", "answered with text that is not UTF-8")
_SETTLE = 0.2  # seconds for what a page started to end
_IDLE_WINDOW = 0.5


class Session:
    """Use as a context manager. Where a worker dies, the next page gets a new one. What was no text
    is added to `odd`, which sessions may share."""

    def __init__(self, spec: ExtractorSpec, limits: Limits, odd: list[str]) -> None:
        self._spec = spec
        self._limits = limits
        self._odd = odd
        self._worker: WorkerProcess | None = None

    def __enter__(self) -> Session:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def start(self) -> None:
        """Start a worker; raises `Refused` if it cannot serve."""
        self.end()
        self._worker = WorkerProcess(self._spec, self._limits)
        self._worker.ready()

    def end(self) -> None:
        """Kill the worker."""
        if self._worker is not None:
            self._worker.kill()
        self._worker = None

    def extract(self, page: Page) -> Extraction:
        """What becomes of a page."""
        try:
            if self._worker is None or not self._worker.alive or self._worker.has_ended():
                self.start()
            assert self._worker is not None
            extraction = self._worker.extract(page)
        except Refused as refused:  # it served before
            return Extraction(page.id, str(self._spec), refused.outcome, error=str(refused))
        if (at := extraction.text.find("\0")) >= 0:
            self._odd.append(f"{page.id}: a NUL at position {at:,}")
        elif (extraction.error or "").startswith(_NO_TEXT):
            self._odd.append(f"{page.id}: {extraction.error}")
        return extraction

    def family(self) -> list[psutil.Process]:
        """The worker and all that it started and that lives, also what left it for a life of its
        own: that has still the worker's folder among its variables."""
        if self._worker is None or not self._worker.alive:
            return []
        found = {pid: psutil.Process(pid) for pid in descendants(self._pid) if _lives(pid)}
        with contextlib.suppress(psutil.Error):
            folder = psutil.Process(self._pid).environ().get("TMPDIR")
            for process in psutil.process_iter():
                with contextlib.suppress(psutil.Error):
                    if process.environ().get("TMPDIR") == folder and _lives(process.pid):
                        found.setdefault(process.pid, process)
        return list(found.values())

    def threads_and_children(self) -> tuple[int, int]:
        """How many threads the worker itself has, and how many processes it started, once what it
        did for a page has had time to end."""
        time.sleep(_SETTLE)
        family = self.family()
        with contextlib.suppress(psutil.Error):
            return psutil.Process(self._pid).num_threads(), len(family) - 1
        return 0, 0

    def memory(self) -> int:
        """Resident bytes of the worker and its children."""
        total = 0
        for pid in descendants(self._pid):
            with contextlib.suppress(psutil.Error):
                total += psutil.Process(pid).memory_info().rss
        return total

    def busy(self) -> float:
        """The share of a core that the worker and its children take while there is no page: the
        least of two looks, since what a page left may still be tidied up."""
        return min(self._load(), self._load())

    def _load(self) -> float:
        before = self._cpu()
        time.sleep(_IDLE_WINDOW)
        return (self._cpu() - before) / _IDLE_WINDOW

    def _cpu(self) -> float:
        total = 0.0
        for process in self.family():
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
        return total

    @property
    def _pid(self) -> int:
        assert self._worker is not None
        return self._worker.pid


def _lives(pid: int) -> bool:
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    return False
