"""Corpora from one format into another, with the same digest before and after.

Import reads any format that boilerbench reads and writes its own layout. Export writes JSONL,
Parquet or the layout. Page bytes stay what they are: JSON takes those that are no UTF-8 as Base64.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from boilerbench.corpora import layout, records
from boilerbench.corpora.digest import Digest
from boilerbench.corpora.load import READERS, check_name
from boilerbench.corpora.manifest import fetched, known
from boilerbench.errors import UserError, unknown_name
from boilerbench.staging import exists, staging
from boilerbench.text import has_lone_surrogate
from boilerbench.types import Corpus, Gold, Page

Pairs = Iterable[tuple[Page, Gold]]

OWN_FORMATS: dict[str, Callable[[Path], Iterator[tuple[Page, Gold]]]] = {
    "dir": layout.read,
    "jsonl": records.read_jsonl,
    "parquet": records.read_parquet,
}

_KEPT = frozenset({"title", "version", "licence", "citation", "defects", "gold"})
"""Keys of a `corpus.toml` that stay as they are."""

_OWN_ABOUT = ("title", "version", "licence", "citation")
"""What is known of a corpus as a whole."""

_PARTS = frozenset({"corpus.toml", "gold", "pages"})
_DEVICES = frozenset({"aux", "con", "nul", "prn"})
_LONGEST_STEM = 100


def import_formats() -> list[str]:
    """The formats that can be imported: boilerbench's own, then all that it has a reader for."""
    return [*OWN_FORMATS, *(name for name in READERS if name not in ("layout", "records"))]


def place_of(name: str) -> Path:
    """Where an imported corpus called `name` lies. Raises `UserError` where the name is taken, or
    makes no name."""
    manifests = known()
    if name in manifests and manifests[name].origin != "imported":
        raise UserError(f"{name} is a corpus that boilerbench knows", "give yours another name")
    if not re.fullmatch(r"\w[\w.+-]{0,99}", name) or name.endswith((".jsonl", ".parquet")):
        raise UserError(
            f"a corpus cannot be called {name!r}", "letters, digits, - and _ make a name"
        )
    return fetched(name)


def import_corpus(
    source: Path,
    format_: str,
    target: Path,
    about: Mapping[str, str],
    *,
    force: bool = False,
    left_out: Counter[str] | None = None,
) -> tuple[int, str]:
    """Write the corpus in `source` into the folder `target` in boilerbench's own layout; the number
    of its pages and its digest.

    `about` is what its `corpus.toml` says: `name`, and `title`, `licence`, `citation` if known.
    `left_out` counts by its reason what an archive holds besides the pages. Raises `UserError` and
    leaves everything as it was if the source is broken or the place is taken.
    """
    read = _reader(format_)
    check_name(about.get("name", target.name))
    if not source.exists():
        raise UserError(f"{source} does not exist")
    before = layout.about(source) if format_ == "dir" else {}
    # A date stands there as such if it has no quotes.
    kept = {
        key: [str(one) for one in value] if isinstance(value, list) else str(value)
        for key, value in before.items()
        if key in _KEPT
    }
    stated = kept | {key: value for key, value in about.items() if value}
    given = {"left_out": left_out} if format_ == "warc" else {}
    return _write_layout(read(source, **given), stated, target, str(source), force)


def export_corpus(
    corpus: Corpus, format_: str, target: Path, *, force: bool = False, title: str = ""
) -> list[str]:
    """Write a corpus as `jsonl`, `parquet` or `dir`. Names what is known of it that the format
    cannot hold. Raises `UserError` if the place is taken, or is a file by whose name it could not
    be read again."""
    pairs = ((page, corpus.gold[page.id]) for page in corpus.pages())
    about = {
        "name": corpus.name,
        "title": title,
        "version": corpus.version,
        "licence": corpus.licence,
        "citation": corpus.citation,
        "gold": list(corpus.reading),
    }
    stated = {key: value for key, value in about.items() if value}
    if format_ == "dir":
        _write_layout(pairs, stated, target, corpus.name, force)
        return []
    check_name_of_file(format_, target)
    write = {"jsonl": _write_jsonl, "parquet": _write_parquet}[format_]
    _check_free(target, force)
    with staging(target) as stage:
        write(pairs, stage.whole)
        stage.put(replace=force)
    return [key for key in _OWN_ABOUT if key in stated]


def check_name_of_file(format_: str, target: Path) -> None:
    """Raises `UserError` where a file of that name would not be read as what it is."""
    if format_ != "dir" and target.suffix != f".{format_}":
        raise UserError(
            f"{target} cannot hold {format_}: a corpus is known by its ending",
            f"let it end in .{format_}",
        )


def _reader(format_: str) -> Callable[..., Iterator[tuple[Page, Gold]]]:
    name, _, split = format_.partition(":")
    if name not in import_formats():
        raise unknown_name("format", name, import_formats())
    for manifest in known().values():
        if manifest.reader == name and name != "layout" and manifest.split().name:
            return partial(READERS.load(name), split=manifest.split(split or None).name)
    if split:
        raise UserError(f"{name} has no splits", f"ask for it as {name}")
    read: Callable[..., Iterator[tuple[Page, Gold]]]
    read = OWN_FORMATS[name] if name in OWN_FORMATS else READERS.load(name)
    return read


