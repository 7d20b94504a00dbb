"""Does a page get the same answer, however often, in whatever order, in whatever process?"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from boilerbench.conformance.finding import Finding
from boilerbench.conformance.session import Session
from boilerbench.execution.process import Limits
from boilerbench.execution.start import start_command
from boilerbench.types import Extraction, ExtractorSpec, Page

REPEATS = 8
"""Of a page in a row: a cache has been seen that shortens every fourth."""

_ENOUGH = 2  # pages that are judged, however slow the extractor is
_HASH_SEED = 4711


class Determinism:
    """Knows the first answer to each page, and compares all others with it. `seconds` is how long
    each of its checks may go on for; one that is slower sees fewer pages."""

    def __init__(self, pages: Sequence[Page], seconds: float) -> None:
        self._pages = pages
        self._seconds = seconds
        self._first: dict[str, Extraction] = {}

    def answers(self, session: Session) -> Finding:
        """Every page gets an answer, if only that there is no text."""
        begun, failures = time.monotonic(), []
        for page in self._pages:
            extraction = session.extract(page)
            self._first[page.id] = extraction
            if extraction.failed:
                reason = (extraction.error or "").partition("\n")[0]
                failures.append(f"{page.id}: {extraction.outcome}: {reason}")
            if len(self._first) >= _ENOUGH and time.monotonic() - begun > self._seconds:
                break
        if failures:
            return Finding(
                "ordinary pages",
                "fail",
                f"{len(failures)} of {len(self._first)} failed; {failures[0]}",
            )
        empty = sum(extraction.outcome == "empty" for extraction in self._first.values())
        seen = f"{len(self._first)} pages of gazette answered"
        return Finding(
            "ordinary pages", "pass", seen + (f", {empty} without text" if empty else "")
        )

    def repeated(self, session: Session) -> Finding:
        """Each page several times in a row."""
        pages = [page for page in self._known() for _ in range(REPEATS)]
        return self._compared("repeated pages", session, pages, f"{REPEATS} times in a row")

    def reordered(self, session: Session, rounds: int) -> Finding:
        """All pages, backwards and in other orders."""
        pages = list(reversed(self._known()))
        for number in range(1, rounds):
            pages += random.Random(number).sample(self._known(), len(self._known()))  # noqa: S311
        return self._compared("other orders", session, pages, f"{rounds} orders")

    def new_processes(
        self, spec: ExtractorSpec, limits: Limits, odd: list[str], count: int
    ) -> Finding:
        """All pages in new processes, each of which begins with another page."""
        check, known = "new processes", self._known()
        finding = Finding(check, "skipped", "")
        for number in range(1, count + 1):
            start = number * len(known) // (count + 1)
            with Session(spec, limits, odd) as session:
                pages = known[start:] + known[:start]
                finding = self._compared(check, session, pages, f"in {count} more")
            if finding.failed:
                break
        return finding

    def hash_seed(self, spec: ExtractorSpec, limits: Limits, odd: list[str]) -> Finding:
        """All pages where Python's sets are in another order. In a run the seed is always the same;
        elsewhere it is not, and an extractor whose text depends on it gives other figures there."""
        if spec.command or spec.is_service or spec.runtime != "python":
            return Finding("hash seed", "skipped", "not a Python worker")
        seed = f"PYTHONHASHSEED={_HASH_SEED}"
        other = replace(spec, command=("env", seed, *start_command(spec)))
        with Session(other, limits, odd) as session:
            return self._compared("hash seed", session, self._known(), "where sets are in disorder")

    def still_serves(self, session: Session) -> str | None:
        """After hostile pages: what is wrong with the answer to an ordinary one, if anything."""
        (page,) = self._known()[:1]
        return _difference(self._first[page.id], session.extract(page), 2)

    def _known(self) -> list[Page]:
        return [page for page in self._pages if page.id in self._first]

    def _compared(self, check: str, session: Session, pages: Iterable[Page], how: str) -> Finding:
        begun, times = time.monotonic(), dict.fromkeys(self._first, 1)
        differing: dict[str, str] = {}
        for page in pages:
            enough = len([True for count in times.values() if count > 1]) > _ENOUGH
            if enough and times[page.id] == 1 and time.monotonic() - begun > self._seconds:
                break
            times[page.id] += 1
            extraction = session.extract(page)
            if wrong := _difference(self._first[page.id], extraction, times[page.id]):
                differing.setdefault(page.id, wrong)
        judged = sum(count > 1 for count in times.values())
        if not differing:
            return Finding(check, "pass", f"{judged} pages, {how}: the same text")
        page_id, first = next(iter(differing.items()))
        return Finding(
            check, "fail", f"{len(differing)} of {judged} pages differ; {page_id}: {first}"
        )


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
