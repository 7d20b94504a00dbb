"""Tables of cells that are darker the higher their figure: parts of a corpus, and who agrees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import altair as alt
import numpy as np

from boilerbench.agreement import tau
from boilerbench.metrics.base import Floats
from boilerbench.ranking import Ranking
from boilerbench.report.figures.figure import (
    FIGURE_NAMES,
    Figure,
    Size,
    counted,
    drawn,
    labels,
    listed,
    share,
    subject,
    values,
    with_interval,
)
from boilerbench.report.tables import labels as metric_labels

CELL, ROW = 36, 26
NARROW, MANY = 30, 13
"""Columns without names are narrower where there are more than so many."""

FEWEST_PAGES = 5
"""A part of fewer pages has a mean that says little: its cells are grey."""

MOST_PARTS = 12


def parts(name: str, title: str, whole: Ranking, rankings: Sequence[Ranking]) -> Figure:
    """Extractors by the parts of a corpus, the largest part first, and last the pages of which it
    is not known."""
    told = [one for one in rankings if _part(one) != "unknown"]
    others = [one for one in rankings if _part(one) == "unknown"]
    if not told:
        return Figure.undrawn(name, title, "not known for these pages")
    if len(told) == 1 and not others:
        return Figure.undrawn(name, title, f"all pages are of one: {_part(told[0])}")
    told = sorted(told, key=lambda one: (-one.pages, _part(one)))
    kept, rest = [*told[:MOST_PARTS], *others], told[MOST_PARTS:]
    figure = FIGURE_NAMES[whole.figure]
    given = labels(one.row.extractor for one in whole.ranked)
    heads = labels(f"{_part(one)} ({one.pages:,})" for one in kept)
    cells = []
    for ranking in kept:
        for one in ranking.ranked:
            value = one.row.f1 if whole.figure == "f1" else one.row.recall
            found = one.intervals.get(whole.figure)
            if one.row.extractor in given:
                cells.append(
                    {
                        "row": given[one.row.extractor],
                        "column": heads[f"{_part(ranking)} ({ranking.pages:,})"],
                        "value": value if one.row.scored >= FEWEST_PAGES else None,
                        "Extractor": one.row.extractor,
                        "Pages": f"{_part(ranking)}: {one.row.scored:,}",
                        figure: with_interval(value, found),
                    }
                )
    layers, size = _cells(
        cells, list(given.values()), list(heads.values()), ("Extractor", "Pages", figure)
    )
    few = any(one.pages < FEWEST_PAGES for one in kept)
    caption = (
        f"{figure} of {subject(whole)}, by part, with the number of its pages."
        + (f" Grey: fewer than {FEWEST_PAGES} pages." if few else "")
        + (f" The {len(rest)} smallest parts are left out." if rest else "")
    )
    summary = "; ".join(
        f"{_part(one)}, {counted(one.pages)}: best is {one.ranked[0].row.extractor}"
        for one in kept
        if one.pages >= FEWEST_PAGES and one.ranked
    )
    return drawn(name, title, caption, summary, layers, size)


def extractors(name: str, ranking: Ranking, pages: Mapping[str, Floats]) -> Figure:
    """How far extractors do well and badly on the same pages: Kendall's τ-b of their figures.

    It is computed from figures, not from texts: two that are right leave the same text anyway, and
    what a reader wants to know is whether one is of use where the other fails.
    """
    title = "Agreement between extractors"
    names = [one.row.extractor for one in ranking.ranked if one.row.extractor in pages]
    taus = {pair: tau(pages[pair[0]], pages[pair[1]]) for pair in combinations(names, 2)}
    if not any(value is not None for value in taus.values()):
        return Figure.undrawn(name, title, "it takes two extractors whose pages differ")
    layers, size = _square(
        names, lambda row, column: taus.get((row, column), taus.get((column, row))), "Extractors"
    )
    caption = (
        f"{title} on {subject(ranking)}: Kendall's τ-b of {FIGURE_NAMES[ranking.figure]} page by "
        f"page. 1: both do well and badly on the same pages; 0: one says nothing of the other."
    )
    known = {pair: value for pair, value in taus.items() if value is not None}
    most, least = max(known, key=known.__getitem__), min(known, key=known.__getitem__)
    summary = (
        f"Most alike are {listed(most)} ({share(known[most], 2)}), least {listed(least)} "
        f"({share(known[least], 2)})."
    )
    return drawn(name, title, caption, summary, layers, size)


def metrics(
    name: str,
    rankings: Sequence[Ranking],
    pages: Mapping[str, Mapping[str, Floats]],
) -> Figure:
    """How far metrics agree, by Kendall's τ-b: below the diagonal on the order of extractors, above
    on the order of pages, where it is the mean over extractors. `pages` are the figures of pages by
    metric and extractor, of the same pages in the same order."""
    title = "Agreement between metrics"
    boards = {ranking.metric: ranking for ranking in rankings}
    if len(boards) < 2:
        return Figure.undrawn(name, title, "the run has one metric")
    both: dict[tuple[str, str], float | None] = {}
    for first, second in combinations(boards, 2):
        shared = [e for e in pages[first] if e in pages[second]]
        averages = [_averages(boards[metric], shared) for metric in (first, second)]
        both[second, first] = tau(*averages)
        found = [tau(pages[first][e], pages[second][e]) for e in shared]
        said = [value for value in found if value is not None]
        both[first, second] = sum(said) / len(said) if said else None
    short = {metric: name for (_, metric), name in metric_labels(rankings).items()}
    layers, size = _square(
        list(boards), lambda a, b: both[a, b], "Metrics", [short[metric] for metric in boards]
    )
    caption = (
        f"{title} on {rankings[0].corpus}, {counted(rankings[0].pages)}: Kendall's τ-b. Below the "
        f"diagonal: of the order of the {len(rankings[0].ranked)} extractors, by their averages; "
        f"above it: of the order of an extractor's pages, the mean over extractors."
    )
    summary = "; ".join(
        f"{first} and {second}: extractors {_said(both[second, first])}, "
        f"pages {_said(both[first, second])}"
        for first, second in combinations(boards, 2)
    )
    return drawn(name, title, caption, summary, layers, size)


def _averages(ranking: Ranking, names: Sequence[str]) -> Floats:
    reached = {
        one.row.extractor: one.row.f1 if ranking.figure == "f1" else one.row.recall
        for one in ranking.ranked
    }
    return np.array([np.nan if (v := reached.get(name)) is None else v for name in names])


def _square(
    names: Sequence[str],
    value: Callable[[str, str], float | None],
    plural: str,
    short: Sequence[str] | None = None,
) -> tuple[list[alt.Chart], Size]:
    """All against all, by their `short` names if they have any; columns bear the numbers of the
    rows, as names would not fit."""
    given = dict(zip(names, short, strict=True)) if short else labels(names)
    numbers = {name: f"{at}" for at, name in enumerate(names, 1)}
    cells = [
        {
            "row": f"{given[row]}  {numbers[row]}",
            "column": numbers[column],
            "value": value(row, column),
            plural: f"{row}, {column}",
            "τ": _said(value(row, column)),
        }
        for row in names
        for column in names
        if row != column
    ]
    rows = [f"{given[name]}  {numbers[name]}" for name in names]
    return _cells(cells, rows, list(numbers.values()), (plural, "τ"))


def _cells(
    cells: Sequence[Mapping[str, Any]],
    rows: Sequence[str],
    columns: Sequence[str],
    tips: Sequence[str],
) -> tuple[list[alt.Chart], Size]:
    shown = [
        {**cell, "text": share(cell["value"], 2)} for cell in cells if cell["value"] is not None
    ]
    numbered = all(column.isdecimal() for column in columns)
    head = alt.Axis(
        title=None,
        orient="top",
        domain=False,
        ticks=False,
        labelAngle=0 if numbered else -40,
        labelAlign="center" if numbered else "left",
        labelLimit=220,
        labelOverlap=False,
    )
    side = alt.Axis(title=None, domain=False, ticks=False, labelLimit=260, labelOverlap=False)
    x = alt.X("column:N", scale=alt.Scale(domain=list(columns)), axis=head)
    y = alt.Y("row:N", scale=alt.Scale(domain=list(rows)), axis=side)
    tooltip = [alt.Tooltip(f"{tip}:N") for tip in tips]
    absent = [cell for cell in cells if cell["value"] is None]
    heat = alt.Color(
        "value:Q", scale=alt.Scale(domain=[0, 1], clamp=True, range="heatmap"), legend=None
    )
    layers = [
        alt.Chart(values(absent)).mark_rect(style="absent").encode(x=x, y=y, tooltip=tooltip),
        alt.Chart(values(shown))
        .mark_rect(style="cell")
        .encode(x=x, y=y, color=heat, tooltip=tooltip),
        alt.Chart(values(shown)).mark_text(style="figure").encode(x=x, y=y, text="text:N"),
    ]
    cell = NARROW if numbered and len(columns) > MANY else CELL
    return layers, (cell * len(columns), ROW * len(rows))


def _part(ranking: Ranking) -> str:
    """`forum` of `kind=forum`."""
    return (ranking.part or "").partition("=")[2]


def _said(value: float | None) -> str:
    return "–" if value is None else share(value, 2)
