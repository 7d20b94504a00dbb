"""Who is ahead of whom, and how sure that is: the scoreboard's rows with intervals, letters and
paired tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boilerbench.scoring import Row
from boilerbench.stats import Difference, Interval
from boilerbench.store import Run


@dataclass(frozen=True, slots=True)
class Ranked:
    """One extractor of a ranking.

    `intervals` are 95 % intervals by figure (`precision`, `recall`, `f1`, and those of `row.more`);
    a figure that has nothing to say has none. Extractors that share one of `letters` cannot be told
    apart. `rank` is the 95 % interval of its place, from 1. `best` says that it leads or cannot be
    told apart from the one that does.
    """

    row: Row
    intervals: Mapping[str, Interval]
    letters: str
    rank: tuple[int, int]
    best: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two extractors on the same pages. `difference` is the second's figure less the first's, `p`
    in it as found, `p_holm` corrected for all pairs of the ranking. `effect` is Cohen's d of the
    paired differences per page. The second `wins` and `loses` on so many pages, by more than
    `TIE_MARGIN`."""

    first: str
    second: str
    difference: Difference
    p_holm: float
    effect: float
    wins: int
    ties: int
    losses: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """The extractors on one corpus, or on a `part` of it (`kind=forum`), by one metric, best first.

    `figure` is what they are ranked by: `f1`, or `recall` for a metric without F1. `resampled` says
    in words what was resampled, and with which seed: `10,000 resamples of 181 pages, seed 0`.
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


def rankings(run: Run, by: Sequence[str] = ()) -> list[Ranking]:
    """A ranking for each corpus and metric of the run, in the order of the scoreboard; then, for
    each of `by` (`kind`, `lang`), one for each part of a corpus."""
    raise NotImplementedError
