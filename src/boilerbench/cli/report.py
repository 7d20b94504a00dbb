"""`boilerbench report`."""

from __future__ import annotations

from pathlib import Path

import click

from boilerbench.cli import options


@click.command(epilog="Example: boilerbench report results/mine --format json")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--by",
    type=click.Choice(["kind", "lang", "site", "level"]),
    help="Print a table for each kind of page, language, site or level of difficulty; the page of "
    "the report keeps to whole corpora.",
)
@options.format_option()
def report(run: Path, by: str | None, format_: str) -> None:
    """Print the scoreboard of RUN, and write its report anew.

    RUN is the folder of a finished run.
    """
    from boilerbench.cli.show import show
    from boilerbench.report import write_report
    from boilerbench.store import Run

    opened = Run(run)
    if format_ == "table":
        try:
            write_report(opened)
        except PermissionError as problem:  # someone else's run can be looked at all the same
            click.echo(f"boilerbench: report not written: {problem}", err=True)
    show(opened, format_, by)
