import dataclasses
import itertools
import math

import numpy as np
import pytest
from scipy import stats

from boilerbench.errors import UserError
from boilerbench.metrics import metric
from boilerbench.ranking import across, rankings
from boilerbench.samples import Scores
from boilerbench.scoring import scoreboard
from boilerbench.stats import by_page
from boilerbench.types import ALL_CORPORA

PAGES = 30
GOLD = {f"p{n:02}": " ".join(f"w{n}x{k}" for k in range(10)) for n in range(PAGES)}
METRICS = ("token", "token[avg=micro]", "token[avg=f1-of-means,empty=skip]", "exact", "snippets")
FIGURES = ("precision", "recall", "f1")


def answers(keep, seed=0, failing=()):
    """A text for each page that has about this share of the gold."""
    random = np.random.default_rng(seed)
    texts = {}
    for page, gold in GOLD.items():
        tokens = [token for token in gold.split() if random.random() < keep] + ["extra"]
        texts[page] = ("error" if page in failing else "ok", " ".join(tokens), None)
    return texts


SYSTEMS = {
    "good": answers(0.9, 1),
    "also good": answers(0.89, 2, failing=("p03",)),
    "fair": answers(0.5, 3),
    "nothing": dict.fromkeys(GOLD, ("empty", "", None)),
}


@pytest.fixture
def run(finished, tmp_path):
    return finished(tmp_path, GOLD, {"c": SYSTEMS}, metrics=METRICS)


@pytest.fixture
def two(finished, tmp_path):
    """A run of two corpora, on the second of which one extractor was not."""
    other = {name: SYSTEMS[given] for name, given in zip(SYSTEMS, reversed(SYSTEMS), strict=True)}
    other |= {"good": answers(0.7, 9)}
    del other["nothing"]
    given = {"c": SYSTEMS, "d": other}
    return finished(tmp_path, GOLD, given, metrics=METRICS, corpora=("c", "d"))


def test_there_is_a_ranking_for_each_board_of_the_scoreboard_with_its_rows(two):
    rows = scoreboard(two)
    found = rankings(two)
    assert [one.row for ranking in found for one in ranking.ranked] == rows
    for ranking in found:
        for one in ranking.ranked:
            assert (one.row.corpus, one.row.metric) == (ranking.corpus, ranking.metric)
    assert [r.corpus for r in found] == ["c"] * 5 + ["d"] * 5 + [ALL_CORPORA] * 5


def test_figures_are_those_of_the_scoreboard(two):
    for ranking in rankings(two):
        rows = {one.row.extractor: one.row for one in ranking.ranked}
        for one in ranking.ranked:
            said = {name: getattr(one.row, name) for name in FIGURES} | one.row.more
            assert set(one.intervals) == {name for name, value in said.items() if value is not None}
            for name, around in one.intervals.items():
                assert around.value == said[name]
                assert around.low <= around.value <= around.high
        for pair in ranking.pairs:
            first, second = (
                getattr(rows[name], ranking.figure) for name in (pair.first, pair.second)
            )
            assert pair.difference.value == pytest.approx(second - first, abs=1e-12)
            assert pair.difference.low <= pair.difference.value <= pair.difference.high


def test_what_is_summed_gives_the_scoreboard_to_the_last_digits(two):
    scores = Scores(two)
    for row in scoreboard(two):
        samples = scores.samples(row, [row.extractor])
        for name in FIGURES:
            ours = [float(sample.stack.values()[name][0]) for sample in samples]
            known = [value for value in ours if not math.isnan(value)]
            expected = getattr(row, name)
            assert (expected is None) == (not known)
            if known:
                assert np.mean(known) == pytest.approx(expected, abs=1e-12)


def test_the_metric_decides_by_which_figure(run):
    assert [r.figure for r in rankings(run)] == ["f1", "f1", "f1", "f1", "recall"]


def test_pairs_are_all_pairs_the_better_first(run):
    for ranking in rankings(run):
        names = [one.row.extractor for one in ranking.ranked if one.letters]
        assert [(p.first, p.second) for p in ranking.pairs] == [*itertools.combinations(names, 2)]
        assert all(p.difference.value <= 0 for p in ranking.pairs)
        assert all(p.difference.p <= p.p_holm <= 1 for p in ranking.pairs)


def test_who_is_told_apart(run):
    token = rankings(run)[0]
    assert [one.row.extractor for one in token.ranked] == ["good", "also good", "fair", "nothing"]
    assert [one.letters for one in token.ranked] == ["a", "a", "b", "c"]
    assert [one.best for one in token.ranked] == [True, True, False, False]
    assert [one.rank for one in token.ranked] == [(1, 2), (1, 2), (3, 3), (4, 4)]
    assert (token.resampled, token.pages) == ("10,000 resamples of 30 pages, seed 0", 30)
    assert token.tested == "paired permutation test, two-sided, Holm-corrected for 6 pairs"


