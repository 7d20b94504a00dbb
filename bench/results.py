"""Makes the scoreboard of the public corpora: results/SCOREBOARD.md, and in results/public/CORPUS/
each run's run.json and scoreboard.md.

    python bench/results.py CORPUS_DIR [--only CORPUS …]

CORPUS_DIR holds copies of corpora, a folder each, under the names below; one that is not there is
left out, and what results/public/ has of it stays.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
from pathlib import Path

from boilerbench import api
from boilerbench.accepted import write_baseline
from boilerbench.cli.progress import progress
from boilerbench.ranking import rankings
from boilerbench.report import tables
from boilerbench.suites import load_suite

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "results"
PUBLIC = RESULTS / "public"

CORPORA = {
    "scrapinghub": "scrapinghub",
    "trafilatura": "trafilatura-eval",
    "wcxb:dev": "wcxb-dev",
    "mozilla-readability": "mozilla-readability",
    "daniel": "daniel",
    "webmainbench": "webmainbench-sample",
}
"""The folder of each."""

PROTOCOLS = {"trafilatura": "trafilatura"}
"""Of a corpus that has no gold text, its own."""

HEAD = """\
# Scoreboard

Extractors with their default options on public corpora, by boilerbench's own protocol;
trafilatura's corpus, which has no gold text, by its own. One corpus says little of another: read
them side by side. Each table's run is described in the run.json that it names; `make results
CORPUS_DIR=…` makes all of it again.
"""


def main() -> None:
    """Run what is there, then write the whole scoreboard."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpora", type=Path, metavar="CORPUS_DIR")
    parser.add_argument("--only", nargs="+", choices=CORPORA, default=list(CORPORA))
    asked = parser.parse_args()
    for corpus in asked.only:
        source = next(
            (asked.corpora / n for n in (CORPORA[corpus], corpus) if (asked.corpora / n).is_dir()),
            None,
        )
        if source is None:
            print(f"{corpus}: no {asked.corpora / CORPORA[corpus]}, left as it is")
        else:
            make(corpus, source)
    (RESULTS / "SCOREBOARD.md").write_text(scoreboard(), encoding="utf-8")


def make(corpus: str, source: Path) -> None:
    """One corpus."""
    suite = str(ROOT / "bench" / "public.toml")
    folder = PUBLIC / corpus.replace(":", "-")
    with tempfile.TemporaryDirectory() as scratch, progress() as shown:
        run = api.run(
            corpus,
            load_suite(suite).extractors,
            suite=suite,
            protocol=PROTOCOLS.get(corpus),
            source=source,
            output=Path(scratch) / "run",
            command=f"boilerbench run --suite bench/public.toml --corpus {corpus}"
            + (f" --protocol {PROTOCOLS[corpus]}" if corpus in PROTOCOLS else ""),
            report=False,
            progress=shown,
        )
        kept = write_baseline(run, Path(scratch) / "kept").path
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(kept / "run.json", folder / "run.json")
        board = tables.markdown(rankings(run))
        (folder / "scoreboard.md").write_text(board, encoding="utf-8")


def scoreboard() -> str:
    """All that results/public/ has, in one text."""
    parts = [HEAD]
    for corpus in CORPORA:
        folder = PUBLIC / corpus.replace(":", "-")
        if not (folder / "run.json").is_file():
            continue
        info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        (about,) = info["corpora"]
        link = folder.relative_to(RESULTS) / "run.json"
        parts.append(
            f"## {corpus} {about['version']}, {about['pages']:,} pages\n\n"
            f"{info['finished'][:10]}, boilerbench {info['boilerbench']}, Python {info['python']}, "
            f"{info['cpu']}: [{link}]({link}). Corpus: {about['licence']}.\n"
        )
        board = (folder / "scoreboard.md").read_text(encoding="utf-8").strip()
        parts.append(re.sub(r"^(#+) ", r"#\1 ", board, flags=re.MULTILINE) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    main()
