"""ROUGE-LSum: for each sentence of the gold, the union of its longest common subsequences with all
sentences of the text.

Equal to the rouge-score package to the last digit, which fixes what Lin (2004) leaves open: which
of several longest common subsequences is meant (the one that going back from the ends of both
sentences finds), and that a token is counted as a hit no more often than either text has it.

All sentences of the text are compared with a sentence of the gold at once: they lie side by side in
the bits of one integer, with an empty bit between two of them, and the recurrence of the
bit-parallel LCS (Hyyrö 2004) runs over that. The way back does the same with a pointer for each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from boilerbench.errors import UserError
from boilerbench.metrics.base import About, Columns, Floats, TokenMetric, choice
from boilerbench.text import NORMALISERS, TOKENISERS
from boilerbench.types import Gold

Sentences = list[list[str]]

_TILE = 1 << 14
"""Tokens of the text that lie side by side, unless one sentence is longer."""

_STRIDE = 1 << 9
"""Tokens of a gold sentence whose rows are kept at once."""

_GET_NLTK = "pip install 'boilerbench[sigir23]'"


@dataclass(frozen=True, slots=True)
class Summary:
    """A gold text as sentences of tokens, with how often each token occurs."""

    sentences: Sentences
    times: Counter[str]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Sentences of a text in the bits of one integer: where each token stands, all bits that stand
    for a token, the last one of each sentence, and the length of the longest sentence."""

    places: dict[str, int]
    everywhere: int
    lasts: int
    longest: int


@dataclass(frozen=True, kw_only=True)
class RougeLSum(TokenMetric[Summary]):
    """Precision, recall and F1 by the union of longest common subsequences.

    `split` says what a sentence is: a line (`lines`), or what NLTK's Punkt finds (`punkt`), which
    is rouge-score's `split_summaries`.
    """

    split: str = choice("lines", "lines", "punkt")

    family: ClassVar[str] = "rouge-lsum"
    counted: ClassVar[tuple[str, ...]] = ("hits", "gold", "text")
    won: ClassVar[tuple[str, ...]] = ("hits",)

    def prepare(self, gold: Gold) -> Summary:
        """The sentences of the gold."""
        sentences = self._sentences(gold.text)
        return Summary(sentences, Counter(token for s in sentences for token in s))

    def counts(self, prepared: Summary, text: str) -> dict[str, float]:
        """`hits`; the lengths `gold` and `text`, in tokens."""
        sentences = self._sentences(text)
        left = Counter(token for sentence in sentences for token in sentence)
        found, wanted = left.total(), prepared.times.total()
        left &= prepared.times  # a token is hit as often as the side that has fewer of it allows
        tiles = [_side_by_side(tile, prepared.times) for tile in _tiles(sentences)]
        hits = 0
        for sentence in prepared.sentences:
            for place in sorted(set().union(*(_union(sentence, tile) for tile in tiles))):
                token = sentence[place]
                if left[token]:
                    left[token] -= 1
                    hits += 1
        return {"hits": hits, "gold": wanted, "text": found}

    def ratios(self, counts: Columns) -> dict[str, Floats]:
        """`precision`, `recall`, `f1`."""
        return self.matched(counts["hits"], counts["text"], counts["gold"])

    def _sentences(self, text: str) -> Sentences:
        lines = text.split("\n") if self.split == "lines" else _punkt(text)
        normal, cut = NORMALISERS[self.norm], TOKENISERS[self.tok]
        return [tokens for line in lines if (tokens := list(cut(normal(line))))]


def _tiles(sentences: Sentences) -> Iterator[Sentences]:
    """The sentences in groups whose integers stay small: their memory is what a long text costs."""
    tile: Sentences = []
    size = 0
    for sentence in sentences:
        if tile and size + len(sentence) > _TILE:
            yield tile
            tile, size = [], 0
        tile.append(sentence)
        size += len(sentence)
    if tile:
        yield tile


