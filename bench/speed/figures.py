"""What the report's charts cost.

    python bench/speed/figures.py RUN [FOLDER]

RUN is a finished run. Each step is timed once in a fresh process, as a user's command pays it: the
import of Altair is a part of it, and the JavaScript is made without a cache. With FOLDER, the files
of all charts are left there.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path


def main(path: Path, folder: Path) -> None:
    """Print a line per step: seconds of CPU and by the clock, and what came of it."""
    from boilerbench.ranking import rankings
    from boilerbench.report import vega
    from boilerbench.store import Run

    run = Run(path)
    steps = []

    def timed(step: str, start: tuple[float, float]) -> None:
        steps.append((step, time.process_time() - start[0], time.perf_counter() - start[1]))

    def now() -> tuple[float, float]:
        return time.process_time(), time.perf_counter()

    start = now()
    ranked = rankings(run, ("kind", "lang"))
    timed("rankings, by kind and language too", start)

    start = now()
    from boilerbench.report.figures import FORMATS, export, figures, script

    timed("import of Altair", start)

    start = now()
    made = figures(run, ranked)
    timed("specifications", start)

    start = now()
    text = script(made)
    timed("figures.js", start)

    for format_ in FORMATS:
        start = now()
        export(made, folder, [format_])
        timed(f"{format_} of all", start)

    with tempfile.TemporaryDirectory() as cache:
        os.environ["BOILERBENCH_CACHE"] = cache
        for step in ("JavaScript, first time", "JavaScript, from the cache"):
            start = now()
            bundle = vega.bundle()
            timed(step, start)

    for step, cpu, wall in steps:
        print(f"{step:36} {cpu:7.2f} s CPU {wall:7.2f} s")
    for figure in made.values():
        size = f"{len(json.dumps(figure.spec)):,} bytes" if figure.spec else figure.reason
        print(f"{figure.name:36} {size}")
    print(f"figures.js {len(text):,} bytes, JavaScript {len(bundle):,} bytes")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else temporary))
