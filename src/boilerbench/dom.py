"""A page as its blocks of visible text, from one parse: what block-level figures are counted in.

A block is what an annotator marks at once: a paragraph, a heading, a list item, a row of a table
of data, a piece of preformatted text. It ends where a block-level element begins or ends, at a
rule, and at two line breaks in a row, with which old pages and forums part their paragraphs.

The parser is lexbor, by resiliparse. It builds the tree that the HTML standard prescribes, as
browsers do, however deep; libxml2, the other parser at hand, drops without a word what stands
below the 2,048th level, and repairs broken mark-up in its own way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from resiliparse.parse.encoding import detect_encoding
from w3lib.encoding import read_bom, resolve_encoding, to_unicode

from boilerbench.markup import EMPTY, Tag, attributes_of, tags, unescaped
from boilerbench.places import (
    HIDDEN,
    MAIN,
    believable,
    in_row,
    place_by_element,
    place_by_names,
    within,
)
from boilerbench.types import Block

# What the rendering section of the HTML standard displays as blocks, cells of tables apart.
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li"
    " main menu nav ol optgroup option p search section summary table tbody tfoot thead tr"
    " ul".split()
)
_PREFORMATTED = frozenset(("pre", "listing", "plaintext", "xmp"))
_CELLS = frozenset(("td", "th"))

# They stand within a line, but what stands in them is no part of the word beside them.
_APART = frozenset("button img input label select svg textarea".split())

# What a browser with scripts on does not paint: its style sheet hides it, it is no text, or it
# stands in for something that a browser can show.
_UNSEEN = frozenset(
    "annotation annotation-xml audio canvas datalist desc head iframe noembed noframes noscript"
    " rp script style template title video".split()
)
# Whose headers are not the page's.
_SECTIONS = frozenset("article aside main nav section".split())
# What uchardet takes short texts for, and no page is written in.
_BROWSERS_TAKE = {"mac-cyrillic": "cp1251", "x-mac-cyrillic": "cp1251"}

_NO_DISPLAY = re.compile(r"display\s*:\s*none", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block of a page, and where it stands there: one of `boilerbench.places.PLACES`."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page by its `tags`, as the parser writes them, and its `blocks`. `numbers` says, by the
    number of a tag, the number of the block that the text after it belongs to; it has none that is
    nothing but white space. All numbers are from 0, in document order."""

    tags: Sequence[Tag]
    blocks: tuple[PlacedBlock, ...]
    numbers: Mapping[int, int]


def blocks(html: bytes, *, hidden: bool = False) -> tuple[Block, ...]:
    """The blocks of a page's visible text, in document order; their kind is empty, as nobody has
    labelled them.

    Runs of white space count as one space, except in preformatted text, which is one block. The
    cells of a row are one block, separated by a space, unless one of them holds several blocks or
    another table: then the table is there for its layout, and each block stands for itself.
    Elements that carry `hidden` or `display:none` are left out, as is what stands in scripts,
    style sheets, `<noscript>`, `<template>` and the head. Style sheets are not read: what only a
    class hides counts as visible. As the parser runs no scripts, text of a `<noscript>` that does
    not fit into its place (a paragraph within a paragraph) falls out of it and is kept.

    With `hidden`, what `hidden`, a style or a `<noscript>` keeps from sight is there too:
    extractors read it.

    Takes time in proportion to the page, a few microseconds for each of its nodes. Never raises.
    """
    writer = _Writer()
    for tag, begins, _, text, _ in _walk(tags(decoded(html)), hidden):
        if begins:
            writer.begin(tag)
        elif tag:
            writer.end(tag)
        else:
            writer.text(text)
    writer.flush()
    return tuple(Block("", text) for text in writer.blocks)


def placed_page(html: bytes) -> PlacedPage:
    """The blocks of `blocks(html, hidden=True)`, each with its place, which is that of most of its
    characters.

    An element says it by the names of its classes and its id, else by its role or its tag; `body`
    and what stands around it say nothing. The innermost one decides, but all that is hidden, a
    comment or code is so to its last word, and headings, lists, forms and asides of what stands
    around the main text belong to that. A name says nothing on what holds more than half of the
    page's text. Never raises.
    """
    writer = _Writer()
    regions = _Regions()
    written = tags(decoded(html))
    for tag, begins, attributes, text, number in _walk(written, hidden=True):
        if begins:
            regions.begin(tag, attributes)
            writer.begin(tag)
        elif tag:
            writer.end(tag)
            regions.end()
        elif text.isspace():
            writer.text(text)
        else:
            writer.text(text, (number, *regions.text(text)))
    writer.flush()
    blocks = tuple(
        PlacedBlock(text, regions.place(sources, row))
        for text, sources, row in zip(writer.blocks, writer.sources, writer.merged, strict=True)
    )
    numbers = {tag: block for block, of in enumerate(writer.sources) for tag, _, _ in of}
    return PlacedPage(written, blocks, numbers)


