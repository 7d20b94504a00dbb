"""Suites: which corpora, extractors and metrics make up a run, in a TOML file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from boilerbench.errors import UserError, unknown_name
from boilerbench.resources import read_toml, shipped

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Suite:
    """Names as a user would write them on the command line."""

    name: str
    corpora: tuple[str, ...]
    extractors: tuple[str, ...]
    metrics: tuple[str, ...]
    protocols: tuple[str, ...]


def load_suite(name: str) -> Suite:
    """The suite in the file `name`, or the one of that name that ships with boilerbench."""
    file = Path(name)
    if file.suffix != ".toml":
        files = {file.stem: file for file in shipped("bench").glob("*.toml")}
        shipped_suites = {stem: file for stem, file in files.items() if stem != "gates"}
        if name not in shipped_suites:
            raise unknown_name("suite", name, shipped_suites)
        file = shipped_suites[name]
    read = read_toml(file)
    lists = {}
    for key in ("corpora", "extractors", "metrics", "protocols"):
        values = read.pop(key, [])
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise UserError(f"suite {file}: {key} must be a list of names")
        lists[key] = tuple(values)
    for needed, keys in (
        ("corpora", ("corpora",)),
        ("extractors", ("extractors",)),
        ("metrics or protocols", ("metrics", "protocols")),
    ):
        if not any(lists[key] for key in keys):
            raise UserError(f"suite {file} names no {needed}")
    read.pop("description", None)
    if read:
        raise UserError(f"suite {file}: unknown key {', '.join(sorted(read))}")
    return Suite(file.stem, **lists)
