"""Extractors that a TOML file describes: a command that speaks the worker's protocol, or a service
that answers over HTTP.

    name = "mine"                                   name = "mine"
    command = ["node", "{here}/mine.mjs"]           url = "http://127.0.0.1:8000/extract"

`{here}` is the file's own folder: a worker runs in a temporary one. See `worker/PROTOCOL.md` for
what a command reads and writes, `worker/adapters/http.py` for what a service is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from boilerbench.errors import UserError, unknown_name
from boilerbench.resources import read_toml
from boilerbench.types import ExtractorSpec

_COMMAND = ("name", "command")
_ASKED = ("text", "headers", "body")  # what a service is asked with, and where its text is
_SERVICE = ("name", "url", *_ASKED)

_VARIABLE = re.compile(r"\$\{\w+\}")
_HEADER = r"[\w!#$%&'*+.^`|~-]+"
_KEY_LIKE = r"((api|access|auth|secret)[-_.]?)?(key|token)|secret|password|auth|sig(nature)?"


def from_file(file: Path, options: Mapping[str, object]) -> ExtractorSpec:
    """The extractor that the file describes. Raises `UserError` naming the key that is wrong."""
    if not file.is_file():
        raise UserError(f"there is no file {file}")
    read = read_toml(file)
    kinds = [key for key in ("command", "url") if key in read]
    known = {"command": _COMMAND, "url": _SERVICE}.get("".join(kinds), (*_COMMAND, *_SERVICE))
    for key in read:
        if key not in known:
            misspelt = unknown_name("key", key, set(known))
            raise UserError(f"{file}: {misspelt.message}", misspelt.hint)
    if len(kinds) != 1:
        raise UserError(f"{file}: it must have either command or url")
    name = read.get("name", file.stem)
    if not isinstance(name, str) or not name.strip():
        raise UserError(f"{file}: name must be text")
    if kinds == ["command"]:
        return ExtractorSpec(
            name=name, adapter="", options=options, command=_command(read["command"], file)
        )
    if options:
        raise UserError(f"{file}: a service takes its options from the file, in its body")
    return ExtractorSpec(
        name=name,
        adapter=f"http:{_url(read['url'], file)}",
        options={key: _checked(read, key, file) for key in _ASKED if key in read},
        label=name,
    )


def _url(written: Any, file: Path) -> str:
    parts = urlsplit(written) if isinstance(written, str) else None
    try:
        whole = parts and parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        if parts and parts.username is not None:
            raise UserError(
                f"{file}: url holds a name or a password, which a run would store",
                "put it into headers, as ${VARIABLE}",
            )
    except ValueError:  # a port that is no number
        whole = False
    if not parts or not whole or re.search(r"[^!-~]", written):
        raise UserError(
            f"{file}: url must be an address that begins with http:// or https://",
            "letters beyond ASCII, and spaces, as %C3%BC, %20",
        )
    if _VARIABLE.search(parts.netloc):
        raise UserError(f"{file}: url must name its host itself; variables may stand after it")
    for name, text in parse_qsl(parts.query, keep_blank_values=True):
        if re.fullmatch(_KEY_LIKE, name, re.IGNORECASE) and not _VARIABLE.search(text):
            raise UserError(
                f"{file}: {name} in url would be stored with the run as it is written",
                f"name an environment variable: {name}=${{VARIABLE}}",
            )
    return str(written)


def _checked(read: Mapping[str, Any], key: str, file: Path) -> Any:
    value = read[key]
    if key == "text" and not (isinstance(value, str) and value):
        raise UserError(f"{file}: text must be a path in the answer, such as result.text")
    if key == "headers" and not (
        isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    ):
        raise UserError(f"{file}: headers must be a table of texts")
    if key == "headers":
        for name, text in value.items():
            if not (re.fullmatch(_HEADER, name, re.ASCII) and text.isprintable()):
                raise UserError(f"{file}: {name!r} in headers is no header that can be sent")
            secret = re.search("authori[sz]ation|cookie|key|token|secret", name, re.IGNORECASE)
            if secret and not _VARIABLE.search(text):
                raise UserError(
                    f"{file}: the header {name} would be stored with the run as it is written",
                    f'name an environment variable: {name} = "${{VARIABLE}}"',
                )
    if key == "body":
        if not isinstance(value, dict):
            raise UserError(f"{file}: body must be a table, which is sent as JSON")
        try:
            json.dumps(value)
        except TypeError as problem:
            raise UserError(f"{file}: body cannot be sent as JSON: {problem}") from None
    return value


def _command(written: Any, file: Path) -> tuple[str, ...]:
    if not isinstance(written, list) or not written or not all(isinstance(w, str) for w in written):
        raise UserError(f"{file}: command must be a list of texts, the program first")
    here = str(file.resolve().parent)
    return tuple(part.replace("{here}", here) for part in written)