def placed_blocks(html: bytes) -> tuple[PlacedBlock, ...]:
    """The blocks of `placed_page`."""
    return placed_page(html).blocks


def decoded(html: bytes) -> str:
    """The page as text. What is valid UTF-8 is nearly always meant so, even where the page says
    otherwise or nothing; ISO-2022-JP, which shows by its escape characters, is not. Everything
    else is what a byte order mark or the page declares, or what uchardet takes it for, as it is for
    the extractors that take text only. Bytes that mean nothing in it become U+FFFD."""
    if b"\x1b" not in html:
        try:
            return html.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    encoding, mark = read_bom(html)
    if encoding is not None and mark is not None:
        return str(to_unicode(html[len(mark) :], encoding))
    # Confined to the names of the HTML standard, it answers UTF-8 for what has none there; what a
    # page declares is confined to them all the same.
    found = detect_encoding(html, html5_compatible=False, from_html_meta=True)
    name = str(found or "").lower()
    if name.startswith(("utf-16", "utf-32")):
        name = "utf-8"  # the declaration could not have been read, were it so
    return str(to_unicode(html, resolve_encoding(_BROWSERS_TAKE.get(name, name)) or "cp1252"))


def _walk(written: Sequence[Tag], hidden: bool) -> Iterator[tuple[str, bool, str, str, int]]:
    """The elements and the visible texts of a page, in order: `(tag, True, attributes, "", number)`
    where an element begins, `(tag, False, "", "", number)` where it ends, and `("", False, "",
    text, number)`; numbers are of what the parser wrote."""
    within: list[str] = []
    skipped, depth = "", 0
    for number, (raw, end, name, attributes, text) in enumerate(written):
        name = raw or name
        if skipped:
            if name == skipped:
                depth += -1 if end else 1
                if depth:
                    continue
                skipped = ""
            else:
                continue
        elif end:
            if within and within[-1] == name:
                within.pop()
                yield name.lower(), False, "", "", number
        elif name:
            tag = name.lower()
            if _left_out(tag, attributes, hidden):
                if tag not in EMPTY:
                    skipped, depth = name, 1
                    continue
            else:
                yield tag, True, attributes, "", number
                if tag in EMPTY:
                    yield tag, False, "", "", number
                else:
                    within.append(name)
        if text:
            yield "", False, "", text if raw else unescaped(text), number


@lru_cache(maxsize=1 << 8)
def _left_out(tag: str, attributes: str, hidden: bool) -> bool:
    if hidden:
        return tag in _UNSEEN and tag != "noscript"
    if tag in _UNSEEN:
        return True
    said = attributes_of(attributes)
    return "hidden" in said or bool(_NO_DISPLAY.search(said.get("style", "")))


@dataclass(slots=True)
class _Row:
    """A row of a table that is not finished: the numbers of the blocks with which it and its
    current cell began, and whether no cell had more than one block so far."""

    start: int
    cell: int
    data: bool = True


@dataclass(slots=True)
class _Region:
    """An element that may say where its text stands. It is the `begin`-th to the `end`-th character
    of the page's text."""

    place: str
    parent: _Region | None
    named: bool
    begin: int
    end: int = 0
    resolved: str | None = None


class _Regions:
    """Which regions a text stands in, from the innermost out."""

    def __init__(self) -> None:
        self._open: list[tuple[_Region | None, bool]] = [(None, False)]
        self._size = 0

    def text(self, text: str) -> tuple[_Region | None, int]:
        """Where a text stands that comes next, and how many characters it counts."""
        size = len("".join(text.split()))
        self._size += size
        return self._open[-1][0], size

    def begin(self, tag: str, attributes: str) -> None:
        region, sectioned = self._open[-1]
        place, named = _place(tag, attributes, sectioned)
        if place is not None:
            region = _Region(place, region, named, self._size)
        self._open.append((region, sectioned or tag in _SECTIONS))

    def end(self) -> None:
        region, _ = self._open.pop()
        if region is not None and region is not self._open[-1][0]:
            region.end = self._size

    def place(self, sources: list[tuple[int, _Region | None, int]], row: bool) -> str:
        """The place where most of the characters stand."""
        sizes: dict[str, int] = {}
        for _, region, size in sources:
            place = self._resolved(region)
            sizes[place] = sizes.get(place, 0) + size
        place = max(sizes, key=sizes.__getitem__)
        return in_row(place) if row else place

    def _resolved(self, region: _Region | None) -> str:
        chain = []
        while region is not None and region.resolved is None:
            chain.append(region)
            region = region.parent
        place = MAIN if region is None or region.resolved is None else region.resolved
        for inner in reversed(chain):
            if not inner.named or believable(inner.place, inner.end - inner.begin, self._size):
                place = within(place, inner.place)
            inner.resolved = place
        return place


