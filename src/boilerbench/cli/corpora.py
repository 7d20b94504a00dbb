"""`boilerbench corpora`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boilerbench.cli import options

if TYPE_CHECKING:
    from boilerbench.corpora.manifest import Manifest, Split
    from boilerbench.types import Corpus

WIDTH = 80


@click.group(epilog="Example: boilerbench corpora list")
def corpora() -> None:
    """Which corpora there are, and how to get, read and convert them."""


@corpora.command("list", epilog="Example: boilerbench corpora list --format json")
@options.format_option("the corpora")
def list_(format_: str) -> None:
    """Each corpus, whether it is on this machine, and what is in it."""
    from boilerbench.corpora.fetch import state
    from boilerbench.corpora.manifest import fetched_root, known

    manifests = [manifest for _, manifest in sorted(known().items())]
    place = str(fetched_root())
    if format_ == "json":
        listed = {"corpora": [_known_as_json(manifest) for manifest in manifests], "place": place}
        click.echo(json.dumps(listed, indent=1, ensure_ascii=False))
        return
    rows = []
    for manifest in manifests:
        for split in manifest.splits:
            where = state(manifest, split)
            rows.append(
                (
                    f"{manifest.name}:{split.name}" if split.name else manifest.name,
                    "–" if where == "absent" else where,
                    str(_pages(manifest, split) or "–"),
                    _some(manifest.languages),
                    _some(manifest.kinds, 1),
                    manifest.licence.partition(" (")[0] or "–",
                )
            )
    _table(("Corpus", "Here", "Pages", "Languages", "Kinds", "Licence"), rows)
    said = f"fetched and imported ones (BOILERBENCH_CORPORA): {options.printable(place)}"
    click.secho(said, dim=True)


@corpora.command(epilog="Example: boilerbench corpora info wcxb")
@click.argument("name", metavar="CORPUS")
@options.format_option("what is known")
def info(name: str, format_: str) -> None:
    """All that is known of CORPUS, its known defects among it.

    CORPUS is a known name, a folder with pages/ and gold/, or a .jsonl or .parquet file; all but
    the public ones are read for this.
    """
    from boilerbench.corpora import load_corpus
    from boilerbench.corpora.manifest import known

    plain, _, split = name.partition(":")
    manifest = known().get(plain)
    if manifest is None:
        told = _read_as_json(load_corpus(name))
    else:
        manifest.split(split or None)
        told = _known_as_json(manifest)
        if manifest.origin != "public":
            told["digest"] = load_corpus(plain).digest
    if format_ == "json":
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for key, value in told.items():
        if key == "paths":  # they tell git what to bring, and nobody else anything
            continue
        for line in _lines(key, value):
            click.echo(line)


@corpora.command(epilog="Example: boilerbench corpora fetch scrapinghub daniel")
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
@options.source_option()
@click.option("--force", is_flag=True, help="Fetch anew what is there, and replace it.")
def fetch(names: tuple[str, ...], source: Path | None, force: bool) -> None:
    """Bring public corpora to this machine, verified, with git.

    Exactly the pinned commit is fetched, and only the files needed. git's url.<base>.insteadOf
    makes it come from a mirror; --from takes a clone or an unpacked archive that is there already.
    NAME:SPLIT brings that split, or is an error; the other splits come with it where they can.

    They go into the folder that the environment variable BOILERBENCH_CORPORA names, or else into
    one in your user data; `boilerbench corpora list` shows which.
    """
    from boilerbench.corpora.fetch import fetch as fetch_corpus
    from boilerbench.corpora.fetch import state, why_left_out
    from boilerbench.errors import UserError

    named = [_named(name) for name in names]
    if source and len(named) > 1:
        raise UserError("--from is the copy of one corpus, and several are named")
    for manifest, split_named in named:
        if manifest.origin != "public":
            click.echo(f"{manifest.name} is {manifest.origin}, there is nothing to fetch")
            continue
        if force or any(state(manifest, split) != "fetched" for split in manifest.splits):
            _announce(manifest, source)
        with _spinner(manifest.name) as told:
            done = fetch_corpus(manifest, source, split=split_named, force=force, told=told)
        held = " and ".join(_counted(split) for split in done.splits)
        verb = "fetched and verified" if done.anew else "there already, and intact"
        click.echo(options.printable(f"{manifest.name}: {held} {verb}, in {done.folder}"))
        for split in done.left_out:
            why = why_left_out(source, split) if source else ""
            click.echo(
                f"{manifest.name}: {split.name} left out{why and f': {why}'}; "
                f"it comes with: boilerbench corpora fetch {manifest.name}:{split.name}"
            )


@corpora.command(
    "import", epilog="Example: boilerbench corpora import crawl/ --format warc --name mine"
)
@click.argument("source", metavar="SRC", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--format",
    "format_",
    required=True,
    metavar="FORMAT",
    help="dir (pages/ and gold/), jsonl, parquet, pairs, warc, or the name of a public corpus in "
    "whose layout it is, as wcxb:test. For pairs, pages lie in a folder html, input, orig, "
    "original or raw, texts in one called clean, Corrected, gold, GoldStandard, text, texts or "
    "txt; or ID.html and ID.txt lie side by side.",
)
@click.option("--name", help="What --corpus shall call it.  [default: the name of --output]")
@click.option(
    "--output", "-o", type=options.FOLDER, help="Another folder than that of fetched corpora."
)
@click.option("--title", help="What it is, in a line.")
@click.option("--licence", help="The licence of its annotations.")
@click.option("--citation", help="How to cite it.")
@click.option("--force", is_flag=True, help="Replace a corpus that is there.")
def import_(
    source: Path,
    format_: str,
    name: str | None,
    output: Path | None,
    title: str | None,
    licence: str | None,
    citation: str | None,
    force: bool,
) -> None:
    """Write the corpus in SRC into boilerbench's own layout.

    The bytes of pages, the gold and the digest stay the same. Afterwards `--corpus NAME` means it.
    """
    from boilerbench.corpora.exchange import import_corpus, place_of
    from boilerbench.errors import UserError

    if output is None and name is None:
        raise UserError("the corpus needs a name", "--name NAME, or --output DIR for a folder")
    target = output or place_of(str(name))
    about = {
        "name": name or target.resolve().name,
        "title": title or "",
        "licence": licence or "",
        "citation": citation or "",
    }
    left_out: Counter[str] = Counter()
    with _spinner("importing"):
        pages, digest = import_corpus(
            source, format_, target, about, force=force, left_out=left_out
        )
    click.echo(f"{pages} pages imported into {options.printable(str(target))}")
    if left_out:
        click.echo(f"left out: {options.printable(_most(left_out))}")
    # With its whole path a folder cannot be taken for a corpus of its name.
    click.echo(f"use them with: --corpus {name if output is None else output.resolve()}")
    click.echo(f"digest {digest}")


@corpora.command(epilog="Example: boilerbench corpora export gazette --format parquet -o g.parquet")
@click.argument("name", metavar="CORPUS")
@options.source_option()
@click.option(
    "--format",
    "format_",
    required=True,
    type=click.Choice(["jsonl", "parquet", "dir"]),
    help="dir is boilerbench's own layout, pages/ and gold/.",
)
@click.option("--output", "-o", required=True, type=click.Path(path_type=Path), help="Where to.")
@click.option("--force", is_flag=True, help="Replace a file or a corpus that is there.")
def export(name: str, source: Path | None, format_: str, output: Path, force: bool) -> None:
    """Write CORPUS into one file, or a folder.

    In JSON lines a page has `html`, or `html_base64` where its bytes are not UTF-8. What is
    exported can be imported again, with the same digest.
    """
    from boilerbench.corpora import load_corpus
    from boilerbench.corpora.exchange import check_name_of_file, export_corpus
    from boilerbench.corpora.manifest import known
    from boilerbench.errors import UserError

    if str(output) == "-":
        raise UserError("a corpus is exported into a file or a folder, not to stdout")
    check_name_of_file(format_, output)  # before a large corpus is read
    manifest = known().get(name.partition(":")[0])
    with _spinner("exporting"):
        corpus = load_corpus(name, source)
        title = manifest.title if manifest else ""
        lost = export_corpus(corpus, format_, output, force=force, title=title)
    click.echo(f"{len(corpus)} pages exported to {options.printable(str(output))}")
    click.echo(f"digest {corpus.digest}")
    if lost:
        click.echo(f"{format_} does not keep {', '.join(lost)}; --format dir does", err=True)


def _named(name: str) -> tuple[Manifest, str | None]:
    """What `NAME` or `NAME:SPLIT` means."""
    from boilerbench.corpora.manifest import known
    from boilerbench.errors import unknown_name

    plain, _, split = name.partition(":")
    if plain not in known():
        raise unknown_name("corpus", plain, known())
    manifest = known()[plain]
    return manifest, manifest.split(split).name if split else None


def _announce(manifest: Manifest, source: Path | None) -> None:
    click.secho(f"{manifest.name}: {manifest.title}", bold=True)
    told = {
        "licence": manifest.licence,
        "size": manifest.size,
        "cite": manifest.citation,
        "from": str(source) if source else f"{manifest.home}, commit {manifest.version}",
    }
    for key, value in told.items():
        for line in _lines(key, value):
            click.echo(line)


def _counted(split: Split) -> str:
    return f"{split.pages} pages" + (f" ({split.name})" if split.name else "")


@contextmanager
def _spinner(what: str) -> Iterator[Callable[[str], None]]:
    """Shows on a terminal what is being done; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(what)) as status:
        yield lambda said: status.update(Text(f"{what}: {options.printable(said)}"))


