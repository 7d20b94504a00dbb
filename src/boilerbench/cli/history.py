"""`boilerbench history`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from boilerbench.history import Board
    from boilerbench.progress import Progress
    from boilerbench.types import ExtractorSpec, Selection

WIDTH = 80
LAST = 10


@click.command(
    epilog="Example: boilerbench history trafilatura --versions '>=1.6' -c scrapinghub --from DIR"
)
@click.argument("name", metavar="NAME")
@click.option(
    "--versions",
    default="",
    metavar="VERSIONS",
    help="Releases that match, '>=1.6,<2', or a list: 1.6.0,1.12.2.",
)
@click.option(
    "--last",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"The newest N of them.  [default: {LAST}, where --versions is not given]",
)
@click.option("--pre", is_flag=True, help="Pre-releases too.")
@options.corpus_option()
@options.source_option()
@options.selection_options()
@options.metric_option()
@options.protocol_option()
@options.output_option()
@options.fresh_option()
@options.timeout_option()
@options.memory_option()
@options.workers_option()
@options.format_option("the history")
def history(
    name: str,
    versions: str,
    last: int | None,
    pre: bool,
    corpora: tuple[str, ...],
    source: Path | None,
    selection: Selection,
    metrics: tuple[str, ...],
    protocols: tuple[str, ...],
    output: Path | None,
    fresh: bool,
    timeout: float,
    memory: int,
    workers: int | None,
    format_: str,
) -> None:
    """Score one release of an extractor after another.

    NAME is an extractor with releases, with options if wanted: 'trafilatura[fast=true]'. Each
    release is installed once, in an environment of its own, and compared with the one before it;
    changes that are real are marked. The run is an ordinary one: the same command with the same
    --output resumes it, and its scoreboard is there too.
    """
    from boilerbench import api
    from boilerbench.cli.progress import progress
    from boilerbench.errors import UserError
    from boilerbench.extractors.releases import has_releases, releases
    from boilerbench.extractors.specs import spec
    from boilerbench.history import history as judged
    from boilerbench.metrics.protocols import chosen
    from boilerbench.pipeline import load_corpora
    from boilerbench.report.history import json_text, notes, write_history
    from boilerbench.suites import DEFAULT, load_suite

    asked = spec(name)
    if asked.version and has_releases(asked):
        raise UserError(f"{name} is one release", f"name it as {asked.name}, with --versions")
    asked = replace(asked, label=None)
    order = releases(asked, versions, last=last or (None if versions else LAST), pre=pre)
    wanted = {version: spec(str(replace(asked, version=version))) for version in order}
    # A mistake in their names must not cost the building of environments.
    chosen(metrics, protocols)
    load_corpora(corpora or load_suite(DEFAULT).corpora, source, selection)
    with progress() as shown:
        unavailable = _unavailable(wanted, shown)
        serving = {v: str(one) for v, one in wanted.items() if v not in unavailable}
        if not serving:
            reasons = (f"{version}: {reason}" for version, reason in unavailable.items())
            raise UserError("\n  ".join([f"no release of {name} can be run:", *reasons]))
        run = api.run(
            corpora or None,
            list(serving.values()),
            metrics=metrics or None,
            protocol=protocols or None,
            output=output,
            source=source,
            selection=selection,
            timeout=timeout,
            memory=memory * options.MIB,
            workers=workers,
            fresh=fresh,
            command=options.typed(),
            progress=shown,
        )
    boards = judged(run, serving, unavailable, order)
    page = write_history(run, str(asked), boards)
    if format_ == "json":
        click.echo(json_text(str(asked), boards), nl=False)
        return
    for board in boards:
        _print(board)
    for note in notes(boards):
        click.echo(click.wrap_text(note, WIDTH))
    click.echo(f"report: {page}")


def _unavailable(wanted: Mapping[str, ExtractorSpec], shown: Progress) -> dict[str, str]:
    """The releases that cannot be installed, or do not start, with the reason of each."""
    from boilerbench.execution.probe import probed
    from boilerbench.extractors.environments import attempted

    ready, reasons, _ = attempted(list(wanted.values()), shown.building)
    _, broken = probed(ready)
    reasons |= broken
    return {v: reasons[str(one)] for v, one in wanted.items() if str(one) in reasons}


def _print(board: Board) -> None:
    from boilerbench.report.history import cells, headings, stated, title

    rows = [headings(board), *map(cells, board.releases)]
    widths = [max(len(row[at]) for row in rows if len(row) > at) for at in range(len(rows[0]))]
    click.secho(options.printable(title(board)), bold=True)
    click.echo(_line(rows[0], widths))
    for release, row in zip(board.releases, rows[1:], strict=True):
        if release.reason is None:
            click.echo(_line(row, widths))
        else:
            said = options.printable(f"not run: {release.reason}")
            indent = " " * (widths[0] + 1)
            first = options.printable(release.version).ljust(widths[0] + 1)
            click.echo(click.wrap_text(said, WIDTH, first, indent))
    for line in (stated(board), *options.between_parts(board.signature, WIDTH)):
        click.secho(options.printable(line), dim=True)
    click.echo()


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = map(options.printable, row)
    shown = [first.ljust(widths[0]), *(o.rjust(w) for o, w in zip(others, widths[1:], strict=True))]
    return " ".join(shown).rstrip()
