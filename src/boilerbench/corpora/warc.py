"""Pages in WARC files, with their gold in a JSONL file.

FOLDER/*.warc, FOLDER/*.warc.gz     any number of archives
FOLDER/*.jsonl                      one file of gold

or one archive and its gold beside it under the same name: crawl.warc.gz, crawl.jsonl.

A record of gold has `text`, and the optional fields of `records`, and says by `url` or `id` which
page it belongs to: `url` is the address as the archive has it; `id` may be that too, or the
WARC-Record-ID, as `<urn:uuid:…>` or without its frame. The page's id is `id`, or else `url`.

A page is what an archive holds under that address as a `response` with status 200, or as a
`resource`, and as HTML or without a content type. Its bytes are the payload, with what HTTP did to
it undone: chunks and the content encodings gzip, deflate, br and zstd. The charset stays as it is.
Archives often keep a page decoded under headers that say otherwise: a payload that cannot be
decoded, and begins with `<`, is taken as it is.

Redirects, errors, images and `revisit` records are no pages, and whatever no gold asks for is left
out. Gold without a page is an error; so is gold whose address has several pages that differ: its
`id` can then be the WARC-Record-ID of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from boilerbench.corpora.copies import host_of
from boilerbench.corpora.records import gold_of, id_of, json_lines, page_of
from boilerbench.errors import UserError
from boilerbench.types import Gold, Page

ENDINGS = (".warc", ".warc.gz")

HTML = frozenset({"text/html", "application/xhtml+xml"})

_LISTED = 5
_DECODINGS: tuple[Literal["all", "content", "transfer", "none"], ...] = (
    "all",
    "content",
    "transfer",
    "none",
)


@dataclass(slots=True)
class _Found:
    """What the archives have under an address or record id: for each payload its record and
    address, and why other records are no page."""

    pages: dict[bytes, tuple[str, str | None]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A record of gold, its place, and what its page may be found under, the surest first."""

    record: dict[str, Any]
    where: str
    keys: tuple[str, ...]


def read(path: Path) -> Iterator[tuple[Page, Gold]]:
    """Pages with their gold, by id. The pages that have gold are held in memory.

    Raises `UserError` where an archive or the gold cannot be read, gold has no page, or it is not
    clear which.
    """
    archives, gold = _files(path)
    wanted = _wanted(gold)
    found = {key: _Found() for one in wanted.values() for key in one.keys}
    for archive in archives:
        _search(archive, found)
    held = {page_id: [found[key] for key in one.keys] for page_id, one in wanted.items()}
    lost = [page_id for page_id in sorted(wanted) if not any(one.pages for one in held[page_id])]
    if lost:
        shown = _plain("; ".join(_why(page_id, held[page_id]) for page_id in lost[:_LISTED]))
        raise UserError(
            f"{gold}: gold without a page, {len(lost)} in all: {shown}"
            + ("; …" if len(lost) > _LISTED else "")
        )
    for page_id, one in sorted(wanted.items()):
        pages = next(each.pages for each in held[page_id] if each.pages)
        if len(pages) > 1:
            records = _plain(", ".join(record for record, _ in pages.values()))
            raise UserError(
                f"{one.where}: {len(pages)} different pages: {records}",
                "give the gold the WARC-Record-ID of one of them as its id",
            )
        ((html, (_, url)),) = pages.items()
        url = one.record.get("url") or url
        about = {"id": page_id, "html": html, "url": url, "site": _site(one.record, url)}
        yield page_of(one.record | about, one.where), gold_of(one.record, one.where)


