"""The longest common subsequence of two texts, over words or over characters.

Precision is its share of the text, recall its share of the gold. Over the words of the rouge-score
package this is ROUGE-L; F1 over white-space tokens is the "Levenshtein" of SIGIR'23, the ratio
2·LCS/(m+n) of the Levenshtein package.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rapidfuzz.distance import LCSseq

from boilerbench.metrics.base import About, Columns, Floats, TokenMetric
from boilerbench.types import Gold

Numbered = tuple[dict[str, int], Sequence[Hashable]]
"""A vocabulary, and a text in its numbers."""


@dataclass(frozen=True, kw_only=True)
class Lcs(TokenMetric[Numbered]):
    """Precision, recall and F1 by the longest common subsequence of tokens."""

    family: ClassVar[str] = "lcs"
    counted: ClassVar[tuple[str, ...]] = ("lcs", "gold", "text")
    won: ClassVar[tuple[str, ...]] = ("lcs",)

    def prepare(self, gold: Gold) -> Numbered:
        """The gold's tokens by number."""
        return numbered(self.tokens(gold.text))

    def counts(self, prepared: Numbered, text: str) -> dict[str, float]:
        """`lcs`, and the lengths `gold` and `text`, in tokens."""
        vocabulary, gold = prepared
        tokens = in_numbers(vocabulary, self.tokens(text))
        return {"lcs": LCSseq.similarity(gold, tokens), "gold": len(gold), "text": len(tokens)}

    def ratios(self, counts: Columns) -> dict[str, Floats]:
        """`precision`, `recall`, `f1`."""
        return self.matched(counts["lcs"], counts["text"], counts["gold"])


def numbered(tokens: Sequence[str]) -> Numbered:
    """Tokens as numbers, with the vocabulary. rapidfuzz compares hashes: those of small numbers
    never collide, those of strings might."""
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens), 1)}
    return vocabulary, [vocabulary[token] for token in tokens]


def in_numbers(vocabulary: dict[str, int], tokens: Sequence[str]) -> list[int]:
    """Tokens by another text's vocabulary: what it lacks gets numbers of its own from its size
    on."""
    own = dict(vocabulary)
    return [own.setdefault(token, len(own) + 1) for token in tokens]


LCS = Lcs(
    about=About(
        "lcs",
        "The longest common subsequence of tokens; lcs[tok=char] is over characters.",
        "ROUGE-L (Lin 2004), with Unicode words",
    )
)

ROUGE_L = Lcs(
    about=About(
        "rouge-l",
        "The longest common subsequence of words as the rouge-score package cuts them.",
        "Lin 2004; the rouge-score package",
    ),
    norm="lower",
    tok="alnum",
    empty="zero",
)
