"""`boilerbench power`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from boilerbench.power import Power
    from boilerbench.store import Run

WIDTH = 80
LABELS = {"f1": "F1", "recall": "recall"}
USUAL = ("trafilatura", "readability-lxml")
"""Two extractors that everyone has, for a corpus that has not been run."""


@click.command(epilog="Example: boilerbench power --corpus gazette --delta 0.01")
@click.argument("run", metavar="[RUN]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--delta",
    type=click.FloatRange(min=0.0001, max=1),
    required=True,
    metavar="DELTA",
    help="The difference to be seen, 0.01 for one point of F1.",
)
@click.option(
    "--corpus", "-c", metavar="CORPUS", help="Of this corpus only; without RUN the one to look at."
)
@click.option("--extractors", nargs=2, metavar="A B", help="The two that are to be compared.")
@options.source_option()
@options.format_option("the answer")
def power(
    run: Path | None,
    delta: float,
    corpus: str | None,
    extractors: tuple[str, str] | None,
    source: Path | None,
    format_: str,
) -> None:
    """Say how many pages it takes to see a difference.

    Two extractors that differ by DELTA are told apart with 80 % power at 5 %, by a paired,
    two-sided test. How much pages vary is taken from RUN; without it, from the newest run of the
    whole CORPUS in results/; if there is none, the two extractors are run, trafilatura and
    readability-lxml unless others are named. Without --extractors the answer is of the pairs that
    vary least, in the middle, and most.
    """
    from boilerbench.errors import UserError
    from boilerbench.power import power as needed
    from boilerbench.store import Run

    if run is None and corpus is None:
        raise UserError("whose pages?", "name a run, or a corpus: --corpus gazette")
    if run is not None:
        basis = Run(run)
    else:
        assert corpus is not None
        basis = _newest(corpus, extractors) or _made(corpus, extractors, source)
        corpus = _name_of(basis, corpus)
    found = needed(basis, delta, corpus=corpus, extractors=extractors)
    if format_ == "json":
        listed = {"run": str(basis.path), "rows": [asdict(one) for one in found]}
        click.echo(json.dumps(listed, indent=1, ensure_ascii=False))
        return
    head = None
    for one in found:
        if head != (one.corpus, one.metric):
            head = one.corpus, one.metric
            _print_head(one)
        _print(one)
    click.secho(
        click.wrap_text(
            "80 % power at 5 %, paired and two-sided; by the normal approximation, checked by "
            f"simulation with the differences of pages in {options.printable(str(basis.path))}. "
            "`check` corrects for all its comparisons, and so sees a little less: it says how "
            "small a drop it sees.",
            WIDTH,
        ),
        dim=True,
    )


def _print_head(one: Power) -> None:
    said = f"{one.corpus} · {one.metric}: {one.pages:,} pages"
    if one.units != one.pages:
        said += f" of {one.units:,} {one.noun}"
    click.secho(click.wrap_text(options.printable(said), WIDTH), bold=True)


def _print(one: Power) -> None:
    click.echo(
        click.wrap_text(
            options.printable(f"{one.first} / {one.second}"), WIDTH, subsequent_indent="  "
        )
    )
    if one.needed is None:
        click.echo("    the difference is the same on every page: nothing says how much pages vary")
        return
    click.echo(
        f"    a difference of {one.delta:.3g} in {LABELS[one.figure]} needs {one.needed:,} pages "
        f"(simulated power {one.simulated:.0%})"
    )
    click.echo(
        f"    the {one.pages:,} pages here show one of {one.detectable:.3f} or more; "
        f"found: {one.difference:+.3f}"
    )


def _newest(corpus: str, extractors: tuple[str, str] | None) -> Run | None:
    """The newest finished run in results/ that has the whole corpus, and two extractors at least,
    or those that are asked for."""
    from boilerbench.errors import UserError
    from boilerbench.power import REFERENCES
    from boilerbench.store import Run

    found = []
    for file in Path("results").glob("*/run.json"):
        try:
            run = Run(file.parent)
        except UserError:  # of an earlier boilerbench, or damaged
            continue
        names = {entry["spec"] for entry in run.info["extractors"]}
        enough = set(extractors) <= names if extractors else len(names - {*REFERENCES}) > 1
        whole = any(
            entry["name"] == corpus and not entry.get("selection") for entry in run.info["corpora"]
        )
        if enough and whole and run.info.get("status") == "complete":
            found.append(run)
    return max(found, key=lambda run: str(run.info.get("started")), default=None)


def _made(corpus: str, extractors: tuple[str, str] | None, source: Path | None) -> Run:
    from boilerbench import api
    from boilerbench.cli.progress import progress

    names = extractors or USUAL
    click.echo(
        options.printable(f"no run of {corpus} in results/: running {' and '.join(names)}"),
        err=True,
    )
    with progress() as shown:
        return api.run(corpus, list(names), source=source, command=options.typed(), progress=shown)


def _name_of(run: Run, corpus: str) -> str:
    """What the run calls the corpus: a folder or a file has a name of its own."""
    names = [str(entry["name"]) for entry in run.info["corpora"]]
    return corpus if corpus in names else names[0]
