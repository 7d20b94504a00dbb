"""What a user sees before any work is done."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from boilerbench.cli.main import cli
from tests.cli.shell import boilerbench


def commands(group: click.Group, *above: str) -> Iterator[list[str]]:
    """A group and all that is below it, each by the words that call it."""
    yield list(above)
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield [*above, name]


COMMANDS = list(commands(cli))


def test_these_are_the_commands() -> None:
    below = {
        "": "run report serve score compare power check accept history time metrics extractors"
        " corpora",
        "metrics ": "list agree",
        "extractors ": "list info prepare remove new test",
        "corpora ": "list info fetch import export lint stats",
    }
    listed = {above + name for above, names in below.items() for name in names.split()}
    assert {" ".join(command) for command in COMMANDS} == {"", *listed}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    done = boilerbench(*command, "--help")
    assert done.returncode == 0
    assert f"Example: {' '.join(['boilerbench', *command])} " in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_version() -> None:
    assert boilerbench("--version").stdout.startswith("boilerbench, version ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["rnu"], "No such command 'rnu'"),
        (["report", "nowhere"], "nowhere is not a run: it has no run.json"),
        (["report", "pages"], "pages is not a run"),
    ],
)
def test_bad_input_ends_with_2(arguments: list[str], says: str, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    done = boilerbench(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_who_has_had_enough_is_no_error(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "boilerbench", "run", "-e", "nothing", "-o", str(tmp_path / "out")]
    subprocess.run(run, check=True, capture_output=True)
    report = f"{sys.executable} -m boilerbench report {tmp_path / 'out'} --format json | head -c 1"
    done = subprocess.run(report, shell=True, capture_output=True, text=True)
    assert done.stdout == "{"
    assert done.stderr == ""


def test_a_place_that_cannot_be_written_to_is_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = boilerbench("run", "-e", "nothing", "-o", tmp_path / "file" / "out")
    assert done.returncode == 2
    assert "boilerbench: Not a directory: " in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unfinished_run_has_no_report_yet(tmp_path: Path) -> None:
    assert boilerbench("run", "-e", "nothing", "-o", tmp_path).returncode == 0
    stated = tmp_path / "run.json"
    stated.write_text(stated.read_text().replace('"complete"', '"running"'))
    (tmp_path / "scoreboard.md").unlink()
    done = boilerbench("report", tmp_path)
    assert done.returncode == 2
    assert "the run did not finish" in done.stderr
    assert not (tmp_path / "scoreboard.md").exists()
