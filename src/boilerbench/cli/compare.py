"""`boilerbench compare`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from boilerbench.cli import options


@click.command(epilog="Example: boilerbench compare results/before results/after")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@options.format_option("the comparison")
def compare(first: Path, second: Path, format_: str) -> None:
    """What two runs have in common, and by how much SECOND differs from FIRST.

    Figures of another corpus, or of a metric with other parameters, are not comparable, and no
    difference is shown.
    """
    from boilerbench.comparison import compare as compared
    from boilerbench.errors import UserError
    from boilerbench.store import Run

    runs = Run(first), Run(second)
    rows = compared(*runs)
    if not rows:
        raise UserError(f"{first} and {second} have no corpus, extractor and metric in common")
    if format_ == "json":
        listed = {"rows": [asdict(row) for row in rows]}
        click.echo(json.dumps(listed, indent=1, ensure_ascii=False))
        return
    click.echo("F1, or recall where a metric has no F1: first, second, difference")
    for row in rows:
        click.echo(options.printable(f"{row.corpus} · {row.metric} · {row.extractor}"))
        if row.not_comparable:
            click.echo(options.printable(f"    not comparable: {row.not_comparable}"))
        else:
            figures = (
                "–" if figure is None else f"{figure:{sign}.3f}"
                for figure, sign in ((row.first, ""), (row.second, ""), (row.difference, "+"))
            )
            click.echo("    {} → {}  {}".format(*figures))
    for run, other in (runs, runs[::-1]):
        for what, key in (("extractors", "spec"), ("metrics", "name"), ("corpora", "name")):
            there = [entry[key] for entry in other.info[what]]
            only = [entry[key] for entry in run.info[what] if entry[key] not in there]
            if only:
                click.echo(options.printable(f"{what} of {run.path} only: {', '.join(only)}"))
