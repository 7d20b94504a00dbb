"""`boilerbench compare`: two runs, or two extractors of one."""

import json

import pytest

from tests.cli.shell import boilerbench

GOLD = {f"p{n:02}": " ".join(f"w{n}x{k}" for k in range(9)) for n in range(20)}
RIGHT = {page: ("ok", text, None) for page, text in GOLD.items()}
HALF = {
    page: ("ok", " ".join(text.split()[: 2 + n % 5]), None)
    for n, (page, text) in enumerate(GOLD.items())
}
OTHER_DIGEST = [{"name": "c", "version": "2", "digest": "sha256:" + "f" * 64}]


@pytest.fixture
def runs(finished, tmp_path):
    """Runs `1` and `2`, of one extractor that became better."""
    finished(tmp_path / "1", GOLD, {"c": {"x": HALF, "gone": RIGHT}}, metrics=("token", "exact"))
    finished(tmp_path / "2", GOLD, {"c": {"x": RIGHT, "new": RIGHT}}, metrics=("token", "exact"))
    return tmp_path


def test_two_runs(runs):
    shown = boilerbench("compare", "1", "2", cwd=runs)
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "c · token · x"
    assert lines[1].startswith("    F1: 0.599 [0.5")
    assert lines[1].endswith("] → 1.000 [1.000, 1.000]")
    assert lines[2].startswith("    difference +0.401 [+0.3")
    assert ", p 0.0001, Holm 0.0002, d +" in lines[2]
    assert lines[3] == "    second better on 20 pages, tied on 0, worse on 0"
    assert lines[4] == "    10,000 resamples of 20 pages, seed 0"
    assert lines[5:7] == ["c · exact · x", "    F1: 0.000 [0.000, 0.000] → 1.000 [1.000, 1.000]"]
    said = " ".join(lines[10:])
    assert "paired permutation test, two-sided, Holm-corrected for 2 pairs; a tie is" in said
    assert lines[-2:] == ["extractors of 1 only: gone", "extractors of 2 only: new"]


def test_json_has_all_of_it_and_no_nan(runs):
    shown = boilerbench("compare", "1", "2", "--format", "json", cwd=runs)
    found = json.loads(shown.stdout, parse_constant=pytest.fail)
    token, exact = found["rows"]
    assert (token["metric"], exact["metric"]) == ("token", "exact")
    assert exact["difference"] == 1
    assert exact["pair"]["effect"] is None  # all pages differ by the same
    assert token["pair"]["difference"]["low"] < token["difference"]
    assert token["first_interval"]["value"] == token["first"]
    assert found["tie_margin"] == 0.001


def test_two_extractors_of_one_run(runs):
    shown = boilerbench("compare", "1", "--extractors", "gone", "x", cwd=runs)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines()[0] == "c · token · gone / x"
    assert "difference -0.401" in shown.stdout
    assert "only" not in shown.stdout


def test_wilcoxon(runs):
    shown = boilerbench("compare", "1", "2", "--test", "wilcoxon", cwd=runs)
    assert shown.returncode == 0, shown.stderr
    assert "Wilcoxon signed-rank test" in shown.stdout


@pytest.mark.parametrize("what", ["metric", "corpus"])
def test_no_difference_is_shown_of_what_is_not_comparable(finished, tmp_path, what):
    finished(tmp_path / "1", GOLD, {"c": {"x": HALF}})
    name = "token[norm=lower]" if what == "metric" else "token"
    other = finished(tmp_path / "2", GOLD, {"c": {"x": RIGHT}}, metrics=(name,))
    if what == "corpus":
        other.update(corpora=OTHER_DIGEST)
    shown = boilerbench("compare", "1", "2", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    head, reason, *_ = shown.stdout.splitlines()
    assert head == "c · token · x"
    assert reason.startswith("    not comparable: another ")
    assert "→" not in shown.stdout
    assert "Holm" not in shown.stdout
    (row,) = json.loads(
        boilerbench("compare", "1", "2", "--format", "json", cwd=tmp_path).stdout
    )["rows"]  # fmt: skip
    assert row["difference"] is None
    assert row["pair"] is None
    assert row["not_comparable"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["1", "3"], "1 and 3 have no corpus, extractor and metric in common"),
        (["1", "none"], "none is not a run"),
        (["1"], "nothing to compare 1 with"),
        (["1", "--extractors", "x", "gon"], "did you mean gone?"),
        (["1", "--extractors", "x"], "requires 2 arguments"),
        (["1", "2", "--test", "t"], "'t' is not one of 'permutation', 'wilcoxon'"),
    ],
)
def test_bad_input_is_one_clear_message(finished, runs, arguments, says):
    finished(runs / "3", GOLD, {"c": {"x": RIGHT}}, metrics=("shingle",))
    shown = boilerbench("compare", *arguments, cwd=runs)
    assert shown.returncode == 2
    assert says in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_name_cannot_drive_the_terminal(finished, tmp_path):
    finished(tmp_path / "1", GOLD, {"c": {"x\x1b[2J": RIGHT, "y": HALF}})
    shown = boilerbench("compare", "1", "--extractors", "x\x1b[2J", "y", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "\x1b" not in shown.stdout
