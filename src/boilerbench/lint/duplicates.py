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

# 25 bands of 5: a pair of index .8 is missed once in 20,000 times, one of .5 proposed every other
# time, which costs an exact comparison and no more.
_BANDS, _ROWS = 25, 5
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
    for one, other in sorted(_candidates(prints)):
        for kind, detail, figure in _compared(prints[one], prints[other]):
            for here, there in ((one, other), (other, one)):
                if figure > nearest.get((here, kind), (-1.0, ""))[0]:
                    nearest[here, kind] = figure, f"{detail} as {prints[there]}"
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


def _candidates(prints: Sequence[Fingerprint]) -> set[tuple[int, int]]:
    """Pairs of pages that may be the same, by their places, the lesser first."""
    return (
        _firsts([one.digest for one in prints])[1]
        | near([one.gold for one in prints])
        | near([one.visible for one in prints])
    )


def _firsts(keys: Sequence[bytes]) -> tuple[list[int], set[tuple[int, int]]]:
    """The first place of each key, and every other place as a pair with its first one: a corpus
    may have a thousand copies of one error page, and they need not be compared with each other."""
    first: dict[bytes, int] = {}
    pairs = {(first.setdefault(key, place), place) for place, key in enumerate(keys)}
    return list(first.values()), {(one, other) for one, other in pairs if one != other}


def near(texts: Sequence[Shingles]) -> set[tuple[int, int]]:
    """Pairs of texts that may be alike, by their places, the lesser first. Of different texts
    nearly all are there whose Jaccard index is .8 or more, and others; of equal ones the first
    with each of the rest. Texts of fewer than `FEWEST` shingles are left out."""
    long = [place for place, text in enumerate(texts) if text.size >= FEWEST]
    firsts, equal = _firsts([texts[place].tobytes() for place in long])
    pairs = {(long[one], long[other]) for one, other in equal}
    index = MinHashLSH(num_perm=_BANDS * _ROWS, params=(_BANDS, _ROWS))
    for place in (long[first] for first in firsts):
        # The upper half of each hash is the better mixed one.
        sketch = MinHash(num_perm=_BANDS * _ROWS, hashfunc=int)
        sketch.update_batch((texts[place] >> np.uint64(32)).tolist())
        pairs.update((other, place) for other in index.query(sketch))
        index.insert(place, sketch)
    return pairs


def _compared(one: Fingerprint, other: Fingerprint) -> Iterator[tuple[str, str, float]]:
    """What kinds of defects the pair is, with the words for it and the figure."""
    golds, texts = jaccard(one.gold, other.gold), jaccard(one.visible, other.visible)
    annotated = bool(one.gold.size and other.gold.size)
    if one.digest == other.digest:
        yield "duplicate-page", "the same bytes", 1.0
        if one.wording != other.wording:
            yield "contradicting-gold", f"the same bytes, gold {golds:.2f} the same", 1 - golds
        return
    long = min(one.gold.size, other.gold.size) >= FEWEST
    if long and golds >= SAME_GOLD:
        yield "near-duplicate", f"gold {golds:.2f}, visible text {texts:.2f} the same", golds
    if not annotated and texts >= SAME_TEXT and one.visible.size >= FEWEST:
        yield "near-duplicate", f"visible text {texts:.2f} the same", texts
    if (
        annotated
        and texts >= SAME_PAGE
        and golds <= OTHER_GOLD
        and all(_share(a.gold, b.visible) >= ON_PAGE for a in (one, other) for b in (one, other))
    ):
        words = f"visible text {texts:.2f}, gold {golds:.2f} the same"
        yield "contradicting-gold", words, 1 - golds


def _share(gold: Shingles, visible: Shingles) -> float:
    return float(np.intersect1d(gold, visible, assume_unique=True).size / gold.size)
