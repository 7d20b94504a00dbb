"""How much of the structure of a page comes through: its headings, lists, tables and code.

The gold must have Markdown. The text is read as Markdown: what an extractor writes as plain text
has no structure. A page that has none of a thing on either side says nothing of it, also where the
extractor failed; which pages these are differs between extractors, so the figures are by default
those of all pages' things together (`avg=micro`), which needs no such choice. Of a page whose gold
has text but no Markdown nobody knows the structure: it says nothing either.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist
from scipy.optimize import linear_sum_assignment

from boilerbench.metrics.base import AVERAGES, About, Columns, Floats, Metric, choice, divide
from boilerbench.metrics.markdown import Structure, structure
from boilerbench.metrics.teds import Node, spaced, teds
from boilerbench.text import fold
from boilerbench.types import Gold, Score

Thing = TypeVar("Thing")

MOST_WORK = 4_000_000
"""Pairs of nodes up to which tables are compared by TEDS: some seconds."""

_PER_PAIR = 2_000  # what comparing two tables costs besides their nodes, in pairs of nodes


@dataclass(frozen=True, kw_only=True)
class _Kept(Metric[Sequence[Thing] | None], Generic[Thing]):
    """Counts the things of one sort that the gold and the text have, and how many of them match."""

    avg: str = choice("micro", *AVERAGES)

    counted: ClassVar[tuple[str, ...]] = ("matched", "gold", "text")
    won: ClassVar[tuple[str, ...]] = ("matched",)
    needs: ClassVar[str] = "markdown"

    @abstractmethod
    def things(self, found: Structure) -> Sequence[Thing]:
        """What is counted, of a text's structure."""

    @abstractmethod
    def matches(self, gold: Sequence[Thing], text: Sequence[Thing]) -> float:
        """How many of the gold's and the text's things match, or to what degree."""

    def prepare(self, gold: Gold) -> Sequence[Thing] | None:
        """The gold's things; None where its structure is unknown."""
        if gold.text and not gold.markdown:
            return None
        return self.things(structure(gold.markdown))

    def counts(self, prepared: Sequence[Thing] | None, text: str) -> dict[str, float]:
        """`matched`; `gold` and `text`, how many there are."""
        if prepared is None:
            return {"matched": 0, "gold": 0, "text": 0}
        found = self.things(structure(text))
        matched = self.matches(prepared, found) if prepared and found else 0
        return {"matched": matched, "gold": len(prepared), "text": len(found)}

    def ratios(self, counts: Columns) -> dict[str, Floats]:
        """`precision`, `recall`, `f1`: NaN where neither side has any, 0 where only one has."""
        matched, gold, text = (counts[name] for name in self.counted)
        said = np.where(gold + text == 0, math.nan, 1.0)
        return {
            "precision": said * divide(matched, text, 0.0),
            "recall": said * divide(matched, gold, 0.0),
            "f1": said * divide(2 * matched, gold + text, 0.0),
        }

    def pages(self, counts: Columns, failed: NDArray[np.bool_] | None = None) -> dict[str, Floats]:
        """The figures of each page. One with nothing on either side says nothing even if the
        extractor failed there: it lost no such thing."""
        silent = counts["gold"] + counts["text"] == 0
        figures = super().pages(counts, failed)
        return {name: np.where(silent, math.nan, values) for name, values in figures.items()}

    def score(self, gold: str | Gold, text: str) -> Score:
        """The score of one text; a gold that is a string is Markdown."""
        return super().score(Gold("", gold, markdown=gold) if isinstance(gold, str) else gold, text)


@dataclass(frozen=True, kw_only=True)
class _Same(_Kept[Hashable]):
    """Things that match if they are equal; each counts as often as it occurs."""

    def matches(self, gold: Sequence[Hashable], text: Sequence[Hashable]) -> float:
        """How many the two sides share."""
        return (Counter(gold) & Counter(text)).total()


@dataclass(frozen=True, kw_only=True)
class Headings(_Same):
    """Headings with equal text, case-folded and with white space normalised. `level` says whether
    a second-level heading must be one on both sides (`same`) or may be any (`any`)."""

    level: str = choice("same", "same", "any")

    family: ClassVar[str] = "headings"

    def things(self, found: Structure) -> Sequence[Hashable]:
        """The headings as level and text."""
        same = self.level == "same"
        return [(same and heading.level, _normal(heading.text)) for heading in found.headings]


