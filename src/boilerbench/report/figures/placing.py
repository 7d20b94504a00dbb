"""Where the names of dots go, so that they run neither into each other nor into dots."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

CHARACTER = 5.9
"""Pixels of an average character at the size of 11."""

LINE = 13.0
DOT = 6.0
NEAR = 14.0
"""A name within so many pixels of its dot needs no line to it."""

_DISTANCES = (9.0, 12.0, 16.0, 22.0, 30.0, 40.0, 52.0, 66.0, 82.0, 100.0, 120.0)
_DIRECTIONS = 24

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Label:
    """Where a name is anchored, in pixels from the plot's top left, and on which side of that it
    stands. `far` says that it needs a line to its dot."""

    x: float
    y: float
    align: Literal["left", "right"]
    far: bool


def placed(
    dots: Sequence[tuple[float, float]],
    names: Sequence[str],
    width: float,
    height: float,
    taken: Sequence[Box] = (),
    crossed: Sequence[Box] = (),
) -> list[Label]:
    """A label for each of the dots, in pixels of a plot of `width` and `height`: as near as there
    is room. Names keep off what is `taken`, and off what is `crossed` if they can."""
    around = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in dots]
    standing = [*taken, *around]
    found: dict[int, Label] = {}
    lines: list[tuple[float, float, float, float]] = []
    for at in sorted(range(len(dots)), key=lambda one: (dots[one][1], dots[one][0])):
        wide = measured(names[at])
        costs: list[tuple[float, int, Label, Box, Box]] = []
        for distance, label in _places(*dots[at]):
            box = _box(label, wide)
            outside = (
                max(0.0, -box[0])
                + max(0.0, box[2] - width)
                + max(0.0, -box[1])
                + max(0.0, box[3] - height)
            )
            line = (*dots[at], label.x, label.y)
            cost = (
                distance
                + 50 * outside
                + sum(400 * _overlap(box, other) for other in standing)
                + sum(12 * _overlap(box, other) for other in crossed)
                + sum(60 * _crosses(other, box) for other in lines)
                + sum(60 * _crosses(line, other) for other in standing if other != around[at])
            )
            costs.append((cost, len(costs), label, box, line))
        _, _, label, box, line = min(costs)
        found[at] = label
        standing.append(box)
        if label.far:
            lines.append(line)
    return [found[at] for at in range(len(dots))]


def measured(name: str) -> float:
    """About how many pixels a name is wide."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in name)
    return CHARACTER * (len(name) + wide)


def _places(x: float, y: float) -> Iterator[tuple[float, Label]]:
    for distance in _DISTANCES:
        for step in range(_DIRECTIONS):
            turn = 2 * math.pi * step / _DIRECTIONS
            across, up = math.cos(turn), math.sin(turn)
            if abs(across) < 1e-9:
                continue
            # Left and right of a dot a name reads best.
            worse = distance + 4 * abs(up) + (0 if across > 0 else 1)
            align: Literal["left", "right"] = "left" if across > 0 else "right"
            yield worse, Label(x + distance * across, y - distance * up, align, distance > NEAR)


def _box(label: Label, wide: float) -> Box:
    left = label.x if label.align == "left" else label.x - wide
    return left, label.y - LINE / 2, left + wide, label.y + LINE / 2


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _crosses(line: tuple[float, float, float, float], box: Box) -> bool:
    """Whether a line, looked at in 16 points, runs through a box."""
    x, y, to_x, to_y = line
    return any(
        box[0] < x + (to_x - x) * step / 15 < box[2]
        and box[1] < y + (to_y - y) * step / 15 < box[3]
        for step in range(16)
    )