def _known_as_json(manifest: Manifest) -> dict[str, Any]:
    """All of a manifest, and where the corpus is."""
    from boilerbench.corpora.fetch import state
    from boilerbench.corpora.manifest import fetched

    told = asdict(manifest)
    for key in ("folder", "origin", "splits"):
        del told[key]
    splits = [
        asdict(split) | {"pages": _pages(manifest, split), "here": state(manifest, split)}
        for split in manifest.splits
    ]
    here = {split["here"] for split in splits}
    told["splits"] = splits if splits[0]["name"] else []
    if not splits[0]["name"]:
        told |= {key: splits[0][key] for key in ("pages", "digest", "here")}
    place = manifest.folder or fetched(manifest.name)
    told["folder"] = None if here == {"absent"} else str(place)
    if here & {"absent", "outdated"}:
        told["get_it_with"] = f"boilerbench corpora fetch {manifest.name}"
    return told


def _read_as_json(corpus: Corpus) -> dict[str, Any]:
    """What a folder or a file turns out to hold."""

    def counted(key: str) -> dict[str, int]:
        values = Counter(str(about[key] or "unknown") for about in corpus.about.values())
        return dict(values.most_common())

    return {
        "name": corpus.name,
        "version": corpus.version,
        "licence": corpus.licence,
        "citation": corpus.citation,
        "pages": len(corpus),
        "languages": counted("lang"),
        "kinds": counted("kind"),
        "sites": len({about["site"] for about in corpus.about.values()} - {None}),
        "digest": corpus.digest,
        "folder": str(corpus.path),
    }


