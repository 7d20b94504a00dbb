"""Bringing a public corpus to this machine, whole and verified, or not at all.

From its home: git fetches the pinned commit, whose hash verifies every byte. From a copy: a clone
that has the commit serves as home; any other folder is copied, and what it holds is verified by
digest. What cannot be verified stays out.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from boilerbench.corpora.digest import Digest
from boilerbench.corpora.git import Told, fetch_commit, holds_commit
from boilerbench.corpora.load import READERS
from boilerbench.corpora.manifest import Manifest, Split, fetched
from boilerbench.errors import UserError
from boilerbench.staging import Staging, staging
from boilerbench.types import Gold, Page

RECORD = "fetched.json"
"""Beside the data of a fetched corpus: where it came from, what was verified, and when."""

State = Literal["embedded", "imported", "fetched", "outdated", "absent"]
"""`outdated`: fetched by a release that pinned another commit, or never verified."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A corpus in its place. `splits` were verified, and have as many pages as were read;
    `left_out` could not be, or were not there. `anew` is False where all was there before."""

    folder: Path
    splits: tuple[Split, ...]
    left_out: tuple[Split, ...] = ()
    anew: bool = True


def fetch(
    manifest: Manifest,
    source: Path | None = None,
    *,
    split: str | None = None,
    force: bool = False,
    place: Path | None = None,
    told: Told = lambda _: None,
) -> Fetched:
    """Fetch a public corpus from its home, or take it from the copy `source`; into `place`, by
    default the place of fetched corpora.

    What is there and intact stays, unless `force`. A copy may lack splits, but not the one
    named by `split`. `told` hears how it goes on. Raises `UserError` and leaves everything as it
    was if the corpus cannot be had or is not what was pinned.
    """
    place = place or fetched(manifest.name)
    before = None if force else _there(manifest, place)
    if before and not before.left_out:
        return before
    with staging(place) as stage:
        if source is None:
            _fetch(str(manifest.home), manifest, stage, told)
            held, how = manifest.splits, "commit"
        else:
            held, how = _take(source, manifest, split, stage, told)
        held = _verified(manifest, held, stage.whole, str(source or manifest.home), told)
        _write_record(manifest, held, how, stage.whole)
        # Another process may have fetched it in the meantime: then theirs stays.
        there = None if force else _there(manifest, place)
        if there and {*there.splits} >= {*held}:
            return there
        stage.put(replace=force or (place / RECORD).is_file())
    return Fetched(place, held, _others(manifest, held))


def state(manifest: Manifest, split: Split | None = None) -> State:
    """Whether a split of a corpus (by default the default one) is on this machine, by its manifest
    and the record of its fetch alone."""
    if manifest.origin != "public":
        return manifest.origin
    place = fetched(manifest.name)
    if not place.is_dir():
        return "absent"
    held = {one.name for one in _recorded(manifest, _record(place))}
    if (split or manifest.split()).name in held:
        return "fetched"
    return "absent" if held else "outdated"


def _fetch(home: str, manifest: Manifest, stage: Staging, told: Told) -> None:
    fetch_commit(
        home,
        str(manifest.commit),
        _paths(manifest, manifest.splits),
        stage.whole,
        told=told,
        held=(stage.lock,),
    )


def _take(
    source: Path, manifest: Manifest, named: str | None, stage: Staging, told: Told
) -> tuple[tuple[Split, ...], str]:
    """What of the copy can be verified, and by what."""
    if holds_commit(source, str(manifest.commit)):
        try:
            _fetch(str(source.resolve()), manifest, stage, told)
            return manifest.splits, "commit"
        except UserError:  # a clone without all of its files
            shutil.rmtree(stage.whole, ignore_errors=True)
    if named and (why := why_left_out(source, manifest.split(named))):
        raise UserError(
            f"{source} does not give {manifest.name}:{named}: {why}",
            f"give a git clone that has the commit {manifest.commit}, or leave --from out",
        )
    verifiable = tuple(split for split in manifest.splits if split.digest)
    if not verifiable:
        raise UserError(
            f"{source} cannot be verified: no digest of {manifest.name} is known",
            f"give a git clone that has the commit {manifest.commit}",
        )
    held = tuple(split for split in verifiable if _holds(source, split))
    if not held:
        names = ", ".join(path for split in verifiable for path in split.paths)
        raise UserError(f"{source} is no copy of {manifest.name}: {names} is missing")
    told("copying")
    stage.whole.mkdir()
    for path in _paths(manifest, held):
        _copy(source, path, stage.whole)
    return held, "digest"


def why_left_out(source: Path, split: Split) -> str:
    """Why a split cannot be had from a copy; empty where it can."""
    if not _holds(source, split):
        return f"this copy has no split {split.name}"
    return "" if split.digest else "no digest is known to verify it by"


def _holds(source: Path, split: Split) -> bool:
    return not split.paths or any((source / path).exists() for path in split.paths)


def _others(manifest: Manifest, held: tuple[Split, ...]) -> tuple[Split, ...]:
    names = {split.name for split in held}
    return tuple(split for split in manifest.splits if split.name not in names)


def _paths(manifest: Manifest, splits: tuple[Split, ...]) -> list[str]:
    return [*manifest.paths, *(path for split in splits for path in split.paths)]


def _copy(source: Path, path: str, target: Path) -> None:
    """Copy a file or a folder; one that is missing shows in the digest. A link may lead anywhere,
    so none is followed."""
    for step in (source / path, *(source / path).parents):
        if step == source:
            break
        if step.is_symlink():
            raise UserError(f"{step} is a link: a copy must hold the files themselves")
    if not (source / path).is_dir():
        files = iter([source / path]) if (source / path).is_file() else iter(())
    else:
        files = _files(source / path)
    for file in files:
        if file.is_symlink() or not file.is_file():
            raise UserError(f"{file} is not a plain file: a copy must hold the files themselves")
        copied = target / file.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copied)


def _files(folder: Path) -> Iterator[Path]:
    """All that is in a folder but folders, links to folders among it, always in the same order."""
    for root, folders, names in os.walk(folder):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(root, name))]
        for name in sorted([*names, *links]):
            yield Path(root, name)


def _verified(
    manifest: Manifest, splits: tuple[Split, ...], folder: Path, source: str, told: Told
) -> tuple[Split, ...]:
    """Reads all of it: a corpus that cannot be read is not worth having, whatever its commit."""
    verified = []
    for split in splits:
        told("verifying")
        found, pages = Digest(), 0
        try:
            for page, gold in _read(manifest, split, folder):
                found.add(page, gold)
                pages += 1
        except UserError as problem:  # it names the temporary folder, which nobody will find
            said = problem.message.replace(str(folder), source)
            raise UserError(said, problem.hint) from None
        name = f"{manifest.name}:{split.name}" if split.name else manifest.name
        if not pages:
            raise UserError(f"{source} holds no pages of {name}")
        if split.digest and str(found) != split.digest:
            raise UserError(
                f"{source} does not hold {name} {manifest.version}: its digest is {found}, "
                f"pinned is {split.digest}",
                f"the corpus is published at {manifest.home}, commit {manifest.commit}",
            )
        verified.append(replace(split, pages=pages))
    return tuple(verified)


def _read(manifest: Manifest, split: Split, folder: Path) -> Iterator[tuple[Page, Gold]]:
    read = READERS.load(manifest.reader)
    pairs: Iterator[tuple[Page, Gold]] = read(folder, split.name) if split.name else read(folder)
    return pairs


def _write_record(manifest: Manifest, splits: tuple[Split, ...], how: str, folder: Path) -> None:
    record = {
        "name": manifest.name,
        "home": manifest.home,
        "commit": manifest.commit,
        "verified": how,
        "splits": [
            {"name": split.name, "digest": split.digest, "pages": split.pages} for split in splits
        ],
        "contents": _contents(folder),
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    (folder / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _record(place: Path) -> dict[str, Any]:
    """The record of a fetch; empty where there is none that can be read."""
    try:
        record = json.loads((place / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _recorded(manifest: Manifest, record: dict[str, Any]) -> tuple[Split, ...]:
    """The splits that were verified as they are pinned now."""
    entries = record.get("splits")
    if record.get("commit") != manifest.commit or not isinstance(entries, list):
        return ()
    return tuple(
        replace(split, pages=entry.get("pages"))
        for split in manifest.splits
        for entry in entries
        if isinstance(entry, dict)
        and (entry.get("name"), entry.get("digest")) == (split.name, split.digest)
    )


def _there(manifest: Manifest, place: Path) -> Fetched | None:
    """What is in place already, if it is intact. Raises `UserError` where something else is."""
    if not os.path.lexists(place):
        return None
    record = _record(place)
    if not record:
        raise UserError(
            f"{place} was not fetched by boilerbench", "move it away, or --force replaces it"
        )
    splits = _recorded(manifest, record)
    try:
        if not splits or record.get("contents") != _contents(place):
            return None
    except OSError:
        return None
    return Fetched(place, splits, _others(manifest, splits), anew=False)


def _contents(folder: Path) -> str:
    """A hash over the names and bytes of all files but the record."""
    sha = hashlib.sha256()
    for file in _files(folder):
        name = file.relative_to(folder).as_posix()
        if name == RECORD:
            continue
        with file.open("rb") as opened:
            own = hashlib.file_digest(opened, "sha256")
        sha.update(f"{own.hexdigest()} {name}\n".encode("utf-8", "surrogateescape"))
    return f"sha256:{sha.hexdigest()}"
