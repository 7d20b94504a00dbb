import random
import statistics

import pytest

from boilerbench.errors import UserError
from boilerbench.metrics import metric
from boilerbench.scoring import ALL_CORPORA, Scorer, misses, scoreboard
from boilerbench.store import Run
from boilerbench.types import FAILURES, Corpus, Extraction, Gold

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


def test_the_cpu_time_is_that_of_the_pages_where_it_is_known(finished, tmp_path):
    known = zip(GOLD.items(), [0.002, None, float("nan"), 0.004], strict=True)
    pages = {page: ("ok", text, cpu) for (page, text), cpu in known}
    (row,) = scoreboard(finished(tmp_path / "some", GOLD, {"c": {"x": pages}}))
    assert row.cpu_ms == pytest.approx(3)
    pages = {page: ("ok", text, float("nan")) for page, text in GOLD.items()}
    (row,) = scoreboard(finished(tmp_path / "none", GOLD, {"c": {"x": pages}}))
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
        # "a" was not on c: its mean would not be one over the same corpora
        *(("all corpora", "token", name) for name in ("b", "mine")),
        *(("all corpora", "shingle", name) for name in ("b", "mine")),
    ]


def test_rows_over_all_corpora_count_each_corpus_once(finished, tmp_path):
    few = {"p1": ("ok", "a b c d", 0.1)}
    many = {"p1": ("ok", "x", 0.2), "p2": ("error", "", 0.4), "p3": ("ok", "a", 0.6)}
    run = finished(tmp_path, GOLD, {"c": {"mine": few}, "d": {"mine": many}}, corpora=("c", "d"))
    first, second, over = scoreboard(run)
    assert (first.corpus, second.corpus, over.corpus) == ("c", "d", ALL_CORPORA)
    assert (first.f1, second.f1, over.f1) == (1, pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert over.precision == pytest.approx((1 + 1 / 3) / 2)
    assert over.f1_median == pytest.approx(0.5)  # of the medians 1 and 0
    assert over.pages == over.scored == 4
    assert over.failures == {"error": 1}
    assert over.cpu_ms == pytest.approx((100 + 200 + 400 + 600) / 4)
    assert over.signature == first.signature
    assert over.corpus_digest not in (first.corpus_digest, second.corpus_digest)
    by_order = finished(
        tmp_path / "again", GOLD, {"d": {"mine": many}, "c": {"mine": few}}, corpora=("d", "c")
    )
    assert scoreboard(by_order)[-1].corpus_digest == over.corpus_digest
    by_order.info["corpora"][0]["digest"] = "sha256:1"
    assert scoreboard(by_order)[-1].corpus_digest != over.corpus_digest
    assert ALL_CORPORA not in {row.corpus for row in scoreboard(run, by="lang")}


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
        "answerable": True,
        "metric": "token",
        "signature": metric("token").signature,
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
        "tp": 2.0,
        "fp": 2.0,
        "fn": 2.0,
        "neither": 0.0,
    }
    assert run.scores().height == 2 * len(MINE)


def test_gold_is_prepared_once_for_all_extractors(corpus_of, monkeypatch):
    prepared = []
    made = [metric("token"), metric("lcs")]
    for one in made:
        once = type(one).prepare

        def counting(self, gold, once=once):
            prepared.append((self.name, gold.page_id))
            return once(self, gold)

        monkeypatch.setattr(type(one), "prepare", counting)
    scorer = Scorer({"c": corpus_of("c", GOLD)}, made)
    for extractor in "abc":
        for page in GOLD:
            scorer.add("c", page, extractor, "ok", "")
    assert sorted(prepared) == sorted((one.name, page) for one in made for page in GOLD)


def test_a_figure_that_says_nothing_of_any_page_is_none(finished, tmp_path):
    silent = dict.fromkeys(GOLD, ("empty", "", None))
    name = metric("token[empty=skip,avg=f1-of-means]").name
    run = finished(tmp_path, GOLD, {"c": {"x": silent}}, metrics=(name,))
    (row,) = scoreboard(run)
    assert (row.precision, row.recall, row.f1) == (None, 0, None)
    assert (row.pages, row.scored) == (4, 3)
    stored = run.scores(name)
    assert stored["precision"].null_count() == 4
    assert stored["f1"].null_count() == 1


def test_more_figures_of_a_metric_stand_in_its_rows(finished, tmp_path):
    (row,) = scoreboard(finished(tmp_path, GOLD, {"c": {"mine": MINE}}, metrics=("exact",)))
    assert row.more == {"accuracy": 0.5}
    assert row.f1 == 0.5


@pytest.fixture
def snippets_run(tmp_path):
    """Makes a scored run of `{page: (Gold, outcome, text)}` by one extractor."""

    def make(pages, name):
        gold = {page: given[0] for page, given in pages.items()}
        about = {
            page: {"url": None, "site": None, "lang": None, "kind": kind}
            for page, kind in zip(pages, ("forum", "forum", None), strict=False)
        }
        corpus = Corpus("c", "1", "CC0", "sha256:0", "", gold, lambda: iter(()), about)
        info = {
            "status": "complete",
            "corpora": [{"name": "c", "version": "1", "digest": "sha256:0"}],
            "metrics": [{"name": name, "signature": metric(name).signature}],
            "extractors": [{"spec": "x", "name": "x", "version": None, "given": {}}],
        }
        run = Run.create(tmp_path / "run", info)
        scorer = Scorer({"c": corpus}, [metric(name)])
        with run.writer() as writer:
            for page, (_, outcome, text) in pages.items():
                writer.add("c", Extraction(page, "x", outcome, text))
                scorer.add("c", page, "x", outcome, text)
        scorer.write(run)
        return run

    return make


WANTED = Gold("p1", "wanted", must=("wanted",), must_not=("unwanted words",))


def test_a_metric_without_f1_has_none_even_where_a_page_failed(snippets_run):
    pages = {"p1": (WANTED, "ok", "all that is wanted"), "p2": (WANTED, "crash", "")}
    (row,) = scoreboard(snippets_run(pages, "snippets"))
    assert (row.recall, row.more["with"]) == (0.5, 0.5)
    assert (row.precision, row.f1, row.scored) == (None, None, 2)


def test_an_empty_answer_is_counted_by_a_metric_without_f1_too(snippets_run):
    pages = {"p1": (WANTED, "ok", "all that is wanted"), "p2": (WANTED, "empty", "")}
    run = snippets_run(pages, "snippets")
    (row,) = scoreboard(run)
    assert row.failures == {"empty": 1}
    assert misses(run)["page_id"].to_list() == ["p2"]


def test_rows_by_part_hold_all_pages_and_the_figures_of_theirs(snippets_run):
    pages = {
        "p1": (WANTED, "ok", "all that is wanted"),
        "p2": (WANTED, "ok", "unwanted words"),
        "p3": (WANTED, "ok", "something else"),
    }
    run = snippets_run(pages, "segments")
    rows = {row.part: row for row in scoreboard(run, by="kind")}
    assert {part: row.pages for part, row in rows.items()} == {
        "kind=forum": 2,
        "kind=unknown": 1,
    }
    # "unwanted words" has "wanted" in it.
    assert rows["kind=forum"].recall == 1
    assert rows["kind=forum"].precision == pytest.approx(2 / 3)
    assert rows["kind=unknown"].recall == 0


def test_an_unknown_part_is_refused_with_those_that_are_known(finished, tmp_path):
    run = finished(tmp_path, GOLD, {"c": {"mine": MINE}})
    with pytest.raises(UserError, match="did you mean kind"):
        scoreboard(run, by="kinds")
