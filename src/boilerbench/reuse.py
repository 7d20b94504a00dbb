"""Taking extractions from an earlier run, where they would come out the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from boilerbench.errors import UserError
from boilerbench.store import EXTRACTION_SCHEMA, Run, write_parquet

_COSTS = ("cpu_s", "wall_s", "peak_rss")


def open_earlier(path: str | Path, output: str | Path | None = None) -> Run:
    """The run that extractions are to be taken from, for another in `output`. Raises `UserError` if
    it has none."""
    run = Run(path)
    if output is not None and Path(output).resolve() == run.path.resolve():
        raise UserError(
            f"{path} is the run to be made", "name another --output, or another --reuse"
        )
    run.check_complete()
    return run


def reusable(earlier: Run, info: Mapping[str, Any]) -> dict[str, list[str]]:
    """By corpus, the extractors of a run to be made, described by `info`, whose extractions an
    earlier run has: those of the same name and fingerprint, on the same pages."""
    pages = {entry["name"]: entry["digest"] for entry in earlier.info["corpora"]}
    known = {entry["spec"]: entry.get("fingerprint") for entry in earlier.info["extractors"]}
    same = [
        entry["spec"]
        for entry in info["extractors"]
        if entry.get("fingerprint") and known.get(entry["spec"]) == entry["fingerprint"]
    ]
    return {
        corpus["name"]: same
        for corpus in info["corpora"]
        if same and pages.get(corpus["name"]) == corpus["digest"]
    }


def why_not(earlier: Run, info: Mapping[str, Any]) -> dict[str, str]:
    """By extractor of a run to be made, why none of the earlier extractions serve."""
    able = {name for names in reusable(earlier, info).values() for name in names}
    known = {entry["spec"]: entry.get("fingerprint") for entry in earlier.info["extractors"]}
    found = {}
    for entry in info["extractors"]:
        name, fingerprint = entry["spec"], entry.get("fingerprint")
        if name in able or entry.get("members"):
            continue
        if name not in known:
            found[name] = f"which {earlier.path} has not"
        elif not fingerprint or not known[name]:
            found[name] = "of which nobody can say whether it has changed"
        elif known[name] != fingerprint:
            found[name] = "which has changed"
        else:
            found[name] = "whose pages are others"
    return found


def reuse(run: Run, earlier: Run, found: Mapping[str, Sequence[str]]) -> list[str]:
    """Copy extractions into a run that has been begun, unless it has some of that extractor on that
    corpus by now; the extractors of which some were copied. `run.json` says of each of them where
    from. What they cost was measured then, beside other work: it does not come along."""
    there = set(run.extractions().select("corpus", "extractor").unique().rows())
    wanted = [
        (corpus, name)
        for corpus, names in found.items()
        for name in names
        if (corpus, name) not in there
    ]
    if not wanted:
        return []
    names = list(dict.fromkeys(name for _, name in wanted))
    source = {"run": earlier.path.name, "started": earlier.info.get("started")}
    entries = json.loads(json.dumps(run.info["extractors"]))
    for entry in entries:
        corpora = [corpus for corpus, name in wanted if name == entry["spec"]]
        if corpora:
            entry["reused"] = {**source, "corpora": corpora}
    # Before the texts: a run that is stopped here must not take them for its own.
    run.update(extractors=entries)
    keys = pl.DataFrame(wanted, schema=["corpus", "extractor"], orient="row")
    rows = earlier.extractions().join(keys, on=["corpus", "extractor"], how="semi")
    rows = rows.with_columns(pl.lit(None, EXTRACTION_SCHEMA[name]).alias(name) for name in _COSTS)
    numbers = [int(part.stem) for part in (run.path / "extractions").glob("*.parquet")]
    part = run.path / "extractions" / f"{1 + max(numbers, default=0):06}.parquet"
    write_parquet(part, rows.select(list(EXTRACTION_SCHEMA)))
    return names
