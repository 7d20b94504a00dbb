"""Does memory grow with the pages, or only until caches are full?"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from itertools import islice

from boilerbench.conformance.finding import Finding
from boilerbench.conformance.pages import endless
from boilerbench.conformance.session import Session
from boilerbench.types import Page

LEAK = 20 << 10
"""Bytes a page. A run of a million pages would end with 20 GB."""

LEAST = 8 << 20
"""Bytes in all below which growth is an allocator's affair."""

_WARM_UP = 0.4  # of the pages
_LOOK_EVERY = 10  # pages
_TOO_FEW = 200
"""Pages; with fewer, a heap that is collected late cannot be told from a leak."""


def growth(session: Session, pages: list[Page], count: int, seconds: float) -> Finding:
    """Send `count` pages, or as many as `seconds` allow, all of them different."""
    begun, looks = time.monotonic(), []
    sent = 0
    for page in islice(endless(pages), count):
        if sent and time.monotonic() - begun > seconds:
            break
        session.extract(page)
        sent += 1
        if sent % _LOOK_EVERY == 0:
            looks.append(session.memory())
    if sent < (least := min(count, _TOO_FEW)):
        why = f"too slow: {sent:,} of {count:,} pages in {seconds:g} s; {least:,} are needed"
        return Finding("memory", "skipped", why)
    warm = looks[int(len(looks) * _WARM_UP) :]
    # A leak goes on; a heap that finds its size does not.
    each = min(slope(warm), slope(warm[len(warm) // 2 :]))
    total = each * _LOOK_EVERY * (len(warm) - 1)
    leaks = each > LEAK and total > LEAST
    seen = f"{sent:,} pages: {each / 1024:+.1f} KiB a page, {total / 1024**2:+.1f} MiB once warm"
    return Finding("memory", "fail" if leaks else "pass", seen)


def slope(looks: Sequence[int]) -> float:
    """Bytes a page, as the median slope between all pairs of looks (Theil-Sen), which a cache that
    doubles once does not move."""
    return statistics.median(
        (later - earlier) / (_LOOK_EVERY * (j - i))
        for i, earlier in enumerate(looks)
        for j, later in enumerate(looks[i + 1 :], i + 1)
    )
