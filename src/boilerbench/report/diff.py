"""Where two texts differ, down to the word: what a page view marks.

Words are compared as the default metrics compare tokens (`boilerbench.text.fold`), but the texts
are cut as they stand, so that they can be shown so. What stands between two words, spaces and
punctuation, belongs to the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, repeat
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from boilerbench.alignment import common
from boilerbench.metrics.blocks import LARGEST
from boilerbench.text import NO_SPACE_SCRIPTS, fold

_SPACELESS = "".join(rf"\p{{scx={script}}}" for script in NO_SPACE_SCRIPTS)
_ALONE = rf"[[[{_SPACELESS}]&&[\p{{L}}\p{{N}}]]--[\u02bc]]"
# As `boilerbench.text` cuts what is folded; before it is, a word may also have invisible characters
# (soft hyphens), which folding drops, and numbers like ½ and ².
_IN_WORD = r"[\w\p{No}\p{DI}]"
_WORD = regex.compile(rf"{_ALONE}[\p{{M}}\p{{DI}}]*|[{_IN_WORD}--{_ALONE}]+", regex.V1)
_SPACE = 0x20

_STRAY = 2
"""Words up to which a run that both texts have is no match if more than `_DROWNED` times as many
differ on either side of it: texts of one language always have some `the … of` in common."""

_DROWNED = 4


@dataclass(frozen=True, slots=True)
class Words:
    """A text, the places where its words begin, and the words, folded."""

    text: str
    starts: Sequence[int]
    words: Sequence[str]


class Stretch(NamedTuple):
    """The next characters of two texts: `same_gold` of the one have the words of `same_text` of the
    other; after these come `missing`, which only the first has, and `extra`, which only the second
    has."""

    same_gold: int
    same_text: int
    missing: int
    extra: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The stretches that make up both texts, and how many words are missing and extra."""

    stretches: Sequence[Stretch]
    missing: int
    extra: int


