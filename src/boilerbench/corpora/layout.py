"""boilerbench's own simple layout.

FOLDER/corpus.toml            optional: name, title, version, licence, citation, languages, kinds,
                              defects; gold, the kinds of blocks that make up the gold text;
                              lang, kind and site of pages that state none
FOLDER/pages/ID.html[.gz]     the pages, bytes as they are
FOLDER/gold/ID.txt            the gold text, or
FOLDER/gold/ID.json           {"text", "must", "must_not", "blocks": [{"kind", "text"}],
                               "markdown", "level", "url", "lang", "kind", "site", "id"}, all but
                              text optional

The id of a page is the name of its files, unless its gold states another as `id`: not every id
makes a safe name for a file.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from boilerbench.corpora.records import gold_of, id_of, page_of
from boilerbench.errors import UserError
from boilerbench.resources import read_toml
from boilerbench.types import Gold, Page

_LISTED = 5


def about(folder: Path) -> dict[str, Any]:
    """What `corpus.toml` says; empty where there is none."""
    file = folder / "corpus.toml"
    return read_toml(file) if file.is_file() else {}


def read(folder: Path) -> Iterator[tuple[Page, Gold]]:
    """Pages with their gold, by id. Raises `UserError` if a page lacks gold or gold its page."""
    defaults = {k: v for k, v in about(folder).items() if k in ("lang", "kind", "site")}
    pages, gold = _pages(folder / "pages"), _gold(folder / "gold")
    if not pages:
        raise UserError(
            f"no pages in {folder}", "boilerbench expects pages/ID.html[.gz] and gold/ID.txt|json"
        )
    _same_ids(folder, "page without gold", pages, gold)
    _same_ids(folder, "gold without a page", gold, pages)
    stems: dict[str, str] = {}
    records: dict[str, dict[str, Any]] = {}
    for stem, file in gold.items():
        record = defaults | {"id": stem} | _annotation(file)
        page_id = id_of(record, str(file))
        if page_id in stems:
            raise UserError(f"{folder} holds the id {page_id!r} twice, {stems[page_id]} and {stem}")
        stems[page_id], records[page_id] = stem, record
    for page_id, stem in sorted(stems.items()):
        record = records[page_id] | {"html": _bytes(pages[stem])}
        yield page_of(record, str(gold[stem])), gold_of(record, str(gold[stem]))


def count(folder: Path) -> int:
    """The number of pages, without reading any."""
    return len(_pages(folder / "pages"))


def _pages(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file in _files(folder):
        for ending in (".html", ".html.gz"):
            if file.name.endswith(ending):
                page_id = file.name.removesuffix(ending)
                if page_id in found:
                    raise UserError(f"{folder} holds page {page_id} twice, plain and compressed")
                found[page_id] = file
    return found


def _gold(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file in _files(folder):
        if file.suffix in (".txt", ".json"):
            if file.stem in found:
                raise UserError(f"{folder} holds two golds for {file.stem}, .txt and .json")
            found[file.stem] = file
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.is_file()) if folder.is_dir() else []


def _same_ids(folder: Path, what: str, of: Iterable[str], among: Mapping[str, Path]) -> None:
    missing = sorted(set(of) - set(among))
    if missing:
        shown = ", ".join(missing[:_LISTED]) + (" …" if len(missing) > _LISTED else "")
        raise UserError(f"{folder}: {what}, {len(missing)} in all: {shown}")


def _bytes(file: Path) -> bytes:
    if file.suffix != ".gz":
        return file.read_bytes()
    try:
        return gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as problem:
        raise UserError(f"cannot decompress {file}: {problem}") from None


def _annotation(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        read = json.loads(text) if file.suffix == ".json" else {"text": text}
    except (OSError, ValueError, RecursionError) as problem:
        raise UserError(f"cannot read {file}: {problem}") from None
    if not isinstance(read, dict):
        raise UserError(f"{file} must hold a JSON object with a text")
    return read
