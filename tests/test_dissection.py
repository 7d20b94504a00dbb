import pickle
import time
from collections import Counter
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.corpora import load_corpus
from boilerbench.dissection import NOWHERE, dissect
from boilerbench.dom import placed_blocks
from boilerbench.metrics import metric
from boilerbench.metrics.blocks import CONTENT
from boilerbench.places import PLACES
from boilerbench.text import fold, tokens
from boilerbench.types import Block, Gold

TOKEN = metric("token")
WORDS = st.lists(st.sampled_from("a b c d É ß ﬁ 木".split()), max_size=12).map(" ".join)
PIECES = st.tuples(st.sampled_from("p h1 nav aside footer li pre".split()), WORDS)
PAGES = st.lists(PIECES, max_size=8).map(
    lambda pieces: "".join(f"<{tag}>{text}</{tag}>" for tag, text in pieces).encode()
)
PAGE = b"""<nav>home about</nav><h1>the title</h1><p>first words of it<p>second ones
<ul><li>a list</ul><div id=comments><p>the worst of comments</div><footer>home again</footer>"""


def errors(html, gold, text):
    found = dissect(
        placed_blocks(html), gold if isinstance(gold, Gold) else Gold("p", gold), {"x": text}
    )
    return found.leaked["x"], found.lost["x"]


def test_blocks_are_in_the_gold_and_held_if_more_than_half_of_them_is():
    gold = Gold("p", "First words of, second ones, a list")
    texts = {"all": "home about the title first words of it", "half": "first words", "none": ""}
    found = dissect(placed_blocks(PAGE), gold, texts)
    assert [block.text for block in found.blocks] == [b.text for b in placed_blocks(PAGE)]
    assert [block.text for block in found.blocks if block.in_gold] == [
        *("first words of it", "second ones", "a list"),
    ]
    assert [(b.text, b.held_by) for b in found.blocks if b.held_by] == [
        *((text, {"all"}) for text in ("home about", "the title", "first words of it")),
    ]
    assert found.gold_tokens == 7


@pytest.mark.parametrize(
    ("gold", "text", "leaked", "lost"),
    [
        ("", "", {}, {}),
        ("first words of it", "first words of it", {}, {}),
        ("first words of it", "", {}, {"main": 4}),
        ("", "home about", {"navigation": 2}, {}),
        ("first words of it", "first words of it the worst", {"comments": 2}, {}),
        ("first words second ones a list", "first ones", {}, {"main": 2, "list": 2}),
        # What the page has not, and what it has once.
        ("first words", "first words elsewhere", {NOWHERE: 1}, {}),
        ("first words", "first words first", {NOWHERE: 1}, {}),
        ("first words elsewhere", "first words", {}, {NOWHERE: 1}),
        # Of two, it is the one that the text goes on from.
        ("first words", "first words home again", {"footer": 2}, {}),
        ("first words", "home about first words", {"navigation": 2}, {}),
        # Where the order is another, whatever neither of them matched.
        (
            "second ones",
            "home about the title second ones home",
            {"navigation": 2, "title": 2, "footer": 1},
            {},
        ),
        ("second ones", "again second ones about", {"footer": 1, "navigation": 1}, {}),
        # A leak that makes up for a loss is neither, to the metric.
        ("first words of it", "words it worst of", {"comments": 1}, {"main": 1}),
    ],
)
def test_what_was_leaked_and_lost(gold, text, leaked, lost):
    assert errors(PAGE, gold, text) == (leaked, lost)


def test_of_more_candidates_as_many_as_were_leaked_are_taken_evenly():
    # The text has four x where the gold has none, but two of them make up for the gold's own.
    page = b"<nav>x x</nav><aside>x x</aside><p>b c d"
    leaked = {"navigation": 1, "aside": 1}
    assert errors(page, "b c d x x", "x x x x b c d") == (leaked, {})
    # The other way round, the gold has two more.
    assert errors(page, "x x x x b c d", "b c d x x") == ({}, leaked)


@given(html=PAGES, gold=WORDS, texts=st.dictionaries(st.sampled_from("xyz"), WORDS))
def test_the_errors_are_those_of_the_metric(html, gold, texts):
    found = dissect(placed_blocks(html), Gold("p", gold), texts)
    assert found.leaked.keys() == found.lost.keys() == texts.keys()
    assert found.gold_tokens == len(tokens(fold(gold)))
    prepared = TOKEN.prepare(Gold("p", gold))
    for extractor, text in texts.items():
        counts = TOKEN.counts(prepared, text)
        assert sum(found.leaked[extractor].values()) == counts["fp"]
        assert sum(found.lost[extractor].values()) == counts["fn"]
        for places in (found.leaked[extractor], found.lost[extractor]):
            assert places.keys() <= {*PLACES, NOWHERE}
            assert list(places.values()) == sorted(places.values(), reverse=True)
            assert all(places.values())


