"""Does a page get the same answer, however often, in whatever order, in whatever process?"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from boilerbench.conformance.finding import Finding
from boilerbench.conformance.session import Session
from boilerbench.execution.process import Limits
from boilerbench.execution.start import start_command
from boilerbench.types import Extraction, ExtractorSpec, Page

REPEATS = 8
"""Of a page in a row: a cache has been seen that shortens every fourth."""

_LEAST = 2
"""Pages that are judged, however slow the extractor is; with one there is no order."""

_LEAST_REPEATS = 4
_HASH_SEED = 4711


class Determinism:
    """Knows the first answer to each page, and compares all others with it. `seconds` is how long
    each of its checks may go on for; one that is slower sees fewer pages."""

    def __init__(self, pages: Sequence[Page], seconds: float) -> None:
        self._pages = pages
        self._seconds = seconds
        self._first: dict[str, Extraction] = {}

    @property
    def answered(self) -> bool:
        """Whether there is an answer to any page, so that there is something to compare."""
        return bool(self._known())

    def answers(self, session: Session) -> Finding:
        """Every page gets an answer, if only that there is no text."""
        begun, failures = time.monotonic(), []
        for page in self._pages:
            if len(self._first) >= _LEAST and time.monotonic() - begun > self._seconds:
                break
            extraction = session.extract(page)
            self._first[page.id] = extraction
            if extraction.failed:
                reason = (extraction.error or "").partition("\n")[0]
                failures.append(f"{page.id}: {extraction.outcome}: {reason}")
        tried = len(self._first)
        cut = "" if tried == len(self._pages) else f" in {self._seconds:g} s"
        if failures:
            seen = f"{len(failures)} of {tried} failed{cut}; {failures[0]}"
            return Finding("ordinary pages", "fail", seen)
        empty = sum(extraction.outcome == "empty" for extraction in self._first.values())
        seen = f"{tried} pages of gazette answered{cut}"
        return Finding(
            "ordinary pages", "pass", seen + (f", {empty} without text" if empty else "")
        )

    def repeated(self, session: Session) -> Finding:
        """Each page several times in a row."""
        pages = [page for page in self._known() for _ in range(REPEATS)]
        compared = self._comparison()
        compared.add(session, pages, _LEAST_REPEATS)
        return compared.finding("repeated pages", f"{REPEATS} times in a row")

    def reordered(self, session: Session, rounds: int) -> Finding:
        """All pages, backwards and in other orders."""
        known = self._known()
        if len(known) < _LEAST:
            return Finding("other orders", "skipped", "only one page was answered")
        pages = list(reversed(known))
        for number in range(1, rounds):
            pages += random.Random(number).sample(known, len(known))  # noqa: S311
        compared = self._comparison()
        compared.add(session, pages, _LEAST)
        return compared.finding("other orders", f"{rounds} orders")

    def new_processes(
        self, spec: ExtractorSpec, limits: Limits, odd: list[str], count: int
    ) -> Finding:
        """All pages in new processes, each of which begins with another page."""
        known, compared = self._known(), self._comparison()
        for number in range(1, count + 1):
            if compared.differing:
                break
            start = number * len(known) // (count + 1)
            with Session(spec, limits, odd) as session:
                # At least one page of each: what differs by process differs there.
                compared.add(session, known[start:] + known[:start], 1)
        return compared.finding("new processes", f"in {count} more")

    def hash_seed(self, spec: ExtractorSpec, limits: Limits, odd: list[str]) -> Finding:
        """All pages where Python's sets are in another order. In a run the seed is always the same;
        elsewhere it is not, and an extractor whose text depends on it gives other figures there."""
        if spec.command or spec.runtime != "python":
            return Finding("hash seed", "skipped", "it is no Python worker of boilerbench")
        seed = f"PYTHONHASHSEED={_HASH_SEED}"
        other = replace(spec, command=("env", seed, *start_command(spec)))
        compared = self._comparison()
        with Session(other, limits, odd) as session:
            compared.add(session, self._known(), _LEAST)
        return compared.finding("hash seed", "where sets are in disorder")

    def still_serves(self, session: Session) -> str | None:
        """After hostile pages: what is wrong with the answer to an ordinary one, if anything."""
        (page,) = self._known()[:1]
        return _difference(self._first[page.id], session.extract(page), 2)

    def _known(self) -> list[Page]:
        """The pages that were answered; a failure is a finding already, and costs time."""
        first = self._first
        return [page for page in self._pages if page.id in first and not first[page.id].failed]

    def _comparison(self) -> _Comparison:
        return _Comparison(self._first, self._seconds)


class _Comparison:
    """Answers beside the first ones, for so many seconds from now on."""

    def __init__(self, first: Mapping[str, Extraction], seconds: float) -> None:
        self.differing: dict[str, str] = {}
        self._first = first
        self._seconds = seconds
        self._begun = time.monotonic()
        self._times: Counter[str] = Counter()
        self._left = 0

    def add(self, session: Session, pages: Sequence[Page], least: int) -> None:
        """Ask for the pages, the first `least` of them however late it is."""
        for sent, page in enumerate(pages):
            if sent >= least and time.monotonic() - self._begun > self._seconds:
                self._left += len(pages) - sent
                return
            self._times[page.id] += 1
            extraction = session.extract(page)
            time_ = 1 + self._times[page.id]
            if wrong := _difference(self._first[page.id], extraction, time_):
                self.differing.setdefault(page.id, wrong)

    def finding(self, check: str, how: str) -> Finding:
        """`how` the pages were sent, where there was time for all of them."""
        judged, sent = len(self._times), self._times.total()
        if self.differing:
            page_id, first = next(iter(self.differing.items()))
            seen = f"{len(self.differing)} of {judged} pages differ; {page_id}: {first}"
            return Finding(check, "fail", seen)
        if self._left:
            seen = f"{sent} of {sent + self._left} answers in {self._seconds:g} s: the same text"
            return Finding(check, "pass", seen)
        return Finding(check, "pass", f"{judged} pages, {how}: the same text")


def _difference(first: Extraction, other: Extraction, time_: int) -> str | None:
    if first.outcome != other.outcome:
        return f"{first.outcome} at first, {other.outcome} at time {time_}"
    if first.text == other.text:
        return None
    if len(first.text) != len(other.text):
        return f"{len(first.text):,} characters at first, {len(other.text):,} at time {time_}"
    pairs = zip(first.text, other.text, strict=True)
    at = next(number for number, (a, b) in enumerate(pairs) if a != b)
    return f"at time {time_} another text from character {at:,} on"
