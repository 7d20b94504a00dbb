"""`boilerbench run`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boilerbench.store import Run
    from boilerbench.types import Selection


FAST = 100
"""Pages of each corpus that a fast run has."""


@click.command(
    epilog="Example: boilerbench run --corpus my-pages/ -e trafilatura -e ./mine.py:extract"
)
@click.option("--suite", default="default", show_default=True, help="A suite's name or TOML file.")
@options.corpus_option()
@options.source_option()
@options.selection_options()
@click.option(
    "--fast",
    is_flag=True,
    help=f"{FAST} pages of each corpus, always the same, with its share of each kind and language.",
)
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
    "--reuse",
    type=options.FOLDER,
    metavar="RUN",
    help="An earlier run: extractors and corpora that are as they were then are not run again. "
    "What they cost is not measured then, so that `check` does not judge it, and `accept` refuses.",
)
@options.timeout_option()
@options.memory_option()
@options.workers_option()
@options.format_option()
def run(
    suite: str,
    corpora: tuple[str, ...],
    source: Path | None,
    selection: Selection,
    fast: bool,
    extractors: tuple[str, ...],
    metrics: tuple[str, ...],
    protocols: tuple[str, ...],
    output: Path | None,
    fresh: bool,
    reuse: Path | None,
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

    if fast:
        if selection.sample is not None:
            raise click.UsageError("--fast is a sample: leave --sample out")
        selection = replace(selection, sample=FAST, strata=("kind", "lang"))
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
            memory=memory * options.MIB,
            workers=workers,
            fresh=fresh,
            reuse=reuse,
            command=options.typed(),
            progress=shown,
        )
    show(done, format_)
    if fast and format_ == "table":
        for line in _seen(done):
            click.echo(click.wrap_text(options.printable(line), 80))


def _seen(run: Run) -> Iterator[str]:
    """How small a difference the pages of a fast run can show, in words."""
    from boilerbench.errors import UserError
    from boilerbench.judging import FEWEST_DIFFERING
    from boilerbench.power import SMALLEST, power

    metric = run.info["metrics"][0]["name"]
    for corpus in run.info["corpora"]:
        name, pages = corpus["name"], corpus["pages"]
        if not corpus.get("selection"):
            yield f"fast: {name} has {pages} pages, which is all of it"
            continue
        try:
            found = power(run, SMALLEST, corpus=name)
        except UserError:  # there are no two extractors
            found = []
        shown = [one.detectable for one in found if one.metric == metric and one.detectable]
        said = f"fast: {pages} pages of {name}"
        if shown:
            said += f" show a difference of {min(shown):.3f} between two extractors"
            if len(shown) > 1:
                said += f" that fail alike, of {max(shown):.3f} between the least alike"
            said += f" ({metric}, 80 % power at 5 %)"
        else:
            said += f" show no drop that is on fewer than {FEWEST_DIFFERING} of them"
        yield f"{said}; how small a drop from a baseline they show, `boilerbench check` says"
