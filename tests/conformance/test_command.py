"""`boilerbench extractors test` from the shell."""

import json
from pathlib import Path

from tests.cli.shell import boilerbench

OFFENDERS = Path(__file__).with_name("offenders.py")


def test_a_table_and_an_exit_code() -> None:
    done = boilerbench("extractors", "test", "nothing", "--quick")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "nothing"
    assert lines[1].split() == ["Check", "Verdict", "Seen"]
    assert lines[-1] == "all passed" or lines[-2] == "all passed"
    assert max(map(len, lines)) <= 80


def test_one_that_does_not_start_fails_in_json() -> None:
    done = boilerbench("extractors", "test", f"{OFFENDERS}:good_", "--quick", "--format", "json")
    assert done.returncode == 1, done.stderr
    (found,) = json.loads(done.stdout)["extractors"]
    assert (found["extractor"], found["passed"]) == ("offenders.py:good_", False)
    (check,) = found["checks"]
    assert (check["check"], check["verdict"], check["failed"]) == ("start", "fail", True)


def test_bad_input() -> None:
    done = boilerbench("extractors", "test", "trafilatuar")
    assert done.returncode == 2
    assert "did you mean trafilatura" in done.stderr
    assert done.stdout == ""
    assert boilerbench("extractors", "test").returncode == 2