def _side_by_side(sentences: Sentences, wanted: Iterable[str]) -> SideBySide:
    places: dict[str, list[int]] = {token: [] for token in wanted}
    everywhere = lasts = 0
    start = 1
    for sentence in sentences:
        for place, token in enumerate(sentence, start):
            if token in places:
                places[token].append(place)
        end = start + len(sentence)
        everywhere |= (1 << end) - (1 << start)
        lasts |= 1 << (end - 1)
        start = end + 1
    return SideBySide(
        {token: sum(1 << p for p in found) for token, found in places.items() if found},
        everywhere,
        lasts,
        max(map(len, sentences), default=0),
    )


def _union(sentence: Sequence[str], text: SideBySide) -> list[int]:
    """The places in the sentence that are part of its LCS with any sentence of the text."""
    found = [place for place, token in enumerate(sentence) if token in text.places]
    matches = [text.places[sentence[place]] for place in found]
    # Long sentences keep every few rows only, and compute those between anew on the way back.
    levels = [text.everywhere]  # bits at which the subsequence has not grown are set
    for start in range(0, len(found) - _STRIDE, _STRIDE):
        levels.append(_grown(matches[start : start + _STRIDE], levels[-1], text.everywhere)[1])
    pointers = text.lasts
    union = []
    for start in range((len(levels) - 1) * _STRIDE, -1, -_STRIDE):
        rows = matches[start : start + _STRIDE]
        grown, _ = _grown(rows, levels.pop(), text.everywhere)
        for place, at, up_to in zip(
            reversed(found[start : start + _STRIDE]), reversed(rows), reversed(grown), strict=True
        ):
            taken = pointers & (up_to | at)
            if taken:
                union.append(place)
                direct = taken & at
                before = direct | _next_match(taken ^ direct, at, text)
                pointers = (pointers ^ taken) | (before >> 1) & text.everywhere
    return union


def _grown(matches: Sequence[int], level: int, everywhere: int) -> tuple[list[int], int]:
    """For each of some tokens of a sentence the bits up to which the longest common subsequence has
    grown by it, by the bits where it stands; and the level after them."""
    grown = []
    for at in matches:
        free = level & at
        carried = level + free
        grown.append((level & ~carried) | free)
        level = (carried | (level ^ free)) & everywhere
    return grown, level


def _next_match(pointers: int, matches: int, text: SideBySide) -> int:
    """For each pointer the nearest match before it. There is one in its sentence."""
    if not pointers:
        return 0
    free, step = text.everywhere & ~matches, 1
    while step < text.longest:  # spread over what is free, twice as far each time
        spread = pointers | free & (pointers >> step)
        if spread == pointers:
            break
        pointers = spread
        free &= free >> step
        step *= 2
    return (pointers >> 1) & matches


def _punkt(text: str) -> list[str]:
    """Sentences by NLTK's Punkt model for English. Release 3.10 of NLTK splits otherwise than those
    before it: only one kind may stand behind a signature, and it is that of the published scores.
    """
    try:
        import nltk
    except ImportError:
        raise UserError("split=punkt needs the package nltk", _GET_NLTK) from None
    if not nltk.__version__.startswith("3.9."):
        raise UserError(f"split=punkt needs NLTK 3.9, here is {nltk.__version__}", _GET_NLTK)
    try:
        sentences: list[str] = nltk.sent_tokenize(text)
    except LookupError:
        raise UserError(
            "split=punkt needs NLTK's data 'punkt_tab'", "python -m nltk.downloader punkt_tab"
        ) from None
    return sentences


ROUGE_LSUM = RougeLSum(
    about=About(
        "rouge-lsum",
        "Longest common subsequences of each gold sentence with all sentences, as the rouge-score "
        "package has it.",
        "Lin 2004; the rouge-score package",
    ),
    norm="lower",
    tok="alnum",
    empty="zero",
)
