"""Two runs beside each other, or two extractors of one, where their figures can be compared at
all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

from boilerbench.errors import UserError, unknown_name
from boilerbench.metrics import metric as metric_named
from boilerbench.ranking import figure_of, intervals_of
from boilerbench.samples import Pair, Sample, Scores, Test, pairs_of, resampled_in_words
from boilerbench.scoring import Row, scoreboard
from boilerbench.signature import differing
from boilerbench.stats import Interval, holm
from boilerbench.store import Run

_SIGNATURE, _NAME = attrgetter("signature"), attrgetter("metric")

_SIDES = ("first", "second")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two extractors, or one in two runs, on one corpus by one metric.

    `first` and `second` are their F1 (their recall, for a metric without F1: `figure`), with 95 %
    intervals, `difference` the second less the first. `pair` tells more of it; its `p_holm` is
    corrected for all that were compared in one go. `resampled` says in words what was resampled.
    Where two figures do not say the same thing, there is no `difference`, and `not_comparable` says
    why. What cannot be said is None.
    """

    corpus: str
    extractor: str
    metric: str
    first: float | None
    second: float | None
    difference: float | None
    not_comparable: str | None
    figure: str = "f1"
    first_interval: Interval | None = None
    second_interval: Interval | None = None
    pair: Pair | None = None
    resampled: str | None = None


def compare(
    first: Run | str | Path,
    second: Run | str | Path | None = None,
    *,
    extractors: tuple[str, str] | None = None,
    test: Test = "permutation",
) -> list[Comparison]:
    """All rows that both runs have: those of one corpus name, extractor and metric name. In runs of
    one extractor each, these two are compared whatever they are called.

    With `extractors` it is the first of them in the first run and the second in the second run, or
    both in one. `test` gives the probabilities: `permutation` or `wilcoxon`.
    """
    first = first if isinstance(first, Run) else Run(first)
    if second is None:
        if extractors is None:
            raise UserError(
                f"nothing to compare {first.path} with",
                "name a second run, or two extractors of this one: --extractors A B",
            )
        second = first
    second = second if isinstance(second, Run) else Run(second)
    rows, others = scoreboard(first), scoreboard(second)
    alone = all(len(run.info["extractors"]) == 1 for run in (first, second))
    if extractors is not None:
        rows, others = (
            _only(run, name, found)
            for run, name, found in zip((first, second), extractors, (rows, others), strict=True)
        )
        alone = True
    matched = [(row, match) for row in rows if (match := _match(row, rows, others, alone))]
    return _tested(matched, Scores(first), Scores(second), test)


def _only(run: Run, extractor: str, rows: Sequence[Row]) -> list[Row]:
    found = [row for row in rows if row.extractor == extractor]
    if not found:
        names = list(dict.fromkeys(row.extractor for row in rows))
        raise unknown_name(f"extractor of {run.path}", extractor, names)
    return found


def _tested(
    matched: Sequence[tuple[Row, Row]], first: Scores, second: Scores, test: Test
) -> list[Comparison]:
    found = [_compared(*rows) for rows in matched]
    boards: dict[tuple[str, ...], list[int]] = {}
    for at, (row, other) in enumerate(matched):
        if found[at].difference is not None:
            key = row.corpus, row.metric, other.metric, found[at].figure
            boards.setdefault(key, []).append(at)
    compared = sum(map(len, boards.values()))
    for places in boards.values():
        samples = _samples([matched[at] for at in places], first, second)
        names = [(f"first {number}", f"second {number}") for number in range(len(places))]
        pairs = pairs_of(samples, found[places[0]].figure, names, test, family=compared)
        for at, pair, sides in zip(places, pairs, names, strict=True):
            rows = matched[at]
            around = [
                intervals_of(replace(row, extractor=side), samples).get(found[at].figure)
                for row, side in zip(rows, sides, strict=True)
            ]
            found[at] = replace(
                found[at],
                first_interval=around[0],
                second_interval=around[1],
                pair=replace(pair, first=rows[0].extractor, second=rows[1].extractor),
                resampled=resampled_in_words(samples),
            )
    tested = [(at, one.pair) for at, one in enumerate(found) if one.pair]
    corrected = holm([pair.difference.p for _, pair in tested])
    for (at, pair), p_holm in zip(tested, corrected, strict=True):
        found[at] = replace(found[at], pair=replace(pair, p_holm=p_holm))
    return found


def _samples(matched: Sequence[tuple[Row, Row]], first: Scores, second: Scores) -> list[Sample]:
    """The pages behind several rows of one board, both runs' extractors side by side."""
    board = matched[0][0]
    samples = []
    for corpus in first.corpora(board):
        frames = {
            f"{side} {number}": scores.frame(corpus, row.metric, row.extractor)
            for number, rows in enumerate(matched)
            for side, scores, row in zip(_SIDES, (first, second), rows, strict=True)
        }
        pages = first.pages(corpus, board.metric)
        metric = metric_named(board.signature)
        samples.append(Sample.of(metric, frames, pages, first.stream(corpus)))
    return samples


def why_not(first: Row, second: Row) -> str | None:
    """Why two figures cannot be compared; None where they can: they can only if they are of the
    same pages, gold and metric, its parameters included."""
    if first.corpus_digest != second.corpus_digest:
        return f"another {first.corpus}: {first.corpus_digest[:19]}, {second.corpus_digest[:19]}"
    if first.signature != second.signature:
        return f"another metric: {differing(first.signature, second.signature)}"
    return None


def _match(row: Row, rows: Sequence[Row], others: Sequence[Row], alone: bool) -> Row | None:
    """The row of the other run that says the same: by its signature; or one that would, if it had
    other parameters: by its name, then by its name without them if that is clear."""
    near, far = (
        [r for r in given if r.corpus == row.corpus and (alone or r.extractor == row.extractor)]
        for given in (rows, others)
    )
    for says in (_SIGNATURE, _NAME):
        for other in far:
            if says(other) == says(row):
                return other
    same = [r for r in far if _plain(r) == _plain(row)]
    clear = len(same) == 1 == sum(_plain(r) == _plain(row) for r in near)
    return same[0] if clear else None


def _plain(row: Row) -> str:
    return row.metric.partition("[")[0]


def _compared(first: Row, second: Row) -> Comparison:
    reason = why_not(first, second)
    figure = figure_of((first, second))
    figures: list[float | None] = [getattr(row, figure) for row in (first, second)]
    known = [value for value in figures if value is not None]
    names = dict.fromkeys((first.extractor, second.extractor))
    return Comparison(
        corpus=first.corpus,
        extractor=" / ".join(names),
        metric=first.metric,
        first=figures[0],
        second=figures[1],
        difference=known[1] - known[0] if reason is None and len(known) == 2 else None,
        not_comparable=reason,
        figure=figure,
    )
