"""`boilerbench extractors new`: what it writes works as it is."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.errors import UserError
from boilerbench.extractors.catalogue import BUILTIN
from boilerbench.extractors.scaffold import checked, scaffold
from boilerbench.extractors.specs import spec
from tests.cli.shell import boilerbench


def run_tests(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )


def files(folder: Path) -> set[str]:
    return {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def test_a_plugin_is_a_whole_project(environment, tmp_path: Path) -> None:
    project = tmp_path / "my project"
    assert scaffold("Tele.Text", "python", project) == "tele-text"
    assert files(project) == {
        ".gitignore",
        "README.md",
        "pyproject.toml",
        "src/tele_text/__init__.py",
        "tests/test_tele_text.py",
    }
    assert not [file for file in files(project) if "$" in (project / file).read_text()]
    done = run_tests(project)
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout
    there = environment("scaffold")
    there.install(project)
    ran = there.run("run", "-c", "gazette", "-e", "tele-text[min_words=3]", "-o", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    assert "tele-text[min_words=3]" in ran.stdout
    tested = there.run("extractors", "test", "tele-text", "--quick")
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_a_command_is_a_whole_project(tmp_path: Path) -> None:
    project = tmp_path / "tele"
    scaffold("tele", "command", project)
    assert files(project) == {
        ".gitignore",
        "README.md",
        "tele.py",
        "tele.toml",
        "tests/test_tele.py",
    }
    done = run_tests(project)
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout
    ran = boilerbench(
        "run", "-c", "gazette", "-e", f"{project / 'tele.toml'}[min_words=3]",
        "-m", "token", "-o", tmp_path / "out",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    refused = boilerbench(
        "run", "-c", "gazette", "-e", f"{project / 'tele.toml'}[words=3]", "-o", tmp_path / "none"
    )
    assert refused.returncode == 2
    assert "unknown options: words" in refused.stderr
    tested = boilerbench("extractors", "test", project / "tele.toml", "--quick")
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_a_service_is_a_whole_project(tmp_path: Path) -> None:
    project = tmp_path / "tele"
    scaffold("tele", "service", project)
    assert files(project) == {
        ".gitignore",
        "README.md",
        "server.py",
        "tele.toml",
        "tests/test_tele.py",
    }
    described = spec(str(project / "tele.toml"))
    assert described.is_service
    assert str(described) == "tele"
    assert "${MY_KEY}" in (project / "tele.toml").read_text()
    done = run_tests(project)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


@pytest.mark.parametrize("kind", ["python", "command", "service"])
def test_the_command_says_what_to_do_next(tmp_path: Path, kind: str) -> None:
    done = boilerbench("extractors", "new", "tele", "--kind", kind, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    first, *steps = done.stdout.splitlines()
    assert "tele" in first
    assert len(steps) == (4 if kind == "service" else 3)
    assert sum("boilerbench extractors test" in step for step in steps) == 1
    assert (tmp_path / "tele" / "README.md").is_file()
    again = boilerbench("extractors", "new", "tele", cwd=tmp_path)
    assert again.returncode == 2
    assert "tele exists already" in again.stderr


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes").write_text("keep")
    (tmp_path / "file").write_text("keep")
    for there in ("mine", "file"):
        with pytest.raises(UserError, match="exists already"):
            scaffold("tele", "python", tmp_path / there)
    assert files(tmp_path) == {"mine/notes", "file"}


def test_an_empty_folder_and_one_deep_down_will_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    scaffold("tele", "command", tmp_path / "empty")
    scaffold("tele", "command", tmp_path / "far" / "down")
    assert files(tmp_path / "empty") == files(tmp_path / "far" / "down") != set()
    assert {entry.name for entry in tmp_path.iterdir()} == {"empty", "far"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "cannot be the name"),
        ("-x", "cannot be the name"),
        ("a b", "cannot be the name"),
        ("../up", "cannot be the name"),
        ("naïve", "cannot be the name"),
        ("a\n", "cannot be the name"),
        ("2text", "Python module"),
        ("class", "Python module"),
        ("json", "Python's own"),
        ("vote", "for its own"),
        ("Readability_LXML", "for its own"),
    ],
)
def test_a_name_that_cannot_be_one(name: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        checked(name)


@pytest.mark.parametrize("name", sorted(BUILTIN))
def test_no_builtin_s_name_is_taken(name: str) -> None:
    with pytest.raises(UserError, match="for its own"):
        checked(name.upper())


@given(st.from_regex(r"[a-z][a-z0-9._-]*x9", fullmatch=True))
def test_a_name_has_one_usual_form(name: str) -> None:
    usual, module = checked(name)
    assert checked(usual) == (usual, module) == checked(name.upper())
    assert module.isidentifier()
