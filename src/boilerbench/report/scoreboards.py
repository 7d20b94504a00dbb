"""The scoreboard of the report's first page: all rankings of a run as data for `site.js`, which
shows one after another, and which the page shows by itself without scripts.

Figures are rounded to six digits; what a reader is shown has three.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

from boilerbench.metrics.protocols import OWN
from boilerbench.ranking import Pair, Ranked, Ranking
from boilerbench.report.tables import FIGURES, Table, failures, tables
from boilerbench.scoring import Row
from boilerbench.stats import Interval
from boilerbench.types import ALL_CORPORA

RANKS = "Rank: the 95 % interval of its place, in the same resamples"


def scoreboards(rankings: Sequence[Ranking], references: Collection[str] = ()) -> dict[str, Any]:
    """What there is to choose from, and a board for each ranking. `references` are extractors that
    the others are read by: bars have no room for them.

    `extractors` and their `versions`, and the numbers of the `references`; `metrics`, each with
    `label`, `protocol` and `signature`, and `by`, what a board's heading ends with; `boards`, each
    with the numbers of its corpus and metric, its `part`, the `columns` that have figures, the
    headings of those that are `bare`, the `scale` of the bars, its `footer`, `rows` and `pairs`
    (see `_row` and `_pair`); `shown`, the number of the board that is shown first: all corpora
    together where there are several.

    A part that is all of its corpus is left out.
    """
    kept = [one for one in rankings if one.part is None or _is_part(one, rankings)]
    named = tables(kept)
    extractors = list(dict.fromkeys(one.row.extractor for of in kept for one in of.ranked))
    versions = {one.row.extractor: one.row.version for of in kept for one in of.ranked}
    corpora = list(dict.fromkeys(one.corpus for one in kept))
    metrics = {(one.ranking.protocol, one.ranking.metric): one for one in named}
    order = list(metrics)
    boards = [
        _board(table, extractors, references)
        | {
            "corpus": corpora.index(table.corpus),
            "metric": order.index((table.ranking.protocol, table.ranking.metric)),
        }
        for table in named
    ]
    first = ALL_CORPORA if ALL_CORPORA in corpora else corpora[0]
    return {
        "extractors": extractors,
        "versions": [versions[name] for name in extractors],
        "references": [n for n, name in enumerate(extractors) if name in references],
        "corpora": corpora,
        "metrics": [
            {
                "label": table.metric,
                "by": f", by {table.metric}"
                if protocol in (None, OWN)
                else f" · protocol {protocol} · {table.metric}",
                "protocol": protocol,
                "name": metric,
                "signature": table.ranking.signature,
            }
            for (protocol, metric), table in metrics.items()
        ],
        "boards": boards,
        "shown": next(
            n for n, board in enumerate(boards) if board["corpus"] == corpora.index(first)
        ),
    }


def _is_part(one: Ranking, rankings: Sequence[Ranking]) -> bool:
    """Whether there are other parts of the same sort beside it."""
    sort = (one.part or "").partition("=")[0]
    return any(
        other.corpus == one.corpus
        and other.metric == one.metric
        and other.part not in (None, one.part)
        and (other.part or "").partition("=")[0] == sort
        for other in rankings
    )


def _board(table: Table, extractors: Sequence[str], references: Collection[str]) -> dict[str, Any]:
    of = table.ranking
    columns = [
        *(name for name in FIGURES if any(getattr(o.row, name) is not None for o in of.ranked)),
        *dict.fromkeys(n for o in of.ranked for n, v in o.row.more.items() if v is not None),
    ]
    averaged, corpus, _ = table.footer()
    how, told = table.certainty()
    return {
        "part": of.part,
        "pages": of.pages,
        "figure": of.figure,
        "columns": columns,
        "bare": [heading for heading, filled in _filled(of).items() if not filled],
        "scale": _scale(of, references),
        "footer": [averaged, corpus, how, told, _ranks(of)],
        "rows": [_row(one, columns, extractors) for one in of.ranked],
        "pairs": [_pair(pair, extractors) for pair in of.pairs],
    }


def _filled(of: Ranking) -> dict[str, bool]:
    """Of the columns that a board can do without, whether anything is in them."""
    return {
        "Group": any(one.letters for one in of.ranked),
        "Median": any(one.row.f1_median is not None for one in of.ranked),
        "Failures": any(one.row.failures for one in of.ranked),
        "CPU ms": any(one.row.cpu_ms is not None for one in of.ranked),
        "Version": any(one.row.version for one in of.ranked),
    }


def _ranks(of: Ranking) -> str:
    """What the ranks are."""
    if not any(one.intervals for one in of.ranked):
        return ""
    if not any(one.letters for one in of.ranked):
        return RANKS
    return f"{RANKS}; not corrected for the many comparisons, unlike the groups"


def _scale(of: Ranking, references: Collection[str]) -> list[float]:
    """The tenths that the intervals lie between."""
    others = [one for one in of.ranked if one.row.extractor not in references] or of.ranked
    found = [one.intervals[of.figure] for one in others if of.figure in one.intervals]
    if not found:
        return [0, 1]
    low = math.floor(10 * min(one.low for one in found)) / 10
    high = math.ceil(10 * max(one.high for one in found)) / 10
    return [low, high] if low < high else [0, 1]


def _row(one: Ranked, columns: Sequence[str], extractors: Sequence[str]) -> list[Any]:
    """`[extractor, letters, best place, worst place, whether among the best, figures, median,
    failures, their number, CPU ms]`; each of the figures is `[value, low, high]`, `[value]` or
    null."""
    row = one.row
    return [
        extractors.index(row.extractor),
        one.letters,
        *one.rank,
        int(one.best),
        [_figure(row, one.intervals.get(name), name) for name in columns],
        _round(row.f1_median),
        failures(row.failures),
        sum(row.failures.values()),
        None if row.cpu_ms is None else round(row.cpu_ms, 3),
    ]


def _figure(row: Row, found: Interval | None, name: str) -> list[float | None] | None:
    value = getattr(row, name) if name in FIGURES else row.more.get(name)
    if value is None:
        return None
    return [_round(value), *([_round(found.low), _round(found.high)] if found else [])]


def _pair(pair: Pair, extractors: Sequence[str]) -> list[Any]:
    """`[first, second, difference, low, high, p, p by Holm, effect, wins, ties, losses]`, all of
    the second against the first."""
    found = pair.difference
    return [
        extractors.index(pair.first),
        extractors.index(pair.second),
        *(_round(value) for value in (found.value, found.low, found.high)),
        *(float(f"{value:.4g}") for value in (found.p, pair.p_holm)),
        _round(pair.effect) if abs(pair.effect) < 1e6 else None,
        *(pair.wins, pair.ties, pair.losses),
    ]


def _round(value: float | None) -> float | None:
    return None if value is None or value != value else round(value, 6)
