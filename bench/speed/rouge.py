"""ROUGE-LSum by boilerbench and by the rouge-score package, on the same pairs of texts in turn.

    python bench/speed/rouge.py DIR [PAIRS]

DIR is a copy of scrapinghub's benchmark with its `output/`. Both must give the same three figures.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

from rapidfuzz.distance import LCSseq
from rouge_score import rouge_scorer

from boilerbench.metrics import metric
from boilerbench.types import Gold

SYSTEMS = ("trafilatura", "readability", "justext", "boilerpipe", "html-text")


def main(folder: Path, pairs: int) -> None:
    """Print both means, their ratio, and that of a bare LCS over the words for comparison."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    texts = []
    for system in SYSTEMS:
        read = json.loads((folder / "output" / f"{system}.json").read_text(encoding="utf-8"))
        answers = read.get("output", read)
        texts += [(truth[p]["articleBody"], answers[p].get("articleBody") or "") for p in truth]
    ours, theirs = metric("rouge-lsum"), rouge_scorer.RougeScorer(["rougeLsum"])
    spent = {"rouge-score": 0.0, "boilerbench": 0.0, "bare LCS": 0.0}
    worst = 0.0
    for gold, text in random.Random(1).sample(texts, pairs):
        prepared = ours.prepare(Gold("", gold))
        times = [time.perf_counter()]
        expected = theirs.score(gold, text)["rougeLsum"]
        times.append(time.perf_counter())
        ours.counts(prepared, text)
        times.append(time.perf_counter())
        LCSseq.similarity(gold.split(), text.split())
        times.append(time.perf_counter())
        for name, start, end in zip(spent, times, times[1:], strict=False):
            spent[name] += end - start
        found = ours.score(gold, text)
        worst = max(
            worst,
            abs(found.precision - expected.precision),
            abs(found.recall - expected.recall),
            abs(found.f1 - expected.fmeasure),
        )
    shown = ", ".join(f"{name} {1000 * s / pairs:.2f} ms" for name, s in spent.items())
    print(f"{pairs} pairs: {shown} each")
    ratio = spent["rouge-score"] / spent["boilerbench"]
    print(f"ratio {ratio:.1f}; figures differ by {worst:.0e} at most")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100)
