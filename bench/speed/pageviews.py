"""What the views of pages cost: time, and bytes beside the report.

    python bench/speed/pageviews.py RUN CORPUS [DIR]

RUN is a finished run, CORPUS what it was made on, DIR a copy of that. The first part writes all
views as a report does, into a copy of the run; the second takes every tenth page apart by what is
spent on it, in CPU time of one process.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from boilerbench.corpora import load_corpus
from boilerbench.report import pageviews
from boilerbench.store import Run
from boilerbench.types import Corpus

STEPS = ("placed_page", "dissect", "cut", "diff", "inert", "_packed", "write_text")
EVERY = 10


def whole(run: Run, corpus: Corpus) -> None:
    """Print what all views take together."""
    start = perf_counter()
    pageviews.write_pageviews(run, {corpus.name: corpus})
    seconds = perf_counter() - start
    files = list((run.path / "report" / "pages").iterdir())
    copies = sum(file.stat().st_size for file in files if file.name.endswith(".page.js"))
    index = (run.path / "report" / "pages" / "index.js").stat().st_size
    total = sum(file.stat().st_size for file in files)
    print(
        f"{len(corpus)} pages, {len(run.info['extractors'])} extractors: {seconds:.1f} s,"
        f" {total / 1e6:.1f} MB, of it copies {copies / 1e6:.1f}, index {index / 1e6:.2f}"
    )


def steps(run: Run, corpus: Corpus, folder: Path) -> None:
    """Print what a page costs, by step."""
    spent: Counter[str] = Counter()

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: object) -> Any:
            start = process_time()
            try:
                return function(*given)
            finally:
                spent[name] += process_time() - start

        return call

    for name in STEPS:
        setattr(pageviews, name, timed(name, getattr(pageviews, name)))
    views = list(pageviews._views(run, {corpus.name: corpus}, pageviews._Index(run)))[::EVERY]
    write = timed("in all", pageviews._write)
    for view in views:
        write(folder, view)
    for name in ("in all", *STEPS):
        print(f"{name.strip('_'):12} {1000 * spent[name] / len(views):7.2f} ms per page")


def main(path: Path, name: str, source: Path | None = None) -> None:
    """Both parts."""
    corpus = load_corpus(name, source)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "run"
        shutil.copytree(path, copy, ignore=shutil.ignore_patterns("report"))
        whole(Run(copy), corpus)
        steps(Run(copy), corpus, Path(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]) if len(sys.argv) > 3 else None)
