"""The nouns of boilerbench: frozen values that pass from one floor to the next.

Standard library only, since a worker imports this module inside an extractor's own environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, Protocol, TypeVar, get_args

Outcome = Literal["ok", "empty", "error", "timeout", "crash", "oom"]
"""What became of one page in one extractor.

`ok`: text came back. `empty`: the extractor answered that there is none. `error`: it raised, or
returned something that is not text. `timeout`: killed at its deadline. `crash`: its process died.
`oom`: it hit its memory ceiling.
"""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

FAILURES: frozenset[Outcome] = frozenset({"error", "timeout", "crash", "oom"})
"""Outcomes that score zero on every page, even where the gold text is empty too."""


@dataclass(frozen=True, slots=True)
class Page:
    """One web page as an extractor sees it: bytes exactly as stored, and no gold.

    `kind` is the page type, in the words of WCXB: article, forum, product, collection, listing,
    documentation, service.
    """

    id: str
    html: bytes
    url: str | None = None
    lang: str | None = None
    kind: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a page's text and what it is, in the words of the corpus (`paragraph`, …)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Gold:
    """What the annotators said of one page.

    `text` is the main text. `must` and `must_not` are snippets that belong to it or do not.
    `blocks` label the text of the whole page, in its order, where the corpus has labels.
    """

    page_id: str
    text: str
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Corpus:
    """Annotated pages under one name.

    `digest` is over ids, page bytes and gold: two runs whose digests differ are not comparable.
    `pages()` streams the pages in the order of `gold`.
    """

    name: str
    version: str
    licence: str
    digest: str
    citation: str
    gold: Mapping[str, Gold]
    read_pages: Callable[[], Iterator[Page]]

    def pages(self) -> Iterator[Page]:
        """The pages, one after the other, by id."""
        return self.read_pages()

    def __len__(self) -> int:
        return len(self.gold)


@dataclass(frozen=True, slots=True)
class ExtractorSpec:
    """A configured extractor: what to load, with which options, in which environment.

    `name` is the name without options; `str(spec)` is what the user writes and the tables show.
    `version` is set only where one release was asked for. `command` starts a worker that speaks
    the protocol itself; where it is empty, `adapter` names what our own worker loads. `label` is
    what the user calls it, if anything, and then what tables show.
    """

    name: str
    adapter: str
    version: str | None = None
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    requires: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    label: str | None = None

    def __str__(self) -> str:
        if self.label:
            return self.label
        shown = ",".join(f"{k}={_option(v)}" for k, v in sorted(self.options.items()))
        return (
            self.name
            + (f"[{shown}]" if shown else "")
            + (f"=={self.version}" if self.version else "")
        )


def _option(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one extractor made of one page, and what it cost.

    Times in seconds, `peak_rss` in bytes; None where nothing could be measured (a prediction
    made elsewhere). `error` holds the reason of every failure, first line first.
    """

    page_id: str
    extractor: str
    outcome: Outcome
    text: str = ""
    error: str | None = None
    cpu_s: float | None = None
    wall_s: float | None = None
    peak_rss: int | None = None

    @property
    def failed(self) -> bool:
        """Whether this outcome scores zero whatever the gold."""
        return self.outcome in FAILURES


@dataclass(frozen=True, slots=True)
class PRF:
    """Precision, recall and F1, each from 0 to 1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Score:
    """One page, one extractor, one metric. `counts` are the numbers that the three come from."""

    page_id: str
    extractor: str
    metric: str
    precision: float
    recall: float
    f1: float
    counts: Mapping[str, float]


Prepared = TypeVar("Prepared")


class Metric(Protocol[Prepared]):
    """A configured definition of how well a text matches its gold. Pure: no I/O, no state.

    Gold is prepared once for all extractors. `counts` are small numbers per page, from which
    `page` gives that page's score and `pooled` the score of many pages taken as one.
    """

    @property
    def name(self) -> str:
        """How a user writes it: `token`, `shingle[n=5]`."""

    @property
    def signature(self) -> str:
        """All that decides its numbers, as a canonical string."""

    def prepare(self, gold: Gold) -> Prepared:
        """What `counts` needs of the gold."""

    def counts(self, prepared: Prepared, text: str) -> Mapping[str, float]:
        """The small numbers that every figure about this page follows from."""

    def page(self, counts: Mapping[str, float]) -> PRF:
        """The score of one page."""

    def aggregate(self, counts: Sequence[Mapping[str, float]]) -> PRF:
        """The score of many pages taken as one (micro)."""
