"""Colours of charts in light and dark. A specification names styles (`guide`, `dot`) and leaves
their looks to the theme that it is shown in.

The two colours that mean something are blue and orange of Okabe and Ito, which readers with any
colour vision tell apart; nothing is told by colour alone.
"""

from __future__ import annotations

from typing import Any

FONT = "Liberation Sans, Arial, Helvetica, DejaVu Sans, sans-serif"
"""Fonts whose characters are equally wide, so that names find the same room everywhere."""


def theme(
    *, paper: str, ink: str, soft: str, line: str, mark: str, accent: str, heat: list[str]
) -> dict[str, Any]:
    """A configuration of Vega-Lite. `heat` runs from low to high and bears text in `ink`."""
    return {
        "background": paper,
        "font": FONT,
        "padding": 6,
        "view": {"stroke": None},
        "axis": {
            "labelColor": ink,
            "titleColor": ink,
            "labelFontSize": 11,
            "labelFlush": False,
            "titleFontSize": 11,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "gridColor": line,
            "domainColor": soft,
            "tickColor": soft,
        },
        "axisBand": {"grid": False},
        "text": {"fontSize": 11, "color": ink},
        "range": {"heatmap": heat},
        "style": {
            "name": {"color": ink, "fontSize": 11},
            "figure": {"color": ink, "fontSize": 11},
            "guide": {"color": soft, "strokeWidth": 1, "strokeDash": [2, 3]},
            "guide-name": {"color": soft, "fontSize": 10},
            "leader": {"color": soft, "strokeWidth": 0.7},
            "whisker": {"color": mark, "strokeWidth": 1, "strokeOpacity": 0.6},
            "dot": {"color": mark, "stroke": mark},
            "hollow-dot": {"color": mark, "fill": paper},
            "front-dot": {"color": accent, "stroke": accent},
            "hollow-front-dot": {"color": accent, "fill": paper},
            "front": {"color": accent, "strokeWidth": 1.5},
            "bar": {"color": mark, "fillOpacity": 0.75},
            "quartiles": {"color": ink, "strokeWidth": 1.5},
            "median": {"color": ink},
            "mean": {"color": accent, "stroke": paper, "strokeWidth": 0.7},
            "cell": {"stroke": paper, "strokeWidth": 1},
            "absent": {"color": line, "stroke": paper, "strokeWidth": 1, "fillOpacity": 0.7},
            "group": {"color": accent, "strokeWidth": 4, "strokeCap": "round"},
            "scale": {"color": ink, "strokeWidth": 1},
        },
    }


LIGHT = theme(
    paper="#ffffff",
    ink="#1c2024",
    soft="#60646c",
    line="#d9d9e0",
    mark="#0072b2",
    accent="#d55e00",
    heat=["#f7fbff", "#d6e6f4", "#8fc1e3"],
)
DARK = theme(
    paper="#16181c",
    ink="#edeef0",
    soft="#a8adb6",
    line="#3a3f47",
    mark="#56b4e9",
    accent="#e69f00",
    heat=["#1b1f25", "#1d3a50", "#1f628f"],
)
THEMES = {"light": LIGHT, "dark": DARK}
