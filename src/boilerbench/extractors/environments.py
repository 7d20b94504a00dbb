"""Environments: where an extractor's libraries are when they are not here.

An environment is a folder in the user's cache, named after what it was asked to hold, with a Python
environment made by uv or a `node_modules` made by npm. It is built once, beside its place, and put
there whole; `environment.json` says what is in it. What a release of a library needs never meets
what another needs, or what boilerbench needs.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from boilerbench.errors import UserError
from boilerbench.extractors.installers import Unreachable, npm, uv
from boilerbench.resources import user_cache
from boilerbench.types import ExtractorSpec

_MARK = "environment.json"
_PART = ".part"

Told = Callable[[str], None]
"""Hears, in one line, what is being built."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A built environment: the package that it was built for and its release, its runtime
    (`python 3.11` or `node`), what it was asked to hold, and what it holds, release by package."""

    folder: Path
    package: str
    release: str
    runtime: str
    requires: tuple[str, ...]
    packages: Mapping[str, str]

    def size(self) -> int:
        """Bytes of its files. Some of them it may share with the installer's own cache."""
        return _size(self.folder)


def cache() -> Path:
    """The folder of all environments: `BOILERBENCH_CACHE`, or the user's cache."""
    return user_cache() / "environments"


def prepared(specs: Sequence[ExtractorSpec], told: Told) -> tuple[ExtractorSpec, ...]:
    """The specs, each with the environment that it needs, if it needs one; what is missing is
    built. Raises `UserError` naming all those that cannot be had."""
    ready, reasons, offline = attempted(specs, told)
    if reasons:
        if offline:
            lacking = (replace(spec, label=None) for spec in specs if str(spec) in reasons)
            names = " ".join(shlex.quote(str(spec)) for spec in lacking)
            hint = f"with a network: boilerbench extractors prepare {names}; or leave them out"
        elif any("No space left" in reason for reason in reasons.values()):
            hint = "boilerbench extractors remove makes room; BOILERBENCH_CACHE names another place"
        else:
            hint = "leave them out, or ask for other releases"
        lines = (f"{name}: {reason}" for name, reason in reasons.items())
        raise UserError("\n  ".join(["extractors that cannot be had:", *lines]), hint)
    return tuple(ready)


def attempted(
    specs: Sequence[ExtractorSpec], told: Told, *, fresh: bool = False
) -> tuple[list[ExtractorSpec], dict[str, str], bool]:
    """Those of the specs that can be had, each with its environment; by `str(spec)` why the others
    cannot; and whether that is for want of a network. `fresh` builds environments anew."""
    ready: list[ExtractorSpec] = []
    reasons: dict[str, str] = {}
    offline: set[str] = set()  # one index may be out of reach and the other not
    for spec in specs:
        try:
            if is_here(spec):
                ready.append(spec)
            else:
                folder = built(spec, told, fresh=fresh, offline=spec.runtime in offline)
                ready.append(replace(spec, environment=str(folder)))
        except UserError as problem:
            if isinstance(problem, Unreachable):
                offline.add(spec.runtime)
            reasons[str(spec)] = problem.message
    return ready, reasons, bool(offline)


def is_here(spec: ExtractorSpec) -> bool:
    """Whether the worker can run in this Python: it has all that the extractor needs, in the
    release that was asked for."""
    if spec.command or not spec.requires:
        return True
    return spec.runtime == "python" and all(map(_is_installed, spec.requires))


def package(spec: ExtractorSpec) -> str | None:
    """The extractor's own package, without a release; None for one that needs none."""
    if not spec.requires:
        return None
    if spec.runtime == "node":
        return re.sub(r"(?<=.)@[^@/]*$", "", spec.requires[0])
    return _normal(_plain_name(spec.requires[0]))


def environment(spec: ExtractorSpec) -> Environment | None:
    """The environment that the spec needs, if it is in the cache and can be used."""
    return _read(_folder(spec))


def environments() -> list[Environment]:
    """All that are in the cache, of other Pythons too."""
    folders = sorted(cache().glob("[!.]*")) if cache().is_dir() else []
    return [found for folder in folders if (found := _read(folder))]


def built(spec: ExtractorSpec, told: Told, *, fresh: bool = False, offline: bool = False) -> Path:
    """The folder of the spec's environment, built if it is not there, or anew if `fresh`; in that
    case the old one stays until the new one is whole. `offline` takes only what the installer has
    in its own cache. Raises `UserError` with the installer's own reason if it cannot be built, and
    `Unreachable` where there is no network."""
    folder = _folder(spec)
    if not fresh and _read(folder):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder, told):
            if not fresh and _read(folder):  # another process was faster
                return folder
            told(f"building the environment of {spec} (once): {', '.join(spec.requires)}")
            _build(spec, folder, fresh, offline)
    except OSError as problem:  # a full disk, a cache that may not be written to
        raise UserError(
            f"cannot write {problem.filename or folder}: {problem.strerror}",
            "BOILERBENCH_CACHE names another folder for environments",
        ) from None
    return folder


def removed(environment: Environment) -> int:
    """Remove an environment; the bytes that it had."""
    size = environment.size()
    with _locked(environment.folder, lambda _: None):
        # First its name, at once: half an environment must not be taken for one.
        beside = tempfile.mkdtemp(_PART, f".{environment.folder.name}.", environment.folder.parent)
        environment.folder.replace(Path(beside) / "old")
        shutil.rmtree(beside)
    return size


