"""A run's scores as samples of pages that can be drawn again, and two systems compared on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from boilerbench.metrics import metric as metric_named
from boilerbench.metrics.base import Floats, Metric
from boilerbench.scoring import Row
from boilerbench.stats import (
    RESAMPLES,
    TIE_MARGIN,
    Difference,
    Groups,
    Interval,
    Stack,
    Stream,
    bounds,
    by_page,
    holm,
    mean_known,
    permutation,
    trimmed,
    units,
    wilcoxon,
)
from boilerbench.store import Run
from boilerbench.types import ALL_CORPORA, FAILURES

Test = Literal["permutation", "wilcoxon"]
TESTS: tuple[Test, ...] = get_args(Test)

SEED = 0

PER_TEST = 50
"""Ways to exchange two systems, at the least, for each test of a family: the smallest probability
must stay small when it is corrected for all of them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two extractors on the same pages. `difference` is the second's figure less the first's, `p`
    in it as found, `p_holm` corrected for all pairs of the ranking. `effect` is Cohen's d of the
    paired differences per page. The second `wins` and `loses` on so many pages, by more than
    `TIE_MARGIN`; a page on which one of them has no figure is none of the three. See
    `boilerbench.stats.ByPage`."""

    first: str
    second: str
    difference: Difference
    p_holm: float
    effect: float
    wins: int
    ties: int
    losses: int


@dataclass(frozen=True)
class Sample:
    """Systems on the same pages of one corpus, by one metric.

    `by_page` are figures of pages, arrays of shape (pages, systems). `groups` are drawn together,
    None for pages one by one; there are `units` of what is drawn, called `noun`.
    """

    systems: tuple[str, ...]
    stack: Stack
    by_page: Mapping[str, Floats]
    groups: Groups | None
    units: int
    noun: str

    @classmethod
    def of(
        cls,
        metric: Metric[Any],
        frames: Mapping[str, pl.DataFrame],
        pages: pl.DataFrame,
        stream: Stream = (),
    ) -> Sample:
        """From each system's scores, and what is known of the pages (`page_id`, `site`). A page
        that a system was not given adds nothing to its figures."""
        pages = pages.sort("page_id")
        groups, count, noun = units(pages["site"].to_list())
        systems, present = [], []
        for frame in frames.values():
            rows = pages.select("page_id").join(
                frame, on="page_id", how="left", maintain_order="left"
            )
            counts = {name: rows[name].fill_null(0.0).to_numpy() for name in metric.counted}
            failed = rows["outcome"].is_in(list(FAILURES)).fill_null(False).to_numpy()
            systems.append((counts, failed))
            present.append(rows["outcome"].is_not_null().to_numpy())
        given = np.stack(present, axis=1)
        stack = Stack.of(metric, systems, groups, stream, given)
        found = [metric.pages(counts, failed) for counts, failed in systems]
        by_page = {
            name: np.where(given, np.stack([one[name] for one in found], axis=1), np.nan)
            for name in found[0]
        }
        return cls(tuple(frames), stack, by_page, groups, count, noun)

    @cached_property
    def drawn(self) -> dict[str, Floats]:
        """The figures of resamples: arrays of shape (resamples, systems)."""
        return self.stack.resampled(RESAMPLES, SEED)


class Scores:
    """The scores of a run by corpus, metric and extractor, and what is known of the pages. With
    `by`, one of `scoring.SLICES`, samples are of parts of a corpus."""

    def __init__(self, run: Run, by: str | None = None) -> None:
        run.check_complete()
        self._run = run
        self._by = by
        self._corpora = [entry["name"] for entry in run.info["corpora"]]
        self._frames: dict[str, dict[tuple[Any, ...], pl.DataFrame]] = {}
        self._pages: dict[str, pl.DataFrame] = {}
        self._samples: dict[tuple[str, str, tuple[str, ...]], Sample] = {}

    def samples(self, row: Row, systems: Sequence[str]) -> list[Sample]:
        """The pages behind a row of the scoreboard, for these extractors: one sample, or one for
        each corpus."""
        return [self._sample(corpus, row, tuple(systems)) for corpus in self.corpora(row)]

    def corpora(self, row: Row) -> list[str]:
        """The corpora that a row of the scoreboard is of."""
        return self._corpora if row.corpus == ALL_CORPORA else [row.corpus]

    def stream(self, corpus: str) -> Stream:
        """By which a corpus is drawn: each by one of its own, the first by the seed alone."""
        place = self._corpora.index(corpus)
        return (place,) if place else ()

    def frame(self, corpus: str, metric: str, extractor: str) -> pl.DataFrame:
        """An extractor's scores on a corpus."""
        return self._by_extractor(metric)[corpus, extractor]

    def pages(self, corpus: str, metric: str) -> pl.DataFrame:
        """The pages of a corpus that were scored, with what is known of them."""
        if corpus not in self._pages:
            scored = [
                frame.select("page_id")
                for (name, _), frame in self._by_extractor(metric).items()
                if name == corpus
            ]
            about = self._run.pages().filter(pl.col("corpus") == corpus)
            ids = pl.concat(scored).unique()
            self._pages[corpus] = ids.join(about, on="page_id", how="left")
        return self._pages[corpus]

    def _by_extractor(self, metric: str) -> dict[tuple[Any, ...], pl.DataFrame]:
        if metric not in self._frames:
            scores = self._run.scores(metric)
            self._frames[metric] = scores.partition_by("corpus", "extractor", as_dict=True)
        return self._frames[metric]

    def _sample(self, corpus: str, row: Row, systems: tuple[str, ...]) -> Sample:
        key = corpus, row.metric, systems
        if key in self._samples:
            return self._samples[key]
        pages = self.pages(corpus, row.metric)
        if self._by:
            value = pl.format(f"{self._by}={{}}", pl.col(self._by).fill_null("unknown"))
            pages = pages.filter(value == row.part)
        frames = {name: self.frame(corpus, row.metric, name) for name in systems}
        sample = Sample.of(metric_named(row.signature), frames, pages, self.stream(corpus))
        if not self._by and len(self._corpora) > 1:
            self._samples[key] = sample  # all corpora together need it again
        return sample


