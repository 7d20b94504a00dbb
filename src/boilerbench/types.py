"""The nouns of boilerbench: frozen values that pass from one floor to the next.

Standard library only, since a worker imports this module inside an extractor's own environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

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
    `markdown` is the main text with its headings, lists, tables and code, where the corpus has it.
    `level` is how hard they found the page: easy, medium, hard.
    """

    page_id: str
    text: str
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    markdown: str = ""
    level: str | None = None


ALL_CORPORA = "all corpora"
"""Stands for the corpus in figures that are means over all of a run's; none may be called so."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a user picks from each corpus; by default all pages with the gold as it is.

    `kinds`, `langs` and `sites` keep pages that are one of the named; `sample` of what is left
    keeps that many pages, or all if there are fewer. The same `seed` takes the same pages of a
    corpus on every machine, and a smaller sample is part of a larger one. With `strata`
    (`kind`, `lang`, …) each combination of them has the share of the sample that it has of the
    corpus.
    `gold` is another reading of labelled blocks: the kinds that are gold, or, each with a sign
    before it, what is added to the corpus's own reading (`+title`) or taken from it (`-table`).
    """

    kinds: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    sample: int | None = None
    seed: int = 0
    gold: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()

    @classmethod
    def stored(cls, said: Mapping[str, object]) -> Selection:
        """From JSON, where tuples are lists and what is not said is the default. Raises
        `UserError` for what this boilerbench does not know of a selection."""
        from boilerbench.errors import UserError  # a worker has no need of it

        known = {one.name for one in fields(cls)}
        for key, value in said.items():
            if key not in known:
                raise UserError(
                    f"a selection of pages has no {key!r}",
                    "a newer boilerbench may have written it",
                )
            if key in ("sample", "seed"):
                right = value is None or isinstance(value, int)
            else:
                right = isinstance(value, list | tuple) and all(
                    isinstance(one, str) for one in value
                )
            if not right:
                raise UserError(f"{key} of a selection of pages cannot be {value!r}")
        given = {k: tuple(v) if isinstance(v, list) else v for k, v in said.items()}
        return cls(**given)  # type: ignore[arg-type]

    def __str__(self) -> str:
        """As a user would write it; empty where nothing was picked."""
        picked = [("kind", self.kinds), ("lang", self.langs), ("site", self.sites)]
        said = [f"{name} {', '.join(values)}" for name, values in picked if values]
        if self.sample is not None:
            by = f" by {' and '.join(self.strata)}" if self.strata else ""
            said.append(f"sample {self.sample}{by} seed {self.seed}")
        if self.gold:
            said.append(f"gold {', '.join(self.gold)}")
        return "; ".join(said)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Annotated pages under one name.

    `digest` is over ids, page bytes and gold: two runs whose digests differ are not comparable.
    `pages()` streams the pages in the order of `gold`; `about` has for each id what is known of the
    page besides (`url`, `lang`, `kind`, `site`, `level`, each may be None), `path` where it was
    read from. `reading` are the kinds of labelled blocks that make up the gold text, where the
    corpus says so. `selection` says what was picked of the whole corpus, `unselected` has the ids
    of the pages that were not. `whole` is the digest of that corpus, where the gold of the picked
    pages is as it was.
    """

    name: str
    version: str
    licence: str
    digest: str
    citation: str
    gold: Mapping[str, Gold]
    read_pages: Callable[[], Iterator[Page]]
    about: Mapping[str, Mapping[str, str | None]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    path: Path | None = None
    reading: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)
    unselected: frozenset[str] = frozenset()
    whole: str | None = None

    def pages(self) -> Iterator[Page]:
        """The pages, one after the other, by id."""
        return self.read_pages()

    def __len__(self) -> int:
        return len(self.gold)


@dataclass(frozen=True, slots=True)
class ExtractorSpec:
    """A configured extractor: what to load, with which options, in which environment.

    `name` is the name without options; `str(spec)` is what the user writes and the tables show.
    `version` is set only where one release was asked for. `requires` are the packages that it
    needs, as uv or npm read them, its own first; `environment` is the folder that holds them where
    this Python does not. `command` starts a worker that speaks the protocol itself; where it is
    empty, `adapter` names what our own worker for the `runtime` loads. `label` is what the user
    calls it, if anything, and then what tables show. `members` are those whose texts a vote is
    made of; it has no worker of its own.
    """

    name: str
    adapter: str
    version: str | None = None
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    requires: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    label: str | None = None
    runtime: Literal["python", "node"] = "python"
    environment: str | None = None
    members: tuple[ExtractorSpec, ...] = ()

    @property
    def is_service(self) -> bool:
        """Whether it answers over HTTP, and is no program that runs here."""
        return self.adapter.startswith("http:")

    def __str__(self) -> str:
        if self.label:
            return self.label
        shown = ",".join(f"{k}={_option(v)}" for k, v in sorted(self.options.items()))
        if self.members:
            return f"{self.name}({', '.join(map(str, self.members))}; {shown})"
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
class Score:
    """One text against its gold by one metric: from 0 to 1, NaN where a figure has nothing to say.

    `counts` are the numbers that the figures come from, `more` the figures that only some metrics
    have (`accuracy`), `signature` that of the metric.
    """

    precision: float
    recall: float
    f1: float
    counts: Mapping[str, float]
    more: Mapping[str, float]
    signature: str
