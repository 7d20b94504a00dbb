"""What the readers of public corpora share: a broken copy is one clear error, never a traceback."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from boilerbench.corpora.manifest import fetched
from boilerbench.errors import UserError


@contextmanager
def whole_copy(folder: Path, name: str) -> Iterator[None]:
    """Turns whatever a broken or incomplete copy of the corpus `name` makes a reader raise into a
    `UserError` that names the folder and what is missing or wrong, and, where the corpus was
    fetched, how to get it again."""
    broken = f"{folder} is not a whole copy of {name}"
    again = f"get it again with: boilerbench corpora fetch {name} --force"
    hint = again if folder == fetched(name) else ""
    try:
        yield
    except UserError as problem:
        raise UserError(problem.message, problem.hint or hint) from None
    except FileNotFoundError as problem:
        raise UserError(f"{broken}: {Path(problem.filename).name} is missing", hint) from None
    except (
        OSError,
        EOFError,
        zlib.error,
        ValueError,
        RecursionError,
        LookupError,
        TypeError,
        AttributeError,
    ) as problem:
        raise UserError(f"{broken}: {_said(problem)}", hint) from None


def _said(problem: Exception) -> str:
    """What an exception says, without its class and the quotes around it."""
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.filename}: {problem.strerror}" if problem.filename else problem.strerror
    if isinstance(problem, KeyError):
        return f"no {problem.args[0]!r}"
    return str(problem) or type(problem).__name__


def json_object(file: Path) -> dict[str, Any]:
    """The JSON object in a file. Raises `ValueError` naming the file where there is none."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"{file.name}: {problem}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{file.name} holds no JSON object")
    return found


def unpacked(file: Path) -> bytes:
    """The bytes in a gzip file. Raises `ValueError` naming the file where it is damaged."""
    try:
        return gzip.decompress(file.read_bytes())
    except (gzip.BadGzipFile, EOFError, zlib.error) as problem:
        raise ValueError(f"{file.name}: {problem}") from None


def text_in(record: dict[str, Any], key: str, where: str) -> str:
    """The text under `key`. Raises `ValueError` or `TypeError` naming the place where it is
    not."""
    if key not in record:
        raise ValueError(f"{where}: no {key}")
    value = record[key]
    if not isinstance(value, str):
        raise TypeError(f"{where}: {key} is not text")
    return value


def optional_text_in(record: dict[str, Any], key: str, where: str) -> str | None:
    """The text under `key`, None where it is absent, null or empty. Raises `TypeError` for what is
    no text."""
    return text_in(record, key, where) or None if record.get(key) is not None else None


def texts_in(record: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    """The texts under `key`, none where it is null. Raises `ValueError` or `TypeError` naming the
    place where it is absent or holds something else."""
    if key not in record:
        raise ValueError(f"{where}: no {key}")
    values = record[key] or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"{where}: {key} is not a list of texts")
    return tuple(values)


def host_of(url: str | None) -> str | None:
    """The host of an address, None where there is none."""
    return urlsplit(url).hostname if url else None
