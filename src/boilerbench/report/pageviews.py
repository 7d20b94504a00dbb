"""The views of single pages: what `page.html` shows, one page after the other.

    RUN/report/page.html#CORPUS/PAGE[/EXTRACTOR]    the view, each part percent-encoded
    RUN/report/pages/index.js                       what pages there are
    RUN/report/pages/0017.js                        gold, texts, differences and scores of page 17
    RUN/report/pages/0017.page.js                   its inert copy

A page opened from disk may load scripts, but fetch nothing. Each file therefore calls a function
with one JSON literal: `boilerbenchPages(index)`, `boilerbenchPage(data)`, `boilerbenchCopy(data)`,
where data are `{"number", "json"}` or, where that is shorter, `{"number", "gzip"}`, the same JSON
compressed and in base64. Files are numbered: no name comes from a corpus.
"""

from __future__ import annotations

import base64
import gzip
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from importlib.resources import files
from itertools import chain, islice
from pathlib import Path
from types import ModuleType
from typing import Any

from boilerbench.dissection import Dissection, dissect
from boilerbench.dom import placed_page
from boilerbench.metrics import metric as metric_named
from boilerbench.report.diff import Words, cut, diff
from boilerbench.report.original import inert
from boilerbench.report.script import called, literal
from boilerbench.staging import staging
from boilerbench.store import Run, write_text
from boilerbench.types import OUTCOMES, Corpus, Gold, Outcome, Page

IN_PROCESS = 40
"""Pages up to which starting processes takes longer than it saves."""

_AHEAD = 8
"""Pages for each process that are in memory at once."""

_LEVEL = 4
"""Of compression: 6 takes twice the time for a tenth less."""

_ADDRESS = 120
"""Characters of an address that the list of all pages has."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one extractor made of a page."""

    outcome: Outcome
    error: str | None
    cpu_s: float | None
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """A page to be shown. `answers` are in the order of `extractors`, None where one was not run on
    it; so are, for each metric, the `scores`, figures in the order of the index."""

    number: int
    corpus: str
    page: Page
    gold: Gold
    extractors: Sequence[str]
    answers: Sequence[Answer | None]
    scores: Sequence[Sequence[Sequence[float | None] | None]]


def write_pageviews(
    run: Run, corpora: Mapping[str, Corpus], *, processes: int | None = None
) -> dict[tuple[str, str], Dissection]:
    """Write the views of all pages of those corpora into the run's report, in place of those that
    are there. What leaked and was lost on each page, by corpus and page id; the dissections are
    without their blocks.

    By default as many processes share the work as there are cores for us.
    """
    report = run.path / "report"
    found = {}
    with staging(report / "pages") as stage:
        stage.whole.mkdir()
        index = _Index(run)
        for view, dissection in _written(_views(run, corpora, index), stage.whole, processes):
            index.add(view)
            found[view.corpus, view.page.id] = dissection
        write_text(stage.whole / "index.js", called("boilerbenchPages", index.content()))
        stage.put(replace=True)
    package = files("boilerbench.report")
    (report / "assets").mkdir(exist_ok=True)
    write_text(report / "page.html", (package / "templates/page.html").read_text("utf-8"))
    for name in ("page.js", "page.css", "signs.js", "theme.js"):
        write_text(report / "assets" / name, (package / "assets" / name).read_text("utf-8"))
    return found


