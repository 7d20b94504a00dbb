"""Which commit a run says that it was made by."""

import subprocess

import pytest

from boilerbench import provenance


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    code = tmp_path / "src" / "boilerbench" / "provenance.py"
    result = tmp_path / "results" / "SCOREBOARD.md"
    for file in (code, result):
        file.parent.mkdir(parents=True)
        file.write_text("committed\n")
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "all"]):
        subprocess.run(["git", "-C", tmp_path, *command], check=True)
    monkeypatch.setattr(provenance, "__file__", str(code))
    return code, result


def test_the_commit_is_named_whole(checkout):
    assert len(provenance.program()["revision"]) == 40


def test_changed_code_is_said_and_new_results_are_not(checkout):
    code, result = checkout
    commit = provenance.program()["revision"]
    result.write_text("written by a run\n")
    assert provenance.program()["revision"] == commit
    code.write_text("changed\n")
    assert provenance.program()["revision"] == f"{commit}-dirty"


def test_an_installed_package_has_no_commit(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "a" / "b" / "provenance.py"))
    assert provenance.program()["revision"] is None
