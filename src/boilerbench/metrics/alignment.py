"""CleanEval's score: precision and recall of aligned words, or of aligned segment marks.

As in Evert's evaluation script (LREC 2008): control characters become spaces, the marks <p>, <h>
and <l> stand as tokens among the white-space tokens, and Python's difflib aligns the two sequences,
with its heuristic for frequent tokens (`autojunk`) as it comes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import ClassVar

from boilerbench.metrics.base import About, Columns, Floats, Metric, choice, divide, harmonic
from boilerbench.types import Gold

_URL = re.compile(r"(?:\A|(?<!\s))\s*URL", re.ASCII)
_MARK = re.compile(r"<[phl]>", re.IGNORECASE)
_SPACE = re.compile(r"\s+", re.ASCII)  # the original works on bytes
_CONTROL = re.compile(r"[\x00-\x1f]+")


@dataclass(frozen=True, kw_only=True)
class Alignment(Metric[list[str]]):
    """Precision, recall and F1 of aligned tokens.

    `unit` is what counts: all tokens, segment marks among them, as in the original (`words`), or
    the marks alone (`marks`). `marks` says whether <h>, <l> and <p> differ (`labelled`), are one
    (`unlabelled`), or are left out before the alignment (`dropped`). `ends` says whether white
    space at the beginning and at the end of a text makes an empty token each, as it does in the
    original (`count`), or nothing (`drop`); `url` whether lines that begin with URL, such as the
    first of CleanEval's golds, go (`drop`) or stay (`keep`).
    """

    unit: str = choice("words", "words", "marks")
    marks: str = choice("dropped", "labelled", "unlabelled", "dropped")
    ends: str = choice("drop", "drop", "count")
    url: str = choice("keep", "keep", "drop")

    family: ClassVar[str] = "alignment"

    def prepare(self, gold: Gold) -> list[str]:
        """The gold's tokens."""
        return self._tokens(gold.text)

    def counts(self, prepared: list[str], text: str) -> dict[str, float]:
        """`tp`, `fp`, `fn`, in tokens or in marks."""
        tokens = self._tokens(text)
        matched = [
            token
            for start, _, length in SequenceMatcher(None, tokens, prepared).get_matching_blocks()
            for token in tokens[start : start + length]
        ]
        tp, found, wanted = map(self._count, (matched, tokens, prepared))
        return {"tp": tp, "fp": found - tp, "fn": wanted - tp}

    def ratios(self, counts: Columns) -> dict[str, Floats]:
        """`precision`, `recall`, `f1`; 0 where there is nothing to divide by."""
        tp = counts["tp"]
        precision = divide(tp, tp + counts["fp"], 0.0)
        recall = divide(tp, tp + counts["fn"], 0.0)
        return {"precision": precision, "recall": recall, "f1": harmonic(precision, recall)}

    def _tokens(self, text: str) -> list[str]:
        text = _CONTROL.sub(" ", _without_url_lines(text) if self.url == "drop" else text)
        if self.marks == "dropped":
            text = _MARK.sub(" ", text)
        elif self.marks == "unlabelled":
            text = _MARK.sub(" <p> ", text)
        else:
            text = _MARK.sub(lambda mark: f" {mark[0]} ", text)
        tokens = _SPACE.split(text)
        return tokens if self.ends == "count" else list(filter(None, tokens))

    def _count(self, tokens: list[str]) -> int:
        return len(tokens) if self.unit == "words" else sum(map(bool, map(_MARK.fullmatch, tokens)))


def _without_url_lines(text: str) -> str:
    """The text without lines that begin with URL, and without the white space from the beginning of
    a line to them: what replacing `^\\s*URL.*$` by nothing gives, in linear time."""
    kept, at = [], 0
    for match in _URL.finditer(text):
        start = text.find("\n", match.start(), match.end()) + 1 if match.start() else 0
        if start < at or (match.start() and not start):
            continue  # in a line that is gone, or not at the beginning of one
        kept.append(text[at:start])
        end = text.find("\n", match.end())
        at = len(text) if end < 0 else end
    kept.append(text[at:])
    return "".join(kept)


CLEANEVAL = Alignment(
    about=About(
        "cleaneval",
        "White-space tokens that difflib aligns.",
        "CleanEval (Baroni et al. 2008), Evert's script of 2008",
    )
)

CLEANEVAL_MARKS = Alignment(
    about=About(
        "cleaneval-marks",
        "Segment marks <p>, <h>, <l> that difflib aligns.",
        "CleanEval (Baroni et al. 2008), Evert's script of 2008",
    ),
    unit="marks",
    marks="labelled",
)
