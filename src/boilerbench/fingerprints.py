"""What decides the texts that an extractor gives, as a digest: where it is the same, and the pages
are, there is no need to run it again.

It is over the extractor's name, release and options, what it was given and its limits, the releases
of the packages beside it, boilerbench's own worker, and code that no release vouches for: a
function's file and the Python files in its folder, packages that were installed from a folder or
that stand in one. What such code reads besides (a model, a list of words) is seen only inside a
package. A command or a service can be anything: it has no fingerprint.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from boilerbench.execution.process import Limits
from boilerbench.types import ExtractorSpec

_PACKAGE = Path(__file__).resolve().parent
_OURS = ("worker", "execution", "types.py")
"""What of boilerbench decides a text."""

_MOST_FILES = 5000
"""A folder with more of them is no package, but somebody's home."""

_SKIPPED = {"__pycache__", "node_modules", "site-packages"}

_SAID = ("version", "given", "network", "python", "node")


class _TooMany(Exception):
    """It would take too long to look at all of it."""


def fingerprint(spec: ExtractorSpec, about: Mapping[str, Any], limits: Limits) -> str | None:
    """The fingerprint of an extractor, by what its worker said of itself; None if it cannot have
    one."""
    if spec.command or spec.is_service or spec.members:
        return None
    packages = dict(about.get("packages") or {})
    try:
        code = _own_code(spec, about.get("loaded") or {}, packages)
    except (OSError, _TooMany):
        return None
    stated = {
        "name": spec.name,
        "adapter": spec.adapter.partition(":")[0],
        "function": spec.adapter.rpartition(":")[2],
        "options": dict(spec.options),
        **{key: about.get(key) for key in _SAID},
        "packages": packages,
        "code": code,
        "boilerbench": _ours(),
        "limits": [limits.timeout, limits.memory],
        "machine": platform.machine(),
    }
    whole = json.dumps(stated, sort_keys=True, default=str)
    return f"sha256:{hashlib.sha256(whole.encode()).hexdigest()}"


def _own_code(
    spec: ExtractorSpec, loaded: Mapping[str, str], packages: dict[str, str]
) -> dict[str, str]:
    """Digests of code that no release vouches for. Takes out of `packages` those that came from a
    folder and that the extractor does not use: they change while it does not."""
    found = {}
    kind, _, target = spec.adapter.partition(":")
    # Ours are called once before the first page, and have loaded all that they load by then; a
    # user's own may import more when it is called.
    unsure = kind in ("function", "plugin")
    if not spec.environment:
        for name, (tops, folder, record) in _unreleased().items():
            if not (unsure or tops & set(loaded) or (folder and _inside(loaded, folder))):
                packages.pop(name, None)
            else:
                found[name] = _digest(_sources(Path(folder))) if folder else record
    if kind == "function":
        found[""] = _digest(_sources(Path(target.rpartition(":")[0]).parent))
    for name, place in loaded.items():
        path = Path(place)
        if not _is_installed(path):
            found[f"{name}/"] = _digest(_files(path) if path.is_dir() else [path])
    return found


def _inside(loaded: Mapping[str, str], folder: str) -> bool:
    return any(
        Path(place).is_relative_to(folder) and not _is_installed(Path(place))
        for place in loaded.values()
    )


def _is_installed(place: Path) -> bool:
    return not {"site-packages", "dist-packages"}.isdisjoint(place.parts)


@cache
def _unreleased() -> dict[str, tuple[frozenset[str], str | None, str]]:
    """The distributions in this Python that came from no index, boilerbench aside: their top-level
    modules; the folder, where it is that which is imported; and a digest of their files."""
    found = {}
    for distribution in metadata.distributions():
        origin = distribution.read_text("direct_url.json")
        if origin is None:
            continue
        name = distribution.metadata["Name"].lower().replace("_", "-").replace(".", "-")
        if name == "boilerbench":
            continue
        try:
            said = json.loads(origin)
            editable = bool(said.get("dir_info", {}).get("editable"))
            folder = url2pathname(urlsplit(str(said["url"])).path) if editable else None
        except (ValueError, AttributeError, KeyError):
            folder = None
        record = distribution.read_text("RECORD") or ""
        lines = sorted(line for line in record.splitlines() if ".dist-info/" not in line)
        files = [line.partition(",")[0] for line in lines]
        tops = frozenset(file.partition("/")[0].removesuffix(".py") for file in files)
        found[name] = (tops, folder, hashlib.sha256("\n".join(lines).encode()).hexdigest())
    return found


@cache
def _ours() -> str:
    """Of the part of boilerbench that decides texts."""
    return _digest(
        file
        for part in _OURS
        for file in (_files(_PACKAGE / part) if (_PACKAGE / part).is_dir() else [_PACKAGE / part])
    )


def _files(folder: Path, endings: tuple[str, ...] = ("",)) -> Iterator[Path]:
    """The files in a folder with such endings, but for what is hidden, compiled or installed there,
    and for runs."""
    count = 0
    for here, folders, files in os.walk(folder):
        if "run.json" in files and here != str(folder):
            folders.clear()
            continue
        folders[:] = [n for n in folders if not n.startswith(".") and n not in _SKIPPED]
        found = [n for n in files if n.endswith(endings) and not n.startswith(".")]
        count += len(found) + len(folders)
        if count > _MOST_FILES:
            raise _TooMany(folder)
        yield from (Path(here, name) for name in found)


def _sources(folder: Path) -> Iterator[Path]:
    return _files(folder, (".py", ".pyx", ".so", ".pyd"))


def _digest(files: Iterable[Path]) -> str:
    """Of the files' contents, and of their places under the folder that holds them all."""
    every = sorted(files)
    root = os.path.commonpath([file.parent for file in every]) if every else ""
    whole = hashlib.sha256()
    for file in every:
        read = file.read_bytes()
        whole.update(f"{file.relative_to(root)}\0{len(read)}\0".encode())
        whole.update(read)
    return whole.hexdigest()
