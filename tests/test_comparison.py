import numpy as np
import pytest
from scipy.stats import wilcoxon as scipy_wilcoxon

from boilerbench.comparison import compare
from boilerbench.errors import UserError
from boilerbench.ranking import rankings
from boilerbench.scoring import ALL_CORPORA
from boilerbench.stats import holm

GOLD = {"p1": "a b c d", "p2": "a b", "p3": "a"}
RIGHT = {page: ("ok", text, None) for page, text in GOLD.items()}
HALF = {page: ("ok", f"{text} x y", None) for page, text in GOLD.items()}
PAGES = {f"p{n:02}": " ".join(f"w{n}x{k}" for k in range(9)) for n in range(24)}
GOOD = {page: ("ok", text, None) for page, text in PAGES.items()}
# Every other page loses a part, and each another.
WORSE = {
    page: ("ok", text if n % 2 else " ".join(text.split()[: 2 + n // 4]), None)
    for n, (page, text) in enumerate(PAGES.items())
}
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


def test_the_pair_is_told_with_intervals_and_its_pages(finished, tmp_path):
    before = finished(tmp_path / "1", PAGES, {"c": {"x": GOOD, "y": WORSE}})
    after = finished(tmp_path / "2", PAGES, {"c": {"x": WORSE, "y": GOOD}})
    rows = {row.extractor: row for row in compare(before, after)}
    for name, sign in (("x", -1), ("y", 1)):
        row = rows[name]
        pair = row.pair
        assert (pair.first, pair.second) == (name, name)
        assert pair.difference.value == pytest.approx(row.difference, abs=1e-12)
        assert row.first_interval.low <= row.first <= row.first_interval.high
        assert row.second_interval.low <= row.second <= row.second_interval.high
        assert (pair.wins, pair.ties, pair.losses) == ((12, 12, 0) if sign > 0 else (0, 12, 12))
        assert pair.difference.p < 0.01
        assert pair.p_holm == pytest.approx(2 * pair.difference.p)
        assert row.resampled == "10,000 resamples of 24 pages, seed 0"
    (first,) = rankings(before)
    assert rows["x"].first_interval == first.ranked[0].intervals["f1"]


def test_two_extractors_of_one_run_are_compared_as_in_its_ranking(finished, tmp_path):
    given = {"c": {"x": GOOD, "y": WORSE}, "d": {"x": WORSE, "y": GOOD}}
    run = finished(tmp_path, PAGES, given, metrics=("token", "exact"), corpora=("c", "d"))
    rows = compare(run, extractors=("x", "y"))
    assert [(r.corpus, r.metric) for r in rows] == [
        (corpus, name) for corpus in ("c", "d", ALL_CORPORA) for name in ("token", "exact")
    ]
    for row, ranking in zip(rows, rankings(run), strict=True):
        (pair,) = ranking.pairs
        sign = 1 if pair.first == "x" else -1
        assert row.pair.difference.value == pytest.approx(sign * pair.difference.value, abs=1e-12)
        assert row.pair.difference.p == pytest.approx(pair.difference.p, abs=1e-12)
        assert (row.extractor, row.resampled) == ("x / y", ranking.resampled)
    corrected = holm([row.pair.difference.p for row in rows])
    assert [row.pair.p_holm for row in rows] == corrected


def test_an_extractor_of_one_run_and_another_of_another(finished, tmp_path):
    one = finished(tmp_path / "1", PAGES, {"c": {"x": WORSE, "z": GOOD}})
    other = finished(tmp_path / "2", PAGES, {"c": {"x": WORSE, "y": GOOD}})
    (row,) = compare(one, other, extractors=("x", "y"))
    assert (row.pair.first, row.pair.second, row.pair.wins) == ("x", "y", 12)
    (same,) = compare(one, other, extractors=("z", "y"))
    assert (same.difference, same.pair.difference.p, same.pair.effect) == (0, 1, 0)


def test_wilcoxon_on_request(finished, tmp_path):
    run = finished(tmp_path, PAGES, {"c": {"x": GOOD, "y": WORSE}})
    (row,) = compare(run, extractors=("x", "y"), test="wilcoxon")
    frame = run.scores("token").sort("page_id")
    f1 = [frame.filter(frame["extractor"] == name)["f1"].to_numpy() for name in "xy"]
    rose = np.round(f1[1] - f1[0], 12)
    assert row.pair.difference.p == pytest.approx(scipy_wilcoxon(rose[rose != 0]).pvalue)


def test_what_is_not_comparable_has_no_pair_and_corrects_nothing(finished, tmp_path):
    one = finished(tmp_path / "1", PAGES, {"c": {"x": GOOD}}, metrics=("token", "shingle"))
    other = finished(
        tmp_path / "2", PAGES, {"c": {"x": WORSE}}, metrics=("token[norm=lower]", "shingle")
    )
    token, shingle = compare(one, other)
    assert token.not_comparable
    assert (token.pair, token.first_interval, token.resampled) == (None, None, None)
    assert shingle.pair.p_holm == shingle.pair.difference.p


def test_one_run_alone_needs_two_extractors(finished, tmp_path):
    run = finished(tmp_path, GOLD, {"c": {"x": RIGHT, "y": HALF}})
    with pytest.raises(UserError, match="nothing to compare"):
        compare(run)
    with pytest.raises(UserError, match=r"unknown extractor of .* 'z'"):
        compare(run, extractors=("x", "z"))
