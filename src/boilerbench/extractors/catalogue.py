"""The built-in extractors, and how what a user writes becomes an `ExtractorSpec`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from boilerbench.errors import UserError, unknown_name
from boilerbench.signature import parse
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

REFERENCE_LINES = ("everything", "nothing")


def spec(written: str) -> ExtractorSpec:
    """The spec that `written` stands for: a name, with options and a version if wanted, or
    `FILE.py:FUNCTION` for a function of the user's own."""
    wanted = parse(written)
    file, _, function = wanted.name.rpartition(":")
    if file.endswith(".py"):
        return _function(written, Path(file), function, wanted.options)
    if wanted.name not in BUILTIN:
        raise unknown_name("extractor", wanted.name, BUILTIN)
    builtin = BUILTIN[wanted.name]
    return ExtractorSpec(
        name=wanted.name,
        adapter=builtin.adapter,
        version=wanted.version,
        options=wanted.options,
        requires=builtin.requires,
    )


def specs(written: Iterable[str]) -> tuple[ExtractorSpec, ...]:
    """Specs in the order given; the same one twice is a mistake worth naming."""
    found: dict[str, ExtractorSpec] = {}
    for one in written:
        made = spec(one)
        if str(made) in found:
            raise UserError(f"extractor {str(made)!r} is named twice")
        found[str(made)] = made
    return tuple(found.values())


def _function(
    written: str, file: Path, function: str, options: Mapping[str, object]
) -> ExtractorSpec:
    if not file.is_file():
        raise UserError(f"extractor {written!r}: there is no file {file}")
    return ExtractorSpec(
        name=f"{file.name}:{function}",
        adapter=f"function:{file.resolve()}:{function}",
        options=options,
    )
