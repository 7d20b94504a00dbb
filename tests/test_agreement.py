import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.agreement import agreement, tau
from boilerbench.errors import UserError
from boilerbench.metrics import metric

GOLD = {"p1": "a b c d", "p2": "a b c d e", "p3": "a b"}


def tau_b(one, other):
    """Kendall's τ-b from all pairs; None where one side ranks nothing."""
    known = [(a, b) for a, b in zip(one, other, strict=True) if not math.isnan(a + b)]
    concordant = tied_one = tied_other = pairs = 0
    for (a, b), (c, d) in itertools.combinations(known, 2):
        pairs += 1
        concordant += ((a > c) - (a < c)) * ((b > d) - (b < d))
        tied_one += a == c
        tied_other += b == d
    below = math.sqrt((pairs - tied_one) * (pairs - tied_other))
    return concordant / below if below else None


@given(
    st.lists(
        st.tuples(*[st.sampled_from([0, 0.25, 0.5, 1, math.nan]) | st.floats(0, 1)] * 2),
        max_size=12,
    )
)
def test_tau_is_what_counting_pairs_gives(values):
    one, other = ([pair[side] for pair in values] for side in (0, 1))
    found, expected = tau(np.array(one, float), np.array(other, float)), tau_b(one, other)
    if expected is None:
        assert found is None
    else:
        assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2, 3, 4], [1, 2, 3, 4], 1),
        ([1, 2, 3, 4], [4, 3, 2, 1], -1),
        ([1, 2, 3, 4], [1, 2, 4, 3], 4 / 6),
        ([1, 2, 3], [1, 1, 2], 2 / math.sqrt(3 * 2)),
        ([1, 1, 1], [1, 2, 3], None),
        ([1], [1], None),
        ([], [], None),
        ([1, math.nan, 2], [2, 5, 1], -1),
        ([1, math.nan], [1, 2], None),
    ],
)
def test_tau_by_hand(one, other, expected):
    found = tau(np.array(one, float), np.array(other, float))
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-12))


@pytest.fixture
def agreed(finished, corpus_of, tmp_path):
    """The agreement of metrics on texts: `{extractor: {page: text}}`."""

    def make(texts, names, gold=GOLD, **options):
        given = {
            extractor: {page: ("ok" if text else "empty", text, None) for page, text in of.items()}
            for extractor, of in texts.items()
        }
        run = finished(tmp_path / "run", gold, {"c": given})
        return agreement(run, {"c": corpus_of("c", gold)}, list(map(metric, names)), **options)

    return make


TEXTS = {
    "x": {"p1": "a b c d", "p2": "a b x", "p3": ""},
    "y": {"p1": "a b", "p2": "a b c d e", "p3": "a b"},
    "z": {"p1": "d c b a", "p2": "x", "p3": "a b c"},
}
NAMES = ["token", "shingle[n=2]", "levenshtein", "exact"]


def test_metrics_that_are_the_same_agree_wholly(agreed):
    found = agreed(TEXTS, ["token", "token[failed=text]"])
    (pair,) = found.pairs
    assert (pair.extractors, pair.pages) == (pytest.approx(1), pytest.approx(1))
    assert found.disputes == ()
    assert found.metrics == ("token", "token[failed=text]")


def test_correlations_are_those_of_the_figures(agreed):
    found = agreed(TEXTS, NAMES)
    assert len(found.pairs) == 6
    assert [pair.pages for pair in found.pairs] == sorted(pair.pages for pair in found.pairs)
    pages = {
        name: {x: [metric(name).score(GOLD[p], of[p]).f1 for p in GOLD] for x, of in TEXTS.items()}
        for name in NAMES
    }
    for pair in found.pairs:
        one, other = pages[pair.first], pages[pair.second]
        averages = [[sum(of[x]) / len(GOLD) for x in TEXTS] for of in (one, other)]
        taus = [t for x in TEXTS if (t := tau_b(one[x], other[x])) is not None]
        assert pair.extractors == pytest.approx(tau_b(*averages))
        assert pair.pages == pytest.approx(sum(taus) / len(taus))


def test_a_metric_that_ranks_nothing_agrees_with_nobody(agreed):
    right = {name: dict(GOLD) for name in "xy"}
    (pair,) = agreed(right, ["token", "exact"]).pairs
    assert (pair.extractors, pair.pages) == (None, None)


def test_a_dispute_by_hand(agreed):
    # Reversed words are all of the tokens and none of the order; twice the words are half of the
    # tokens and one of five shingles.
    texts = {
        "backwards": {"p1": "d c b a", "p2": "a b c d e", "p3": "a b"},
        "lengthy": {"p1": "a b c d e f g h", "p2": "a b c d e", "p3": "a b"},
    }
    (dispute,) = agreed(texts, ["token", "shingle"]).disputes
    assert (dispute.corpus, dispute.page_id) == ("c", "p1")
    assert (dispute.metric, dispute.prefers) == ("token", "backwards")
    assert dispute.difference == pytest.approx(1 - 2 / 3)
    assert (dispute.other, dispute.other_prefers) == ("shingle", "lengthy")
    assert dispute.other_difference == pytest.approx(2 * 0.2 / 1.2)
    assert dispute.size == pytest.approx(1 / 3)


def test_disputes_come_by_size_one_for_each_page_and_no_more_than_asked_for(agreed):
    gold = {f"p{n}": "a b c d" for n in range(6)}
    texts = {
        "backwards": dict.fromkeys(gold, "d c b a"),
        "lengthy": {page: "a b c d" + " x" * n for n, page in enumerate(gold, 1)},
    }
    found = agreed(texts, ["token", "shingle", "lcs"], gold, disputes=4).disputes
    assert len(found) == 4
    assert len({dispute.page_id for dispute in found}) == 4
    assert [d.size for d in found] == sorted((d.size for d in found), reverse=True)


def test_where_metrics_say_nothing_there_is_no_dispute(agreed):
    texts = {"x": {"p1": ""}, "y": {"p1": "a b"}}
    found = agreed(texts, ["token", "token[empty=skip]"], {"p1": ""})
    assert found.disputes == ()


def test_extractors_that_have_other_pages_are_ranked_by_their_own(agreed):
    texts = {"x": {"p1": "a b c d", "p2": "a"}, "y": {"p1": "a b", "p2": "a b c", "p3": "a"}}
    found = agreed(texts, ["token", "exact"])
    assert [(pair.first, pair.second) for pair in found.pairs] == [("token", "exact")]


def test_a_run_that_was_stopped_is_refused(finished, tmp_path, corpus_of):
    gold = {"p1": "a b"}
    run = finished(tmp_path, gold, {"c": {"x": {"p1": ("ok", "a b", None)}}})
    run.update(status="running")
    with pytest.raises(UserError, match="the run did not finish"):
        agreement(run, {"c": corpus_of("c", gold)}, [metric("token"), metric("exact")])
