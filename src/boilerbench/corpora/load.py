"""From what a user calls a corpus to a `Corpus`: a known name, a folder, or a file of records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from boilerbench.corpora import layout
from boilerbench.corpora.copies import host_of
from boilerbench.corpora.digest import Digest
from boilerbench.corpora.manifest import Manifest, fetched
from boilerbench.corpora.manifest import known as known_corpora
from boilerbench.corpora.selection import select
from boilerbench.errors import UserError, unknown_name
from boilerbench.registry import Registry
from boilerbench.text import has_lone_surrogate
from boilerbench.types import ALL_CORPORA, Corpus, Gold, Page, Selection

Reader = Callable[..., Iterator[tuple[Page, Gold]]]
"""Reads a folder or file; one whose corpus has splits takes the name of a split besides."""

READERS = Registry(
    "reader",
    {
        "cleaneval": "boilerbench.corpora.cleaneval:read",
        "cleanportaleval": "boilerbench.corpora.cleaneval:read_portal",
        "daniel": "boilerbench.corpora.daniel:read",
        "dragnet": "boilerbench.corpora.dragnet:read",
        "l3s-gn1": "boilerbench.corpora.l3s_gn1:read",
        "layout": "boilerbench.corpora.layout:read",
        "mozilla-readability": "boilerbench.corpora.mozilla_readability:read",
        "pairs": "boilerbench.corpora.pairs:read",
        "records": "boilerbench.corpora.records:read",
        "scrapinghub": "boilerbench.corpora.scrapinghub:read",
        "trafilatura": "boilerbench.corpora.trafilatura_eval:read",
        "warc": "boilerbench.corpora.warc:read",
        "wcxb": "boilerbench.corpora.wcxb:read",
        "webmainbench": "boilerbench.corpora.webmainbench:read",
    },
)

RECORD_FILES = (".jsonl", ".parquet")

KEPT_IN_MEMORY = 256 << 20
"""Bytes of pages up to which a corpus is read from disk once, not once per extractor."""


def load_corpus(
    name: str, source: str | Path | None = None, selection: Selection | None = None
) -> Corpus:
    """The corpus called `name`: a known corpus, read from `source` if given, else the folder or
    the file of records of that name. (`./NAME` is a folder, whatever is known.) `NAME:SPLIT` is a
    split of a known corpus, `NAME` alone the first of its splits. `selection` picks pages of it.

    Reading it all computes the digest, so that a broken corpus is found before any work is spent.
    A known corpus whose digest is not the pinned one is refused.
    """
    source = None if source is None else Path(source)
    manifests = known_corpora()
    plain, _, split = name.partition(":")
    if plain in manifests:
        corpus = _known(manifests[plain], split or None, source)
    else:
        corpus = _own(name, source)
    return select(corpus, selection or Selection())


def _known(manifest: Manifest, split: str | None, source: Path | None) -> Corpus:
    part = manifest.split(split)
    if source is not None and manifest.folder is not None:
        raise UserError(
            f"{manifest.name} is {manifest.origin}, it is not read from {source}",
            f"for the pages in {source}: --corpus {source}",
        )
    folder = source or manifest.folder or fetched(manifest.name)
    if not folder.is_dir():
        hint = manifest.how_to_get
        if manifest.origin == "public" and source is None:
            hint += ", or say where you have a copy: --from DIR"
        raise UserError(f"corpus {manifest.name!r} is not in {folder}", hint)
    read: Reader = READERS.load(manifest.reader)
    about = layout.about(folder) if manifest.folder else {}
    corpus = _corpus(
        partial(read, split=part.name) if part.name else read,
        folder,
        f"{manifest.name}:{part.name}" if part.name else manifest.name,
        manifest.version,
        manifest.licence,
        manifest.citation,
        reading=_reading(about, folder),
    )
    if part.digest is not None and corpus.digest != part.digest:
        raise UserError(
            f"{folder} is not {corpus.name} {manifest.version}: its digest is {corpus.digest}, "
            f"pinned is {part.digest}",
            manifest.how_to_get,
        )
    return corpus


def _own(name: str, source: Path | None) -> Corpus:
    """The user's own folder or file, or the nearest known names where `name` is neither."""
    path = Path(name)
    if not name:
        raise UserError("a corpus needs a name")
    if not path.is_dir() and path.suffix not in RECORD_FILES:
        if path.suffix or "/" in name or path.exists():
            raise UserError(
                f"no corpus in {name!r}",
                "give a known name, a folder with pages/ and gold/, or a .jsonl or .parquet file",
            )
        raise unknown_name("corpus", name, known_corpora())
    if source is not None:
        raise UserError(f"{name} is itself the corpus: leave --from out")
    if not path.exists():
        raise UserError(f"no such corpus file: {path}")
    if path.is_file():
        return _corpus(READERS.load("records"), path, path.stem, "", "", "")
    about = layout.about(path)
    return _corpus(
        READERS.load("layout"),
        path,
        str(about.get("name", path.resolve().name)),
        str(about.get("version", "")),
        str(about.get("licence", "")),
        str(about.get("citation", "")),
        reading=_reading(about, path),
    )


def _reading(about: Mapping[str, Any], folder: Path) -> tuple[str, ...]:
    """The kinds of blocks that a `corpus.toml` says are gold."""
    kinds = about.get("gold", [])
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise UserError(f"{folder / 'corpus.toml'}: gold must be a list of kinds of blocks")
    return tuple(kinds)


def _corpus(
    read: Reader,
    path: Path,
    name: str,
    version: str,
    licence: str,
    citation: str,
    *,
    reading: tuple[str, ...] = (),
) -> Corpus:
    check_name(name)
    digest = Digest()
    gold: dict[str, Gold] = {}
    about: dict[str, dict[str, str | None]] = {}
    kept: list[Page] = []
    size = 0
    for page, annotation in read(path):
        if has_lone_surrogate(page.id):
            raise UserError(f"{path}: the id {page.id!r} holds a lone surrogate")
        digest.add(page, annotation)
        gold[page.id] = annotation
        about[page.id] = {key: getattr(page, key) for key in ("url", "lang", "kind", "site")}
        with suppress(ValueError):  # what a user has as an address need not be one
            about[page.id]["site"] = page.site or host_of(page.url)
        about[page.id]["level"] = annotation.level
        size += len(page.html)
        if size <= KEPT_IN_MEMORY:
            kept.append(page)
        else:
            kept.clear()
    if not gold:
        raise UserError(f"no pages in {path}")

    def read_pages() -> Iterator[Page]:
        return iter(kept) if len(kept) == len(gold) else (page for page, _ in read(path))

    return Corpus(
        name, version, licence, str(digest), citation, gold, read_pages, about, path, reading
    )


def check_name(name: str) -> None:
    """A corpus's name becomes part of file names, and may come from a file of anyone's."""
    plain = re.fullmatch(r"[^/\\\x00-\x1f\x7f\ud800-\udfff]{1,100}", name)
    if not plain or name.startswith(".") or name == ALL_CORPORA:
        raise UserError(f"a corpus cannot be called {name!r}", "a plain word makes a name")
