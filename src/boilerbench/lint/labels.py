"""Labels that leak: marks in a page's HTML that give the gold away.

Two tests. Annotation tools leave marks of known names behind. And any other mark (an attribute, an
attribute with its value, a class) is a leak if it tells gold from the rest on nearly all pages of a
corpus, whatever site they are from: no ordinary mark-up does, as sites agree on none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from resiliparse.parse.html import HTMLTree, NodeType

from boilerbench.lint.finding import Finding
from boilerbench.lint.views import GoldView, PageView
from boilerbench.text import fold

# WebMainBench's tool, L3S-GN1, BoilerNet, and names that mean nothing else.
_TOOLS = re.compile(
    rb"""(?<=[\s"'<])(?:cc-select|data-anno-uid|cc-extraStyle|mark-selected|marked-t(?:ail|ext)"""
    rb"""|x-nc-sel[0-5]|__boilernet_label|data-(?:gold|ground-?truth|boilerplate))(?=[\s"'=/>])""",
    re.IGNORECASE,
)

LOOKED_AT = 60
"""Pages of a corpus, at most, on which marks are learnt."""
FEWEST_PAGES, FEWEST_SITES = 10, 5
"""What must be looked at for a mark to mean anything."""
PURE = 0.95
"""Share of the gold's characters that a mark has and the rest has not, or the reverse."""
NEARLY_ALL = 0.9
"""Share of the pages on which a leaked mark does so."""

_NO_TEXT = frozenset(("noscript", "script", "style", "template", "title"))
_LETTERS = 20
"""Characters of the shortest text node that is told to be gold or not."""
_MIXED = 0.1
"""Share of a page's text that gold and the rest must have at least: a page of gold alone says
nothing."""
_VALUE = 20
"""Characters of the longest value of an attribute that may be a label."""


def tool_marks(page: PageView) -> Iterator[Finding]:
    """Marks of annotation tools in the page's source."""
    found = Counter(mark.decode().lower() for mark in _TOOLS.findall(page.page.html))
    if found:
        mark, count = found.most_common(1)[0]
        yield Finding("leaked-label", f"{mark}, {count} times", count)


class Marks:
    """Learns the marks of a corpus of `pages` pages: `see` each page, then ask for the `leaks`."""

    def __init__(self, pages: int) -> None:
        self._step = -(-pages // LOOKED_AT)
        self._seen = 0
        self._sites: set[str] = set()
        self._pages = 0
        self._separating: Counter[str] = Counter()

    def see(self, page: PageView, gold: GoldView) -> None:
        """Look at the page, if it is one of those that are looked at."""
        self._seen += 1
        if self._seen % self._step == 0 and gold.tokens:
            separating = _separating(page, gold)
            if separating is not None:
                self._pages += 1
                self._sites.add(page.page.site or page.page.id)
                self._separating.update(separating)

    def leaks(self) -> list[str]:
        """The marks that tell gold from the rest on nearly all pages: `name`, `name=value`,
        `.class`."""
        if self._pages < FEWEST_PAGES or len(self._sites) < FEWEST_SITES:
            return []
        needed = NEARLY_ALL * self._pages
        return sorted(mark for mark, pages in self._separating.items() if pages >= needed)


def carries(page: bytes, leaks: list[str]) -> Iterator[Finding]:
    """The page as one that carries such marks, if it does."""
    there = [mark for mark in leaks if mark.lstrip(".").partition("=")[0].encode() in page]
    if there:
        detail = f"{there[0]} tells gold from the rest on the pages of this corpus"
        yield Finding("leaked-label", detail)


def _separating(page: PageView, gold: GoldView) -> set[str] | None:
    """The marks that tell gold from the rest on this page; None where there is too little of
    either to tell."""
    counted = _counted(HTMLTree.parse(page.source).document, "".join(gold.text.split()))
    rest, golden = counted.total
    if min(rest, golden) < _MIXED * (rest + golden) or not rest + golden:
        return None
    return {
        mark
        for mark, (of_rest, of_gold) in counted.marked.items()
        if _differ(of_gold / golden, of_rest / rest)
    }


class _Letters:
    """Letters of the rest and of gold: the `total` so far, and by mark those in its elements.

    A mark's are what the total grew by from the beginning to the end of its outermost element: to
    add each text to all marks around it would be quadratic on a deeply nested page.
    """

    def __init__(self) -> None:
        self.total = (0, 0)
        self.marked: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
        self._depth: Counter[str] = Counter()
        self._before: dict[str, tuple[int, int]] = {}

    def text(self, letters: int, is_gold: bool) -> None:
        """A text node."""
        rest, gold = self.total
        self.total = (rest, gold + letters) if is_gold else (rest + letters, gold)

    def begin(self, marks: Iterable[str]) -> None:
        """An element of these marks begins."""
        for mark in marks:
            self._depth[mark] += 1
            if self._depth[mark] == 1:
                self._before[mark] = self.total

    def end(self, marks: Iterable[str]) -> None:
        """The last element that began and has not ended, which has these marks, ends."""
        for mark in marks:
            self._depth[mark] -= 1
            if not self._depth[mark]:
                (rest, gold), (rest_before, gold_before) = self.total, self._before[mark]
                of_rest, of_gold = self.marked[mark]
                self.marked[mark] = of_rest + rest - rest_before, of_gold + gold - gold_before


def _counted(document: Any, wanted: str) -> _Letters:
    """The letters of a page's text nodes, of which those that stand in `wanted` are gold. A loop,
    because recursion would fail on pages nested deeper than Python's stack."""
    letters = _Letters()
    stack: list[tuple[Any, set[str]]] = [(document, set())]
    while stack:
        node, ended = stack.pop()
        if node is None:
            letters.end(ended)
        elif node.type == NodeType.TEXT:
            text = "".join(fold(node.value or "").split())
            if len(text) >= _LETTERS:
                letters.text(len(text), text in wanted)
        elif node.type != NodeType.ELEMENT or node.tag not in _NO_TEXT:
            if node.type == NodeType.ELEMENT and (own := _marks(node)):
                letters.begin(own)
                stack.append((None, own))
            child = node.last_child
            while child is not None:
                stack.append((child, set()))
                child = child.prev
    return letters


def _differ(of_gold: float, of_rest: float) -> bool:
    return min(of_gold, 1 - of_rest) >= PURE or min(1 - of_gold, of_rest) >= PURE


def _marks(element: Any) -> set[str]:
    marks: set[str] = set()
    for name in element.attrs:
        value = element.getattr(name) or ""
        if name == "class":
            marks.update(f".{one}" for one in value.split())
        else:
            marks.add(name)
            if value and len(value) <= _VALUE:
                marks.add(f"{name}={value}")
    return marks
