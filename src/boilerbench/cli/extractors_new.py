"""`boilerbench extractors new`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from boilerbench.extractors.scaffold import Kind


@click.command(epilog="Example: boilerbench extractors new my-extractor")
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(["python", "command", "service"]),
    default="python",
    show_default=True,
    help="A plug-in in Python; a program in whatever language, with its TOML file; or a TOML file "
    "for a service over HTTP, with a server to try it on.",
)
@click.option("--output", "-o", type=options.FOLDER, help="Folder of the project.  [default: NAME]")
def new(name: str, kind: Kind, output: Path | None) -> None:
    """Write a new extractor's project, whose tests pass.

    What it extracts is a place to start from. Nothing that exists is written over.
    """
    from boilerbench.extractors.scaffold import scaffold

    folder = output or Path(name)
    made = scaffold(name, kind, folder)
    there = shlex.quote(str(folder))
    if kind == "python":
        steps = [
            f"python -m pip install --editable {there}",
            f"python -m pytest {there}",
            f"boilerbench extractors test {made}",
        ]
    else:
        file = shlex.quote(str(folder / f"{made}.toml"))
        steps = [
            f"python -m pytest {there}",
            *([f"python {there}/server.py &"] if kind == "service" else []),
            f"boilerbench extractors test {file}",
            f"boilerbench run -e {file}",
        ]
    click.echo(options.printable(f"{folder} has a new extractor, {made}. Next:"))
    for step in steps:
        click.echo(options.printable(f"    {step}"))
