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
                {
                    **asdict(one.about),
                    "needs": one.needs,
                    "options": dict(one.parameters()),
                    "signature": one.signature,
                }
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
    _wrapped("Options go into brackets, name[option=value]; the first value is the default.")
    told: set[type] = set()
    for one in known:
        click.echo(f"\n{one.about.name}")
        _wrapped(f"{one.about.sentence} Source: {one.about.source}.")
        shared = "avg, failed" + ", norm, tok, empty" * isinstance(one, TokenMetric)
        _wrapped("; ".join(["Options: " + shared, *_choices(one)]))
        if type(one) not in told and one.parameters():
            told.add(type(one))
            for paragraph in paragraphs(type(one))[1:]:
                _wrapped(paragraph)
        for line in options.between_parts(f"Signature: {one.signature}", WIDTH - 4):
            click.echo(f"    {line}")
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
    from boilerbench.types import Selection

    entries = {entry["name"]: entry for entry in run.info["corpora"]}
    if places or source:
        # A corpus of which all was picked does not say what was asked for; another may.
        said = [entry["selection"] for entry in entries.values() if entry.get("selection")]
        selection = Selection.stored(said[0] if said else {})
        loaded = load_corpora(places or list(entries), source, selection)
    else:
        loaded = {name: _where_it_was(entry) for name, entry in entries.items()}
    # Whatever it is called now, it is the run's if it has the same pages and gold.
    corpora = {}
    for name, entry in entries.items():
        same = [corpus for corpus in loaded.values() if corpus.digest == entry["digest"]]
        if not same:
            raise UserError(
                f"{run.path} was made on a corpus {name!r} of other pages or other gold: "
                "not comparable"
            )
        corpora[name] = same[0]
    return corpora


def _where_it_was(entry: Mapping[str, Any]) -> Corpus:
    """The corpus of a run, from where the run read it."""
    from boilerbench.corpora import load_corpus
    from boilerbench.corpora.manifest import known
    from boilerbench.errors import UserError
    from boilerbench.types import Selection

    name, path = entry["name"], entry.get("path")
    selection = Selection.stored(entry.get("selection", {}))
    manifest = known().get(name.partition(":")[0])
    if manifest is not None:
        return load_corpus(name, None if manifest.folder else path, selection)
    if not path or not Path(path).exists():
        raise UserError(f"{name} is not where it was: {path}", "say where it is: --corpus, --from")
    return load_corpus(path, selection=selection)


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


def _choices(metric: Metric[Any]) -> list[str]:
    return [f"{name}={'|'.join(values)}" for name, values in metric.parameters()]


def _print_matrix(corpus: str, found: Agreement) -> None:
    """Both correlations in one table: over extractors below the diagonal, over pages above."""
    pairs = {(p.first, p.second): p for p in found.pairs if p.corpus == corpus}
    ranked = {name for pair, p in pairs.items() for name in pair if _says_something(p)}
    names = [name for name in found.metrics if name in ranked]
    width = max(map(len, names), default=0) + 4
    corpus = options.printable(corpus)
    click.secho(f"{corpus} · do metrics rank alike?", bold=True)
    click.echo(
        click.wrap_text(
            "Kendall's τ-b: 1 is the same order, -1 the reverse, 0 no relation. Below the diagonal "
            f"over the {len(found.extractors)} extractors, by their averages; above it over pages: "
            "for each extractor, by the figures of its pages, and the mean of that.",
            WIDTH,
        )
    )
    step = max(1, (WIDTH - width) // 5)
    for start in range(0, len(names), step):
        shown = range(start, min(start + step, len(names)))
        click.echo(" " * width + "".join(f"{number + 1:5}" for number in shown))
        for row, name in enumerate(names):
            cells = []
            for column in shown:
                cells.append(_cell(pairs, names, row, column))
            click.echo(f"{row + 1:2} {name:{width - 3}}" + "".join(f"{cell:>5}" for cell in cells))
        click.echo()
    silent = [name for name in found.metrics if name not in ranked]
    if silent:
        _wrapped(
            f"Nothing to rank: {', '.join(silent)}: every extractor has the same figure by it on "
            "every page, or none."
        )
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
        for metric, better, worse, by in (
            (d.metric, d.prefers, d.other_prefers, d.difference),
            (d.other, d.other_prefers, d.prefers, d.other_difference),
        ):
            click.echo(options.printable(f"  {metric}: {better} over {worse} by {by:.3f}"))


def _short(tau: float) -> str:
    """`.93`, `-.12`, `1`: in four characters."""
    rounded = f"{tau:.2f}"
    return rounded[:-3] if rounded.endswith("1.00") else rounded.replace("0.", ".", 1)


def _wrapped(text: str) -> None:
    click.echo(click.wrap_text(text, WIDTH, "    ", "    "))
