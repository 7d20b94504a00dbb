"""`boilerbench report`."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from boilerbench.store import Run


@click.command(epilog="Example: boilerbench report results/mine --format latex > table.tex")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "html", "md", "csv", "json", "latex"]),
    default="table",
    help="table prints the scoreboard and writes the report; html writes the report alone; the "
    "others print the scoreboard, and nothing else, on stdout.",
)
@click.option(
    "--by",
    type=click.Choice(["kind", "lang", "site", "level"]),
    help="Print a table for each kind of page, language, site or level of difficulty.",
)
@click.option(
    "--figures",
    "figures_",
    type=click.Choice(["pdf", "svg", "png"]),
    multiple=True,
    help="Write the charts as files, too, into RUN/report/figures; may be given several times.",
)
def report(run: Path, format_: str, by: str | None, figures_: tuple[str, ...]) -> None:
    """Print the scoreboard of RUN, and write its report anew.

    RUN is the folder of a finished run. The report, RUN/report/index.html, opens from disk.
    """
    from boilerbench.cli.show import show
    from boilerbench.errors import UserError
    from boilerbench.report import write_report
    from boilerbench.store import Run

    opened = Run(run)
    opened.check_complete()
    if by and format_ == "html":
        raise UserError("the report has all its parts: --by is for what is printed")
    if format_ == "html":
        click.echo(write_report(opened))
    elif format_ == "table":
        try:
            write_report(opened)
        except OSError as problem:  # someone else's run can be looked at all the same
            if problem.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise
            click.echo(f"boilerbench: report not written: {problem}", err=True)
    if format_ != "html":
        show(opened, format_, by)
    if figures_:
        _draw(opened, figures_)


def _draw(run: Run, formats: tuple[str, ...]) -> None:
    from boilerbench.ranking import rankings
    from boilerbench.report.figures import export, figures
    from boilerbench.report.write import PARTS

    for file in export(
        figures(run, rankings(run, PARTS)), run.path / "report" / "figures", formats
    ):
        click.echo(file, err=True)
