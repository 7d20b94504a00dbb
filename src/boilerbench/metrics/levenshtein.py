"""Levenshtein similarity: one less the edits that turn one text into the other, by the longer of
the two lengths. It knows no precision or recall: all three figures are the similarity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from rapidfuzz.distance import Levenshtein as Distance

from boilerbench.metrics.base import About, Columns, Floats, TokenMetric, divide
from boilerbench.metrics.lcs import Numbered, in_numbers, numbered
from boilerbench.types import Gold


@dataclass(frozen=True, kw_only=True)
class Levenshtein(TokenMetric[Numbered]):
    """Similarity by insertions, deletions and substitutions of tokens, each of cost 1."""

    family: ClassVar[str] = "levenshtein"
    counted: ClassVar[tuple[str, ...]] = ("edits", "longer", "gold", "text")

    def prepare(self, gold: Gold) -> Numbered:
        """The gold's tokens by number."""
        return numbered(self.tokens(gold.text))

    def counts(self, prepared: Numbered, text: str) -> dict[str, float]:
        """`edits`; the lengths `longer`, `gold` and `text`, in tokens."""
        vocabulary, gold = prepared
        tokens = in_numbers(vocabulary, self.tokens(text))
        return {
            "edits": Distance.distance(gold, tokens),
            "longer": max(len(gold), len(tokens)),
            "gold": len(gold),
            "text": len(tokens),
        }

    def ratios(self, counts: Columns) -> dict[str, Floats]:
        """The similarity, three times."""
        longer, gold = counts["longer"], counts["gold"]
        similarity = divide(longer - counts["edits"], longer, 0.0)
        neither = longer == 0
        if self.empty == "skip":
            similarity = np.where(neither, np.nan, similarity)
        elif self.empty != "zero":
            similarity = np.where(neither, 1.0, similarity)
        recall = np.where(gold == 0, 1.0, similarity) if self.empty == "recall1" else similarity
        return {"precision": similarity, "recall": recall, "f1": similarity}


LEVENSHTEIN = Levenshtein(
    about=About(
        "levenshtein",
        "1 − edits / length of the longer text, over characters; levenshtein[tok=unicode] is over "
        "words.",
        "Levenshtein 1966; rapidfuzz",
    ),
    tok="char",
)
