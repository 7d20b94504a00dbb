from collections import Counter
from itertools import islice

import pytest
from hypothesis import given

from boilerbench.corpora import load_corpus
from boilerbench.dissection import dissect
from boilerbench.dom import blocks, placed_blocks, placed_page
from boilerbench.markup import unescaped
from boilerbench.places import PLACES
from boilerbench.text import fold, tokens
from tests.test_dom import MARKUP

LONG = "<p>" + "word " * 100


def places(html):
    return {block.text: block.place for block in placed_blocks(html.encode())}


def squeezed(texts):
    return ["".join(text.split()) for text in texts]


@pytest.mark.parametrize(
    ("html", "place"),
    [
        ("<p>x", "main"),
        ("<h1>x", "title"),
        ("<h2>x", "heading"),
        ("<ul><li><p>x</ul>", "list"),
        ("<pre>x</pre>", "code"),
        ("<blockquote><p>x</blockquote>", "quote"),
        ("<aside class=quote>x</aside>", "quote"),
        ("<figure><figcaption>x</figure>", "caption"),
        ("<nav><ul><li>x</ul></nav>", "navigation"),
        ("<div role=navigation><h2>x</h2></div>", "navigation"),
        ("<header>x</header>", "header"),
        ("<header><nav>x</nav></header>", "navigation"),
        ("<footer>x</footer>", "footer"),
        ("<aside><h3>x</h3></aside>", "aside"),
        ("<aside><div class=related-posts>x</div></aside>", "related"),
        ("<form><p>x</form>", "form"),
        ("<div class=newsletter><form>x</form></div>", "newsletter"),
        ("<nav><form>x</form></nav>", "navigation"),
        ("<p><time>x</time>", "dateline"),
        ("<p class=byline>x", "byline"),
        ("<div id=cookie-notice role=dialog>x</div>", "cookie"),
        ("<div role=dialog>x</div>", "dialog"),
        # A comment is a comment throughout, and so is code and what is hidden.
        ("<div id=comments><footer class=author><h3>x</h3></footer></div>", "comments"),
        ("<pre><span class=comment>x</span></pre>", "code"),
        ("<div hidden><nav>x</nav></div>", "hidden"),
        ("<div id=comments><p style=display:none>x</div>", "hidden"),
        ("<p><noscript>x</noscript>", "hidden"),
        # A header of an article is none of the page, and none in a main element is furniture.
        ("<article><header><h1>x</h1></header></article>", "title"),
        ("<header class=entry-header><p>x</header>", "main"),
        ("<article role=banner><header>x</header></article>", "header"),
        ("<div class=sidebar><main>x</main></div>", "main"),
        ("<main class=has-sidebar><p>x</main>", "main"),
        # Nobody's name for what holds it: the body's classes tell of the page.
        ("<body class='sidebar nav'><p>x", "main"),
    ],
)
def test_where_a_block_stands(html, place):
    assert places(html + LONG)["x"] == place


@pytest.mark.parametrize(
    "opening",
    ["<div class=sidebar>", "<form id=aspnetForm>", "<div class=menu>", "<p class=byline>"],
)
def test_what_holds_the_page_is_its_frame(opening):
    page = f"{opening}<p>x{'<i>word</i> ' * 100}</p>" if "<p" not in opening else opening + LONG[3:]
    assert set(places(page).values()) == {"main"}


def test_comments_may_be_most_of_a_page():
    assert set(places(f"<div id=comments>{LONG}</div>").values()) == {"comments"}


@pytest.mark.parametrize(
    ("html", "place"),
    [
        ("<p>some <span class=share>share this page</span>", "share"),
        ("<p>some words of it, <span class=share>share this page</span>", "main"),
        ("<table><tr><td>some words<td>and some</table>", "table"),
        ("<footer><table><tr><td>some words<td>and some</table></footer>", "footer"),
        ("<table><tr><td>some words and no others</table>", "main"),
    ],
)
def test_a_block_stands_where_most_of_it_does(html, place):
    first, *_ = placed_blocks((html + LONG).encode())
    assert first.text.startswith("some")
    assert first.place == place


