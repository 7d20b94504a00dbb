"""Where a page's errors stand: which of its blocks the gold holds and which each extractor, and
where the tokens belong that an extractor leaked or lost.

Tokens are those of the metric `token`, and so are the errors: what an extractor leaked of a page
are the metric's false positives, what it lost are its false negatives, to the token.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from boilerbench.alignment import Numbers, common
from boilerbench.dom import PlacedBlock
from boilerbench.metrics.blocks import CONTENT, LARGEST
from boilerbench.places import MAIN, PLACES
from boilerbench.text import fold, tokens
from boilerbench.types import Gold

NOWHERE = "nowhere on the page"
"""The place of a token that the page does not have, or has less often."""

_LABELS = {place: place for place in PLACES} | {"paragraph": MAIN, "content": MAIN}
"""Labels of a corpus as places. Others say less than the page does."""

_HELD = 0.5
"""The share of a block's tokens beyond which it is held, as in the metric `blocks`."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DissectedBlock:
    """A block of the page, where it stands (one of `boilerbench.places.PLACES`), whether the gold
    holds it, and the extractors that do."""

    text: str
    place: str
    in_gold: bool
    held_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Dissection:
    """A page taken apart. `blocks` are those of `boilerbench.dom.placed_blocks`, in their order.
    `leaked` and `lost` are tokens by extractor and place, most first, without zeros; the place of
    some is `NOWHERE`. `gold_tokens` are all that the gold has."""

    blocks: tuple[DissectedBlock, ...]
    gold_tokens: int
    leaked: Mapping[str, Mapping[str, int]]
    lost: Mapping[str, Mapping[str, int]]


def dissect(blocks: tuple[PlacedBlock, ...], gold: Gold, texts: Mapping[str, str]) -> Dissection:
    """Take a page, given as its blocks, apart by its gold and by the texts that extractors made of
    it.

    The tokens of all blocks, hidden ones too, are aligned with those of the gold and with those of
    each text by their longest common subsequence; a block is held if more than half of its tokens
    are matched. Where the gold has labelled blocks, labels say what is in the gold and where it
    stands; elsewhere the alignment and the page do (`boilerbench.places`).

    How often a token was leaked or lost is the metric's to say: as often as the text has it more
    often than the gold, or the gold more often than the text. Which of its occurrences on the page
    these are is taken from the alignments. Leaked are those that the text matches and the gold does
    not. Where they are more than were leaked, because the token was lost elsewhere, so many of them
    are taken, evenly over the page; where they are fewer, those that neither matches are taken too,
    in the same way, and what is then left is `NOWHERE`. Lost ones are those that the gold matches
    and the text does not, and so on.

    Pure; takes a few milliseconds for a page and about one for each text. Never raises.
    """
    page = _Page(blocks)
    wanted = page.numbers(gold.text)
    places, in_gold = page.places, page.matched(wanted)
    if gold.blocks and all(block.kind for block in gold.blocks):
        places, in_gold = page.labelled(gold, in_gold)
    stands = np.array([PLACES.index(place) for place in places], np.int64)[page.owners]
    held: dict[str, Flags] = {}
    leaked: dict[str, Mapping[str, int]] = {}
    lost: dict[str, Mapping[str, int]] = {}
    first: dict[str, str] = {}
    for extractor, text in texts.items():
        # Variants of a library often make the same of a page.
        other = first.setdefault(text, extractor)
        if other != extractor:
            held[extractor] = held[other]
            leaked[extractor], lost[extractor] = leaked[other], lost[other]
            continue
        found = page.numbers(text)
        matched = page.matched(found)
        held[extractor] = page.held(matched)
        size = len(page.vocabulary)
        more = np.bincount(found, minlength=size) - np.bincount(wanted, minlength=size)
        neither = ~matched & ~in_gold
        leaked[extractor] = page.counted(stands, more, matched & ~in_gold, neither)
        lost[extractor] = page.counted(stands, -more, in_gold & ~matched, neither)
    golden = page.held(in_gold)
    dissected = tuple(
        DissectedBlock(
            block.text,
            place,
            bool(golden[number]),
            frozenset(extractor for extractor, which in held.items() if which[number]),
        )
        for number, (block, place) in enumerate(zip(page.blocks, places, strict=True))
    )
    return Dissection(dissected, len(wanted), leaked, lost)


