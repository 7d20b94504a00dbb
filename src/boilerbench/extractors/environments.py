"""Environments: where an extractor's libraries are when they are not here.

An environment is a folder in the user's cache, named after what it was asked to hold, with a Python
environment made by uv or a `node_modules` made by npm. It is built once; `environment.json`, which
is written last, says what is in it. What a release of a library needs never meets what another
needs, or what boilerbench needs.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import platformdirs

from boilerbench.errors import UserError
from boilerbench.types import ExtractorSpec

BUILD_TIMEOUT = 1800.0
"""Seconds for all the downloads of an environment, some of which compile what they hold."""

_MARK = "environment.json"
_REASON_LINES = 3

Told = Callable[[str], None]
"""Hears, in one line, what is being built."""


def cache() -> Path:
    """The folder of all environments: `BOILERBENCH_CACHE`, or the user's cache."""
    home = os.environ.get("BOILERBENCH_CACHE")
    root = Path(home) if home else Path(platformdirs.user_cache_path("boilerbench"))
    return root / "environments"


def prepared(specs: Sequence[ExtractorSpec], told: Told) -> tuple[ExtractorSpec, ...]:
    """The specs, each with the environment that it needs, if it needs one; what is missing is
    built. Raises `UserError` naming all those that cannot be had."""
    ready: list[ExtractorSpec] = []
    reasons: list[str] = []
    for spec in specs:
        try:
            ready.append(
                spec if is_here(spec) else replace(spec, environment=str(built(spec, told)))
            )
        except UserError as problem:
            reasons.append(f"{spec}: {problem.message}")
    if reasons:
        names = " ".join(dict.fromkeys(spec.name for spec in specs if not _is_had(spec)))
        raise UserError(
            "\n  ".join(["extractors that cannot be had:", *reasons]),
            f"with a network: boilerbench extractors prepare {names}; or leave them out",
        )
    return tuple(ready)


def is_here(spec: ExtractorSpec) -> bool:
    """Whether the worker can run in this Python: it has all that the extractor needs, in the
    release that was asked for."""
    if spec.command or not spec.requires:
        return True
    return spec.runtime == "python" and all(map(_is_installed, spec.requires))


def is_built(spec: ExtractorSpec) -> bool:
    """Whether the environment that the spec needs is in the cache."""
    return (_folder(spec) / _MARK).is_file()


def packages(folder: Path) -> Mapping[str, str]:
    """Release by package of a built environment."""
    found: dict[str, str] = json.loads((folder / _MARK).read_text(encoding="utf-8"))["packages"]
    return found


def built(spec: ExtractorSpec, told: Told, *, fresh: bool = False) -> Path:
    """The folder of the spec's environment, built if it is not there, or anew if `fresh`. Raises
    `UserError` with the installer's own reason if it cannot be built."""
    folder = _folder(spec)
    if (folder / _MARK).is_file() and not fresh:
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        if (folder / _MARK).is_file() and not fresh:  # another process was faster
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        told(f"building the environment of {spec} (once): {', '.join(spec.requires)}")
        try:
            folder.mkdir()
            found = (
                _node(folder, spec.requires)
                if spec.runtime == "node"
                else _python(folder, spec.requires)
            )
            mark = {"requires": spec.requires, "packages": found}
            part = folder / f".{_MARK}.part"
            part.write_text(json.dumps(mark, indent=1) + "\n", encoding="utf-8")
            part.replace(folder / _MARK)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return folder


def _is_had(spec: ExtractorSpec) -> bool:
    return is_here(spec) or is_built(spec)


def _is_installed(requirement: str) -> bool:
    """Whether this Python has a distribution that satisfies the requirement."""
    name = re.split(r"[\[<>=!~ ;]", requirement, maxsplit=1)[0]
    try:
        release = metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    if name == requirement:
        return True
    from packaging.requirements import Requirement  # which most runs do without

    return Requirement(requirement).specifier.contains(release, prereleases=True)


def _folder(spec: ExtractorSpec) -> Path:
    """A folder of its own for each set of requirements, runtime and kind of machine."""
    machine = (spec.runtime, platform.machine(), sys.platform, *sys.version_info[:2])
    key = json.dumps([machine, sorted(spec.requires)])
    plain = re.sub(r"[^\w.-]+", "-", "-".join(filter(None, (spec.name, spec.version))))
    return cache() / f"{plain}-{hashlib.sha256(key.encode()).hexdigest()[:10]}"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Two runs at once build an environment once; the other waits. The kernel lets go of the lock
    when its holder dies."""
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _python(folder: Path, requires: Sequence[str]) -> dict[str, str]:
    uv = _uv()
    _call([uv, "venv", "--quiet", "--python", sys.executable, str(folder / "python")], folder)
    python = str(folder / "python" / "bin" / "python")
    _call([uv, "pip", "install", "--quiet", "--python", python, *requires], folder)
    listed = _call([uv, "pip", "list", "--format", "json", "--python", python], folder)
    return {entry["name"].lower(): entry["version"] for entry in json.loads(listed)}


def _node(folder: Path, requires: Sequence[str]) -> dict[str, str]:
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise UserError(f"{program} is not installed")
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    _call(["npm", "install", *quiet, *requires], folder)
    listed = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return {
        path.rpartition("node_modules/")[2]: entry["version"]
        for path, entry in sorted(listed.items(), reverse=True)
        if path
    }


def _uv() -> str:
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
        if found is None:
            raise UserError("uv is not installed: pip install uv") from None
        return found


def _call(command: Sequence[str], folder: Path) -> str:
    """Run an installer in the environment's own folder, so that no project's settings are taken for
    its; its output. Raises `UserError` with the last lines that it said."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=BUILD_TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        raise UserError(f"{Path(command[0]).name} did not end within {BUILD_TIMEOUT:g} s") from None
    except OSError as problem:
        raise UserError(f"cannot start {command[0]}: {problem.strerror}") from None
    if done.returncode:
        # uv draws a tree before its reasons.
        lines = [re.sub(r"^[^\w\"'`/@]+", "", line) for line in done.stderr.splitlines()]
        said = " ".join([line for line in lines if line][:_REASON_LINES])
        raise UserError(said or f"{Path(command[0]).name} ended with status {done.returncode}")
    return done.stdout
