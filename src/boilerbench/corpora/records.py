"""Corpora as records: a JSONL or Parquet file with `id`, `html` and `text`, and optionally `url`,
`lang`, `kind`, `site`, `must`, `must_not`, `blocks`, `markdown` and `level`.

JSON holds text only: a page whose bytes are not UTF-8 has them in `html_base64` instead of `html`.
"""

from __future__ import annotations

import base64
import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from boilerbench.errors import UserError
from boilerbench.text import has_lone_surrogate
from boilerbench.types import Block, Gold, Page

LEVELS = ("easy", "medium", "hard")

_REQUIRED = ("id", "html", "text")
_OPTIONAL = ("must", "must_not", "blocks", "markdown", "level", "url", "lang", "kind", "site")
_FIELDS = frozenset({*_REQUIRED, *_OPTIONAL, "html_base64"})


def read(file: Path) -> Iterator[tuple[Page, Gold]]:
    """Pages with their gold, sorted by id. Raises `UserError` naming the record that is broken."""
    return read_parquet(file) if file.suffix == ".parquet" else read_jsonl(file)


def read_jsonl(file: Path) -> Iterator[tuple[Page, Gold]]:
    """The same of a JSONL file, whatever its name."""
    return _sorted(file, ((f"{file}, line {n}", record) for n, record in json_lines(file)))


def read_parquet(file: Path) -> Iterator[tuple[Page, Gold]]:
    """The same of a Parquet file, whatever its name."""
    return _sorted(file, ((f"{file}, row {n}", record) for n, record in _rows(file)))


def _sorted(
    file: Path, found: Iterable[tuple[str, Mapping[str, Any]]]
) -> Iterator[tuple[Page, Gold]]:
    records = [(page_of(record, where), gold_of(record, where)) for where, record in found]
    records.sort(key=lambda pair: pair[0].id)
    for (page, _), (following, _) in pairwise(records):
        if page.id == following.id:
            raise UserError(f"{file} holds the id {page.id!r} twice")
    yield from records


def page_of(record: Mapping[str, Any], where: str) -> Page:
    """`html` may be bytes, which stay as they are, or text, which becomes UTF-8."""
    return Page(
        id=id_of(record, where),
        html=_html(record, where),
        **{name: _optional(record, name, where) for name in ("url", "lang", "kind", "site")},
    )


def gold_of(record: Mapping[str, Any], where: str) -> Gold:
    """The gold of a record; `where` names its place in an error. Fields of any other name may be
    there, but for one that looks like a misspelt one of ours."""
    for name in record.keys() - _FIELDS:
        if close := difflib.get_close_matches(name.lower(), _OPTIONAL, n=1, cutoff=0.8):
            raise UserError(f"{where}: unknown field {name!r}", f"did you mean {close[0]}?")
    return Gold(
        page_id=id_of(record, where),
        text=_field(record, "text", where, (str,)),
        must=_strings(record, "must", where),
        must_not=_strings(record, "must_not", where),
        blocks=_blocks(record, where),
        markdown=_optional(record, "markdown", where) or "",
        level=_level(record, where),
    )


def _level(record: Mapping[str, Any], where: str) -> str | None:
    level = _optional(record, "level", where)
    if level is not None and level not in LEVELS:
        raise UserError(f"{where}: level is {level!r}", f"it can be {', '.join(LEVELS)}")
    return level


def _html(record: Mapping[str, Any], where: str) -> bytes:
    encoded = record.get("html_base64")
    if encoded is None:
        html: str | bytes = _field(record, "html", where, (str, bytes))
        # A lone surrogate can stand in JSON; it must not stop the reading of a corpus.
        return html.encode("utf-8", "surrogatepass") if isinstance(html, str) else html
    if record.get("html") is not None:
        raise UserError(f"{where}: html and html_base64 are both there")
    try:
        return base64.b64decode(_field(record, "html_base64", where, (str,)), validate=True)
    except ValueError as problem:
        raise UserError(f"{where}: html_base64 is not Base64: {problem}") from None


def _rows(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import polars as pl

    try:
        frame = pl.read_parquet(file, glob=False)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise UserError(f"cannot read {file}: {problem}") from None
    yield from enumerate(frame.iter_rows(named=True), 1)


def json_lines(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file with their line numbers; empty lines are passed over."""
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    record = json.loads(line)
                    if not isinstance(record, dict):
                        raise UserError(f"{file}, line {number}: not a JSON object")
                    yield number, record
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(f"cannot read {file}: {problem}") from None
    except (ValueError, RecursionError) as problem:
        reason = problem.msg if isinstance(problem, json.JSONDecodeError) else problem
        raise UserError(f"{file}, line {number}: not JSON: {reason}") from None


def id_of(record: Mapping[str, Any], where: str) -> str:
    """The id of a record, a text or a whole number."""
    value = record.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value:
        raise UserError(f"{where}: no id", _misspelt(record, "id"))
    if has_lone_surrogate(value):
        raise UserError(f"{where}: the id {value!r} holds a lone surrogate")
    return value


def _field(record: Mapping[str, Any], name: str, where: str, kinds: tuple[type, ...]) -> Any:
    value = record.get(name)
    if not isinstance(value, kinds):
        raise UserError(
            f"{where}: {name} is missing or not text",
            _misspelt(record, name) or "a record needs id, html and text",
        )
    return value


def _misspelt(record: Mapping[str, Any], name: str) -> str:
    """A hint at the field that may be the missing one, misspelt; empty where there is none."""
    others = {key.lower(): key for key in sorted(record.keys() - _FIELDS)}
    close = difflib.get_close_matches(name, others, n=1, cutoff=0.6)
    return f"it has {others[close[0]]!r}: did you mean {name}?" if close else ""


def _optional(record: Mapping[str, Any], name: str, where: str) -> str | None:
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise UserError(f"{where}: {name} must be text")
    if value and has_lone_surrogate(value):
        raise UserError(f"{where}: {name} holds a lone surrogate")
    return value or None


def _strings(record: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    values = record.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise UserError(f"{where}: {name} must be a list of texts")
    return tuple(values)


def _blocks(record: Mapping[str, Any], where: str) -> tuple[Block, ...]:
    values = record.get("blocks") or []
    if not isinstance(values, list) or not all(map(_is_block, values)):
        raise UserError(f"{where}: blocks must be a list of {{kind, text}}")
    return tuple(Block(value["kind"], value["text"]) for value in values)


def _is_block(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(k), str) for k in ("kind", "text"))
