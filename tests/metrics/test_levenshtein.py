import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from boilerbench.metrics import metric
from boilerbench.text import NORMALISERS, TOKENISERS
from boilerbench.types import Gold

NAMES = ["levenshtein", "levenshtein[tok=unicode]", "levenshtein[norm=keep,tok=space]"]
TEXTS = st.lists(st.sampled_from("a b A c d-d Straße 日本 … \n".split(" "))).map(" ".join)


def edits(one, other):
    """Insertions, deletions and substitutions, by the table of all prefixes."""
    row = list(range(len(other) + 1))
    for deleted, token in enumerate(one, 1):
        above, row = row, [deleted]
        for place, other_token in enumerate(other, 1):
            substituted = above[place - 1] + (token != other_token)
            row.append(min(above[place] + 1, row[-1] + 1, substituted))
    return row[-1]


def cut(made, text):
    return list(TOKENISERS[made.tok](NORMALISERS[made.norm](text)))


@pytest.mark.parametrize("name", NAMES)
@given(gold=TEXTS | st.text(), text=TEXTS | st.text())
def test_it_is_what_the_table_and_rapidfuzz_give(name, gold, text):
    made = metric(name)
    one, other = cut(made, gold), cut(made, text)
    expected = edits(one, other)
    assert expected == Levenshtein.distance(one, other)
    longer = max(len(one), len(other))
    assert made.counts(made.prepare(Gold("page", gold)), text) == {
        "edits": expected,
        "longer": longer,
        "gold": len(one),
        "text": len(other),
    }
    score = made.score(gold, text)
    similarity = 1 - expected / longer if longer else 1
    assert score.precision == score.recall == score.f1 == pytest.approx(similarity, abs=1e-15)
    assert score.f1 == pytest.approx(Levenshtein.normalized_similarity(one, other), abs=1e-15)


@given(one=TEXTS, other=TEXTS)
def test_it_is_the_same_both_ways(one, other):
    made = metric("levenshtein")
    assert made.score(one, other).f1 == made.score(other, one).f1


@pytest.mark.parametrize(
    ("name", "gold", "text", "expected"),
    [
        ("levenshtein", "kitten", "sitting", 1 - 3 / 7),
        ("levenshtein", "Flaw", "lawn", 1 - 2 / 4),
        ("levenshtein", "abc", "", 0),
        ("levenshtein", "", "", 1),
        ("levenshtein[empty=zero]", "", "", 0),
        ("levenshtein[tok=unicode]", "a b c", "a x c d", 1 - 2 / 4),
        ("levenshtein[tok=unicode]", "a, b", "a b!", 1),
    ],
)
def test_cases_counted_by_hand(name, gold, text, expected):
    assert metric(name).score(gold, text).f1 == pytest.approx(expected, abs=1e-15)


def test_an_empty_gold_gives_recall_to_everybody_where_it_is_asked_for():
    score = metric("levenshtein[empty=recall1]").score("", "abc")
    assert (score.precision, score.recall, score.f1) == (0, 1, 0)


def test_real_texts_are_what_rapidfuzz_gives(articles, outputs):
    made = metric("levenshtein[norm=keep,tok=space]")
    for page in sorted(articles)[::4]:
        gold, text = articles[page], outputs["goose3"][page]
        expected = Levenshtein.normalized_similarity(gold.split(), text.split())
        assert made.score(gold, text).f1 == pytest.approx(expected, abs=1e-15)
