"""What scoring costs: the default metrics beside the extractors, and by the length of a page.

    python bench/speed/scoring.py DIR

DIR is a copy of scrapinghub's benchmark. The first part extracts each page by the three extractors
and scores what they found by boilerbench's own protocol, in turn. The second grows one text up to
5 MB: a cost that is linear takes the same time per kilobyte in every line. The third cuts the texts
by `re.findall` and by `boilerbench.runs`. All times are of CPU.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

from boilerbench.corpora import load_corpus
from boilerbench.metrics.protocols import OWN, chosen
from boilerbench.runs import Runs
from boilerbench.types import Corpus, Gold
from boilerbench.worker.adapters import justext, readability_lxml, trafilatura

METRICS = [one.metric for one in chosen((), (OWN,))]
SIZES = [*(1 << power for power in range(3, 13)), 5000]  # kilobytes
ROUNDS = 3


class Spent(dict[str, float]):
    """Seconds by what they were spent on."""

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """Count the time until the end of the block."""
        start = process_time()
        yield
        self[name] = self.get(name, 0.0) + process_time() - start


def beside_extractors(corpus: Corpus) -> list[str]:
    """Print what each extractor takes on a page, and what scoring its text takes; the texts."""
    prepared = {page_id: [m.prepare(g) for m in METRICS] for page_id, g in corpus.gold.items()}
    extractors = {
        "trafilatura": trafilatura.load({})[0],
        "readability-lxml": readability_lxml.load({})[0],
        "justext": justext.load({})[0],
    }
    spent, texts = Spent(), []
    for page in corpus.pages():
        for name, extract in extractors.items():
            with spent.on(name):
                text = extract(page) or ""
            with spent.on("scoring"):
                for metric, gold in zip(METRICS, prepared[page.id], strict=True):
                    metric.counts(gold, text)
            texts.append(text)
    scoring = spent.pop("scoring") / len(extractors)
    for name, seconds in [*spent.items(), ("scoring", scoring)]:
        print(f"{name:16} {1000 * seconds / len(corpus):6.2f} ms per page")
    print(f"scoring / fastest extractor: {scoring / min(spent.values()):.3f}")
    return texts


def by_length(text: str) -> None:
    """Print what preparing gold and scoring a text of the same length takes, by length."""
    print("\n   kB       ms  ms per kB")
    while len(text) < 2 * SIZES[-1] << 10:
        text += text
    for size in SIZES:
        gold, fastest = Gold("", text[100 : (size << 10) + 100]), float("inf")
        for number in range(ROUNDS):
            spent, fresh = Spent(), f"{number} {text[: size << 10]}"  # no cache has seen it
            with spent.on("scoring"):
                for metric in METRICS:
                    metric.counts(metric.prepare(gold), fresh)
            fastest = min(fastest, spent["scoring"] * 1000)
        print(f"{size:5} {fastest:8.1f} {fastest / size:10.4f}")


def cutting(texts: list[str]) -> None:
    """Print how much faster `Runs` cuts texts than the pattern that it stands for."""
    pattern = re.compile(r"\w+")
    runs, spent = Runs(pattern), Spent()
    for text in texts:
        with spent.on("findall"):
            expected = pattern.findall(text)
        with spent.on("runs"):
            found = runs(text)
        if found != expected:
            raise SystemExit(f"runs and findall differ on {text[:80]!r}")
    print(f"\nre.findall / runs: {spent['findall'] / spent['runs']:.2f}")


def main(folder: Path) -> None:
    """All three parts."""
    corpus = load_corpus("scrapinghub", folder)
    texts = beside_extractors(corpus)
    by_length("\n".join(gold.text for gold in corpus.gold.values()))
    cutting(texts)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
