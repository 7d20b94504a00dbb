"""Decisive snippets: what must and what must not stand in the text.

`Segments` counts them over all pages (trafilatura's evaluation); `SnippetRates` is the share of
them on each page (WCXB).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from boilerbench.metrics.base import About, Columns, Floats, Metric, choice, divide
from boilerbench.text import NORMALISERS
from boilerbench.types import Gold

Snippets = tuple[tuple[str, ...], tuple[str, ...]]
"""What must stand in a text, and what must not."""


@dataclass(frozen=True, kw_only=True)
class _Found(Metric[Snippets]):
    """Counts the snippets that are substrings of the text, both normalised by `norm`; `space` says
    whether runs of white space count as one space (`one`) or as they are (`keep`)."""

    norm: str = choice("nfkc_casefold", *NORMALISERS)
    space: str = choice("one", "one", "keep")

    counted: ClassVar[tuple[str, ...]] = ("tp", "fp", "fn", "tn", "all")
    won: ClassVar[tuple[str, ...]] = ("tp", "tn")
    needs: ClassVar[str] = "snippets"

    def prepare(self, gold: Gold) -> Snippets:
        """The normalised snippets, without those that this leaves nothing of: they stand in every
        text."""
        must, must_not = (
            tuple(filter(None, map(self._normal, given))) for given in (gold.must, gold.must_not)
        )
        return must, must_not

    def counts(self, prepared: Snippets, text: str) -> dict[str, float]:
        """`tp` and `fn` of snippets that must be found, `fp` and `tn` of those that must not, and
        how many there are in `all`."""
        must, must_not = prepared
        text = self._normal(text)
        tp, fp = (sum(snippet in text for snippet in snippets) for snippets in prepared)
        fn, tn = len(must) - tp, len(must_not) - fp
        return {"tp": tp, "fp": fp, "fn": fn, "tn": tn, "all": tp + fp + fn + tn}

    def _normal(self, text: str) -> str:
        text = NORMALISERS[self.norm](text)
        return " ".join(text.split()) if self.space == "one" else text


@dataclass(frozen=True, kw_only=True)
class Segments(_Found):
    """Precision, recall, accuracy and F1 of snippets, by default from the counts of all pages."""

    avg: str = choice("micro", "macro", "micro", "f1-of-means")

    family: ClassVar[str] = "segments"

    def ratios(self, counts: Columns) -> dict[str, Floats]:
        """`precision`, `recall`, `f1`, `accuracy`; 0 where there is nothing to divide by."""
        tp, fp, fn, tn, every = (counts[name] for name in self.counted)
        return {
            "precision": divide(tp, tp + fp, 0.0),
            "recall": divide(tp, tp + fn, 0.0),
            "f1": divide(2 * tp, 2 * tp + fp + fn, 0.0),
            "accuracy": divide(tp + tn, every, 0.0),
        }


@dataclass(frozen=True, kw_only=True)
class SnippetRates(_Found):
    """The share of snippets found on a page: `with` of those that must be (the recall), `without`
    of those that must not be.

    `empty` says what a page without such snippets gives: nothing (`skip`), or 1 (`one`), which
    counts an empty list of forbidden snippets as full leakage.
    """

    empty: str = choice("skip", "skip", "one")

    family: ClassVar[str] = "snippets"
    never: ClassVar[tuple[str, ...]] = ("precision", "f1")
    worst: ClassVar[Mapping[str, float]] = {"without": 1.0}

    def ratios(self, counts: Columns) -> dict[str, Floats]:
        """`recall` and, the same, `with`; `without`. Precision and F1 have nothing to say."""
        tp, fp, fn, tn, _ = (counts[name] for name in self.counted)
        none = math.nan if self.empty == "skip" else 1.0
        found = divide(tp, tp + fn, none)
        nothing = found * math.nan
        return {
            "precision": nothing,
            "recall": found,
            "f1": nothing,
            "with": found,
            "without": divide(fp, fp + tn, none),
        }


SEGMENTS = Segments(
    about=About(
        "segments",
        "Snippets that must and must not be found, counted over all pages.",
        "trafilatura's evaluation (Barbaresi 2021), case-folded",
    )
)

SNIPPETS = SnippetRates(
    about=About(
        "snippets",
        "The share of a page's snippets that is found: with those wanted, without those unwanted.",
        "WCXB, with white space normalised",
    )
)
