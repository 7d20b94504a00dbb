"""From extractions to per-page scores, and from these to the scoreboard."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from boilerbench.errors import unknown_name
from boilerbench.gold import with_blocks
from boilerbench.metrics import metric as metric_named
from boilerbench.metrics.base import Columns, Metric
from boilerbench.store import Run
from boilerbench.types import ALL_CORPORA, FAILURES, OUTCOMES, Corpus, Gold, Outcome, Selection

SLICES = ("kind", "lang", "site", "level")
"""What pages can be told apart by."""

LEVELS = {f"level={level}": place for place, level in enumerate(("easy", "medium", "hard"), -3)}
"""Parts whose order is not that of their letters."""


class Scorer:
    """Scores extractions as they come, by every metric, and stores a row for each at the end. Gold
    is prepared once for all extractors."""

    def __init__(self, corpora: Mapping[str, Corpus], metrics: Sequence[Metric[Any]]) -> None:
        self._corpora = corpora
        self._metrics = metrics
        self._prepared: list[dict[tuple[str, str], Any]] = [{} for _ in metrics]
        self._blocks: dict[str, Mapping[str, Gold]] = {}
        self._counts: list[list[Mapping[str, float]]] = [[] for _ in metrics]
        self._about: list[tuple[str, str, str, Outcome, bool]] = []

    def add(self, corpus: str, page_id: str, extractor: str, outcome: Outcome, text: str) -> None:
        """Score one extraction, given by its columns."""
        gold = self._corpora[corpus].gold[page_id]
        answerable = bool(gold.text.strip() or gold.must)
        self._about.append((corpus, extractor, page_id, outcome, answerable))
        key = corpus, page_id
        for metric, prepared, counts in zip(
            self._metrics, self._prepared, self._counts, strict=True
        ):
            if key not in prepared:
                prepared[key] = metric.prepare(self._gold(metric, corpus)[page_id])
            counts.append(metric.counts(prepared[key], text))

    def _gold(self, metric: Metric[Any], corpus: str) -> Mapping[str, Gold]:
        if metric.needs != "blocks":
            return self._corpora[corpus].gold
        if corpus not in self._blocks:
            self._blocks[corpus] = with_blocks(self._corpora[corpus])
        return self._blocks[corpus]

    def scores(self) -> Iterator[tuple[Metric[Any], pl.DataFrame]]:
        """For each metric a row per extraction, sorted, so that they do not depend on which page
        came first; a figure that has nothing to say of a page is null."""
        names = ("corpus", "extractor", "page_id")
        schema = dict.fromkeys((*names, "outcome"), pl.String) | {"answerable": pl.Boolean}
        about = pl.DataFrame(self._about, schema=schema, orient="row")
        for metric, counts in zip(self._metrics, self._counts, strict=True):
            frame = pl.DataFrame(
                {name: [float(c[name]) for c in counts] for name in metric.counted},
                schema=dict.fromkeys(metric.counted, pl.Float64),
            )
            figures = pl.DataFrame(metric.pages(_columns(metric, frame), _failed(about)))
            stated = about.with_columns(
                metric=pl.lit(metric.name), signature=pl.lit(metric.signature)
            )
            whole = pl.concat([stated, figures.fill_nan(None), frame], how="horizontal")
            yield metric, whole.sort(names)

    def write(self, run: Run) -> None:
        """Store the scores, and what is known of the pages."""
        run.write_scores({metric.name: frame for metric, frame in self.scores()})
        run.write_pages(
            {"corpus": corpus.name, "page_id": page_id, **about}
            for corpus in self._corpora.values()
            for page_id, about in corpus.about.items()
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the scoreboard: an extractor on a corpus, or on a part of it, by a metric.

    `precision`, `recall` and `f1` are averages in the way of the metric, `more` the figures that
    only this metric has; None where it has nothing to say of any page. `f1_median` is the median
    over pages, the `micro` figures are of all pages pooled. `pages` counts the pages, `scored`
    those of them that the metric says something of. `failures` counts pages by outcome: failures,
    and empty answers where the gold is not empty. `cpu_ms` is the mean CPU time per page in
    milliseconds, None where none was measured. `part` is what all the pages have in common,
    `kind=forum` for instance, None for the whole corpus; `protocol` the one that chose the metric;
    `selection` what was picked of the whole corpus.
    """

    corpus: str
    corpus_version: str
    corpus_digest: str
    extractor: str
    version: str | None
    metric: str
    signature: str
    pages: int
    precision: float | None
    recall: float | None
    f1: float | None
    f1_median: float | None
    micro_precision: float | None
    micro_recall: float | None
    micro_f1: float | None
    failures: dict[str, int]
    cpu_ms: float | None
    scored: int
    more: dict[str, float | None]
    part: str | None = None
    protocol: str | None = None
    selection: str = ""