@given(html=MARKUP)
def test_the_blocks_are_those_with_what_is_hidden(html):
    page = html.encode(errors="replace")
    placed = placed_blocks(page)
    assert [block.text for block in placed] == [b.text for b in blocks(page, hidden=True)]
    assert all(block.place in PLACES for block in placed)


def numbered(page):
    """The texts of a page's blocks, each with the number of its block, in document order."""
    found = placed_page(page)
    return [
        (text if raw else unescaped(text), found.numbers[place])
        for place, (raw, _, _, _, text) in enumerate(found.tags)
        if place in found.numbers
    ]


def check_numbers(page):
    """Every text of a block has its number, in order, and blocks are made of nothing else."""
    placed = placed_blocks(page)
    texts = numbered(page)
    numbers = [number for _, number in texts]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(len(placed)))
    made = ["" for _ in placed]
    for text, number in texts:
        assert not text.isspace()
        made[number] += text
    assert squeezed(made) == squeezed(block.text for block in placed)


@given(html=MARKUP)
def test_texts_are_numbered_as_the_blocks_are(html):
    check_numbers(html.encode(errors="replace"))


def test_a_row_of_data_is_one_block_with_several_texts():
    page = b"<p>a<table><tr><td>b<td><b>c</b>d<tr><td>e<td>f<p>g</table>h"
    assert numbered(page) == [
        *(("a", 0), ("b", 1), ("c", 1), ("d", 1)),
        *(("e", 2), ("f", 3), ("g", 4), ("h", 5)),
    ]


# What a block may be taken for without being wrong, by its label.
ALIKE = {
    "cookie": {"dialog"},
    "related": {"aside"},
    "footer": {"navigation"},
    "byline": {"author"},
    "author": {"byline"},
}


def test_gazette_stands_where_its_labels_say():
    """Its pages name some things as the web does, and others so that no one can guess."""
    corpus = load_corpus("gazette")
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for page in islice(corpus.pages(), 0, None, 3):
        gold = corpus.gold[page.id]
        found = placed_blocks(page.html)
        labelled = dissect(placed_blocks(page.html), gold, {}).blocks
        for ours, theirs in zip(found, labelled, strict=True):
            size = len(tokens(fold(ours.text)))
            alike = ours.place == theirs.place or ours.place in ALIKE.get(theirs.place, ())
            total[theirs.place] += size
            right[theirs.place] += size * alike
    assert right["main"] / total["main"] > 0.9
    for place in ("table", "code", "list", "footer"):
        assert right[place] / total[place] > 0.8, place
    for place in ("comments", "cookie", "title", "caption", "heading", "quote"):
        assert right[place] / total[place] > 0.5, place
    assert right.total() > 0.7 * total.total()
    assert set(total) <= set(PLACES)


def test_texts_of_whole_pages_are_numbered_as_their_blocks_are():
    for page in islice(load_corpus("gazette").pages(), 0, None, 10):
        check_numbers(page.html)


def test_little_of_what_stands_around_a_main_text_is_gold(scrapinghub):
    """On pages whose gold nobody made from places."""
    corpus = load_corpus("scrapinghub", scrapinghub)
    every: Counter[str] = Counter()
    gold: Counter[str] = Counter()
    for page in islice(corpus.pages(), 0, None, 3):
        for block in dissect(placed_blocks(page.html), corpus.gold[page.id], {}).blocks:
            size = len(tokens(fold(block.text)))
            every[block.place] += size
            gold[block.place] += size * block.in_gold
    around = set(PLACES) - {"main", "heading", "list", "table", "code", "quote", "title"}
    assert sum(gold[place] for place in around) < 0.05 * sum(every[place] for place in around)
    assert sum(gold[place] for place in around) < 0.03 * gold.total()
    assert gold["main"] > 0.6 * every["main"]
