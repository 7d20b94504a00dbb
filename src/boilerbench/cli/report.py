"""`boilerbench report`."""

from __future__ import annotations

from pathlib import Path

import click

from boilerbench.cli import options


@click.command(epilog="Example: boilerbench report results/mine --format json")
@click.argument("run", type=click.Path(path_type=Path))
@options.format_option()
def report(run: Path, format_: str) -> None:
    """Print the scoreboard of RUN, and write its report anew.

    RUN is the folder of a finished run.
    """
    from boilerbench.cli.show import show
    from boilerbench.report import write_report
    from boilerbench.store import Run

    opened = Run(run)
    write_report(opened)
    show(opened, format_)
