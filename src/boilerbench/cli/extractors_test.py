"""`boilerbench extractors test`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from boilerbench.conformance.finding import Finding

_WIDTH = 80


@click.command(
    epilog="Example: boilerbench extractors test ./mine.py:extract 'trafilatura[fast=true]'"
)
@click.argument("names", metavar="SPEC...", nargs=-1, required=True)
@click.option("--quick", is_flag=True, help="Fewer pages, for a first look.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds per page; a worker that takes longer is killed, and the page's outcome is "
    "timeout. It is no bound on a check or on the whole, see above.",
)
@options.memory_option()
@options.format_option("the findings")
def test(names: tuple[str, ...], quick: bool, timeout: float, memory: int, format_: str) -> None:
    """Check that an extractor behaves as a benchmark must be able to rely on.

    The same page gets the same text, however often and in whatever order; no network is tried, and
    no file outside the worker's folder; hostile pages are answered, if only with an error; nothing
    runs on between pages; memory does not grow.

    Each check has a verdict: pass, fail, or skipped, with the reason. A hostile page may also be
    slow (more than a third of the timeout) or an error, which are no failures; crash, timeout and
    oom are. Where no ordinary page is answered, there is little else to judge.

    A fast extractor takes about a minute. A check that sends many pages ends with the first page
    after 20 seconds (for memory 40; with --quick 10 and 15) and says how many it judged; so the
    whole takes three minutes and 25 times the timeout at most, besides the starts of workers.

    A service over HTTP is sent some 50 small pages. What concerns a program that runs here is
    skipped: threads, files, memory, the network, which is open to its address alone; so is the
    largest page.

    SPEC is what `run` takes. Exit code 1 if a check failed, 2 if there is no such extractor.
    """
    from boilerbench.cli.progress import progress
    from boilerbench.conformance.kit import FULL, QUICK, START, checks, examine
    from boilerbench.execution.process import Limits
    from boilerbench.extractors.environments import prepared
    from boilerbench.extractors.specs import specs

    limits = Limits(timeout, memory * options.MIB)
    wanted = specs(names)
    with progress() as shown:
        wanted = prepared(wanted, shown.building)
    found: dict[str, list[Finding]] = {}
    # All are asked for before the first begins, so that a bad one is refused at once.
    examined = {str(spec): examine(spec, limits, QUICK if quick else FULL) for spec in wanted}
    for name, coming in examined.items():
        findings = found[name] = []
        with _testing(name, checks()) as begin:
            for finding in coming:
                findings.append(finding)
                if finding.check != START:
                    begin(len(findings))
        if format_ == "table":
            _show(name, findings)
    if format_ == "json":
        click.echo(json.dumps(_listed(found), indent=1, ensure_ascii=False))
    if any(finding.failed for findings in found.values() for finding in findings):
        sys.exit(1)


@contextmanager
def _testing(name: str, checks: Sequence[str]) -> Iterator[Callable[[int], None]]:
    """Says on stderr which check is made: on a terminal by a bar, else by a line each. What comes
    is to be told the number of checks that are done."""

    def now(done: int) -> str:
        return options.printable(f"testing {name}: {checks[done]} ({done + 1} of {len(checks)})")

    if not sys.stderr.isatty():
        click.echo(now(0), err=True)
        yield lambda done: click.echo(now(done), err=True) if done < len(checks) else None
        return
    from rich import progress as rich
    from rich.console import Console

    bar = rich.Progress(
        rich.SpinnerColumn(),
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(bar_width=None),
        rich.TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(now(0), total=len(checks))
        yield lambda done: bar.update(
            task, completed=done, description=now(min(done, len(checks) - 1))
        )


def _listed(found: dict[str, list[Finding]]) -> dict[str, object]:
    return {
        "extractors": [
            {
                "extractor": name,
                "passed": not any(finding.failed for finding in findings),
                "checks": [{**asdict(one), "failed": one.failed} for one in findings],
            }
            for name, findings in found.items()
        ]
    }


def _show(name: str, findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDTH)
    console.print(Text(options.printable(name), style="bold"))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("Check", "Verdict", "Seen"):
        table.add_column(heading, no_wrap=heading != "Seen", overflow="fold")
    for one in findings:
        style = "bold red" if one.failed else ""
        seen = Text(options.printable(one.seen))
        table.add_row(Text(one.check), Text(one.verdict, style=style), seen)
    console.print(table)
    console.print(Text(_summary(findings)))
    console.print()


def _summary(findings: Sequence[Finding]) -> str:
    from boilerbench.conformance.kit import START, UNANSWERED

    failed = sum(one.failed for one in findings)
    skipped = sum(one.verdict == "skipped" for one in findings)
    said = f"{failed} of {len(findings)} checks failed" if failed else "all passed"
    if any(one.check == START for one in findings):
        said += ": it does not start"
    elif any(one.seen == UNANSWERED for one in findings):
        said += ": it answers no page, so that nothing else could be judged"
    return f"{said}, {skipped} skipped" if skipped else said
