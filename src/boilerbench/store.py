"""Run directories: everything that a run knows, in files that open without boilerbench.

    RUN/run.json                  provenance: what was run, on what, with what, when
    RUN/extractions/*.parquet     a row per page and extractor: outcome, text, cost
    RUN/scores/*.parquet          a row per page, extractor and metric
    RUN/pages.parquet             a row per page: its address, language, kind, site and level

A part is written under a temporary name and renamed, so a killed run leaves whole parts only.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from boilerbench.errors import UserError
from boilerbench.types import Extraction

SCHEMA = 2

EXTRACTION_SCHEMA: dict[str, type[pl.DataType]] = {
    "corpus": pl.String,
    "page_id": pl.String,
    "extractor": pl.String,
    "outcome": pl.String,
    "text": pl.String,
    "error": pl.String,
    "cpu_s": pl.Float64,
    "wall_s": pl.Float64,
    "peak_rss": pl.Int64,
}

_LISTED = {
    "corpora": {"name", "version", "digest"},
    "extractors": {"spec", "name", "version"},
    "metrics": {"name", "signature"},
}
"""What `run.json` lists, and what each entry must say."""

PAGE_SCHEMA = dict.fromkeys(
    ("corpus", "page_id", "url", "lang", "kind", "site", "level"), pl.String
)

PART_SECONDS = 5.0
"""A part is written at least this often, so a killed run loses no more than the last seconds."""

_PART_PAGES = 500
_PART_BYTES = 16 << 20


class Run:
    """A run directory. `info` is `run.json`."""

    def __init__(self, path: str | Path) -> None:
        """Open the run in `path`; raises `UserError` where there is none."""
        path = Path(path)
        self.path = path
        try:
            read = json.loads((path / "run.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UserError(f"{path} is not a run: it has no run.json") from None
        except (OSError, ValueError) as problem:
            raise UserError(f"cannot read {path / 'run.json'}: {problem}") from None
        if not isinstance(read, dict) or not isinstance(read.get("schema"), int):
            raise UserError(f"{path / 'run.json'} was not written by boilerbench")
        if "baseline" in read:
            raise UserError(
                f"{path} is a baseline: it has the figures of pages, and no texts",
                f"boilerbench check RUN --against {path}",
            )
        if read["schema"] > SCHEMA:
            raise UserError(f"{path} was written by a newer boilerbench", "upgrade boilerbench")
        if read["schema"] < SCHEMA:
            raise UserError(
                f"{path} was written by an earlier boilerbench, whose scores are not comparable",
                "run or score again with --fresh",
            )
        for part, keys in _LISTED.items():
            entries = read.get(part)
            if (
                not isinstance(entries, list)
                or not entries
                or not all(isinstance(e, dict) and keys <= e.keys() for e in entries)
            ):
                raise UserError(f"{path / 'run.json'} is damaged: it lists no {part}")
        self.info: dict[str, Any] = read

    @classmethod
    def create(cls, path: Path, info: dict[str, Any]) -> Run:
        """A new run in `path`, which may be an empty folder or not exist yet."""
        (path / "extractions").mkdir(parents=True, exist_ok=True)
        (path / "scores").mkdir(exist_ok=True)
        write_text(path / "run.json", _json({"schema": SCHEMA, **info}))
        return cls(path)

    def __repr__(self) -> str:
        return f"<Run {self.path}: {self.info.get('status')}>"

    def update(self, **info: Any) -> None:
        """Change entries of `run.json`."""
        self.info.update(info)
        write_text(self.path / "run.json", _json(self.info))

    def check_complete(self) -> None:
        """Raise `UserError` if the run did not finish."""
        if self.info.get("status") != "complete":
            raise UserError(
                f"{self.path}: the run did not finish",
                f"to go on, give the command that began it with --output {self.path}",
            )

    def extractions(self) -> pl.DataFrame:
        """A row per page and extractor, sorted by corpus, extractor and page."""
        parts = sorted((self.path / "extractions").glob("*.parquet"))
        frame = pl.concat([_read(part) for part in parts]) if parts else _empty()
        return frame.sort("corpus", "extractor", "page_id")

    def scores(self, metric: str | None = None) -> pl.DataFrame:
        """A row per page, extractor and metric, of one metric or of all."""
        parts = sorted((self.path / "scores").glob("*.parquet"))
        if not parts:
            raise UserError(
                f"{self.path} holds no scores: the run did not finish",
                f"to go on, give the command that began it with --output {self.path}",
            )
        frame = pl.concat([_read(part) for part in parts], how="diagonal")
        return frame if metric is None else frame.filter(pl.col("metric") == metric)

    def write_scores(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Store the scores by each metric, in place of all that are there."""
        folder = self.path / "scores"
        # Square brackets in a file's name are a pattern to whoever reads it.
        files = {folder / f"{m.replace('[', '(').replace(']', ')')}.parquet": m for m in frames}
        for file, metric in files.items():
            write_parquet(file, frames[metric])
        for part in folder.glob("*.parquet"):
            if part not in files:
                part.unlink()

    def pages(self) -> pl.DataFrame:
        """A row per page: corpus, page_id, url, lang, kind, site."""
        file = self.path / "pages.parquet"
        if not file.is_file():
            raise UserError(f"{self.path} says nothing of its pages", "run again with --fresh")
        return _read(file)

    def write_pages(self, rows: Iterable[Mapping[str, str | None]]) -> None:
        """Store what is known of the pages."""
        frame = pl.DataFrame(list(rows), schema=PAGE_SCHEMA)
        write_parquet(self.path / "pages.parquet", frame)

    def writer(self) -> ExtractionWriter:
        """A writer that adds extractions to those that are there."""
        return ExtractionWriter(self.path / "extractions")


