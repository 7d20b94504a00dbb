"""`boilerbench metrics`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from boilerbench.agreement import Agreement, Pair
    from boilerbench.metrics import Metric
    from boilerbench.store import Run
    from boilerbench.types import Corpus

WIDTH = 80


@click.group(epilog="Example: boilerbench metrics list")
def metrics() -> None:
    """What can be measured, and whether the measures agree."""


@metrics.command("list", epilog="Example: boilerbench metrics list --format json")
@options.format_option("the metrics and protocols")
def list_(format_: str) -> None:
    """Each metric in a sentence with its source, its parameters, and the protocols."""
    from boilerbench.metrics import METRICS, metric
    from boilerbench.metrics.base import Metric, TokenMetric
    from boilerbench.metrics.protocols import PROTOCOLS

    known = [metric(name) for name in METRICS]
    if format_ == "json":
        listed = {
            "metrics": [
                {**asdict(one.about), "needs": one.needs, "signature": one.signature}
                for one in known
            ],
            "protocols": [
                {"name": name, "metrics": list(make()), "explained": paragraphs(make)}
                for name, make in PROTOCOLS.items()
            ],
        }
        click.echo(json.dumps(listed, indent=1, ensure_ascii=False))
        return
    click.secho("Metrics", bold=True)
    for one in known:
        click.echo(f"\n{one.about.name}")
        _wrapped(f"{one.about.sentence} Source: {one.about.source}.")
        _wrapped(_options(one.parameters()))
        _wrapped(one.signature)
    click.secho("\nOptions that many metrics have", bold=True)
    for kind in (Metric, TokenMetric):
        for paragraph in paragraphs(kind)[1:]:
            click.echo()
            _wrapped(paragraph)
    click.secho("\nProtocols", bold=True)
    for name, make in PROTOCOLS.items():
        click.echo(f"\n{name}")
        for paragraph in paragraphs(make):
            _wrapped(paragraph)


@metrics.command(epilog="Example: boilerbench metrics agree results/mine")
@click.argument("run", type=click.Path(path_type=Path))
@options.metric_option()
@click.option(
    "--corpus",
    "-c",
    "places",
    multiple=True,
    metavar="CORPUS",
    help="Where the corpus of the run is now, if it has no known name.",
)
@options.source_option()
@options.format_option("all pairs of metrics and the disputes")
def agree(
    run: Path, metrics: tuple[str, ...], places: tuple[str, ...], source: Path | None, format_: str
) -> None:
    """Rank correlation (Kendall) between metrics on the texts of RUN, over extractors and pages.

    By all metrics that the corpus has gold for, unless some are named. Those on sequences (lcs,
    rouge-l, levenshtein, cleaneval) take time by the square of the length of a text: a second for
    texts of some 100 kB, minutes for some of 1 MB.
    """
    from boilerbench.agreement import agreement
    from boilerbench.store import Run

    opened = Run(run)
    corpora = _corpora(opened, places, source)
    wanted = _wanted(metrics, corpora)
    found = agreement(opened, corpora, wanted)
    if format_ == "json":
        click.echo(json.dumps(asdict(found), indent=1, ensure_ascii=False))
        return
    for name in corpora:
        _print_matrix(name, found)
    _print_disputes(found)


def _corpora(run: Run, places: tuple[str, ...], source: Path | None) -> dict[str, Corpus]:
    """The corpora that the run is of, unless they have changed since."""
    from boilerbench.errors import UserError
    from boilerbench.pipeline import load_corpora

    stated = {entry["name"]: entry["digest"] for entry in run.info["corpora"]}
    corpora = load_corpora(places or list(stated), source)
    for name in dict.fromkeys((*stated, *corpora)):
        if name not in corpora or corpora[name].digest != stated.get(name):
            raise UserError(f"{run.path} was made on another {name}: not comparable")
    return corpora


def _wanted(written: tuple[str, ...], corpora: dict[str, Corpus]) -> list[Metric[Any]]:
    from boilerbench.errors import UserError
    from boilerbench.gold import checked, scorable
    from boilerbench.metrics import METRICS, metric
    from boilerbench.metrics.protocols import chosen

    if written:
        named, _ = checked(chosen(written), corpora)
        if len(named) < 2:
            raise UserError("one metric agrees with itself: name two or more")
        return [one.metric for one in named]
    every = [metric(name) for name in METRICS if not name.startswith("webmainbench")]
    every += [metric("lcs[tok=char]"), metric("levenshtein[tok=unicode]")]
    return [one for one in every if all(scorable(one, corpus) for corpus in corpora.values())]


def paragraphs(documented: object) -> list[str]:
    """The paragraphs of a docstring, without line breaks."""
    return [" ".join(p.split()) for p in (inspect.getdoc(documented) or "").split("\n\n")]


def _options(parameters: list[tuple[str, list[str]]]) -> str:
    shown = "; ".join(f"{name}={'|'.join(values)}" for name, values in parameters)
    return f"Options: {shown}" if shown else ""


def _print_matrix(corpus: str, found: Agreement) -> None:
    """Both correlations in one table: over extractors below the diagonal, over pages above."""
    pairs = {(p.first, p.second): p for p in found.pairs if p.corpus == corpus}
    ranked = {name for pair, p in pairs.items() for name in pair if _says_something(p)}
    names = [name for name in found.metrics if name in ranked]
    width = max(map(len, names), default=0) + 4
    corpus = options.printable(corpus)
    click.secho(f"{corpus} · Kendall's τ: pages above the diagonal, extractors below", bold=True)
    step = max(1, (WIDTH - width) // 4)
    for start in range(0, len(names), step):
        shown = range(start, min(start + step, len(names)))
        click.echo(" " * width + "".join(f"{number + 1:4}" for number in shown))
        for row, name in enumerate(names):
            cells = []
            for column in shown:
                cells.append(_cell(pairs, names, row, column))
            click.echo(f"{row + 1:2} {name:{width - 3}}" + "".join(f"{cell:>4}" for cell in cells))
        click.echo()
    silent = [name for name in found.metrics if name not in ranked]
    if silent:
        _wrapped(f"Nothing to rank by: {', '.join(silent)}.")
        click.echo()


def _says_something(pair: Pair) -> bool:
    return pair.pages is not None or pair.extractors is not None


def _cell(
    pairs: Mapping[tuple[str, str], Pair], names: Sequence[str], row: int, column: int
) -> str:
    if row == column:
        return ""
    pair = pairs[names[min(row, column)], names[max(row, column)]]
    tau = pair.pages if column > row else pair.extractors
    return "–" if tau is None else _short(tau)


def _print_disputes(found: Agreement) -> None:
    if found.disputes:
        click.secho("Where two metrics prefer opposite extractors most clearly", bold=True)
    for d in found.disputes:
        click.echo(options.printable(f"{d.corpus}/{d.page_id}"))
        click.echo(options.printable(f"  {d.metric}: {d.better} by {d.difference:.3f}"))
        click.echo(options.printable(f"  {d.other}: {d.worse} by {d.other_difference:.3f}"))


def _short(tau: float) -> str:
    """`.93`, `-.1`, `1`: in three characters."""
    rounded = f"{tau:.2f}"
    if rounded in ("1.00", "-1.00"):
        return rounded[:-3]
    return f"{tau:.1f}".replace("0.", ".") if tau < 0 else rounded[1:]


def _wrapped(text: str) -> None:
    click.echo(click.wrap_text(text, WIDTH, "    ", "    "))