class _Index:
    """What `index.js` says. Of each page it has `[corpus, id, url, kind, lang, level, figures,
    outcomes, spread]`: `corpus` as a number; `figures` the F1 by the run's first metric (its recall
    if it has no F1) for each extractor, in thousandths, null where there is none; `outcomes` a
    digit for each extractor, its place in `outcomes`, or `-`, where an empty answer to an empty
    gold is `ok`; `spread` the range of the figures."""

    def __init__(self, run: Run) -> None:
        self.extractors = [entry["spec"] for entry in run.info["extractors"]]
        self.metrics = [
            (entry, _figures(run.scores(entry["name"]).columns, entry["signature"]))
            for entry in run.info["metrics"]
        ]
        self._corpora: list[str] = []
        self._pages: list[list[Any]] = []
        names = self.metrics[0][1]
        self._shown = [names.index(name) for name in ("f1", "recall") if name in names]

    def add(self, view: View) -> None:
        """Add a page."""
        if view.corpus not in self._corpora:
            self._corpora.append(view.corpus)
        figures = [self._figure(values) for values in view.scores[0]]
        known = [figure for figure in figures if figure is not None]
        page = view.page
        self._pages.append(
            [
                self._corpora.index(view.corpus),
                page.id,
                _shortened(page.url),
                page.kind,
                page.lang,
                view.gold.level,
                figures,
                "".join(_outcome(answer, view.gold) for answer in view.answers),
                max(known) - min(known) if known else 0,
            ]
        )

    def content(self) -> dict[str, Any]:
        """All of it."""
        return {
            "corpora": self._corpora,
            "extractors": self.extractors,
            "metrics": [
                {
                    "name": entry["name"],
                    "signature": entry["signature"],
                    "about": metric_named(entry["signature"]).about.sentence,
                    "figures": figures,
                }
                for entry, figures in self.metrics
            ],
            "outcomes": OUTCOMES,
            "pages": self._pages,
        }

    def _figure(self, values: Sequence[float | None] | None) -> int | None:
        for place in self._shown if values else ():
            value = values[place] if values else None
            if value is not None:
                return round(1000 * value)
        return None


def _figures(columns: Sequence[str], signature: str) -> list[str]:
    """The figures among the columns of a metric's scores, precision, recall and F1 first."""
    other = {"corpus", "extractor", "page_id", "outcome", "answerable", "metric", "signature"}
    other |= set(metric_named(signature).counted)
    names = [name for name in columns if name not in other]
    return sorted(names, key=lambda name: name not in ("precision", "recall", "f1"))


def _shortened(address: str | None) -> str | None:
    if address is None or len(address) <= _ADDRESS:
        return address
    return address[: _ADDRESS - 1] + "…"


def _views(run: Run, corpora: Mapping[str, Corpus], index: _Index) -> Iterator[View]:
    """Every page of the corpora, with what the run has of it."""
    places = {extractor: place for place, extractor in enumerate(index.extractors)}
    answers: dict[tuple[str, str], list[Answer | None]] = {}
    columns = ("corpus", "page_id", "extractor", "outcome", "error", "cpu_s", "text")
    for corpus, page_id, extractor, *rest in run.extractions().select(columns).iter_rows():
        row = answers.setdefault((corpus, page_id), [None] * len(places))
        row[places[extractor]] = Answer(*rest)
    scores: dict[tuple[str, str], list[list[list[float | None] | None]]] = {}
    for number, (entry, figures) in enumerate(index.metrics):
        frame = run.scores(entry["name"]).select("corpus", "page_id", "extractor", *figures)
        for corpus, page_id, extractor, *values in frame.iter_rows():
            of_page = scores.setdefault(
                (corpus, page_id), [[None] * len(places) for _ in index.metrics]
            )
            of_page[number][places[extractor]] = values
    number = 0
    for corpus in corpora.values():
        for page in corpus.pages():
            key = corpus.name, page.id
            if key in answers:
                gold = corpus.gold[page.id]
                yield View(
                    number,
                    corpus.name,
                    page,
                    gold,
                    index.extractors,
                    answers.pop(key),
                    scores.pop(key),
                )
                number += 1


def _written(
    views: Iterator[View], folder: Path, processes: int | None
) -> Iterator[tuple[View, Dissection]]:
    """Write the pages, a few ahead of the one that is given back."""
    first = list(islice(views, IN_PROCESS))
    views = chain(first, views)
    processes = processes or len(os.sched_getaffinity(0))
    if len(first) < IN_PROCESS or processes == 1:
        yield from ((view, _write(folder, view)) for view in views)
        return
    waiting: deque[tuple[View, Future[Dissection]]] = deque()
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        for view in views:
            with _nothing_to_import():
                waiting.append((view, pool.submit(_write, folder, view)))
            if len(waiting) >= _AHEAD * processes:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()


