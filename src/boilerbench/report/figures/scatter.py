"""Precision against recall, and what a figure costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Any

import altair as alt

from boilerbench.ranking import Ranked, Ranking
from boilerbench.report.figures.figure import (
    FIGURE_NAMES,
    Figure,
    drawn,
    labels,
    listed,
    share,
    shortened,
    subject,
    values,
    with_interval,
)
from boilerbench.report.figures.placing import Box, placed

WIDTH, HEIGHT = 380, 320
CPU = "CPU ms per page"


@dataclass(frozen=True, slots=True)
class _Axis:
    """A scale from `low` to `high` over so many pixels; y goes up, pixels go down."""

    low: float
    high: float
    pixels: float
    upwards: bool = False
    logarithmic: bool = False

    def place(self, value: float) -> float:
        part = (self._on(value) - self._on(self.low)) / (self._on(self.high) - self._on(self.low))
        return self.pixels * (1 - part if self.upwards else part)

    def value(self, place: float) -> float:
        part = place / self.pixels
        part = 1 - part if self.upwards else part
        on = self._on(self.low) + part * (self._on(self.high) - self._on(self.low))
        return math.exp(on) if self.logarithmic else on

    def _on(self, value: float) -> float:
        return math.log(value) if self.logarithmic else value

    def scale(self) -> alt.Scale:
        ends = [self.low, self.high]
        if self.logarithmic:
            return alt.Scale(domain=ends, nice=False, type="log")
        return alt.Scale(domain=ends, nice=False, zero=False)

    def axis(self, title: str) -> alt.Axis:
        if self.logarithmic:
            return alt.Axis(title=title, values=_decades(self.low, self.high), format="~g")
        fine = self.high - self.low <= 0.3 + 1e-9
        steps = 20 if fine else 10
        first, last = math.ceil(self.low * steps - 1e-9), math.floor(self.high * steps + 1e-9)
        marks = [at / steps for at in range(first, last + 1)]
        return alt.Axis(title=title, values=marks, format=".2f" if fine else ".1f")


def precision_recall(name: str, ranking: Ranking) -> Figure:
    """Precision against recall, with curves of equal F1 and 95 % intervals."""
    title = "Precision against recall"
    known = [
        one
        for one in ranking.ranked
        if one.row.precision is not None and one.row.recall is not None
    ]
    if not known:
        return Figure.undrawn(name, title, f"{ranking.metric} gives no precision and recall")
    shown = _above_nothing(known, ("precision", "recall"))
    x = _shares([_low(one, "recall") for one in shown], WIDTH)
    y = _shares([_low(one, "precision") for one in shown], HEIGHT, upwards=True)
    dots = [
        {"x": one.row.recall, "y": one.row.precision, "best": one.best, "front": False}
        | _whiskers(one, "recall", "x")
        | _whiskers(one, "precision", "y")
        | {"Precision": _stated(one, "precision"), "Recall": _stated(one, "recall")}
        | {"F1": _stated(one, "f1")}
        for one in shown
    ]
    curves = iso_f1(x.low, y.low)
    ends = [curve[-1] for curve in curves.values()]
    # A curve that leaves on the right is named outside, one that leaves at the bottom inside.
    inside = [(r, p) for r, p in ends if r < 1]
    taken = [_around(x.place(r) + 4, y.place(p) - 9, 34) for r, p in inside]
    crossed = [
        _around(x.place(r) - 1, y.place(p), 2) for curve in curves.values() for r, p in curve[::3]
    ]
    lines = [
        {"f1": f"{f1:g}", "x": _rounded(r), "y": _rounded(p), "at": at}
        for f1, curve in curves.items()
        for at, (r, p) in enumerate(curve)
    ]
    named = [
        {"f1": f"F1 {share(f1, 2).rstrip('0')}", "x": _rounded(r), "y": _rounded(p)}
        for f1, (r, p) in zip(curves, ends, strict=True)
    ]
    curve = alt.Chart(values(lines)).mark_line(style="guide")
    right = alt.Chart(values([one for one, (r, _) in zip(named, ends, strict=True) if r == 1]))
    bottom = alt.Chart(values([one for one, (r, _) in zip(named, ends, strict=True) if r < 1]))
    named_dots, unnamed = _named_dots(shown, dots, x, y, taken, crossed)
    layers = [
        _frame(x, y, "Recall", "Precision"),
        curve.encode(x="x:Q", y="y:Q", detail="f1:N", order="at:Q"),
        right.mark_text(style="guide-name", align="left", baseline="middle", dx=4).encode(
            x="x:Q", y="y:Q", text="f1:N"
        ),
        bottom.mark_text(style="guide-name", align="left", baseline="bottom", dx=4, dy=-3).encode(
            x="x:Q", y="y:Q", text="f1:N"
        ),
        *named_dots,
    ]
    caption = " ".join(
        filter(
            None,
            (
                f"{title} of {subject(ranking)}, with 95 % intervals; along a dashed curve F1 is "
                "the same.",
                _filled(shown),
                _not_named(unnamed, len(shown)),
                _left_out("precision and recall are 0", known, shown),
                _left_out("without precision or recall", ranking.ranked, known),
            ),
        )
    )
    summary = "; ".join(
        f"{one.row.extractor}: precision {share(one.row.precision or 0)}, "
        f"recall {share(one.row.recall or 0)}"
        for one in shown
    )
    return drawn(name, title, caption, summary, layers, (WIDTH, HEIGHT))


def cost(name: str, ranking: Ranking) -> Figure:
    """F1 against CPU time per page, with those that nothing beats in both."""
    figure = FIGURE_NAMES[ranking.figure]
    title = f"{figure} against CPU time"
    reaching = [one for one in ranking.ranked if getattr(one.row, ranking.figure) is not None]
    timed = [one for one in reaching if one.row.cpu_ms]
    if not timed:
        return Figure.undrawn(name, title, "no CPU time was measured")
    shown = _above_nothing(timed, (ranking.figure,))
    times = [one.row.cpu_ms or 0.0 for one in shown]
    reached = [_value(one, ranking.figure) for one in shown]
    x = _Axis(min(times) / 1.5, max(times) * 1.5, WIDTH, logarithmic=True)
    y = _shares([_low(one, ranking.figure) for one in shown], HEIGHT, upwards=True)
    highest = max(_high(one, ranking.figure) for one in shown)
    y = replace(y, high=min(1.0, max(y.low + 0.1, math.ceil(highest * 10) / 10)))
    front = pareto(times, reached)
    dots = [
        {"x": one.row.cpu_ms, "y": reached[at], "best": one.best, "front": at in front}
        | _whiskers(one, ranking.figure, "y")
        | {CPU: f"{times[at]:.3g}", figure: _stated(one, ranking.figure)}
        for at, one in enumerate(shown)
    ]
    steps = [{"x": times[at], "y": reached[at], "at": n} for n, at in enumerate(front)]
    steps.append({"x": x.high, "y": reached[front[-1]], "at": len(front)})
    corners = [(x.place(s["x"]), y.place(s["y"])) for s in steps]
    crossed = [(left, y1 - 1, right, y1 + 1) for (left, y1), (right, _) in pairwise(corners)] + [
        (right - 1, min(y1, y2), right + 1, max(y1, y2))
        for (_, y1), (right, y2) in pairwise(corners)
    ]
    line = alt.Chart(values(steps)).mark_line(style="front", interpolate="step-after")
    named_dots, unnamed = _named_dots(shown, dots, x, y, (), crossed)
    layers = [
        _frame(x, y, f"{CPU} (logarithmic)", figure),
        line.encode(x="x:Q", y="y:Q", order="at:Q"),
        *named_dots,
    ]
    caption = " ".join(
        filter(
            None,
            (
                f"{title} of {subject(ranking)}, with 95 % intervals. Squares, on the line, are "
                "those that no other beats or equals at less time.",
                _filled(shown),
                _not_named(unnamed, len(shown)),
                _left_out(f"{figure} is 0", timed, shown),
                _left_out("no CPU time is known", reaching, timed),
                _left_out(f"without {figure}", ranking.ranked, reaching),
            ),
        )
    )
    summary = "; ".join(
        f"{one.row.extractor}: {figure} {share(reached[at])} in {times[at]:.3g} ms"
        f"{', on the front' if at in front else ''}"
        for at, one in enumerate(shown)
    )
    return drawn(name, title, caption, summary, layers, (WIDTH, HEIGHT))


def pareto(costs: Sequence[float], gains: Sequence[float]) -> list[int]:
    """Which are not beaten: nothing gains as much at less cost, or more at the same. The cheapest
    comes first; of equals the first counts."""
    front: list[int] = []
    for at in sorted(range(len(costs)), key=lambda one: (costs[one], -gains[one], one)):
        if not front or gains[at] > gains[front[-1]]:
            front.append(at)
    return front


def iso_f1(low_recall: float, low_precision: float) -> dict[float, list[tuple[float, float]]]:
    """For each level of F1 its curve as (recall, precision), as far as it runs above both lows."""
    fine = min(low_recall, low_precision) >= 0.7
    levels = [n / 20 for n in range(14, 20)] if fine else [n / 10 for n in range(1, 10)]
    curves = {}
    for f1 in levels:
        # precision = f1 · recall / (2 · recall − f1): at most 1 from recall f1 / (2 − f1) on.
        first = max(f1 / (2 - f1), low_recall)
        last = 1.0
        if 2 * low_precision > f1:
            last = min(1.0, f1 * low_precision / (2 * low_precision - f1))
        if last - first > 0.05:
            # A hyperbola: even steps of the logarithm are as fine where it is steep as where flat.
            start, end = math.log(2 * first - f1), math.log(2 * last - f1)
            steps = (start + (end - start) * step / 60 for step in range(61))
            recalls = [first, *((f1 + math.exp(at)) / 2 for at in list(steps)[1:-1]), last]
            curves[f1] = [(r, f1 * r / (2 * r - f1)) for r in recalls]
    return curves


def _named_dots(
    shown: Sequence[Ranked],
    dots: Sequence[dict[str, Any]],
    x: _Axis,
    y: _Axis,
    taken: Sequence[Box],
    crossed: Sequence[Box],
) -> tuple[list[alt.Chart], int]:
    """Whiskers, dots, names, and lines from names to the dots that they are far from; how many have
    no name, as there is no room."""
    given = labels(one.row.extractor for one in shown)
    rows = [
        dot | {"Extractor": one.row.extractor, "label": given[one.row.extractor]}
        for one, dot in zip(shown, dots, strict=True)
    ]
    places = [(x.place(row["x"]), y.place(row["y"])) for row in rows]
    bars = [
        (x.place(r["x_low"]), p[1] - 1, x.place(r["x_high"]), p[1] + 1)
        for r, p in zip(rows, places, strict=True)
        if "x_low" in r
    ] + [
        (p[0] - 1, y.place(r["y_high"]), p[0] + 1, y.place(r["y_low"]))
        for r, p in zip(rows, places, strict=True)
        if "y_low" in r
    ]
    names = [row["label"] for row in rows]
    found = placed(places, names, WIDTH, HEIGHT, taken, [*crossed, *bars])
    standing = [(row, label) for row, label in zip(rows, found, strict=True) if label]
    for row, label in standing:
        row["label_x"], row["label_y"] = _rounded(x.value(label.x)), _rounded(y.value(label.y))
    tips = [key for key in ("Extractor", "Precision", "Recall", "F1", CPU) if key in rows[0]]
    far = [row for row, label in standing if label.far]
    whole = alt.Chart(values(rows))
    layers = [
        alt.Chart(values(far))
        .mark_rule(style="leader")
        .encode(x="x:Q", y="y:Q", x2="label_x", y2="label_y")
    ]
    if any("x_low" in row for row in rows):
        layers.append(whole.mark_rule(style="whisker").encode(x="x_low:Q", x2="x_high", y="y:Q"))
    if any("y_low" in row for row in rows):
        layers.append(whole.mark_rule(style="whisker").encode(y="y_low:Q", y2="y_high", x="x:Q"))
    for front, best in product((False, True), repeat=2):
        some = alt.Chart(
            values([r for r in rows if r["best"] is best and r["front"] is front])
        ).mark_point(
            style=("" if best else "hollow-") + ("front-dot" if front else "dot"),
            shape="square" if front else "circle",
            size=56,
            strokeWidth=1.5,
            filled=best,
            opacity=1,
        )
        layers.append(
            some.encode(x="x:Q", y="y:Q", tooltip=[alt.Tooltip(f"{tip}:N") for tip in tips])
        )
    for align in ("left", "right"):
        some = alt.Chart(values([row for row, label in standing if label.align == align]))
        layers.append(
            some.mark_text(style="name", align=align, baseline="middle").encode(
                x="label_x:Q", y="label_y:Q", text="label:N"
            )
        )
    return layers, len(rows) - len(standing)


def _frame(x: _Axis, y: _Axis, across: str, up: str) -> alt.Chart:
    """A layer that draws nothing but the axes."""
    corner: alt.Chart = alt.Chart(values([{"x": x.high, "y": y.high}])).mark_point(opacity=0)
    return corner.encode(
        alt.X("x:Q", scale=x.scale(), axis=x.axis(across)),
        alt.Y("y:Q", scale=y.scale(), axis=y.axis(up)),
    )


def _decades(low: float, high: float) -> list[float]:
    """1, 2 and 5 of every decade in between; only the decades where these would be many."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    digits = (1, 2, 5) if last - first <= 3 else (1,)
    marks = (float(f"{digit}e{decade}") for decade in range(first, last + 1) for digit in digits)
    return [mark for mark in marks if low <= mark <= high]


