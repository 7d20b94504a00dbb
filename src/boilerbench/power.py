"""How many pages a comparison needs, and what those that it has can show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from boilerbench.errors import UserError, unknown_name
from boilerbench.metrics.base import Floats
from boilerbench.ranking import figure_of
from boilerbench.samples import Sample, Scores
from boilerbench.scoring import Row, scoreboard
from boilerbench.stats import detectable, pseudo_values, simulated_power, units_needed
from boilerbench.store import Run
from boilerbench.types import ALL_CORPORA

REFERENCES = ("everything", "nothing")
"""Reference lines: nobody asks whether they differ from an extractor."""

SMALLEST = 0.0001
"""A smaller difference is not seen in any table."""

_SHOWN = 3
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Power:
    """What it takes to see two extractors differ by `delta` in a figure on pages like those of a
    corpus, with 80 % power at 5 %, in a paired and two-sided test.

    The corpus has `pages`, which are so many `units` of what is drawn, called `noun`. `difference`
    is the second's figure less the first's, `deviation` the standard deviation of what a unit says
    of it. `needed` pages show `delta`; simulated from the pages that were seen, they do so with the
    power `simulated`. `detectable` is the smallest difference that `pages` show. The last three are
    None where the difference is the same on every page, so that nothing says how much pages vary.
    """

    corpus: str
    metric: str
    figure: str
    first: str
    second: str
    pages: int
    units: int
    noun: str
    difference: float
    deviation: float
    delta: float
    needed: int | None
    simulated: float | None
    detectable: float | None


def power(
    run: Run,
    delta: float,
    *,
    corpus: str | None = None,
    extractors: tuple[str, str] | None = None,
) -> list[Power]:
    """For each metric and each corpus of a finished run, or one `corpus`, what it takes to see a
    difference of `delta`, from `SMALLEST` to 1.

    How much two extractors vary against each other depends on the two. Where `extractors` does not
    say which are meant, it is told of three pairs: of those that vary least, in the middle, and
    most, the reference lines aside. Raises `UserError` where there is nothing to go by.
    """
    if not SMALLEST <= delta <= 1:
        raise UserError(f"a difference to look for is from {SMALLEST} to 1, not {delta}")
    rows = [row for row in scoreboard(run) if row.corpus != ALL_CORPORA]
    _check(run, rows, corpus, extractors)
    scores = Scores(run)
    found = []
    for key in dict.fromkeys((row.corpus, row.metric) for row in rows):
        if corpus in (None, key[0]):
            board = [row for row in rows if (row.corpus, row.metric) == key]
            found += _of_board(board, scores, delta, extractors)
    if not found:
        raise UserError(
            f"{run.path} has no two extractors to compare", "name two: --extractors A B"
        )
    return found


def _check(
    run: Run, rows: Sequence[Row], corpus: str | None, extractors: Sequence[str] | None
) -> None:
    corpora = list(dict.fromkeys(row.corpus for row in rows))
    if corpus is not None and corpus not in corpora:
        raise unknown_name(f"corpus of {run.path}", corpus, corpora)
    names = list(dict.fromkeys(row.extractor for row in rows))
    for name in extractors or ():
        if name not in names:
            raise unknown_name(f"extractor of {run.path}", name, names)


def _of_board(
    rows: Sequence[Row], scores: Scores, delta: float, extractors: tuple[str, str] | None
) -> list[Power]:
    figure = figure_of(rows)
    names = [row.extractor for row in rows if getattr(row, figure) is not None]
    if extractors is None:
        pairs = list(combinations([name for name in names if name not in REFERENCES], 2))
    else:
        pairs = [extractors] if set(extractors) <= set(names) else []
    if not pairs:
        return []
    (sample,) = scores.samples(rows[0], names)
    if sample.units < 2:
        raise UserError(f"{rows[0].corpus} has one page: nothing says how much pages vary")
    places = [(sample.systems.index(one), sample.systems.index(other)) for one, other in pairs]
    found = [(pair, pseudo_values(sample.stack, figure, pair)) for pair in places]
    if len(found) > _SHOWN:
        found.sort(key=lambda one: _deviation(one[1]))
        found = [found[0], found[len(found) // 2], found[-1]]
    return [_of_pair(rows[0], sample, figure, pair, values, delta) for pair, values in found]


def _deviation(values: Floats) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else 0.0


def _of_pair(
    row: Row, sample: Sample, figure: str, pair: tuple[int, int], values: Floats, delta: float
) -> Power:
    one, other = pair
    whole = sample.stack.values()[figure]
    deviation = _deviation(values)
    varies = deviation > _ROUNDING
    units = units_needed(deviation, delta) if varies else None
    return Power(
        corpus=row.corpus,
        metric=row.metric,
        figure=figure,
        first=sample.systems[one],
        second=sample.systems[other],
        pages=row.pages,
        units=sample.units,
        noun=sample.noun,
        difference=float(whole[other] - whole[one]),
        deviation=deviation,
        delta=delta,
        needed=math.ceil(units * row.pages / sample.units) if units else None,
        simulated=simulated_power(values, delta, units) if units else None,
        detectable=detectable(deviation, sample.units) if varies else None,
    )
