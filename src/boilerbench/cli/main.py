"""`boilerbench`: the command group, and how every command ends."""

from __future__ import annotations

import io
import os
import signal
import sys

import click

from boilerbench.cli.accept import accept
from boilerbench.cli.check import check
from boilerbench.cli.compare import compare
from boilerbench.cli.corpora import corpora
from boilerbench.cli.extractors import extractors
from boilerbench.cli.history import history
from boilerbench.cli.lint import lint
from boilerbench.cli.metrics import metrics
from boilerbench.cli.options import printable
from boilerbench.cli.power import power
from boilerbench.cli.report import report
from boilerbench.cli.run import run
from boilerbench.cli.score import score
from boilerbench.cli.serve import serve
from boilerbench.cli.stats import stats
from boilerbench.cli.time import time


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="Example: boilerbench run --corpus gazette -e trafilatura -e justext",
)
@click.version_option(package_name="boilerbench")
def cli() -> None:
    """Benchmark extractors of a web page's main text.

    boilerbench runs extractors on annotated pages, scores them against gold text, and writes
    comparison reports.
    """


cli.add_command(run)
cli.add_command(report)
cli.add_command(serve)
cli.add_command(score)
cli.add_command(compare)
cli.add_command(power)
cli.add_command(check)
cli.add_command(accept)
cli.add_command(metrics)
cli.add_command(extractors)
cli.add_command(history)
cli.add_command(time)
corpora.add_command(lint)
corpora.add_command(stats)
cli.add_command(corpora)


def main() -> None:
    """Bad input ends with one clear line and exit code 2, an interrupt with 130, SIGTERM with 143;
    what was done by then is kept."""
    from boilerbench.errors import UserError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name may have letters that a terminal lacks
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        cli(prog_name="boilerbench", standalone_mode=False)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except UserError as problem:
        # A name or a server's word may hold codes for the terminal.
        lines = map(printable, f"boilerbench: {problem}".splitlines())
        click.echo("\n".join(lines), err=True)
        sys.exit(2)
    except BrokenPipeError:
        # Whoever read our output has had enough. Python would complain again at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)
    except OSError as problem:  # a folder that may not be written to, a disk that is full
        click.echo(
            printable(f"boilerbench: {problem.strerror}: {problem.filename or ''}"), err=True
        )
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("boilerbench: interrupted", err=True)
        sys.exit(130)
