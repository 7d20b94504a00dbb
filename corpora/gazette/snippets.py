"""Snippets that must and must not be extracted, chosen by rule from the labelled blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from build import Block

# Where snippets that must not come through are taken from, most tempting first.
MUST_NOT_KINDS = (
    *("comments", "related", "newsletter", "advert", "author", "cookie", "paywall"),
    *("footer", "share", "navigation"),
)
SNIPPET_MIN, SNIPPET_MAX = 30, 80


def _snippet(line: str, from_end: bool = False) -> str:
    """A piece of a line of 30 to 80 characters, cut between words where there are any."""
    if len(line) <= SNIPPET_MAX:
        return line
    piece = line[-SNIPPET_MAX:] if from_end else line[:SNIPPET_MAX]
    cut = piece.partition(" ")[2] if from_end else piece.rpartition(" ")[0]
    return cut if len(cut) >= SNIPPET_MIN else piece[-45:] if from_end else piece[:45]


def _lines_of(blocks: Iterable[Block]) -> list[str]:
    """Lines long enough for a snippet, each once."""
    lines = (line for block in blocks if block.quotable for line in block.text.split("\n"))
    return list(dict.fromkeys(line for line in lines if len(line) >= SNIPPET_MIN))


def choose_must(blocks: Sequence[Block], gold: str) -> list[str]:
    """Snippets of gold from the beginning, the middle and the end of the page."""
    lines = _lines_of(b for b in blocks if b.kind in ("paragraph", "quote", "list"))
    # The standfirst often comes first, and its loss is a matter of taste: start behind it.
    picks = [lines[min(1, len(lines) - 1)], lines[len(lines) // 2]]
    chosen = [_snippet(line) for line in picks] + [_snippet(lines[-1], from_end=True)]
    return list(dict.fromkeys(piece for piece in chosen if gold.count(piece) == 1))


def choose_must_not(blocks: Sequence[Block], gold: str) -> list[str]:
    """Up to four snippets that are not gold, from as many kinds of blocks as there are."""
    first: list[str] = []
    further: list[str] = []
    for kind in MUST_NOT_KINDS:
        pieces = [_snippet(line) for line in _lines_of(b for b in blocks if b.kind == kind)]
        pieces = [piece for piece in pieces if piece.lower() not in gold.lower()]
        first += pieces[:1]
        further += pieces[1:]
    return list(dict.fromkeys(first + further))[:4]