def _shares(lows: Sequence[float], pixels: float, *, upwards: bool = False) -> _Axis:
    """From the tenth below the least to 1: a scale from 0 would crowd the good ones."""
    low = min(0.9, math.floor(min(lows) * 10) / 10)
    return _Axis(low, 1.0, pixels, upwards)


def _rounded(value: float) -> float:
    """Enough digits for a pixel."""
    return float(f"{value:.4g}")


def _value(one: Ranked, figure: str) -> float:
    value = one.row.f1 if figure == "f1" else one.row.recall
    return value or 0.0


def _low(one: Ranked, figure: str) -> float:
    """The lower end of its interval, if it has one."""
    found = one.intervals.get(figure)
    return found.low if found else getattr(one.row, figure) or 0.0


def _high(one: Ranked, figure: str) -> float:
    found = one.intervals.get(figure)
    return found.high if found else getattr(one.row, figure) or 0.0


def _whiskers(one: Ranked, figure: str, axis: str) -> dict[str, float]:
    found = one.intervals.get(figure)
    return {f"{axis}_low": found.low, f"{axis}_high": found.high} if found else {}


def _stated(one: Ranked, figure: str) -> str:
    return with_interval(getattr(one.row, figure), one.intervals.get(figure))


def _above_nothing(known: Sequence[Ranked], figures: Sequence[str]) -> list[Ranked]:
    """Those with a figure above 0, unless there are none: an axis down to 0 for one that found
    nothing would crowd all others."""
    return [one for one in known if any(getattr(one.row, f) for f in figures)] or list(known)


def _filled(shown: Sequence[Ranked]) -> str:
    return "Filled: not told apart from the best." if any(one.best for one in shown) else ""


def _not_named(unnamed: int, shown: int) -> str:
    return f"{unnamed} of {shown} are not named, for want of room." if unnamed else ""


def _left_out(why: str, of: Sequence[Ranked], kept: Sequence[Ranked]) -> str:
    names = [shortened(one.row.extractor) for one in of if one not in kept]
    return f"Not drawn, {why}: {listed(names)}." if names else ""


def _around(x: float, y: float, width: float) -> Box:
    return x, y - 7, x + width, y + 7
