"""A defect before it is known of which corpus and page."""

from __future__ import annotations

from typing import NamedTuple

_LONGEST = 60


class Finding(NamedTuple):
    """A kind of defect, what was seen, and the number behind it."""

    kind: str
    detail: str
    figure: float | None = None


def quoted(text: str) -> str:
    """A text of a page in quotation marks, in one line, shortened."""
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= _LONGEST else f"“{line[: _LONGEST - 1]}…”"
