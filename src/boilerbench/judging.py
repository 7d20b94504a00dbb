"""Verdicts by metrics: all comparisons of a check together, since they are corrected together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from boilerbench.metrics.base import Floats
from boilerbench.samples import PER_TEST, SEED, Sample
from boilerbench.stats import (
    ALPHA,
    RESAMPLES,
    TIE_MARGIN,
    Interval,
    bounds,
    by_page,
    holm,
    permutation,
    pseudo_values,
    trimmed,
)
from boilerbench.stats.power import FEWEST, POWER
from boilerbench.stats.resampling import FEWEST_GROUPS
from boilerbench.verdict import Said, Verdict

FEWEST_DIFFERING, _FEW = 5, 8
"""Units that must differ for a test to decide without correction, and up to how many it does. Four
all fall by luck in one case of sixteen, five in one of thirty-two; nine leave room to correct for
the comparisons of a usual check."""


@dataclass(slots=True)
class Compared:
    """Two systems of a sample, at the places `pair`, by a figure; and the verdict, which says no
    more at first than what they are and which figures they have."""

    verdict: Verdict
    sample: Sample
    pair: tuple[int, int]

    @property
    def figure(self) -> str:
        """What they are compared by."""
        assert self.verdict.figure is not None
        return self.verdict.figure

    @property
    def differing(self) -> int:
        """How many of the units that are drawn differ in the figure."""
        columns = self.sample.stack.only(self.figure).columns
        one, other = (columns[:, at] for at in self.pair)
        return int((one != other).any(axis=1).sum())

    @property
    def by_page(self) -> tuple[Floats, Floats]:
        """The figures of pages before and after, in the order of their ids."""
        every = self.sample.by_page[self.figure]
        return every[:, self.pair[0]], every[:, self.pair[1]]

    def worst(self, most: int) -> Iterator[tuple[int, float, float]]:
        """The pages that fell most: their places, and the figures before and after."""
        before, after = self.by_page
        drops = np.nan_to_num(before - after)
        for at in np.argsort(-drops, kind="stable")[:most].tolist():
            if drops[at] > TIE_MARGIN:
                yield at, float(before[at]), float(after[at])


def judge(compared: Sequence[Compared]) -> str:
    """Settle the verdicts; by which test, in words, if any."""
    tested = [one for one in compared if _known(one.verdict) and one.differing]
    p = _probabilities(tested)
    fell = [one.verdict.difference_of_figures < 0 for one in tested]
    drops = holm([at if down else 1 - at for at, down in zip(p, fell, strict=True)])
    rises = holm([1 - at if down else at for at, down in zip(p, fell, strict=True)])
    for one, at, down, drop, rise in zip(tested, p, fell, drops, rises, strict=True):
        one.verdict = _judged(one, at, drop if down else rise, len(tested))
    for one in compared:
        if not _known(one.verdict):
            one.verdict = _unknown(one.verdict)
        elif not one.differing:
            reason = "it is the same on every page"
            one.verdict = replace(one.verdict, reason=reason, lower=0, higher=0)
        one.verdict = floored(one.verdict)
    if not tested:
        return ""
    but = "" if all(one.verdict.corrected for one in tested) else ", but not where few pages differ"
    return (
        f"paired permutation test, one-sided, Holm-corrected for {len(tested)} "
        f"comparison{'s' * (len(tested) != 1)} in which a page differs{but}; paired 95 % intervals "
        f"by {RESAMPLES:,} resamples, seed {SEED}"
    )


def floored(verdict: Verdict) -> Verdict:
    """The verdict, worse if the figure is below its floor, or is not there any more."""
    floor, figure = verdict.floor, verdict.after
    if floor is None or (figure is not None and figure >= floor):
        return verdict
    if figure is None:
        return replace(verdict, said="worse", reason=f"no figure, where the floor is {floor:.3f}")
    below = f"below the floor, {floor:.3f}"
    reason = f"{below}; {verdict.reason}" if verdict.said == "worse" else below
    return replace(verdict, said="worse", reason=reason)


def _probabilities(tested: Sequence[Compared]) -> list[float]:
    """How likely as large a difference is in its direction. Exchanging all pages turns a difference
    around, so that it is half of what it is in either direction."""
    ways = max(RESAMPLES, PER_TEST * len(tested))
    found: dict[int, float] = {}
    for sample in {id(one.sample): one.sample for one in tested}.values():
        here = [one for one in tested if one.sample is sample]
        pairs = [one.pair for one in here]
        p = permutation([sample.stack], here[0].figure, pairs, resamples=ways, seed=SEED)
        found |= {id(one): float(at) / 2 for one, at in zip(here, p, strict=True)}
    return [found[id(one)] for one in tested]


def _judged(one: Compared, p: float, p_holm: float, tests: int) -> Verdict:
    """The verdict by the probability as found and as corrected, among so many."""
    tolerance = one.verdict.tolerance or 0.0
    first, second = one.pair
    drawn = one.sample.drawn[one.figure]
    (low,), (high,) = bounds((drawn[:, second] - drawn[:, first])[:, None])
    around = trimmed(Interval(one.verdict.difference_of_figures, float(low), float(high)))
    before, after = one.by_page
    pages = by_page(after - before)
    # Of few differing units a corrected test is not sure though nearly all, or all, of them fell.
    few = one.differing <= _FEW or 2.0**-one.differing * tests >= ALPHA
    enough = one.differing >= FEWEST_DIFFERING and one.sample.units >= FEWEST_GROUPS
    corrected = not (few and enough)
    said, reason = _said(one, around, p_holm if corrected else p, corrected)
    return replace(
        one.verdict,
        said=said,
        reason=reason,
        difference=around,
        p=p,
        p_holm=p_holm,
        lower=pages.losses,
        higher=pages.wins,
        visible=_visible(one, tolerance, tests),
        corrected=corrected,
    )


def _said(one: Compared, around: Interval, p: float, corrected: bool) -> tuple[Said, str]:
    tolerance = one.verdict.tolerance or 0.0
    large = abs(around.value) > tolerance
    fell = around.value < 0
    excludes = around.high < 0 if fell else around.low > 0
    sure = excludes and p < ALPHA
    what = "drop" if fell else "rise"
    if large and sure:
        return ("worse" if fell else "better"), f"the {what} is larger than {tolerance:g}, and real"
    if sure:
        return "same", f"the {what} is real, but not larger than {tolerance:g}"
    if not large:
        return "same", f"the difference is not larger than {tolerance:g}"
    shown = f"{'corrected ' * corrected}p {p:.2f}"
    why = f"may be luck: {shown}" if excludes else "its interval includes zero"
    if one.differing < FEWEST_DIFFERING:
        noun, units = one.sample.noun, one.sample.units
        why = f"only {one.differing} of {units} {noun} differ, too few to tell it from luck"
    return "same", f"the {what} is larger than {tolerance:g}, but {why}"


def _visible(one: Compared, tolerance: float, tests: int) -> float | None:
    """The smallest drop that comes out as worse with `POWER`: it must be significant at the level
    that the correction leaves at the worst, and larger than the tolerance."""
    if one.sample.units < 2 or one.differing < FEWEST:
        return None
    values = pseudo_values(one.sample.stack, one.figure, one.pair)
    free = len(values) - 1
    if free < 1:
        return None
    from scipy.stats import t

    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    level = min(ALPHA / 2, ALPHA / tests)
    needed = max(tolerance, float(t.ppf(1 - level, free)) * error)
    return needed + float(t.ppf(POWER, free)) * error


def _unknown(verdict: Verdict) -> Verdict:
    if verdict.before is None and verdict.after is None:
        return replace(verdict, reason="the metric has nothing to say of these pages")
    missing = "before" if verdict.before is None else "after"
    return replace(verdict, said="not comparable", reason=f"there is no figure {missing}")


def _known(verdict: Verdict) -> bool:
    return verdict.before is not None and verdict.after is not None
