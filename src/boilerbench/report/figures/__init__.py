"""The report's charts, as specifications in Vega-Lite made by Altair.

The same specification is drawn in the browser and written as PDF, SVG and PNG for a paper.

    placing     where names of dots go
    scatter     precision against recall; F1 against CPU time
    pages       how the figures of single pages are spread
    matrix      by kind and language; agreement of extractors, and of metrics
    critical    the critical-difference diagram
    themes      colours in light and dark
    export      files

Importing this package costs the import of Altair, about a second.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from boilerbench.metrics.base import Floats
from boilerbench.ranking import Ranking, across
from boilerbench.report.figures import matrix, pages, scatter
from boilerbench.report.figures.critical import critical_difference
from boilerbench.report.figures.export import FORMATS, export
from boilerbench.report.figures.figure import Figure
from boilerbench.report.figures.themes import THEMES
from boilerbench.store import Run
from boilerbench.types import ALL_CORPORA

__all__ = ["FORMATS", "Figure", "critical_difference", "export", "figures", "script"]

PARTS = {"kind": "By kind of page", "lang": "By language"}
"""What the heat maps are of; they need the rankings by it."""


def figures(run: Run, rankings: Sequence[Ranking]) -> dict[str, Figure]:
    """The figures of a run by name, in the order in which they are shown. `rankings` are those of
    whole corpora, and those by kind and language; each corpus is shown by its first metric. Where
    there are several corpora, their names are parts of the figures' names, and the figure of all
    of them is the last."""
    whole = [one for one in rankings if one.part is None and one.corpus != ALL_CORPORA]
    corpora = list(dict.fromkeys(one.corpus for one in whole))
    ends = _ends(corpora)
    found: list[Figure] = []
    for corpus in corpora:
        boards = [one for one in whole if one.corpus == corpus]
        first = boards[0]
        reached = {one.metric: _by_page(run, one) for one in boards}
        end = ends[corpus]
        of_corpus = [
            scatter.precision_recall(f"precision-recall{end}", first),
            scatter.cost(f"cost{end}", first),
        ]
        for by, title in PARTS.items():
            of = [
                one
                for one in rankings
                if one.corpus == corpus
                and one.metric == first.metric
                and (one.part or "").startswith(f"{by}=")
            ]
            of_corpus.append(matrix.parts(f"{by}{end}", title, first, of))
        of_corpus.append(matrix.extractors(f"extractors{end}", first, reached[first.metric]))
        of_corpus.append(matrix.metrics(f"metrics{end}", boards, reached))
        # Of the most rows: in two columns the others fill the one, and it the other.
        spread = pages.distribution(f"distribution{end}", first, reached[first.metric])
        of_corpus.append(spread)
        found += [replace(figure, corpus=corpus) for figure in of_corpus]
    found.append(critical_difference("critical-difference", across(run)))
    return {figure.name: figure for figure in found}


def script(figures: Mapping[str, Figure]) -> str:
    """The figures for `charts.js`, with both themes: a script, as a page from disk cannot fetch."""
    held = {
        "themes": THEMES,
        "figures": {
            name: {"spec": figure.spec, "summary": f"{figure.title}. {figure.summary}"}
            for name, figure in figures.items()
            if figure.spec is not None
        },
    }
    text = json.dumps(held, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return f"window.boilerbenchFigures={text};\n"


def _ends(corpora: Sequence[str]) -> dict[str, str]:
    """What each corpus adds to the names of its figures: nothing if it is the only one."""
    ends: dict[str, str] = {}
    for at, corpus in enumerate(corpora, 1):
        plain = re.sub(r"[^a-z0-9]+", "-", corpus.lower()).strip("-")[:40]
        end = f"-{plain}" if plain and f"-{plain}" not in ends.values() else f"-corpus-{at}"
        ends[corpus] = end if len(corpora) > 1 else ""
    return ends


def _by_page(run: Run, ranking: Ranking) -> dict[str, Floats]:
    """The figures of pages by extractor, all in the order of their pages; NaN where there is
    none."""
    scores = run.scores(ranking.metric).filter(pl.col("corpus") == ranking.corpus)
    table = scores.pivot("extractor", index="page_id", values=ranking.figure).sort("page_id")
    return {
        name: table[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        for name in table.columns
        if name != "page_id"
    }
