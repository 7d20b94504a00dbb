"""`boilerbench compare`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from boilerbench.comparison import Comparison
    from boilerbench.samples import Test
    from boilerbench.stats import Interval
    from boilerbench.store import Run

WIDTH = 80
LABELS = {"f1": "F1", "recall": "recall"}


@click.command(epilog="Example: boilerbench compare results/one --extractors trafilatura justext")
@click.argument("first", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("second", metavar="[RUN_B]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--extractors",
    nargs=2,
    metavar="A B",
    help="Two extractors of RUN; with RUN_B, A of RUN and B of RUN_B.",
)
@click.option(
    "--test",
    type=click.Choice(["permutation", "wilcoxon"]),
    default="permutation",
    show_default=True,
    help="What the probabilities are by: a paired permutation test of the figure, or Wilcoxon's "
    "signed-rank test of the pages.",
)
@options.format_option("the comparison")
def compare(
    first: Path,
    second: Path | None,
    extractors: tuple[str, str] | None,
    test: Test,
    format_: str,
) -> None:
    """Compare two runs, or two extractors of one, page by page.

    Two runs are compared extractor by extractor. Each difference is the second figure less the
    first, with a 95 % interval; its probability p is corrected (Holm) for all that are shown; d is
    Cohen's d of the pages' differences; wins are the second's. Figures of another corpus, or of a
    metric with other parameters, are not comparable, and no difference is shown.
    """
    from boilerbench.comparison import compare as compared
    from boilerbench.errors import UserError
    from boilerbench.samples import tested_in_words
    from boilerbench.stats import TIE_MARGIN
    from boilerbench.store import Run

    runs = Run(first), Run(second) if second else None
    rows = compared(*runs, extractors=extractors, test=test)
    if not rows:
        raise UserError(f"{first} and {second} have no corpus, extractor and metric in common")
    tested = tested_in_words(test, sum(row.pair is not None for row in rows))
    if format_ == "json":
        listed = {"rows": [_plain(row) for row in rows], "test": tested, "tie_margin": TIE_MARGIN}
        click.echo(json.dumps(listed, indent=1, ensure_ascii=False))
        return
    for row in rows:
        _print(row)
    if any(row.pair for row in rows):
        said = f"95 % intervals; {tested}; a tie is a difference of a page up to {TIE_MARGIN}"
        click.secho(click.wrap_text(said, WIDTH), dim=True)
    if runs[1] and not extractors:
        _only_in_one((runs[0], runs[1]))


def _print(row: Comparison) -> None:
    title = options.printable(f"{row.corpus} · {row.metric} · {row.extractor}")
    click.secho(click.wrap_text(title, WIDTH, subsequent_indent="  "), bold=True)
    if row.not_comparable:
        said = options.printable(f"not comparable: {row.not_comparable}")
        click.echo(click.wrap_text(said, WIDTH, "    ", "    "))
        return
    label = LABELS[row.figure]
    figures = (
        _figure(row.first, row.first_interval),
        _figure(row.second, row.second_interval),
    )
    click.echo("    {}: {} → {}".format(label, *figures))
    if row.pair is None:
        return
    found, pair = row.pair.difference, row.pair
    effect = "–" if pair.effect != pair.effect else f"{pair.effect:+.2f}"  # NaN is not itself
    click.echo(
        f"    difference {found.value:+.3f} [{found.low:+.3f}, {found.high:+.3f}], "
        f"p {_probability(found.p)}, Holm {_probability(pair.p_holm)}, d {effect}"
    )
    click.echo(
        f"    second better on {pair.wins:,} pages, tied on {pair.ties:,}, worse on {pair.losses:,}"
    )
    click.secho(f"    {row.resampled}", dim=True)


def _figure(value: float | None, around: Interval | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" + (f" [{around.low:.3f}, {around.high:.3f}]" if around else "")


def _probability(p: float) -> str:
    return f"{p:.4f}" if p >= 0.00005 else "<0.0001"


def _plain(row: Comparison) -> dict[str, Any]:
    """A row as JSON has it, which knows no NaN."""
    plain = asdict(row)
    if row.pair and row.pair.effect != row.pair.effect:
        plain["pair"]["effect"] = None
    return plain


def _only_in_one(runs: tuple[Run, Run]) -> None:
    for run, other in (runs, runs[::-1]):
        for what, key in (("extractors", "spec"), ("metrics", "name"), ("corpora", "name")):
            there = [entry[key] for entry in other.info[what]]
            only = [entry[key] for entry in run.info[what] if entry[key] not in there]
            if only:
                click.echo(options.printable(f"{what} of {run.path} only: {', '.join(only)}"))
