"""The report's two charts: where everything goes, in the units of an SVG's view box.

They are drawn by the page's own template, so that they follow its colours in light and dark, print
sharply and need no script.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from boilerbench.scoring import Row

WIDTH, HEIGHT = 480, 360
LEFT, RIGHT, TOP, BOTTOM = 46, 48, 14, 44
LABEL_HEIGHT = 14
FARTHEST_LABEL = 16
LONGEST_LABEL = 28  # characters: on one side of a dot or the other it fits
ISO_F1 = (0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Axis:
    """`place` maps a value to the view box; `ticks` are places with their labels."""

    title: str
    place: Callable[[float], float]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """An extractor: the place of its dot, its name where there is room for it and the place of
    that, and what a pointer reads."""

    x: float
    y: float
    name: str
    label_x: float
    label_y: float
    anchor: str
    reading: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`curves` are labelled SVG paths; `left_out` names the extractors without a dot."""

    title: str
    x: Axis
    y: Axis
    points: tuple[Point, ...]
    curves: tuple[tuple[str, str, float, float], ...]
    left_out: tuple[str, ...]

    @property
    def unnamed(self) -> int:
        """How many dots have no name beside them."""
        return sum(not point.name for point in self.points)


def precision_recall(rows: Sequence[Row]) -> Chart:
    """Precision against recall, with curves of equal F1."""
    shown = [row for row in rows if row.f1]
    recall = [row.recall or 0.0 for row in shown]
    precision = [row.precision or 0.0 for row in shown]
    x = _share_axis("Recall", recall, across=True)
    y = _share_axis("Precision", precision, across=False)
    readings = [
        f"{row.extractor}: precision {p:.3f}, recall {r:.3f}, F1 {row.f1:.3f}"
        for row, p, r in zip(shown, precision, recall, strict=True)
    ]
    points = _points(shown, recall, precision, readings, x, y)
    return Chart("Precision against recall", x, y, points, _iso_f1(x, y), _names(rows, shown))


def speed(rows: Sequence[Row]) -> Chart | None:
    """F1 against CPU time per page, on a logarithmic axis; None where no time was measured."""
    shown = [row for row in rows if row.cpu_ms and row.f1]
    if not shown:
        return None
    times = [row.cpu_ms or 0.0 for row in shown]
    f1 = [row.f1 or 0.0 for row in shown]
    x = _log_axis("CPU ms per page", times)
    y = _share_axis("F1", f1, across=False)
    readings = [
        f"{row.extractor}: F1 {row.f1:.3f}, {cpu:.1f} ms"
        for row, cpu in zip(shown, times, strict=True)
    ]
    points = _points(shown, times, f1, readings, x, y)
    return Chart("F1 against CPU time", x, y, points, (), _names(rows, shown))


def _share_axis(title: str, values: Sequence[float], *, across: bool) -> Axis:
    """From the tenth below the least value to 1: a scale from 0 would crowd the good ones."""
    low = min(0.9, math.floor(min(values, default=0.0) * 10) / 10)
    step = 0.1 if low >= 0.4 else 0.2
    low = math.floor(low / step + 1e-9) * step

    def place(value: float) -> float:
        share = (value - low) / (1 - low)
        return _across(share) if across else _up(share)

    count = round((1 - low) / step)
    ticks = tuple((place(low + i * step), f"{low + i * step:.1f}") for i in range(count + 1))
    return Axis(title, place, ticks)


def _log_axis(title: str, values: Sequence[float]) -> Axis:
    """Ticks at 1, 2 and 5 of every decade; ends on the ticks around the values."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    # A decade more on both sides: a logarithm just below a whole number is rounded up to it.
    marks = [digit * 10.0**decade for decade in range(first - 1, last + 2) for digit in (1, 2, 5)]
    low = max(mark for mark in marks if mark <= min(values))
    high = min(mark for mark in marks if mark > max(values))

    def place(value: float) -> float:
        return _across(math.log(value / low) / math.log(high / low))

    ticks = tuple((place(mark), f"{mark:g}") for mark in marks if low <= mark <= high)
    return Axis(title, place, ticks)


def _points(
    rows: Sequence[Row],
    xs: Sequence[float],
    ys: Sequence[float],
    readings: Sequence[str],
    x: Axis,
    y: Axis,
) -> tuple[Point, ...]:
    """Dots, and a name for each that finds room beside its dot."""
    dots = sorted(
        (y.place(b), x.place(a), row.extractor, reading)
        for row, a, b, reading in zip(rows, xs, ys, readings, strict=True)
    )
    # What a name must not run into, as left, right and baseline: the dots, and other names.
    taken = [(px - 6, px + 6, py + 4) for py, px, _, _ in dots]
    points: list[Point] = []
    for py, px, name, reading in dots:
        label = name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1] + "…"
        width = 6.5 * len(label)
        place = _free_place(px, py, width, taken)
        if place is None:
            points.append(Point(px, py, "", px, py, "start", reading))
            continue
        to_left, baseline = place
        start = px - 9 - width if to_left else px + 9
        taken.append((start, start + width, baseline))
        label_x, anchor = (px - 9, "end") if to_left else (px + 9, "start")
        points.append(Point(px, py, label, label_x, baseline, anchor, reading))
    return tuple(points)


def _free_place(
    px: float, py: float, width: float, taken: Sequence[tuple[float, float, float]]
) -> tuple[bool, float] | None:
    """The side of the dot (whether left) and the baseline for its name, the nearest that are
    free; None where a name could only stand so far off that it would name another dot."""
    for shift in sorted(range(-FARTHEST_LABEL, FARTHEST_LABEL + 1, 2), key=abs):
        for to_left in (False, True):
            start, baseline = (px - 9 - width if to_left else px + 9), py + 4 + shift
            inside = (
                LEFT <= start <= WIDTH - RIGHT + 4 - width and TOP < py + shift < HEIGHT - BOTTOM
            )
            if inside and not any(
                start < right and start + width > left and abs(baseline - line) < LABEL_HEIGHT
                for left, right, line in taken
            ):
                return to_left, baseline
    return None


def _iso_f1(x: Axis, y: Axis) -> tuple[tuple[str, str, float, float], ...]:
    """For each level of F1: its name, its path, and where it ends."""
    curves = []
    lowest = HEIGHT - BOTTOM
    for f1 in ISO_F1:
        path = []
        for step in range(101):
            recall = f1 / 2 + (1 - f1 / 2) * step / 100
            precision = f1 * recall / (2 * recall - f1) if 2 * recall > f1 else 2.0
            px, py = x.place(recall), y.place(precision)
            if precision <= 1 and px >= LEFT and py <= lowest:
                path.append(f"{px:.1f},{py:.1f}")
        if len(path) > 1:
            end_x, end_y = (float(part) for part in path[-1].split(","))
            curves.append((f"F1 {f1:g}", " ".join(path), end_x, end_y))
    return tuple(curves)


def _across(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _up(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _names(rows: Sequence[Row], shown: Sequence[Row]) -> tuple[str, ...]:
    return tuple(row.extractor for row in rows if row not in shown)
