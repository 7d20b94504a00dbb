import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.metrics import metric
from boilerbench.metrics.protocols import chosen
from boilerbench.text import fold
from boilerbench.types import Gold

(TRAFILATURA,) = (one.metric for one in chosen((), ["trafilatura"]))
WCXB = chosen((), ["wcxb"])[1].metric
TEXTS = st.lists(st.sampled_from("a b A ab Straße strasse  \n \t".split(" "))).map(" ".join)
LISTS = st.lists(TEXTS.filter(str.strip), max_size=4).map(tuple)


def counts(made, must, must_not, text):
    gold = Gold("page", "", must=tuple(must), must_not=tuple(must_not))
    return made.counts(made.prepare(gold), text)


def joined(text):
    return " ".join(text.split())


def found_by_hand(snippets, text, normal):
    return sum(normal(snippet) in normal(text) for snippet in snippets)


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("segments", lambda text: joined(fold(text))),
        ("segments[norm=keep]", joined),
        ("segments[norm=lower,space=keep]", str.lower),
        ("snippets", lambda text: joined(fold(text))),
        ("snippets[norm=keep,space=keep]", str),
    ],
)
@given(must=LISTS, must_not=LISTS, text=TEXTS)
def test_counts_are_what_looking_for_each_snippet_gives(name, normal, must, must_not, text):
    tp, fp = found_by_hand(must, text, normal), found_by_hand(must_not, text, normal)
    assert counts(metric(name), must, must_not, text) == {
        "tp": tp,
        "fp": fp,
        "fn": len(must) - tp,
        "tn": len(must_not) - fp,
        "all": len(must) + len(must_not),
    }


def pooled(made, pages, failed=None):
    found = [counts(made, *page) for page in pages]
    columns = {name: np.array([float(c[name]) for c in found]) for name in made.counted}
    return made.aggregate(columns, failed)


@given(pages=st.lists(st.tuples(LISTS, LISTS, TEXTS), min_size=1, max_size=4))
def test_the_figures_of_the_protocol_come_from_the_counts_of_all_pages(pages):
    tp = sum(found_by_hand(must, text, joined) for must, _, text in pages)
    fp = sum(found_by_hand(must_not, text, joined) for _, must_not, text in pages)
    fn = sum(len(must) for must, *_ in pages) - tp
    tn = sum(len(must_not) for _, must_not, _ in pages) - fp
    found = pooled(TRAFILATURA, pages)
    assert found["precision"] == (tp / (tp + fp) if tp + fp else 0)
    assert found["recall"] == (tp / (tp + fn) if tp + fn else 0)
    assert found["accuracy"] == ((tp + tn) / (tp + fp + fn + tn) if tp + fp + fn + tn else 0)
    assert found["f1"] == (2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 0)


def test_trafilaturas_rule_by_hand():
    pages = [
        (["one two", "Three"], ["menu"], "one\n two and three. menu"),  # 1 of 2, 1 of 1
        (["four"], ["cookie", "advert"], "four"),  # 1 of 1, 0 of 2
        (["five"], ["share"], ""),  # no output: one missed, one rightly absent
    ]
    assert pooled(TRAFILATURA, pages) == {
        "precision": 2 / 3,
        "recall": 2 / 4,
        "f1": 4 / 7,
        "accuracy": 5 / 8,
    }
    failed = np.array([False, False, True])
    assert pooled(TRAFILATURA, pages, failed) == pooled(TRAFILATURA, pages)
    # Our own way folds case.
    assert pooled(metric("segments"), pages)["recall"] == 3 / 4


def test_our_own_way_does_not_reward_a_failure():
    pages = [(["four"], ["cookie"], "four"), (["five"], ["share"], "")]
    failed = np.array([False, True])
    assert pooled(metric("segments"), pages, failed)["accuracy"] == 2 / 4


@pytest.mark.parametrize(
    ("made", "must", "must_not", "text", "expected"),
    [
        (WCXB, ["One", "two"], ["menu"], "one MENU", (1 / 2, 1)),
        (WCXB, [], [], "anything", (1, 1)),
        (WCXB, [], [], "", (1, 1)),
        (WCXB, ["one"], [], "", (0, 1)),
        (WCXB, ["one  two"], ["a"], "one two", (0, 0)),
        (metric("snippets"), ["one  two"], ["a"], "One\ntwo", (1, 0)),
        (metric("snippets"), [], ["menu"], "menu", (math.nan, 1)),
        (metric("snippets"), ["x"], [], "x", (1, math.nan)),
    ],
)
def test_rates_of_snippets_by_hand(made, must, must_not, text, expected):
    score = made.score(Gold("page", "", must=tuple(must), must_not=tuple(must_not)), text)
    found = (score.more["with"], score.more["without"])
    assert found == pytest.approx(expected, nan_ok=True)
    assert score.recall == pytest.approx(score.more["with"], nan_ok=True)
    assert math.isnan(score.f1)
    assert math.isnan(score.precision)


def test_pages_without_snippets_are_left_out_of_the_mean_unless_they_count_as_one():
    pages = [(["a"], ["z"], "a"), (["a"], [], "b"), ([], ["z"], "z")]
    ours, theirs = pooled(metric("snippets"), pages), pooled(WCXB, pages)
    assert (ours["with"], ours["without"]) == (1 / 2, 1 / 2)
    assert (theirs["with"], theirs["without"]) == (2 / 3, 2 / 3)


def test_a_failure_has_no_f1_where_no_page_has_one():
    found = pooled(metric("snippets"), [(["a"], ["z"], "a"), (["a"], ["z"], "")],
                   np.array([False, True]))  # fmt: skip
    assert math.isnan(found["f1"])
    assert math.isnan(found["precision"])
    assert found["recall"] == 1 / 2
