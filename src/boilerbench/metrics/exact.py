"""Exact match: the share of pages whose text has the tokens of the gold, in its order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from boilerbench.metrics.base import About, Columns, Floats, TokenMetric, divide
from boilerbench.types import Gold


@dataclass(frozen=True, kw_only=True)
class Exact(TokenMetric[tuple[str, ...]]):
    """1 for equal sequences of tokens, else 0."""

    family: ClassVar[str] = "exact"
    counted: ClassVar[tuple[str, ...]] = ("same", "pages")
    won: ClassVar[tuple[str, ...]] = ("same",)
    never: ClassVar[tuple[str, ...]] = ("precision", "recall")

    def prepare(self, gold: Gold) -> tuple[str, ...]:
        """The gold's tokens."""
        return self.tokens(gold.text)

    def counts(self, prepared: tuple[str, ...], text: str) -> dict[str, float]:
        """`same`, 1 or 0, of 1 in `pages`."""
        return {"same": int(self.tokens(text) == prepared), "pages": 1}

    def ratios(self, counts: Columns) -> dict[str, Floats]:
        """The share of equal texts, as `f1` and `accuracy`; precision and recall say nothing."""
        share = divide(counts["same"], counts["pages"], 0.0)
        nothing = share * math.nan
        return {"precision": nothing, "recall": nothing, "f1": share, "accuracy": share}


EXACT = Exact(
    about=About(
        "exact",
        "Whether the text has exactly the gold's tokens, in their order.",
        "the accuracy of scrapinghub's article extraction benchmark, with Unicode words",
    )
)
