"""Where extractors go wrong, as the report's first page shows it, and of which pages that is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from boilerbench.dissection import NOWHERE, Dissection
from boilerbench.faults import Fault, Faults
from boilerbench.places import MAIN
from boilerbench.store import Run, write_text

SAID = 3
"""Faults of an extractor, on a kind of page, that are told in a sentence."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen of a run's pages. `pages` are those that have a view, by corpus and id, in
    their order in `pages/index.js`.

    `groups` are faults by corpus, kind, extractor and side, each `[corpus, kind, extractor, side,
    tokens, faults]`, the faults `[place, tokens, share, pages, worst, sentence]`, where `worst` are
    pages by their number with their tokens, and the sentence is null but of the first few.
    """

    pages: Mapping[tuple[str, str], int]
    groups: list[list[Any]]


def looked(run: Run, dissections: Mapping[tuple[str, str], Dissection]) -> Looked:
    """From pages that were dissected, by corpus and page id."""
    pages = {key: number for number, key in enumerate(dissections)}
    groups = []
    for key, of_group in groupby(
        _faults(run, dissections), key=lambda one: (one.corpus, one.kind, one.extractor, one.side)
    ):
        faults = list(of_group)
        shown = [_fault(one, pages, rank < SAID) for rank, one in enumerate(faults)]
        groups.append([*key, sum(one.tokens for one in faults), shown])
    return Looked(pages, groups)


def keep(run: Run, found: Looked) -> None:
    """Store it beside the views of pages, for a report that is written when the corpus is gone."""
    content = {
        "finished": run.info.get("finished"),
        "pages": list(found.pages),
        "groups": found.groups,
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    write_text(run.path / "report" / "pages" / "kept.json", text)


def kept(run: Run) -> Looked | None:
    """What was stored of this run; None if nothing was."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        stored = json.loads((run.path / "report" / "pages" / "kept.json").read_text("utf-8"))
        if stored["finished"] == run.info.get("finished"):
            pages = {(corpus, page): at for at, (corpus, page) in enumerate(stored["pages"])}
            return Looked(pages, stored["groups"])
    return None


def _faults(run: Run, dissections: Mapping[tuple[str, str], Dissection]) -> list[Fault]:
    about = run.pages().select("corpus", "page_id", "kind").iter_rows()
    kinds = {(corpus, page): kind for corpus, page, kind in about}
    outcomes: dict[tuple[str, str], dict[str, str]] = {}
    rows = run.extractions().select("corpus", "page_id", "extractor", "outcome").iter_rows()
    for corpus, page, extractor, outcome in rows:
        outcomes.setdefault((corpus, page), {})[extractor] = outcome
    found = Faults()
    for key, dissection in dissections.items():
        found.add(*key, kinds.get(key), outcomes[key], dissection)
    return found.rows()


def _fault(one: Fault, pages: Mapping[tuple[str, str], int], said: bool) -> list[Any]:
    return [
        _place(one),
        one.tokens,
        round(one.share, 4),
        one.pages,
        [[pages[one.corpus, page], tokens] for page, tokens in one.worst],
        one.sentence if said else None,
    ]


def _place(fault: Fault) -> str:
    if fault.outcome is not None:
        return f"no text ({fault.outcome})"
    place = fault.place or ""
    return {MAIN: "running text", NOWHERE: "not on the page"}.get(place, place)
