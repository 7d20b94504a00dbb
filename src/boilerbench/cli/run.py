"""`boilerbench run`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from boilerbench.types import Selection

MIB = 1 << 20


@click.command(
    epilog="Example: boilerbench run --corpus my-pages/ -e trafilatura -e ./mine.py:extract"
)
@click.option("--suite", default="default", show_default=True, help="A suite's name or TOML file.")
@options.corpus_option()
@options.source_option()
@options.selection_options()
@click.option(
    "--extractor",
    "-e",
    "extractors",
    multiple=True,
    metavar="SPEC",
    help="NAME, NAME[option=value,…], or FILE.py:FUNCTION; LABEL=SPEC gives it another name; "
    "may be given several times.  "
    "[default: the suite's]",
)
@options.metric_option()
@options.protocol_option()
@options.output_option()
@options.fresh_option()
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds per page (120 for an extractor to start).",
)
@click.option(
    "--memory",
    type=click.IntRange(min=64),
    default=2048,
    show_default=True,
    help="MiB of memory per worker.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), help="Pages at a time.  [default: one per core]"
)
@options.format_option()
def run(
    suite: str,
    corpora: tuple[str, ...],
    source: Path | None,
    selection: Selection,
    extractors: tuple[str, ...],
    metrics: tuple[str, ...],
    protocols: tuple[str, ...],
    output: Path | None,
    fresh: bool,
    timeout: float,
    memory: int,
    workers: int | None,
    format_: str,
) -> None:
    """Run extractors on annotated pages, score them, write the report.

    Without options: the default suite, on the embedded corpus. A run that was stopped goes on
    where it was when the same command names the same --output again.
    """
    from boilerbench import api
    from boilerbench.cli.progress import progress
    from boilerbench.cli.show import show

    with progress() as shown:
        done = api.run(
            corpora or None,
            extractors or None,
            metrics=metrics or None,
            protocol=protocols or None,
            suite=suite,
            output=output,
            source=source,
            selection=selection,
            timeout=timeout,
            memory=memory * MIB,
            workers=workers,
            fresh=fresh,
            command=options.typed(),
            progress=shown,
        )
    show(done, format_)
