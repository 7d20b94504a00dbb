"""Whether the package registries answer, asked without what is tested. Where one does, no test is
skipped for want of it: what could not be had then is a failure."""

import functools
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable

import pytest


@functools.cache
def python_index() -> bool:
    """Whether uv finds a package by itself."""
    with tempfile.TemporaryDirectory() as target:
        asked = ["pip", "install", "--dry-run", "--no-deps", "--target", target, "justext"]
        return _succeeds(sys.executable, "-m", "uv", *asked)


@functools.cache
def npm_registry() -> bool:
    """Whether npm finds one."""
    with tempfile.TemporaryDirectory() as folder:
        return shutil.which("npm") is not None and _succeeds(
            "npm", "view", "defuddle", "version", "--fetch-retries=0", folder=folder
        )


def skip_if_silent(registry: Callable[[], bool], problem: object) -> None:
    """Skip the test, unless the registry answers."""
    if not registry():
        pytest.skip(f"no {registry.__name__.replace('_', ' ')}: {problem}")


def _succeeds(*command: str, folder: str | None = None) -> bool:
    done = subprocess.run(command, capture_output=True, cwd=folder, timeout=120, check=False)
    return done.returncode == 0
