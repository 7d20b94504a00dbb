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
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from resiliparse.parse.encoding import detect_encoding
from resiliparse.parse.html import HTMLTree, NodeType
from w3lib.encoding import read_bom, resolve_encoding, to_unicode

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
# What uchardet takes short texts for, and no page is written in.
_BROWSERS_TAKE = {"mac-cyrillic": "cp1251", "x-mac-cyrillic": "cp1251"}

_NO_DISPLAY = re.compile(r"display\s*:\s*none", re.IGNORECASE)


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
    document = HTMLTree.parse(decoded(html)).document
    for node, begins in _walk(document, hidden):
        if node.type == NodeType.TEXT:
            writer.text(node.value or "")
        elif begins:
            writer.begin(node.tag)
        else:
            writer.end(node.tag)
    writer.flush()
    return tuple(Block("", text) for text in writer.blocks)


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


def _walk(document: Any, hidden: bool) -> Iterator[tuple[Any, bool]]:
    """The visible text nodes, and the elements twice, where they begin and where they end. A loop,
    because recursion would fail on pages nested deeper than Python's stack."""
    node, depth = document, 0
    while True:
        kind = node.type
        if kind == NodeType.TEXT:
            yield node, True
        element = kind == NodeType.ELEMENT
        child = None
        if element and not _left_out(node, hidden):
            yield node, True
            child = node.first_child
            if child is None:
                yield node, False
        elif depth == 0:
            child = node.first_child
        if child is not None:
            node, depth = child, depth + 1
            continue
        while depth and node.next is None:
            node, depth = node.parent, depth - 1
            if depth:
                yield node, False
        if not depth:
            return
        node = node.next


def _left_out(element: Any, hidden: bool) -> bool:
    if hidden:
        return element.tag in _UNSEEN and element.tag != "noscript"
    if element.tag in _UNSEEN:
        return True
    style = element.getattr("style")
    return element.hasattr("hidden") or bool(style and _NO_DISPLAY.search(style))


@dataclass(slots=True)
class _Row:
    """A row of a table that is not finished: the numbers of the blocks with which it and its
    current cell began, and whether no cell had more than one block so far."""

    start: int
    cell: int
    data: bool = True


class _Writer:
    """Makes blocks of what begins and ends."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self._pieces: list[str] = []
        self._rows: list[_Row] = []
        self._preformatted = 0
        self._broken = False  # a line break was the last thing to be seen
        self._ended = False  # the end of an element was

    def text(self, text: str) -> None:
        self._pieces.append(text)
        self._ended = False
        self._broken = self._broken and (not text or text.isspace())

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
                self.blocks[row.start :] = [" ".join(self.blocks[row.start :])]
