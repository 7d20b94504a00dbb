"""The corpora that a run was made on, read again for its report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from boilerbench.corpora import load_corpus
from boilerbench.corpora.manifest import known
from boilerbench.errors import UserError
from boilerbench.store import Run
from boilerbench.types import Corpus, Selection


def reloaded(run: Run) -> tuple[dict[str, Corpus], dict[str, str]]:
    """The run's corpora by name, read from where they were; and of those that are not there any
    more, or are not the same, the reasons."""
    found: dict[str, Corpus] = {}
    missing: dict[str, str] = {}
    for entry in run.info["corpora"]:
        reason = "the run does not say where it was"
        for load in _ways(entry):
            try:
                corpus = load()
            except (UserError, OSError) as problem:
                reason = str(problem).partition("\n")[0]
                continue
            if corpus.digest == entry["digest"] and corpus.name == entry["name"]:
                found[corpus.name] = corpus
                break
            reason = f"it has changed since: its digest is {corpus.digest[:19]} now"
        else:
            missing[entry["name"]] = reason
    return found, missing


def _ways(entry: Mapping[str, Any]) -> Iterator[Callable[[], Corpus]]:
    """How a corpus may be read again: a known one by its name, one of the user's by its path."""
    path = entry.get("path")
    selection = Selection.stored(entry.get("selection") or {})
    manifest = known().get(entry["name"].partition(":")[0])
    if path:
        yield partial(load_corpus, path, None, selection)
    if manifest is not None:
        source = path if manifest.folder is None else None
        yield partial(load_corpus, entry["name"], source, selection)