def _check_free(target: Path, force: bool) -> None:
    """`force` replaces a file or a corpus in our layout, never a folder with anything else."""
    if not os.path.lexists(target):
        return
    if not force:
        raise exists(target)
    if target.is_dir() and not {part.name for part in target.iterdir()} <= _PARTS:
        raise UserError(f"{target} holds more than a corpus, it is not replaced")


def _write_layout(
    pairs: Pairs, about: Mapping[str, Any], target: Path, source: str, force: bool
) -> tuple[int, str]:
    _check_free(target, force)
    digest, written = Digest(), Digest()
    languages: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    stems: set[str] = set()
    with staging(target) as stage:
        folder = stage.whole
        for part in (folder / "pages", folder / "gold"):
            part.mkdir(parents=True)
        for page, gold in pairs:
            if has_lone_surrogate(page.id):
                raise UserError(f"{source}: the id {page.id!r} holds a lone surrogate")
            digest.add(page, gold)
            stem = _stem(page.id, stems)
            (folder / "pages" / f"{stem}.html").write_bytes(page.html)
            record = _annotation(page, gold) | ({"id": page.id} if stem != page.id else {})
            (folder / "gold" / f"{stem}.json").write_bytes(_json(record, indent=1))
            languages.update([page.lang] if page.lang else [])
            kinds.update([page.kind] if page.kind else [])
        if not stems:
            raise UserError(f"no pages in {source}")
        counted = {
            "languages": [lang for lang, _ in languages.most_common()],
            "kinds": [kind for kind, _ in kinds.most_common()],
        }
        said = _toml({**about, **counted})
        if has_lone_surrogate(said):
            raise UserError(f"{source}: a title, licence, language or kind holds a lone surrogate")
        (folder / "corpus.toml").write_text(said, encoding="utf-8")
        for page, gold in layout.read(folder):
            written.add(page, gold)
        if str(written) != str(digest):
            raise UserError(f"{source} does not keep its digest in boilerbench's layout")
        stage.put(replace=force)
    return len(stems), str(digest)


def _stem(page_id: str, taken: set[str]) -> str:
    """A file name for a page: its id where that is a name on every disk and differs from others in
    more than case; otherwise what can be read of it, and a hash."""
    plain = re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?", page_id)
    stem = page_id
    if (
        not plain
        or len(stem) > _LONGEST_STEM
        or stem.lower() in taken
        or stem.lower().split(".")[0] in _DEVICES
    ):
        readable = re.sub(r"[^A-Za-z0-9_]+", "-", page_id).strip("-")[:60]
        stem = f"{readable or 'page'}-{hashlib.sha256(page_id.encode()).hexdigest()[:20]}"
        if stem.lower() in taken:
            raise UserError(f"the id {page_id!r} is there twice")
    taken.add(stem.lower())
    return stem


def _annotation(page: Page, gold: Gold) -> dict[str, Any]:
    """All that is known of a page but its id and bytes; what is empty is left out."""
    said = {
        "text": gold.text,
        "must": list(gold.must),
        "must_not": list(gold.must_not),
        "blocks": [{"kind": block.kind, "text": block.text} for block in gold.blocks],
        "markdown": gold.markdown,
        "level": gold.level,
        "url": page.url,
        "lang": page.lang,
        "kind": page.kind,
        "site": page.site,
    }
    return {key: value for key, value in said.items() if value or key == "text"}


def _json(record: Mapping[str, Any], indent: int | None = None) -> bytes:
    try:
        return json.dumps(record, ensure_ascii=False, indent=indent).encode()
    except UnicodeEncodeError:  # a lone surrogate, which JSON can hold as an escape only
        return json.dumps(record, indent=indent).encode()


def _toml(about: Mapping[str, Any]) -> str:
    """Texts and lists of texts; JSON writes these as TOML does, but for one character."""
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in about.items())
    return "".join(lines).replace("\x7f", "\\u007f")


def _write_jsonl(pairs: Pairs, file: Path) -> None:
    with file.open("wb") as opened:
        for page, gold in pairs:
            try:
                html = {"html": page.html.decode()}
            except UnicodeDecodeError:
                html = {"html_base64": base64.b64encode(page.html).decode()}
            opened.write(_json({"id": page.id} | html | _annotation(page, gold)) + b"\n")


def _write_parquet(pairs: Pairs, file: Path) -> None:
    import polars as pl

    texts = pl.List(pl.String)
    schema: dict[str, Any] = {
        "id": pl.String,
        "html": pl.Binary,
        "text": pl.String,
        "must": texts,
        "must_not": texts,
        "blocks": pl.List(pl.Struct({"kind": pl.String, "text": pl.String})),
        **dict.fromkeys(("markdown", "level", "url", "lang", "kind", "site"), pl.String),
    }
    rows = [{"id": page.id, "html": page.html} | _annotation(page, gold) for page, gold in pairs]
    try:
        pl.DataFrame(rows, schema=schema).write_parquet(file)
    except UnicodeEncodeError:
        raise UserError(
            "Parquet cannot hold a text with a lone surrogate", "JSONL can: --format jsonl"
        ) from None
