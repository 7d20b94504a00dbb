"""`boilerbench corpora lint`, as a user calls it."""

import json
from pathlib import Path

import pytest

from boilerbench.lint import KINDS
from tests.cli.shell import boilerbench

TEXT = "The ferry came in at nine, and the keeper of the lock had gone home. "


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Three pages: one in order, one with a cookie notice in its gold, one without gold."""
    file = tmp_path / "mine.jsonl"
    records = [
        {"id": "fine", "html": f"<p>{TEXT}</p>", "text": TEXT},
        {"id": "odd\x1b[31m", "html": f"<p>{TEXT} once more</p>", "text": "Accept all cookies"},
        {"id": "none", "html": f"<p>{TEXT} twice more</p>", "text": ""},
    ]
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    return file


def test_the_list_page_by_page_and_the_counts(corpus: Path) -> None:
    done = boilerbench("corpora", "lint", corpus)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "mine/none: empty-gold: no token in the gold text"
    assert lines[1].startswith(r"mine/odd\x1b[31m: boilerplate-in-gold: 1 of 1 lines")
    counted = {line.split()[0]: line.split()[1:] for line in lines if line}
    assert counted["empty-gold"] == ["1", "(33", "%)"]
    assert counted["duplicate-page"] == ["–"]
    assert counted["pages"] == ["3"]
    assert f"empty-gold: {KINDS['empty-gold']}" in " ".join(done.stdout.split())


def test_for_programs(corpus: Path) -> None:
    done = boilerbench("corpora", "lint", corpus, "--format", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["kinds"] == dict(KINDS)
    (one,) = told["corpora"]
    assert (one["name"], one["pages"]) == ("mine", 3)
    assert told["counts"]["empty-gold"] == {"mine": 1}
    assert [(defect["page_id"], defect["kind"]) for defect in told["defects"]] == [
        ("none", "empty-gold"),
        ("odd\x1b[31m", "boilerplate-in-gold"),
    ]


def test_the_table_for_a_document(corpus: Path) -> None:
    done = boilerbench("corpora", "lint", corpus, "--format", "markdown", "--defect", "empty-gold")
    assert done.stdout.splitlines()[2] == "| mine | 3 | 1 (33 %) |"


def test_one_kind_of_defect_alone(corpus: Path) -> None:
    done = boilerbench("corpora", "lint", corpus, "--defect", "empty-gold")
    assert [line for line in done.stdout.splitlines() if line.startswith("mine/")] == [
        "mine/none: empty-gold: no token in the gold text"
    ]
    assert "boilerplate-in-gold" not in done.stdout


def test_pages_that_are_selected_alone_are_read() -> None:
    done = boilerbench("corpora", "lint", "gazette", "--kind", "forum", "--sample", "2")
    assert done.returncode == 0, done.stderr
    assert any(line.split() == ["pages", "2"] for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "unknown corpus 'nowhere'"),
        (["gazette", "--defect", "empty"], "unknown defect 'empty'"),
        (["gazette", "gazette"], "'gazette' is named twice"),
        ([], "Missing argument"),
    ],
)
def test_bad_input_ends_with_2(arguments: list[str], says: str) -> None:
    done = boilerbench("corpora", "lint", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
