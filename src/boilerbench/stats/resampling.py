"""Drawing pages again, and exchanging extractors on them.

A resample is how often each page was drawn, so that the sums of it are one product of matrices for
all extractors and figures at once: no text is read again and no score computed again. Where pages
stand in groups (those of one site) the groups are drawn, with all their pages.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from boilerbench.metrics.base import Floats

Groups = NDArray[np.intp]
"""For each page the number of its group, from 0: arrays of shape (pages,)."""

RESAMPLES = 10_000

FEWEST_GROUPS = 10
"""With fewer, nothing can be said of others like them: then pages are drawn one by one."""

_BLOCK = 1 << 21
"""Entries of a matrix that is multiplied at once (16 MiB): it bounds the memory."""

_KEPT = 1 << 25
"""Entries of drawn matrices that are kept for the next metric (64 MiB); larger ones are drawn again
each time."""

Stream = tuple[int, ...]
"""Which of the independent streams of a seed: the corpora of a run have one each, so that two of
the same size are not drawn alike."""


def generator(seed: int, stream: Stream = ()) -> np.random.Generator:
    """A stream of a seed; the empty one is that of `numpy.random.default_rng(seed)`."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=stream))


def groups_of(names: Sequence[Hashable | None]) -> Groups:
    """A number for each page that is the same for those of one name; a page without a name is a
    group of its own."""
    known: dict[object, int] = {}
    return np.array(
        [
            known.setdefault((at,) if name is None else name, len(known))
            for at, name in enumerate(names)
        ],
        dtype=np.intp,
    )


def units(sites: Sequence[str | None]) -> tuple[Groups | None, int, str]:
    """What is drawn of these pages, how many there are of it, and what it is called: sites, if some
    have several pages and there are `FEWEST_GROUPS` of them at least, else pages."""
    groups = groups_of(sites)
    count = int(groups.max()) + 1 if len(groups) else 0
    if FEWEST_GROUPS <= count < len(sites):
        return groups, count, "sites"
    return None, len(sites), "pages" if len(sites) != 1 else "page"


def summed(columns: Floats, groups: Groups | None) -> Floats:
    """Columns of shape (pages, …) added up by group: (groups, …); as they are without groups."""
    if groups is None or not len(groups):
        return columns
    sums = np.zeros((groups.max() + 1, *columns.shape[1:]))
    np.add.at(sums, groups, columns)
    return sums


def resampled(columns: Floats, resamples: int, seed: int, stream: Stream = ()) -> Floats:
    """The sums of columns of shape (rows, columns) in resamples of their rows: of shape
    (resamples, columns)."""
    rows = len(columns)
    if not rows:
        raise ValueError("there are no pages to resample")
    distinct, place = _distinct(columns)
    drawn = _draws(rows, resamples, seed, stream)
    sums = np.concatenate([block.astype(np.float64) @ distinct for block in drawn])
    return np.asarray(sums[:, place])


def exchanges(rows: int, size: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """On which rows two extractors change places, at random: 0 and 1, of shape (size, rows)."""
    bits = random.integers(256, size=(size, -(-rows // 8)), dtype=np.uint8)
    return np.unpackbits(bits, axis=1, count=rows)


def every_exchange(rows: int) -> NDArray[np.uint8]:
    """All ways in which two extractors can change places: of shape (2 to the rows, rows)."""
    return (np.arange(2**rows)[:, None] >> np.arange(rows) & 1).astype(np.uint8)


def exchanged(swapped: NDArray[np.uint8], columns: Floats) -> Floats:
    """The sums of columns of shape (rows, columns) where they change places: of shape (ways,
    columns)."""
    distinct, place = _distinct(columns)
    return np.asarray((swapped.astype(np.float64) @ distinct)[:, place])


def blocks(rows: int, resamples: int) -> list[int]:
    """How many resamples to take at a time."""
    size = max(1, min(resamples, _BLOCK // max(rows, 1)))
    whole, rest = divmod(resamples, size)
    return [size] * whole + [rest] * bool(rest)


def _distinct(columns: Floats) -> tuple[Floats, list[int]]:
    """The columns that differ, and the place of each among them. Half of them are alike, as most
    metrics have something to say of every page."""
    known: dict[bytes, int] = {}
    place = [known.setdefault(column.tobytes(), len(known)) for column in columns.T]
    first = [place.index(at) for at in range(len(known))]
    return np.ascontiguousarray(columns[:, first]), place


def _draws(rows: int, resamples: int, seed: int, stream: Stream) -> Iterable[NDArray[np.uint16]]:
    if rows * resamples <= _KEPT:
        return _kept(rows, resamples, seed, stream)
    return _drawn(rows, resamples, seed, stream)


@lru_cache(maxsize=2)
def _kept(rows: int, resamples: int, seed: int, stream: Stream) -> tuple[NDArray[np.uint16], ...]:
    return tuple(_drawn(rows, resamples, seed, stream))


def _drawn(rows: int, resamples: int, seed: int, stream: Stream) -> Iterator[NDArray[np.uint16]]:
    """How often each row was drawn in each resample: arrays of shape (some resamples, rows)."""
    random = generator(seed, stream)
    for size in blocks(rows, resamples):
        drawn = random.integers(rows, size=(size, rows))
        drawn += np.arange(size)[:, None] * rows
        counted = np.bincount(drawn.ravel(), minlength=size * rows)
        yield counted.astype(np.uint16).reshape(size, rows)