@given(html=PAGES, gold=WORDS, text=WORDS, kinds=st.lists(st.sampled_from(["advert", "list", ""])))
def test_labels_change_no_sum(html, gold, text, kinds):
    blocks = tuple(map(Block, kinds, (block.text for block in placed_blocks(html))))
    plain, labelled = (
        dissect(placed_blocks(html), Gold("p", gold, blocks=given), {"x": text})
        for given in ((), blocks)
    )
    for one, other in ((plain.leaked, labelled.leaked), (plain.lost, labelled.lost)):
        assert sum(one["x"].values()) == sum(other["x"].values())


@given(html=PAGES)
def test_a_perfect_text_has_no_errors_and_holds_what_the_gold_does(html):
    text = "\n".join(block.text for block in placed_blocks(html)[1::2])
    found = dissect(placed_blocks(html), Gold("p", text), {"x": text})
    assert (found.leaked, found.lost) == ({"x": {}}, {"x": {}})
    assert all(block.in_gold == bool(block.held_by) for block in found.blocks)


@given(html=PAGES)
def test_with_all_of_the_page_nothing_is_nowhere(html):
    everything = " ".join(block.text for block in placed_blocks(html))
    leaked, lost = errors(html, "", everything)
    assert (NOWHERE in leaked, lost) == (False, {})
    assert errors(html, everything, "") == ({}, leaked)


def test_labels_say_what_is_gold_and_where_it_stands():
    labels = [("navigation", "home"), ("advert", "about the title"), ("paragraph", "second ones")]
    gold = Gold("p", "second ones", blocks=tuple(Block(*label) for label in labels))
    found = dissect(placed_blocks(PAGE), gold, {"x": "home about the title home again"})
    assert found.leaked["x"] == {"navigation": 2, "advert": 2, "footer": 2}
    by_text = {block.text: block for block in found.blocks}
    assert by_text["the title"].place == "advert"
    assert by_text["second ones"].place == "main"
    assert [block.text for block in found.blocks if block.in_gold] == ["second ones"]
    # What has no label stands where the page says.
    assert by_text["home again"].place == "footer"
    # A label that says less than the page does not overrule it.
    rough = Gold("p", "a list", blocks=(Block("boilerplate", "home about"), Block("content", "x")))
    assert dissect(placed_blocks(PAGE), rough, {}).blocks[0].place == "navigation"
    # Without labels, as in a corpus whose blocks were cut by a program, they say nothing.
    unlabelled = Gold("p", "a list", blocks=(Block("", "a list"),))
    assert dissect(placed_blocks(PAGE), unlabelled, {}) == dissect(
        placed_blocks(PAGE), Gold("p", "a list"), {}
    )


def test_what_is_hidden_is_read_too():
    assert errors(b"<p>a<p hidden>b", "a", "a b") == ({"hidden": 1}, {})


def test_a_page_without_text():
    for html in (b"", b"<p>", b"\xff\xfe", b"<p>...<p>!"):
        assert errors(html, "a", "b") == ({NOWHERE: 1}, {NOWHERE: 1})


def test_it_travels_between_processes():
    found = dissect(placed_blocks(PAGE), Gold("p", "second ones"), {"x": "home"})
    assert pickle.loads(pickle.dumps(found)) == found


def test_what_is_leaked_of_gazette_stands_where_the_labels_say():
    corpus = load_corpus("gazette")
    extracted = CONTENT | {"advert", "related"}
    found: Counter[str] = Counter()
    for page in islice(corpus.pages(), 0, None, 8):
        gold = corpus.gold[page.id]
        text = "\n".join(block.text for block in gold.blocks if block.kind in extracted)
        leaked, lost = errors(page.html, gold, text)
        found.update(leaked)
        assert lost == {}
    assert found["advert"] + found["related"] > 0.95 * (found.total() - found[NOWHERE])
    assert min(found["advert"], found["related"]) > 0.1 * found.total()


@pytest.mark.parametrize("repeated", [1, 3])
def test_time_grows_no_faster_than_an_alignment_does(repeated):
    def seconds(times):
        page = b"<p>one two three four <nav>five six</nav>" * times
        text = "two three five " * times
        start = time.process_time()
        dissect(placed_blocks(page), Gold("p", text), {f"{n}": text for n in range(repeated)})
        return time.process_time() - start

    assert min(seconds(4_000) for _ in range(2)) < 64 * min(seconds(500) for _ in range(3))
