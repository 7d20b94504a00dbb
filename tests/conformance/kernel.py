"""What the kernel offers for watching a worker, read without what is tested. Where it offers all,
no test of the watch is skipped."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

ACTIONS = Path("/proc/sys/kernel/seccomp/actions_avail")


def offers_all() -> bool:
    """Whether system calls can be reported, nobody filters this process already, and the memory of
    a child can be read."""
    if platform.machine() not in ("x86_64", "aarch64") or not ACTIONS.is_file():
        return False
    filtered = "Seccomp:\t0" not in Path("/proc/self/status").read_text().splitlines()
    return "user_notif" in ACTIONS.read_text().split() and not filtered and _reads_a_child()


def _reads_a_child() -> bool:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with Path(f"/proc/{child.pid}/mem").open("rb"):
            return True
    except OSError:
        return False
    finally:
        child.communicate(b"\n")


def skip_or_fail(why: str) -> None:
    """For a test that was not watched."""
    if offers_all():
        pytest.fail(f"though the kernel offers all that it takes: {why}")
    pytest.skip(why)
