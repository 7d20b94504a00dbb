import json
import subprocess
import sys

import polars as pl
import pytest

from boilerbench import store
from boilerbench.errors import UserError
from boilerbench.store import EXTRACTION_SCHEMA, Run
from boilerbench.types import Extraction

OK = Extraction("p1", "x", "ok", "text", None, 0.25, 0.5, 1 << 40)
FAILED = Extraction("p2", "x", "timeout", error="killed\nafter 5 s")


EMPTY = {
    "corpora": [{"name": "c", "version": "1", "digest": "sha256:0"}],
    "extractors": [{"spec": "x", "name": "x", "version": None}],
    "metrics": [{"name": "token", "signature": "overlap"}],
}


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", EMPTY | {"titre": "été"})


def fill(run, *extractions, corpus="c"):
    with run.writer() as writer:
        for extraction in extractions:
            writer.add(corpus, extraction)


def parts(run):
    return sorted(file.name for file in (run.path / "extractions").iterdir())


def test_a_new_run_can_be_opened_again(run):
    again = Run(run.path)
    assert again.info == run.info == {"schema": store.SCHEMA} | EMPTY | {"titre": "été"}


def test_an_update_is_kept(run):
    run.update(status="complete", workers=2)
    kept = Run(run.path).info
    assert kept == run.info
    assert (kept["status"], kept["workers"]) == ("complete", 2)


@pytest.mark.parametrize("damaged", ["{}", '{"schema": 2}', '{"schema": 2, "corpora": 3}', "[]"])
def test_a_damaged_run_json_is_named(damaged, tmp_path):
    (tmp_path / "run.json").write_text(damaged)
    with pytest.raises(UserError, match=r"run\.json"):
        Run(tmp_path)


def test_extractions_come_back_whole_and_sorted(run):
    fill(run, FAILED, OK)
    fill(run, OK, corpus="b")
    frame = run.extractions()
    assert dict(frame.schema) == EXTRACTION_SCHEMA
    assert frame.select("corpus", "page_id").rows() == [("b", "p1"), ("c", "p1"), ("c", "p2")]
    ok, failed = frame.rows(named=True)[1:]
    assert Extraction(**{k: v for k, v in ok.items() if k != "corpus"}) == OK
    assert Extraction(**{k: v for k, v in failed.items() if k != "corpus"}) == FAILED


def test_any_text_comes_back_as_it_was(run):
    text = "\x00 \r\n ﬁ 👩🏽‍🚀 \ufeff \U0010ffff"
    fill(run, Extraction("p", "x[a=1]", "ok", text))
    assert run.extractions()["text"].to_list() == [text]


def test_a_run_that_has_nothing_yet_has_an_empty_frame(run):
    frame = run.extractions()
    assert frame.height == 0
    assert dict(frame.schema) == EXTRACTION_SCHEMA


def test_parts_are_written_as_they_fill(run, monkeypatch):
    monkeypatch.setattr(store, "_PART_PAGES", 2)
    with run.writer() as writer:
        for number in range(5):
            writer.add("c", Extraction(f"p{number}", "x", "ok"))
        assert parts(run) == ["000001.parquet", "000002.parquet"]
    assert parts(run) == ["000001.parquet", "000002.parquet", "000003.parquet"]
    assert run.extractions()["page_id"].to_list() == [f"p{n}" for n in range(5)]


def test_long_texts_fill_a_part_sooner(run, monkeypatch):
    monkeypatch.setattr(store, "_PART_BYTES", 10)
    with run.writer() as writer:
        writer.add("c", Extraction("p1", "x", "ok", "12345"))
        assert parts(run) == []
        writer.add("c", Extraction("p2", "x", "ok", "12345"))
        assert parts(run) == ["000001.parquet"]


def test_a_second_writer_adds_to_the_first(run):
    fill(run, OK)
    before = (run.path / "extractions" / "000001.parquet").read_bytes()
    fill(run, FAILED)
    assert parts(run) == ["000001.parquet", "000002.parquet"]
    assert (run.path / "extractions" / "000001.parquet").read_bytes() == before


def test_what_is_in_hand_when_an_error_comes_is_written(run):
    def interrupted():
        with run.writer() as writer:
            writer.add("c", OK)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert run.extractions().height == 1


def test_nothing_in_hand_writes_no_part(run):
    fill(run)
    assert parts(run) == []


def test_a_part_that_was_being_written_when_the_run_was_killed_is_passed_over(run):
    fill(run, OK)
    (run.path / "extractions" / ".000002.parquet.99.part").write_bytes(b"PAR1 half")
    assert run.extractions().height == 1
    fill(run, FAILED)
    assert run.extractions().height == 2


def test_a_file_appears_only_when_it_is_whole(tmp_path):
    file = tmp_path / "x.parquet"
    store.write_parquet(file, pl.DataFrame({"a": [1]}))
    with pytest.raises(AttributeError):
        store.write_parquet(file, None)
    assert pl.read_parquet(file)["a"].to_list() == [1]
    with pytest.raises(UnicodeEncodeError):
        store.write_text(tmp_path / "new.txt", "a\ud800")
    assert [one.name for one in tmp_path.iterdir()] == ["x.parquet"]