class _Page:
    """A page as numbers: `tokens` of all its blocks one after the other, numbered by `vocabulary`,
    and `owners`, the block that each belongs to; both of shape (tokens,)."""

    def __init__(self, blocks: tuple[PlacedBlock, ...]) -> None:
        self.blocks = blocks
        self.places = [block.place for block in blocks]
        self.vocabulary: defaultdict[str, int] = defaultdict()
        self.vocabulary.default_factory = self.vocabulary.__len__
        each = [self._numbered(block.text) for block in blocks]
        self.sizes = np.array([len(tokens) for tokens in each], np.int64)
        self.owners = np.repeat(np.arange(len(blocks)), self.sizes)
        self.tokens = np.array([token for tokens in each for token in tokens], np.int64)

    def numbers(self, text: str) -> Numbers:
        """The tokens of a text; those that are new are numbered on."""
        return np.array(self._numbered(text), np.int64)

    def matched(self, text: Numbers) -> Flags:
        """The tokens of the page that a text matches, of shape (tokens,)."""
        flags = np.zeros(self.tokens.size, np.bool_)
        flags[common(self.tokens, text)[0]] = True
        return flags

    def held(self, matched: Flags) -> Flags:
        """The blocks of which enough is matched, of shape (blocks,)."""
        found = np.bincount(self.owners[matched], minlength=len(self.blocks))
        return np.asarray(found > _HELD * self.sizes, np.bool_)

    def labelled(self, gold: Gold, in_gold: Flags) -> tuple[list[str], Flags]:
        """The places of the blocks and what is in the gold, by the labels: each block of the page
        is what most of its tokens are labelled as. Unchanged where there is too much to align."""
        each = [self._numbered(block.text) for block in gold.blocks]
        theirs = [token for tokens in each for token in tokens]
        if len(theirs) * self.tokens.size > LARGEST:
            return self.places, in_gold
        labels = [block.kind for block, own in zip(gold.blocks, each, strict=True) for _ in own]
        said: list[Counter[str]] = [Counter() for _ in self.blocks]
        in_gold = np.zeros_like(in_gold)
        for run in LCSseq.editops(self.tokens.tolist(), theirs).as_matching_blocks():
            for i in range(run.size):
                label = labels[run.b + i]
                said[self.owners[run.a + i]][label] += 1
                in_gold[run.a + i] = label in CONTENT
        places = [
            _LABELS.get(max(counts, key=counts.__getitem__), place) if counts else place
            for counts, place in zip(said, self.places, strict=True)
        ]
        return places, in_gold

    def counted(self, stands: Numbers, times: Numbers, first: Flags, then: Flags) -> dict[str, int]:
        """How many tokens stand in each place, if of each token (`times`, of shape (vocabulary,))
        so many are taken, from the `first` of the page's and, if these are too few, from `then`."""
        left = np.maximum(times, 0)
        sums = np.zeros(len(PLACES), np.int64)
        for flags in (first, then):
            taken = self._taken(np.flatnonzero(flags), left)
            sums += np.bincount(stands[taken], minlength=len(PLACES))
            left = left - np.bincount(self.tokens[taken], minlength=left.size)
        counts = dict(zip(PLACES, sums.tolist(), strict=True)) | {NOWHERE: int(left.sum())}
        order = sorted(counts, key=counts.__getitem__, reverse=True)
        return {place: counts[place] for place in order if counts[place]}

    def _taken(self, candidates: Numbers, times: Numbers) -> Numbers:
        """So many of the candidates for each token, or all that there are, evenly from first to
        last."""
        candidates = candidates[np.argsort(self.tokens[candidates], kind="stable")]
        token = self.tokens[candidates]
        among = np.bincount(token, minlength=times.size)
        rank = np.arange(token.size) - (np.cumsum(among) - among)[token]
        among, times = among[token], np.minimum(times, among)[token]
        return candidates[(rank + 1) * times // among > rank * times // among]

    def _numbered(self, text: str) -> list[int]:
        return list(map(self.vocabulary.__getitem__, tokens(fold(text))))
