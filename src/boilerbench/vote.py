"""Votes: an extractor that is made of what others have extracted.

Each block of a page's own visible text, as `boilerbench.dom` cuts them, is taken if enough members
have chosen it. A member has chosen a block by the same rule by which a gold text makes gold blocks
(`boilerbench.metrics.blocks`): more than half of the block's tokens are matched where the member's
text is aligned with the whole page.

The ensembles of Bevendorff and others (SIGIR 2023) vote token by token: one is kept if enough
members have five tokens in a row that end or begin with it, wherever they have them, and the result
is one line. Here whole blocks are kept or left, with the page's own order and boundaries, and the
alignment tells apart the places at which a phrase stands.

What a member has taken from elsewhere is in no block and gets no vote: texts of images, metadata,
scripts, what the page hides. Neither does a block without any token, such as a row of asterisks.
Where a page shows a block several times and the members have it once, they may have different
copies by the alignment, and then it may miss its majority.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

import numpy as np

from boilerbench.dom import blocks
from boilerbench.metrics.blocks import BLOCKS
from boilerbench.types import Block, Extraction, ExtractorSpec, Gold, Page


def vote(page_blocks: Sequence[Block], texts: Sequence[str], minimum: int) -> str:
    """Those blocks that `minimum` or more of the texts hold, in the order of the page, parted by
    empty lines. `minimum` is from 1, which gives all that anyone has chosen, to the number of
    texts, which gives what all have."""
    said = tuple(block for block in page_blocks if BLOCKS.tokens(block.text))
    votes = np.zeros(len(said), np.int64)
    for text in texts:
        votes += BLOCKS.prepare(Gold("", text, blocks=said)).wanted
    return "\n\n".join(block.text for block, n in zip(said, votes, strict=True) if n >= minimum)


def voted(spec: ExtractorSpec, page: Page, ballots: Sequence[Extraction]) -> Extraction:
    """What the vote `spec` makes of a page by what its members made of it.

    A member that failed has chosen nothing; the number of votes that a block needs stays the same.
    Where all failed, so does the vote (`error`). It costs what its members cost, one after the
    other, and its own work: in time the sum, in memory the most that one of them had.
    """
    wall, cpu = time.perf_counter(), time.thread_time()
    answered = [ballot for ballot in ballots if not ballot.failed]
    text = ""
    if answered:
        text = vote(blocks(page.html), [ballot.text for ballot in answered], _minimum(spec))
    failed = ", ".join(f"{ballot.extractor} ({ballot.outcome})" for ballot in ballots)
    return Extraction(
        page_id=page.id,
        extractor=str(spec),
        outcome="error" if not answered else "ok" if text else "empty",
        text=text,
        error=None if answered else f"all members failed: {failed}",
        cpu_s=_sum([*(ballot.cpu_s for ballot in ballots), time.thread_time() - cpu]),
        wall_s=_sum([*(ballot.wall_s for ballot in ballots), time.perf_counter() - wall]),
        peak_rss=max((b.peak_rss for b in ballots if b.peak_rss is not None), default=None),
    )


def about(spec: ExtractorSpec, members: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What a run records of a vote; `members` is what their workers said, by `str(member)`. Its
    release is those of its members, so that with one of them it becomes another extractor."""
    releases = [str(members[str(member)].get("version") or "–") for member in spec.members]
    return {
        "version": "+".join(releases),
        "given": {
            "members": ", ".join(map(str, spec.members)),
            "votes that a block needs": _minimum(spec),
            "a block is chosen": "by a text that holds more than half of its tokens, in order",
            "a member that failed": "chooses nothing",
            "CPU": "its members' and its own",
        },
        # They decide what the blocks of a page are, and what an alignment matches.
        "packages": {name: metadata.version(name) for name in ("rapidfuzz", "resiliparse")},
    }


def _minimum(spec: ExtractorSpec) -> int:
    return int(str(spec.options["min"]))


def _sum(costs: Sequence[float | None]) -> float | None:
    """None if one was not measured."""
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None
