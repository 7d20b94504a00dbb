"""Who is ahead of whom, and how sure that is: the scoreboard's rows with intervals, letters and
paired tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from operator import attrgetter

import numpy as np

from boilerbench.samples import (
    Pair,
    Sample,
    Scores,
    Test,
    pairs_of,
    resampled_in_words,
    tested_in_words,
)
from boilerbench.scoring import Row, scoreboard
from boilerbench.stats import (
    ALPHA,
    TIE_MARGIN,
    AcrossCorpora,
    Interval,
    bounds,
    letters,
    mean_known,
    rank_intervals,
    trimmed,
)
from boilerbench.stats import across as ranked_across
from boilerbench.store import Run
from boilerbench.types import ALL_CORPORA

__all__ = [
    "ALPHA",
    "TIE_MARGIN",
    "AcrossCorpora",
    "Pair",
    "Ranked",
    "Ranking",
    "across",
    "rankings",
]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One extractor of a ranking.

    `intervals` are 95 % intervals by figure (`precision`, `recall`, `f1`, and those of `row.more`);
    a figure that has nothing to say has none, nor has any where there is a single page. Extractors
    that share one of `letters` cannot be told apart. `rank` is the 95 % interval of its place, from
    1, in the same resamples. `best` says that it leads or cannot be told apart from the one that
    does. An extractor without the figure that the ranking is by has no letters and is last. Where
    there are too few pages for any two to be told apart, nobody has letters, nor is best.
    """

    row: Row
    intervals: Mapping[str, Interval]
    letters: str
    rank: tuple[int, int]
    best: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """The extractors on one corpus, or on a `part` of it (`kind=forum`), by one metric, best first.

    `figure` is what they are ranked by: `f1`, or `recall` for a metric without F1. `resampled` says
    in words what was resampled, and with which seed: `10,000 resamples of 181 pages, seed 0`.
    `pairs` are all pairs of those that have the figure, the first of each the better placed;
    `tested` says in words by which test, and how it was corrected; or that pages are too few.
    """

    corpus: str
    part: str | None
    metric: str
    signature: str
    protocol: str | None
    figure: str
    pages: int
    resampled: str
    ranked: tuple[Ranked, ...]
    pairs: tuple[Pair, ...]
    tested: str = ""


def rankings(run: Run, by: Sequence[str] = (), test: Test = "permutation") -> list[Ranking]:
    """A ranking for each corpus and metric of the run, in the order of the scoreboard; then, for
    each of `by` (`kind`, `lang`), one for each part of a corpus.

    Pages of one site are drawn, and exchanged, together where there are several of a site and
    enough sites (`boilerbench.stats.units`). Over all corpora, each of which counts once, pages are
    drawn within their corpus.
    """
    found = []
    for part in (None, *by):
        boards = {
            key: tuple(rows)
            for key, rows in groupby(scoreboard(run, part), attrgetter("corpus", "part", "metric"))
        }
        scores = Scores(run, part)
        # What was drawn of a corpus serves all metrics.
        made = {key: _ranked(boards[key], scores, test) for key in sorted(boards, key=_order)}
        found += [made[key] for key in boards]
    return found


def _order(key: tuple[str, str | None, str]) -> tuple[bool, str, str]:
    corpus, part, _ = key
    return corpus == ALL_CORPORA, corpus, part or ""


def figure_of(rows: Iterable[Row]) -> str:
    """What systems are ranked and compared by: F1, or recall for a metric without."""
    rows = list(rows)
    for figure in ("f1", "recall"):
        if any(getattr(row, figure) is not None for row in rows):
            return figure
    return "f1"


def intervals_of(row: Row, samples: Sequence[Sample]) -> dict[str, Interval]:
    """The intervals of a row of the scoreboard by figure; none where there is one page only."""
    if sum(sample.units for sample in samples) < 2:
        return {}
    at = samples[0].systems.index(row.extractor)
    found = {}
    for name in samples[0].drawn:
        value = _value(row, name)
        if value is not None:
            drawn = mean_known([sample.drawn[name] for sample in samples])
            (low,), (high,) = bounds(drawn[:, [at]])
            found[name] = trimmed(Interval(value, float(low), float(high)))
    return found


def _ranked(rows: tuple[Row, ...], scores: Scores, test: Test) -> Ranking:
    names = sorted(row.extractor for row in rows)
    samples = scores.samples(rows[0], names)
    figure = figure_of(rows)
    known = [row.extractor for row in rows if getattr(row, figure) is not None]
    pairs = pairs_of(samples, figure, list(combinations(known, 2)), test)
    units = sum(sample.units for sample in samples)
    tellable = not pairs or _smallest(units) * len(pairs) < ALPHA
    differ = [(known.index(p.first), known.index(p.second)) for p in pairs if p.p_holm < ALPHA]
    shown = dict(zip(known, letters(len(known), differ), strict=True))
    drawn = mean_known([sample.drawn[figure] for sample in samples])
    ranks = rank_intervals(drawn[:, [names.index(row.extractor) for row in rows]])
    if not tellable:
        shown = {}
    leader = set(shown[known[0]]) if shown else set()
    ranked = [
        Ranked(
            row=row,
            intervals=intervals_of(row, samples),
            letters=shown.get(row.extractor, ""),
            rank=rank,
            best=bool(leader & set(shown.get(row.extractor, ""))),
        )
        for row, rank in zip(rows, ranks, strict=True)
    ]
    row = rows[0]
    return Ranking(
        corpus=row.corpus,
        part=row.part,
        metric=row.metric,
        signature=row.signature,
        protocol=row.protocol,
        figure=figure,
        pages=row.pages,
        resampled=resampled_in_words(samples),
        ranked=tuple(ranked),
        pairs=tuple(pairs),
        tested=tested_in_words(test, len(pairs))
        if tellable
        else f"{units} {samples[0].noun}: too few for a test to tell any two of {len(known)} "
        "extractors apart",
    )


def _smallest(units: int) -> float:
    """The smallest probability of a paired and two-sided test: that all differ in one direction."""
    return 2.0 ** (1 - units)


def across(run: Run, metric: str | None = None) -> AcrossCorpora | str:
    """Whether extractors differ over the corpora of a run, each of which is one observation, by a
    metric, the run's first if none is given; or the reason why that cannot be said."""
    metric = metric or run.info["metrics"][0]["name"]
    rows = [r for r in scoreboard(run) if r.metric == metric and r.corpus != ALL_CORPORA]
    figure = figure_of(rows)
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        value = getattr(row, figure)
        if value is not None:
            found.setdefault(row.extractor, {})[row.corpus] = value
    corpora = tuple(dict.fromkeys(row.corpus for row in rows))
    everywhere = tuple(name for name, values in found.items() if len(values) == len(corpora))
    figures = np.array([[found[name][corpus] for name in everywhere] for corpus in corpora])
    return ranked_across(metric, figure, corpora, everywhere, figures)


def _value(row: Row, figure: str) -> float | None:
    if figure in ("precision", "recall", "f1"):
        value: float | None = getattr(row, figure)
        return value
    return row.more.get(figure)
