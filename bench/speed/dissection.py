"""How fast pages are taken apart, in one process.

    python bench/speed/dissection.py FOLDER [PAGES]

FOLDER is a copy of WCXB; the first PAGES of its dev split are read. The texts are made here: the
page's visible text, and the gold with a share of it left out, nine times over, so that there are
ten to a page.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from boilerbench.corpora import load_corpus
from boilerbench.dissection import dissect
from boilerbench.dom import blocks, placed_blocks
from boilerbench.types import Page


def texts(page: Page, gold: str) -> Mapping[str, str]:
    """Ten texts of a page, by name."""
    lines = [block.text for block in blocks(page.html)]
    wanted = gold.splitlines()
    made = {f"part {n}": "\n".join(wanted[n:] + lines[: 10 * n]) for n in range(9)}
    return {"all": "\n".join(lines)} | made


def main(folder: Path, pages: int) -> None:
    """Print milliseconds per page of each step, and pages per second of the whole."""
    corpus = load_corpus("wcxb:dev", folder)
    given = list(islice(corpus.pages(), pages))
    made = [texts(page, corpus.gold[page.id].text) for page in given]
    spent = {"placed_blocks": 0.0, "dissect, no text": 0.0, "dissect, ten texts": 0.0}
    for page, ten in zip(given, made, strict=True):
        gold = corpus.gold[page.id]
        times = [time.process_time()]
        placed = placed_blocks(page.html)
        times.append(time.process_time())
        dissect(placed, gold, {})
        times.append(time.process_time())
        dissect(placed, gold, ten)
        times.append(time.process_time())
        for name, start, end in zip(spent, times, times[1:], strict=False):
            spent[name] += end - start
    for name, seconds in spent.items():
        print(f"{name}: {1000 * seconds / len(given):.1f} ms per page")
    print(f"{len(given) / spent['dissect, ten texts']:.0f} pages per second with ten texts each")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300)
