"""Multiset overlap of tokens or of token shingles.

A text counts as the multiset of its n-token shingles. Shared shingles are true positives, those
of the text alone false positives, those of the gold alone false negatives. With n = 1 this is the
token F1 of WCXB and many others; with n = 4 it is sensitive to order, as in the article extraction
benchmark of scrapinghub, which introduced the shingle for this task.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from boilerbench.signature import signature
from boilerbench.text import fold, tokens
from boilerbench.types import PRF, Gold

Shingle = str | tuple[str, ...]
Shingles = Counter[Shingle]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Precision, recall and F1 of `n`-token shingles; a text of fewer tokens is one shingle.

    Gold and text both without a token score 1; one of them without any scores 0.
    """

    name: str
    n: int

    def __post_init__(self) -> None:
        if not isinstance(self.n, int) or isinstance(self.n, bool) or self.n < 1:
            raise ValueError(f"n must be a whole number from 1, not {self.n!r}")

    @property
    def signature(self) -> str:
        """All that decides the numbers."""
        return signature(
            self.name.partition("[")[0],
            self,
            norm="nfkc_casefold",
            tok="words+chars",
            short="whole",
            empty="both1",
            v=1,
        )

    def prepare(self, gold: Gold) -> Shingles:
        """The shingles of the gold with how often each occurs."""
        return Counter(self._shingles(gold.text))

    def counts(self, prepared: Shingles, text: str) -> dict[str, float]:
        """`tp`, `fp` and `fn`, in shingles."""
        left = dict(prepared)
        found = tp = 0
        for shingle in self._shingles(text):
            found += 1
            remaining = left.get(shingle)
            if remaining:
                left[shingle] = remaining - 1
                tp += 1
        return {"tp": tp, "fp": found - tp, "fn": prepared.total() - tp}

    def page(self, counts: Mapping[str, float]) -> PRF:
        """The score of one page."""
        return prf(counts["tp"], counts["fp"], counts["fn"])

    def aggregate(self, counts: Sequence[Mapping[str, float]]) -> PRF:
        """The pooled (micro) score: all pages taken as one, so that long pages weigh more."""
        return prf(*(sum(c[name] for c in counts) for name in ("tp", "fp", "fn")))

    def _shingles(self, text: str) -> Iterable[Shingle]:
        words = _tokens(text)
        if self.n == 1:
            return words
        if len(words) < self.n:
            return (words,) if words else ()
        return zip(*(words[i:] for i in range(self.n)), strict=False)


@lru_cache(maxsize=2)
def _tokens(text: str) -> tuple[str, ...]:
    """Metrics score the same text one after the other: cut it up once, not once for each."""
    return tuple(tokens(fold(text)))


def prf(tp: float, fp: float, fn: float) -> PRF:
    """Precision, recall and F1 from counts. Nothing to find and nothing found is 1."""
    if tp + fp + fn == 0:
        return PRF(1.0, 1.0, 1.0)
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * tp / (2 * tp + fp + fn)
    return PRF(precision, recall, f1)


def token() -> Overlap:
    """Token multiset overlap, the default metric."""
    return Overlap("token", 1)


def shingle(n: int = 4) -> Overlap:
    """Overlap of n-token shingles, sensitive to the order of words."""
    return Overlap("shingle" if n == 4 else f"shingle[n={n}]", n)