@dataclass(frozen=True, kw_only=True)
class Lists(_Same):
    """List items with equal text, case-folded and with white space normalised. `depth` and
    `ordered` say whether items must also agree in how deep their lists are nested, and in whether
    they are numbered (`same`), or need not (`any`)."""

    depth: str = choice("same", "same", "any")
    ordered: str = choice("same", "same", "any")

    family: ClassVar[str] = "lists"

    def things(self, found: Structure) -> Sequence[Hashable]:
        """The items as depth, order and text."""
        depth, ordered = self.depth == "same", self.ordered == "same"
        return [
            (depth and item.depth, ordered and item.ordered, _normal(item.text))
            for item in found.items
        ]


@dataclass(frozen=True, kw_only=True)
class _Alike(_Kept[Thing]):
    """Things that match to a degree: each of the gold with one of the text at most, so that the
    sum of the similarities is the largest there is."""

    @abstractmethod
    def similarity(self, one: Sequence[Thing], other: Sequence[Thing]) -> Floats:
        """How alike any two are, from 0 to 1: an array of shape (one, other)."""

    def matches(self, gold: Sequence[Thing], text: Sequence[Thing]) -> float:
        """The sum of the similarities."""
        matrix = self.similarity(gold, text)
        return float(matrix[linear_sum_assignment(matrix, maximize=True)].sum())


@dataclass(frozen=True, kw_only=True)
class Code(_Alike[str]):
    """Blocks of code, alike by one less the edits of characters by the longer length."""

    family: ClassVar[str] = "code"

    def things(self, found: Structure) -> Sequence[str]:
        """The blocks."""
        return found.code

    def similarity(self, one: Sequence[str], other: Sequence[str]) -> Floats:
        """Levenshtein similarities."""
        return cdist(one, other, scorer=Levenshtein.normalized_similarity, dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class Tables(_Alike[Node]):
    """Tables, alike by TEDS, or 0 where that is below. `structure_only` leaves out what is in the
    cells (S-TEDS); `space` says whether a run of white space in a cell counts as one space (`one`)
    or as it is (`keep`), as in the published code.

    TEDS takes time and memory by the product of the sizes. Where a page's tables would take too
    much (4,000,000 pairs of nodes, where a pair of tables costs as much as 2,000), each counts as
    the sequence of its nodes, and two are alike by the Levenshtein similarity of these sequences: a
    node is then the same or another one, and nesting does not count.
    """

    structure_only: bool = False
    space: str = choice("one", "one", "keep")

    family: ClassVar[str] = "tables"

    def things(self, found: Structure) -> Sequence[Node]:
        """The tables."""
        return found.tables if self.space == "keep" else tuple(map(spaced, found.tables))

    def similarity(self, one: Sequence[Node], other: Sequence[Node]) -> Floats:
        """TEDS, or the similarity of the sequences of nodes where it would take too long."""
        sizes = [sum(table.size for table in tables) for tables in (one, other)]
        if sizes[0] * sizes[1] + _PER_PAIR * len(one) * len(other) > MOST_WORK:
            numbers: dict[Hashable, int] = {}
            flat = [
                [[numbers.setdefault(n, len(numbers)) for n in self._nodes(table)] for table in t]
                for t in (one, other)
            ]
            return cdist(*flat, scorer=Levenshtein.normalized_similarity, dtype=np.float64)
        rows = [
            [max(0.0, teds(a, b, structure_only=self.structure_only)) for b in other] for a in one
        ]
        return np.array(rows)

    def _nodes(self, table: Node) -> list[Hashable]:
        """A table's nodes in the order in which they begin, without what is below them."""
        nodes: list[Hashable] = []
        left = [table]
        while left:
            node = left.pop()
            content = () if self.structure_only else node.content
            nodes.append((node.tag, node.colspan, node.rowspan, content))
            left += reversed(node.children)
        return nodes


def _normal(text: str) -> str:
    return " ".join(fold(text).split())


HEADINGS = Headings(
    about=About(
        "headings",
        "Headings that come through with their level and text.",
        "boilerbench; CommonMark",
    )
)

LISTS = Lists(
    about=About(
        "lists",
        "List items that come through with their text, nesting and numbering.",
        "boilerbench; CommonMark",
    )
)

TABLES = Tables(
    about=About(
        "tables",
        "Tables, each with the one it is most like by tree edit distance (TEDS).",
        "Zhong, ShafieiBavani, Jimeno Yepes 2020 (TEDS)",
    )
)

CODE = Code(
    about=About(
        "code",
        "Blocks of code, each with the one it is most like by edits of characters.",
        "boilerbench; Levenshtein 1966",
    )
)
