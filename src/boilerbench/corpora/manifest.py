"""Manifests: what is known of a corpus before it is read.

`corpora/NAME.toml`, one for each public corpus:

title, reader, version, licence, citation
home, commit          git address and the one commit that is fetched
paths                 the files and folders of the repository that a fetch needs
size                  megabytes (10^6 bytes) of these, unpacked, rounded up
languages             BCP 47 codes, most frequent first; empty where nobody counted
kinds                 page kinds as in `Page.kind`; empty where the corpus has none
defects               known defects, a sentence each; they are left as they are
pages, digest         of what the reader yields; without a digest the commit alone verifies
[splits.NAME]         pages, digest and own paths of a split, the default split first, in place of
                      pages and digest above

The embedded corpus, and those that a user imported, have a `corpus.toml` of their own instead.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import platformdirs

from boilerbench.errors import UserError, unknown_name
from boilerbench.resources import read_toml, shipped

Origin = Literal["public", "embedded", "imported"]

_KEYS = (
    "title reader version licence citation home commit paths size languages kinds defects "
    "pages digest splits"
).split()


@dataclass(frozen=True, slots=True)
class Split:
    """A part of a corpus that is read by itself. `name` is None where the corpus has no splits,
    `pages` and `digest` are None where nobody computed them. `paths` are this split's alone."""

    name: str | None
    pages: int | None = None
    digest: str | None = None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `corpora/NAME.toml` or a `corpus.toml` says.

    A public corpus has `home`, `commit`, `paths` and `size` (in MB), any other a `folder`.
    `splits` has one at least, the default first.
    """

    name: str
    title: str
    reader: str
    version: str
    licence: str
    citation: str
    splits: tuple[Split, ...] = (Split(None),)
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
    home: str | None = None
    commit: str | None = None
    paths: tuple[str, ...] = ()
    size: int | None = None
    folder: Path | None = None
    origin: Origin = "public"

    @property
    def how_to_get(self) -> str:
        """What to do where the corpus is not on this machine."""
        if self.origin == "public":
            return f"get it with: boilerbench corpora fetch {self.name}"
        if self.origin == "imported":
            return "import it again, see: boilerbench corpora import --help"
        return "reinstall boilerbench: its embedded corpus is missing"

    def split(self, name: str | None = None) -> Split:
        """The split of that name, the default one for None. Raises `UserError` for an unknown
        one."""
        if name is None:
            return self.splits[0]
        for split in self.splits:
            if split.name == name:
                return split
        names = [split.name for split in self.splits if split.name]
        if not names:
            raise UserError(f"{self.name} has no splits", f"ask for it as {self.name}")
        raise unknown_name(f"split of {self.name}", name, names)


def known() -> dict[str, Manifest]:
    """All manifests by name: the public corpora, the embedded one, and what the user imported.

    A shipped name stands for the shipped corpus, whatever else lies in the place of fetched ones.
    """
    found = [read_manifest(file) for file in sorted(shipped("corpora").glob("*.toml"))]
    found += [
        _with_folder(file.parent, "embedded")
        for file in sorted(shipped("corpora").glob("*/corpus.toml"))
    ]
    manifests = {manifest.name: manifest for manifest in found}
    for file in sorted(fetched_root().glob("[!.]*/corpus.toml")):
        if file.parent.name not in manifests:
            manifests[file.parent.name] = _imported(file.parent)
    return manifests


def fetched_root() -> Path:
    """The folder of fetched and imported corpora: `BOILERBENCH_CORPORA`, or the user's data."""
    home = os.environ.get("BOILERBENCH_CORPORA")
    return Path(home) if home else Path(platformdirs.user_data_path("boilerbench")) / "corpora"


def fetched(name: str) -> Path:
    """Where a public corpus lies on this machine once it was fetched."""
    return fetched_root() / name


