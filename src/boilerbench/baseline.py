"""Baselines: what is kept of an accepted run, small, as text, to be read in a diff.

    NAME/run.json                        provenance, as of a run
    NAME/scoreboard.md                   as of the run; nothing reads it but people
    NAME/pages/CORPUS.csv                a line per page: whether there is anything to find in it,
                                         its language, kind, site and level
    NAME/counts/CORPUS/EXTRACTOR.csv     a line per page: the outcome, and what each metric counted
    NAME/cost/CORPUS.csv                 a line per page: the CPU milliseconds of each extractor

Lines are sorted by page id. The same texts give the same files, but for `cost/` and the times in
`run.json`. A full run is read as a baseline just as well.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import polars as pl

from boilerbench.errors import UserError, unknown_name
from boilerbench.metrics import metric as metric_named
from boilerbench.store import Run, write_text
from boilerbench.types import OUTCOMES

BASELINE_SCHEMA = 1
"""Raised when files change so that an earlier reader would not understand them. What was written
under a lower number stays readable."""

RESULTS: Final = Path("results")
"""Where baselines lie that have names."""

KEYS = ("corpus", "extractor", "page_id")

_SCORES = dict.fromkeys((*KEYS, "outcome"), pl.String) | {"answerable": pl.Boolean}
_COSTS = dict.fromkeys(KEYS, pl.String) | {"cpu_ms": pl.Float64}
_ABOUT = ("lang", "kind", "site", "level")
_PAGES = dict.fromkeys(("corpus", "page_id", *_ABOUT), pl.String) | {"answerable": pl.Boolean}

_PARTS = ("run.json", "scoreboard.md", "pages", "counts", "cost")
_PASSING = {"predictions"}
_PASSING_OF = {"corpora": {"path"}, "extractors": {"startup_s", "import_s", "fingerprint"}}
"""What a run says of itself that nobody asks of a baseline, or that is new each time."""

_LONGEST = 120
_AGAIN = "take the file from before, or accept the run again with --allow-regression"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The figures of a finished run, whether it was accepted or is all there.

    `info` is `run.json`. `scores` has a frame by the name of each metric: corpus, extractor,
    page_id, outcome, answerable, and the metric's counts. `costs` says the CPU milliseconds
    (corpus, extractor, page_id, cpu_ms, null where nothing was measured), `pages` what is known of
    pages (corpus, page_id, lang, kind, site, level, answerable). `run` is the run with its texts,
    if they are there.
    """

    path: Path
    info: Mapping[str, Any]
    scores: Mapping[str, pl.DataFrame]
    costs: pl.DataFrame
    pages: pl.DataFrame
    run: Run | None = None

    @classmethod
    def of(cls, run: Run) -> Baseline:
        """The figures of a run. Raises `UserError` if it did not finish."""
        run.check_complete()
        scores = {}
        for entry in run.info["metrics"]:
            counted = metric_named(entry["signature"]).counted
            frame = run.scores(entry["name"]).select(*_SCORES, *counted)
            scores[entry["name"]] = frame.sort(*KEYS)
        costs = run.extractions().select(*KEYS, cpu_ms=pl.col("cpu_s") * 1000)
        first = next(iter(scores.values()))
        asked = first.select("corpus", "page_id", "answerable").unique()
        known = run.pages().select("corpus", "page_id", *_ABOUT)
        pages = asked.join(known, on=["corpus", "page_id"], how="left").select(*_PAGES)
        return cls(
            run.path, run.info, scores, costs.sort(*KEYS), pages.sort("corpus", "page_id"), run
        )

    def entries(self, what: str, key: str = "name") -> dict[str, Mapping[str, Any]]:
        """What `run.json` lists under `corpora`, `extractors` or `metrics`, by a key of it."""
        return {entry[key]: entry for entry in self.info[what]}

    def part(self, corpus: str, page_ids: Iterable[str], digest: str) -> Baseline:
        """The same with some pages of a corpus only, which as a corpus have this digest. Whoever
        asks has made sure that they are pages of the corpus that this is of."""
        kept = (pl.col("corpus") != corpus) | pl.col("page_id").is_in(list(page_ids))
        pages = self.pages.filter(kept)
        count = pages.filter(pl.col("corpus") == corpus).height
        corpora = [
            {**entry, "digest": digest, "pages": count} if entry["name"] == corpus else entry
            for entry in self.info["corpora"]
        ]
        return replace(
            self,
            info={**self.info, "corpora": corpora},
            scores={name: frame.filter(kept) for name, frame in self.scores.items()},
            costs=self.costs.filter(kept),
            pages=pages,
        )


