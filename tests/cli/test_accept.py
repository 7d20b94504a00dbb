"""`boilerbench accept`."""

import json

import pytest

from boilerbench.accepted import read_baseline
from tests.cli.shell import boilerbench

GOLD = {f"p{n:02}": " ".join(f"w{n}x{k}" for k in range(20)) for n in range(12)}


def texts(keep):
    return {p: ("ok", " ".join(t.split()[: keep - n % 2]), None)
            for n, (p, t) in enumerate(GOLD.items())}  # fmt: skip


@pytest.fixture
def runs(finished, tmp_path):
    def make(name, **systems):
        finished(tmp_path / name, GOLD, {"c": systems})

    make("good", x=texts(20), y=texts(18))
    make("bad", x=texts(15), y=texts(18))
    make("best", x=texts(20), y=texts(20))
    make("one", x=texts(20))
    return tmp_path


def accept(*arguments, cwd):
    return boilerbench("accept", *arguments, cwd=cwd)


def files(folder):
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_first_is_taken_as_it_is(runs):
    shown = accept("bad", "--as", "default", cwd=runs)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout == "accepted: results/default, to be committed\n"
    assert read_baseline(runs / "results" / "default").entries("extractors", "spec").keys() == {
        "x", "y",
    }  # fmt: skip


def test_a_floor_is_not_lowered_unless_it_is_said(runs):
    accept("good", "--as", "default", cwd=runs)
    before = files(runs / "results")
    shown = accept("bad", "--as", "default", cwd=runs)
    assert shown.returncode == 1
    assert "would lower: c · x · token: F1 0.987 → 0.8" in shown.stderr
    assert "--allow-regression" in shown.stderr
    assert files(runs / "results") == before
    shown = accept("bad", "--as", "default", "--allow-regression", cwd=runs)
    assert shown.returncode == 0, shown.stderr
    assert "would lower: c · x · token" in shown.stderr
    assert boilerbench("check", "bad", "--against", "default", cwd=runs).returncode == 0


def test_what_would_not_be_checked_any_more_is_lowered_too(runs):
    accept("good", "--as", "default", cwd=runs)
    shown = accept("one", "--as", "default", cwd=runs)
    assert shown.returncode == 1
    assert "would lower: extractors of the baseline that the run has not: y" in shown.stderr


class TestNotComparable:
    """What would be let through unseen is not let through."""

    @pytest.fixture
    def changed(self, runs):
        """The bad run, of which `run.json` says something else."""
        file = runs / "bad" / "run.json"

        def change(old, new):
            text = file.read_text("utf-8")
            assert old in text
            file.write_text(text.replace(old, new), "utf-8")

        accept("good", "--as", "default", cwd=runs)
        return change

    def refused(self, runs, run, *says):
        before = files(runs / "results")
        shown = accept(run, "--as", "default", cwd=runs)
        assert shown.returncode == 1
        for line in says:
            assert shown.stderr.count(line) == 1
        assert "--allow-regression" in shown.stderr
        assert shown.stdout == ""
        assert files(runs / "results") == before
        again = accept(run, "--as", "default", "--allow-regression", cwd=runs)
        assert again.returncode == 0, again.stderr
        for line in says:
            assert again.stderr.count(line) == 1
        assert "accepted" in again.stdout

    def test_other_pages(self, runs, changed):
        changed("sha256:0", "sha256:1")
        self.refused(runs, "bad", "not comparable: c · token: other pages, or other gold")
        assert "F1" not in accept("good", "--as", "default", cwd=runs).stderr

    def test_another_metric(self, runs, changed):
        changed("norm:nfkc_casefold", "norm:lower")
        self.refused(
            runs, "bad", "not comparable: c · token: another metric: norm nfkc_casefold / lower"
        )

    def test_a_metric_of_the_same_family_that_is_gone(self, runs, finished):
        both = {"metrics": ("token", "shingle", "shingle[n=5]")}
        finished(runs / "both", GOLD, {"c": {"x": texts(20)}}, **both)
        finished(runs / "less", GOLD, {"c": {"x": texts(20)}}, metrics=("token", "shingle"))
        accept("both", "--as", "default", cwd=runs)
        self.refused(
            runs,
            "less",
            "would lower: metrics of the baseline that the run has not: shingle[n=5]",
        )

    def test_what_is_new_is_no_reason(self, runs, finished):
        accept("good", "--as", "default", cwd=runs)
        systems = {"x": texts(20), "y": texts(18), "z": texts(5)}
        more = {"metrics": ("token", "shingle", "exact"), "corpora": ("c", "d")}
        finished(runs / "more", GOLD, {"c": systems, "d": systems}, **more)
        shown = accept("more", "--as", "default", cwd=runs)
        assert shown.returncode == 0, shown.stderr
        assert shown.stdout.splitlines() == [
            "new: c · x, y · shingle, exact: the baseline has no figures by this metric",
            "new: d: the baseline has these pages under another name, c",
            "accepted: results/default, to be committed",
        ]

    def test_a_corpus_under_another_name_is_refused(self, runs, finished):
        accept("good", "--as", "default", cwd=runs)
        finished(runs / "renamed", GOLD, {"d": {"x": texts(9), "y": texts(9)}}, corpora=("d",))
        self.refused(
            runs, "renamed", "would lower: corpora of the baseline that the run has not: c"
        )

    def test_costs_that_are_not_there_any_more(self, runs, finished):
        def timed(spent):
            return {page: (*one[:2], spent) for page, one in texts(20).items()}

        (runs / "gates.toml").write_text("[cost]\nreference = 'x'")
        gates = "--gates", "gates.toml"
        systems = {"x": timed(0.1), "y": timed(0.1), "z": timed(0.1)}
        finished(runs / "timed", GOLD, {"c": systems})
        finished(runs / "not", GOLD, {"c": dict.fromkeys(systems, texts(20))})
        assert accept("timed", "--as", "default", *gates, cwd=runs).returncode == 0
        shown = accept("not", "--as", "default", *gates, cwd=runs)
        assert shown.returncode == 1
        assert "not comparable: c · y, z · cost: the run has no CPU times of x" in shown.stderr