@contextmanager
def _nothing_to_import() -> Iterator[None]:
    """A process that starts meanwhile does not run the user's script again, as it otherwise would:
    a script need not expect that of us, and it takes time."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _write(folder: Path, view: View) -> Dissection:
    """Write the files of a page; what leaked and was lost there."""
    page = placed_page(view.page.html)
    found = zip(view.extractors, view.answers, strict=True)
    texts = {extractor: answer.text for extractor, answer in found if answer}
    dissection = dissect(page.blocks, view.gold, texts)
    content = _content(view, dissection)
    name = f"{view.number:04}"
    write_text(folder / f"{name}.js", _packed("boilerbenchPage", view.number, content))
    copy = astuple(inert(page))
    write_text(folder / f"{name}.page.js", _packed("boilerbenchCopy", view.number, copy))
    if not _compared(view.gold):
        nothing: dict[str, dict[str, int]] = {extractor: {} for extractor in texts}
        dissection = replace(dissection, leaked=nothing, lost=nothing)
    return replace(dissection, blocks=())


def _compared(gold: Gold) -> bool:
    """Whether texts are compared with the gold text: snippets say nothing of the rest."""
    return bool(gold.text.strip() or not (gold.must or gold.must_not))


def _content(view: View, dissection: Dissection) -> dict[str, Any]:
    page, gold = view.page, view.gold
    compared = _compared(gold)
    wanted = cut(gold.text)
    texts = {answer.text for answer in view.answers if answer and compared}
    differences = {text: _difference(wanted, text) for text in texts}
    extractors: list[dict[str, Any] | None] = []
    for extractor, answer in zip(view.extractors, view.answers, strict=True):
        if answer is None:
            extractors.append(None)
            continue
        held = [n for n, block in enumerate(dissection.blocks) if extractor in block.held_by]
        one = {
            "outcome": answer.outcome,
            "error": answer.error,
            "cpu": None if answer.cpu_s is None else round(1000 * answer.cpu_s, 2),
            "text": answer.text,
            "held": held,
        }
        extractors.append(one | differences.get(answer.text, {}))
    spaced = [" ".join(answer.text.split()) if answer else None for answer in view.answers]
    return {
        "corpus": view.corpus,
        "id": page.id,
        "url": page.url,
        "kind": page.kind,
        "lang": page.lang,
        "site": page.site,
        "level": gold.level,
        "gold": gold.text,
        "blocks": [n for n, block in enumerate(dissection.blocks) if block.in_gold],
        "snippets": [
            [wanted, snippet, _having(spaced, snippet)]
            for wanted, snippets in ((1, gold.must), (0, gold.must_not))
            for snippet in snippets
        ],
        "scores": view.scores,
        "extractors": extractors,
    }


def _outcome(answer: Answer | None, gold: Gold) -> str:
    if answer is None:
        return "-"
    right = answer.outcome == "empty" and not (gold.text.strip() or gold.must)
    return str(OUTCOMES.index("ok" if right else answer.outcome))


def _difference(gold: Words, text: str) -> dict[str, Any]:
    found = diff(gold, cut(text))
    return {
        "diff": [length for stretch in found.stretches for length in stretch],
        "missing": found.missing,
        "extra": found.extra,
    }


def _having(texts: Sequence[str | None], snippet: str) -> str:
    """A digit for each text, whether it has the snippet."""
    snippet = " ".join(snippet.split())
    return "".join(str(int(text is not None and snippet in text)) for text in texts)


def _packed(function: str, number: int, content: object) -> str:
    """A call with the content as it is, or compressed if that is shorter."""
    plain = literal(content)
    # Not the time: the same run gives the same files.
    small = base64.b64encode(gzip.compress(plain.encode("utf-8"), _LEVEL, mtime=0)).decode("ascii")
    if len(small) < len(plain):
        return called(function, {"number": number, "gzip": small})
    return called(function, {"number": number, "json": content})
