"""One release of an extractor after another: what each made better or worse, and whether that is
real.

A release is compared with the one before it on the same pages. Pages of one site are resampled, and
exchanged, together, since what happens to one of them happens to the others. A change is real if
its probability by luck, corrected for all changes shown, is below `ALPHA`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boilerbench.metrics import metric as metric_named
from boilerbench.metrics.base import Columns, Floats, Metric
from boilerbench.stats import (
    RESAMPLES,
    Difference,
    Groups,
    Interval,
    bootstrap,
    holm,
    interval,
    paired,
    units,
)
from boilerbench.store import Run
from boilerbench.types import FAILURES, Selection

ALPHA = 0.05

_SAME = 1e-12
"""A page's figure is better only if it differs by more than rounding."""


@dataclass(frozen=True, slots=True)
class Change:
    """From the release before (`since`) to this one.

    `score` is the difference of the board's figure, `corrected` its probability by luck corrected
    for all changes shown. `texts` counts the pages whose text or outcome is another, `better` and
    `worse` those of them whose figure rose or fell. `cpu` is the ratio of CPU time, None where none
    was measured; it has no interval, since a run times a page once, and pages say nothing of how
    the machine's speed changes between two releases. `packages` are the other packages that came
    in another release, with both.
    """

    since: str
    score: Difference
    corrected: float
    texts: int
    better: int
    worse: int
    cpu: float | None
    packages: Mapping[str, tuple[str, str]]

    @property
    def mark(self) -> str:
        """▲ or ▼ where the change is real."""
        if self.corrected >= ALPHA or not self.score.value:
            return ""
        return "▲" if self.score.value > 0 else "▼"


@dataclass(frozen=True, slots=True)
class Release:
    """A release with its figure and its mean CPU time per page, in milliseconds; or with the reason
    why it could not be run. The first one that could has no `change`."""

    version: str
    score: Interval | None = None
    cpu_ms: float | None = None
    failures: int = 0
    change: Change | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """All releases on a corpus by one `figure` of a metric. `resampled` says what was resampled,
    and how many there are of it: pages or sites."""

    corpus: str
    corpus_version: str
    corpus_digest: str
    selection: str
    pages: int
    resampled: str
    metric: str
    protocol: str | None
    signature: str
    figure: str
    releases: tuple[Release, ...]