def test_what_did_not_change_is_not_told(runs, finished):
    spent = {page: (*one[:2], 0.0123456) for page, one in texts(18).items()}
    finished(runs / "timed", GOLD, {"c": {"everything": spent, "x": spent}})
    for _ in range(2):
        shown = accept("timed", "--as", "default", cwd=runs)
        assert shown.stdout == "accepted: results/default, to be committed\n"


def test_what_became_better_is_told(runs):
    accept("good", "--as", "default", cwd=runs)
    shown = accept("best", "--as", "default", cwd=runs)
    assert shown.returncode == 0
    assert "better: c · y · token: F1 0.9" in shown.stdout
    assert accept("good", "--as", "default", cwd=runs).returncode == 1


def test_floors_of_the_gates_hold_for_the_first_too(runs):
    (runs / "bench").mkdir()
    (runs / "bench" / "gates.toml").write_text(
        "baseline = 'default'\n[[floor]]\ncorpus = 'c'\nextractor = 'x'\nmetric = 'token'\nat = 0.9"
    )
    shown = accept("bad", "--as", "default", cwd=runs)
    assert shown.returncode == 1
    assert "below the floor, 0.900" in shown.stderr
    assert not (runs / "results").exists()
    assert accept("bad", "--as", "other", cwd=runs).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none", "--as", "default"], "none is not a run"),
        (["good", "--as", "../up"], "cannot be called '../up'"),
        (["good"], "Missing option '--as'"),
        (["results/default", "--as", "other"], "results/default"),
    ],
)
def test_bad_input_is_one_clear_message(runs, arguments, says):
    accept("good", "--as", "default", cwd=runs)
    shown = accept(*arguments, cwd=runs)
    assert shown.returncode == 2
    assert says in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_run_is_not_replaced(runs):
    (runs / "results").mkdir()
    (runs / "good").rename(runs / "results" / "mine")
    shown = accept("best", "--as", "mine", cwd=runs)
    assert shown.returncode == 2
    assert "is no baseline" in shown.stderr


def test_a_sample_does_not_take_the_place_of_the_whole(tmp_path):
    records = [{"id": page, "html": "<p>", "text": text} for page, text in GOLD.items()]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records))
    for name, more in (("whole", ()), ("part", ("--sample", "5"))):
        done = boilerbench("score", "c.jsonl", "-c", "c.jsonl", "-o", name, *more, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert accept("whole", "--as", "default", cwd=tmp_path).returncode == 0
    shown = accept("part", "--as", "default", cwd=tmp_path)
    assert shown.returncode == 1
    assert "would lower: c: 5 of its pages only" in shown.stderr


def test_a_damaged_one_is_replaced_if_it_is_said(runs):
    accept("good", "--as", "default", cwd=runs)
    counts = runs / "results" / "default" / "counts" / "c" / "x.csv"
    counts.write_text("".join(counts.read_text().splitlines(keepends=True)[:-1]))
    shown = accept("good", "--as", "default", cwd=runs)
    assert shown.returncode == 2
    assert "--allow-regression" in shown.stderr
    shown = accept("good", "--as", "default", "--allow-regression", cwd=runs)
    assert shown.returncode == 0
    said = " ".join(shown.stderr.split())
    assert said == (
        "the baseline before could not be read, and is replaced: "
        "results/default/counts/c/x.csv has other pages than pages/"
    )
    assert boilerbench("check", "good", "--against", "default", cwd=runs).returncode == 0


@pytest.mark.parametrize("damage", ["<<<<<<< ours\n{}", "{}", None])
def test_one_whose_provenance_is_lost_is_replaced_if_it_is_said(runs, damage):
    accept("good", "--as", "default", cwd=runs)
    file = runs / "results" / "default" / "run.json"
    file.unlink() if damage is None else file.write_text(damage)
    before = files(runs / "results")
    for arguments in (
        ("accept", "bad", "--as", "default"),
        ("check", "bad", "--against", "default"),
    ):
        shown = boilerbench(*arguments, cwd=runs)
        assert shown.returncode == 2
        assert "results/default/run.json" in shown.stderr
        assert "accept the run again with --allow-regression" in shown.stderr
    assert files(runs / "results") == before
    shown = accept("bad", "--as", "default", "--allow-regression", cwd=runs)
    assert shown.returncode == 0, shown.stderr
    assert "the baseline before could not be read, and is replaced: " in shown.stderr
    assert boilerbench("check", "bad", "--against", "default", cwd=runs).returncode == 0
