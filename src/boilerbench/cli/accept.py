"""`boilerbench accept`."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boilerbench.cli import options
from boilerbench.cli.check import gates_of, gates_option

if TYPE_CHECKING:
    from boilerbench.baseline import Baseline
    from boilerbench.gates import Gates
    from boilerbench.verdict import Verdict


@click.command(epilog="Example: boilerbench accept results/mine --as default")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--as", "name", required=True, metavar="NAME", help="The baseline is results/NAME then."
)
@gates_option()
@click.option(
    "--allow-regression",
    is_flag=True,
    help="Also where it is worse than the baseline there, or cannot be compared with it.",
)
def accept(run: Path, name: str, gates_file: Path | None, allow_regression: bool) -> None:
    """Make RUN the baseline in results/NAME.

    A baseline is small and text: what each metric counted on each page, and no texts. In place of
    one that is there, it is refused if the check of RUN against that finds it worse or newly
    failing, or cannot compare them (other pages, gold or metric), or if something would not be
    checked any more; each is said. What is new in RUN is no reason. A run that took over texts
    (`run --reuse`) has not measured their cost, and makes no baseline.

    Exit code: 0 accepted, 1 refused, 2 wrong usage.
    """
    from boilerbench.accepted import RESULTS, check_name, earlier, read_baseline, write_baseline
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
    before = earlier(folder)
    if isinstance(before, UserError):
        if not allow_regression:
            raise before
        _say(f"the baseline before could not be read, and is replaced: {before.message}", err=True)
        before = None
    refused, told = _compared(after, before, gates_of(gates_file, name))
    for line in refused:
        _say(line, err=True)
    if refused and not allow_regression:
        _say(f"boilerbench: {folder} stays as it is", err=True)
        _say("  to replace it all the same: --allow-regression", err=True)
        sys.exit(1)
    for line in told:
        _say(line)
    write_baseline(opened, folder)
    _say(f"accepted: {folder}, to be committed")


def _compared(
    after: Baseline, before: Baseline | None, gates: Gates | None
) -> tuple[list[str], list[str]]:
    """Why it is refused; and what else would change."""
    from boilerbench.check import check
    from boilerbench.matching import extractors_of, gone
    from boilerbench.report.verdicts import figures

    if before is None and not (gates and gates.floors):
        return [], []
    refused, told, apart = [], [], []
    for one in check(after, before, gates).verdicts:
        said = "; ".join(filter(None, (figures(one), one.reason)))
        line = f"{one.title}: {said}"
        if one.said in ("worse", "newly failing"):
            refused.append(f"would lower: {line}")
        elif one.said == "not comparable":
            apart.append(one)
        elif one.said != "same" or _rounded(one.before) != _rounded(one.after):
            told.append(f"{one.said}: {line}")
    if before is None:
        return refused, [*told, *_apart("not comparable", apart, after)]
    new = _new(apart, after, before)
    refused += _apart("not comparable", [one for one in apart if one not in new], after)
    told += _apart("new", new, after)
    for name, there in before.entries("corpora").items():
        here = after.entries("corpora").get(name)
        if here and here.get("whole") == there["digest"] != here["digest"]:
            refused.append(f"would lower: {name}: {here['pages']} of its pages only")
    lost = gone(after, before, extractors_of(after, before))
    return [*refused, *(f"would lower: {line}" for line in lost)], told


def _rounded(value: float | None) -> float | None:
    """As far as `figures` says it."""
    return None if value is None else round(value, 3)


def _new(verdicts: Sequence[Verdict], after: Baseline, before: Baseline) -> list[Verdict]:
    """Those of what the run has and the baseline had not: nothing is lost by them. What only has
    another name is new, too, but then `gone` tells of the old one."""
    from boilerbench.matching import extractors_of, metrics_of

    corpora = after.entries("corpora").keys() - before.entries("corpora").keys()
    extractors = after.entries("extractors", "spec").keys() - extractors_of(after, before).keys()
    metrics = {one.name for one in metrics_of(after, before) if not (one.before or one.other)}
    return [
        one
        for one in verdicts
        if one.corpus in corpora or one.extractor in extractors or one.what in metrics
    ]


def _apart(what: str, verdicts: Sequence[Verdict], after: Baseline) -> list[str]:
    """What is said of verdicts without figures: a line for a reason, with the corpora, extractors
    and metrics that it is of. Where it is of all extractors or metrics, they are not named."""
    every: tuple[Collection[str], ...] = (
        (),
        after.entries("extractors", "spec"),
        after.entries("metrics"),
    )
    rows = [(one.reason, (one.corpus,), (one.extractor,), (one.what,)) for one in verdicts]
    for part in (3, 2, 1):  # those that differ in this part only become one
        merged: dict[tuple[Any, ...], list[str]] = {}
        for row in rows:
            merged.setdefault((*row[:part], *row[part + 1 :]), []).extend(row[part])
        rows = [(*row[:part], tuple(names), *row[part:]) for row, names in merged.items()]
    lines = []
    for reason, *parts in rows:
        named = [
            ", ".join(names)
            for names, all_of_them in zip(parts, every, strict=True)
            if len(names) == 1 or set(names) != set(all_of_them)
        ]
        lines.append(f"{what}: {' · '.join(named)}: {reason}")
    return lines


def _say(line: str, err: bool = False) -> None:
    """A line, in as many of 80 characters as it takes."""
    line = options.printable(line)
    indent = line[: len(line) - len(line.lstrip())]
    wrapped = textwrap.wrap(
        line, 80, subsequent_indent=f"{indent}  ", break_on_hyphens=False, break_long_words=False
    )
    click.echo("\n".join(wrapped), err=err)
