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
"""Pixels from the middle of a dot that names, and lines of other dots, keep off."""

NEAR = 14.0
"""A name within so many pixels of its dot needs no line to it."""

_DISTANCES = (9.0, 12.0, 16.0, 22.0, 30.0, 40.0, 52.0, 66.0)
_DIRECTIONS = 24

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""

Line = tuple[float, float, float, float]
"""Where it begins and where it ends, in pixels."""


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
) -> list[Label | None]:
    """A label for each of the dots, in pixels of a plot of `width` and `height`, as near as there
    is room; None where there is none, the earlier names come first. Names keep off each other, off
    dots and off what is `taken`, and off what is `crossed` if they can."""
    around = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in dots]
    standing = [*taken, *around]
    found: list[Label | None] = []
    lines: list[Line] = []
    for dot, own, name in zip(dots, around, names, strict=True):
        wide = measured(name)
        best: tuple[float, Label, Box] | None = None
        for distance, label in _places(*dot):
            if best and distance >= best[0]:
                continue
            box = _box(label, wide)
            line = (*dot, label.x, label.y)
            if (
                min(box[0], box[1], width - box[2], height - box[3]) < 0
                or any(_overlap(box, other) for other in standing)
                or any(_crosses(other, box) for other in lines)
                or (
                    label.far
                    and (
                        any(_meet(line, other) for other in lines)
                        or any(_crosses(line, other) for other in standing if other != own)
                    )
                )
            ):
                continue
            cost = distance + sum(12 * _overlap(box, other) for other in crossed)
            if not best or cost < best[0]:
                best = cost, label, box
        found.append(best[1] if best else None)
        if best:
            standing.append(best[2])
            if best[1].far:
                lines.append((*dot, best[1].x, best[1].y))
    return found


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


def _crosses(line: Line, box: Box) -> bool:
    """Whether a line, looked at in 16 points, runs through a box."""
    x, y, to_x, to_y = line
    return any(
        box[0] < x + (to_x - x) * step / 15 < box[2]
        and box[1] < y + (to_y - y) * step / 15 < box[3]
        for step in range(16)
    )


def _meet(one: Line, other: Line) -> bool:
    """Whether two lines cross: the ends of each lie on different sides of the other."""
    return all(
        _side(line, across[:2]) * _side(line, across[2:]) < 0
        for line, across in ((one, other), (other, one))
    )


def _side(line: Line, point: tuple[float, float]) -> float:
    """Its sign says on which side of the line a point lies."""
    x, y, to_x, to_y = line
    return (to_x - x) * (point[1] - y) - (to_y - y) * (point[0] - x)
