"""`boilerbench score`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from boilerbench.types import Selection

SHOWN = 10


@click.command(epilog="Example: boilerbench score outputs/mine.jsonl --corpus gazette")
@click.argument("predictions", nargs=-1, required=True, metavar="PREDICTIONS…")
@options.corpus_option(required=True)
@options.source_option()
@options.selection_options()
@click.option("--name", help="What to call the system.  [default: the name of the file or folder]")
@options.metric_option()
@options.protocol_option()
@options.output_option()
@options.fresh_option()
@options.format_option()
def score(
    predictions: tuple[str, ...],
    corpora: tuple[str, ...],
    source: Path | None,
    selection: Selection,
    name: str | None,
    metrics: tuple[str, ...],
    protocols: tuple[str, ...],
    output: Path | None,
    fresh: bool,
    format_: str,
) -> None:
    """Score texts that were made elsewhere.

    Each of PREDICTIONS is one system: a folder of ID.txt, a .jsonl file with id and text (or
    error), or a .json file {id: {"articleBody": text}}, plain or as {"version", "output": {…}};
    LABEL=PATH says what to call it. The result is a run like any other.
    """
    from boilerbench import api
    from boilerbench.cli.show import show

    done = api.score(
        predictions,
        corpora,
        name=name,
        metrics=metrics or None,
        protocol=protocols or None,
        output=output,
        source=source,
        selection=selection,
        fresh=fresh,
        command=options.typed(),
    )
    for checked in done.info["predictions"]:
        _say(checked, "missing", "no prediction, counted as failures")
        _say(checked, "unknown", "not in the corpus, left out")
    show(done, format_)


def _say(checked: dict[str, Any], which: str, meaning: str) -> None:
    ids = checked[which]
    if ids:
        more = f" … and {len(ids) - SHOWN} more, see run.json" if len(ids) > SHOWN else ""
        listed = ", ".join(ids[:SHOWN])
        click.echo(
            f"{checked['extractor']}: {len(ids)} {which} ({meaning}): {listed}{more}", err=True
        )
