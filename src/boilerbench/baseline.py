"""The figures of a finished run, with which another is compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from boilerbench.errors import UserError
from boilerbench.metrics import metric as metric_named
from boilerbench.store import Run

KEYS = ("corpus", "extractor", "page_id")
ABOUT = ("lang", "kind", "site", "level")
"""What is known of pages."""

SCORES = dict.fromkeys((*KEYS, "outcome"), pl.String) | {"answerable": pl.Boolean}
COSTS = dict.fromkeys(KEYS, pl.String) | {"cpu_ms": pl.Float64}
PAGES = dict.fromkeys(("corpus", "page_id", *ABOUT), pl.String) | {"answerable": pl.Boolean}


@dataclass(frozen=True, slots=True)
class Baseline:
    """The figures of a finished run, whether it was accepted or is all there.

    `info` is `run.json`. `scores` has a frame by the name of each metric: corpus, extractor,
    page_id, outcome, answerable, and the metric's counts. `costs` says the CPU milliseconds
    (corpus, extractor, page_id, cpu_ms, null where nothing was measured), `pages` what is known of
    pages (corpus, page_id, lang, kind, site, level, answerable). `run` is the run with its texts,
    if they are there.
    """

    path: Path
    info: Mapping[str, Any]
    scores: Mapping[str, pl.DataFrame]
    costs: pl.DataFrame
    pages: pl.DataFrame
    run: Run | None = None

    @classmethod
    def of(cls, run: Run) -> Baseline:
        """The figures of a run. Raises `UserError` if it did not finish, or is not whole."""
        run.check_complete()
        scores = {}
        for entry in run.info["metrics"]:
            counted = metric_named(entry["signature"]).counted
            frame = run.scores(entry["name"]).select(*SCORES, *counted)
            scores[entry["name"]] = frame.sort(*KEYS)
        first = next(iter(scores.values()))
        extractions = run.extractions()
        lost = first.join(extractions, on=list(KEYS), how="anti").height
        if lost:
            raise UserError(
                f"{run.path} lacks {lost:,} of its {first.height:,} extractions",
                "run again with --fresh",
            )
        costs = extractions.select(*KEYS, cpu_ms=pl.col("cpu_s") * 1000)
        asked = first.select("corpus", "page_id", "answerable").unique()
        known = run.pages().select("corpus", "page_id", *ABOUT)
        pages = asked.join(known, on=["corpus", "page_id"], how="left").select(*PAGES)
        return cls(
            run.path, run.info, scores, costs.sort(*KEYS), pages.sort("corpus", "page_id"), run
        )

    @property
    def has_report(self) -> bool:
        """Whether pages can be looked at."""
        return self.run is not None and (self.path / "report" / "index.html").is_file()

    def entries(self, what: str, key: str = "name") -> dict[str, Mapping[str, Any]]:
        """What `run.json` lists under `corpora`, `extractors` or `metrics`, by a key of it."""
        return {entry[key]: entry for entry in self.info[what]}

    def part(self, corpus: str, page_ids: Iterable[str], digest: str) -> Baseline:
        """The same with some pages of a corpus only, which as a corpus have this digest. Whoever
        asks has made sure that they are pages of the corpus that this is of."""
        kept = (pl.col("corpus") != corpus) | pl.col("page_id").is_in(list(page_ids))
        pages = self.pages.filter(kept)
        count = pages.filter(pl.col("corpus") == corpus).height
        corpora = [
            {**entry, "digest": digest, "pages": count} if entry["name"] == corpus else entry
            for entry in self.info["corpora"]
        ]
        return replace(
            self,
            info={**self.info, "corpora": corpora},
            scores={name: frame.filter(kept) for name, frame in self.scores.items()},
            costs=self.costs.filter(kept),
            pages=pages,
        )
