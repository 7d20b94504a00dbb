import json
import os
import shutil
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench import accepted, baseline_text
from boilerbench.accepted import earlier, find, read_baseline, write_baseline
from boilerbench.baseline import Baseline
from boilerbench.check import check
from boilerbench.errors import UserError
from boilerbench.metrics import metric
from boilerbench.store import Run

FIXTURES = Path(__file__).parent / "fixtures" / "baselines"
GOLD = {"a,1": "one two three", 'b "2"': "four five", "c\n3": "", "d": "six", "e\r5": "seven"}
ANSWERS = {
    "a,1": ("ok", "one two", 0.0123456),
    'b "2"': ("timeout", "", 30.0, "too slow"),
    "c\n3": ("empty", "", 0.0),
    "d": ("ok", "six seven", None),
    "e\r5": ("ok", "seven", 0.0000041234),
}
NAME = "x[option=a/b]==1.0"
SYSTEMS = {NAME: ANSWERS, "../y": ANSWERS | {"d": ("ok", "six", 0.001)}}


@pytest.fixture
def run(finished, tmp_path):
    made = finished(
        tmp_path / "run", GOLD, {"c:dev": SYSTEMS}, metrics=("token", "shingle"), corpora=("c:dev",)
    )
    for entry in made.info["extractors"]:
        entry |= {"packages": {"x": "1", "lxml": "6"}, "startup_s": 0.123}
    made.info["corpora"][0]["path"] = "/home/someone"
    made.update()
    return made


def same(one, other):
    assert one.scores.keys() == other.scores.keys()
    for name, frame in one.scores.items():
        assert frame.equals(other.scores[name])
    assert one.pages.equals(other.pages)
    costs = [side.costs["cpu_ms"].to_list() for side in (one, other)]
    for spent, again in zip(*costs, strict=True):
        assert spent == again or spent == pytest.approx(again, rel=0.005)


def test_what_is_written_is_what_the_run_said(run, tmp_path):
    written = write_baseline(run, tmp_path / "results" / "mine")
    same(Baseline.of(run), written)
    same(read_baseline(run.path), read_baseline(tmp_path / "results" / "mine"))
    assert written.run is None
    assert [entry["packages"]["lxml"] for entry in written.info["extractors"]] == ["6", "6"]
    assert not check(run, written).exit_code


def test_it_is_text_without_what_is_new_each_time_or_of_this_machine(run, tmp_path):
    folder = tmp_path / "mine"
    write_baseline(run, folder)
    files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    assert files == {
        "run.json",
        "pages/c%3Adev.csv",
        "cost/c%3Adev.csv",
        "counts/c%3Adev/x[option=a%2Fb]==1.0.csv",
        "counts/c%3Adev/%2E.%2Fy.csv",
    }
    stated = (folder / "run.json").read_text("utf-8")
    assert json.loads(stated)["baseline"] == 1
    assert "/home/someone" not in stated
    assert "startup_s" not in stated
    assert stated.count("lxml") == 1
    lines = (folder / "counts/c%3Adev/%2E.%2Fy.csv").read_text("utf-8").splitlines()
    assert lines[0].startswith("page_id,outcome,token tp,token fp,token fn,token neither,shingle")
    assert lines[1] == '"a,1",ok,2,0,1,0,0,1,1,0'
    assert (folder / "cost/c%3Adev.csv").read_bytes().decode("utf-8") == (
        "page_id,../y ms,x[option=a/b]==1.0 ms\n"
        '"a,1",12.3,12.3\n"b ""2""",30000,30000\n"c\n3",0,0\nd,1,\n"e\r5",0.00412,0.00412\n'
    )
    assert "six" not in "".join(file.read_text("utf-8") for file in folder.rglob("*.csv"))


def test_the_same_texts_make_the_same_counts(run, finished, tmp_path):
    slower = {
        name: {page: (one[0], one[1], 1.0, *one[3:]) for page, one in answers.items()}
        for name, answers in SYSTEMS.items()
    }
    other = finished(
        tmp_path / "2", GOLD, {"c:dev": slower}, metrics=("token", "shingle"), corpora=("c:dev",)
    )
    write_baseline(run, tmp_path / "a")
    write_baseline(other, tmp_path / "b")
    for part in ("counts", "pages"):
        for file in (tmp_path / "a" / part).rglob("*.csv"):
            twin = tmp_path / "b" / file.relative_to(tmp_path / "a")
            assert file.read_bytes() == twin.read_bytes()