def test_letters_and_best_follow_the_corrected_probabilities(two):
    for ranking in rankings(two):
        shown = {one.row.extractor: set(one.letters) for one in ranking.ranked}
        for pair in ranking.pairs:
            assert bool(shown[pair.first] & shown[pair.second]) == (pair.p_holm >= 0.05)
        leader = next(name for name in shown if shown[name])
        for one in ranking.ranked:
            assert one.best == bool(shown[leader] & set(one.letters))


def test_one_without_the_figure_is_last_and_in_no_pair(run):
    ranking = rankings(run)[2]
    silent = next(one for one in ranking.ranked if one.row.f1 is None)
    assert silent.row.extractor == "nothing"
    assert (silent.letters, silent.rank, silent.best) == ("", (4, 4), False)
    assert set(silent.intervals) == {"recall"}
    assert len(ranking.pairs) == 3


def by_extractor(run, name):
    """The F1 of each page by polars, not by way of counts."""
    frame = run.scores("token").sort("page_id")
    return frame.filter(frame["extractor"] == name)["f1"].to_numpy()


def test_effect_wins_ties_and_losses_are_of_pages(run):
    for pair in rankings(run)[0].pairs:
        rose = by_extractor(run, pair.second) - by_extractor(run, pair.first)
        page = by_page(rose)
        assert (pair.wins, pair.ties, pair.losses) == (page.wins, page.ties, page.losses)
        assert pair.effect == pytest.approx(rose.mean() / rose.std(ddof=1))
        assert pair.wins + pair.ties + pair.losses == PAGES


def test_a_page_on_which_one_has_no_figure_is_not_counted(finished, tmp_path):
    gold = {"p1": "a b", "p2": "", "p3": "c"}
    full = {page: ("ok", text + " x", None) for page, text in gold.items()}
    silent = {page: ("ok", text, None) for page, text in gold.items()}
    made = finished(tmp_path, gold, {"c": {"x": full, "y": silent}}, metrics=("token[empty=skip]",))
    (pair,) = rankings(made)[0].pairs
    assert (pair.first, pair.second) == ("y", "x")
    assert (pair.wins, pair.ties, pair.losses) == (0, 0, 2)


def test_wilcoxon_on_request(run):
    asked = rankings(run, test="wilcoxon")[0]
    assert asked.tested.startswith("Wilcoxon signed-rank test, ")
    plain = rankings(run)[0]
    for pair, other in zip(asked.pairs, plain.pairs, strict=True):
        rose = by_extractor(run, pair.second) - by_extractor(run, pair.first)
        expected = stats.wilcoxon(np.round(rose[rose != 0], 12)).pvalue
        assert pair.difference.p == pytest.approx(expected)
        assert pair.difference.low == other.difference.low


def with_pages(run, **columns):
    run.write_pages(
        {"corpus": corpus["name"], "page_id": page}
        | {name: value(at) for name, value in columns.items()}
        for corpus in run.info["corpora"]
        for at, page in enumerate(GOLD)
    )
    return run


def test_parts_are_ranked_as_the_scoreboard_has_them(run):
    run = with_pages(run, kind=lambda at: None if at % 3 else "forum", lang=lambda at: "de")
    found = rankings(run, by=("kind", "lang"))
    whole = [r for r in found if r.part is None]
    assert whole == rankings(run)
    assert [r.part for r in found if r.metric == "token"] == [
        None, "kind=forum", "kind=unknown", "lang=de",
    ]  # fmt: skip
    rows = [*scoreboard(run), *scoreboard(run, "kind"), *scoreboard(run, "lang")]
    assert [one.row for ranking in found for one in ranking.ranked] == rows
    forum = next(r for r in found if r.part == "kind=forum")
    assert (forum.pages, forum.resampled) == (10, "10,000 resamples of 10 pages, seed 0")
    german = next(r for r in found if r.part == "lang=de")
    assert [p.difference for p in german.pairs] == [p.difference for p in whole[0].pairs]


def test_pages_of_a_site_are_drawn_together(run):
    alone = rankings(run)[0]
    together = rankings(with_pages(run, site=lambda at: f"s{at // 2}"))[0]
    assert together.resampled == "10,000 resamples of 15 sites, seed 0"
    assert together.ranked[0].intervals != alone.ranked[0].intervals
    # Each page ten times under one site says as much as each once.
    few = rankings(with_pages(run, site=lambda at: f"s{at // 5}"))[0]
    assert few.resampled == "10,000 resamples of 30 pages, seed 0"
    assert few.ranked == alone.ranked


def test_over_corpora_pages_are_drawn_within_their_corpus(two):
    board = {r.corpus: r for r in rankings(two) if r.metric == "token"}
    over = board[ALL_CORPORA]
    assert over.resampled == "10,000 resamples of 60 pages within 2 corpora, seed 0"
    assert [one.row.extractor for one in over.ranked] == ["good", "also good", "fair"]
    for one in over.ranked:
        # The variance of a mean of two is a quarter of the sum of theirs.
        widths = []
        for corpus in ("c", "d", ALL_CORPORA):
            there = {o.row.extractor: o for o in board[corpus].ranked}[one.row.extractor]
            widths.append(there.intervals["f1"].high - there.intervals["f1"].low)
        assert widths[2] == pytest.approx(math.hypot(widths[0], widths[1]) / 2, rel=0.08)
    pages = [p.wins + p.ties + p.losses for p in over.pairs]
    assert pages == [60, 60, 60]


