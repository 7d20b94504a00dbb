"""What a run must record of where it ran, for another to repeat or to doubt it."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any


def now() -> str:
    """The time in UTC, to the second, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def here() -> dict[str, Any]:
    """This boilerbench, this Python, this machine."""
    return {
        **program(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
    }


def program() -> dict[str, Any]:
    """Which boilerbench this is: its adapters are part of what an extractor is given."""
    return {"boilerbench": metadata.version("boilerbench"), "revision": _revision()}


def _revision() -> str | None:
    """The commit of the checkout that boilerbench runs from, `-dirty` where files differ from it,
    but for those in results/, which are what it writes; None for an installed package."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    git = ["git", "-C", str(root)]
    try:
        commit = _said(*git, "rev-parse", "HEAD")
        changed = _said(
            *git, "status", "--porcelain", "--untracked-files=no", "--", ".", ":!results"
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{commit}-dirty" if changed else commit


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    return done.stdout.strip()


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor()