def scoreboard(run: Run, by: str | None = None) -> list[Row]:
    """All rows: by corpus, then metric in the run's order, then part, then F1, best first. `by` is
    one of `SLICES`, for a row per extractor and part of the corpus. Without it, a run of several
    corpora ends with rows of `ALL_CORPORA`."""
    if by is not None and by not in SLICES:
        raise unknown_name("part of a corpus", by, SLICES)
    run.check_complete()
    corpora = {entry["name"]: entry for entry in run.info["corpora"]}
    versions = {entry["spec"]: entry["version"] for entry in run.info["extractors"]}
    costs = run.extractions().select("corpus", "extractor", "page_id", "cpu_s")
    rows = []
    for entry in run.info["metrics"]:
        metric = metric_named(entry["signature"])
        scores = run.scores(entry["name"]).join(costs, on=["corpus", "extractor", "page_id"])
        keys = ["corpus", "extractor"]
        if by:
            scores = scores.join(run.pages(), on=["corpus", "page_id"], how="left")
            scores = scores.with_columns(pl.format(f"{by}={{}}", pl.col(by).fill_null("unknown")))
            keys.append(by)
        for key, pages in scores.group_by(keys):
            corpus, extractor = str(key[0]), str(key[1])
            rows.append(
                Row(
                    corpus=corpus,
                    corpus_version=corpora[corpus]["version"],
                    corpus_digest=corpora[corpus]["digest"],
                    extractor=extractor,
                    version=versions[extractor],
                    metric=entry["name"],
                    signature=entry["signature"],
                    part=str(key[2]) if by else None,
                    protocol=entry.get("protocol"),
                    selection=str(Selection.stored(corpora[corpus].get("selection", {}))),
                    **_figures(metric, pages),
                )
            )
    if by is None and len(corpora) > 1:
        rows += _over_corpora(rows, len(corpora))
    order = [entry["name"] for entry in run.info["metrics"]]
    rows.sort(
        key=lambda row: (
            [*corpora, ALL_CORPORA].index(row.corpus),
            order.index(row.metric),
            LEVELS.get(row.part or "", 0),
            row.part or "",
            -(row.f1 if row.f1 is not None else row.recall or 0),
            row.extractor,
        )
    )
    return rows


