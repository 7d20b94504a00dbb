"""Where the extractors of a run go wrong: what they leaked and what they lost, by where it stands
in the pages, with the pages that show it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from boilerbench.dissection import NOWHERE, Dissection
from boilerbench.places import HIDDEN, MAIN

_Source = tuple[str | None, str | None]
_Key = tuple[str, str, str, str, str | None, str | None]

SHOWN = 5
"""How many pages a fault names."""

_PLACES = {
    MAIN: "running text",
    "heading": "headings",
    "list": "lists",
    "table": "tables",
    "code": "code",
    "quote": "quotations",
    "caption": "captions",
    "title": "titles",
    "byline": "bylines",
    "dateline": "dates",
    "author": "notes on authors",
    "header": "page headers",
    "footer": "footers",
    "aside": "asides",
    "related": "related lists",
    "share": "share buttons",
    "newsletter": "newsletter forms",
    "advert": "adverts",
    "cookie": "cookie notices",
    "paywall": "paywalls",
    "form": "forms",
    "dialog": "dialogs",
    HIDDEN: "hidden text",
}
"""What a place is called in a sentence, if not by its name."""

_OUTCOMES = {"error": "errors", "timeout": "timeouts", "crash": "crashes", "empty": "empty answers"}
"""What an outcome is called in a sentence, if not by its name."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What an extractor `leaked` or `lost` (`side`) in one place, on the pages of one `kind` of a
    corpus or, without a kind, on all of them.

    `tokens` are so many, on so many `pages`; `share` is that of all tokens that it leaked, or lost,
    on these pages. What it lost because it gave no text of a page has no `place` but an `outcome`:
    `empty`, or a failure. `worst` are page ids with their tokens, most first, `SHOWN` at most.
    """

    corpus: str
    kind: str | None
    extractor: str
    side: str
    place: str | None
    outcome: str | None
    tokens: int
    share: float
    pages: int
    worst: tuple[tuple[str, int], ...]

    @property
    def sentence(self) -> str:
        """The fault in words: `41 % of trafilatura's false tokens on forum pages come from related
        lists`."""
        named = f"{self.extractor}'s" if not self.extractor.endswith("s") else f"{self.extractor}'"
        tokens = "false tokens" if self.side == "leaked" else "lost tokens"
        pages = f" on {self.kind} pages" if self.kind else ""
        return f"{_percent(self.share)} of {named} {tokens}{pages} {self._source()}"

    def _source(self) -> str:
        if self.outcome is not None:
            return f"are due to {_OUTCOMES.get(self.outcome, self.outcome)}"
        if self.place == NOWHERE:
            return "are nowhere on the page"
        verb = "come from" if self.side == "leaked" else "stood in"
        return f"{verb} {_PLACES.get(self.place or '', self.place)}"


class Faults:
    """The faults of a run, added up page by page."""

    def __init__(self) -> None:
        self._tokens: dict[_Key, Counter[str]] = defaultdict(Counter)
        self._kinds: dict[str, set[str]] = defaultdict(set)

    def add(
        self,
        corpus: str,
        page_id: str,
        kind: str | None,
        outcomes: Mapping[str, str],
        dissection: Dissection,
    ) -> None:
        """Add a page, of which each extractor had one of `OUTCOMES`. Of those with `ok` the
        dissection must say what they leaked and lost; all others lost what the gold has."""
        self._kinds[corpus].add(kind or "")
        for extractor, outcome in outcomes.items():
            found: list[tuple[str, str | None, str | None, int]]
            if outcome == "ok":
                leaked, lost = dissection.leaked[extractor], dissection.lost[extractor]
                found = [("leaked", place, None, tokens) for place, tokens in leaked.items()]
                found += [("lost", place, None, tokens) for place, tokens in lost.items()]
            else:
                found = [("lost", None, outcome, dissection.gold_tokens)]
            for side, place, failed, tokens in found:
                if tokens:
                    self._tokens[corpus, kind or "", extractor, side, place, failed][page_id] = (
                        tokens
                    )

    def rows(self) -> list[Fault]:
        """All faults: by corpus, first of all its pages, then by kind if there are several; by
        extractor, what it leaked first, most tokens first."""
        groups: dict[tuple[str, str | None, str, str], dict[_Source, Counter[str]]] = {}
        for (corpus, kind, extractor, side, *source), pages in self._tokens.items():
            kinds = [None, kind] if kind and len(self._kinds[corpus]) > 1 else [None]
            for one in kinds:
                group = groups.setdefault((corpus, one, extractor, side), defaultdict(Counter))
                group[source[0], source[1]].update(pages)
        order = list(self._kinds)
        found = []
        for key in sorted(groups, key=lambda k: (order.index(k[0]), k[1] or "", k[2], k[3])):
            whole = sum(pages.total() for pages in groups[key].values())
            faults = [_fault(key, source, pages, whole) for source, pages in groups[key].items()]
            found += sorted(faults, key=lambda fault: (-fault.tokens, fault.sentence))
        return found


def top(faults: Iterable[Fault], extractor: str, side: str, count: int = 3) -> list[Fault]:
    """The `count` faults of an extractor with most tokens, of those that are given: of one corpus,
    say, and of one kind of page."""
    own = [fault for fault in faults if fault.extractor == extractor and fault.side == side]
    return sorted(own, key=lambda fault: -fault.tokens)[:count]


def as_json(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Faults as JSON has them: their fields, and the `sentence`."""
    return [asdict(fault) | {"sentence": fault.sentence} for fault in faults]


def _fault(
    key: tuple[str, str | None, str, str], source: _Source, pages: Counter[str], whole: int
) -> Fault:
    corpus, kind, extractor, side = key
    tokens = pages.total()
    worst = sorted(pages.items(), key=lambda page: (-page[1], page[0]))[:SHOWN]
    share = tokens / whole
    return Fault(corpus, kind, extractor, side, *source, tokens, share, len(pages), tuple(worst))


def _percent(share: float) -> str:
    return "less than 1 %" if share < 0.005 else f"{100 * share:.0f} %"
