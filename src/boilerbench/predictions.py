"""Outputs that were made elsewhere, as Extractions.

A folder of `ID.txt`; JSON lines with `id` and `text`, or `error` where the system failed; or the
JSON of scrapinghub's benchmark, `{id: {"articleBody"}}`, plain or wrapped as
`{"version", "output": {…}}`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boilerbench.corpora.records import id_of, json_lines
from boilerbench.errors import UserError
from boilerbench.text import has_lone_surrogate
from boilerbench.types import Extraction


@dataclass(frozen=True, slots=True)
class Predictions:
    """One system's texts by page id, and what it failed with on other pages. A text of None is the
    system's own word for nothing."""

    name: str
    version: str | None
    texts: dict[str, str | None]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> set[str]:
        """Of the pages that something is said of."""
        return {*self.texts, *self.errors}

    @property
    def digest(self) -> str:
        """Of all that is said: predictions that changed are not those that were scored."""
        said = [self.texts, self.errors] if self.errors else self.texts
        canonical = json.dumps(said, sort_keys=True).encode()
        return f"sha256:{hashlib.sha256(canonical).hexdigest()}"


def read_predictions(path: Path, name: str | None = None) -> Predictions:
    """Read a folder or a file; its stem names the system unless `name` does."""
    texts: dict[str, str | None]
    errors: dict[str, str] = {}
    version = None
    if path.is_dir():
        texts = {file.stem: _text(file) for file in sorted(path.glob("*.txt"))}
    elif not path.is_file():
        raise UserError(f"no such predictions: {path}")
    elif path.suffix == ".jsonl":
        texts, errors = _lines(path)
    elif path.suffix == ".json":
        texts, version = _scrapinghub(path)
    else:
        raise UserError(
            f"cannot tell what {path} is", "give a folder of ID.txt, a .jsonl or a .json file"
        )
    if not (texts or errors):
        raise UserError(f"no predictions in {path}")
    # A folder has no ending to leave out: trafilatura-2.3 is a name.
    name = name or (path.resolve().name if path.is_dir() else path.stem)
    for text in (name, version or "", *texts, *errors, *errors.values()):
        if has_lone_surrogate(text):
            raise UserError(f"{path}: {text!r} holds a lone surrogate")
    return Predictions(name, version, texts, errors)


def extractions(predictions: Predictions, page_ids: Collection[str]) -> Iterator[Extraction]:
    """One Extraction for every page of the corpus; a page without a prediction is an error."""
    for page_id in page_ids:
        if page_id not in predictions.texts:
            error = predictions.errors.get(page_id, "missing: no prediction for this page")
            yield Extraction(page_id, predictions.name, "error", error=error)
            continue
        text = predictions.texts[page_id] or ""
        try:
            text.encode()
        except UnicodeEncodeError as problem:
            error = f"a lone surrogate at position {problem.start}: not text"
            yield Extraction(page_id, predictions.name, "error", error=error)
            continue
        yield Extraction(page_id, predictions.name, "ok" if text.strip() else "empty", text=text)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(f"cannot read {file}: {problem}") from None


def _lines(path: Path) -> tuple[dict[str, str | None], dict[str, str]]:
    texts: dict[str, str | None] = {}
    errors: dict[str, str] = {}
    for number, record in json_lines(path):
        where = f"{path}, line {number}"
        page_id = id_of(record, where)
        if ("text" in record) == ("error" in record):
            raise UserError(f"{where}: a prediction needs id and text, or id and error")
        if page_id in texts or page_id in errors:
            raise UserError(f"{where}: the id {page_id!r} stands there twice")
        if "text" in record:
            texts[page_id] = _checked(record["text"], where)
        elif isinstance(record["error"], str):
            errors[page_id] = record["error"]
        else:
            raise UserError(f"{where}: error is not a string")
    return texts, errors


def _scrapinghub(path: Path) -> tuple[dict[str, str | None], str | None]:
    try:
        read = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_unique)
    except (OSError, ValueError, RecursionError) as problem:
        raise UserError(f"cannot read {path}: {problem}") from None
    version = None
    if isinstance(read, dict) and isinstance(read.get("output"), dict):
        stated = read.get("version")
        version, read = None if stated is None else str(stated), read["output"]
    if not isinstance(read, dict):
        raise UserError(f'{path} must hold {{id: {{"articleBody": text}}}}')
    texts = {}
    for page_id, entry in read.items():
        if not isinstance(entry, dict) or "articleBody" not in entry:
            raise UserError(f'{path}: {page_id!r} is not {{"articleBody": text}}')
        texts[page_id] = _checked(entry["articleBody"], f"{path}: {page_id!r}")
    return texts, version


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, unless it says two things under one key."""
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(k for k in keys if keys.count(k) > 1)!r} stands there twice")
    return made


def _checked(value: Any, where: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise UserError(f"{where}: text is a {type(value).__name__}, not a string")
    return value