def read_manifest(file: Path) -> Manifest:
    """The manifest of a public corpus. Raises `UserError` naming the file and the key that is
    missing, unknown or wrong."""
    read = read_toml(file)
    for key in read:
        if key not in _KEYS:
            raise UserError(f"{file}: {unknown_name('key', key, _KEYS)}")
    home, commit = _text(read, "home", file), _text(read, "commit", file)
    if not re.match(r"[a-z][a-z+]*://", home):
        raise UserError(f"{file}: home must be the address of a git repository")
    if not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise UserError(f"{file}: commit must be 40 hexadecimal digits")
    paths, splits = _list(read, "paths", file), _splits(read, file)
    _check_paths([*paths, *(path for split in splits for path in split.paths)], file)
    return Manifest(
        name=file.stem,
        title=_text(read, "title", file),
        reader=_text(read, "reader", file),
        version=_text(read, "version", file),
        licence=_text(read, "licence", file),
        citation=_text(read, "citation", file),
        splits=splits,
        languages=_list(read, "languages", file),
        kinds=_list(read, "kinds", file),
        defects=_list(read, "defects", file),
        home=home,
        commit=commit,
        paths=paths,
        size=_number(read, "size", file),
    )


def _splits(read: Mapping[str, Any], file: Path) -> tuple[Split, ...]:
    if "splits" not in read:
        return (_split(None, read, file),)
    tables = read["splits"]
    for key in ("pages", "digest"):
        if key in read:
            raise UserError(f"{file}: {key} belongs to a split where there are splits")
    if not isinstance(tables, dict) or not tables:
        raise UserError(f"{file}: splits must be tables")
    for name, table in tables.items():
        if not isinstance(table, dict) or not set(table) <= {"pages", "digest", "paths"}:
            raise UserError(f"{file}: splits.{name} has pages, digest and paths, nothing else")
    return tuple(_split(name, table, file) for name, table in tables.items())


def _split(name: str | None, read: Mapping[str, Any], file: Path) -> Split:
    digest = read.get("digest")
    if digest is not None and not re.fullmatch(r"sha256:[0-9a-f]{64}", str(digest)):
        raise UserError(f"{file}: digest must be sha256: and 64 hexadecimal digits")
    paths = _list(read, "paths", file) if name is not None and "paths" in read else ()
    return Split(name, _number(read, "pages", file), digest, paths)


def _text(read: Mapping[str, Any], key: str, file: Path) -> str:
    value = read.get(key)
    if not isinstance(value, str) or not value:
        raise UserError(f"{file}: {key} is missing or not text")
    return value


def _list(read: Mapping[str, Any], key: str, file: Path) -> tuple[str, ...]:
    values = read.get(key)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise UserError(f"{file}: {key} is missing or not a list of texts")
    return tuple(values)


def _number(read: Mapping[str, Any], key: str, file: Path) -> int:
    value = read.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise UserError(f"{file}: {key} is missing or not a whole number above 0")
    return value


def _check_paths(paths: Sequence[str], file: Path) -> None:
    """They are patterns to git and plain paths to `--from`: only what means the same to both."""
    if not paths:
        raise UserError(f"{file}: paths is empty")
    for path in paths:
        pure = PurePosixPath(path)
        plain = not re.search(r"[*?\[\]\\!#\x00-\x1f]", path) and path == str(pure)
        if not plain or pure.is_absolute() or not pure.parts or {".", "..", ".git"} & {*pure.parts}:
            raise UserError(f"{file}: paths holds {path!r}, which is no plain path")


def _imported(folder: Path) -> Manifest:
    try:
        return _with_folder(folder, "imported")
    except UserError as problem:
        # One broken folder of the user's must not stop all other corpora; reading it says why.
        return Manifest(
            folder.name, problem.message, "layout", "", "", "", folder=folder, origin="imported"
        )


def _with_folder(folder: Path, origin: Origin) -> Manifest:
    file = folder / "corpus.toml"
    read = read_toml(file)
    listed = {"languages": [], "kinds": [], "defects": []} | read
    return Manifest(
        name=folder.name,
        title=str(read.get("title", "")),
        reader="layout",
        version=str(read.get("version", "")),
        licence=str(read.get("licence", "")),
        citation=str(read.get("citation", "")),
        languages=_list(listed, "languages", file),
        kinds=_list(listed, "kinds", file),
        defects=_list(listed, "defects", file),
        folder=folder,
        origin=origin,
    )
