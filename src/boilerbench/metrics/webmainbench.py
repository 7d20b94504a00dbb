"""The fine-grained scores of WebMainBench: the similarity of one part of the Markdown at a time.

They mirror the public repository opendatalab/WebMainBench as of its splitters for code, formulas
and tables (2026), without the language model that it may ask to sort formulas from prices. What is
left out there, because neither side has the part, is NaN here: each score has a mean over other
pages. There, a page on which the extractor failed is left out too; here it is a failure. Its
`overall` is the mean of the five means.

The quirks, kept:

- `code` is what stands between triple backticks without its first and last line, and two or more
  lines behind an empty one that begin with four spaces or a tab, also inside a fence. A block with
  a line like a list item's, with a price or with the word million, billion or thousand is none.
  Behind such a block, the empty line that ends it does not begin another.
- `formula` is found between $$ and $$, then between \\[ and \\], between $ and $, and between \\(
  and \\), over any number of lines and outside of backticks; an amount in dollars begins one.
- `table` is compared by the text of the cells of the first HTML table or, if there is none, of all
  pipe tables as one, without empty cells.
- `text` is all of the Markdown, code, formulas and tables among it.
- `teds` is no tree edit distance. The trees are handed over as strings, and the library takes each
  for a single node. It is one less d by the number of nodes of the larger tree, where d is the
  Levenshtein distance of the two strings by the longer of them, or 1 where one has text and the
  other has none, or at most 2 where one is empty. So 0.9 is a low score. The rows of a `thead`,
  `tbody` or `tfoot` are missing in these trees, their cells are not.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from boilerbench.errors import UserError
from boilerbench.metrics.base import About, Columns, Floats, Metric, choice, divide
from boilerbench.types import Gold

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_FENCED = re.compile("```.*?```", re.DOTALL)
_BACKTICKS = re.compile("`[^`]*`")
_NO_CODE = re.compile(r"[-•*]\s|\d+\.\s|.*\$[\d,]|.*\b(?:million|billion|thousand)\b", re.I)
# What opens and what closes a formula, neither behind a backslash.
_FORMULAS = tuple(
    (re.compile(rf"(?<!\\){begin}"), re.compile(rf"(?<!\\){end}"))
    for begin, end in ((r"\$\$", r"\$\$"), (r"\\\[", r"\\\]"), (r"\$", r"\$"), (r"\\\(", r"\\\)"))
)
_RULE = re.compile(":?-{3,}:?")
_NO_ROW = re.compile(r"[\s|:-]+")
_SECTIONS = ("thead", "tbody", "tfoot")
_BRACKETS = str.maketrans("(),", "[];")

_DEEPEST = 400
"""Levels of a tree beyond which there is none: the original fails where recursion has its limit."""


def code_of(markdown: str) -> str:
    """The code of a Markdown text: blocks in backticks, then indented ones."""
    fenced = ("\n".join(block.split("\n")[1:-1]) for block in _FENCED.findall(markdown))
    blocks = [block for block in fenced if block]
    for lines in _indented(markdown.split("\n")):
        seen = [line for line in lines if line.strip()]
        if len(seen) > 1 and not any(_NO_CODE.match(line.strip()) for line in seen):
            blocks.append("\n".join(line[4 if line.startswith("    ") else 1 :] for line in seen))
    return "\n".join(blocks)


def _indented(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """Two or more indented lines in a row, behind an empty one that is not the first line."""
    empty = [not line.strip() for line in lines]
    empty[-1] = False  # No line break ends it.
    indented = [line.startswith(("    ", "\t")) for line in lines]
    place = 1
    while place < len(lines):
        if not empty[place]:
            place += 1
            continue
        last = place
        while empty[last + 1]:
            last += 1
        # Empty lines may be indented too, and then be part of the block that they precede.
        begins = (n for n in range(last, place - 1, -1) if indented[n + 1 : n + 3] == [True, True])
        before = next(begins, None)
        if before is None:
            place = last + 1
            continue
        end = before + 1
        while end < len(lines) and indented[end]:
            end += 1
        yield lines[before + 1 : end]
        # The line break behind the block belongs to it if an empty line follows, which is then the
        # end of this block only.
        place = end + 1 if end < len(lines) and not lines[end] else end


def formulas_of(markdown: str) -> str:
    """The formulas of a Markdown text, without what marks them."""
    text = _without_code(markdown)
    found = (formula.strip() for ends in _FORMULAS for formula in _between(text, *ends))
    return "\n".join(formula for formula in found if formula)


def _between(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> Iterator[str]:
    place = 0
    # Two searches, since one pattern for both would take quadratic time where nothing closes.
    while (opened := begin.search(text, place)) and (closed := end.search(text, opened.end())):
        yield text[opened.end() : closed.start()]
        place = closed.end()


def _without_code(markdown: str) -> str:
    return _BACKTICKS.sub("", _FENCED.sub("", markdown))


def table_of(markdown: str) -> Tag | None:
    """The first HTML table of a Markdown text, else all its pipe tables as one, else None. Raises
    `UserError` where beautifulsoup4 is missing."""
    tables = [*_html_tables(_without_code(markdown)), *_pipe_tables(markdown.split("\n"))]
    raw = "\n".join(tables)
    if not raw.strip():
        return None
    return _soup(raw if "<table" in raw.lower() else _as_html(raw)).find("table")


def _html_tables(text: str) -> list[str]:
    if "<table" not in text.lower():
        return []
    inside = ["td", "tr", "tbody", "table"]
    found = _soup(text).find_all("table")
    return [str(table) for table in found if table.find_parent(inside) is None]


def _pipe_tables(lines: Sequence[str]) -> Iterator[str]:
    """Lines with pipes in a row, the second of which has nothing but dashes between them."""
    rows: list[str] = []
    for line in (*lines, ""):
        if "|" in line:
            rows.append(line)
            continue
        cells = (cell.strip() for cell in rows[1].split("|")) if len(rows) > 1 else ("x",)
        if all(not cell or _RULE.fullmatch(cell) for cell in cells):
            yield "\n".join(rows)
        rows = []


def _as_html(pipes: str) -> str:
    lines = (line.strip() for line in pipes.split("\n"))
    rows = [line for line in lines if "|" in line and not _NO_ROW.fullmatch(line)]
    html = []
    for number, row in enumerate(rows):
        tag = "td" if number else "th"
        cells = [cell.strip() for cell in row.split("|") if cell.strip()]
        html.append("".join(f"<{tag}>{cell}</{tag}>" for cell in cells))
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in html if row) + "</table>"


def _soup(html: str) -> BeautifulSoup:
    try:
        from bs4 import BeautifulSoup
    except ImportError:
        raise UserError(
            "WebMainBench's tables need the package beautifulsoup4",
            "pip install 'boilerbench[webmainbench]'",
        ) from None
    with warnings.catch_warnings():  # It warns of a text that looks like XML.
        warnings.simplefilter("ignore")
        return BeautifulSoup(html, "html.parser")


def table_text(markdown: str) -> str:
    """The cells of the table: a line per row, a space between two cells."""
    table = table_of(markdown)
    rows = [] if table is None else table.find_all("tr")
    texts = (" ".join(_text(cell) for cell in row.find_all(["th", "td"])) for row in rows)
    return "\n".join(text for text in texts if text)


def _text(element: Tag) -> str:
    return element.get_text(strip=True)


class Label(NamedTuple):
    """A tree as the string that stands for it, and the number of its nodes."""

    written: str
    size: int


def label_of(table: Tag | None) -> Label | None:
    """A table as name:text(child,child), and so on in each child. None for none."""
    if table is None:
        return None
    elements = [table, *table.find_all(True)]
    depths = {id(table.parent): 0}
    labels: dict[int, Label] = {}
    children: dict[int, list[Tag]] = {}
    for element in elements:
        depths[id(element)] = depths[id(element.parent)] + 1
        children[id(element)] = []
        if element is not table:
            children[id(element.parent)].append(element)
    if max(depths.values()) > _DEEPEST:
        return None
    for element in reversed(elements):  # The inner ones first.
        inner = children[id(element)]
        if element.name in _SECTIONS:
            inner = children[id(element)] = [one for row in inner for one in children[id(row)]]
        text = _text(element).translate(_BRACKETS)
        written = f"{element.name}:{text}" if text else element.name
        if inner:
            written += "(" + ",".join(labels[id(one)].written for one in inner) + ")"
        labels[id(element)] = Label(written, 1 + sum(labels[id(one)].size for one in inner))
    return labels[id(table)]


def distance(one: str, other: str) -> float:
    """What it costs to turn one label into another, or to delete it and to insert the other."""
    (name, _, text), (other_name, _, other_text) = one.partition(":"), other.partition(":")
    if name != other_name:
        return 1.0
    if text and other_text:
        return Levenshtein.normalized_distance(text, other_text)
    return min(2.0, len(text) + len(other_text))  # Not normalised where one is empty.


_PARTS: Mapping[str, Callable[[str], str]] = {
    "text": str,
    "code": code_of,
    "formula": formulas_of,
    "table": table_text,
    "teds": table_text,
}


class Side(NamedTuple):
    """One side of a comparison: the part's text, and for `teds` the tree."""

    text: str
    tree: Label | None