def test_scores_take_the_place_of_those_by_the_same_metric(run):
    run.write_scores({"lcs": pl.DataFrame({"metric": ["lcs"], "f1": [0.1]})})
    token = pl.DataFrame({"metric": ["token"], "f1": [0.9]})
    shingle = pl.DataFrame({"metric": ["shingle[n=5]"], "lcs": [3.0]})
    run.write_scores({"token": token, "shingle[n=5]": shingle})
    assert sorted(file.name for file in (run.path / "scores").iterdir()) == [
        "shingle(n=5).parquet",
        "token.parquet",
    ]
    assert run.scores("token")["f1"].to_list() == [0.9]
    assert run.scores("shingle[n=5]")["lcs"].to_list() == [3.0]
    assert run.scores().height == 2


def test_a_folder_with_the_signs_of_a_pattern_is_a_folder(tmp_path):
    Run.create(tmp_path / "run1", EMPTY)
    run = Run.create(tmp_path / "run[1]*", EMPTY)
    fill(run, OK)
    assert run.extractions().height == 1


def test_a_run_without_scores_says_so(run):
    with pytest.raises(UserError, match="holds no scores") as caught:
        run.scores()
    assert str(run.path) in caught.value.message


def test_a_part_that_is_damaged_is_named(run):
    fill(run, OK)
    (run.path / "extractions" / "000001.parquet").write_bytes(b"x")
    with pytest.raises(UserError, match=r"cannot read .*000001\.parquet") as caught:
        run.extractions()
    assert "--fresh" in caught.value.hint


def test_a_folder_without_a_run_says_so(tmp_path):
    for path in (tmp_path, tmp_path / "gone"):
        with pytest.raises(UserError, match=r"is not a run: it has no run\.json"):
            Run(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "cannot read"),
        ("", "cannot read"),
        ("[]", "not written by boilerbench"),
        ("{}", "not written by boilerbench"),
        ('{"schema": null}', "not written by boilerbench"),
        ('{"schema": "1"}', "not written by boilerbench"),
        (json.dumps({"schema": store.SCHEMA + 1}), "written by a newer boilerbench"),
    ],
)
def test_a_run_that_cannot_be_read_says_why(tmp_path, content, said):
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(UserError, match=said) as caught:
        Run(tmp_path)
    assert str(tmp_path) in caught.value.message


def test_the_lock_refuses_a_second_writer_and_ends_with_the_first(tmp_path):
    path = tmp_path / "deep" / "run"
    with store.locked(path):
        with pytest.raises(UserError, match="another boilerbench is writing"), store.locked(path):
            pass
        with store.locked(tmp_path / "other"):
            pass
    with store.locked(path):
        pass


@pytest.mark.parametrize("said", ["5", "[]", "null", '"baseline"', "{", "{}"])
def test_what_is_no_baseline_s_run_json_keeps_nobody_out(said, tmp_path):
    (tmp_path / "run.json").write_text(said)
    with store.locked(tmp_path):
        assert (tmp_path / "run.json").read_text() == said


def test_no_run_is_put_in_the_place_of_a_baseline(tmp_path):
    said = '{"schema": 1, "baseline": 1}'
    (tmp_path / "run.json").write_text(said)
    with pytest.raises(UserError, match="is a baseline"), store.locked(tmp_path):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]
    assert (tmp_path / "run.json").read_text() == said


def test_the_lock_holds_between_processes_and_ends_with_a_killed_one(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from boilerbench.store import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UserError, match=str(tmp_path)), store.locked(tmp_path):
            pass
        holder.kill()
    with store.locked(tmp_path):
        pass


def test_clear_removes_what_a_run_consists_of_and_nothing_else(run):
    fill(run, OK)
    run.write_scores({"token": pl.DataFrame({"metric": ["token"]})})
    (run.path / "report").mkdir()
    for name in ("report/index.html", "scores.json", "scoreboard.md", "scoreboard.csv"):
        (run.path / name).write_text("ours")
    (run.path / "notes.md").write_text("theirs")
    (run.path / "figures").mkdir()
    (run.path / "figures" / "one.svg").write_text("theirs")
    store.clear(run.path)
    left = {str(file.relative_to(run.path)) for file in run.path.rglob("*")}
    assert left == {"notes.md", "figures", "figures/one.svg"}


def test_clear_leaves_a_folder_that_is_no_run(tmp_path):
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores" / "theirs.csv").write_text("x")
    store.clear(tmp_path)
    store.clear(tmp_path / "gone")
    assert (tmp_path / "scores" / "theirs.csv").is_file()


def test_a_cleared_folder_takes_a_new_run(run):
    fill(run, OK)
    store.clear(run.path)
    assert Run.create(run.path, EMPTY).extractions().height == 0


@pytest.mark.parametrize("part", EMPTY)
@pytest.mark.parametrize("entries", [[], [{}], [3], {}])
def test_a_run_json_whose_lists_say_too_little_is_damaged(part, entries, tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(EMPTY | {"schema": 2, part: entries}))
    with pytest.raises(UserError, match=f"is damaged: it lists no {part}"):
        Run(tmp_path)


def test_a_run_of_an_earlier_schema_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(EMPTY | {"schema": 1}))
    with pytest.raises(UserError, match="earlier boilerbench") as caught:
        Run(tmp_path)
    assert "--fresh" in str(caught.value)
