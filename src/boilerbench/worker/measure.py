"""Cost of one call: CPU and wall time, and the peak of resident memory."""

from __future__ import annotations

import os
import resource
import sys
import time


class Meter:
    """Between construction and `stop`: CPU seconds of all threads and finished children, wall
    seconds, and the peak resident memory of this process in bytes.

    On Linux the kernel's high-water mark is reset first, so the peak is the page's own; elsewhere
    it is the highest since the worker started.
    """

    def __init__(self) -> None:
        _reset_peak()
        self._wall = time.perf_counter()
        self._cpu = _cpu()

    def stop(self) -> dict[str, float | int]:
        """`cpu_s`, `wall_s` and `peak_rss` since construction."""
        cpu, wall = _cpu() - self._cpu, time.perf_counter() - self._wall
        return {"cpu_s": cpu, "wall_s": wall, "peak_rss": _peak()}


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _reset_peak() -> None:
    try:
        fd = os.open("/proc/self/clear_refs", os.O_WRONLY)
    except OSError:
        return
    try:
        os.write(fd, b"5")
    finally:
        os.close(fd)


def _peak() -> int:
    try:
        with open("/proc/self/status", "rb") as status:
            for line in status:
                if line.startswith(b"VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
