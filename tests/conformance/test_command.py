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
    assert lines[-2].startswith("all passed")
    said = done.stderr.splitlines()
    assert said[0] == "testing nothing: ordinary pages (1 of 21)"
    assert said[-1] == "testing nothing: text (21 of 21)"
    assert max(map(len, lines)) <= 80


def test_one_that_does_not_start_fails_in_json() -> None:
    done = boilerbench("extractors", "test", f"{OFFENDERS}:good_", "--quick", "--format", "json")
    assert done.returncode == 1, done.stderr
    (found,) = json.loads(done.stdout)["extractors"]
    assert (found["extractor"], found["passed"]) == ("offenders.py:good_", False)
    (check,) = found["checks"]
    assert (check["check"], check["verdict"], check["failed"]) == ("start", "fail", True)


def test_one_that_answers_nothing_fails_and_the_end_says_why() -> None:
    done = boilerbench("extractors", "test", f"{OFFENDERS}:fails_on_gazette", "--quick")
    assert done.returncode == 1, done.stderr
    summary = " ".join(done.stdout.partition("1 of 21 checks failed")[2].split())
    assert summary.startswith(": it answers no page, so that nothing else could be judged")
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_bad_input() -> None:
    done = boilerbench("extractors", "test", "trafilatuar")
    assert done.returncode == 2
    assert "did you mean trafilatura" in done.stderr
    assert done.stdout == ""
    assert boilerbench("extractors", "test").returncode == 2


def test_a_vote_is_refused_before_any_work() -> None:
    done = boilerbench("extractors", "test", "nothing", "vote(nothing, everything)")
    assert done.returncode == 2
    assert "test its members" in done.stderr
    assert "testing" not in done.stderr
    assert done.stdout == ""
