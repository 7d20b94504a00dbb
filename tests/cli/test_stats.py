"""`boilerbench corpora stats`, as a user calls it."""

import json
from pathlib import Path

import pytest

from tests.cli.shell import boilerbench


def write(file: Path, *records: dict[str, object]) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    return file


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return write(
        tmp_path / "mine.jsonl",
        {"id": "p1", "html": "<p>one two<p>nav", "text": "one two", "kind": "forum", "lang": "en"},
        {"id": "p2", "html": "<p>one two nav", "text": "one two", "kind": "article"},
        {"id": "p3", "html": "<p>nav", "text": "gone", "kind": "article", "site": "x.example"},
    )


def figures(shown: str) -> dict[str, str]:
    """The rows of the first table by label, of a corpus alone."""
    rows = [line.rsplit("  ", 1) for line in shown.splitlines() if "  " in line.strip()]
    return {label.strip(): value.strip() for label, value in rows}


def test_a_corpus_in_figures(mine: Path) -> None:
    done = boilerbench("corpora", "stats", mine)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= 80
    shown = figures(done.stdout)
    assert shown["Pages"] == "3"
    assert shown["Gold tokens, all pages"] == "5"
    assert shown["Ceiling: token recall"] == "0.667"
    assert shown["token F1"] == "0.600"
    assert shown["pages of recall below .5"] == "1"
    assert "Pages with Markdown" not in shown  # no page has
    assert "kinds: article 2, forum 1" in done.stdout
    assert "languages: en 1, unknown 2" in done.stdout
    assert "  F1 0.000, recall 0.000: p3\n  F1 0.800, recall 1.000: p2\n" in done.stdout


def test_for_programs_nothing_is_rounded(mine: Path) -> None:
    done = boilerbench("corpora", "stats", mine, "--format", "json")
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["corpora"]
    assert found["name"] == "mine"
    assert found["ceiling"]["recall"] == pytest.approx(2 / 3, abs=1e-15)
    assert found["ceiling"]["f1"] == pytest.approx(0.6, abs=1e-15)
    assert [page["page_id"] for page in found["each"]] == ["p1", "p2", "p3"]
    assert found["sites"] == {"x.example": 1, "unknown": 2}


def test_pages_can_be_selected(mine: Path) -> None:
    done = boilerbench("corpora", "stats", mine, "--kind", "forum", "--format", "json")
    (found,) = json.loads(done.stdout)["corpora"]
    assert found["pages"] == 1


def test_corpora_stand_beside_each_other_as_far_as_they_fit(mine: Path, tmp_path: Path) -> None:
    page = {"id": "p", "html": "<p>a", "text": "a"}
    others = [write(tmp_path / f"a-rather-long-name-{n}.jsonl", page) for n in range(3)]
    done = boilerbench("corpora", "stats", mine, *others)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    heads = [line.split() for line in lines if line.startswith(" " * 20)]
    assert [name for head in heads for name in head] == ["mine", *(file.stem for file in others)]
    assert len(heads) == 2


def test_snippets_alone_have_no_ceiling(tmp_path: Path) -> None:
    file = write(tmp_path / "s.jsonl", {"id": "p", "html": "<p>a", "text": "", "must": ["a"]})
    done = boilerbench("corpora", "stats", file)
    assert done.returncode == 0, done.stderr
    assert "Ceiling" not in done.stdout
    assert figures(done.stdout)["that must be, mean"] == "1.0"


def test_what_comes_from_pages_gives_a_terminal_no_orders(tmp_path: Path) -> None:
    odd = "\x1b[31mred[bold]"
    page = {"id": odd, "html": "<p>b", "text": "a", "site": odd, "kind": odd, "lang": odd}
    other = {"id": "q", "html": "<p>b", "text": "a", "site": "s", "kind": "k", "lang": "l"}
    done = boilerbench("corpora", "stats", write(tmp_path / "odd.jsonl", page, other))
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "recall 0.000: \\x1b[31mred[bold]" in done.stdout


@pytest.mark.parametrize("arguments", [["nowhere"], ["gazette", "--kind", "nonsense"], []])
def test_bad_input_ends_with_2(arguments: list[str]) -> None:
    done = boilerbench("corpora", "stats", *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