@pytest.mark.parametrize("fixture", sorted(FIXTURES.iterdir()), ids=lambda path: path.name)
def test_baselines_of_earlier_schemas_are_read(fixture):
    """Each folder is as its schema's writer made it, of the same figures; none is ever changed."""
    read = read_baseline(fixture)
    rows = read.scores["token"].filter(pl.col("extractor") == "x==1.0")
    assert rows["page_id"].to_list() == ["p1", "p2", "p3"]
    assert rows["outcome"].to_list() == ["ok", "timeout", "empty"]
    assert rows["answerable"].to_list() == [True, True, False]
    counts = {name: rows[name].to_numpy() for name in ("tp", "fp", "fn", "neither")}
    failed = rows["outcome"].is_in(["timeout"]).to_numpy()
    found = metric(read.entries("metrics")["token"]["signature"]).aggregate(counts, failed)
    assert found["f1"] == pytest.approx((0.8 + 0 + 1) / 3)
    spent = read.costs.filter(pl.col("extractor") == "y")["cpu_ms"].to_list()
    assert spent == [1.5, None, 0.25]
    assert read.pages["site"].to_list() == ["a.example", "a.example", None]
    assert not check(read, read).exit_code


def test_a_newer_one_is_refused(run, tmp_path):
    write_baseline(run, tmp_path / "mine")
    file = tmp_path / "mine" / "run.json"
    file.write_text(file.read_text("utf-8").replace('"baseline": 1', '"baseline": 2'), "utf-8")
    with pytest.raises(UserError, match="written by a newer boilerbench"):
        read_baseline(tmp_path / "mine")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("run.json", '"name": "token"', '"nome": "token"'),
        ("run.json", '"extractors": [', '"extractors": [3,'),
        ("run.json", '"digest": "sha256:0"', '"digest": 0'),
        ("run.json", '"spec": "../y"', '"spec": "x[option=a/b]==1.0"'),
        ("run.json", '"baseline": 1', '"baseline": "one"'),
        ("run.json", '"baseline": 1', '"basis": 1'),
        ("run.json", '"baseline": 1', '<<<<<<< ours\n"baseline": 1'),
        ("run.json", '"signature": "overlap|', '"signature": "overlap|n:1|'),
        ("run.json", '"digest": "sha256:0"', '"digest": "sha256:0", "selection": "x"'),
        ("run.json", '"digest": "sha256:0"', '"digest": "sha256:0", "selection": {"kinds": [1]}'),
        ("run.json", '"digest": "sha256:0"', '"digest": "sha256:0", "selection": {"sample": "x"}'),
        ("run.json", '"pages": 5', '"pages": "many"'),
        ("run.json", '"spec": "../y"', '"spec": "../y", "options": "x"'),
        ("run.json", '"spec": "../y"', '"spec": "../y", "reused": true'),
        ("run.json", '"status": "accepted"', '"status": "accepted", "left_out_extractors": ["z"]'),
        ("counts/c%3Adev/%2E.%2Fy.csv", "token tp", "token pt"),
        ("counts/c%3Adev/%2E.%2Fy.csv", "ok,2", "ok,nan"),
        ("counts/c%3Adev/%2E.%2Fy.csv", "ok,2", "ok,-2"),
        ("counts/c%3Adev/%2E.%2Fy.csv", "ok,2", "ok,two"),
        ("counts/c%3Adev/%2E.%2Fy.csv", "ok,2", "fine,2"),
        ("counts/c%3Adev/%2E.%2Fy.csv", "ok,2", "ok"),
        ("counts/c%3Adev/%2E.%2Fy.csv", "d,ok", "e,ok"),
        ("counts/c%3Adev/%2E.%2Fy.csv", "d,ok,1,0,0,0,1,0,0,0\n", ""),
        ("counts/c%3Adev/%2E.%2Fy.csv", "d,ok,1,0,0,0,1,0,0,0", "d,ok,1,0,0,0,1,0,0,0\n" * 2),
        ("counts/c%3Adev/%2E.%2Fy.csv", "page_id", "page"),
        ("pages/c%3Adev.csv", "page_id", "page"),
        ("pages/c%3Adev.csv", None, ""),
        ("counts/c%3Adev/%2E.%2Fy.csv", None, ""),
        ("cost/c%3Adev.csv", None, ""),
        ("cost/c%3Adev.csv", "12.3", "a"),
        ("cost/c%3Adev.csv", "12.3", "-12.3"),
    ],
)
def test_damage_is_one_clear_message(run, tmp_path, file, old, new):
    write_baseline(run, tmp_path / "mine")
    path = tmp_path / "mine" / file
    text = path.read_text("utf-8")
    assert (old or "") in text
    path.write_text(new if old is None else text.replace(old, new, 1), "utf-8")
    with pytest.raises(UserError):
        read_baseline(tmp_path / "mine")
    assert isinstance(earlier(tmp_path / "mine"), UserError)
    same(write_baseline(run, tmp_path / "mine"), read_baseline(run))


