"""Extractors that a TOML file describes: a command that speaks the worker's protocol, or a service
that answers over HTTP.

    name = "mine"                                   name = "mine"
    command = ["node", "{here}/mine.mjs"]           url = "http://127.0.0.1:8000/extract"

`{here}` is the file's own folder: a worker runs in a temporary one. See `worker/PROTOCOL.md` for
what a command reads and writes, `worker/adapters/http.py` for what a service is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boilerbench.errors import UserError, unknown_name
from boilerbench.resources import read_toml
from boilerbench.types import ExtractorSpec

_SERVICE = ("url", "send", "text", "headers", "method")


def from_file(file: Path, options: Mapping[str, object]) -> ExtractorSpec:
    """The extractor that the file describes. Raises `UserError` naming the key that is wrong."""
    if not file.is_file():
        raise UserError(f"there is no file {file}")
    read = read_toml(file)
    kinds = [key for key in ("command", "url") if key in read]
    if len(kinds) != 1:
        raise UserError(f"{file}: it must have either command or url")
    known = ("name", "command") if kinds == ["command"] else ("name", *_SERVICE)
    for key in read:
        if key not in known:
            raise UserError(f"{file}: {unknown_name('key', key, known)}")
    name = read.get("name", file.stem)
    if not isinstance(name, str) or not name.strip():
        raise UserError(f"{file}: name must be text")
    if kinds == ["command"]:
        return ExtractorSpec(
            name=name, adapter="", options=options, command=_command(read["command"], file)
        )
    return ExtractorSpec(
        name=name,
        adapter="http",
        options={**{key: read[key] for key in _SERVICE if key in read}, **options},
    )


def _command(written: Any, file: Path) -> tuple[str, ...]:
    if not isinstance(written, list) or not written or not all(isinstance(w, str) for w in written):
        raise UserError(f"{file}: command must be a list of texts, the program first")
    here = str(file.resolve().parent)
    return tuple(part.replace("{here}", here) for part in written)
