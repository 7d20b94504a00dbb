import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from boilerbench.errors import UserError
from boilerbench.metrics import metric, rouge_lsum
from boilerbench.types import Gold

SIZES = range(1, 6)
KINDS = {"rouge-lsum": "rougeLsum", "rouge-l": "rougeL"} | {
    f"rouge-n[n={n}]": f"rouge{n}" for n in SIZES
}
SCORER = RougeScorer(list(KINDS.values()))
PAIRS = 500

# Few words and many lines: longest common subsequences are seldom the only ones of their length.
FEW = st.lists(st.sampled_from(["a", "b", "c", "\n"]), max_size=30).map(" ".join)
MANY = st.lists(st.lists(st.sampled_from("a b c d e f g h".split()), max_size=12), max_size=6).map(
    lambda lines: "\n".join(map(" ".join, lines))
)
ODD = st.lists(
    st.sampled_from(
        ["A-b", "x_1", "Straße", "naïve", "日本", "…", "\n", "\r\n", "\u2028", "b", "İ"]
    )
).map(" ".join)
ANY = FEW | MANY | ODD | st.text()


class Spaces:
    """Tokens as SIGIR'23 takes them."""

    def tokenize(self, text):
        return text.split()


def three(score):
    return score.precision, score.recall, score.f1


def expected(found):
    return found.precision, found.recall, found.fmeasure


def agree(gold, text):
    theirs = SCORER.score(gold, text)
    for name, kind in KINDS.items():
        ours = three(metric(name).score(gold, text))
        assert ours == pytest.approx(expected(theirs[kind]), rel=0, abs=1e-12), name


@given(gold=ANY, text=ANY)
@example("", "")
@example("a", "")
@example("", "a")
@example("a", "a")
@example("…!", "?\n.")
@example("a b\nc", "\n\n")
@example("日本", "日本")
@example("a b c\nb a", "b c a\na b\nc")
def test_all_of_rouge_is_what_the_package_says(gold, text):
    agree(gold, text)


LSUM = RougeScorer(["rougeLsum"])


@given(
    gold=st.text("ab\n", max_size=40).map(" ".join), text=st.text("ab\n", max_size=40).map(" ".join)
)
def test_of_many_longest_common_subsequences_it_is_the_one_of_the_package(gold, text):
    theirs = expected(LSUM.score(gold, text)["rougeLsum"])
    assert three(metric("rouge-lsum").score(gold, text)) == pytest.approx(theirs, rel=0, abs=1e-12)


@pytest.fixture(scope="session")
def pairs(articles, outputs):
    """Real golds with outputs of several systems: half of them short, half the beginnings of any.
    Asking the package costs the product of the lengths."""
    chosen = random.Random(23)
    systems = chosen.sample(sorted(outputs), 12)
    every = [(articles[page], outputs[system][page]) for system in systems for page in articles]
    short = [pair for pair in every if max(map(len, pair)) < 1500]
    some = chosen.sample(short, min(len(short), PAIRS // 2))
    more = chosen.sample(every, PAIRS - len(some))
    return some + [(gold[:1200], text[:1200]) for gold, text in more]


def test_real_pairs_are_what_the_package_says(pairs):
    assert len(pairs) == PAIRS
    for gold, text in pairs:
        agree(gold, text)


def test_white_space_tokens_are_what_the_package_says_of_them(pairs):
    scorer = RougeScorer(["rougeLsum", "rougeL"], tokenizer=Spaces())
    for gold, text in pairs[::10]:
        theirs = scorer.score(gold, text)
        for name, kind in (("rouge-lsum", "rougeLsum"), ("rouge-l", "rougeL")):
            ours = three(metric(f"{name}[norm=keep,tok=space]").score(gold, text))
            assert ours == pytest.approx(expected(theirs[kind]), rel=0, abs=1e-12)


@pytest.mark.usefixtures("punkt")
def test_sentences_by_punkt_are_what_the_package_says(pairs):
    scorer = RougeScorer(["rougeLsum"], split_summaries=True)
    for gold, text in pairs[::10]:
        ours = three(metric("rouge-lsum[split=punkt]").score(gold, text))
        theirs = expected(scorer.score(gold, text)["rougeLsum"])
        assert ours == pytest.approx(theirs, rel=0, abs=1e-12)


@pytest.mark.usefixtures("punkt")
@given(
    gold=st.lists(st.sampled_from(["Mr. A", "b c.", "No!", "a", "\n", "e.g. b", "3.5", "c?"])),
    text=st.lists(st.sampled_from(["Mr. A", "b c.", "No!", "a", "\n", "e.g. b", "3.5", "c?"])),
)
def test_made_up_sentences_by_punkt_are_what_the_package_says(gold, text):
    gold, text = " ".join(gold), " ".join(text)
    ours = three(metric("rouge-lsum[split=punkt]").score(gold, text))
    scorer = RougeScorer(["rougeLsum"], split_summaries=True)
    theirs = expected(scorer.score(gold, text)["rougeLsum"])
    assert ours == pytest.approx(theirs, rel=0, abs=1e-12)


@pytest.mark.parametrize("version", ["3.10.0", "3.8.1", "4.0", "3.90"])
def test_another_kind_of_nltk_is_refused_with_the_way_to_the_right_one(version, monkeypatch):
    nltk = pytest.importorskip("nltk")
    monkeypatch.setattr(nltk, "__version__", version)
    with pytest.raises(UserError, match=f"needs NLTK 3.9, here is {version}") as caught:
        metric("rouge-lsum[split=punkt]").score("A b. C d.", "A b.")
    assert "boilerbench[sigir23]" in caught.value.hint


def test_without_the_data_of_punkt_it_says_how_to_get_it(monkeypatch):
    nltk = pytest.importorskip("nltk")

    def lacking(text):
        raise LookupError("punkt_tab")

    monkeypatch.setattr(nltk, "sent_tokenize", lacking)
    with pytest.raises(UserError, match="punkt_tab") as caught:
        metric("rouge-lsum[split=punkt]").score("A b. C d.", "A b.")
    assert "nltk.downloader" in caught.value.hint


@pytest.mark.parametrize(
    ("gold", "text", "hits"),
    [
        # As in Lin 2004: the union of w1 w2 of the first line and w1 w3 w5 of the second.
        ("w1 w2 w3 w4 w5", "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", 4),
        # A token is hit no more often than the text has it.
        ("a b\na b", "a b", 2),
        ("a b", "a b\na b", 2),
        # The order inside a sentence matters, that of sentences does not.
        ("a b c", "c b a", 1),
        ("a b\nc d", "c d\na b", 4),
    ],
)
def test_hits_counted_by_hand(gold, text, hits):
    made = metric("rouge-lsum")
    counts = made.counts(made.prepare(Gold("page", gold)), text)
    assert counts == {"hits": hits, "gold": len(gold.split()), "text": len(text.split())}


def test_a_long_text_of_one_line_takes_no_table_of_its_length():
    text = " ".join(f"w{n % 997}" for n in range(20_000))
    assert metric("rouge-lsum").score(text, text).f1 == 1


@given(gold=ANY, text=ANY)
def test_neither_tiles_of_the_text_nor_strides_of_the_gold_change_anything(gold, text):
    whole = metric("rouge-lsum")
    expected_counts = whole.counts(whole.prepare(Gold("page", gold)), text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rouge_lsum, "_TILE", 3)
        patched.setattr(rouge_lsum, "_STRIDE", 2)
        assert whole.counts(whole.prepare(Gold("page", gold)), text) == expected_counts
