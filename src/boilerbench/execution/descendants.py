"""The processes that a process has started."""

from __future__ import annotations

import contextlib
import os

import psutil


def descendants(pid: int) -> list[int]:
    """The process itself, its children, theirs and so on. Linux keeps lists of them; elsewhere
    psutil looks through all the processes of the machine."""
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        with contextlib.suppress(psutil.Error):
            return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
        return [pid]
    found = [pid]
    for parent in found:  # the list grows while it is read
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{thread}/children", "rb") as children:
                    found += map(int, children.read().split())
    return found
