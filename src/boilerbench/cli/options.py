"""Options that several commands share, and the command line as it was typed."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

FOLDER = click.Path(path_type=Path, file_okay=False)


def output_option() -> Decorator:
    return click.option(
        "--output",
        "-o",
        type=FOLDER,
        help="Folder of the run.  [default: results/NAME-DATE-TIME]",
    )


def source_option() -> Decorator:
    return click.option(
        "--from",
        "source",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        metavar="DIR",
        help="Where a known corpus lies on this machine.",
    )


def metric_option() -> Decorator:
    return click.option(
        "--metric",
        "-m",
        "metrics",
        multiple=True,
        metavar="METRIC",
        help="token, shingle, shingle[n=5] …; may be given several times.",
    )


def fresh_option() -> Decorator:
    return click.option(
        "--fresh", is_flag=True, help="Start over where the folder holds a run already."
    )


def format_option() -> Decorator:
    return click.option(
        "--format",
        "format_",
        type=click.Choice(["table", "json"]),
        default="table",
        help="json prints the scoreboard for programs, and nothing else on stdout.",
    )


def typed() -> str:
    """The command line as typed, quoted for a shell."""
    return shlex.join(["boilerbench", *sys.argv[1:]])