@dataclass(frozen=True, kw_only=True)
class Part(Metric[Side]):
    """Similarity of one `part` of the Markdown: `text`, `code`, `formula`, `table`, by characters,
    or `teds`, which is what WebMainBench has under that name. It knows no precision or recall: all
    three figures are the similarity. The gold is its Markdown or, if there is none, its text."""

    part: str = choice("text", *_PARTS)

    family: ClassVar[str] = "webmainbench-part"
    counted: ClassVar[tuple[str, ...]] = ("edits", "longer")
    needs: ClassVar[str] = "markdown"

    def prepare(self, gold: Gold) -> Side:
        """The part of the gold."""
        return self._side(gold.markdown or gold.text)

    def counts(self, prepared: Side, text: str) -> dict[str, float]:
        """`edits`, and `longer`, the length by which they are divided: in characters, for `teds` in
        nodes; both 0 where neither side has the part."""
        found = self._side(text)
        if not prepared.text and not found.text:
            return {"edits": 0, "longer": 0}
        if self.part != "teds":
            edits = Levenshtein.distance(prepared.text, found.text)
            return {"edits": edits, "longer": max(len(prepared.text), len(found.text))}
        if prepared.tree is None or found.tree is None:
            return {"edits": 1, "longer": 1}
        size = max(prepared.tree.size, found.tree.size)
        return {
            "edits": min(size, distance(prepared.tree.written, found.tree.written)),
            "longer": size,
        }

    def ratios(self, counts: Columns) -> dict[str, Floats]:
        """The similarity, three times; NaN where neither side has the part."""
        similarity = 1.0 - divide(counts["edits"], counts["longer"], math.nan)
        return {"precision": similarity, "recall": similarity, "f1": similarity}

    def pages(self, counts: Columns, failed: NDArray[np.bool_] | None = None) -> dict[str, Floats]:
        """The figures of each page. One without the part says nothing even if the extractor failed
        there."""
        figures = super().pages(counts, failed)
        silent = counts["longer"] == 0
        return {name: np.where(silent, math.nan, values) for name, values in figures.items()}

    def _side(self, markdown: str) -> Side:
        tree = label_of(table_of(markdown)) if self.part == "teds" else None
        return Side(_PARTS[self.part](markdown), tree)


PART = Part(
    about=About(
        "webmainbench-part",
        "One part of the Markdown: webmainbench-part[part=code] and so on, by edits.",
        "github.com/opendatalab/WebMainBench",
    )
)
