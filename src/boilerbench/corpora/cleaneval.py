"""CleanEval and CleanPortalEval: pages in a wrapper, and text that people marked by segments.

orig/ID.html, clean/ID.txt                  CleanEval
input/ID.html, GoldStandard/ID.txt          CleanPortalEval, and CleanEval in other copies

A page stands between `<text id="ADDRESS" title="…" encoding="…">` and `</text>`. An extractor gets
the page without these two tags and with every other byte as it is, so what the wrapper says of the
encoding does not reach it: `unwrapped` tells that, and an extractor has to find out, as on the web.

A gold text has the line `URL: ADDRESS` and then segments, which begin with `<p>` (paragraph), `<h>`
(heading) or `<l>` (item of a list), are wrapped and indented, and have some entities unresolved.
`Gold.text` has each on a line, without marks and with entities resolved; `Gold.markdown` has the
same as Markdown. Nobody stated the level of a heading: all are of the first. Marks that were
mistyped (`<pThe`, `{p}`) stay as they are.

Pages that nobody cleaned have no gold, and are left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from boilerbench.corpora.copies import host_of, whole_copy
from boilerbench.corpora.decoding import decoded
from boilerbench.errors import UserError
from boilerbench.types import Gold, Page

PLACES = (Path(), Path("src", "main", "resources", "cleaneval"))
"""Where the two folders may be: in the folder of a copy, or where web2text keeps CleanEval."""

FOLDERS = (("orig", "clean"), ("input", "GoldStandard"))

PREFIXES = {"p": "", "h": "# ", "l": "- "}
"""What begins a segment in Markdown, by its mark."""

_START = re.compile(rb'<text(?=\s)((?:\s+[a-z]+="[^"]*")*)\s*>', re.IGNORECASE)
# Where a title has a quotation mark in it: up to the first `">`, or else to the first `>`.
_LOOSE_START = re.compile(rb'<text(?=\s)([^<]*?"(?=\s*>)|[^<>]*+)[^<>]*+>', re.IGNORECASE)
_END = re.compile(rb"</text\s*>\s*\Z", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'\s([a-z]+)="([^"]*)"', re.IGNORECASE)
_URL = re.compile(r"\s*URL:[^\S\n]*(\S*)[^\n]*")
_MARK = re.compile(r"<([phl])>|</[phl]>", re.IGNORECASE)
_MARKED_LINE = re.compile(r"^[^\S\n]*<[phl]>", re.IGNORECASE | re.MULTILINE)
_EMPTY_LINE = re.compile(r"\n[^\S\n]*(?=\n)")
_MARKUP = re.compile(r"[\\`*_\[<&]|^[#+=>~-]|#+$")
_NUMBER = re.compile(r"^(\d+)(?=[.)])")


@dataclass(frozen=True, slots=True)
class Wrapper:
    """What stands in the tag around a page; None what does not."""

    url: str | None = None
    title: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of a gold text: its mark (`p`, `h` or `l`) and its text on one line."""

    mark: str
    text: str


def read(folder: Path) -> Iterator[tuple[Page, Gold]]:
    """The pages of CleanEval that have gold, by id: the name of the file without its suffix."""
    return _read(folder, "cleaneval", None)


def read_portal(folder: Path) -> Iterator[tuple[Page, Gold]]:
    """The pages of CleanPortalEval, articles of four portals, by id."""
    return _read(folder, "cleanportaleval", "article")


def _read(folder: Path, name: str, kind: str | None) -> Iterator[tuple[Page, Gold]]:
    with whole_copy(folder, name):
        pages, golds = _folders(folder, name)
        files = [file for file in golds.glob("*.txt") if not file.name.startswith(".")]
        for file in sorted(files, key=lambda file: file.stem):
            page = (pages / f"{file.stem}.html").read_bytes()
            yield pair(file.stem, page, file.read_bytes(), kind)


def _folders(folder: Path, name: str) -> tuple[Path, Path]:
    for place in PLACES:
        for pages, golds in FOLDERS:
            if (folder / place / pages).is_dir() and (folder / place / golds).is_dir():
                return folder / place / pages, folder / place / golds
    folders = ", or ".join(f"{pages}/ and {golds}/" for pages, golds in FOLDERS)
    raise UserError(f"{folder} is not a whole copy of {name}: {folders} are missing")


def pair(page_id: str, page: bytes, gold: bytes, kind: str | None = None) -> tuple[Page, Gold]:
    """A page and its gold from the bytes of the two files. The address is the wrapper's, or else
    that of the gold's URL line."""
    bare, wrapper = unwrapped(page)
    url, found = segments(decoded(gold))
    url = wrapper.url or url
    return (
        Page(id=page_id, html=bare, url=url, kind=kind, site=host_of(url)),
        Gold(
            page_id=page_id,
            text="\n".join(segment.text for segment in found),
            markdown="\n\n".join(PREFIXES[one.mark] + _escaped(one.text) for one in found),
        ),
    )


def unwrapped(page: bytes) -> tuple[bytes, Wrapper]:
    """The page without the tags of its wrapper, and what the wrapper says. A page without a
    wrapper is given back as it is."""
    start = len(page) - len(page.removeprefix(b"\xef\xbb\xbf").lstrip())
    tag = _START.match(page, start) or _LOOSE_START.match(page, start)
    if not tag:
        return page, Wrapper()
    end = _END.search(page, max(tag.end(), page.rfind(b"</")))
    inside = page[tag.end() : end.start()] if end else page[tag.end() :]
    behind = page[end.start() :].partition(b">")[2] if end else b""
    said = {
        name.lower(): _resolved(value).strip() or None
        for name, value in _ATTRIBUTE.findall(decoded(tag[1]))
    }
    return (
        page[: tag.start()] + inside + behind,
        Wrapper(_address(said.get("id")), said.get("title"), said.get("encoding")),
    )


def is_marked(text: str) -> bool:
    """Whether a text has CleanEval's form: a line that begins with a mark, or a URL line first."""
    return bool(_MARKED_LINE.search(text) or _url_line(text))


def segments(text: str) -> tuple[str | None, list[Segment]]:
    """The address in the URL line, None where there is none, and the segments that have text.

    What follows an empty line without a mark of its own is a paragraph.
    """
    line = _url_line(text)
    url = _address(_resolved(line[1])) if line else None
    mark, at = "p", line.end() if line else 0
    found: list[Segment] = []
    for tag in [*_MARK.finditer(text, at), None]:
        for paragraph in _EMPTY_LINE.split(text[at : tag.start() if tag else len(text)]):
            if words := _resolved(paragraph).split():
                found.append(Segment(mark, " ".join(words)))
                mark = "p"
        if tag:
            mark, at = (tag[1] or "p").lower(), tag.end()
    return url, found


def _url_line(text: str) -> re.Match[str] | None:
    return _URL.match(text)


def _address(stated: str | None) -> str | None:
    """An address if it is one: what else stands in its place must not stop the reading."""
    try:
        return stated if stated and host_of(stated) else None
    except ValueError:
        return None


def _escaped(line: str) -> str:
    """A line of text so that Markdown has no markup in it."""
    line = _MARKUP.sub(lambda found: "\\" + "\\".join(found[0]), line)
    return _NUMBER.sub(r"\1\\", line)


def _resolved(text: str) -> str:
    """The text with its entities resolved, if Python can: it refuses numbers of 4,300 digits."""
    try:
        return html.unescape(text)
    except ValueError:
        return text
