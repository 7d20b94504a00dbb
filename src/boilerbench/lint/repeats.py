"""Lines that stand in the gold of several pages of one site: furniture in any language.

A sentence that an author wrote stands on one page. What stands in quite different golds of one
site came from its template: a disclaimer, a list of headlines, a remark of the shop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from boilerbench.lint.duplicates import Fingerprint, hashed, jaccard
from boilerbench.lint.finding import Finding, quoted
from boilerbench.lint.views import GoldView, PageView, squeezed
from boilerbench.text import tokens

FEWEST_TOKENS = 6
"""A shorter line may well be a heading that many pages have."""
FEWEST_PAGES = 3
"""Pages with quite different golds in which a line must stand."""
DIFFERENT = 0.5
"""Jaccard index of shingles below which two golds are quite different: pages that are near
duplicates have all their lines in common."""


class Repeats:
    """Learns the lines of a corpus: `see` each page, then ask for those that are `repeated`. Pages
    whose site is not known are left out."""

    def __init__(self) -> None:
        self._pages: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        self._words: dict[tuple[str, int], str] = {}

    def see(self, page: PageView, gold: GoldView) -> None:
        """Take in the lines of a gold."""
        if page.page.site is None:
            return
        for line in dict.fromkeys(map(squeezed, gold.lines)):
            words = tokens(line)
            if len(words) >= FEWEST_TOKENS:
                key = page.page.site, hashed(" ".join(words))
                self._pages[key].append(page.page.id)
                if len(self._pages[key]) == FEWEST_PAGES:
                    self._words[key] = quoted(line)

    def repeated(self, prints: Mapping[str, Fingerprint]) -> Iterator[tuple[str, Finding]]:
        """By page the repeated lines in its gold; `prints` are those of all pages seen, by id."""
        found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for key, line in self._words.items():
            pages = list(dict.fromkeys(self._pages[key]))
            if _several(pages, prints):
                for page_id in pages:
                    found[page_id].append((len(pages), line))
        for page_id, lines in found.items():
            pages_with, line = max(lines)
            many = f"{len(lines)} lines" if len(lines) > 1 else "a line"
            detail = f"{many} of the site's other golds, one of them on {pages_with} pages: {line}"
            yield page_id, Finding("repeated-line", detail, len(lines))


def _several(pages: list[str], prints: Mapping[str, Fingerprint]) -> bool:
    """Whether `FEWEST_PAGES` of the pages have quite different golds."""
    different: list[Fingerprint] = []
    for page_id in pages:
        one = prints[page_id]
        if all(jaccard(one.gold, other.gold) < DIFFERENT for other in different):
            different.append(one)
            if len(different) == FEWEST_PAGES:
                return True
    return False
