"""The built-in extractors, and how what a user writes becomes an `ExtractorSpec`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from boilerbench.errors import UserError, unknown_name
from boilerbench.signature import Written, parse
from boilerbench.types import ExtractorSpec


@dataclass(frozen=True, slots=True)
class Builtin:
    """`adapter` is a module of `boilerbench.worker.adapters`; `requires` are the distributions
    that it imports, the extractor's own first."""

    adapter: str
    requires: tuple[str, ...]


BUILTIN = {
    "trafilatura": Builtin("trafilatura", ("trafilatura",)),
    "readability-lxml": Builtin("readability_lxml", ("readability-lxml", "html-text")),
    "justext": Builtin("justext", ("justext", "resiliparse")),
    "everything": Builtin("everything", ("html-text", "w3lib")),
    "nothing": Builtin("nothing", ()),
}


def spec(written: str) -> ExtractorSpec:
    """The spec that `written` stands for: a name, with options and a version if wanted, or
    `FILE.py:FUNCTION` for a function of the user's own; `LABEL=` before it names it anew."""
    label, what = split_label(written)
    wanted = parse(what)
    file, _, function = wanted.name.rpartition(":")
    if file.endswith(".py"):
        made = _function(what, Path(file), function, wanted)
    elif wanted.name not in BUILTIN:
        raise unknown_name("extractor", wanted.name, BUILTIN)
    else:
        builtin = BUILTIN[wanted.name]
        made = ExtractorSpec(
            name=wanted.name,
            adapter=builtin.adapter,
            version=wanted.version,
            options=wanted.options,
            requires=builtin.requires,
        )
    return replace(made, label=label)


def split_label(written: str) -> tuple[str | None, str]:
    """`LABEL=REST` as its two parts; a single equals sign after a plain word makes a label."""
    match = re.fullmatch(r"([\w.+ -]+)=(?!=)(.+)", written.strip())
    return (match[1].strip(), match[2]) if match else (None, written)


def specs(written: Iterable[str]) -> tuple[ExtractorSpec, ...]:
    """Specs in the order given; the same one twice is a mistake worth naming."""
    found: dict[str, ExtractorSpec] = {}
    for one in written:
        made = spec(one)
        if str(made) in found:
            raise UserError(
                f"extractor {str(made)!r} is named twice", "LABEL=EXTRACTOR gives it another name"
            )
        found[str(made)] = made
    return tuple(found.values())


def _function(what: str, file: Path, function: str, wanted: Written) -> ExtractorSpec:
    if not file.is_file():
        raise UserError(f"extractor {what!r}: there is no file {file}")
    if wanted.version:
        raise UserError(f"extractor {what!r}: a function in a file has no release to ask for")
    return ExtractorSpec(
        name=f"{file.name}:{function}",
        adapter=f"function:{file.resolve()}:{function}",
        options=wanted.options,
    )
