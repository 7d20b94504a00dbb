import math
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boilerbench.corpora import load_corpus
from boilerbench.errors import UserError
from boilerbench.metrics import metric
from boilerbench.metrics.protocols import chosen
from boilerbench.predictions import extractions, read_predictions
from boilerbench.text import fold, tokens
from boilerbench.types import Gold

METRICS = ["token", "shingle", "shingle[n=1]", "shingle[n=2]", "shingle[n=9]"]
SIZES = {"token": 1, "shingle": 4, "shingle[n=1]": 1, "shingle[n=2]": 2, "shingle[n=9]": 9}
# Few words, so that two texts share some and repeat others.
TEXTS = st.lists(st.sampled_from("a b c D d Straße strasse 日本 ー x_1 … ﬁ".split())).map(" ".join)


def brute_counts(gold, text, n):
    def shingles(of):
        words = tokens(fold(of))
        if words and len(words) < n:
            return [words]
        return [words[i : i + n] for i in range(len(words) - n + 1)]

    left, extra, shared = shingles(gold), 0, 0
    for shingle in shingles(text):
        if shingle in left:
            left.remove(shingle)
            shared += 1
        else:
            extra += 1
    return shared, extra, len(left)


def brute_score(tp, fp, fn):
    if tp == fp == fn == 0:
        return 1.0, 1.0, 1.0
    if tp == 0:
        return 0.0, 0.0, 0.0
    p, r = tp / (tp + fp), tp / (tp + fn)
    return p, r, 2 * p * r / (p + r)


def counts(name, gold, text):
    made = metric(name)
    return made.counts(made.prepare(Gold("page", gold)), text)


def score(name, gold, text):
    return metric(name).score(gold, text)


def pooled(name, pages):
    made = metric(name)
    found = [counts(name, gold, text) for gold, text in pages]
    sums = {key: np.array(sum(c[key] for c in found), float) for key in made.counted}
    return tuple(made.ratios(sums)[figure] for figure in ("precision", "recall", "f1"))


def three(prf):
    return prf.precision, prf.recall, prf.f1


@pytest.mark.parametrize("name", METRICS)
@given(gold=TEXTS, text=TEXTS)
def test_it_is_what_counting_by_hand_gives(name, gold, text):
    expected = brute_counts(gold, text, SIZES[name])
    neither = not tokens(fold(gold)) and not tokens(fold(text))
    expected_counts = dict(zip(("tp", "fp", "fn"), expected, strict=True)) | {"neither": neither}
    assert counts(name, gold, text) == expected_counts
    assert three(score(name, gold, text)) == pytest.approx(brute_score(*expected), abs=1e-12)


@pytest.mark.parametrize("name", METRICS)
@given(gold=TEXTS | st.text(), text=TEXTS | st.text())
def test_scores_are_shares_and_f1_is_the_harmonic_mean(name, gold, text):
    p, r, f1 = three(score(name, gold, text))
    assert 0 <= p <= 1
    assert 0 <= r <= 1
    assert f1 == pytest.approx(2 * p * r / (p + r) if p + r else 0, abs=1e-12)


@pytest.mark.parametrize("name", METRICS)
@given(gold=TEXTS, text=TEXTS)
def test_swapping_gold_and_text_swaps_precision_and_recall(name, gold, text):
    there, back = score(name, gold, text), score(name, text, gold)
    assert (there.precision, there.recall, there.f1) == (back.recall, back.precision, back.f1)


@pytest.mark.parametrize("name", METRICS)
@given(text=TEXTS)
def test_a_text_equals_itself_however_it_is_written(name, text):
    assert three(score(name, text, f" {text.upper()}\n")) == (1, 1, 1)


@pytest.mark.parametrize(
    ("name", "gold", "text", "expected"),
    [
        ("token", "a b c d", "a b x", (2, 1, 2)),
        ("token", "a a a b", "a a c c", (2, 2, 2)),
        ("token", "The cat, the DOG.", "the the the", (2, 1, 2)),
        ("token", "东京塔", "东京 tower", (2, 1, 1)),
        ("shingle", "a b c d e", "a b c d e f", (2, 1, 0)),
        ("shingle", "a b c d e", "e d c b a", (0, 2, 2)),
        ("shingle", "a b c", "a b c", (1, 0, 0)),
        ("shingle", "a b c", "a b c d", (0, 1, 1)),
        ("shingle", "a b c d a b c d", "a b c d", (1, 0, 4)),
        ("shingle[n=2]", "a b a b", "a b", (1, 0, 2)),
        ("shingle[n=2]", "a", "a", (1, 0, 0)),
        ("shingle[n=2]", "a", "a a", (0, 1, 1)),
    ],
)
def test_cases_counted_by_hand(name, gold, text, expected):
    assert tuple(counts(name, gold, text).values())[:3] == expected


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("nothing", ["", " \n", "…!"])
def test_nothing_to_find(name, nothing):
    assert three(score(name, nothing, "")) == (1, 1, 1)
    assert three(score(name, nothing, "some text of words")) == (0, 0, 0)
    assert three(score(name, "some text of words", nothing)) == (0, 0, 0)