def test_a_single_page_has_no_intervals_and_tells_nobody_apart(finished, tmp_path):
    given = {"c": {"x": {"p": ("ok", "a b", None)}, "y": {"p": ("ok", "z", None)}}}
    (ranking,) = rankings(finished(tmp_path, {"p": "a b"}, given))
    assert [one.intervals for one in ranking.ranked] == [{}, {}]
    assert [one.letters for one in ranking.ranked] == ["", ""]
    assert ranking.tested.startswith("1 page: too few for a test")
    assert ranking.pairs[0].difference.p == 1
    assert math.isnan(ranking.pairs[0].effect)


@pytest.mark.parametrize("pages", [5, 6])
def test_where_no_test_could_tell_nobody_is_best(finished, tmp_path, pages):
    """Of five pages all differ in one direction by luck in one case of sixteen, of six in one of
    thirty-two."""
    gold = {f"p{n}": "a b" for n in range(pages)}
    given = {"c": {x: dict.fromkeys(gold, ("ok", x, None)) for x in ("a", "z")}}
    (ranking,) = rankings(finished(tmp_path, gold, given))
    assert [one.letters for one in ranking.ranked] == (["a", "b"] if pages == 6 else ["", ""])
    assert [one.best for one in ranking.ranked] == ([True, False] if pages == 6 else [False, False])
    assert ranking.tested.startswith("5 pages: too few") == (pages == 5)


def test_one_extractor_is_a_ranking_without_pairs(finished, tmp_path):
    (ranking,) = rankings(finished(tmp_path, GOLD, {"c": {"good": SYSTEMS["good"]}}))
    assert ranking.pairs == ()
    (one,) = ranking.ranked
    assert (one.letters, one.rank, one.best) == ("a", (1, 1), True)


def test_with_many_extractors_a_clear_difference_stays_clear(finished, tmp_path):
    """With 36 extractors there are 630 pairs: a smallest probability of 1 in 10,000, corrected for
    all, would be above 5 %."""
    gold = {f"p{n}": "a b c d" for n in range(20)}
    same = dict.fromkeys(gold, ("ok", "a b c d", None))
    worse = dict.fromkeys(gold, ("ok", "a x", None))
    given = {f"e{n}": same if n < 18 else worse for n in range(36)}
    (ranking,) = rankings(finished(tmp_path, gold, {"c": given}))
    assert {one.letters for one in ranking.ranked} == {"a", "b"}
    assert max(p.p_holm for p in ranking.pairs if p.difference.value) < 0.05


def test_the_same_run_gives_the_same_ranking_again(run):
    assert [dataclasses.asdict(r) for r in rankings(run)] == [
        dataclasses.asdict(r) for r in rankings(run)
    ]


def test_an_unfinished_run_is_not_ranked(run):
    run.update(status="running")
    with pytest.raises(UserError, match="did not finish"):
        rankings(run)
    with pytest.raises(UserError, match="did not finish"):
        across(run)


def test_an_unknown_part_is_one_clear_message(run):
    with pytest.raises(UserError, match="part of a corpus 'knd'"):
        rankings(run, by=("knd",))


def test_over_few_corpora_there_is_a_reason_and_no_test(two):
    found = across(two)
    assert isinstance(found, str)
    assert "needs 5 of them at least: there are 2" in found


def test_over_enough_corpora_each_is_one_observation(finished, tmp_path):
    names = tuple(f"c{n}" for n in range(6))
    given = {
        name: {"good": answers(0.95, n), "fair": answers(0.6, n + 50), "poor": answers(0.2, n + 90)}
        for n, name in enumerate(names)
    }
    given["c0"]["once"] = SYSTEMS["good"]
    run = finished(tmp_path, GOLD, given, corpora=names, metrics=("token", "exact"))
    found = across(run)
    assert not isinstance(found, str)
    assert (found.metric, found.figure, found.corpora) == ("token", "f1", names)
    assert found.extractors == ("good", "fair", "poor")
    assert found.average_ranks == (1, 2, 3)
    rows = {(r.corpus, r.extractor): r.f1 for r in scoreboard(run) if r.metric == "token"}
    expected = stats.friedmanchisquare(
        *([rows[corpus, name] for corpus in names] for name in found.extractors)
    )
    assert found.p == pytest.approx(expected.pvalue)
    assert found.groups == (("good", "fair"), ("fair", "poor"))
    other = across(run, "exact")
    assert not isinstance(other, str)
    assert (other.metric, other.p) == ("exact", 1)


def test_metrics_of_a_ranking_can_be_read_back(run):
    assert [metric(r.signature).name for r in rankings(run)]
