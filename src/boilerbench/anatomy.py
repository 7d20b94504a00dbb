"""What a corpus is made of: sizes, languages, kinds, sites, gold, and how well it can be extracted.

Tokens are those of the metric `token`. Text of a page is its visible text (`boilerbench.dom`), but
the ceiling is that of all its text, hidden text too: extractors read it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from boilerbench.ceiling import ceiling
from boilerbench.corpora.selection import UNKNOWN
from boilerbench.dom import blocks
from boilerbench.text import fold, tokens
from boilerbench.types import Corpus, Gold, Page


@dataclass(frozen=True, slots=True)
class PageAnatomy:
    """One page: its `size` in bytes, and in tokens its visible text and its gold; `share` is how
    much of the text is gold, from 0 to 1, None without text or gold; `visible` is the token recall
    of its visible text, `recall`, `f1` and `at_most` are its ceiling, None in a corpus without gold
    text."""

    page_id: str
    kind: str
    size: int
    text_tokens: int
    gold_tokens: int
    share: float | None
    visible: float | None
    recall: float | None
    f1: float | None
    at_most: float | None


@dataclass(frozen=True, slots=True)
class Spread:
    """Some numbers in short: their sum, their mean, and their quartiles from least to most."""

    total: float
    mean: float
    least: float
    lower: float
    median: float
    upper: float
    most: float


@dataclass(frozen=True, slots=True)
class Reach:
    """The ceiling of some pages, as means over them, and how many of them are proved to have no
    better choice of blocks; otherwise the best is between `f1` and `at_most`. `visible` is the
    token recall of the visible text alone."""

    visible: float
    recall: float
    f1: float
    at_most: float
    proved: int


@dataclass(frozen=True, slots=True)
class Part:
    """The pages of one kind."""

    kind: str
    pages: int
    gold_tokens: Spread
    share: Spread | None
    ceiling: Reach | None


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What a corpus is made of.

    `languages`, `kinds`, `levels` and `sites` count pages, most first, `unknown` those of which the
    corpus does not say it. `size` is in bytes, `gold_tokens` and `text_tokens` are per page. A
    figure is None where the corpus has nothing to say: no gold text, no snippets, no sites.
    `with_gold`, `with_snippets`, `with_markdown` and `with_blocks` count pages.
    """

    name: str
    version: str
    digest: str
    pages: int
    size: Spread
    languages: Mapping[str, int]
    kinds: Mapping[str, int]
    levels: Mapping[str, int]
    sites: Mapping[str, int]
    pages_per_site: Spread | None
    text_tokens: Spread
    with_gold: int
    gold_tokens: Spread | None
    share: Spread | None
    with_snippets: int
    must: Spread | None
    must_not: Spread | None
    with_markdown: int
    with_blocks: int
    ceiling: Reach | None
    by_kind: tuple[Part, ...]
    each: tuple[PageAnatomy, ...]


def anatomy(corpus: Corpus, seen: Callable[[], object] = lambda: None) -> Anatomy:
    """Take a corpus apart; `seen` is called after each page. Parses every page, which takes most of
    the time: some 50 ms a page, half of it for the ceiling."""
    golds = list(corpus.gold.values())
    scored = any(gold.text for gold in golds)
    each: list[PageAnatomy] = []
    told: list[tuple[str, ...]] = []
    for page in corpus.pages():
        gold = corpus.gold[page.id]
        each.append(_page(page, gold, scored))
        told.append(tuple(x or UNKNOWN for x in (page.lang, page.kind, gold.level, page.site)))
        seen()
    languages, kinds, levels, sites = (_counted(words) for words in zip(*told, strict=True))
    known = [count for site, count in sites.items() if site != UNKNOWN]
    snippets = [gold for gold in golds if gold.must or gold.must_not]
    return Anatomy(
        name=corpus.name,
        version=corpus.version,
        digest=corpus.digest,
        pages=len(each),
        size=_spread([page.size for page in each]),
        languages=languages,
        kinds=kinds,
        levels=levels,
        sites=sites,
        pages_per_site=_spread(known) if known else None,
        text_tokens=_spread([page.text_tokens for page in each]),
        with_gold=sum(page.gold_tokens > 0 for page in each),
        gold_tokens=_spread([page.gold_tokens for page in each]) if scored else None,
        share=_shares(each),
        with_snippets=len(snippets),
        must=_spread([len(gold.must) for gold in snippets]) if snippets else None,
        must_not=_spread([len(gold.must_not) for gold in snippets]) if snippets else None,
        with_markdown=sum(bool(gold.markdown) for gold in golds),
        with_blocks=sum(bool(gold.blocks) for gold in golds),
        ceiling=_reach(each),
        by_kind=tuple(_part(kind, [p for p in each if p.kind == kind]) for kind in kinds),
        each=tuple(each),
    )


def _page(page: Page, gold: Gold, scored: bool) -> PageAnatomy:
    text = [tokens(fold(block.text)) for block in blocks(page.html)]
    wanted = tokens(fold(gold.text))
    size = sum(map(len, text))
    reach = ceiling(text, wanted) if scored else None
    visible = reach.recall if reach else None
    # Recall of the whole text is matched / |gold|, and the share is matched / |text|.
    share = visible * len(wanted) / size if visible is not None and wanted and size else None
    if reach and reach.f1 < 1:
        # What is hidden may stand by itself, or within a block and spoil that.
        every = [tokens(fold(block.text)) for block in blocks(page.html, hidden=True)]
        other = ceiling(every, wanted)
        best = max(reach, other, key=lambda found: found.f1)
        reach = replace(
            best,
            recall=max(reach.recall, other.recall),
            at_most=max(reach.at_most, other.at_most),
        )
    return PageAnatomy(
        page.id,
        page.kind or UNKNOWN,
        len(page.html),
        size,
        len(wanted),
        share,
        visible,
        reach.recall if reach else None,
        reach.f1 if reach else None,
        reach.at_most if reach else None,
    )


def _part(kind: str, pages: Sequence[PageAnatomy]) -> Part:
    gold = _spread([page.gold_tokens for page in pages])
    return Part(kind, len(pages), gold, _shares(pages), _reach(pages))


def _shares(pages: Iterable[PageAnatomy]) -> Spread | None:
    shares = [page.share for page in pages if page.share is not None]
    return _spread(shares) if shares else None


def _reach(pages: Sequence[PageAnatomy]) -> Reach | None:
    found = [
        (page.visible, page.recall, page.f1, page.at_most)
        for page in pages
        if page.visible is not None
        and page.recall is not None
        and page.f1 is not None
        and page.at_most is not None
    ]
    if not found:
        return None
    visible, recall, f1, at_most = np.mean(found, axis=0).tolist()
    return Reach(visible, recall, f1, at_most, sum(most == f1 for *_, f1, most in found))


def _counted(words: Iterable[str]) -> dict[str, int]:
    """How often each word occurs, most frequent first, then by name; `unknown` comes last."""
    counts = Counter(words)
    order = sorted(counts, key=lambda word: (word == UNKNOWN, -counts[word], word))
    return {word: counts[word] for word in order}


def _spread(values: Sequence[float]) -> Spread:
    quartiles = np.percentile(values, (0, 25, 50, 75, 100)).tolist()
    return Spread(sum(values), float(np.mean(values)), *quartiles)