@pytest.mark.parametrize("name", METRICS)
def test_gold_prepared_once_serves_many_texts(name):
    made = metric(name)
    prepared = made.prepare(Gold("page", "a b c d e a b c d e"))
    first = made.counts(prepared, "a b c d e")
    made.counts(prepared, "a b c d e a b c d e a b c d e")
    assert made.counts(prepared, "a b c d e") == first


def test_the_aggregate_pools_the_counts_of_all_pages():
    pages = [("a b c d", "a b x"), ("", ""), ("e", ""), ("f g", "f g h i")]
    # Shared 2 + 0 + 0 + 2, of 3 + 0 + 0 + 4 in the texts and 4 + 0 + 1 + 2 in the golds.
    assert pooled("token", pages) == pytest.approx((4 / 7, 4 / 7, 4 / 7))


@pytest.mark.parametrize("name", METRICS)
@given(pages=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_the_aggregate_is_the_score_of_the_sums(name, pages):
    sums = [0, 0, 0]
    for gold, text in pages:
        sums = [a + b for a, b in zip(sums, brute_counts(gold, text, SIZES[name]), strict=True)]
    assert pooled(name, pages) == pytest.approx(brute_score(*sums), abs=1e-12)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("shingle[n=0]", "n must be a whole number from 1 to 1000, not 0"),
        ("shingle[n=-1]", "not -1"),
        ("shingle[n=x]", "not 'x'"),
        ("shingle[n=2.5]", "not 2.5"),
        ("shingle[n=true]", "not True"),
        ("shingle[norm=upper]", "norm must be one of nfkc_casefold, lower, keep, not 'upper'"),
        ("token[tok=3]", "tok must be one of"),
    ],
)
def test_a_metric_that_cannot_be_is_refused_with_the_reason(written, said):
    with pytest.raises(UserError) as caught:
        metric(written)
    assert said in str(caught.value)
    assert repr(written) in str(caught.value)


@pytest.mark.parametrize("name", ["token", "shingle"])
def test_real_pages_score_what_counting_by_hand_gives(name, scrapinghub):
    corpus = load_corpus("scrapinghub", scrapinghub)
    system = read_predictions(scrapinghub / "output" / "boilerpipe.json")
    made = metric(name)
    checked = 0
    for extraction in extractions(system, corpus.gold):
        gold = corpus.gold[extraction.page_id]
        if len(gold.text) + len(extraction.text) > 12_000:
            continue  # counting by hand is quadratic
        expected = brute_counts(gold.text, extraction.text, SIZES[name])
        found = made.counts(made.prepare(gold), extraction.text)
        assert tuple(found.values())[:3] == expected
        score_of_page = three(made.score(gold, extraction.text))
        for ours, theirs in zip(score_of_page, brute_score(*expected), strict=True):
            assert math.isclose(ours, theirs, rel_tol=0, abs_tol=1e-12)
        checked += 1
    assert checked > 150


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("shingle[m=3]", "option of shingle"),
        ("tokn", "did you mean token"),
        ("shingles", "did you mean shingle"),
        ("bleurt", "known: blocks, cleaneval"),
    ],
)
def test_a_name_that_is_not_known_is_refused_with_those_that_are(written, said):
    with pytest.raises(UserError) as caught:
        metric(written)
    assert said in str(caught.value)


@pytest.mark.parametrize("n", [1, 2, 3, 9, 40])
@given(gold=st.lists(st.integers(0, 60)), text=st.lists(st.integers(0, 60)))
def test_codes_of_shingles_stay_exact_when_they_are_numbered_anew(n, gold, text):
    written = " ".join(map(str, gold)), " ".join(map(str, text))
    assert tuple(counts(f"shingle[n={n}]", *written).values())[:3] == brute_counts(*written, n)


@given(gold=TEXTS, text=TEXTS)
def test_a_set_counts_each_token_once(gold, text):
    wanted, found = set(tokens(fold(gold))), set(tokens(fold(text)))
    expected = (len(wanted & found), len(found - wanted), len(wanted - found))
    assert tuple(counts("token-set", gold, text).values())[:3] == expected


@given(gold=TEXTS | st.text(), text=TEXTS | st.text())
@example("", "")
@example("_", "a_b A-b")
def test_sets_of_tokens_are_what_the_rule_of_dragnet_gives(gold, text):
    made = chosen((), ["dragnet"])[0].metric
    wanted, found = (set(re.split(r"[\W_]+", side)) - {""} for side in (gold, text))
    shared = len(wanted & found)
    precision = shared / len(found) if found else 0.0
    recall = shared / len(wanted) if wanted else 0.0
    f1 = 2 * precision * recall / (precision + recall) if shared else 0.0
    assert three(made.score(gold, text)) == pytest.approx((precision, recall, f1), abs=1e-12)