def _over_corpora(rows: Sequence[Row], corpora: int) -> Iterator[Row]:
    """For each extractor and metric the means of its figures over the corpora, each of which counts
    once, however many pages it has; of the medians the median, as SIGIR'23 has it. None for an
    extractor that was not on all of them: it would not compare."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.metric, row.extractor), []).append(row)
    for group in groups.values():
        if len(group) < corpora:
            continue
        digests = "".join(sorted(row.corpus_digest for row in group))
        medians = [row.f1_median for row in group if row.f1_median is not None]
        timed = [(row.cpu_ms, row.pages) for row in group if row.cpu_ms is not None]
        failures = [outcome for outcome in OUTCOMES if any(outcome in r.failures for r in group)]
        yield replace(
            group[0],
            corpus=ALL_CORPORA,
            corpus_version="",
            corpus_digest=f"sha256:{hashlib.sha256(digests.encode()).hexdigest()}",
            pages=sum(row.pages for row in group),
            scored=sum(row.scored for row in group),
            precision=_mean(row.precision for row in group),
            recall=_mean(row.recall for row in group),
            f1=_mean(row.f1 for row in group),
            f1_median=float(np.median(medians)) if medians else None,
            micro_precision=_mean(row.micro_precision for row in group),
            micro_recall=_mean(row.micro_recall for row in group),
            micro_f1=_mean(row.micro_f1 for row in group),
            failures={o: sum(row.failures.get(o, 0) for row in group) for o in failures},
            cpu_ms=sum(c * n for c, n in timed) / sum(n for _, n in timed) if timed else None,
            more={name: _mean(row.more[name] for row in group) for name in group[0].more},
            selection="; ".join(dict.fromkeys(row.selection for row in group if row.selection)),
        )


def _mean(figures: Iterable[float | None]) -> float | None:
    """None if nothing has a figure."""
    known = [figure for figure in figures if figure is not None]
    return math.fsum(known) / len(known) if known else None


def misses(run: Run) -> pl.DataFrame:
    """Failures, then empty answers where the gold is not empty: corpus, extractor, page_id,
    outcome, error. The reference line that is empty on every page is left out."""
    metric = run.info["metrics"][0]["name"]
    wrong = _wrong(run.scores(metric))
    silent = [e["spec"] for e in run.info["extractors"] if e["name"] == "nothing" and "given" in e]
    pages = ["corpus", "extractor", "page_id"]
    return (
        run.extractions()
        .filter(pl.col("outcome") != "ok")
        .filter((pl.col("outcome") != "empty") | ~pl.col("extractor").is_in(silent))
        .join(wrong.select(pages), on=pages)
        .sort(pl.col("outcome") == "empty", *pages)
        .select(*pages, "outcome", "error")
    )


def _figures(metric: Metric[Any], pages: pl.DataFrame) -> dict[str, Any]:
    """The figures of some pages, by their scores with `cpu_s`."""
    counts = _columns(metric, pages)
    found = metric.aggregate(counts, _failed(pages))
    pooled = metric.configured(avg="micro").aggregate(counts, _failed(pages))
    outcomes = dict(_wrong(pages)["outcome"].value_counts().iter_rows())
    cpu_s = pages["cpu_s"].fill_nan(None).mean()
    figures: dict[str, Any] = {
        name: _said(found.pop(name)) for name in ("precision", "recall", "f1")
    }
    return figures | {
        "more": {name: _said(value) for name, value in found.items()},
        "pages": pages.height,
        "scored": pages.select(pl.coalesce("f1", "recall")).to_series().count(),
        "f1_median": pages["f1"].median(),
        "micro_precision": _said(pooled["precision"]),
        "micro_recall": _said(pooled["recall"]),
        "micro_f1": _said(pooled["f1"]),
        "failures": {o: outcomes[o] for o in OUTCOMES if o != "ok" and o in outcomes},
        "cpu_ms": None if cpu_s is None else float(cpu_s) * 1000,  # type: ignore[arg-type]
    }


def _wrong(scores: pl.DataFrame) -> pl.DataFrame:
    """Pages that failed, or whose answer is empty where the gold is not."""
    empty = (pl.col("outcome") == "empty") & pl.col("answerable")
    return scores.filter(pl.col("outcome").is_in(list(FAILURES)) | empty)


def _columns(metric: Metric[Any], frame: pl.DataFrame) -> Columns:
    return {name: frame[name].to_numpy() for name in metric.counted}


def _failed(frame: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return frame["outcome"].is_in(list(FAILURES)).to_numpy()


def _said(figure: float) -> float | None:
    return None if math.isnan(figure) else figure
