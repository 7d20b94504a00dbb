"""How the figures of pages are spread: a mean hides whether all pages are fair, or most are right
and the others empty."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import numpy as np

from boilerbench.metrics.base import Floats
from boilerbench.ranking import Ranking
from boilerbench.report.figures.figure import (
    FIGURE_NAMES,
    Figure,
    drawn,
    labels,
    share,
    subject,
    values,
)

WIDTH, ROW = 330, 36
LOWER, MANY = 26, 16
"""The height of rows where there are many, and how many that are."""

BINS = 25
BASE, TALLEST, SUMMARY = 0.72, 0.64, 0.84
"""Of a row's height: where its bars stand, how tall the tallest is, where quartiles are drawn."""


def distribution(name: str, ranking: Ranking, pages: Mapping[str, Floats]) -> Figure:
    """For each extractor a histogram of what its pages reached, with quartiles, median and mean.
    `pages` are the figures of its pages by extractor; NaN says nothing."""
    figure = FIGURE_NAMES[ranking.figure]
    title = f"{figure} of single pages"
    known = {
        one.row.extractor: pages[one.row.extractor][~np.isnan(pages[one.row.extractor])]
        for one in ranking.ranked
        if one.row.extractor in pages
    }
    known = {extractor: found for extractor, found in known.items() if len(found)}
    if not known:
        return Figure.undrawn(name, title, f"{ranking.metric} says nothing of single pages")
    given = labels(known)
    shares = {extractor: binned(found) for extractor, found in known.items()}
    # By the root of the share: what a few pages reach is to be seen beside what most do.
    tallest = max(float(found.max()) for found in shares.values()) ** 0.5
    bars, rows = [], []
    for at, (extractor, found) in enumerate(known.items()):
        for place, part in enumerate(shares[extractor]):
            if part:
                bars.append(
                    {
                        "x": place / BINS,
                        "x2": (place + 1) / BINS,
                        "y": at + BASE,
                        "y2": round(at + BASE - TALLEST * float(part) ** 0.5 / tallest, 4),
                        "Extractor": extractor,
                        figure: f"{share(place / BINS, 2)} to {share((place + 1) / BINS, 2)}",
                        "Pages": f"{round(part * len(found)):,} ({part:.0%})",
                    }
                )
        low, median, high = (float(value) for value in np.percentile(found, [25, 50, 75]))
        rows.append(
            {
                "label": given[extractor],
                "y": at + SUMMARY,
                "name_y": at + 0.5,
                "low": low,
                "median": median,
                "high": high,
                "mean": float(found.mean()),
                "Extractor": extractor,
                "Quartiles": f"{share(low)}, {share(median)}, {share(high)}",
                "Mean": share(float(found.mean())),
                "Pages": f"{len(found):,}",
            }
        )
    across = alt.Scale(domain=[0, 1], nice=False)
    down = alt.Scale(domain=[len(known), 0], nice=False)
    y = alt.Y("y:Q", scale=down, axis=None)
    tips = [alt.Tooltip(f"{tip}:N") for tip in ("Extractor", "Quartiles", "Mean", "Pages")]
    whole = alt.Chart(values(rows))
    axis = alt.Axis(title=f"{figure} of a page", format=".1f")
    layers = [
        alt.Chart(values(bars))
        .mark_rect(style="bar")
        .encode(
            x=alt.X("x:Q", scale=across, axis=axis),
            x2="x2",
            y=y,
            y2="y2",
            tooltip=[alt.Tooltip(f"{tip}:N") for tip in ("Extractor", figure, "Pages")],
        ),
        whole.mark_rule(style="quartiles").encode(x="low:Q", x2="high", y="y:Q", tooltip=tips),
        whole.mark_tick(style="median", orient="vertical", size=11, thickness=2).encode(
            x="median:Q", y="y:Q", tooltip=tips
        ),
        whole.mark_point(style="mean", shape="diamond", filled=True, size=44, opacity=1).encode(
            x="mean:Q", y="y:Q", tooltip=tips
        ),
        whole.mark_text(style="name", align="right", baseline="middle").encode(
            x=alt.datum(0), xOffset=alt.value(-8), y="name_y:Q", text="label:N"
        ),
    ]
    size = WIDTH, (LOWER if len(known) > MANY else ROW) * len(known)
    fewest, most = (pick(len(found) for found in known.values()) for pick in (min, max))
    scored = "" if fewest == most else f", {fewest} to {most} of them scored"
    caption = (
        f"{title} of {subject(ranking)}{scored}: "
        f"histograms whose bars are as high as the root of the share of pages; below each, its "
        f"quartiles as a line, the median as a bar and the mean as a diamond."
    )
    summary = "; ".join(
        f"{row['Extractor']}: quartiles {row['Quartiles']}, mean {row['Mean']}" for row in rows
    )
    return drawn(name, title, caption, summary, layers, size)


def binned(figures: Floats) -> Floats:
    """Which share of the figures is in each of `BINS` equal parts of 0 to 1; 1 is in the last."""
    places = np.clip((figures * BINS + 1e-9).astype(int), 0, BINS - 1)
    return np.bincount(places, minlength=BINS) / len(figures)