def test_a_selection_of_a_later_boilerbench(run, tmp_path):
    run.info["corpora"][0]["selection"] = {"kinds": ["article"], "sample": 3, "seed": 1}
    run.update()
    write_baseline(run, tmp_path / "mine")
    file = tmp_path / "mine" / "run.json"
    file.write_text(file.read_text("utf-8").replace('"kinds"', '"years": [1], "kinds"'), "utf-8")
    with pytest.raises(UserError, match=r"selection of pages has no 'years'\n.*newer boilerbench"):
        read_baseline(tmp_path / "mine")


def test_a_file_that_is_gone(run, tmp_path):
    write_baseline(run, tmp_path / "mine")
    shutil.rmtree(tmp_path / "mine" / "counts")
    with pytest.raises(UserError, match="cannot read"):
        read_baseline(tmp_path / "mine")


class TestReplacing:
    def test_other_files_stay_and_old_ones_go(self, run, finished, tmp_path):
        folder = tmp_path / "mine"
        write_baseline(run, folder)
        (folder / "README.md").write_text("ours")
        (folder / "notes").mkdir()
        (folder / "notes" / "one.txt").write_text("one")
        other = finished(tmp_path / "2", GOLD, {"d": {"z": ANSWERS}}, corpora=("d",))
        write_baseline(other, folder)
        assert (folder / "README.md").read_text() == "ours"
        assert (folder / "notes" / "one.txt").read_text() == "one"
        assert [file.name for file in folder.glob("counts/*")] == ["d"]
        assert sorted(entry.name for entry in tmp_path.iterdir()) == ["2", "mine", "run"]

    @pytest.mark.parametrize("place", ["texts", "_keep_others", "copyfile"])
    def test_a_failure_leaves_what_was_there(self, run, tmp_path, monkeypatch, place):
        folder = tmp_path / "mine"
        (run.path / "scoreboard.md").write_text("board")
        write_baseline(run, folder)
        before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}

        def full(*_, **__):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(shutil if place == "copyfile" else accepted, place, full)
        with pytest.raises(UserError, match="No space"):
            write_baseline(run, folder)
        assert before == {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        assert sorted(entry.name for entry in tmp_path.iterdir()) == ["mine", "run"]

    def test_a_rename_that_fails_puts_the_old_one_back(self, run, tmp_path, monkeypatch):
        folder = tmp_path / "mine"
        write_baseline(run, folder)
        rename = Path.rename

        def once(self, target):
            if self.name == "whole":
                raise OSError(13, "Permission denied", str(self))
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", once)
        with pytest.raises(UserError, match="Permission"):
            write_baseline(run, folder)
        assert os.listdir(tmp_path / "mine")
        read_baseline(folder)

    def test_what_cannot_be_read_back_leaves_what_was_there(self, run, tmp_path, monkeypatch):
        folder = tmp_path / "mine"
        write_baseline(run, folder)
        before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        texts = baseline_text.texts

        def damaged(made):
            return ((name, text.replace("d,ok", "d,fine")) for name, text in texts(made))

        monkeypatch.setattr(accepted, "texts", damaged)
        with pytest.raises(UserError, match="makes no baseline that can be read") as raised:
            write_baseline(run, folder)
        assert f"{folder}/counts" in str(raised.value)
        assert ".part" not in str(raised.value)
        assert before == {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    def test_what_is_there_before(self, run, tmp_path):
        folder = tmp_path / "mine"
        assert earlier(folder) is None
        written = write_baseline(run, folder)
        assert written.path == folder
        found = earlier(folder)
        assert isinstance(found, Baseline)
        same(found, written)
        (folder / "run.json").unlink()
        assert isinstance(earlier(folder), UserError)
        (tmp_path / "thesis").mkdir()
        (tmp_path / "thesis" / "thesis.tex").write_text("")
        for other in (run.path, tmp_path / "thesis"):
            with pytest.raises(UserError, match="is no baseline"):
                earlier(other)

    def test_neither_a_run_nor_other_files_are_replaced(self, run, tmp_path):
        with pytest.raises(UserError, match="is no baseline"):
            write_baseline(run, run.path)
        Run(run.path)
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "thesis.tex").write_text("")
        with pytest.raises(UserError, match="is no baseline"):
            write_baseline(run, tmp_path / "mine")


def test_a_run_without_its_texts_is_no_baseline(run, tmp_path):
    shutil.rmtree(run.path / "extractions")
    with pytest.raises(UserError, match="lacks 10 of its 10 extractions"):
        write_baseline(run, tmp_path / "mine")


def test_a_run_that_did_not_finish_is_no_baseline(run, tmp_path):
    run.update(status="running")
    with pytest.raises(UserError, match="did not finish"):
        write_baseline(run, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_find_takes_a_folder_or_a_name_in_results(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_baseline(run, Path("results/default"))
    assert find("default") == find("results/default") == Path("results/default")
    assert find(run.path) == run.path
    with pytest.raises(UserError, match="did you mean default"):
        find("defualt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="neither a baseline nor a run"):
        find("empty")


def test_what_a_killed_accept_was_about_to_replace_is_found(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_baseline(run, Path("results/default"))
    left = Path("results/.boilerbench-left.part/before")
    left.mkdir(parents=True)
    Path("results/default").rename(left / "default")
    assert find("default") == Path("results/default")
    assert os.listdir("results") == ["default"]


def test_counts_of_a_metric_that_is_not_known_here_are_not_comparable(run, tmp_path):
    """As those of an earlier version of it."""
    write_baseline(run, tmp_path / "mine")
    file = tmp_path / "mine" / "run.json"
    stated = json.loads(file.read_text("utf-8"))
    stated["metrics"][0]["signature"] = stated["metrics"][0]["signature"].replace("v:1", "v:0")
    file.write_text(json.dumps(stated), "utf-8")
    report = check(run, tmp_path / "mine")
    assert {v.said for v in report.verdicts if v.what == "token"} == {"not comparable"}
    assert {v.said for v in report.verdicts if v.what == "shingle"} == {"same"}


def test_a_part_of_a_corpus(run):
    whole = read_baseline(run)
    part = whole.part("c:dev", ["d", "a,1"], "sha256:part")
    assert part.pages["page_id"].to_list() == ["a,1", "d"]
    assert set(part.scores["shingle"]["page_id"]) == set(part.costs["page_id"]) == {"a,1", "d"}
    assert part.entries("corpora")["c:dev"]["digest"] == "sha256:part"
    assert part.entries("corpora")["c:dev"]["pages"] == 2
    assert whole.entries("corpora")["c:dev"]["digest"] == "sha256:0"


@pytest.mark.parametrize("name", ["", "../x", ".x", "a/b", "x" * 200, "a b"])
def test_names_that_make_no_folder(name):
    with pytest.raises(UserError, match="cannot be called"):
        accepted.check_name(name)


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, unique=True),
    st.floats(0, 1e12),
)
def test_any_page_id_and_number_is_read_as_it_was(tmp_path_factory, ids, number):
    frame = pl.DataFrame({"page_id": ids, "n": [number] * len(ids)})
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_text(baseline_text._csv(frame), encoding="utf-8", newline="")
    lines = [line for _, line in baseline_text._lines(file, ("page_id", "n"))]
    assert [line["page_id"] for line in lines] == ids
    assert {float(line["n"]) for line in lines} == {number}
    assert not any("e" in line["n"] for line in lines)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_name_makes_a_file_inside_its_folder(name):
    made = baseline_text._file(name)
    assert len(made.encode()) <= 150
    assert not {"/", "\\", "\0", ":"} & set(made)
    assert made not in (".", "..")


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
)
def test_two_names_make_two_files(one, other):
    assert (one == other) == (baseline_text._file(one) == baseline_text._file(other))
