import json

import pytest

from boilerbench.comparison import compare
from boilerbench.scoring import ALL_CORPORA
from tests.cli.shell import boilerbench

GOLD = {"p1": "a b c d", "p2": "a b", "p3": "a"}
RIGHT = {page: ("ok", text, None) for page, text in GOLD.items()}
HALF = {page: ("ok", f"{text} x y", None) for page, text in GOLD.items()}
OTHER_DIGEST = [{"name": "c", "version": "2", "digest": "sha256:" + "f" * 64}]


def test_a_run_and_itself_differ_by_nothing(finished, tmp_path):
    given = {"c": {"right": RIGHT, "half": HALF}, "d": {"half": HALF, "right": RIGHT}}
    run = finished(tmp_path, GOLD, given, metrics=("token", "exact"), corpora=("c", "d"))
    rows = compare(run, run)
    assert len(rows) == 12
    assert {row.corpus for row in rows} == {"c", "d", ALL_CORPORA}
    assert {row.difference for row in rows} == {0}
    assert {row.not_comparable for row in rows} == {None}
    assert all(row.first == row.second is not None for row in rows)


def test_two_configurations_of_one_metric_are_compared_each_with_itself(finished, tmp_path):
    names = ("token", "token[norm=lower]", "shingle[n=2]", "shingle[n=3]")
    run = finished(tmp_path, GOLD, {"c": {"x": HALF}}, metrics=names)
    rows = compare(run, run)
    assert [row.metric for row in rows] == list(names)
    assert {(row.difference, row.not_comparable) for row in rows} == {(0, None)}


def test_the_difference_is_the_second_less_the_first(finished, tmp_path):
    before = finished(tmp_path / "1", GOLD, {"c": {"x": HALF, "gone": RIGHT}})
    after = finished(tmp_path / "2", GOLD, {"c": {"x": RIGHT, "new": RIGHT}})
    (row,) = compare(before, after)
    # F1 of each page: 4 of 6 and 4 of 4, 2 of 4 and 2 of 2, 1 of 3 and 1 of 1.
    half = (8 / 10 + 4 / 6 + 2 / 4) / 3
    assert (row.corpus, row.extractor, row.metric) == ("c", "x", "token")
    assert row.first == pytest.approx(half)
    assert row.second == 1
    assert row.difference == pytest.approx(1 - half)
    (back,) = compare(after, before)
    assert back.difference == -row.difference


def test_two_extractors_alone_are_compared_whatever_they_are_called(finished, tmp_path):
    one = finished(tmp_path / "1", GOLD, {"c": {"old": HALF}})
    other = finished(tmp_path / "2", GOLD, {"c": {"new": RIGHT}})
    (row,) = compare(one, other)
    assert row.extractor == "old / new"
    assert row.difference > 0
    several = finished(tmp_path / "3", GOLD, {"c": {"new": RIGHT, "newer": RIGHT}})
    assert compare(one, several) == []


def test_a_figure_that_is_not_there_differs_by_nothing_that_could_be_said(finished, tmp_path):
    name = "token[avg=f1-of-means,empty=skip]"
    silent = dict.fromkeys(GOLD, ("empty", "", None))
    one = finished(tmp_path / "1", dict.fromkeys(GOLD, ""), {"c": {"x": silent}}, metrics=(name,))
    (row,) = compare(one, one)
    assert (row.first, row.second, row.difference) == (None, None, None)


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        (("token", "token[norm=lower]"), "norm nfkc_casefold / lower"),
        (("shingle", "shingle[n=5]"), "n 4 / 5"),
        (("token", "token[avg=micro]"), "avg macro / micro"),
        (("token", "token[failed=text]"), "failed zero / text"),
    ],
)
def test_figures_of_another_metric_are_not_compared(finished, tmp_path, metrics, said):
    one, other = (
        finished(tmp_path / str(n), GOLD, {"c": {"x": RIGHT}}, metrics=(name,))
        for n, name in enumerate(metrics)
    )
    (row,) = compare(one, other)
    assert row.difference is None
    assert row.not_comparable == f"another metric: {said}"


def test_figures_of_another_state_of_the_corpus_are_not_compared(finished, tmp_path):
    one, other = (finished(tmp_path / n, GOLD, {"c": {"x": RIGHT}}) for n in "12")
    other.update(corpora=OTHER_DIGEST)
    (row,) = compare(one, other)
    assert (row.first, row.second, row.difference) == (1, 1, None)
    assert row.not_comparable == "another c: sha256:0, sha256:ffffffffffff"


def test_the_command_shows_differences(finished, tmp_path):
    finished(tmp_path / "1", GOLD, {"c": {"x": HALF}}, metrics=("token", "exact"))
    finished(tmp_path / "2", GOLD, {"c": {"x": RIGHT}}, metrics=("token", "exact"))
    shown = boilerbench("compare", "1", "2", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines()[1:] == [
        "c · token · x", "    0.656 → 1.000  +0.344", "c · exact · x", "    0.000 → 1.000  +1.000",
    ]  # fmt: skip
    rows = json.loads(boilerbench("compare", "1", "2", "--format", "json", cwd=tmp_path).stdout)
    assert [row["metric"] for row in rows["rows"]] == ["token", "exact"]
    assert rows["rows"][1]["difference"] == 1


@pytest.mark.parametrize("what", ["metric", "corpus"])
def test_the_command_never_shows_a_difference_of_what_is_not_comparable(finished, tmp_path, what):
    finished(tmp_path / "1", GOLD, {"c": {"x": HALF}})
    name = "token[norm=lower]" if what == "metric" else "token"
    other = finished(tmp_path / "2", GOLD, {"c": {"x": RIGHT}}, metrics=(name,))
    if what == "corpus":
        other.update(corpora=OTHER_DIGEST)
    shown = boilerbench("compare", "1", "2", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    _, head, reason, *_ = shown.stdout.splitlines()
    assert head == "c · token · x"
    assert reason.startswith("    not comparable: another ")
    assert "→" not in shown.stdout
    (row,) = json.loads(
        boilerbench("compare", "1", "2", "--format", "json", cwd=tmp_path).stdout
    )["rows"]  # fmt: skip
    assert row["difference"] is None
    assert row["not_comparable"]


def test_runs_with_nothing_in_common_are_one_clear_message(finished, tmp_path):
    finished(tmp_path / "1", GOLD, {"c": {"x": RIGHT}}, metrics=("token",))
    finished(tmp_path / "2", GOLD, {"c": {"x": RIGHT}}, metrics=("exact",))
    for first, second, says in (("1", "2", "in common"), ("1", "none", "none is not a run")):
        shown = boilerbench("compare", first, second, cwd=tmp_path)
        assert shown.returncode == 2
        assert says in shown.stderr
        assert "Traceback" not in shown.stderr
