"""The files that ship with boilerbench (corpora, manifests, suites), reading their TOML, and where
what can be made again is kept."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import platformdirs

from boilerbench.errors import UserError


def shipped(folder: str) -> Path:
    """`corpora` or `bench`: inside the package where it was installed from a wheel, at the top of
    the checkout otherwise."""
    package = Path(__file__).resolve().parent
    installed = package / "_shipped" / folder
    return installed if installed.is_dir() else package.parents[1] / folder


def user_cache() -> Path:
    """Where what can be made again is kept: `BOILERBENCH_CACHE`, or the user's cache."""
    home = os.environ.get("BOILERBENCH_CACHE")
    root = Path(home).expanduser() if home else platformdirs.user_cache_path("boilerbench")
    return root.absolute()


def read_toml(file: Path) -> dict[str, Any]:
    """The tables of a TOML file; raises `UserError` if it is not one."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        said = str(problem).replace(r"Illegal character '\n'", "a text or list ends too soon")
        raise UserError(f"cannot read {file}: {said}") from None
