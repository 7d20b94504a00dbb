"""Whether a run is worse than a baseline.

By a metric an extractor is worse on a corpus if three things hold: the drop of its figure exceeds
the tolerance, the paired 95 % interval of the difference excludes zero, and the drop is not luck,
by a paired permutation test corrected (Holm) for all metrics, extractors and corpora of the check.
The interval alone would let one in forty comparisons of equals fail, and a check makes many; with
the correction no more than one check in twenty fails by luck. Where so few pages (or sites) differ
that a corrected test could hardly tell (eight, or what the number of comparisons leaves), but five
at the least, the test decides without correction, and one in twenty is said of each comparison.
What is the same on every page is no test, so that extractors that nobody touched cost those that
were touched nothing. *Better* is the same on the other side. A floor is a plain bound: below it a
figure is worse; of a part of the baseline's pages it says nothing. Cost is judged for itself
(`boilerbench.costs`).

A page that worked and now fails (an exception, a hang, a crash, no memory) makes an extractor newly
failing, whatever the mean does; and so does one that has no text any more, where there is something
to find and half of it was found. Another page that newly has no text is listed, and the metrics say
what it costs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from boilerbench.accepted import read_baseline
from boilerbench.baseline import Baseline
from boilerbench.costs import costs
from boilerbench.errors import UserError
from boilerbench.gates import Gates
from boilerbench.judging import Compared, floored, judge
from boilerbench.matching import extractors_of, gone, metrics_of, why_another_corpus
from boilerbench.metrics import metric as metric_named
from boilerbench.samples import Sample
from boilerbench.store import Run
from boilerbench.types import FAILURES
from boilerbench.verdict import COST, ORDER, Report, Said, Silent, Verdict, Worst
from boilerbench.verdict import FAILURES as FAILING

SHOWN, SHOWN_OTHERWISE = 10, 3
"""Pages that are named of an extractor that got worse on a corpus; and of another of which some
fell all the same, unless more lost half of their figure."""

WORKED = 0.5
"""The figure of a page, by the first metric, from which no text any more is a failure."""


def check(
    run: Run | Baseline | str | Path,
    baseline: Run | Baseline | str | Path | None = None,
    gates: Gates | None = None,
) -> Report:
    """Compare a finished run with a baseline, or with another run; without one, floors alone are
    judged. Raises `UserError` if there is nothing to judge, or the gates name what is not there."""
    gates = gates or Gates()
    after = run if isinstance(run, Baseline) else read_baseline(run)
    before = baseline
    if before is not None and not isinstance(before, Baseline):
        before = read_baseline(before)
    if before is None and not gates.floors:
        raise UserError(f"nothing to check {after.path} against", "name a baseline: --against NAME")
    gates.check_names(*_known(after, before))
    unchecked: list[str] = []
    if before is not None:
        before, gates, unchecked = _picked(before, after, gates)
    return _Check(after, before, gates, unchecked).report()


def _picked(before: Baseline, after: Baseline, gates: Gates) -> tuple[Baseline, Gates, list[str]]:
    """The baseline cut down to the pages of the run, where the run was given a part of a corpus
    that the baseline has whole, under the same digest; the gates without floors of such a corpus,
    which are those of all its pages; and what was left out, in words."""
    left_out = []
    for entry in after.info["corpora"]:
        name, there = entry["name"], before.entries("corpora").get(entry["name"])
        if there and entry.get("whole") == there["digest"] != entry["digest"]:
            ids = after.pages.filter(pl.col("corpus") == name)["page_id"].to_list()
            whole = before.pages.filter(pl.col("corpus") == name).height
            before = before.part(name, ids, entry["digest"])
            left_out.append(f"{whole - len(ids):,} of the {whole:,} pages of {name}")
            floors = tuple(one for one in gates.floors if one.corpus != name)
            if floors != gates.floors:
                left_out.append(f"the floors of {name}, which are those of all its pages")
            gates = replace(gates, floors=floors)
    return before, gates, left_out


def _known(after: Baseline, before: Baseline | None) -> tuple[set[str], set[str]]:
    both = [one for one in (after, before) if one is not None]
    extractors = {name for one in both for name in one.entries("extractors", "spec")}
    extractors |= set(after.info.get("left_out_extractors") or ())
    return {name for one in both for name in one.entries("corpora")}, extractors


class _Check:
    def __init__(
        self, after: Baseline, before: Baseline | None, gates: Gates, unchecked: list[str]
    ) -> None:
        self._after = after
        self._before = before
        self._gates = gates
        self._matched = extractors_of(after, before) if before else {}
        self._verdicts: list[Verdict] = []
        self._compared: list[Compared] = []
        self._unchecked = unchecked
        self._notes: list[str] = []
        self._failing: list[Silent] = []
        self._emptied: list[Silent] = []

    def report(self) -> Report:
        """All of it."""
        corpora = self._asked("corpora", "name", self._gates.corpora)
        extractors = self._asked("extractors", "spec", self._gates.extractors)
        self._absent()
        for place, corpus in enumerate(corpora):
            self._corpus(corpus, place, extractors)
        tested = judge(self._compared) if self._before else ""
        every = [*self._verdicts, *(one.verdict for one in self._compared)]
        every.sort(key=self._place)
        return Report(
            run=self._after.path,
            against=self._before.path if self._before else None,
            verdicts=tuple(every),
            worst=tuple(self._worst()),
            failing=tuple(self._failing),
            emptied=tuple(self._emptied),
            unchecked=tuple(self._unchecked),
            notes=tuple(self._notes),
            tested=tested,
        )

    def _place(self, one: Verdict) -> tuple[int, ...]:
        """What must be seen first, then corpora and extractors in the order of the run."""
        corpora = list(self._after.entries("corpora"))
        extractors = list(self._after.entries("extractors", "spec"))
        return (
            ORDER.index(one.said),
            corpora.index(one.corpus) if one.corpus in corpora else -1,
            extractors.index(one.extractor) if one.extractor in extractors else -1,
            (FAILING, COST).index(one.what) if one.what in (FAILING, COST) else -1,
        )

    def _asked(self, what: str, key: str, named: Sequence[str]) -> list[str]:
        there = list(self._after.entries(what, key))
        return [name for name in there if not named or name in named]

    def _absent(self) -> None:
        """What the gates name and the run has not, and who of the baseline could not serve."""
        every = "every corpus"
        lost = self._after.info.get("left_out_extractors") or {}
        served = self._after.entries("extractors", "spec")
        known = self._before.entries("extractors", "spec") if self._before else {}
        plainly = {name.partition("==")[0] for name in self._gates.extractors or known}
        for name, why in lost.items():
            if name.partition("==")[0] in plainly:
                self._say(every, name, FAILING, "newly failing", f"it could not serve: {why}")
        for name in self._gates.extractors:
            if name not in served and name not in lost:
                self._say(every, name, FAILING, "not comparable", "the run has no such extractor")
        for name in self._gates.corpora:
            if name not in self._after.entries("corpora"):
                reason = "the run has no such corpus"
                self._say(name, "every extractor", FAILING, "not comparable", reason)
        metrics = [entry["name"] for entry in self._after.info["metrics"]]
        plain = {name.partition("[")[0] for name in metrics}
        for one in self._gates.floors:
            there = one.corpus in self._after.entries("corpora") and one.extractor in served
            if not there or one.metric not in {*metrics, *plain}:
                reason = f"the run says nothing of its floor, {one.at:.3f}"
                self._say(one.corpus, one.extractor, one.metric, "not comparable", reason)
        if self._before:
            self._unchecked += gone(self._after, self._before, self._matched)

    def _say(self, corpus: str, extractor: str, what: str, said: Said, reason: str) -> None:
        against = self._matched.get(extractor)
        self._verdicts.append(Verdict(corpus, extractor, what, said, reason, against))

    def _corpus(self, corpus: str, place: int, extractors: Sequence[str]) -> None:
        before = self._before
        if before is None:
            self._floors(corpus, extractors)
            return
        reason = why_another_corpus(corpus, self._after, before)
        if reason:
            for extractor in extractors:
                for entry in self._after.info["metrics"]:
                    self._say(corpus, extractor, entry["name"], "not comparable", reason)
            self._floors(corpus, extractors)  # they are bounds whatever was before
            return
        matched = {name: self._matched[name] for name in extractors if name in self._matched}
        new = [name for name in extractors if name not in matched]
        if new:
            self._notes.append(f"new on {corpus}, with nothing to compare: {', '.join(new)}")
            self._floors(corpus, new)
        taken = self._matched.values()
        lost = [name for name in before.entries("extractors", "spec") if name not in taken]
        if lost:
            reason = f"new, or another name of what the run has not: {', '.join(lost)}"
            for name in new:
                self._say(corpus, name, FAILING, "not comparable", reason)
        for name, other in matched.items():
            self._failures(corpus, name, other)
        self._metrics(corpus, place, matched, before)
        verdicts, notes = costs(corpus, self._after, before, matched, self._gates)
        self._verdicts += verdicts
        self._notes += notes

    def _failures(self, corpus: str, name: str, other: str) -> None:
        assert self._before is not None
        now, then = _outcomes(self._after, corpus, name), _outcomes(self._before, corpus, other)
        errors, right = _errors(self._after, corpus, name), _figures(self._before, corpus, other)
        failing: list[Silent] = []
        emptied: list[Silent] = []
        for page_id, (outcome, answerable) in now.items():
            was = then[page_id][0]
            silent = Silent(corpus, page_id, name, was, outcome, errors.get(page_id))
            if outcome in FAILURES and was not in FAILURES:
                failing.append(silent)
            elif outcome == "empty" and was == "ok" and answerable:
                (failing if right.get(page_id, 0.0) >= WORKED else emptied).append(silent)
        self._failing += failing
        self._emptied += emptied
        counts = [sum(out in FAILURES for out, _ in one.values()) for one in (then, now)]
        said: Said = "same"
        reason = f"{counts[1]} of {len(now)} pages fail" if counts[1] else "no page fails"
        if failing:
            said, reason = "newly failing", f"{_pages(len(failing))} that worked: {_by(failing)}"
        elif counts[1] < counts[0]:
            said, reason = "better", f"{_pages(counts[0] - counts[1])} that failed work now"
        if emptied:
            reason += f"; newly without a text, where there was little: {_pages(len(emptied))}"
        self._verdicts.append(
            Verdict(
                corpus,
                name,
                FAILING,
                said,
                reason,
                other,
                "pages",
                float(counts[0]),
                float(counts[1]),
            )
        )

    def _metrics(
        self, corpus: str, place: int, matched: Mapping[str, str], before: Baseline
    ) -> None:
        pages = self._after.pages.filter(pl.col("corpus") == corpus)
        for metric in metrics_of(self._after, before):
            if metric.before is None:
                for name in matched:
                    self._say(corpus, name, metric.name, "not comparable", metric.reason)
                self._floors(corpus, list(matched), metric.name)
                continue
            made = metric_named(metric.signature)
            frames = {}
            for number, (name, other) in enumerate(matched.items()):
                frames[f"before {number}"] = _rows(before, metric.before, corpus, other)
                frames[f"after {number}"] = _rows(self._after, metric.name, corpus, name)
            if not frames:
                continue
            stream = (place,) if place else ()
            sample = Sample.of(made, frames, pages, stream)
            values = sample.stack.values()
            figure = next((f for f in ("f1", "recall") if not np.isnan(values[f]).all()), "f1")
            for number, (name, other) in enumerate(matched.items()):
                pair = 2 * number, 2 * number + 1
                verdict = Verdict(
                    corpus,
                    name,
                    metric.name,
                    "same",
                    "",
                    other,
                    figure,
                    before=_known_or_none(values[figure][pair[0]]),
                    after=_known_or_none(values[figure][pair[1]]),
                    tolerance=self._gates.tolerance(metric.name),
                    floor=self._gates.floor(corpus, name, metric.name),
                )
                self._compared.append(Compared(verdict, sample, pair))

    def _floors(self, corpus: str, extractors: Sequence[str], metric: str | None = None) -> None:
        """What has no baseline is judged by its floor alone, by all metrics or by one."""
        for entry in self._after.info["metrics"]:
            for name in extractors if metric in (None, entry["name"]) else ():
                floor = self._gates.floor(corpus, name, entry["name"])
                if floor is None:
                    continue
                rows = _rows(self._after, entry["name"], corpus, name)
                made = metric_named(entry["signature"])
                counts = {count: rows[count].to_numpy() for count in made.counted}
                found = made.aggregate(counts, rows["outcome"].is_in(list(FAILURES)).to_numpy())
                figure = "recall" if math.isnan(found["f1"]) else "f1"
                verdict = Verdict(
                    corpus, name, entry["name"], "same", f"not below the floor, {floor:.3f}",
                    figure=figure, after=_known_or_none(found[figure]), floor=floor,
                )  # fmt: skip
                self._verdicts.append(floored(verdict))

    def _worst(self) -> Iterator[Worst]:
        """The pages that got worst, by the first metric by which an extractor did; where it did by
        none, those that fell most by the first of all."""
        first: dict[tuple[str, str], Compared] = {}
        for one in self._compared:
            key = one.verdict.corpus, one.verdict.extractor
            known = first.setdefault(key, one)
            if one.verdict.said == "worse" != known.verdict.said:
                first[key] = one
        for one in sorted(first.values(), key=lambda one: one.verdict.said != "worse"):
            verdict, before = one.verdict, self._before
            if before is None or not verdict.against:
                continue
            pages = self._after.pages.filter(pl.col("corpus") == verdict.corpus)
            ids = pages["page_id"].sort().to_list()
            now = _outcomes(self._after, verdict.corpus, verdict.extractor)
            then = _outcomes(before, verdict.corpus, verdict.against)
            for place, (at, was, became) in enumerate(one.worst(SHOWN)):
                if verdict.said != "worse" and place >= SHOWN_OTHERWISE and became > was / 2:
                    break
                yield Worst(
                    corpus=verdict.corpus,
                    page_id=ids[at],
                    extractor=verdict.extractor,
                    against=verdict.against,
                    metric=verdict.what,
                    before=was,
                    after=became,
                    outcome_before=then[ids[at]][0],
                    outcome=now[ids[at]][0],
                )


def _rows(baseline: Baseline, metric: str, corpus: str, extractor: str) -> pl.DataFrame:
    here = (pl.col("corpus") == corpus) & (pl.col("extractor") == extractor)
    return baseline.scores[metric].filter(here)


def _outcomes(baseline: Baseline, corpus: str, extractor: str) -> dict[str, tuple[str, bool]]:
    """By page id the outcome, and whether there is anything to find."""
    rows = _rows(baseline, next(iter(baseline.scores)), corpus, extractor)
    return {
        page_id: (outcome, answerable)
        for page_id, outcome, answerable in rows.select(
            "page_id", "outcome", "answerable"
        ).iter_rows()
    }


def _figures(baseline: Baseline, corpus: str, extractor: str) -> dict[str, float]:
    """By page id the figure by the first metric, where it has one; of a metric that is not known
    here there are none."""
    name, entry = next(iter(baseline.entries("metrics").items()))
    try:
        made = metric_named(entry["signature"])
    except UserError:
        return {}
    rows = _rows(baseline, name, corpus, extractor)
    counts = {count: rows[count].to_numpy() for count in made.counted}
    pages = made.pages(counts, rows["outcome"].is_in(list(FAILURES)).to_numpy())
    figure = "recall" if np.isnan(pages["f1"]).all() else "f1"
    values = zip(rows["page_id"].to_list(), pages[figure].tolist(), strict=True)
    return {page_id: value for page_id, value in values if not math.isnan(value)}


def _errors(baseline: Baseline, corpus: str, extractor: str) -> dict[str, str]:
    """The first line of what each page failed with, where the run is all there."""
    if baseline.run is None:
        return {}
    rows = baseline.run.extractions().filter(
        pl.col("corpus") == corpus,
        pl.col("extractor") == extractor,
        pl.col("error").is_not_null(),
    )
    return {
        page_id: error.partition("\n")[0]
        for page_id, error in rows.select("page_id", "error").iter_rows()
    }


def _by(failing: Sequence[Silent]) -> str:
    """`2 error, 1 empty`."""
    outcomes = Counter(one.outcome for one in failing)
    return ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())


def _pages(count: int) -> str:
    return f"{count} page{'s' * (count != 1)}"


def _known_or_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
