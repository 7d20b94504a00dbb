"""`boilerbench score`: outputs that were made elsewhere become a run like any other."""

import json
from pathlib import Path

import polars as pl
import pytest

import boilerbench as bb
from tests.cli.shell import boilerbench


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    file = tmp_path / "four.jsonl"
    records = [{"id": f"p{n}", "html": f"<p>text {n}", "text": f"text {n}"} for n in range(4)]
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    return file


def rows(stdout: str) -> dict[str, dict[str, object]]:
    return {row["extractor"]: row for row in json.loads(stdout)["rows"] if row["metric"] == "token"}


def test_missing_and_unknown_ids_are_named_and_counted(corpus: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.jsonl"
    texts = {"p0": "text 0", "p1": "", "p2": "text 2 and more", "p9": "who am I"}
    mine.write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in texts.items()))
    done = boilerbench("score", mine, "-c", corpus, "-o", tmp_path / "out", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "mine: 1 missing (no prediction, counted as failures): p3" in done.stderr
    assert "mine: 1 unknown (not in the corpus, left out): p9" in done.stderr
    row = rows(done.stdout)["mine"]
    assert row["pages"] == 4
    assert row["failures"] == {"empty": 1, "error": 1}
    assert row["f1"] == pytest.approx((1 + 0 + 2 / 3 + 0) / 4)
    assert row["cpu_ms"] is None


def test_the_run_is_of_the_same_kind_as_that_of_run(corpus: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    assert boilerbench("run", "-c", corpus, "-e", "everything", "-o", made).returncode == 0
    texts = tmp_path / "everything"
    texts.mkdir()
    for page_id, text in bb.Run(made).extractions().select("page_id", "text").rows():
        (texts / f"{page_id}.txt").write_text(text)
    scored = tmp_path / "scored"
    assert boilerbench("score", texts, "-c", corpus, "-o", scored).returncode == 0
    names = {file.relative_to(made) for file in made.rglob("*") if file.is_file()}
    assert {file.relative_to(scored) for file in scored.rglob("*") if file.is_file()} == names
    one, other = bb.Run(made), bb.Run(scored)
    assert one.scores().equals(other.scores())
    assert one.extractions().schema == other.extractions().schema
    assert set(one.info) - set(other.info) == {"limits", "workers"}
    for run in (made, scored):
        shown = boilerbench("report", run, "--format", "json")
        assert rows(shown.stdout)["everything"]["f1"] == 1


def test_both_forms_of_scrapinghub_json(scrapinghub: Path, tmp_path: Path) -> None:
    plain, wrapped = scrapinghub / "output/AutoExtract.json", scrapinghub / "output/justext.json"
    done = boilerbench(
        "score", plain, wrapped, "--corpus", "scrapinghub", "--from", scrapinghub,
        "-o", tmp_path / "out", "--format", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = rows(done.stdout)
    assert {row["pages"] for row in found.values()} == {181}
    assert found["AutoExtract"]["version"] is None
    assert found["justext"]["version"] == "3.0.2"
    assert 0.9 < found["AutoExtract"]["f1"] <= 1


def test_labels_tell_two_files_of_one_name_apart(corpus: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.jsonl").write_text(json.dumps({"id": "p0", "text": name}) + "\n")
    paths = [f"{name}={tmp_path / name / 'mine.jsonl'}" for name in ("a", "b")]
    done = boilerbench("score", *paths, "-c", corpus, "-o", tmp_path / "out", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert set(rows(done.stdout)) == {"a", "b"}


def test_scoring_again_after_a_stop_adds_nothing_twice(corpus: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.jsonl"
    mine.write_text(json.dumps({"id": "p0", "text": "text 0"}) + "\n")
    for _ in range(2):
        done = boilerbench("score", mine, "-c", corpus, "-o", tmp_path / "out")
        assert done.returncode == 0, done.stderr
    pages = pl.read_parquet(tmp_path / "out" / "extractions" / "*.parquet")
    assert pages.height == 4


def test_predictions_that_changed_are_not_taken_for_those_that_were_scored(
    corpus: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.jsonl"
    for text, code in (("text 0", 0), ("text 1", 2)):
        mine.write_text(json.dumps({"id": "p0", "text": text}) + "\n")
        done = boilerbench("score", mine, "-c", corpus, "-o", tmp_path / "out")
        assert done.returncode == code, done.stderr
    assert "its extractors differ" in done.stderr
    assert "--fresh" in done.stderr
    fresh = boilerbench("score", mine, "-c", corpus, "-o", tmp_path / "out", "--fresh")
    assert fresh.returncode == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such predictions"),
        ("", "no predictions in"),
        ('{"id": "p0"}\n', "line 1: a prediction needs id and text"),
        ('{"id": "p0", "text": "a"}\n{oops\n', "line 2: not JSON"),
        ('{"id": "p0", "text": 5}\n', "text is a int, not a string"),
        ('{"id": "x", "text": "a"}\n', "none of the ids"),
        ('{"id": "p0", "text": "a"}\n' * 2, "stands there twice"),
    ],
)
def test_bad_predictions_are_one_clear_message(
    content: str | None, says: str, corpus: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.jsonl"
    if content is not None:
        mine.write_text(content)
    done = boilerbench("score", mine, "-c", corpus, "-o", tmp_path / "out")
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
