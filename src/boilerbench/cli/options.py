"""Options that several commands share, and the command line as it was typed."""

from __future__ import annotations

import functools
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

MIB = 1 << 20

FOLDER = click.Path(path_type=Path, file_okay=False)


def corpus_option(required: bool = False) -> Decorator:
    return click.option(
        "--corpus",
        "-c",
        "corpora",
        multiple=True,
        required=required,
        metavar="CORPUS",
        help="A known corpus or a split of it (wcxb:dev), a folder with pages/ and gold/, a .jsonl "
        "or .parquet file; may be given several times."
        + ("" if required else "  [default: the suite's]"),
    )


def selection_options() -> Decorator:
    """The options that pick pages; the command gets them as one `selection`."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def gathered(
            *args: Any,
            kinds: tuple[str, ...],
            langs: tuple[str, ...],
            sites: tuple[str, ...],
            sample: int | None,
            seed: int | None,
            gold: str | None,
            **others: Any,
        ) -> Any:
            from boilerbench.types import Selection

            if seed is not None and sample is None:
                raise click.UsageError("--seed is what --sample draws by: give both")
            read = tuple(name.strip() for name in (gold or "").split(",") if name.strip())
            if gold is not None and not read:
                raise click.UsageError("--gold names no kind of block")
            selection = Selection(kinds, langs, sites, sample, seed or 0, read)
            return command(*args, selection=selection, **others)

        decorated: Callable[..., Any] = gathered
        for option in reversed(_selecting()):
            decorated = option(decorated)
        return decorated

    return decorate


def _selecting() -> list[Decorator]:
    return [
        click.option(
            "--kind",
            "kinds",
            metavar="KIND",
            help="Pages of this kind only: article, forum, product …; may be given several times, "
            "as may the next two.",
            multiple=True,
        ),
        click.option(
            "--lang", "langs", metavar="LANG", help="Pages in this language only.", multiple=True
        ),
        click.option(
            "--site", "sites", metavar="HOST", help="Pages of this site only.", multiple=True
        ),
        click.option(
            "--sample",
            type=click.IntRange(min=1),
            metavar="N",
            help="N pages of each corpus, drawn at random.",
        ),
        click.option(
            "--seed", type=int, help="What --sample draws by, a whole number.  [default: 0]"
        ),
        click.option(
            "--gold",
            metavar="KINDS",
            help="Another reading of labelled blocks: the kinds that are gold "
            "(title,paragraph,list), or changes to the corpus's own (+title,-table).",
        ),
    ]


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
        help="token, shingle[n=5] …, see `boilerbench metrics list`; may be given several times.",
    )


def protocol_option() -> Decorator:
    return click.option(
        "--protocol",
        "-p",
        "protocols",
        multiple=True,
        metavar="PROTOCOL",
        help="A published evaluation, by its own rules: scrapinghub, wcxb, sigir23 …; may be given "
        "several times.  [default: boilerbench]",
    )


def fresh_option() -> Decorator:
    return click.option(
        "--fresh", is_flag=True, help="Start over where the folder holds a run already."
    )


def timeout_option() -> Decorator:
    return click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=30.0,
        show_default=True,
        help="Seconds per page (120 for an extractor to start).",
    )


def memory_option() -> Decorator:
    """In MiB."""
    return click.option(
        "--memory",
        type=click.IntRange(min=64),
        default=2048,
        show_default=True,
        help="MiB of memory per worker.",
    )


def workers_option() -> Decorator:
    return click.option(
        "--workers", type=click.IntRange(min=1), help="Pages at a time.  [default: one per core]"
    )


def format_option(what: str = "the scoreboard") -> Decorator:
    return click.option(
        "--format",
        "format_",
        type=click.Choice(["table", "json"]),
        default="table",
        help=f"json prints {what} for programs, and nothing else on stdout.",
    )


def printable(text: str) -> str:
    """Text for a terminal. What came from a page or a file may hold codes that move the cursor or
    change colours, or line breaks that fake a line: they are shown, not obeyed."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def between_parts(signature: str, width: int) -> list[str]:
    """A signature in lines that end between its parts."""
    lines = [""]
    for part in signature.replace("|", "|\n").splitlines():
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return lines


def typed() -> str:
    """The command line as typed, quoted for a shell."""
    return shlex.join(["boilerbench", *sys.argv[1:]])