def cut(text: str) -> Words:
    """The words of a text: runs of word characters, or single characters of scripts without
    spaces."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    blanked = _blanked()[points]
    if blanked.all():
        inside = blanked != _SPACE
        words = fold(blanked.tobytes().decode("utf-32-le")).split()
        starts = np.flatnonzero(np.diff(inside, prepend=False) & inside)
        # Unless a word is all invisible, or folds to several.
        if len(words) == len(starts):
            return Words(text, starts.tolist(), words)
    found = [(one.start(), fold(one[0])) for one in _WORD.finditer(text)]
    found = [(start, word) for start, word in found if word]
    return Words(text, [start for start, _ in found], [word for _, word in found])


@cache
def _blanked() -> NDArray[np.uint32]:
    """By its code point, a character if it may stand in a word, 0 if it is one by itself, else a
    space."""
    every = "".join(map(chr, range(0x110000)))
    table = np.full(0x110000, _SPACE, "<u4")
    for run in regex.finditer(f"{_IN_WORD}+", every, regex.V1):
        table[run.start() : run.end()] = np.arange(run.start(), run.end())
    for run in regex.finditer(f"{_ALONE}+", every, regex.V1):
        table[run.start() : run.end()] = 0
    return table


def diff(gold: Words, text: Words, largest: int = LARGEST) -> Difference:
    """How a text differs from the gold, by a longest common subsequence of their words, from which
    strays are left out; where there are more than `largest` pairs of words to compare, it may be
    shorter than the longest. Takes time and memory by the product of the numbers of words, a bit
    for each pair, up to that limit."""
    changes = _without_strays(_changes(gold.words, text.words, largest))
    changes = [_trimmed(change, gold.words, text.words) for change in changes]
    _slide(changes, gold, text)
    ours, theirs = _bounds(gold), _bounds(text)
    stretches: list[Stretch] = []
    i = j = 0
    for start, end, begin, stop in changes:
        same = ours[start] - ours[i], theirs[begin] - theirs[j]
        stretches.append(Stretch(*same, ours[end] - ours[start], theirs[stop] - theirs[begin]))
        i, j = end, stop
    rest = len(gold.text) - ours[i], len(text.text) - theirs[j]
    if any(rest):
        stretches.append(Stretch(*rest, 0, 0))
    missing = sum(end - start for start, end, _, _ in changes)
    extra = sum(stop - begin for _, _, begin, stop in changes)
    return Difference(stretches, missing, extra)


def _bounds(side: Words) -> list[int]:
    """Where words begin, and the end of the last; what stands before the first goes with it."""
    return [0, *side.starts[1:], len(side.text)] if side.starts else [0]


class _Change(NamedTuple):
    """Words from `start` to `end` of one side stand for those from `begin` to `stop` of the
    other."""

    start: int
    end: int
    begin: int
    stop: int


def _changes(ours: Sequence[str], theirs: Sequence[str], largest: int) -> Iterator[_Change]:
    """What stands between the matches, and last what stands after them, which may be nothing."""
    i = j = 0
    for a, b, size in _matches(ours, theirs, largest):
        if a > i or b > j:
            yield _Change(i, a, j, b)
        i, j = a + size, b + size
    yield _Change(i, len(ours), j, len(theirs))


def _matches(
    ours: Sequence[str], theirs: Sequence[str], largest: int
) -> Iterator[tuple[int, int, int]]:
    """Places on both sides from which on so many words are matched, in order."""
    known = {word: number for number, word in enumerate(dict.fromkeys(ours))}
    first = np.fromiter(map(known.__getitem__, ours), np.int64, len(ours))
    second = np.fromiter(map(known.get, theirs, repeat(-1)), np.int64, len(theirs))
    a, b = common(first, second, largest)
    ends = np.flatnonzero((np.diff(a) != 1) | (np.diff(b) != 1)) + 1
    for start, end in pairwise([0, *ends.tolist(), len(a)]):
        if end > start:
            yield int(a[start]), int(b[start]), end - start


def _without_strays(changes: Iterator[_Change]) -> list[_Change]:
    """The changes, those joined that only strays part."""
    kept = [next(changes)]
    for change in changes:
        start, end, begin, stop = kept[-1]
        same = change.start - end
        before = max(end - start, stop - begin)
        after = max(change.end - change.start, change.stop - change.begin)
        if same <= _STRAY and min(before, after) > _DROWNED * same:
            kept[-1] = _Change(start, change.end, begin, change.stop)
        else:
            kept.append(change)
    return kept


def _trimmed(change: _Change, ours: Sequence[str], theirs: Sequence[str]) -> _Change:
    """The change without what both sides begin and end with: where a stray was matched, a better
    match of the same word may stand at the edge."""
    start, end, begin, stop = change
    while start < end and begin < stop and ours[end - 1] == theirs[stop - 1]:
        end, stop = end - 1, stop - 1
    while start < end and begin < stop and ours[start] == theirs[begin]:
        start, begin = start + 1, begin + 1
    return _Change(start, end, begin, stop)


def _slide(changes: list[_Change], gold: Words, text: Words) -> None:
    """Where one side alone has something, and the word before it is also its last, it may as well
    begin a word earlier: do so where it then begins a line."""
    for place, (start, end, begin, stop) in enumerate(changes):
        if (start == end) == (begin == stop):
            continue
        side, first, last = (text, begin, stop) if start == end else (gold, start, end)
        before = changes[place - 1] if place else _Change(0, 0, 0, 0)
        room = start - before.end
        for shift in range(room + 1):
            if _begins_line(side, first - shift):
                changes[place] = _Change(start - shift, end - shift, begin - shift, stop - shift)
                break
            if shift == room or side.words[first - shift - 1] != side.words[last - shift - 1]:
                break


def _begins_line(side: Words, place: int) -> bool:
    return place == 0 or "\n" in side.text[side.starts[place - 1] : side.starts[place]]
