"""The critical-difference diagram (Demšar 2006): average ranks over corpora, and who cannot be told
apart."""

from __future__ import annotations

import math
from typing import Any

import altair as alt

from boilerbench.report.figures.figure import FIGURE_NAMES, Figure, drawn, labels, listed, values
from boilerbench.stats import AcrossCorpora

TITLE = "Critical differences over corpora"

WIDTH, LEVEL = 340, 18
"""Pixels from rank 1 to the last, and from one name to the next."""

# What stands where above the line of ranks, which is at 0, and below it, in levels.
_TOP, _SPAN, _TICK = -2.6, -1.7, -0.3
_FIRST_GROUP, _GROUP = 0.6, 0.45


def critical_difference(name: str, found: AcrossCorpora | str) -> Figure:
    """Average ranks on a line, the best on the left; a bar joins extractors that cannot be told
    apart. A reason instead of ranks becomes the reason why there is no diagram."""
    if isinstance(found, str):
        return Figure.undrawn(name, TITLE, found)
    ranks = dict(zip(found.extractors, found.average_ranks, strict=True))
    distance = found.critical_difference
    last = max(len(ranks), math.ceil(1 + distance))
    lines, names = _elbows(ranks, last, _FIRST_GROUP + _GROUP * len(found.groups) + 0.7)
    joined = [
        _line(ranks[group[0]] - 0.04, ranks[group[-1]] + 0.04, _FIRST_GROUP + _GROUP * at)
        for at, group in enumerate(found.groups)
    ]
    ticks = [{"x": rank, "y": 0, "label": f"{rank}"} for rank in range(1, last + 1)]
    end = 1 + distance
    scale = [_line(1, last, 0), _line(1, end, _SPAN)]
    scale += [_line(rank, rank, 0, _TICK) for rank in range(1, last + 1)]
    scale += [_line(at, at, _SPAN - 0.2, _SPAN + 0.2) for at in (1, end)]
    height = max(line["y"] for line in lines) + 0.5
    across = alt.Scale(domain=[1, last], nice=False, zero=False)
    down = alt.Scale(domain=[height, _TOP], nice=False, zero=False)
    x, y = alt.X("x:Q", scale=across, axis=None), alt.Y("y:Q", scale=down, axis=None)
    layers = [
        alt.Chart(values(rows)).mark_rule(style=style).encode(x=x, x2="x2", y=y, y2="y2")
        for style, rows in (("scale", scale), ("leader", lines), ("group", joined))
    ]
    layers += [
        alt.Chart(values(ticks))
        .mark_text(style="name", baseline="bottom", dy=-6)
        .encode(x=x, y=y, text="label:N"),
        alt.Chart(values([{"x": 1 + distance / 2, "y": _SPAN, "label": f"CD {distance:.2f}"}]))
        .mark_text(style="name", baseline="bottom", dy=-3)
        .encode(x=x, y=y, text="label:N"),
        *(
            alt.Chart(values([one for one in names if one["better"] is better]))
            .mark_text(
                style="name",
                baseline="middle",
                align="right" if better else "left",
                dx=-6 if better else 6,
            )
            .encode(x=x, y=y, text="label:N")
            for better in (True, False)
        ),
    ]
    caption = (
        f"Average ranks by {FIGURE_NAMES[found.figure]} of {found.metric} on "
        f"{len(found.corpora)} corpora, each of which is one observation, the best on the left. "
        f"Friedman's test: χ² {found.statistic:.1f}, p {found.p:.2g}. A thick bar joins extractors "
        f"that Nemenyi's test cannot tell apart at 5 %: they differ by less than the critical "
        f"distance (CD)."
    )
    summary = ", ".join(f"{extractor} {rank:.2f}" for extractor, rank in ranks.items())
    if found.groups:
        summary += f". Not told apart: {'; '.join(map(listed, found.groups))}."
    size = WIDTH, round(LEVEL * (height - _TOP))
    return drawn(name, TITLE, caption, summary, layers, size)


def _elbows(
    ranks: dict[str, float], last: float, lowest: float
) -> tuple[list[dict[str, float]], list[dict[str, Any]]]:
    """Lines from ranks to names, the better half on the left, and the names. The outermost is
    nearest to the line of ranks, so that they do not cross."""
    order = sorted(ranks, key=lambda extractor: (ranks[extractor], extractor))
    given = labels(order)
    left = (len(order) + 1) // 2
    lines, names = [], []
    for at, extractor in enumerate(order):
        rank = ranks[extractor]
        edge = 1.0 if at < left else float(last)
        level = lowest + (at if at < left else len(order) - 1 - at)
        lines += [_line(rank, rank, 0, level), _line(rank, edge, level)]
        parts = (given[extractor], f"{rank:.2f}")
        label = "  ".join(parts if at < left else reversed(parts))
        names.append({"x": edge, "y": level, "better": at < left, "label": label})
    return lines, names


def _line(x: float, x2: float, y: float, y2: float | None = None) -> dict[str, float]:
    return {"x": float(x), "x2": float(x2), "y": float(y), "y2": float(y if y2 is None else y2)}
