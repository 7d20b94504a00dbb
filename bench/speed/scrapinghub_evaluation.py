"""The whole evaluation of scrapinghub's benchmark, by boilerbench and in plain Python.

    python bench/speed/scrapinghub_evaluation.py DIR [--script FILE]

DIR is a copy of the benchmark with its `output/`. Plain Python is the rule as its authors describe
it, written here once more with Counter and loops; `--script` times a copy of their own evaluate.py
instead. Both read and score the systems in turn, draw 1,000 resamples for each, and must agree.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from boilerbench.corpora import load_corpus
from boilerbench.metrics.protocols import chosen
from boilerbench.predictions import extractions, read_predictions
from boilerbench.scoring import Scorer
from boilerbench.stats import bootstrap
from boilerbench.types import Corpus

RESAMPLES = 1000
GROUPS = 2
"""Both sides take turns on a part of the systems, so that a busy moment hits both."""

Figures = dict[str, float]


def plain(truth: dict[str, Any], answers: dict[str, Any], resamples: int) -> Figures:
    """The rule in plain Python: figures, and their standard deviation over resamples."""
    pages = []
    for page, gold in truth.items():
        wanted, found = (words(side.get("articleBody") or "") for side in (gold, answers[page]))
        one, other = shingles(wanted), shingles(found)
        tp = (one & other).total()
        pages.append((tp, other.total() - tp, one.total() - tp, float(wanted == found)))
    figures = means(pages)
    drawn = [means(random.choices(pages, k=len(pages))) for _ in range(resamples)]
    for name in list(figures):
        figures[f"{name}_std"] = statistics.stdev(resample[name] for resample in drawn)
    return figures


def words(text: str) -> list[str]:
    """The tokens of a text."""
    return re.findall(r"\w+", text)


def shingles(tokens: list[str]) -> Counter[tuple[str, ...]]:
    """The multiset of sequences of four tokens; a shorter text is one."""
    if not tokens:
        return Counter()
    return Counter(tuple(tokens[i : i + 4]) for i in range(max(1, len(tokens) - 3)))


def means(pages: list[tuple[int, int, int, float]]) -> Figures:
    """The figures of some pages."""
    precision = statistics.mean(tp / (tp + fp) for tp, fp, _, _ in pages if tp + fp)
    recall = statistics.mean(tp / (tp + fn) for tp, _, fn, _ in pages if tp + fn)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "accuracy": statistics.mean(same for *_, same in pages),
    }


def script(file: Path) -> Callable[[dict[str, Any], dict[str, Any], int], Figures]:
    """The `evaluate` of a user's own copy of the original script."""
    spec = importlib.util.spec_from_file_location("original", file)
    if not spec or not spec.loader:
        raise SystemExit(f"cannot import {file}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.evaluate  # type: ignore[no-any-return]


def ours(corpus: Corpus, files: Sequence[Path]) -> dict[str, Figures]:
    """The same by boilerbench, for each system."""
    shingle, _ = metrics = [one.metric for one in chosen((), ("scrapinghub",))]
    scorer = Scorer({corpus.name: corpus}, metrics)
    for file in files:
        for e in extractions(read_predictions(file), corpus.gold):
            scorer.add(corpus.name, e.page_id, e.extractor, e.outcome, e.text)
    figures: dict[str, Figures] = {file.stem: {} for file in files}
    for metric, frame in scorer.scores():
        names = ("precision", "recall", "f1") if metric is shingle else ("accuracy",)
        for (system,), pages in frame.group_by("extractor"):
            counts = {name: pages[name].to_numpy() for name in metric.counted}
            found, drawn = metric.aggregate(counts), bootstrap(metric, counts, resamples=RESAMPLES)
            for name in names:
                figures[str(system)][name] = found[name]
                figures[str(system)][f"{name}_std"] = float(np.std(drawn[name], ddof=1))
    return figures


def main() -> None:
    """Both sides in turn, on a part of the systems each time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--script", type=Path)
    given = parser.parse_args()
    theirs = script(given.script) if given.script else plain
    clock = time.perf_counter
    start = clock()
    corpus = load_corpus("scrapinghub", given.folder)
    loading = clock() - start
    truth = json.loads((given.folder / "ground-truth.json").read_text(encoding="utf-8"))
    files = sorted((given.folder / "output").glob("*.json"))
    spent = {"plain": 0.0, "boilerbench": 0.0}
    worst = 0.0
    for group in (files[i::GROUPS] for i in range(GROUPS)):
        start = clock()
        expected = {}
        for file in group:
            read = json.loads(file.read_text(encoding="utf-8"))
            expected[file.stem] = theirs(truth, read.get("output", read), RESAMPLES)
        middle = clock()
        found = ours(corpus, group)
        spent["plain"] += middle - start
        spent["boilerbench"] += clock() - middle
        for system, figures in expected.items():
            for name in ("precision", "recall", "f1", "accuracy"):
                worst = max(worst, abs(found[system][name] - figures[name]))
                # Both are estimates from 1,000 resamples: their own deviation is 2.2 %.
                spread, other = (side[f"{name}_std"] for side in (figures, found[system]))
                assert abs(spread - other) <= 0.15 * spread, (system, name, spread, other)
    print(f"{len(files)} systems, {len(corpus)} pages, {RESAMPLES} resamples; in seconds:")
    print(", ".join(f"{side} {seconds:.2f}" for side, seconds in spent.items()), end="; ")
    print(f"reading and checking the pages {loading:.2f}")
    print(
        f"ratio {spent['plain'] / spent['boilerbench']:.1f}; figures differ by {worst:.0e} at most"
    )


if __name__ == "__main__":
    main()
