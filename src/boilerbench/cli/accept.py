"""`boilerbench accept`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boilerbench.cli import options
from boilerbench.cli.check import gates_of, gates_option

if TYPE_CHECKING:
    from boilerbench.baseline import Baseline
    from boilerbench.gates import Gates


@click.command(epilog="Example: boilerbench accept results/mine --as default")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--as", "name", required=True, metavar="NAME", help="The baseline is results/NAME then."
)
@gates_option()
@click.option(
    "--allow-regression", is_flag=True, help="Also where it is worse than the baseline there."
)
def accept(run: Path, name: str, gates_file: Path | None, allow_regression: bool) -> None:
    """Make RUN the baseline in results/NAME.

    A baseline is small and text: what each metric counted on each page, and no texts. In place of
    one that is there, it is refused if the check of RUN against that finds it worse or newly
    failing, or if something would not be checked any more; what would be lowered is said. A run
    that took over texts (`run --reuse`) has not measured their cost, and makes no baseline.

    Exit code: 0 accepted, 1 refused, 2 wrong usage.
    """
    from boilerbench.accepted import RESULTS, check_name, is_there, read_baseline, write_baseline
    from boilerbench.errors import UserError
    from boilerbench.store import Run

    check_name(name)
    opened = Run(run)
    for entry in opened.info["extractors"]:
        if "reused" in entry:
            raise UserError(
                f"{run} took over the texts of {entry['spec']}, without their times",
                "a baseline needs both: run without --reuse",
            )
    after = read_baseline(opened)
    folder = RESULTS / name
    before = None
    if is_there(folder):
        try:
            before = read_baseline(folder)
        except UserError:
            if not allow_regression:
                raise
    refused, told = _compared(after, before, gates_of(gates_file, name))
    for line in refused:
        click.echo(options.printable(f"would lower: {line}"), err=True)
    if refused and not allow_regression:
        click.echo(options.printable(f"boilerbench: {folder} stays as it is"), err=True)
        click.echo("  to lower it all the same: --allow-regression", err=True)
        sys.exit(1)
    for line in told:
        click.echo(options.printable(line))
    write_baseline(opened, folder)
    click.echo(options.printable(f"accepted: {folder}, to be committed"))


def _compared(
    after: Baseline, before: Baseline | None, gates: Gates | None
) -> tuple[list[str], list[str]]:
    """What would be lowered; and what else would change."""
    from boilerbench.check import check
    from boilerbench.matching import extractors_of, gone
    from boilerbench.report.verdicts import figures

    if before is None and not (gates and gates.floors):
        return [], []
    report = check(after, before, gates)
    refused, told = [], []
    for one in report.verdicts:
        said = "; ".join(filter(None, (figures(one), one.reason)))
        line = f"{one.title}: {said}"
        if one.said in ("worse", "newly failing"):
            refused.append(line)
        elif one.said != "same" or one.before != one.after:
            told.append(f"{one.said}: {line}")
    if before is not None:
        for name, there in before.entries("corpora").items():
            here = after.entries("corpora").get(name)
            if here and here.get("whole") == there["digest"] != here["digest"]:
                refused.append(f"{name}: {here['pages']} of its pages only")
        refused += gone(after, before, extractors_of(after, before))
    return refused, told
