"""Baselines as text, to be read in a diff.

    run.json                        provenance, as of a run
    pages/CORPUS.csv                a line per page: whether there is anything to find in it, its
                                    language, kind, site and level
    counts/CORPUS/EXTRACTOR.csv     a line per page: the outcome, and what each metric counted
    cost/CORPUS.csv                 a line per page: the CPU milliseconds of each extractor

Lines are sorted by page id. The same texts give the same files, but for `cost/` and the times in
`run.json`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import polars as pl

from boilerbench.baseline import ABOUT, COSTS, KEYS, PAGES, SCORES, Baseline
from boilerbench.errors import UserError
from boilerbench.metrics import metric as metric_named
from boilerbench.signature import read_signature
from boilerbench.types import OUTCOMES, Selection

SCHEMA = 1
"""Raised when files change so that an earlier reader would not understand them. What was written
under a lower number stays readable."""

AGAIN = "take the file from before, or accept the run again with --allow-regression"

_PASSING = {"predictions"}
_PASSING_OF = {"corpora": {"path"}, "extractors": {"startup_s", "import_s", "fingerprint"}}
"""What a run says of itself that nobody asks of a baseline, or that is new each time."""

_STATED = {
    "corpora": ("name", "digest"),
    "metrics": ("name", "signature"),
    "extractors": ("spec", "name"),
}
"""What `run.json` must say of each."""

_OPTIONAL: Mapping[str, Mapping[str, type]] = {
    "corpora": {"selection": dict, "pages": int},
    "metrics": {},
    "extractors": {"options": dict, "reused": dict},
}
"""What it may say of each, and somebody reads, as what."""

_DIGITS = 3
"""Of a CPU time: two runs agree in no more, and some extractors take microseconds."""

_LONGEST = 120

_Line = Mapping[str, str]


def texts(made: Baseline) -> Iterator[tuple[str, str]]:
    """The names and contents of the files, but for the scoreboard."""
    yield "run.json", json.dumps(_stated(made.info), indent=1, ensure_ascii=False) + "\n"
    frames = list(made.scores.items())
    columns = [
        (name, count) for name, frame in frames for count in frame.columns if count not in SCORES
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
        lines = rows.select("page_id", "answerable", *ABOUT).sort("page_id")
        yield f"pages/{_file(corpus)}.csv", _csv(lines)
    order = [entry["spec"] for entry in made.info["extractors"]]
    for (corpus,), rows in made.costs.partition_by("corpus", as_dict=True).items():
        if rows["cpu_ms"].count():
            named = rows.with_columns(
                pl.col("cpu_ms").round_sig_figs(_DIGITS), column=pl.format("{} ms", "extractor")
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
    return {"baseline": SCHEMA, **kept, "status": "accepted"}


def read_texts(path: Path, info: dict[str, Any]) -> Baseline:
    """The baseline in a folder whose run.json says `info`. Raises `UserError` where a file cannot
    be read or says what no writer wrote."""
    schema = info["baseline"]
    if not isinstance(schema, int) or schema < 1:
        raise UserError(f"{path / 'run.json'} was not written by boilerbench")
    if schema > SCHEMA:
        raise UserError(f"{path} was written by a newer boilerbench", "upgrade boilerbench")
    _check_stated(path / "run.json", info)
    for entry in info["extractors"]:
        if entry.get("packages") == "those above":
            entry["packages"] = info.get("packages")
    extractors = [entry["spec"] for entry in info["extractors"]]
    pages: list[tuple[Any, ...]] = []
    costs: list[tuple[Any, ...]] = []
    rows: dict[str, list[list[Any]]] = {entry["name"]: [] for entry in info["metrics"]}
    columns: dict[str, tuple[str, ...]] = {}
    for corpus in (entry["name"] for entry in info["corpora"]):
        answerable = {}
        for _, line in _lines(path / "pages" / f"{_file(corpus)}.csv", ("page_id", "answerable")):
            answerable[line["page_id"]] = line["answerable"] == "true"
            about = (line.get(name) or None for name in ABOUT)
            pages.append((corpus, line["page_id"], *about, answerable[line["page_id"]]))
        for extractor in extractors:
            file = path / "counts" / _file(corpus) / f"{_file(extractor)}.csv"
            lines = _lines(file, ("page_id", "outcome"))
            if sorted(line["page_id"] for _, line in lines) != sorted(answerable):
                raise UserError(f"{file} has other pages than pages/", AGAIN)
            for where, line in lines:
                page_id, outcome = line["page_id"], line["outcome"]
                if outcome not in OUTCOMES:
                    raise UserError(f"{where}: {outcome!r} is no outcome", AGAIN)
                for entry in info["metrics"]:
                    name = entry["name"]
                    if name not in columns:
                        columns[name] = _columns(file, entry, line)
                    counts = [_number(where, line, f"{name} {one}") for one in columns[name]]
                    about_it = [corpus, extractor, page_id, outcome, answerable[page_id]]
                    rows[name].append([*about_it, *counts])
        file = path / "cost" / f"{_file(corpus)}.csv"
        for where, line in _lines(file, ("page_id",)) if file.is_file() else ():
            for extractor in extractors:
                column = f"{extractor} ms"
                spent = _number(where, line, column) if line.get(column) else None
                costs.append((corpus, extractor, line["page_id"], spent))
    return Baseline(
        path=path,
        info=info,
        scores={
            name: pl.DataFrame(
                rows[name],
                schema=SCORES | dict.fromkeys(columns.get(name, ()), pl.Float64),
                orient="row",
            ).sort(*KEYS)
            for name in rows
        },
        costs=pl.DataFrame(costs, schema=COSTS, orient="row").sort(*KEYS),
        pages=pl.DataFrame(pages, schema=PAGES, orient="row").sort("corpus", "page_id"),
    )


def _check_stated(file: Path, info: Mapping[str, Any]) -> None:
    for part, keys in _STATED.items():
        entries = info.get(part)
        if not isinstance(entries, list) or not entries:
            raise UserError(f"{file} is damaged: it lists no {part}", AGAIN)
        for entry in entries:
            for key in keys:
                if not isinstance(entry, dict) or not isinstance(entry.get(key), str):
                    raise UserError(f"{file} is damaged: one of its {part} has no {key}", AGAIN)
            for key, kind in _OPTIONAL[part].items():
                if not isinstance(entry.get(key), kind | None):
                    raise _wrong(file, key, entry[key])
        if len({entry[keys[0]] for entry in entries}) < len(entries):
            raise UserError(f"{file} is damaged: two {part} share a name", AGAIN)
    if not isinstance(info.get("left_out_extractors"), dict | None):
        raise _wrong(file, "left_out_extractors", info["left_out_extractors"])
    try:
        for entry in info["corpora"]:
            Selection.stored(entry.get("selection") or {})
        for entry in info["metrics"]:
            read_signature(entry["signature"])
    except UserError as problem:
        raise UserError(f"{file}: {problem.message}", problem.hint or AGAIN) from None


def _wrong(file: Path, key: str, value: object) -> UserError:
    return UserError(f"{file} is damaged: {key} cannot be {value!r}", AGAIN)


def _columns(file: Path, entry: Mapping[str, Any], line: _Line) -> tuple[str, ...]:
    """What a metric counts. One that this boilerbench does not know counts what there is: nobody
    compares by it."""
    start = f"{entry['name']} "
    there = tuple(name.removeprefix(start) for name in line if name.startswith(start))
    try:
        counted = tuple(metric_named(entry["signature"]).counted)
    except UserError:
        return there
    missing = [name for name in counted if name not in there]
    if missing:
        raise UserError(f"{file} has no column {start}{missing[0]}", AGAIN)
    return counted


def _number(where: str, line: _Line, column: str) -> float:
    try:
        found = float(line[column])
    except (KeyError, ValueError):
        found = math.nan
    if not (math.isfinite(found) and found >= 0):
        raise UserError(f"{where}: {line.get(column)!r} is no number for {column}", AGAIN)
    return found


def _lines(file: Path, needed: Sequence[str]) -> list[tuple[str, _Line]]:
    """The lines by their columns, each with where it stands, in words."""
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            reader = csv.DictReader(opened, strict=True)
            columns = reader.fieldnames or ()
            found = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise UserError(f"cannot read {file}: {problem}", AGAIN) from None
    for name in needed:
        if name not in columns:
            raise UserError(f"{file} has no column {name}", AGAIN)
    for number, line in enumerate(found, 2):
        if None in line or None in line.values():
            raise UserError(f"{file}, line {number}: not as long as the first line", AGAIN)
    return [(f"{file}, line {number}", line) for number, line in enumerate(found, 2)]


def _csv(frame: pl.DataFrame) -> str:
    lines = []
    for row in (frame.columns, *map(_written, frame.rows())):
        line = io.StringIO(newline="")
        # Python 3.11 quotes a line break in a field only if it is of those that end lines.
        csv.writer(line, lineterminator="\r\n").writerow(row)
        lines.append(line.getvalue().removesuffix("\r\n") + "\n")
    return "".join(lines)


def _written(row: Sequence[Any]) -> list[str]:
    """Whole numbers as such; others so that they are the same when they are read, in no more digits
    than that takes, and without an exponent."""
    said = []
    for value in row:
        if isinstance(value, bool):
            said.append("true" if value else "false")
        elif isinstance(value, float):
            said.append(np.format_float_positional(value, trim="-"))
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
