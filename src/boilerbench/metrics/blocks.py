"""Blocks: which of a page's own blocks of text a text holds, against which it should hold.

The blocks are those of the gold: labelled by the corpus, or the page's own as `boilerbench.dom`
cuts them, which whoever has the page puts there. A text has no blocks of its own that could be
compared. It is therefore aligned with the tokens of all blocks, one after the other, by their
longest common subsequence, and holds a block where enough of the block's tokens are matched; this
is how dragnet (Peters and Lecocq 2013) makes gold blocks of a gold text. What a text holds besides,
because it does not stand on the page or stands there once and in the text twice, counts for
nothing: the metric asks what was chosen, not how it was written down.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from boilerbench.errors import UserError
from boilerbench.metrics.base import About, Columns, Floats, TokenMetric, choice, divide, share
from boilerbench.text import NORMALISERS, TOKENISERS
from boilerbench.types import Gold

CONTENT = frozenset(("heading", "paragraph", "quote", "list", "table", "code", "content"))
"""Labels of what belongs to the main text, in the words of gazette; `content` where a corpus tells
apart no more."""

BOILERPLATE = frozenset(
    "title caption byline dateline navigation advert related share comments author cookie footer"
    " newsletter paywall boilerplate".split()
)
"""Labels of everything else."""

LARGEST = 1 << 30
"""The number of pairs of tokens up to which an alignment is exact. rapidfuzz keeps a bit for each:
128 MiB. It is 32,768 tokens on either side, some 200 kB of text each."""


@dataclass(frozen=True, slots=True)
class PageBlocks:
    """The blocks of a page that have tokens. `tokens` are those of all blocks, as numbers of
    `vocabulary`; `sizes`, of shape (blocks,), says how many each has, and `wanted` whether it is
    content. `silent` says that the gold text has no token."""

    vocabulary: dict[str, int]
    tokens: list[int]
    sizes: NDArray[np.int64]
    wanted: NDArray[np.bool_]
    silent: bool


@dataclass(frozen=True, kw_only=True)
class Blocks(TokenMetric[PageBlocks]):
    """Precision, recall, F1 and accuracy of a page's blocks.

    `by` says which blocks are content: those that the gold text holds (`alignment`), or those whose
    label is heading, paragraph, quote, list, table, code or content (`labels`), by which the gold
    text of gazette is made to the letter. A text, the gold text too, holds a block if more than the
    share `threshold` of the block's tokens are matched. `weight` says what a block counts: as many
    as it has `tokens`, or one (`blocks`). Blocks without tokens count nothing.

    Of a page that shows a block twice, a text that holds it once matches one of the two, while both
    may have labels of content; where several alignments are equally long, it is rapidfuzz's choice
    which one.

    An alignment takes time and memory by the product of the lengths, counted in tokens that occur
    on both sides. Where there are more than 2³⁰ pairs, such as 32,768 tokens on either side, both
    sides are first cut at the tokens that occur once in each, as far as their order is the same
    (Cohen's patience diff), or, where there are none, in the middle, until the pieces are small
    enough. Memory and time are then bounded; the subsequence may be shorter than the longest.
    """

    by: str = choice("alignment", "alignment", "labels")
    threshold: float = share(0.5)
    weight: str = choice("tokens", "tokens", "blocks")

    family: ClassVar[str] = "blocks"
    counted: ClassVar[tuple[str, ...]] = ("tp", "fp", "fn", "tn", "all", "neither")
    won: ClassVar[tuple[str, ...]] = ("tp", "tn", "neither")
    needs: ClassVar[str] = "blocks"

    def check(self, golds: Iterable[Gold]) -> None:
        """Raise `UserError` if a page has no labels with `by=labels`."""
        super().check(golds)
        if self.by == "labels":
            for gold in golds:
                _check_labels(gold)

    def prepare(self, gold: Gold) -> PageBlocks:
        """The tokens of the blocks, and which blocks are content. Raises `UserError` with
        `by=labels` if a block has no label, or one that nobody knows."""
        if self.by == "labels":
            _check_labels(gold)
        cut = [(block, self._cut(block.text)) for block in gold.blocks]
        cut = [(block, tokens) for block, tokens in cut if tokens]
        vocabulary: dict[str, int] = {}
        numbers = [
            vocabulary.setdefault(token, len(vocabulary)) for _, tokens in cut for token in tokens
        ]
        sizes = np.array([len(tokens) for _, tokens in cut], np.int64)
        labelled = np.array([block.kind in CONTENT for block, _ in cut], np.bool_)
        wanted = self.tokens(gold.text)
        prepared = PageBlocks(vocabulary, numbers, sizes, labelled, not wanted)
        if self.by == "labels":
            return prepared
        held = self._held(prepared, wanted)
        return PageBlocks(vocabulary, numbers, sizes, held, not wanted)

    def counts(self, prepared: PageBlocks, text: str) -> dict[str, float]:
        """`tp`, `fp`, `fn`, `tn` and `all`, in tokens of the page or in blocks; `neither` is 1
        where neither the gold text nor the text has a token."""
        tokens = self.tokens(text)
        held, wanted = self._held(prepared, tokens), prepared.wanted
        weights = prepared.sizes if self.weight == "tokens" else np.ones_like(prepared.sizes)
        return {
            "tp": int(weights[held & wanted].sum()),
            "fp": int(weights[held & ~wanted].sum()),
            "fn": int(weights[~held & wanted].sum()),
            "tn": int(weights[~held & ~wanted].sum()),
            "all": int(weights.sum()),
            "neither": int(prepared.silent and not tokens),
        }

    def ratios(self, counts: Columns) -> dict[str, Floats]:
        """`precision`, `recall`, `f1`, and `accuracy`, which says nothing of a page without
        blocks."""
        tp, fp, fn, tn, every, neither = (counts[name] for name in self.counted)
        figures = self.matched(tp, tp + fp, tp + fn, neither > 0)
        return figures | {"accuracy": divide(tp + tn, every, math.nan)}

    def _cut(self, text: str) -> Sequence[str]:
        """The tokens of a block. Unlike `tokens` it remembers none: blocks are many, and each is
        cut up once."""
        return TOKENISERS[self.tok](NORMALISERS[self.norm](text))

    def _held(self, page: PageBlocks, tokens: Sequence[str]) -> NDArray[np.bool_]:
        """Which blocks a text of these tokens holds, of shape (blocks,)."""
        known = [page.vocabulary[token] for token in tokens if token in page.vocabulary]
        matched = np.zeros(len(page.tokens), np.int64)
        matched[aligned(page.tokens, known)] = 1
        starts = np.cumsum(page.sizes) - page.sizes
        found = np.add.reduceat(matched, starts) if starts.size else starts
        return np.asarray(found / page.sizes > self.threshold, np.bool_)


_SHRUNK = 0.75
"""What the largest piece may have of the pairs that were cut up."""


def aligned(page: Sequence[int], text: Sequence[int], largest: int = LARGEST) -> list[int]:
    """The places in `page` of a longest common subsequence with `text`, in order; exact unless more
    than `largest` (1 or more) pairs of tokens are to be compared, see `Blocks`. Tokens are numbers
    from 0."""
    ours_all, theirs_all = np.asarray(page, np.int64), np.asarray(text, np.int64)
    if not ours_all.size or not theirs_all.size:
        return []
    on_page, in_text = np.zeros((2, max(ours_all.max(), theirs_all.max()) + 1), np.bool_)
    on_page[ours_all] = in_text[theirs_all] = True
    places = np.flatnonzero(in_text[ours_all]).tolist()
    ours = [page[place] for place in places]
    theirs = theirs_all[on_page[theirs_all]].tolist()
    found: list[int] = []
    pieces = [(0, len(ours), 0, len(theirs))]
    while pieces:
        start, end, begin, stop = pieces.pop()
        if (end - start) * (stop - begin) > largest:
            pieces += reversed(_cut_up(ours, theirs, start, end, begin, stop))
            continue
        if start == end or begin == stop:
            continue
        blocks = LCSseq.editops(ours[start:end], theirs[begin:stop]).as_matching_blocks()
        for block in blocks:
            found += places[start + block.a : start + block.a + block.size]
    return found


def _cut_up(
    ours: list[int], theirs: list[int], start: int, end: int, begin: int, stop: int
) -> list[tuple[int, int, int, int]]:
    """Pieces, in order, that tile both ranges: an anchor is the first token of its piece on both
    sides."""
    anchors = _anchors(ours[start:end], theirs[begin:stop])
    cuts = [(start + i, begin + j) for i, j in anchors if i or j]
    middle = ((start + end) // 2, (begin + stop) // 2)
    edges = [(start, begin), *cuts, (end, stop)]
    if max((k - i) * (m - j) for (i, j), (k, m) in pairwise(edges)) > _SHRUNK * (end - start) * (
        stop - begin
    ):
        # No anchor, or none that cuts much off: one by one they would take quadratic time.
        edges = [(start, begin), middle, (end, stop)]
    return [(i, k, j, m) for (i, j), (k, m) in pairwise(edges)]


def _anchors(ours: list[int], theirs: list[int]) -> list[tuple[int, int]]:
    """Places of tokens that occur once on each side: the longest run of them that rises on both."""
    once = {token for token, times in Counter(ours).items() if times == 1}
    once &= {token for token, times in Counter(theirs).items() if times == 1}
    place = {token: j for j, token in enumerate(theirs) if token in once}
    pairs = [(i, place[token]) for i, token in enumerate(ours) if token in once]
    # The smallest last place of the rising runs of each length, and the pair that it belongs to.
    lasts: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        length = bisect_left(lasts, j)
        before.append(tops[length - 1] if length else -1)
        lasts[length : length + 1] = [j]
        tops[length : length + 1] = [number]
    run = []
    number = tops[-1] if tops else -1
    while number >= 0:
        run.append(pairs[number])
        number = before[number]
    return run[::-1]


def _check_labels(gold: Gold) -> None:
    hint = "with by=alignment the gold text says which blocks are content"
    if not gold.blocks or not all(block.kind for block in gold.blocks):
        raise UserError(f"by=labels: page {gold.page_id!r} has blocks without labels", hint)
    unknown = sorted({block.kind for block in gold.blocks} - CONTENT - BOILERPLATE)
    if unknown:
        known = ", ".join(sorted(CONTENT | BOILERPLATE))
        raise UserError(
            f"by=labels: page {gold.page_id!r} has the unknown label {unknown[0]!r}",
            f"{hint}; known labels: {known}",
        )


BLOCKS = Blocks(
    about=About(
        "blocks",
        "Blocks of the page that the text holds, by their tokens: what was chosen of the page.",
        "Peters and Lecocq 2013 (dragnet), with Unicode words and half a block as the threshold",
    )
)

DRAGNET_BLOCKS = Blocks(
    about=About(
        "dragnet-blocks",
        "Blocks of the page by their tokens, over all pages; a tenth of a block stands for it.",
        "the evaluation in the dragnet package (Peters and Lecocq 2013)",
    ),
    avg="micro",
    norm="keep",
    tok="dragnet",
    empty="zero",
    threshold=0.1,
)
