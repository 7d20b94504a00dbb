"""Pages that are there twice, within a corpus or across the corpora at hand.

Equal bytes are found by SHA-256. For the rest MinHash proposes pairs, and the Jaccard index of
their sets of 4-token shingles decides. Two articles of one site share menus and footers, so it is
the golds that must be alike; only where a page has no gold text does its visible text speak.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from datasketch import MinHash, MinHashLSH
from numpy.typing import NDArray

from boilerbench.lint.report import Defect
from boilerbench.lint.views import GoldView, PageView

Shingles = NDArray[np.uint64]
"""The different 4-token shingles of a text as hashes, in ascending order."""

WIDTH = 4
SAME_GOLD = 0.8
SAME_TEXT = 0.9
SAME_PAGE = 0.98
"""Jaccard index from which two golds, two visible texts without gold, two pages are the same."""
OTHER_GOLD = 0.9
"""Jaccard index up to which the golds of two pages that are alike contradict each other."""
ON_PAGE = 0.9
"""Share of a gold's shingles that must stand on a page for it to be a gold of that page too."""
FEWEST = 20
"""Shingles without which a text is too short to compare."""

# Bands and rows of MinHash. Golds of index .8 are missed once in 20,000 times, visible texts of .9
# in 0.6 % of the cases and those of .98 never. Of index .5, as pages have that share two thirds of
# their text with their site, golds are proposed every other time and visible texts once in 90
# times: else a site of 1,000 such pages would cost half a million exact comparisons.
GOLDS, TEXTS = (25, 5), (12, 10)
_PRIME = np.uint64(0x9E3779B97F4A7C15)  # odd, and so without loss modulo 2**64


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a page to compare it: `digest` of its bytes, `wording` of its gold's tokens,
    and the shingles of both texts."""

    corpus: str
    page_id: str
    digest: bytes
    wording: bytes
    gold: Shingles
    visible: Shingles

    @classmethod
    def of(cls, corpus: str, page: PageView, gold: GoldView) -> Fingerprint:
        """The fingerprint of a page and its gold."""
        return cls(
            corpus,
            page.page.id,
            hashlib.sha256(page.page.html).digest(),
            hashlib.sha256("\n".join(gold.tokens).encode("utf-8", "surrogatepass")).digest(),
            shingles(gold.tokens),
            shingles(page.tokens),
        )

    def __str__(self) -> str:
        return f"{self.corpus}/{self.page_id}"


def duplicates(prints: Sequence[Fingerprint]) -> Iterator[Defect]:
    """For each page the nearest of the pages that it repeats, one for each kind of defect."""
    nearest: dict[tuple[int, str], tuple[float, str]] = {}
    for one, other in _candidates(prints):
        for kind, relation, figures, figure in _compared(prints[one], prints[other]):
            for here, there in ((one, other), (other, one)):
                if figure > nearest.get((here, kind), (-1.0, ""))[0]:
                    nearest[here, kind] = figure, f"{relation} {prints[there]}{figures}"
    for (place, kind), (figure, detail) in nearest.items():
        yield Defect(prints[place].corpus, prints[place].page_id, kind, detail, figure)


def shingles(tokens: Sequence[str]) -> Shingles:
    """The 4-token shingles, none where there are fewer tokens."""
    if len(tokens) < WIDTH:
        return np.empty(0, np.uint64)
    encoded = np.fromiter(map(hashed, tokens), np.uint64, len(tokens))
    count = len(tokens) - WIDTH + 1
    mixed = np.zeros(count, np.uint64)
    for place in range(WIDTH):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * _PRIME + encoded[place : place + count]
    return np.unique(mixed)


def jaccard(one: Shingles, other: Shingles) -> float:
    """The shingles that both have, as a share of all; 0 where there are none."""
    common = np.intersect1d(one, other, assume_unique=True).size
    union = one.size + other.size - common
    return common / union if union else 0.0


@lru_cache(maxsize=1 << 17)
def hashed(token: str) -> int:
    """64 bits that stand for a token, the same on every machine."""
    encoded = token.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(encoded, digest_size=8).digest())


def _candidates(prints: Sequence[Fingerprint]) -> Iterator[tuple[int, int]]:
    """Pairs of pages that may be the same, by their places, the lesser first; in order of the
    second, then of the first. Of pages with the same bytes the first with each of the rest."""
    first: dict[bytes, int] = {}
    golds, texts = Near(*GOLDS), Near(*TEXTS)
    for place, one in enumerate(prints):
        earlier = golds.add(place, one.gold) | texts.add(place, one.visible)
        earlier.add(first.setdefault(one.digest, place))
        for other in sorted(earlier - {place}):
            yield other, place


class Near:
    """Finds texts that may be alike by MinHash of so many bands of so many rows. Texts of fewer
    than `FEWEST` shingles are left out."""

    def __init__(self, bands: int, rows: int) -> None:
        self._width = bands * rows
        self._index = MinHashLSH(num_perm=self._width, params=(bands, rows))
        self._first: dict[bytes, int] = {}

    def add(self, place: int, text: Shingles) -> set[int]:
        """Take in the text of a place, and give the places of those before that may be like it.
        Where one of these is equal to it, that one alone: a corpus may have a thousand copies of
        one error page, and they need not be compared with each other."""
        if text.size < FEWEST:
            return set()
        first = self._first.setdefault(hashlib.sha256(text.tobytes()).digest(), place)
        if first != place:
            return {first}
        # The upper half of each hash is the better mixed one.
        sketch = MinHash(num_perm=self._width, hashfunc=int)
        sketch.update_batch((text >> np.uint64(32)).tolist())
        like = set(self._index.query(sketch))
        self._index.insert(place, sketch)
        return like


def _compared(one: Fingerprint, other: Fingerprint) -> Iterator[tuple[str, str, str, float]]:
    """What kinds of defects the pair is, with the words that go before the other page's name, those
    that go after it, and the figure."""
    golds, texts = jaccard(one.gold, other.gold), jaccard(one.visible, other.visible)
    annotated = bool(one.gold.size and other.gold.size)
    if one.digest == other.digest:
        yield "duplicate-page", "the same bytes as", "", 1.0
        if one.wording != other.wording:
            yield "contradicting-gold", "the same bytes as", f": gold {golds:.2f}", 1 - golds
        return
    long = min(one.gold.size, other.gold.size) >= FEWEST
    if long and golds >= SAME_GOLD:
        yield "near-duplicate", "like", f": gold {golds:.2f}, visible text {texts:.2f}", golds
    if not annotated and texts >= SAME_TEXT and one.visible.size >= FEWEST:
        yield "near-duplicate", "like", f": visible text {texts:.2f}", texts
    if (
        annotated
        and texts >= SAME_PAGE
        and golds <= OTHER_GOLD
        and all(_share(a.gold, b.visible) >= ON_PAGE for a in (one, other) for b in (one, other))
    ):
        figures = f": visible text {texts:.2f}, gold {golds:.2f}"
        yield "contradicting-gold", "like", figures, 1 - golds


def _share(gold: Shingles, visible: Shingles) -> float:
    return float(np.intersect1d(gold, visible, assume_unique=True).size / gold.size)
