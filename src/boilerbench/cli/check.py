"""`boilerbench check`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from boilerbench.gates import Gates

FILE = click.Path(path_type=Path, dir_okay=False)


def gates_option() -> options.Decorator:
    return click.option(
        "--gates",
        "gates_file",
        type=FILE,
        metavar="FILE",
        help="Tolerances and floors, a TOML file.  [default: bench/gates.toml, if that is for this "
        "baseline]",
    )


@click.command(epilog="Example: boilerbench check results/mine --against default")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--against",
    metavar="BASELINE",
    help="A name in results/, or the folder of a baseline or of a run.  [default: the gates']",
)
@gates_option()
@click.option("--junit", type=FILE, metavar="FILE", help="Write the verdicts as JUnit XML, too.")
@click.option("--summary", type=FILE, metavar="FILE", help="Write them as Markdown, too.")
@click.option(
    "--github/--no-github",
    default=None,
    help="Annotate the run of a GitHub workflow and add to the summary of its step.  "
    "[default: where there is one]",
)
@options.format_option("the verdicts")
def check(
    run: Path,
    against: str | None,
    gates_file: Path | None,
    junit: Path | None,
    summary: Path | None,
    github: bool | None,
    format_: str,
) -> None:
    """Say whether RUN is worse than a baseline.

    An extractor is worse by a metric if its figure dropped by more than the tolerance, and the drop
    is no luck: its paired 95 % interval excludes zero, and a permutation test agrees, corrected for
    all comparisons unless eight pages or fewer differ. It is newly failing if a page fails that
    worked, or has no text any more where half of it was right. Its CPU time counts, as a multiple
    of a reference extractor's. Where pages, gold or metric are others, it is not comparable.

    \b
    What FILE of --gates may say:
      baseline = "default"              what to check against
      extractors = […], corpora = […]   these must be there, and are judged
      [tolerance] default = 0.002       drops of F1 that are let pass; METRIC = …
      [cost] tolerance = 0.5            up to 1.5 times as slow is let pass,
             reference = "…"            beside this extractor of the same run
      [[floor]] corpus, extractor, metric, at = 0.85    no figure below this

    Exit code: 0 fine, 1 worse or newly failing, 2 wrong usage, 3 not comparable.
    """
    from boilerbench.accepted import find, read_baseline
    from boilerbench.check import check as checked
    from boilerbench.errors import UserError
    from boilerbench.report import verdicts
    from boilerbench.report.words import explained
    from boilerbench.store import write_text

    gates = gates_of(gates_file, against)
    against = against or (gates.baseline if gates else None)
    after = read_baseline(run)
    place = find(against) if against else None
    if place and place.resolve() == run.resolve():
        raise UserError(f"{run} is the baseline itself", "name a run to check")
    before = read_baseline(place) if place else None
    report, changes = explained(checked(after, before, gates), after, before)
    on_github = os.environ.get("GITHUB_ACTIONS") == "true" if github is None else github
    if format_ == "json":
        click.echo(verdicts.as_json(report, changes), nl=False)
    else:
        click.echo(verdicts.terminal(report, changes), nl=False)
        for line in verdicts.github(report) if on_github else ():
            click.echo(line)
    if on_github:
        _add_summary(verdicts.markdown(report, changes))
    # A file that cannot be written must not keep the verdict back.
    if junit:
        write_text(junit, verdicts.junit(report, changes))
    if summary:
        write_text(summary, verdicts.markdown(report, changes))
    sys.exit(report.exit_code)


def gates_of(file: Path | None, against: str | None) -> Gates | None:
    """The gates in a file, or those of the project in the current folder, if they are for this
    baseline."""
    from boilerbench.accepted import RESULTS
    from boilerbench.gates import FILE as USUAL
    from boilerbench.gates import load_gates

    if file is not None:
        return load_gates(file)
    found = load_gates(USUAL) if USUAL.is_file() else None
    if found and found.baseline and against:
        meant, given = (
            {Path(name).resolve(), (RESULTS / name).resolve()} for name in (found.baseline, against)
        )
        return found if meant & given else None
    return found


def _add_summary(text: str) -> None:
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        with Path(file).open("a", encoding="utf-8") as opened:
            opened.write(text)