def history(
    run: Run, releases: Mapping[str, str], unavailable: Mapping[str, str], order: Sequence[str]
) -> list[Board]:
    """A board for each corpus and metric of a finished run.

    `releases` has the name of each release's extractor in the run, `unavailable` the reasons of the
    others; `order` names all of them, oldest first.
    """
    run.check_complete()
    packages = {entry["spec"]: entry.get("packages") or {} for entry in run.info["extractors"]}
    boards = []
    for corpus in run.info["corpora"]:
        here = pl.col("corpus") == corpus["name"]
        extractions = run.extractions().filter(here)
        ids = extractions.select("page_id").unique()
        pages = ids.join(run.pages().filter(here), on="page_id", how="left").sort("page_id")
        groups, count, noun = units(pages["site"].to_list())
        for entry in run.info["metrics"]:
            metric = metric_named(entry["signature"])
            scores = run.scores(entry["name"]).filter(here)
            seen = {
                version: _Seen.of(metric, name, scores, extractions, packages[name])
                for version, name in releases.items()
            }
            figure = _figure(metric, seen.values())
            boards.append(
                Board(
                    corpus=corpus["name"],
                    corpus_version=corpus["version"],
                    corpus_digest=corpus["digest"],
                    selection=str(Selection.stored(corpus.get("selection", {}))),
                    pages=corpus["pages"],
                    resampled=f"{count} {noun}",
                    metric=entry["name"],
                    protocol=entry.get("protocol"),
                    signature=entry["signature"],
                    figure=figure,
                    releases=_releases(order, unavailable, seen, _Judge(metric, figure, groups)),
                )
            )
    return _corrected(boards)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one release made of the pages: arrays of shape (pages,), in the order of their ids."""

    counts: Columns
    failed: NDArray[np.bool_]
    cpu_s: Floats
    texts: Sequence[tuple[str, str]]
    packages: Mapping[str, str]

    @classmethod
    def of(
        cls,
        metric: Metric[Any],
        name: str,
        scores: pl.DataFrame,
        extractions: pl.DataFrame,
        packages: Mapping[str, str],
    ) -> _Seen:
        rows = scores.filter(pl.col("extractor") == name).sort("page_id")
        extracted = extractions.filter(pl.col("extractor") == name).sort("page_id")
        return cls(
            {count: rows[count].to_numpy() for count in metric.counted},
            rows["outcome"].is_in(list(FAILURES)).to_numpy(),
            extracted["cpu_s"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
            extracted.select("outcome", "text").rows(),
            packages,
        )


@dataclass(frozen=True, slots=True)
class _Judge:
    """How releases are measured and compared on a board."""

    metric: Metric[Any]
    figure: str
    groups: Groups | None

    def score(self, one: _Seen) -> Interval | None:
        value = self.metric.aggregate(one.counts, one.failed)[self.figure]
        if np.isnan(value):
            return None
        drawn = bootstrap(
            self.metric, one.counts, one.failed, groups=self.groups, resamples=RESAMPLES
        )
        return interval(value, drawn[self.figure])

    def change(self, first: tuple[str, _Seen], second: tuple[str, _Seen]) -> Change:
        (since, before), (version, after) = first, second
        difference = paired(
            self.metric,
            self.figure,
            (before.counts, before.failed),
            (after.counts, after.failed),
            groups=self.groups,
        )
        by_page = [
            self.metric.pages(one.counts, one.failed)[self.figure] for one in (before, after)
        ]
        rose = by_page[1] - by_page[0]
        both = {
            name: (before.packages[name], release)
            for name, release in after.packages.items()
            if before.packages.get(name, release) != release
        }
        return Change(
            since=since,
            score=difference,
            corrected=difference.p,
            texts=sum(one != other for one, other in zip(before.texts, after.texts, strict=True)),
            better=int((rose > _SAME).sum()),
            worse=int((rose < -_SAME).sum()),
            cpu=_ratio(before.cpu_s, after.cpu_s),
            # Its own package is the one that went from the one release to the other.
            packages={name: pair for name, pair in both.items() if pair != (since, version)},
        )


def _ratio(first: Floats, second: Floats) -> float | None:
    """The ratio of two costs over the pages that both were measured on."""
    known = ~(np.isnan(first) | np.isnan(second))
    spent = first[known].sum()
    return float(second[known].sum() / spent) if spent else None


def _releases(
    order: Sequence[str], unavailable: Mapping[str, str], seen: Mapping[str, _Seen], judge: _Judge
) -> tuple[Release, ...]:
    found: list[Release] = []
    before: Release | None = None
    for version in order:
        if version not in seen:
            found.append(Release(version, reason=unavailable[version]))
            continue
        one = seen[version]
        release = Release(
            version,
            score=judge.score(one),
            cpu_ms=_ratio(np.full(len(one.cpu_s), 1e-3), one.cpu_s),
            failures=int(one.failed.sum()),
        )
        if before and before.score and release.score:
            change = judge.change((before.version, seen[before.version]), (version, one))
            release = replace(release, change=change)
        found.append(release)
        before = release
    return tuple(found)


def _corrected(boards: Sequence[Board]) -> list[Board]:
    """The boards with the probabilities of all their changes corrected for the number of these."""
    changes = [r.change for board in boards for r in board.releases if r.change]
    corrected = iter(holm([change.score.p for change in changes]))

    def one(release: Release) -> Release:
        if release.change is None:
            return release
        return replace(release, change=replace(release.change, corrected=next(corrected)))

    return [replace(board, releases=tuple(map(one, board.releases))) for board in boards]


def _figure(metric: Metric[Any], seen: Iterable[_Seen]) -> str:
    """F1, or recall for a metric without F1, or the first of its own figures."""
    found = [metric.aggregate(one.counts, one.failed) for one in seen]
    names = dict.fromkeys(("f1", "recall", *(found[0] if found else ())))
    said = [n for n in names if any(not np.isnan(one.get(n, np.nan)) for one in found)]
    return said[0] if said else "f1"
