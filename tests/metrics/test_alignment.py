import difflib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boilerbench.metrics import metric
from boilerbench.metrics.protocols import chosen
from boilerbench.types import Gold

WORDS, MARKS = (one.metric for one in chosen((), ["cleaneval"]))
SIGNS = ("<p>", "<h>", "<l>")
SPACES = " \t\n\r\f\v"
TEXTS = st.lists(
    st.sampled_from(
        ["a", "b", "<p>", "<h>", "<l>x", "y<p>z", "<P>", "\n", "\t", "\x07", "\xa0", "URL",
         "a\nURL: x",
         "URL: http://example.org\n", "日本", "</p>", " "]
    )
).map(" ".join)  # fmt: skip


def without_url_lines(text):
    """A line that begins with URL goes, and with it the white space before it."""
    kept: list[str] = []
    gone = 0  # what stands before this is settled
    for line in text.split("\n"):
        if line.lstrip(SPACES).startswith("URL"):
            while len(kept) > gone and not kept[-1].strip(SPACES):
                kept.pop()
            kept.append("")
            gone = len(kept)
        else:
            kept.append(line)
    return "\n".join(kept)


def cut(text, *, marks, ends):
    """Tokens by the description: one character after the other, without a regular expression."""
    text = without_url_lines(text)
    text = "".join(" " if character < " " else character for character in text)
    place, spaced = 0, ""
    while place < len(text):
        sign = text[place : place + 3]
        if sign.lower() in SIGNS:
            spaced += {"labelled": f" {sign} ", "unlabelled": " <p> ", "dropped": " "}[marks]
            place += 3
        else:
            spaced += text[place]
            place += 1
    for space in SPACES:
        spaced = spaced.replace(space, " ")
    words = [word for word in spaced.split(" ") if word]
    if not ends:
        return words
    before = [""] if spaced.startswith(" ") or not words else []
    after = [""] if spaced.endswith(" ") and spaced else []
    return [*before, *words, *after]


def expected(gold, text, *, unit, **how):
    wanted, found = cut(gold, **how), cut(text, **how)
    tp = fp = fn = 0

    def size(tokens):
        if unit == "words":
            return len(tokens)
        return sum(token.lower() in SIGNS for token in tokens)

    for what, i, j, k, m in difflib.SequenceMatcher(None, found, wanted).get_opcodes():
        if what == "equal":
            tp += size(found[i:j])
        else:
            fp += size(found[i:j])
            fn += size(wanted[k:m])
    return {"tp": tp, "fp": fp, "fn": fn}


def counts(made, gold, text):
    return made.counts(made.prepare(Gold("page", gold)), text)


@pytest.mark.parametrize("ends", ["count", "drop"])
@pytest.mark.parametrize("marks", ["labelled", "unlabelled", "dropped"])
@pytest.mark.parametrize("unit", ["words", "marks"])
@given(gold=TEXTS, text=TEXTS)
@example("", "")
@example(" ", "")
@example("URL: x", "URL")
@example("a\n\n  URL: x\n\nb", "a b")
def test_it_is_what_the_description_says(unit, marks, ends, gold, text):
    made = metric("cleaneval").configured(unit=unit, marks=marks, ends=ends, url="drop")
    found = counts(made, gold, text)
    assert found == expected(gold, text, unit=unit, marks=marks, ends=ends == "count")


@given(gold=st.text(), text=st.text())
def test_it_is_defined_for_any_text(gold, text):
    for made in (WORDS, MARKS):
        score = made.score(gold, text)
        for figure in (score.precision, score.recall, score.f1):
            assert 0 <= figure <= 1


@pytest.mark.parametrize(
    ("gold", "text", "words", "marks"),
    [
        # The line of the address goes and leaves its line break: an empty word before the text.
        ("URL: http://example.org\n<p>a b", "<p>a b", (4, 0, 0), (1, 0, 0)),
        ("<p>a b", "a b", (2, 0, 2), (0, 0, 1)),
        ("<p> a\n<h> b", "<h> a\n<p> b", (3, 2, 2), (1, 1, 1)),
        ("a b c", "a c", (2, 0, 1), (0, 0, 0)),
        ("a b", "b a", (1, 1, 1), (0, 0, 0)),
        ("a", "a\n", (1, 1, 0), (0, 0, 0)),
        ("a\nURL shorteners\nb", "a b", (2, 0, 0), (0, 0, 0)),
        ("", "", (1, 0, 0), (0, 0, 0)),
        ("a b", "", (0, 1, 2), (0, 0, 0)),
    ],
)
def test_the_protocol_by_hand(gold, text, words, marks):
    assert tuple(counts(WORDS, gold, text).values()) == words
    assert tuple(counts(MARKS, gold, text).values()) == marks


@pytest.mark.parametrize(
    ("name", "gold", "text", "counted"),
    [
        ("cleaneval", "<p>a b ", "a b", (2, 0, 0)),
        ("cleaneval", "", "", (0, 0, 0)),
        ("cleaneval[marks=labelled]", "<p>a", "<P>a", (1, 1, 1)),
        ("cleaneval[marks=unlabelled]", "<p>a<h>b", "<P>a<l>b", (4, 0, 0)),
        ("cleaneval-marks", "<p>a<h>b", "<p>a<l>b", (1, 1, 1)),
        ("cleaneval-marks[marks=unlabelled]", "<p>a<h>b", "<p>a<l>b", (2, 0, 0)),
        ("cleaneval", "a\xa0b", "a b", (0, 2, 1)),
        ("cleaneval", "one\nURL shorteners\ntwo", "one two", (2, 0, 2)),
    ],
)
def test_parameters_by_hand(name, gold, text, counted):
    assert tuple(counts(metric(name), gold, text).values()) == counted


def test_frequent_words_of_long_texts_are_left_unaligned_as_difflib_does():
    gold = " ".join(["the"] * 300)
    assert counts(metric("cleaneval"), gold, gold)["tp"] == 300  # one block, however frequent
    varied = " ".join(f"the w{n}" for n in range(150))
    others = " ".join(f"the v{n}" for n in range(150))
    found = counts(metric("cleaneval"), varied, others)
    assert found == expected(varied, others, unit="words", marks="dropped", ends=False)
    assert found["tp"] == 1  # where both begin


def test_real_texts_are_what_the_description_says(articles, outputs):
    made = metric("cleaneval[marks=labelled,ends=count,url=drop]")
    for page in sorted(articles)[::12]:
        gold = f"URL: http://example.org\n<p>{articles[page]}".replace("\n\n", "\n<p>")
        text = outputs["justext"][page].replace("\n", "\n<p>")
        assert counts(made, gold, text) == expected(
            gold, text, unit="words", marks="labelled", ends=True
        )


def test_what_is_looked_for_before_a_line_takes_no_time_by_the_square():
    made = metric("cleaneval[url=drop]")
    for text in ("\n" * 200_000, "a" + " " * 200_000 + "b", "URL\n" * 50_000):
        assert counts(made, text, "x")["fp"] == 1
