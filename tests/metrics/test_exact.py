import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.metrics import metric
from boilerbench.text import fold, tokens
from boilerbench.types import Gold

TEXTS = st.lists(st.sampled_from("a b A - \n 日".split(" ")), max_size=4).map(" ".join)


@given(gold=TEXTS, text=TEXTS)
def test_it_is_whether_the_tokens_are_equal(gold, text):
    made = metric("exact")
    same = tokens(fold(gold)) == tokens(fold(text))
    assert made.counts(made.prepare(Gold("page", gold)), text) == {"same": same, "pages": 1}
    score = made.score(gold, text)
    assert score.f1 == score.more["accuracy"] == same
    assert math.isnan(score.precision)
    assert math.isnan(score.recall)


@pytest.mark.parametrize(
    ("name", "gold", "text", "same"),
    [
        ("exact", "A cat.", "a\ncat", 1),
        ("exact", "a cat", "cat a", 0),
        ("exact", "a a", "a", 0),
        ("exact", "", "…", 1),
        ("exact", "ab", "a b", 0),
        ("exact[norm=keep,tok=word]", "A cat", "a cat", 0),
        ("exact[norm=keep,tok=word]", "A cat", "A - cat!", 1),
        ("exact[norm=keep,tok=char]", "a", "a ", 0),
    ],
)
def test_cases_told_by_hand(name, gold, text, same):
    assert metric(name).score(gold, text).f1 == same
