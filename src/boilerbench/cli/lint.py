"""`boilerbench corpora lint`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from boilerbench.lint import Report
    from boilerbench.types import Corpus, Selection

WIDTH = 80


@click.command(epilog="Example: boilerbench corpora lint gazette --defect near-duplicate")
@click.argument("names", nargs=-1, required=True, metavar="CORPUS…")
@options.source_option()
@options.selection_options()
@click.option(
    "--defect",
    "defects",
    multiple=True,
    metavar="DEFECT",
    help="This kind of defect only (empty-gold, near-duplicate …; a wrong one lists all); may be "
    "given several times.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    help="json prints the defects for programs, markdown the counts alone.",
)
def lint(
    names: tuple[str, ...],
    source: Path | None,
    selection: Selection,
    defects: tuple[str, ...],
    format_: str,
) -> None:
    """List the annotation defects of each CORPUS, page by page, then how many pages have each.

    Gold that is empty or not on the page, labels in the HTML, duplicates (of all corpora named,
    taken together), boilerplate, damaged text and more; the table says what each defect is. A
    finding is a reason to look at a page, and does not change the exit status.
    """
    from boilerbench.cli.page_bar import page_bar
    from boilerbench.errors import unknown_name
    from boilerbench.lint import KINDS
    from boilerbench.lint import lint as find
    from boilerbench.lint.report import markdown
    from boilerbench.pipeline import load_corpora

    for defect in defects:
        if defect not in KINDS:
            raise unknown_name("defect", defect, KINDS)
    corpora = load_corpora(names, source, selection)
    with page_bar("reading", sum(map(len, corpora.values()))) as seen:
        report = find(corpora, seen)
    wanted = [kind for kind in KINDS if kind in defects] if defects else list(KINDS)
    report = report.only(wanted)
    if format_ == "json":
        click.echo(json.dumps(_as_json(report, wanted, corpora), indent=1, ensure_ascii=False))
    elif format_ == "markdown":
        click.echo(markdown(report, wanted), nl=False)
    else:
        for found in report.defects:
            line = f"{found.corpus}/{found.page_id}: {found.kind}: {found.detail}"
            click.echo(options.printable(line))
        if report.defects:
            click.echo()
        _print_counts(report, wanted)


def _as_json(report: Report, kinds: list[str], corpora: Mapping[str, Corpus]) -> dict[str, object]:
    from boilerbench.lint import KINDS

    counts = report.counts()
    return {
        "corpora": [
            {"name": name, "digest": corpora[name].digest, "pages": pages}
            for name, pages in report.pages.items()
        ],
        "kinds": {kind: KINDS[kind] for kind in kinds},
        "counts": {kind: counts[kind] for kind in kinds},
        "defects": [asdict(defect) for defect in report.defects],
    }


def _print_counts(report: Report, kinds: list[str]) -> None:
    """Pages with each defect and their share, a corpus a column, as many as fit side by side; then
    what the defects that were found are."""
    from boilerbench.lint import KINDS
    from boilerbench.lint.report import share

    counts = report.counts()
    cells = {
        (kind, name): f"{found} ({share(found, pages)})" if (found := counts[kind][name]) else "–"
        for kind in kinds
        for name, pages in report.pages.items()
    }
    first = max(map(len, kinds)) + 2
    names = list(report.pages)
    widest = max(12, *map(len, cells.values()))
    while names:
        width = 2 + max(widest, *(len(options.printable(name)) for name in names))
        fit = max(1, (WIDTH - first) // width)
        shown, names = names[:fit], names[fit:]
        heading = "".join(f"{options.printable(name):>{width}}" for name in shown)
        click.secho(f"{'pages with':{first}}{heading}", bold=True)
        for kind in kinds:
            click.echo(
                f"{kind:{first}}" + "".join(f"{cells[kind, name]:>{width}}" for name in shown)
            )
        click.echo(
            f"{'pages':{first}}" + "".join(f"{report.pages[name]:>{width}}" for name in shown)
        )
        click.echo()
    for kind in kinds:
        if any(counts[kind].values()):
            click.echo(click.wrap_text(f"{kind}: {KINDS[kind]}", WIDTH, "", "    "))