def pairs_of(
    samples: Sequence[Sample],
    figure: str,
    pairs: Sequence[tuple[str, str]],
    test: Test = "permutation",
    margin: float = TIE_MARGIN,
    family: int = 0,
) -> list[Pair]:
    """The pairs of systems compared by a figure, corrected for their number; `family` says how many
    there are in all, where the caller corrects for more. Each must have the
    figure. Over several samples it is the mean over them, and pages are counted together."""
    if not pairs:
        return []
    names = samples[0].systems
    places = [(names.index(first), names.index(second)) for first, second in pairs]
    ones, others = (list(side) for side in zip(*places, strict=True))
    values = mean_known([sample.stack.values()[figure] for sample in samples])
    drawn = mean_known([sample.drawn[figure] for sample in samples])
    value = values[others] - values[ones]
    low, high = bounds(drawn[:, others] - drawn[:, ones])
    by_system = np.concatenate([sample.by_page[figure] for sample in samples])
    rose = [by_system[:, other] - by_system[:, one] for one, other in places]
    if test == "wilcoxon":
        groups = _together(samples)
        p = [wilcoxon(difference, groups) for difference in rose]
    else:
        ways = max(RESAMPLES, PER_TEST * max(len(pairs), family))
        stacks = [sample.stack for sample in samples]
        p = permutation(stacks, figure, places, resamples=ways, seed=SEED).tolist()
    found = []
    for at, ((first, second), p_holm) in enumerate(zip(pairs, holm(p), strict=True)):
        page = by_page(rose[at], margin)
        around = trimmed(Interval(float(value[at]), float(low[at]), float(high[at])))
        found.append(
            Pair(
                first=first,
                second=second,
                difference=Difference(around.value, around.low, around.high, p[at]),
                p_holm=p_holm,
                effect=page.effect,
                wins=page.wins,
                ties=page.ties,
                losses=page.losses,
            )
        )
    return found


def resampled_in_words(samples: Sequence[Sample]) -> str:
    """What was resampled, and with which seed."""
    count: dict[str, int] = {}
    for sample in samples:
        noun = sample.noun if len(samples) == 1 else sample.noun.rstrip("s") + "s"
        count[noun] = count.get(noun, 0) + sample.units
    what = " and ".join(f"{number:,} {noun}" for noun, number in count.items())
    within = f" within {len(samples)} corpora" if len(samples) > 1 else ""
    return f"{RESAMPLES:,} resamples of {what}{within}, seed {SEED}"


def tested_in_words(test: Test, pairs: int) -> str:
    """By which test pairs were compared, and how it was corrected."""
    names = {
        "permutation": "paired permutation test",
        "wilcoxon": "Wilcoxon signed-rank test",
    }
    return f"{names[test]}, two-sided, Holm-corrected for {pairs} pair{'s' * (pairs != 1)}"


def _together(samples: Sequence[Sample]) -> Groups | None:
    """The groups of several samples under numbers of their own."""
    if all(sample.groups is None for sample in samples):
        return None
    numbered, start = [], 0
    for sample in samples:
        pages = len(next(iter(sample.by_page.values())))
        groups = np.arange(pages) if sample.groups is None else sample.groups
        numbered.append(groups + start)
        start += pages
    return np.concatenate(numbered)
