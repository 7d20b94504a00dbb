import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boilerbench.report.diff import cut, diff
from boilerbench.text import fold, tokens

WORDS = st.sampled_from(
    "a b c the of Straße STRASSE fi ﬁ Wör\u00adter naïve 中 文 ½ \u200b x²".split(" ")
)
GAPS = st.sampled_from([" ", "\n", ", ", "\n\n", " – ", "\u00a0"])
TEXTS = st.lists(st.tuples(WORDS, GAPS)).map(lambda ws: "".join(w + g for w, g in ws)) | st.text()


def pieces(gold, text, **how):
    """The stretches as texts: same in gold, same in text, missing, extra."""
    found, i, j = [], 0, 0
    for same_gold, same_text, missing, extra in diff(cut(gold), cut(text), **how).stretches:
        k, m = i + same_gold, j + same_text
        found.append((gold[i:k], text[j:m], gold[k : k + missing], text[m : m + extra]))
        i, j = k + missing, m + extra
    return found


def marked(gold, text, **how):
    """In one line, as wdiff writes it."""
    shown = (
        a
        + (f"[-{missing.strip()}-]" if missing else "")
        + (f"{{+{extra.strip()}+}}" if extra else "")
        for a, _, missing, extra in pieces(gold, text, **how)
    )
    return "".join(shown)


@pytest.mark.parametrize("how", [{}, {"largest": 4}], ids=["exact", "bounded"])
@given(TEXTS, TEXTS)
@example("", "")
@example("a", "")
@example("", "a")
@example("\n", " ")
@example("a b", "\na  b\n")
def test_the_pieces_are_both_texts(how, gold, text):
    found = pieces(gold, text, **how)
    assert "".join(a + missing for a, _, missing, _ in found) == gold
    assert "".join(b + extra for _, b, _, extra in found) == text
    assert all(
        all(length >= 0 for length in one) for one in diff(cut(gold), cut(text), **how).stretches
    )
    for a, b, _, _ in found:
        assert cut(a).words == cut(b).words


@given(TEXTS, TEXTS)
def test_it_counts_the_words_that_differ(gold, text):
    found = diff(cut(gold), cut(text))
    parts = pieces(gold, text)
    assert found.missing == sum(len(cut(missing).words) for _, _, missing, _ in parts)
    assert found.extra == sum(len(cut(extra).words) for *_, extra in parts)


@given(TEXTS)
def test_a_text_differs_from_itself_in_nothing(text):
    assert not any(missing or extra for _, _, missing, extra in pieces(text, text))


@given(st.text("aßÉ\xad\u0301жλ3_ -–.’'\n中ひカー가ไทยัم\u200d"))
def test_words_are_the_tokens_of_the_metric(text):
    # Combining marks fold into the letters before them.
    text = unicodedata.normalize("NFC", text)
    assert list(cut(text).words) == tokens(fold(text))


def test_words_are_shown_as_they_are_and_compared_folded():
    assert pieces("Die STRASSE,\nhier.", "die Straße hier") == [
        ("Die STRASSE,\nhier.", "die Straße hier", "", "")
    ]


@pytest.mark.parametrize(
    ("gold", "text", "expected"),
    [
        ("one two three", "one three", "one [-two-]three"),
        ("one three", "one two three", "one {+two+}three"),
        ("one two three", "one 2 three", "one [-two-]{+2+}three"),
        ("one two", "", "[-one two-]"),
        ("", "one two", "{+one two+}"),
        # Of two ways to say it, the one in which a line is missing.
        (
            "the first line\nthe second line\n",
            "the first line\n",
            "the first line\n[-the second line-]",
        ),
        (
            "the second line\n",
            "the first line\nthe second line\n",
            "{+the first line+}the second line\n",
        ),
        # Texts that have next to nothing in common, but for words that all texts have.
        (
            "Ask nobody here why birds of passage return each spring",
            "Menu Shop Help Login Basket Terms of Use Imprint Jobs Press Contact",
            "[-Ask nobody here why birds of passage return each spring-]"
            "{+Menu Shop Help Login Basket Terms of Use Imprint Jobs Press Contact+}",
        ),
    ],
)
def test_what_differs_is_marked(gold, text, expected):
    assert marked(gold, text) == expected


def test_a_stray_match_gives_way_to_a_better_one_of_the_same_word():
    extra = "A canoa encosta em Boca do Puxi, onde a fila começa dentro d'água\n"
    gold = "A sirene é um apito de juiz de futebol.\n"
    assert marked(gold, extra + gold) == f"{{+{extra.strip()}+}}{gold}"


def test_long_texts_are_compared_within_bounds():
    gold = " ".join(f"w{n % 977}" for n in range(3000))
    text = "extra " + gold + " extra"
    assert marked(gold, text, largest=1000) == "{+extra+}" + gold + "{+extra+}"
