"""All checks on all pages of the corpora named: every page is read and parsed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from boilerbench.lint.duplicates import Fingerprint, duplicates
from boilerbench.lint.encoding import encoding
from boilerbench.lint.endings import ending
from boilerbench.lint.finding import Finding
from boilerbench.lint.kinds import KINDS
from boilerbench.lint.labels import Marks, carries, tool_marks
from boilerbench.lint.phrases import phrases
from boilerbench.lint.presence import presence
from boilerbench.lint.repeats import Repeats
from boilerbench.lint.report import Defect, Report
from boilerbench.lint.views import GoldView, PageView
from boilerbench.types import Corpus


def lint(corpora: Mapping[str, Corpus], heard: Callable[[], None] = lambda: None) -> Report:
    """The defects of the corpora, by the names that they go under here; `heard` is called after
    each page. Pages of all corpora are compared with each other.

    Takes some 40 ms a page. Of each page some 20 bytes a word stay in memory until the end.
    """
    found: list[Defect] = []
    prints: list[Fingerprint] = []
    for name, corpus in corpora.items():
        found += _pages(name, corpus, prints, heard)
    found += duplicates(prints)
    places = {name: number for number, name in enumerate(corpora)}
    kinds = {kind: number for number, kind in enumerate(KINDS)}
    found.sort(key=lambda one: (places[one.corpus], one.page_id, kinds[one.kind]))
    return Report({name: len(corpus) for name, corpus in corpora.items()}, tuple(found))


def _pages(
    name: str, corpus: Corpus, prints: list[Fingerprint], heard: Callable[[], None]
) -> Iterator[Defect]:
    """The defects that one corpus alone tells."""
    has_texts = any(gold.text.strip() for gold in corpus.gold.values())
    marks, repeats = Marks(len(corpus)), Repeats()
    own: dict[str, Fingerprint] = {}
    labelled: set[str] = set()
    for page in corpus.pages():
        seen, gold = PageView(page), GoldView(corpus.gold[page.id])
        for finding in _checks(seen, gold, has_texts):
            if finding.kind == "leaked-label":
                labelled.add(page.id)
            yield Defect(name, page.id, *finding)
        marks.see(seen, gold)
        repeats.see(seen, gold)
        own[page.id] = Fingerprint.of(name, seen, gold)
        heard()
    prints += own.values()
    for page_id, finding in repeats.repeated(own):
        yield Defect(name, page_id, *finding)
    if leaks := marks.leaks():
        for page in corpus.pages():
            if page.id not in labelled:
                for finding in carries(page.html, leaks):
                    yield Defect(name, page.id, *finding)


def _checks(page: PageView, gold: GoldView, has_texts: bool) -> Iterator[Finding]:
    yield from presence(page, gold, has_texts)
    yield from tool_marks(page)
    yield from ending(page, gold)
    yield from phrases(gold)
    yield from encoding(page, gold)
