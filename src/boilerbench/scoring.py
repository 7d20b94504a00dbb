"""From extractions to per-page scores, and from these to the scoreboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from boilerbench.metrics import metric as metric_named
from boilerbench.store import Run
from boilerbench.types import FAILURES, OUTCOMES, PRF, Corpus, Metric, Outcome

_ZERO = PRF(0.0, 0.0, 0.0)
_NOT_COUNTS = (
    *("corpus", "extractor", "page_id", "outcome"),
    *("metric", "signature", "precision", "recall", "f1"),
)


class Scorer:
    """Scores extractions as they come, by every metric, and stores a row for each at the end.

    Gold is prepared once for all extractors. A failure scores 0 for all three figures even where
    the gold is empty too: what an extractor did not answer, it did not get right.
    """

    def __init__(self, corpora: Mapping[str, Corpus], metrics: Sequence[Metric[Any]]) -> None:
        self._corpora = corpora
        self._metrics = [(metric, metric.signature) for metric in metrics]
        self._prepared: dict[tuple[str, str, str], Any] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {metric.name: [] for metric in metrics}

    def add(self, corpus: str, page_id: str, extractor: str, outcome: Outcome, text: str) -> None:
        """Score one extraction, given by its columns."""
        for metric, signature in self._metrics:
            key = (metric.name, corpus, page_id)
            if key not in self._prepared:
                self._prepared[key] = metric.prepare(self._corpora[corpus].gold[page_id])
            counts = metric.counts(self._prepared[key], text)
            score = _ZERO if outcome in FAILURES else metric.page(counts)
            self._rows[metric.name].append(
                {
                    "corpus": corpus,
                    "extractor": extractor,
                    "page_id": page_id,
                    "outcome": outcome,
                    "metric": metric.name,
                    "signature": signature,
                    "precision": score.precision,
                    "recall": score.recall,
                    "f1": score.f1,
                    **{name: float(count) for name, count in counts.items()},
                }
            )

    def write(self, run: Run) -> None:
        """Store the scores, sorted, so that they do not depend on which page came first."""
        for metric, rows in self._rows.items():
            run.write_scores(metric, pl.DataFrame(rows).sort("corpus", "extractor", "page_id"))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the scoreboard: an extractor on a corpus by a metric.

    `precision`, `recall` and `f1` are means over pages (macro), `f1_median` their median; the
    `micro` figures are of all pages pooled. `failures` counts pages by outcome: failures, and
    empty answers where the gold is not empty. `cpu_ms` is the mean CPU time per page in
    milliseconds, None where none was measured.
    """

    corpus: str
    corpus_version: str
    corpus_digest: str
    extractor: str
    version: str | None
    metric: str
    signature: str
    pages: int
    precision: float
    recall: float
    f1: float
    f1_median: float
    micro_precision: float
    micro_recall: float
    micro_f1: float
    failures: dict[str, int]
    cpu_ms: float | None


def scoreboard(run: Run) -> list[Row]:
    """All rows: by corpus, then metric in the run's order, then F1, best first."""
    corpora = {entry["name"]: entry for entry in run.info["corpora"]}
    metrics = [metric_named(entry["name"]) for entry in run.info["metrics"]]
    versions = {entry["spec"]: entry["version"] for entry in run.info["extractors"]}
    cpu_ms = _cpu_ms(run)
    rows = []
    for metric in metrics:
        groups = run.scores(metric.name).group_by("corpus", "extractor")
        for (corpus, extractor), pages in groups:
            pooled = metric.aggregate(pages.drop(_NOT_COUNTS).to_dicts())
            wrong = pages.filter(pl.col("f1") < 1)["outcome"].value_counts()
            outcomes = dict(wrong.iter_rows())
            rows.append(
                Row(
                    corpus=str(corpus),
                    corpus_version=corpora[corpus]["version"],
                    corpus_digest=corpora[corpus]["digest"],
                    extractor=str(extractor),
                    version=versions[extractor],
                    metric=metric.name,
                    signature=pages["signature"][0],
                    pages=pages.height,
                    precision=_float(pages["precision"].mean()),
                    recall=_float(pages["recall"].mean()),
                    f1=_float(pages["f1"].mean()),
                    f1_median=_float(pages["f1"].median()),
                    micro_precision=pooled.precision,
                    micro_recall=pooled.recall,
                    micro_f1=pooled.f1,
                    failures={o: outcomes[o] for o in OUTCOMES if o != "ok" and o in outcomes},
                    cpu_ms=cpu_ms.get((corpus, extractor)),
                )
            )
    order = [metric.name for metric in metrics]
    rows.sort(
        key=lambda row: (
            list(corpora).index(row.corpus),
            order.index(row.metric),
            -row.f1,
            row.extractor,
        )
    )
    return rows


def misses(run: Run) -> pl.DataFrame:
    """Failures, then empty answers where the gold is not empty: corpus, extractor, page_id,
    outcome, error. The reference line that is empty on every page is left out."""
    metric = run.info["metrics"][0]["name"]
    wrong = run.scores(metric).filter(pl.col("f1") < 1)
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


def _cpu_ms(run: Run) -> dict[tuple[Any, ...], float | None]:
    """Mean CPU milliseconds per page by corpus and extractor."""
    means = run.extractions().group_by("corpus", "extractor").agg(pl.col("cpu_s").mean() * 1000)
    return {(corpus, extractor): cpu for corpus, extractor, cpu in means.iter_rows()}


def _float(value: Any) -> float:
    return float(value)
