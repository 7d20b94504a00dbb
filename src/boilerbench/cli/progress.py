"""How a run goes on, on stderr: a live bar on a terminal, else a line now and then."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from boilerbench.progress import Progress
from boilerbench.types import Extraction

LINE_EVERY = 10.0
"""Seconds between lines where there is no terminal."""


def how_to_go_on(folder: Path) -> str:
    return f"stopped; to go on, give the same command with --output {shlex.quote(str(folder))}"


def reused_in_words(
    extractors: Sequence[str], earlier: Path, others: Mapping[str, str]
) -> Iterator[str]:
    if extractors:
        yield f"as in {earlier}, and not run again: {', '.join(extractors)}"
    for name, why in others.items():
        yield f"run again: {name}, {why}"


def progress() -> Progress:
    """The progress that suits stderr as it is."""
    if not sys.stderr.isatty():
        return Lines()
    from boilerbench.cli.live_progress import Live

    return Live()


class Lines(Progress):
    """A line when an extractor starts or ends, and one every `LINE_EVERY` seconds."""

    _reused = False

    def building(self, what: str) -> None:
        self._say(what)

    def added(self, extractors: Sequence[str]) -> None:
        self._say(f"run too, as members of a vote: {', '.join(extractors)}")

    def preparing(self, extractors: Sequence[str]) -> None:
        self._say(f"starting {', '.join(extractors)}")

    def left_out(self, why: str) -> None:
        self._say(f"left out: {why}")

    def reused(self, extractors: Sequence[str], earlier: Path, others: Mapping[str, str]) -> None:
        for said in reused_in_words(extractors, earlier, others):
            self._say(said)
        self._reused = bool(extractors)

    def started(self, pages: Mapping[str, int], done: Mapping[str, int]) -> None:
        self._pages, self._done = dict(pages), dict(done)
        self._failed = dict.fromkeys(pages, 0)
        self._begun = self._last = time.monotonic()
        self._resumed = sum(done.values())
        if self._resumed and not self._reused:
            self._say(f"resuming: {self._resumed} of {sum(pages.values())} pages are done")

    def page(self, extraction: Extraction) -> None:
        extractor = extraction.extractor
        self._done[extractor] += 1
        self._failed[extractor] += extraction.failed
        now = time.monotonic()
        if self._done[extractor] == self._pages[extractor] or now - self._last >= LINE_EVERY:
            self._last = now
            failed = f", {self._failed[extractor]} failed" if self._failed[extractor] else ""
            self._say(
                f"{extractor}: {self._done[extractor]} of {self._pages[extractor]} pages"
                f"{failed}{self._left(now)}"
            )

    def stopped(self, folder: Path) -> None:
        self._say(how_to_go_on(folder))

    def finishing(self) -> None:
        self._say("scoring")

    def _left(self, now: float) -> str:
        done, total = sum(self._done.values()), sum(self._pages.values())
        if done in (self._resumed, total):
            return ""
        left = (now - self._begun) / (done - self._resumed) * (total - done)
        return f"; about {left:.0f} s left for all" if left >= 1 else ""

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)
