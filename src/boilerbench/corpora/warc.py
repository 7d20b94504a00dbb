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
out; a reader that asks is told how many. An archive that ends in the midst of a record, or of a
gzip member, is damaged, whatever the record is. Gold without a page is an error; so is gold whose
address has several pages that differ: its `id` can then be the WARC-Record-ID of one.
"""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedIOBase
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
_HEAD = 64 << 10
"""Bytes of a record that nobody wants which are read for its headers."""

_GZIP = b"\x1f\x8b"
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


def read(path: Path, left_out: Counter[str] | None = None) -> Iterator[tuple[Page, Gold]]:
    """Pages with their gold, by id. The pages that have gold are held in memory. `left_out` counts
    the responses, resources and revisits that are not used, by the reason.

    Raises `UserError` where an archive or the gold cannot be read, gold has no page, or it is not
    clear which.
    """
    archives, gold = _files(path)
    wanted = _wanted(gold)
    found = {key: _Found() for one in wanted.values() for key in one.keys}
    left_out = Counter() if left_out is None else left_out
    for archive in archives:
        _search(archive, found, left_out)
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


def _search(archive: Path, found: dict[str, _Found], left_out: Counter[str]) -> None:
    """Puts what the archive has of the wanted pages into `found`."""
    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit
    try:
        with _opened(archive) as stream:
            for record in ArchiveIterator(stream, parse_http=False):
                url = record.headers.get("WARC-Target-URI")
                names = [_bare(name) for name in (record.record_id, url) if name]
                places = [found[name] for name in names if name in found]
                block = record.reader.read() if places else record.reader.read(_HEAD)
                _check_whole(record, len(block))
                if not record.record_type & kinds:
                    continue
                page = _page(record, block) if places else _why_none(record, block)
                if not isinstance(page, bytes):
                    left_out[f"with {page}" if page else "without gold"] += 1
                for place in places:
                    if isinstance(page, bytes):
                        place.pages[page] = (
                            record.record_id or archive.name,
                            url and url.strip("<>"),
                        )
                    elif page:
                        place.others.append(page)
    except (EOFError, zlib.error) as problem:
        raise UserError(f"{archive} is damaged: {problem}") from None
    except (OSError, ValueError) as problem:
        raise UserError(f"cannot read {archive}: {_plain(str(problem))}") from None


@contextmanager
def _opened(archive: Path) -> Iterator[BufferedIOBase]:
    """The archive unpacked; by Python's gzip, as only that tells where a member is cut off."""
    with archive.open("rb") as stream:
        packed = stream.read(len(_GZIP)) == _GZIP
        stream.seek(0)
        if not packed:
            yield stream
            return
        with gzip.open(stream) as unpacked:
            yield unpacked


def _check_whole(record: WarcRecord, read: int) -> None:
    """Raises `EOFError` where the archive ends within the record, of which so much was read."""
    stated = record.headers.get("Content-Length")
    if stated is None or read + record.reader.consume() < record.content_length:
        raise EOFError(_plain(f"it ends within the record {record.record_id or ''}".rstrip()))


def _page(record: WarcRecord, block: bytes) -> bytes | str:
    """The page that a record holds, or why it holds none."""
    if why := _why_none(record, block):
        return why
    if not record.is_http:
        return block
    for decoding in _DECODINGS:
        message = _message(block)
        try:
            message.parse_http(auto_decode=decoding)
            payload = message.reader.read()
        except OSError:
            continue
        if decoding == "all" or payload.lstrip().startswith(b"<"):
            return payload
    return "a payload that cannot be decoded"


def _why_none(record: WarcRecord, block: bytes) -> str | None:
    """Why a record is no page, as far as its headers say; `block` begins with those of HTTP."""
    headers = record.headers
    if record.record_type == WarcRecordType.revisit:
        return "no payload: a revisit record"
    if record.is_http:
        message = _message(block)
        try:
            message.parse_http()
        except OSError:
            return "HTTP headers that cannot be read"
        headers = message.http_headers
        if headers.status_code != 200:
            return f"HTTP status {headers.status_code}"
    stated = (headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    return f"content type {stated}" if stated and stated not in HTML else None


def _message(block: bytes) -> WarcRecord:
    message = WarcRecord()
    message.set_bytes_content(block)
    message.is_http = True
    return message


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
