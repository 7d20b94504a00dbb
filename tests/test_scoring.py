import random
import statistics

import pytest

from boilerbench.metrics import metric
from boilerbench.scoring import Scorer, scoreboard
from boilerbench.types import FAILURES

GOLD = {"p1": "a b c d", "p2": "a b", "p3": "a", "empty": ""}

# page: outcome, text, CPU seconds; token tp/fp/fn 2/2/2, 2/0/0, 0/0/1, 0/0/0
MINE = {
    "p1": ("ok", "a b x y", 0.1),
    "p2": ("ok", "A, B!", 0.2),
    "p3": ("empty", "", 0.6),
    "empty": ("empty", "", None),
}


def test_the_figures_of_a_row_computed_by_hand(finished, tmp_path):
    (row,) = scoreboard(finished(tmp_path, GOLD, {"c": {"mine": MINE}}, versions={"mine": "2.0"}))
    assert (row.corpus, row.extractor, row.version, row.pages) == ("c", "mine", "2.0", 4)
    assert (row.metric, row.signature) == ("token", metric("token").signature)
    shares = [0.5, 1, 0, 1]
    assert row.precision == pytest.approx(sum(shares) / 4)
    assert row.recall == pytest.approx(sum(shares) / 4)
    assert row.f1 == pytest.approx(sum(shares) / 4)
    assert row.f1_median == pytest.approx(statistics.median(shares))
    # Pooled: 4 shared, 2 too many, 3 missed.
    assert row.micro_precision == pytest.approx(4 / 6)
    assert row.micro_recall == pytest.approx(4 / 7)
    assert row.micro_f1 == pytest.approx(8 / 13)
    assert row.failures == {"empty": 1}
    assert row.cpu_ms == pytest.approx(300)


@pytest.mark.parametrize("outcome", sorted(FAILURES))
def test_a_failure_scores_zero_where_the_gold_is_empty_too(finished, tmp_path, outcome):
    given = {"failing": {"empty": (outcome, "", None)}, "silent": {"empty": ("empty", "", None)}}
    run = finished(tmp_path, GOLD, {"c": given}, metrics=("token", "shingle"))
    rows = {(row.extractor, row.metric): row for row in scoreboard(run)}
    for name in ("token", "shingle"):
        failing, silent = rows["failing", name], rows["silent", name]
        assert (failing.precision, failing.recall, failing.f1) == (0, 0, 0)
        assert (silent.precision, silent.recall, silent.f1) == (1, 1, 1)
        assert failing.failures == {outcome: 1}


def test_a_failure_misses_all_of_its_gold(finished, tmp_path):
    run = finished(
        tmp_path, GOLD, {"c": {"x": {"p1": ("crash", "", None), "p2": ("ok", "a b", None)}}}
    )
    (row,) = scoreboard(run)
    assert (row.precision, row.recall, row.f1) == (0.5, 0.5, 0.5)
    assert row.micro_recall == pytest.approx(2 / 6)


def test_failures_are_counted_by_outcome_in_one_order(finished, tmp_path):
    outcomes = ["oom", "timeout", "ok", "crash"]
    pages = {page: (outcome, "", None) for page, outcome in zip(GOLD, outcomes, strict=True)}
    (row,) = scoreboard(finished(tmp_path, GOLD, {"c": {"x": pages}}))
    assert list(row.failures.items()) == [("timeout", 1), ("crash", 1), ("oom", 1)]


def test_without_times_there_is_no_cpu_time(finished, tmp_path):
    pages = {page: ("ok", text, None) for page, text in GOLD.items()}
    (row,) = scoreboard(finished(tmp_path, GOLD, {"c": {"x": pages}}))
    assert row.cpu_ms is None


def test_rows_come_by_corpus_then_metric_then_f1_then_name(finished, tmp_path):
    right = {page: ("ok", text, None) for page, text in GOLD.items()}
    given = {
        "z": {"b": right, "a": right, "mine": MINE},
        "c": {"mine": MINE, "b": right},
    }
    run = finished(tmp_path, GOLD, given, metrics=("token", "shingle"), corpora=("z", "c"))
    assert [(row.corpus, row.metric, row.extractor) for row in scoreboard(run)] == [
        *(("z", "token", name) for name in ("a", "b", "mine")),
        *(("z", "shingle", name) for name in ("a", "b", "mine")),
        *(("c", "token", name) for name in ("b", "mine")),
        *(("c", "shingle", name) for name in ("b", "mine")),
    ]


def test_scores_do_not_depend_on_which_page_came_first(finished, tmp_path):
    shuffled = list(MINE.items())
    frames = set()
    boards = []
    for seed in range(4):
        random.Random(seed).shuffle(shuffled)
        run = finished(
            tmp_path / str(seed), GOLD, {"c": {"mine": dict(shuffled)}}, metrics=("shingle",)
        )
        frames.add(run.scores("shingle").write_csv())
        boards.append(scoreboard(run))
    assert len(frames) == 1
    assert all(board == boards[0] for board in boards)


def test_a_stored_score_holds_its_counts_and_signature(finished, tmp_path):
    run = finished(tmp_path, GOLD, {"c": {"mine": MINE}}, metrics=("token", "shingle"))
    first = run.scores("token").sort("page_id").row(1, named=True)
    assert first == {
        "corpus": "c",
        "extractor": "mine",
        "page_id": "p1",
        "outcome": "ok",
        "metric": "token",
        "signature": metric("token").signature,
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
        "tp": 2.0,
        "fp": 2.0,
        "fn": 2.0,
    }
    assert run.scores().height == 2 * len(MINE)


def test_gold_is_prepared_once_for_all_extractors(corpus_of):
    class Counting:
        name = "counting"
        signature = "counting|v:1"
        prepared = 0

        def prepare(self, gold):
            self.prepared += 1

        def counts(self, prepared, text):
            return {"tp": 0, "fp": 0, "fn": 0}

        def page(self, counts):
            return metric("token").page(counts)

    counting = Counting()
    scorer = Scorer({"c": corpus_of("c", GOLD)}, [counting])
    for extractor in "abc":
        for page in GOLD:
            scorer.add("c", page, extractor, "ok", "")
    assert counting.prepared == len(GOLD)
