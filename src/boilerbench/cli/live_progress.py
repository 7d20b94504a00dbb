"""How a run goes on, live, on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from rich import progress as rich
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from boilerbench.cli.progress import how_to_go_on, reused_in_words
from boilerbench.progress import Progress
from boilerbench.types import Extraction


class Live(Progress):
    """A bar per extractor: pages done, failures, time left."""

    def __init__(self) -> None:
        self._progress = rich.Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failed]}", style="red", markup=False),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._failed: dict[str, int] = {}

    def __enter__(self) -> Live:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def building(self, what: str) -> None:
        self._progress.console.print(what, markup=False, highlight=False)

    def added(self, extractors: Sequence[str]) -> None:
        said = f"run too, as members of a vote: {', '.join(extractors)}"
        self._progress.console.print(said, markup=False, highlight=False)

    def preparing(self, extractors: Sequence[str]) -> None:
        self._note = self._progress.add_task("starting extractors", total=None, failed="")

    def left_out(self, why: str) -> None:
        self._progress.console.print(f"left out: {why}", markup=False, highlight=False)

    def reused(self, extractors: Sequence[str], earlier: Path, others: Mapping[str, str]) -> None:
        for said in reused_in_words(extractors, earlier, others):
            self._progress.console.print(said, markup=False, highlight=False)

    def started(self, pages: Mapping[str, int], done: Mapping[str, int]) -> None:
        self._progress.remove_task(self._note)
        for extractor, total in pages.items():
            self._failed[extractor] = 0
            self._tasks[extractor] = self._progress.add_task(
                extractor, total=total, completed=done[extractor], failed=""
            )

    def page(self, extraction: Extraction) -> None:
        extractor = extraction.extractor
        self._failed[extractor] += extraction.failed
        failed = self._failed[extractor]
        self._progress.update(
            self._tasks[extractor],
            advance=1,
            failed=f"{failed} failed" if failed else "",
        )

    def stopped(self, folder: Path) -> None:
        self._progress.stop()
        print(how_to_go_on(folder), file=sys.stderr)

    def finishing(self) -> None:
        self._progress.add_task("scoring", total=None, failed="")
