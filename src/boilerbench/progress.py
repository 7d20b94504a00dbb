"""How the harness tells of a run as it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from boilerbench.types import Extraction


class Progress:
    """Hears how a run goes on. This one keeps it to itself, as suits a notebook."""

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The run has ended, in one way or another."""

    def building(self, what: str) -> None:
        """An environment is being built; `what` says which, in a line."""

    def added(self, extractors: Sequence[str]) -> None:
        """These extractors are run too, since a vote is made of them."""

    def preparing(self, extractors: Sequence[str]) -> None:
        """The workers of these extractors are starting."""

    def left_out(self, why: str) -> None:
        """A plug-in is broken, and the run goes on without it."""

    def reused(self, extractors: Sequence[str], earlier: Path, others: Mapping[str, str]) -> None:
        """The texts of these extractors were taken from an earlier run, in that folder; those of
        the `others` were not, and why."""

    def started(self, pages: Mapping[str, int], done: Mapping[str, int]) -> None:
        """Extraction begins: by extractor, how many pages there are and how many are done."""

    def page(self, extraction: Extraction) -> None:
        """A page is done."""

    def stopped(self, folder: Path) -> None:
        """The run ends before its time; what was done is in the folder."""

    def finishing(self) -> None:
        """All pages are done; scores and report are being written."""
