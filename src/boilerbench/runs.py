"""Cutting a text into runs of some class of characters, fast.

`re.findall` walks from character to character; most of what a metric costs is that. Here a table
blanks every character outside the class at once, and `str.split` does the rest: the same tokens in
a third of the time (`bench/speed/scoring.py`).
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

_SPACE = 0x20
_SHORT = 300
"""Characters below which the table does not pay."""

_BASIC = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x10000)]))
"""The characters that UTF-16 writes in one unit."""


class Runs:
    """Calling it is `findall` of a pattern `[class]+`, of a class that has no white space."""

    def __init__(self, pattern: re.Pattern[str] | regex.Pattern[str]) -> None:
        self._pattern: Any = pattern

    def __call__(self, text: str) -> list[str]:
        """The runs, in order."""
        if len(text) < _SHORT:
            return self._findall(text)
        units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")
        # A character outside the basic plane takes two units; half a one cannot be decoded again.
        if units.size > len(text) or ((units & 0xF800) == 0xD800).any():
            return self._findall(text)
        blanked: bytes = self._blanked[units].tobytes()
        return blanked.decode("utf-16-le").split()

    def _findall(self, text: str) -> list[str]:
        found: list[str] = self._pattern.findall(text)
        return found

    @cached_property
    def _blanked(self) -> NDArray[np.uint16]:
        """For each unit of UTF-16 itself if it is in the class, else a space."""
        table = np.full(0x10000, _SPACE, "<u2")
        kept = np.frombuffer("".join(self._pattern.findall(_BASIC)).encode("utf-16-le"), "<u2")
        table[kept] = kept
        return table
