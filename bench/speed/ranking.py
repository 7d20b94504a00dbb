"""What the statistics of a scoreboard cost: intervals, ranks and all pairs, by size.

    python bench/speed/ranking.py [RUN]

Made-up counts of extractors on pages, 10,000 resamples: what the bootstrap, the permutation tests
of all pairs and the intervals of places take, and beside them a loop that draws the pages of 100
resamples one by one and takes the means. With RUN, the rankings of a finished run too. All times
are of the clock, as the products of matrices use all cores.
"""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path
from time import perf_counter

import numpy as np

from boilerbench.metrics import metric
from boilerbench.ranking import rankings
from boilerbench.stats import RESAMPLES, Stack, permutation, rank_intervals
from boilerbench.store import Run

SIZES = [(10, 200), (10, 2000), (10, 20_000), (36, 2000)]  # extractors, pages
LOOPED = 100


def made_up(extractors: int, pages: int) -> Stack:
    """Counts of tokens that are found, of false ones and of missed ones."""
    random = np.random.default_rng(0)
    none = np.zeros(pages)
    systems = []
    for number in range(extractors):
        tp, fp, fn = (random.integers(0, most, pages) * 1.0 for most in (500, 100 + number, 100))
        systems.append(({"tp": tp, "fp": fp, "fn": fn, "neither": none}, None))
    return Stack.of(metric("token"), systems)


def by_size(extractors: int, pages: int) -> None:
    """Print what each part takes."""
    stack = made_up(extractors, pages)
    start = perf_counter()
    drawn = stack.resampled()["f1"]
    bootstrapped = perf_counter()
    permutation([stack], "f1", list(combinations(range(extractors), 2)))
    tested = perf_counter()
    rank_intervals(drawn)
    ranked = perf_counter()
    random = np.random.default_rng(0)
    by_page = stack.columns[:, :, stack.names.index("f1")]
    for _ in range(LOOPED):
        by_page[random.integers(pages, size=pages)].mean(axis=0)
    looped = (perf_counter() - ranked) * RESAMPLES / LOOPED
    parts = bootstrapped - start, tested - bootstrapped, ranked - tested, looped
    print(f"{extractors:10} {pages:7,}" + "".join(f"{part:12.2f}" for part in parts))


def main(run: Path | None) -> None:
    """Both parts."""
    heads = "".join(f"{head:>12}" for head in ("bootstrap", "all pairs", "places", "a loop"))
    print(f"extractors   pages{heads}   seconds")
    for size in SIZES:
        by_size(*size)
    if run is not None:
        for by in ((), ("kind", "lang")):
            start = perf_counter()
            found = rankings(Run(run), by)
            print(f"{run}: {len(found)} rankings in {perf_counter() - start:.2f} seconds")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