def find(name: str | Path) -> Path:
    """The folder of a baseline or of a run: a folder, or a name in results/. Raises `UserError`
    where there is neither."""
    for folder in (Path(name), RESULTS / name):
        if (folder / "run.json").is_file():
            return folder
    if Path(name).is_dir():
        raise UserError(f"{name} is neither a baseline nor a run: it has no run.json")
    known = [file.parent.name for file in RESULTS.glob("*/run.json")]
    raise unknown_name("baseline", str(name), known)


def read_baseline(path: Run | str | Path) -> Baseline:
    """The baseline or the full run in a folder. Raises `UserError` where there is none, where it is
    damaged, or was written by a newer boilerbench."""
    if isinstance(path, Run):
        return Baseline.of(path)
    path = Path(path)
    try:
        info = json.loads((path / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Baseline.of(Run(path))  # which says what is wrong
    if not isinstance(info, dict) or "baseline" not in info:
        return Baseline.of(Run(path))
    schema = info["baseline"]
    if not isinstance(schema, int) or schema < 1:
        raise UserError(f"{path / 'run.json'} was not written by boilerbench")
    if schema > BASELINE_SCHEMA:
        raise UserError(f"{path} was written by a newer boilerbench", "upgrade boilerbench")
    try:
        return _read(path, info)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise UserError(f"{path} is damaged: {problem!r}", _AGAIN) from None


def write_baseline(run: Run, folder: Path) -> Baseline:
    """Make a finished run the baseline in `folder`, in place of the one there; other files beside
    it stay. It appears when it is whole. Raises `UserError` if the folder holds something else."""
    made = Baseline.of(run)
    if folder.exists() and not _is_baseline(folder):
        raise UserError(
            f"{folder} is there, and is no baseline", "choose another name, or move it away"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = (folder.with_name(f".{folder.name}.{os.getpid()}.{end}") for end in ("new", "old"))
    try:
        for name, text in _files(made):
            file = fresh / name
            file.parent.mkdir(parents=True, exist_ok=True)
            write_text(file, text)
        if (run.path / "scoreboard.md").is_file():
            shutil.copyfile(run.path / "scoreboard.md", fresh / "scoreboard.md")
        if folder.exists():
            _keep_others(folder, fresh)
            folder.rename(old)
        try:
            fresh.rename(folder)
        except BaseException:
            if old.exists():
                old.rename(folder)
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return read_baseline(folder)


def check_name(name: str) -> None:
    """Raise `UserError` unless `name` makes the name of a folder in results/."""
    if not re.fullmatch(r"\w[\w.+-]{0,99}", name, re.ASCII):
        raise UserError(
            f"a baseline cannot be called {name!r}", "letters, digits, - and _ make a name"
        )


def _is_baseline(folder: Path) -> bool:
    try:
        return "baseline" in json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return folder.is_dir() and not any(folder.iterdir())


def _keep_others(folder: Path, fresh: Path) -> None:
    for entry in folder.iterdir():
        if entry.name in _PARTS:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, fresh / entry.name, symlinks=True)
        else:
            shutil.copy2(entry, fresh / entry.name, follow_symlinks=False)


def _files(made: Baseline) -> Iterator[tuple[str, str]]:
    """The names and contents of the files, but for the scoreboard."""
    yield "run.json", json.dumps(_stated(made.info), indent=1, ensure_ascii=False) + "\n"
    frames = list(made.scores.items())
    columns = [
        (name, count) for name, frame in frames for count in frame.columns if count not in _SCORES
    ]
    whole = frames[0][1].select(*KEYS, "outcome")
    for name, frame in frames:
        counts = {f"{name} {count}": pl.col(count) for at, count in columns if at == name}
        whole = whole.join(frame.select(*KEYS, **counts), on=list(KEYS), how="left")
    for (corpus, extractor), rows in whole.partition_by(
        "corpus", "extractor", as_dict=True
    ).items():
        lines = rows.drop("corpus", "extractor").sort("page_id")
        yield f"counts/{_file(corpus)}/{_file(extractor)}.csv", _csv(lines)
    for (corpus,), rows in made.pages.partition_by("corpus", as_dict=True).items():
        lines = rows.select("page_id", "answerable", *_ABOUT).sort("page_id")
        yield f"pages/{_file(corpus)}.csv", _csv(lines)
    order = [entry["spec"] for entry in made.info["extractors"]]
    for (corpus,), rows in made.costs.partition_by("corpus", as_dict=True).items():
        if rows["cpu_ms"].count():
            named = rows.with_columns(
                pl.col("cpu_ms").round(2), column=pl.format("{} ms", "extractor")
            )
            wide = named.pivot("column", index="page_id", values="cpu_ms")
            there = [f"{name} ms" for name in order if f"{name} ms" in wide.columns]
            yield f"cost/{_file(corpus)}.csv", _csv(wide.select("page_id", *there).sort("page_id"))


def _stated(info: Mapping[str, Any]) -> dict[str, Any]:
    """`run.json` of a baseline. Packages that all extractors ran with stand there once."""
    kept = {key: value for key, value in info.items() if key not in _PASSING}
    for part, passing in _PASSING_OF.items():
        kept[part] = [
            {key: value for key, value in entry.items() if key not in passing}
            for entry in info[part]
        ]
    listed = [entry.get("packages") for entry in kept["extractors"]]
    common = Counter(json.dumps(one, sort_keys=True) for one in listed if one)
    if common and common.most_common(1)[0][1] > 1:
        packages = json.loads(common.most_common(1)[0][0])
        for entry in kept["extractors"]:
            if entry.get("packages") == packages:
                entry["packages"] = "those above"
        kept["packages"] = packages
        kept["extractors"] = kept.pop("extractors")  # below
    return {"baseline": BASELINE_SCHEMA, **kept, "status": "accepted"}


def _read(path: Path, info: dict[str, Any]) -> Baseline:
    for entry in info["extractors"]:
        if entry.get("packages") == "those above":
            entry["packages"] = info["packages"]
    metrics = [entry["name"] for entry in info["metrics"]]
    corpora = [entry["name"] for entry in info["corpora"]]
    names = [entry["spec"] for entry in info["extractors"]]
    pages: list[tuple[Any, ...]] = []
    costs: list[tuple[Any, ...]] = []
    counted: dict[str, list[str]] = {}
    rows: dict[str, list[list[Any]]] = {metric: [] for metric in metrics}
    for corpus in corpora:
        answerable = {}
        for line in _lines(path / "pages" / f"{_file(corpus)}.csv"):
            answerable[line["page_id"]] = line["answerable"] == "true"
            about = (line.get(name) or None for name in _ABOUT)
            pages.append((corpus, line["page_id"], *about, answerable[line["page_id"]]))
        for extractor in names:
            file = path / "counts" / _file(corpus) / f"{_file(extractor)}.csv"
            listed = _lines(file)
            if sorted(line["page_id"] for line in listed) != sorted(answerable):
                raise UserError(f"{file} has other pages than pages/", _AGAIN)
            for number, line in enumerate(listed, 2):
                page_id, outcome = line["page_id"], line["outcome"]
                if outcome not in OUTCOMES:
                    raise UserError(f"{file}, line {number}: {outcome!r} is no outcome", _AGAIN)
                for metric in metrics:
                    start = f"{metric} "
                    found = counted.setdefault(
                        metric, [name for name in line if name.startswith(start)]
                    )
                    counts = [float(line[name]) for name in found]
                    about_it = [corpus, extractor, page_id, outcome, answerable[page_id]]
                    rows[metric].append([*about_it, *counts])
        file = path / "cost" / f"{_file(corpus)}.csv"
        for line in _lines(file) if file.is_file() else ():
            for extractor in names:
                spent = line.get(f"{extractor} ms")
                costs.append((corpus, extractor, line["page_id"], float(spent) if spent else None))
    scores = {}
    for metric in metrics:
        names_of = [name.removeprefix(f"{metric} ") for name in counted[metric]]
        schema = _SCORES | dict.fromkeys(names_of, pl.Float64)
        scores[metric] = pl.DataFrame(rows[metric], schema=schema, orient="row").sort(*KEYS)
    return Baseline(
        path=path,
        info=info,
        scores=scores,
        costs=pl.DataFrame(costs, schema=_COSTS, orient="row").sort(*KEYS),
        pages=pl.DataFrame(pages, schema=_PAGES, orient="row").sort("corpus", "page_id"),
    )


def _lines(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            found = list(csv.DictReader(opened, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise UserError(f"cannot read {file}: {problem}", _AGAIN) from None
    for number, line in enumerate(found, 2):
        if None in line or None in line.values():
            raise UserError(f"{file}, line {number}: not as long as the first line", _AGAIN)
    return found


def _csv(frame: pl.DataFrame) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows(map(_written, frame.rows()))
    return out.getvalue()


def _written(row: Sequence[Any]) -> list[str]:
    """Whole numbers as such; others so that they are the same when they are read."""
    said = []
    for value in row:
        if isinstance(value, bool):
            said.append("true" if value else "false")
        elif isinstance(value, float):
            said.append(f"{value:.0f}" if value.is_integer() else repr(value))
        else:
            said.append("" if value is None else str(value))
    return said


def _file(name: str) -> str:
    """A name as that of a file, whatever it is."""
    plain = quote(name, safe=" ()[]=,;+!")
    plain = f"%2E{plain[1:]}" if plain.startswith(".") else plain
    if len(plain) > _LONGEST:
        digest = hashlib.sha256(name.encode()).hexdigest()
        plain = f"{plain[: _LONGEST - 20]}~{digest[:16]}"
    return plain
