"""The CPU time of a process and of all that it started, as the kernel knows it."""

from __future__ import annotations

import contextlib
import ctypes
import sys
import time

import psutil

from boilerbench.execution.descendants import descendants

_LIBC = ctypes.CDLL(None)


def cpu_seconds(process: psutil.Process) -> float | None:
    """CPU seconds so far of the process, of its descendants that live, and of those that ended and
    were waited for; None if the process is gone.

    On Linux the living are measured exactly, those that ended in ticks of 10 ms. Elsewhere all of
    it is as fine as the system has it, and macOS knows nothing of those that ended.
    """
    total = _of_one(process)
    if total is None:
        return None
    for pid in descendants(process.pid)[1:]:
        with contextlib.suppress(psutil.Error):
            total += _of_one(psutil.Process(pid)) or 0.0
    return total


def _of_one(process: psutil.Process) -> float | None:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return None
    exact = _clock(process.pid)
    own = times.user + times.system if exact is None else exact
    return float(own + times.children_user + times.children_system)


def _clock(pid: int) -> float | None:
    """The process's own CPU clock, which has no ticks; None where there is none."""
    clock = ctypes.c_int()
    if sys.platform != "linux" or _LIBC.clock_getcpuclockid(pid, ctypes.byref(clock)):
        return None
    try:
        return time.clock_gettime(clock.value)
    except OSError:
        return None