def swept() -> int:
    """Remove what is in the cache and can be used by nobody: what a process that was killed left,
    and environments of a Python that is gone. The bytes of it."""
    freed = 0
    for folder in cache().iterdir() if cache().is_dir() else ():
        if folder.is_dir() and _read(folder) is None:
            place = re.sub(rf"^\.(.*)\.\w+{re.escape(_PART)}$", r"\1", folder.name)
            with _locked(folder.with_name(place), lambda _: None):
                if _read(folder) is None:  # it was not being built until now
                    freed += _size(folder)
                    shutil.rmtree(folder, ignore_errors=True)
    return freed


def _build(spec: ExtractorSpec, folder: Path, fresh: bool, offline: bool) -> None:
    """Build beside `folder`, then take its place."""
    for leftover in folder.parent.glob(f".{folder.name}.*{_PART}"):
        shutil.rmtree(leftover, ignore_errors=True)
    # A name of its own: the installer of a process that was killed may still be writing.
    beside = Path(tempfile.mkdtemp(_PART, f".{folder.name}.", folder.parent))
    try:
        try:
            found = _installed(beside / "new", spec, fresh, offline)
        except Unreachable as problem:
            if fresh or offline:
                raise
            try:  # the installer may have all of it in its own cache
                found = _installed(beside / "new", spec, fresh, offline=True)
            except UserError:
                raise problem from None
        mark = {
            "package": package(spec),
            "runtime": _runtime(spec),
            "requires": spec.requires,
            "packages": found,
        }
        (beside / "new" / _MARK).write_text(json.dumps(mark, indent=1) + "\n", encoding="utf-8")
        if folder.exists():
            folder.replace(beside / "old")
        (beside / "new").replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _installed(folder: Path, spec: ExtractorSpec, fresh: bool, offline: bool) -> dict[str, str]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    install = _node if spec.runtime == "node" else _python
    return install(folder, spec.requires, fresh, offline)


def _python(folder: Path, requires: Sequence[str], fresh: bool, offline: bool) -> dict[str, str]:
    home = folder / "python"
    python = str(home / "bin" / "python")
    asked = ["--quiet", *(["--offline"] if offline else []), *(["--refresh"] if fresh else [])]
    uv(["venv", "--quiet", "--python", sys.executable, str(home)], folder)
    uv(["pip", "install", *asked, "--python", python, *requires], folder)
    listed = uv(["pip", "list", "--quiet", "--format", "json", "--python", python], folder)
    return {_normal(entry["name"]): entry["version"] for entry in json.loads(listed)}


def _node(folder: Path, requires: Sequence[str], fresh: bool, offline: bool) -> dict[str, str]:
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    asked = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    asked += ["--offline"] if offline else ["--prefer-online"] if fresh else []
    npm(["install", *asked, *requires], folder)
    listed = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return {
        path.rpartition("node_modules/")[2]: entry["version"]
        for path, entry in sorted(listed.items(), reverse=True)
        if path
    }


def _read(folder: Path) -> Environment | None:
    """The environment in `folder`; None where there is none that can be used: a Python of which it
    was made may be gone."""
    try:
        mark: dict[str, Any] = json.loads((folder / _MARK).read_text(encoding="utf-8"))
        found = Environment(
            folder,
            mark["package"],
            mark["packages"][mark["package"]],
            mark["runtime"],
            tuple(mark["requires"]),
            mark["packages"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    whole = "node_modules" if found.runtime == "node" else "python/bin/python"
    return found if (folder / whole).exists() else None


def _is_installed(requirement: str) -> bool:
    """Whether this Python has a distribution that satisfies the requirement."""
    name = _plain_name(requirement)
    try:
        release = metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    if name == requirement:
        return True
    from packaging.requirements import Requirement  # which most runs do without

    return Requirement(requirement).specifier.contains(release, prereleases=True)


def _plain_name(requirement: str) -> str:
    return re.split(r"[\[<>=!~ ;]", requirement, maxsplit=1)[0]


def _normal(name: str) -> str:
    """A distribution's name as workers state it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def canonical(release: str) -> str:
    """A release as it is written most shortly: `2.1` for `2.1.0`; as it is where PEP 440 does not
    know it."""
    from packaging.utils import canonicalize_version  # which most runs do without

    return canonicalize_version(release)


def _runtime(spec: ExtractorSpec) -> str:
    major, minor = sys.version_info[:2]
    return "node" if spec.runtime == "node" else f"python {major}.{minor}"


def _folder(spec: ExtractorSpec) -> Path:
    """A folder of its own for each set of requirements, runtime and kind of machine."""
    release, requires = spec.version or "any", list(spec.requires)
    if spec.version and spec.runtime == "python":
        release = canonical(spec.version)
        # 2.1 and 2.1.0 are one release.
        requires = [re.sub(rf"(?<===){re.escape(spec.version)}$", release, one) for one in requires]
    key = json.dumps([_runtime(spec), platform.machine(), sys.platform, sorted(requires)])
    plain = re.sub(r"[^\w.]+", "-", f"{package(spec)}-{release}").strip("-")
    return cache() / f"{plain}-{hashlib.sha256(key.encode()).hexdigest()[:10]}"


def _size(folder: Path) -> int:
    files = (Path(at) / name for at, _, names in os.walk(folder) for name in names)
    return sum(file.lstat().st_size for file in files)


@contextmanager
def _locked(folder: Path, told: Told) -> Iterator[None]:
    """Two runs at once build an environment once; the other waits. The kernel lets go of the lock
    when its holder dies."""
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            told(f"waiting for another boilerbench, which is building {folder.name}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
