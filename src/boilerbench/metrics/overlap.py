"""Overlap of tokens or of token shingles.

A text counts as the multiset (or set) of its n-token shingles. Shared shingles are true positives,
those of the text alone false positives, those of the gold alone false negatives. With n = 1 this is
the token F1 of WCXB and many others; with n = 4 it is sensitive to order, as in the article
extraction benchmark of scrapinghub, which introduced the shingle for this task; n-grams that a
text is too short for make it ROUGE-N.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import repeat
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from boilerbench.metrics.base import About, Columns, Floats, TokenMetric, choice, whole
from boilerbench.types import Gold

Ids = NDArray[np.int64]

_LARGEST = 1 << 62
"""Codes of shingles must stay below, to be exact in 64 bits."""


@dataclass(frozen=True, slots=True)
class Shingles:
    """A gold text as shingles. `ids` number its vocabulary from 1; `codes` are its distinct
    shingles, sorted, each with how often it occurs; `ranks` are the tables by which codes that
    would grow too large are numbered anew."""

    tokens: tuple[str, ...]
    ids: dict[str, int]
    codes: Ids
    times: Ids
    ranks: list[Ids] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Overlap(TokenMetric[Shingles]):
    """Precision, recall and F1 of `n`-token shingles.

    `count` says whether a shingle counts as often as it occurs (`multiset`) or once (`set`),
    `short` what a text of fewer than `n` tokens is: one shingle (`whole`), or none at all (`none`).
    """

    n: int = whole(1)
    count: str = choice("multiset", "multiset", "set")
    short: str = choice("whole", "whole", "none")

    family: ClassVar[str] = "overlap"
    counted: ClassVar[tuple[str, ...]] = ("tp", "fp", "fn", "neither")

    def prepare(self, gold: Gold) -> Shingles:
        """The shingles of the gold."""
        tokens = self.tokens(gold.text)
        vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens), 1)}
        nothing = np.empty(0, np.int64)
        prepared = Shingles(tokens, vocabulary, nothing, nothing)
        codes = self._codes(prepared, tokens, new=True)
        distinct, times = np.unique(codes, return_counts=True)
        if self.count == "set":
            times = np.ones_like(times)
        return Shingles(tokens, vocabulary, distinct, times, prepared.ranks)

    def counts(self, prepared: Shingles, text: str) -> dict[str, float]:
        """`tp`, `fp` and `fn`, in shingles; `neither` is 1 where neither side has a token."""
        tokens = self.tokens(text)
        wanted = int(prepared.times.sum())
        found, tp = max(0, len(tokens) - self.n + 1), 0
        if len(tokens) < self.n:
            if self.short == "whole" and tokens:
                found, tp = 1, int(tokens == prepared.tokens)
        elif prepared.codes.size:
            codes = self._codes(prepared, tokens)
            places = np.searchsorted(prepared.codes, codes)
            places[places == prepared.codes.size] = 0
            hits = np.bincount(places[prepared.codes[places] == codes])
            tp = int(np.minimum(hits, prepared.times[: hits.size]).sum())
        if self.count == "set" and len(tokens) >= self.n:
            found = len(set(zip(*(tokens[i:] for i in range(self.n)), strict=False)))
        if self.short == "whole" and 0 < len(prepared.tokens) < self.n:
            wanted = 1
        neither = not tokens and not prepared.tokens
        return {"tp": tp, "fp": found - tp, "fn": wanted - tp, "neither": int(neither)}

    def ratios(self, counts: Columns) -> dict[str, Floats]:
        """`precision`, `recall`, `f1`."""
        tp = counts["tp"]
        return self.matched(tp, tp + counts["fp"], tp + counts["fn"], counts["neither"] > 0)

    def _codes(self, gold: Shingles, tokens: tuple[str, ...], *, new: bool = False) -> Ids:
        """A number for each shingle: the same for two shingles of the gold only if they are equal,
        and no such number for one that the gold does not have."""
        size = len(tokens) - self.n + 1
        if size < 1:
            return np.empty(0, np.int64)
        ids = np.fromiter(map(gold.ids.get, tokens, repeat(0)), np.int64, len(tokens))
        base = largest = len(gold.ids) + 1
        codes = ids[:size]
        ranks = iter(gold.ranks)
        for start in range(1, self.n):
            if largest * base > _LARGEST:
                if new:
                    gold.ranks.append(np.unique(codes))
                table = gold.ranks[-1] if new else next(ranks)
                codes = _ranked(codes, table)
                largest = table.size + 1
            codes = codes * base + ids[start : start + size]
            largest *= base
        return codes


def _ranked(codes: Ids, table: Ids) -> Ids:
    """The places of codes in a sorted table, from 1; 0 for one that is not there."""
    places = np.searchsorted(table, codes)
    places[places == table.size] = 0
    return np.where(table[places] == codes, places + 1, 0)


TOKEN = Overlap(
    about=About(
        "token",
        "Tokens that the two texts share, each as often as it occurs.",
        "the default; the token F1 of WCXB and others, with Unicode words",
    )
)

TOKEN_SET = Overlap(
    about=About(
        "token-set",
        "Distinct tokens that the two texts share.",
        "Peters and Lecocq 2013 (dragnet), with Unicode words",
    ),
    count="set",
)

SHINGLE = Overlap(
    about=About(
        "shingle",
        "Sequences of n tokens that the two texts share: sensitive to order.",
        "scrapinghub's article extraction benchmark, with Unicode words",
    ),
    n=4,
)

ROUGE_N = Overlap(
    about=About(
        "rouge-n",
        "N-grams that the two texts share, of a to z and 0 to 9 as in the rouge-score package.",
        "Lin 2004; the rouge-score package",
    ),
    n=2,
    norm="lower",
    tok="alnum",
    short="none",
    empty="zero",
)
