"""`boilerbench extractors test`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from boilerbench.conformance.finding import Finding

MIB = 1 << 20
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
    help="Seconds per page.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=64),
    default=2048,
    show_default=True,
    help="MiB of memory per worker.",
)
@options.format_option("the findings")
def test(names: tuple[str, ...], quick: bool, timeout: float, memory: int, format_: str) -> None:
    """Check that an extractor behaves as a benchmark must be able to rely on.

    The same page gets the same text, however often and in whatever order; no network is tried, and
    no file outside the worker's folder; hostile pages are answered, if only with an error; nothing
    runs on between pages; memory does not grow.

    Each check has a verdict: pass, fail, or skipped. A hostile page may also be slow (more than a
    third of the timeout) or an error, which are no failures; crash, timeout and oom are.

    SPEC is what `run` takes. About a minute each. Exit code 1 if a check failed.
    """
    from boilerbench.cli.progress import progress
    from boilerbench.conformance.kit import FULL, QUICK, examine
    from boilerbench.execution.process import Limits
    from boilerbench.extractors.environments import prepared
    from boilerbench.extractors.specs import specs

    limits = Limits(timeout, memory * MIB)
    wanted = specs(names)
    with progress() as shown:
        wanted = prepared(wanted, shown.building)
    found: dict[str, list[Finding]] = {}
    for spec in wanted:
        click.echo(options.printable(f"testing {spec}"), err=True)
        found[str(spec)] = list(examine(spec, limits, QUICK if quick else FULL))
        if format_ == "table":
            _show(str(spec), found[str(spec)])
    if format_ == "json":
        click.echo(json.dumps(_listed(found), indent=1, ensure_ascii=False))
    if any(finding.failed for findings in found.values() for finding in findings):
        sys.exit(1)


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
    failed = sum(one.failed for one in findings)
    console.print(Text(f"{failed} of {len(findings)} checks failed" if failed else "all passed"))
    console.print()