def _pages(manifest: Manifest, split: Split) -> int | None:
    from boilerbench.corpora import layout
    from boilerbench.errors import UserError

    if not manifest.folder:
        return split.pages
    try:
        return layout.count(manifest.folder)
    except UserError:  # one broken folder must not stop the list; reading it says why
        return None


def _some(values: Sequence[str], shown: int = 3) -> str:
    """The first of them, and how many more there are."""
    if len(values) <= shown + 1:
        return ", ".join(values) or "–"
    return f"{', '.join(values[:shown])} +{len(values) - shown}"


def _most(counted: Counter[str], shown: int = 5) -> str:
    """The largest of the numbers, and what the others make together."""
    said = [f"{number} {what}" for what, number in counted.most_common(shown)]
    others = counted.total() - sum(number for _, number in counted.most_common(shown))
    return ", ".join([*said, *([f"{others} for other reasons"] if others else [])])


def _lines(key: str, value: Any) -> list[str]:
    """A key with its value; none where there is no value."""
    if value is None or value in ("", [], (), {}):
        return []
    heading = f"{key.replace('_', ' ')}: "
    if key == "size":
        value = f"{value} MB"
    if isinstance(value, dict):
        value = ", ".join(f"{name} {number}" for name, number in value.items())
    if key == "splits":
        value = [
            f"{split['name']}: {split['pages']} pages, {split['here']}, "
            f"{split['digest'] or 'no digest'}"
            for split in value
        ]
    if key in ("defects", "splits"):
        return [
            heading.rstrip(),
            *(line for one in value for line in _wrapped(one, "  - ", "    ")),
        ]
    shown = ", ".join(value) if isinstance(value, list | tuple) else str(value)
    return _wrapped(shown, heading, "  ")


def _wrapped(text: str, first: str, following: str) -> list[str]:
    return click.wrap_text(
        options.printable(text), WIDTH, initial_indent=first, subsequent_indent=following
    ).splitlines()


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDTH)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(
            heading,
            justify="right" if heading == "Pages" else "left",
            no_wrap=heading in ("Corpus", "Here", "Pages"),
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(Text(options.printable(cell)) for cell in row))
    console.print(table)