@lru_cache(maxsize=1 << 8)
def _place(tag: str, attributes: str, sectioned: bool) -> tuple[str | None, bool]:
    """What an element says of the place of its text, and whether by something that may mean the
    page as a whole: by a name, or as a form."""
    if tag == "body" or tag == "html":
        return None, False
    if _left_out(tag, attributes, hidden=False):
        return HIDDEN, False
    said = attributes_of(attributes)
    names = " ".join(filter(None, (said.get("class"), said.get("id"))))
    if names and tag != "main":
        place = place_by_names(names)
        if place is not None:
            return place, True
    place = place_by_element(tag, said.get("role"), names, sectioned)
    return place, place == "form" or tag == "header"


class _Writer:
    """Makes blocks of what begins and ends. `sources` are what was given with the text of each
    block, `merged` says of each whether it is a row of a table of data."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.sources: list[list[Any]] = []
        self.merged: list[bool] = []
        self._given: list[Any] = []
        self._pieces: list[str] = []
        self._rows: list[_Row] = []
        self._preformatted = 0
        self._broken = False  # a line break was the last thing to be seen
        self._ended = False  # the end of an element was

    def text(self, text: str, source: Any = None) -> None:
        self._pieces.append(text)
        self._ended = False
        if text and not text.isspace():
            self._given.append(source)
            self._broken = False

    def begin(self, tag: str) -> None:
        if tag == "br":
            self._break()
        elif self._preformatted:
            self._boundary_in_preformatted(tag)
        elif tag in _BLOCKS or tag in _CELLS or tag in _PREFORMATTED:
            self.flush()
        elif tag in _APART or self._ended:
            self._pieces.append(" ")
        self._ended = False
        if tag in _PREFORMATTED:
            self._preformatted += 1
        elif not self._preformatted:
            self._begin_row(tag)

    def end(self, tag: str) -> None:
        self._ended = True
        if tag in _PREFORMATTED:
            if self._preformatted == 1:
                self.flush()
            self._preformatted -= 1
        elif self._preformatted:
            self._boundary_in_preformatted(tag)
        elif tag in _BLOCKS or tag in _CELLS:
            self.flush()
            self._end_row(tag)
        elif tag in _APART:
            self._pieces.append(" ")

    def flush(self) -> None:
        """End the block that is being written, if it has any text."""
        text = "".join(self._pieces)
        text = text.strip("\r\n") if self._preformatted else " ".join(text.split())
        if text and not text.isspace():
            self.blocks.append(text)
            self.sources.append(self._given)
            self.merged.append(False)
            self._given = []
        self._pieces.clear()
        self._broken = False

    def _break(self) -> None:
        if self._broken and not self._preformatted:
            self.flush()
        else:
            self._pieces.append("\n")
            self._broken = True

    def _boundary_in_preformatted(self, tag: str) -> None:
        """Lines of code are elements on some pages: each is a line, and all are one block."""
        if tag in _CELLS or tag in _APART:
            self._pieces.append(" ")
        elif tag in _BLOCKS and self._pieces and not self._pieces[-1].endswith("\n"):
            self._pieces.append("\n")

    def _begin_row(self, tag: str) -> None:
        if tag == "tr":
            if self._rows:
                self._rows[-1].data = False
            self._rows.append(_Row(len(self.blocks), len(self.blocks)))
        elif tag in _CELLS and self._rows:
            self._rows[-1].cell = len(self.blocks)

    def _end_row(self, tag: str) -> None:
        if tag in _CELLS and self._rows:
            if len(self.blocks) - self._rows[-1].cell > 1:
                self._rows[-1].data = False
        elif tag == "tr" and self._rows:
            row = self._rows.pop()
            if row.data and len(self.blocks) > row.start:
                several = len(self.blocks) > row.start + 1
                self.blocks[row.start :] = [" ".join(self.blocks[row.start :])]
                self.sources[row.start :] = [list(chain(*self.sources[row.start :]))]
                self.merged[row.start :] = [several]