def _files(path: Path) -> tuple[list[Path], Path]:
    """The archives and the gold."""
    if path.is_dir():
        try:
            files = sorted(file for file in path.iterdir() if not file.name.startswith("."))
        except OSError as problem:
            raise UserError(f"cannot read {path}: {problem}") from None
    else:
        name = path.name.removesuffix(".gz").removesuffix(".warc").removesuffix(".jsonl")
        files = [path.with_name(name + ending) for ending in (*ENDINGS, ".jsonl")]
    archives = [file for file in files if file.name.endswith(ENDINGS) and file.is_file()]
    golds = [file for file in files if file.suffix == ".jsonl" and file.is_file()]
    if not archives or len(golds) != 1:
        raise UserError(
            f"{path}: found {len(archives)} WARC files and {len(golds)} files of gold",
            "needed are .warc or .warc.gz files and one .jsonl",
        )
    return archives, golds[0]


def _wanted(gold: Path) -> dict[str, _Wanted]:
    """The records of gold by page id, each found to be whole before any archive is read."""
    wanted: dict[str, _Wanted] = {}
    for number, record in json_lines(gold):
        where = f"{gold}, line {number}"
        url = record.get("url")
        if url is not None and not isinstance(url, str):
            raise UserError(f"{where}: url must be text")
        if record.get("id") is None and url:
            record = record | {"id": url}
        page_id = id_of(record, where)
        if page_id in wanted:
            raise UserError(f"{gold} holds the id {page_id!r} twice")
        page_of(record | {"html": b""}, where)
        gold_of(record, where)
        keys = tuple(dict.fromkeys(_bare(name) for name in (page_id, url) if name))
        wanted[page_id] = _Wanted(record, where, keys)
    if not wanted:
        raise UserError(f"{gold} holds no gold")
    return wanted


def _search(archive: Path, found: dict[str, _Found]) -> None:
    """Puts what the archive has of the wanted pages into `found`."""
    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit
    try:
        with archive.open("rb") as stream:
            for record in ArchiveIterator(stream, record_types=kinds, parse_http=False):
                url = record.headers.get("WARC-Target-URI")
                names = [_bare(name) for name in (record.record_id, url) if name]
                places = [found[name] for name in names if name in found]
                if not places:
                    continue
                page = _page(record)
                for place in places:
                    if isinstance(page, str):
                        place.others.append(page)
                    else:
                        place.pages[page] = (
                            record.record_id or archive.name,
                            url and url.strip("<>"),
                        )
    except (OSError, ValueError) as problem:
        raise UserError(f"cannot read {archive}: {_plain(str(problem))}") from None


def _page(record: WarcRecord) -> bytes | str:
    """The page that a record holds, or why it holds none."""
    if record.record_type == WarcRecordType.revisit:
        return "a revisit record, which refers to another"
    block = record.reader.read()
    if len(block) < record.content_length:
        raise ValueError(f"it ends within the record {record.record_id}")
    if not record.is_http:
        return _html_only(block, record.headers.get("Content-Type"))
    for decoding in _DECODINGS:
        message = WarcRecord()
        message.set_bytes_content(block)
        message.is_http = True
        try:
            message.parse_http(auto_decode=decoding)
            payload = message.reader.read()
        except OSError:
            continue
        if message.http_headers.status_code != 200:
            return f"HTTP status {message.http_headers.status_code}"
        if decoding == "all" or payload.lstrip().startswith(b"<"):
            return _html_only(payload, message.http_headers.get("Content-Type"))
    return "a payload that cannot be decoded"


def _html_only(payload: bytes, content_type: str | None) -> bytes | str:
    stated = (content_type or "").partition(";")[0].strip().lower()
    return payload if not stated or stated in HTML else f"content type {stated}"


def _bare(name: str) -> str:
    """An address or record id without its frame."""
    return name.strip("<>").removeprefix("urn:uuid:")


def _why(page_id: str, held: list[_Found]) -> str:
    others = sorted({other for one in held for other in one.others})
    return f"{page_id} ({', '.join(others)})" if others else page_id


def _plain(said: str) -> str:
    """What an archive says of itself, without line ends and codes for a terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in said)


def _site(record: dict[str, Any], url: str | None) -> str | None:
    try:
        return record.get("site") or host_of(url)
    except ValueError:
        return None