class ExtractionWriter:
    """Collects extractions and writes them as parts. Use as a context manager: what is in hand
    when an error or an interrupt comes is written all the same."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: list[dict[str, Any]] = []
        self._bytes = 0
        self._written = time.monotonic()
        numbers = [int(part.stem) for part in folder.glob("*.parquet") if part.stem.isdecimal()]
        self._next = 1 + max(numbers, default=0)

    def __enter__(self) -> ExtractionWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()

    def add(self, corpus: str, extraction: Extraction) -> None:
        """Take an extraction; a part is written when enough are in hand."""
        self._rows.append({"corpus": corpus, **asdict(extraction)})
        self._bytes += len(extraction.text)
        if (
            len(self._rows) >= _PART_PAGES
            or self._bytes >= _PART_BYTES
            or time.monotonic() - self._written >= PART_SECONDS
        ):
            self.flush()

    def flush(self) -> None:
        """Write what is in hand as a part."""
        if self._rows:
            frame = pl.DataFrame(self._rows, schema=EXTRACTION_SCHEMA)
            write_parquet(self._folder / f"{self._next:06}.parquet", frame)
            self._next += 1
            self._rows.clear()
            self._bytes = 0
            self._written = time.monotonic()


def is_baseline(path: Path) -> bool:
    """Whether the folder's `run.json` can be read, and is that of an accepted baseline."""
    try:
        info = json.loads((path / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(info, dict) and "baseline" in info


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the run directory for writing. The lock ends with the process, however it ends. Raises
    `UserError` if another process has it, or it is a baseline, in whose place no run is put."""
    if is_baseline(path):
        raise UserError(f"{path} is a baseline", "choose another --output")
    path.mkdir(parents=True, exist_ok=True)
    with (path / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UserError(f"another boilerbench is writing to {path}") from None
        yield


def clear(path: Path) -> None:
    """Remove a run that is there, and nothing but what a run consists of."""
    if not (path / "run.json").is_file():
        return
    for folder in ("extractions", "scores", "report"):
        shutil.rmtree(path / folder, ignore_errors=True)
    for file in ("run.json", "pages.parquet", "scores.json", "scoreboard.md", "scoreboard.csv"):
        (path / file).unlink(missing_ok=True)


def write_parquet(path: Path, frame: pl.DataFrame) -> None:
    """Write a Parquet file that appears only when it is whole."""
    # By way of memory: polars would wrap the system's own word of a full disk into another error.
    whole = io.BytesIO()
    frame.write_parquet(whole, compression="zstd")
    write_bytes(path, whole.getbuffer())


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 that appears only when it is whole."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes | memoryview) -> None:
    """Write a file that appears only when it is whole, under a temporary name until then."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as problem:  # nobody looks for the temporary name
        raise OSError(problem.errno, problem.strerror, str(path)) from None
    finally:
        part.unlink(missing_ok=True)


def _read(part: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(part, glob=False)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise UserError(f"cannot read {part}: {problem}", "run again with --fresh") from None


def _empty() -> pl.DataFrame:
    return pl.DataFrame(schema=EXTRACTION_SCHEMA)


def _json(info: dict[str, Any]) -> str:
    return json.dumps(info, indent=1, ensure_ascii=False) + "\n"
