"""Whether an extractor became slower: its CPU time as a multiple of that of a reference extractor
in the same run, before and after.

Seconds of two machines, or of one machine on two days, do not compare; ratios nearly do. The
interval says what depends on which pages are in the corpus. It does not know that two processes of
one program differ by some per cent: that is what the tolerance is for.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from boilerbench.baseline import Baseline
from boilerbench.gates import REFERENCES, Gates
from boilerbench.matching import same_release
from boilerbench.stats import RESAMPLES, Interval, interval, units
from boilerbench.stats.resampling import resampled, summed
from boilerbench.types import FAILURES
from boilerbench.verdict import COST, Said, Verdict

LEAST = 0.02
"""Of the reference's time: what an extractor that costs next to nothing (`nothing` takes .0003)
gains or loses may be a multiple of it, and is nothing."""


def costs(
    corpus: str, after: Baseline, before: Baseline, matched: Mapping[str, str], gates: Gates
) -> tuple[list[Verdict], str | None]:
    """A verdict for each extractor but the reference; or none, and why nothing was judged, if the
    gates do not ask for it."""
    spent = [_spent(one, corpus) for one in (before, after)]
    reference = gates.reference or _reference(spent)
    reused = {name for name, one in after.entries("extractors", "spec").items() if "reused" in one}
    if reference in reused:
        return [], f"cost was not judged on {corpus}: {reference} was not run again"
    matched = {name: other for name, other in matched.items() if name not in reused}
    if reference is None:
        return [], f"cost was not judged on {corpus}: there is no reference with CPU times in both"
    reason = same_release(reference, after, before)
    for one, of in zip(spent, ("baseline", "run"), strict=True):
        if reason is None and one.get(reference) is None:
            reason = f"the {of} has no CPU times of {reference}"
    if reason and not gates.reference:
        return [], f"cost was not judged on {corpus}: {reason}"
    judged = [pair for pair in matched.items() if pair[0] != reference]
    return [
        Verdict(corpus, name, COST, "not comparable", reason, other)
        if reason
        else _judged(corpus, name, other, reference, (spent[1], spent[0]), after, gates)
        for name, other in judged
    ], None


def _reference(spent: list[dict[str, dict[str, float]]]) -> str | None:
    return next((name for name in REFERENCES if all(name in one for one in spent)), None)


def _spent(baseline: Baseline, corpus: str) -> dict[str, dict[str, float]]:
    """The CPU milliseconds of each extractor that has any, by page; without pages that failed."""
    first = next(iter(baseline.scores.values()))
    failed = first.filter(pl.col("outcome").is_in(list(FAILURES)))
    keys = ["corpus", "extractor", "page_id"]
    frame = baseline.costs.filter(pl.col("corpus") == corpus, pl.col("cpu_ms").is_not_null())
    found: dict[str, dict[str, float]] = {}
    for extractor, page_id, cpu_ms in (
        frame.join(failed.select(keys), on=keys, how="anti")
        .select("extractor", "page_id", "cpu_ms")
        .iter_rows()
    ):
        found.setdefault(extractor, {})[page_id] = cpu_ms
    return {name: pages for name, pages in found.items() if sum(pages.values())}


def _judged(
    corpus: str,
    name: str,
    other: str,
    reference: str,
    spent: tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]],
    after: Baseline,
    gates: Gates,
) -> Verdict:
    now, then = spent
    columns = [now.get(name, {}), now[reference], then.get(other, {}), then[reference]]
    if not now.get(name) and not then.get(other):
        return Verdict(corpus, name, COST, "same", "no page has a CPU time worth measuring", other)
    pages = sorted(set.intersection(*map(set, columns)))
    every = np.array([[column[page] for column in columns] for page in pages])
    if not len(pages) or not every.sum(axis=0).all():
        return Verdict(
            corpus, name, COST, "not comparable", "no page has CPU times before and after", other
        )
    about = after.pages.filter(pl.col("corpus") == corpus)
    sites = dict(about.select("page_id", "site").iter_rows())
    groups, _, _ = units([sites.get(page) for page in pages])
    rows = summed(every, groups)
    x, by, x_before, by_before = every.sum(axis=0)
    ratios = float(x_before / by_before), float(x / by)
    drawn = resampled(rows, RESAMPLES, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = (drawn[:, 0] / drawn[:, 1]) / (drawn[:, 2] / drawn[:, 3])
    factors = factors[np.isfinite(factors)]
    factor = interval(ratios[1] / ratios[0], factors) if len(factors) else None
    said, reason = _said(ratios, factor, gates.cost_tolerance)
    return Verdict(
        corpus,
        name,
        COST,
        said,
        f"CPU time by that of {reference}: {reason}",
        other,
        before=ratios[0],
        after=ratios[1],
        difference=factor,
        tolerance=gates.cost_tolerance,
    )


def _said(
    ratios: tuple[float, float], factor: Interval | None, tolerance: float
) -> tuple[Said, str]:
    large = abs(ratios[1] - ratios[0]) > LEAST
    if factor is None:
        return "same", "too little to be measured"
    if factor.value > 1 + tolerance:
        slow = f"more than {1 + tolerance:.3g} times as slow"
        if not large:
            return "same", f"{slow}, but by less than {LEAST:g} of the reference"
        if factor.low > 1:
            return "worse", slow
        return "same", f"{slow}, but it may be a few pages"
    if factor.value < 1 / (1 + tolerance) and large and factor.high < 1:
        return "better", f"more than {1 + tolerance:.3g} times as fast"
    return "same", "within the tolerance"
