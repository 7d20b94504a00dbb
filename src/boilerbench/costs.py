"""Whether an extractor became slower: its CPU time as a multiple of that of a reference extractor
in the same run, before and after.

Seconds of two machines, or of one machine on two days, do not compare; ratios nearly do. The
interval says what depends on which pages are in the corpus. It does not know that two processes of
one program differ by some per cent: that is what the tolerance is for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

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
) -> tuple[list[Verdict], list[str]]:
    """A verdict for each extractor but the reference; and notes, of what was not judged and why,
    where the gates did not ask for it."""
    spent = _spent(before, corpus), _spent(after, corpus)
    reference = gates.reference or _reference(spent, matched)
    if reference is None:
        why = f"it takes {' or '.join(REFERENCES)} in both, to be a multiple of"
        return [], [f"cost was not judged on {corpus}: {why}"]
    then, now = (_reused(one, corpus) for one in (before, after))
    reason = same_release(reference, after, before)
    for reused, one, of in zip((then, now), spent, ("baseline", "run"), strict=True):
        if reason is None and reference in reused:
            reason = f"{reference} was not run again for the {of}"
        if reason is None and not sum(one.get(reference, {}).values()):
            reason = f"the {of} has no CPU times of {reference}"
    if reason and not gates.reference:
        return [], [f"cost was not judged on {corpus}: {reason}"]
    left_out = [name for name, other in matched.items() if name in now or other in then]
    verdicts = [
        Verdict(corpus, name, COST, "not comparable", reason, other)
        if reason
        else _judged(corpus, name, other, reference, spent, after, gates)
        for name, other in matched.items()
        if name != reference and name not in left_out
    ]
    names = ", ".join(left_out)
    note = f"cost was not judged on {corpus}: texts were taken from an earlier run of {names}"
    return verdicts, [note] if left_out else []


def _reference(spent: Sequence[Collection[str]], matched: Collection[str]) -> str | None:
    """The first that has times in both; else the first that is there, to say what it lacks."""
    timed = [name for name in REFERENCES if all(name in one for one in spent)]
    return next(iter((*timed, *(name for name in REFERENCES if name in matched))), None)


def _reused(baseline: Baseline, corpus: str) -> set[str]:
    """The extractors whose texts were taken from an earlier run, so that they have no times."""
    extractors = baseline.entries("extractors", "spec").items()
    return {name for name, one in extractors if corpus in one.get("reused", {}).get("corpora", ())}


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
    return found


def _judged(
    corpus: str,
    name: str,
    other: str,
    reference: str,
    spent: tuple[Mapping[str, Mapping[str, float]], Mapping[str, Mapping[str, float]]],
    after: Baseline,
    gates: Gates,
) -> Verdict:
    then, now = spent
    columns = [now.get(name, {}), now[reference], then.get(other, {}), then[reference]]
    if not columns[0] and not columns[2]:
        return Verdict(corpus, name, COST, "same", "no CPU times, before or after", other)
    pages = sorted(set.intersection(*map(set, columns)))
    every = np.array([[column[page] for column in columns] for page in pages])
    if not len(pages) or not every[:, [1, 3]].sum(axis=0).all():
        return Verdict(
            corpus, name, COST, "not comparable", "no page has CPU times before and after", other
        )
    about = after.pages.filter(pl.col("corpus") == corpus)
    sites = dict(about.select("page_id", "site").iter_rows())
    groups, _, _ = units([sites.get(page) for page in pages])
    rows = summed(every, groups)
    x, by, x_before, by_before = every.sum(axis=0)
    ratios = float(x_before / by_before), float(x / by)
    factor = None  # of what took no time that could be measured
    if all(ratios):
        drawn = resampled(rows, RESAMPLES, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            factors = (drawn[:, 0] / drawn[:, 1]) / (drawn[:, 2] / drawn[:, 3])
        factor = interval(ratios[1] / ratios[0], factors[np.isfinite(factors)])
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
    before, after = ratios
    slower, faster = after > (1 + tolerance) * before, before > (1 + tolerance) * after
    if not (slower or faster):
        return "same", "within the tolerance"
    said = f"more than {1 + tolerance:.3g} times as {'slow' if slower else 'fast'}"
    if abs(after - before) <= LEAST:
        return "same", f"{said}, but by less than {LEAST:g} of the reference"
    if factor and factor.low <= 1 <= factor.high:
        return "same", f"{said}, but it may be a few pages"
    return ("worse" if slower else "better"), said
