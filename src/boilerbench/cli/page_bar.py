"""How the reading of pages goes on, as a bar on a terminal, and nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from boilerbench.cli.options import printable


@contextmanager
def page_bar(what: str, pages: int) -> Iterator[Callable[[], None]]:
    """A bar of so many pages; what comes is to be called after each."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich import progress as rich
    from rich.console import Console

    bar = rich.Progress(
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(bar_width=None),
        rich.MofNCompleteColumn(),
        rich.TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(printable(what), total=pages)
        yield lambda: bar.advance(task)
