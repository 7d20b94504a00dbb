"""`boilerbench run` against the bare loop, and `--help` against `import click`, in wall time.

    python bench/speed/run_against_bare.py FOLDER [ROUNDS]

FOLDER is a copy of scrapinghub's pages. Both sides run in turn, ROUNDS times, with 2 processes;
the ratio is of their medians. The bare loop neither scores nor reports, and loses everything if a
page hangs; what boilerbench adds to it is what the ratio shows.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROCESSES = 2
EXTRACTORS = ("trafilatura", "readability-lxml", "justext[stoplist=English]")


def compare(name: str, sides: dict[str, list[str]], rounds: int) -> None:
    """Run the first side and the second in turn; print their medians and the ratio."""
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side, command in sides.items():
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds[side].append(time.perf_counter() - begun)
    ours, theirs = (statistics.median(taken) for taken in seconds.values())
    spread = ", ".join(
        f"{side} {statistics.median(taken):.2f} s ({min(taken):.2f} to {max(taken):.2f})"
        for side, taken in seconds.items()
    )
    print(f"{name}: ratio {ours / theirs:.3f}; {spread}; {rounds} rounds", flush=True)


def main(folder: Path, rounds: int) -> None:
    """Both comparisons."""
    boilerbench = str(Path(sys.executable).with_name("boilerbench"))
    compare(
        "boilerbench --help / import click",
        {
            "boilerbench": [boilerbench, "--help"],
            "click": [sys.executable, "-c", "import click"],
        },
        5 * rounds,
    )
    with tempfile.TemporaryDirectory() as output:
        run = [boilerbench, "run", "--corpus", "scrapinghub", "--from", str(folder), "--fresh"]
        run += ["--workers", str(PROCESSES), "--output", output]
        run += [part for extractor in EXTRACTORS for part in ("--extractor", extractor)]
        bare = [sys.executable, str(Path(__file__).with_name("bare.py"))]
        bare += [str(folder), str(PROCESSES)]
        compare("boilerbench run / bare loop", {"boilerbench": run, "bare": bare}, rounds)


if __name__ == "__main__":
    if len(sys.argv) < 2 or not (Path(sys.argv[1]) / "html").is_dir():
        sys.exit("give the folder of a copy of scrapinghub, which holds html/")
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 7)
