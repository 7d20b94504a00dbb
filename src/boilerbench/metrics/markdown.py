"""The structure of a Markdown text: headings, list items, tables and blocks of code.

Read as CommonMark with pipe tables. Any text is Markdown: one without markup has no structure, and
none is refused. Of HTML inside Markdown only tables count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from boilerbench.metrics.teds import Node, tables_of

# Inline markup is parsed where it is needed only: most of a text is paragraphs, which say nothing.
_MARKDOWN = MarkdownIt("commonmark").enable("table").disable("inline")
_TABLE_TAG = re.compile(r"<(/?)table(?![\w-])[^>]*>?", re.IGNORECASE)
_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_NEWLINE = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: `level` from 1 to 6, and its text without inline markup."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list: `depth` is 1 in a list that is in no other. The text is without inline
    markup and without the lists inside the item."""

    depth: int
    ordered: bool
    text: str


@dataclass(frozen=True, slots=True)
class Structure:
    """What a Markdown text is made of besides paragraphs, each in the order of the text.

    Headings, items and blocks of code without a visible character are left out. `code` has the
    lines of each block, fenced or indented, without fence and indentation.
    """

    headings: tuple[Heading, ...] = ()
    items: tuple[Item, ...] = ()
    tables: tuple[Node, ...] = ()
    code: tuple[str, ...] = ()


@dataclass(slots=True)
class _Open:
    """A list item that is being read."""

    place: int
    depth: int
    ordered: bool
    texts: list[str] = field(default_factory=list)


@lru_cache(maxsize=4)
def structure(text: str) -> Structure:
    """The structure of a text. Takes time in proportion to its length."""
    environment: dict[str, object] = {}
    tokens = _MARKDOWN.parse(text, environment)
    headings: list[Heading] = []
    items: dict[int, Item] = {}
    tables: list[Node] = []
    code: list[str] = []
    lists: list[bool] = []
    reading: list[_Open] = []
    begun = read_to = 0
    html = _Html(text)
    place = 0
    while place < len(tokens):
        token = tokens[place]
        kind = token.type
        first = token.map[0] if token.map else read_to
        if token.nesting >= 0 and first < read_to and token.level == 0:
            # The inside of an HTML table that goes on over an empty line.
            place = _end(tokens, place)
        elif kind == "table_open":
            end = _end(tokens, place)
            tables += tables_of(_rendered(tokens[place : end + 1], environment))
            place = end
        elif kind == "html_block":
            piece, read_to = html.piece(token)
            tables += tables_of(piece) if _TABLE_TAG.search(piece) else ()
        elif kind in ("fence", "code_block"):
            code.append(token.content.rstrip("\n"))
        elif kind == "inline":
            words = _plain(_inline(token, environment))
            if tokens[place - 1].type == "heading_open":
                headings.append(Heading(int(tokens[place - 1].tag[1]), words))
            if reading:
                reading[-1].texts.append(words)
        elif kind in ("bullet_list_open", "ordered_list_open"):
            lists.append(kind == "ordered_list_open")
        elif kind in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif kind == "list_item_open":
            reading.append(_Open(begun, len(lists), lists[-1]))
            begun += 1
        elif kind == "list_item_close":
            done = reading.pop()
            items[done.place] = Item(done.depth, done.ordered, "\n".join(done.texts))
        place += 1
    return Structure(
        tuple(heading for heading in headings if heading.text.strip()),
        tuple(item for _, item in sorted(items.items()) if item.text.strip()),
        tuple(tables),
        tuple(block for block in code if block.strip()),
    )


class _Html:
    """The HTML tables of a source text, which may go on where Markdown lets HTML end: at an empty
    line."""

    def __init__(self, text: str) -> None:
        # As the parser counts lines.
        self.text = _NEWLINE.sub("\n", text)
        self.starts = [0, *(found.end() for found in re.finditer("\n", self.text))]
        self.ends = dict(_pairs(self.text)) if "<" in text else {}

    def piece(self, token: Token) -> tuple[str, int]:
        """A block of HTML, up to the end of its last table, and the number of the line there."""
        assert token.map is not None
        first, behind = token.map
        if token.level:  # in a quote or a list, whose markers stand in the source
            return token.content, behind
        start = self.starts[first]
        end = self.starts[behind] if behind < len(self.starts) else len(self.text)
        for tag in _TABLE_TAG.finditer(self.text, start, end):
            end = max(end, self.ends.get(tag.start(), 0))
        return self.text[start:end], first + self.text.count("\n", start, end - 1) + 1


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Where each table begins that is closed, and where it is."""
    begun: list[int] = []
    for tag in _TABLE_TAG.finditer(text):
        if not tag[1]:
            begun.append(tag.start())
        elif begun:
            yield begun.pop(), tag.end()


def _end(tokens: Sequence[Token], place: int) -> int:
    """The place of the token that closes the one at `place`: the same for one that opens none."""
    depth = 0
    while True:
        depth += tokens[place].nesting
        if depth <= 0:
            return place
        place += 1


def _inline(token: Token, environment: dict[str, object]) -> list[Token]:
    found: list[Token] = []
    _MARKDOWN.inline.parse(token.content, _MARKDOWN, environment, found)
    return found


def _rendered(tokens: Sequence[Token], environment: dict[str, object]) -> str:
    """The HTML of a pipe table."""
    for token in tokens:
        if token.type == "inline":
            token.children = _inline(token, environment)
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, environment))


def _plain(tokens: Sequence[Token]) -> str:
    """What a reader sees of inline Markdown."""
    pieces = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            pieces.append("\n")
        elif token.type == "html_inline":
            pieces.append("\n" if _BREAK.match(token.content) else "")
        elif token.type == "image":
            pieces.append(_plain(token.children or ()))
        else:
            pieces.append(token.content)
    return "".join(pieces)
