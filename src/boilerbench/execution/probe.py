"""What workers say of themselves, without a page: whether an extractor starts, and with what."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from boilerbench.execution.process import DEFAULT_LIMITS, STARTUP_TIMEOUT, Refused, WorkerProcess
from boilerbench.types import ExtractorSpec


def probed(
    specs: Sequence[ExtractorSpec], seconds: float = STARTUP_TIMEOUT
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """By `str(spec)` the first frame of a worker for each spec; and the reasons of those that
    refuse, do not start, or do not answer within `seconds`. As many at a time as there are cores.
    """
    said: dict[str, dict[str, Any]] = {}
    reasons: dict[str, str] = {}
    started: list[WorkerProcess] = []

    def ask(spec: ExtractorSpec) -> None:
        try:
            worker = WorkerProcess(spec, DEFAULT_LIMITS)
        except Refused as problem:
            reasons[str(spec)] = _without_name(spec, problem)
            return
        started.append(worker)
        late = threading.Event()

        def end() -> None:
            late.set()
            worker.interrupt()

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            said[str(spec)] = worker.ready()
        except Refused as problem:
            slow = f"does not start within {seconds:g} s"
            reasons[str(spec)] = slow if late.is_set() else _without_name(spec, problem)
        finally:
            timer.cancel()
            worker.kill()

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        try:
            for _ in pool.map(ask, specs):
                pass
        except BaseException:  # an interrupt: nobody waits for those that have not answered yet
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in started:
                worker.interrupt()
            raise
    return said, reasons


def _without_name(spec: ExtractorSpec, problem: Refused) -> str:
    """The reason alone: whoever shows it says of whom it is."""
    return problem.message.removeprefix(f"extractor {spec}").lstrip(": ")
