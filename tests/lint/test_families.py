"""The checks one by one: what they find, and above all what they leave alone."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boilerbench.lint.encoding import encoding
from boilerbench.lint.endings import ending
from boilerbench.lint.labels import FEWEST_PAGES, LOOKED_AT, Marks, carries, tool_marks
from boilerbench.lint.phrases import phrases
from boilerbench.lint.presence import presence
from boilerbench.lint.views import GoldView, PageView
from boilerbench.types import Gold, Page


def kinds(findings):
    return [finding.kind for finding in findings]


@pytest.mark.parametrize(
    ("shown", "gold"),
    [
        (
            "The old mill stood by the river until the flood took it.",
            "The old mill stood by the river until",
        ),
        (
            "The old mill stood by the river until the flood took it.",
            "The old mill stood by the riv",
        ),
        ("The mill stood by the big river, and it was old.", "The mill stood by the big river"),
        (
            "Die alte Mühle stand am Fluss bei Hamburg und mahlte.",
            "Die alte Mühle stand am Fluss bei",
        ),
        ("老磨坊一直立在河边直到洪水把它冲走。", "老磨坊一直立在河边直到洪水"),
        ("الطاحونة القديمة كانت قرب النهر حتى جاء الفيضان.", "الطاحونة القديمة كانت قرب النهر حتى"),
    ],
)
def test_gold_that_the_page_continues_is_cut(views, shown, gold):
    assert kinds(ending(*views(f"<p>{shown}</p>", gold))) == ["cut-sentence"]


@pytest.mark.parametrize(
    ("shown", "gold"),
    [
        ("The old mill stood by the river.", "The old mill stood by the river."),
        (
            "He said: “The old mill stood by the river.” And left.",
            "He said: “The old mill stood by the river.”",
        ),
        ("老磨坊一直立在河边。 洪水来了。", "老磨坊一直立在河边。"),
        ("पुरानी चक्की नदी के किनारे खड़ी थी। फिर बाढ़ आई।", "पुरानी चक्की नदी के किनारे खड़ी थी।"),
        # a heading, a byline, an item that ends where its block ends
        ("How the old mill by the river was lost", "How the old mill by the river was lost"),
        # a link after it, a full stop that was left out
        ("The mill by the old river in spring Read more »", "The mill by the old river in spring"),
        ("The mill by the old river in spring.", "The mill by the old river in spring"),
        # too short to tell
        ("Price in euro, with postage", "Price in euro"),
        # not on the page at all
        ("Something else stands here today.", "The mill by the old river in"),
    ],
)
def test_gold_that_ends_as_the_page_does_is_not_cut(views, shown, gold):
    assert not list(ending(*views(f"<p>{shown}</p>", gold)))


def test_a_teaser_does_not_hide_that_the_heading_is_whole(views):
    html = "<h2>Old mill by the river is gone</h2><p>Old mill by the river is gone for good.</p>"
    assert not list(ending(*views(html, "Old mill by the river is gone")))


@pytest.mark.parametrize(
    "line",
    [
        "Accept all cookies",
        "Wir verwenden Cookies, um die Seite zu verbessern",
        "SIGN UP FOR OUR NEWSLETTER",
        "• Read more »",
        "Copyright 2019 Example Times. All rights reserved.",
        "© Example Times",
        "Tous droits réservés",
        "Читайте также:",
        "ΣΧΕΤΙΚΑ ΑΡΘΡΑ",
        "Διαβάστε επίσης",
        "Czytaj więcej",
        "Leggi anche",
        "推荐阅读",
        "続きを読む",
        "اقرأ المزيد",
        "The ferry came in at nine. Read more",
        "The ferry came in at nine.Post a comment »",
    ],
)
def test_phrases_of_page_furniture(views, line):
    _, gold = views("", f"The ferry is late.\n{line}")
    assert kinds(phrases(gold)) == ["boilerplate-in-gold"]


@pytest.mark.parametrize(
    "line",
    [
        "Browsers let their users accept all cookies or none, and few know which.",
        "Share prices fell again.",
        "Which lock did I forget? Leave a comment.",
        "print",
        "Post",
        "Copyright in a digital world",
        "(c) It is not obvious that a pointer is valid.",
        "She told him to read more and talk less.",
        "The newsletter was the paper's best idea.",
        "subscribe(observer)",
        "Latest news from the harbour is good news.",
        "Related work",
        "Далее поезд идёт на север.",
        "更多的人来了。",
    ],
)
def test_an_article_may_speak_of_such_things(views, line):
    _, gold = views("", line)
    assert not list(phrases(gold))


@given(st.text())
def test_no_text_is_too_odd_to_be_looked_at(text):
    page, gold = (
        PageView(Page("p", text.encode("utf-8", "surrogatepass"))),
        GoldView(Gold("p", text)),
    )
    list(phrases(gold))
    list(ending(page, gold))
    list(encoding(page, gold))
    list(presence(page, gold, True))
    list(tool_marks(page))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("The cafÃ© is shut.", "mojibake"),
        ("He said â€œnoâ€\x9d twice.", "mojibake"),
        ("One \ufffd here.", "lost characters"),
        ("The old \x90 one.", "lost characters"),
        ("Fish &amp; chips", "unresolved entity"),
    ],
)
def test_damaged_gold(views, text, what):
    found = list(encoding(*views("<p>Fish and chips</p>", text)))
    assert kinds(found) == ["damaged-gold"]
    assert what in found[0].detail


@pytest.mark.parametrize(
    "text",
    [
        "Ça va déjà très bien, señor Müller?",
        "AT&T; R&D;",
        "»Überall«, sagte er",
        "naïve façade – 5 °C",
        "Ω ≈ 3 × 10²",
    ],
)
def test_text_of_many_languages_is_not_damaged(views, text):
    assert not list(encoding(*views(f"<p>{text}</p>", text)))


def test_a_page_on_html_may_show_entities(views):
    html = "<p>Write &amp;amp; for an ampersand.</p>"
    assert not list(encoding(*views(html, "Write &amp; for an ampersand.")))


def test_damage_of_the_page_is_told_apart(views):
    found = encoding(*views("<p>The cafÃ© is shut.</p>", "The café is shut."))
    assert kinds(found) == ["damaged-page"]


def test_json_escapes_in_scripts_are_resolved(views):
    text = "Überfähre größte Straße nächste Brücke früher"
    script = '<script>{"a": "\\u00dcberf\\u00e4hre gr\\u00f6\\u00dfte\\nStra\\u00dfe"}</script>'
    html = (
        f"<p>Eine Zeile von Wörtern die man sieht hier.</p>{script}<script>'nächste Brücke früher'"
    )
    found = presence(*views(html, text), True)
    assert kinds(found) == ["gold-in-script"]


def test_a_few_missing_tokens_are_no_defect(views, prose):
    text = prose(1, 30)
    assert not list(presence(*views(f"<p>{text}</p>", f"{text} and four words more"), True))


def test_lines_in_another_order_than_the_page_has_them_are_repeated_all_the_same(views, prose):
    lines = [prose(n, 1) for n in range(12)]
    html = "".join(f"<p>{line}" for line in lines)
    repeated = "\n".join(line for line in reversed(lines) for _ in range(2))
    assert kinds(presence(*views(html, repeated), True)) == ["gold-repeated"]
    beside = f"{repeated}\n{prose('beside', 2)}"
    assert kinds(presence(*views(html, beside), True)) == ["gold-not-on-page"]


@pytest.mark.parametrize("first", ["line", "none"])
def test_the_time_for_a_gold_in_many_lines_grows_with_them_and_no_faster(views, first):
    """The page shows each line once and the gold has it twice, or none of them."""

    def seconds(count):
        lines = [f"{n} {'line ' * 20}" for n in range(count)]
        gold = "\n".join(f"{first} {line}" for line in lines)
        seen, wanted = views("".join(f"<p>line {line}" for line in lines), f"{gold}\n{gold}")
        _ = seen.solid, seen.counted, wanted.tokens
        start = time.process_time()
        assert kinds(presence(seen, wanted, True))[:1] == [kind]
        return time.process_time() - start

    kind = {"line": "gold-repeated", "none": "gold-not-on-page"}[first]
    # Eight times the lines take eight times as long; were it quadratic, 64 times.
    assert seconds(8_000) < 30 * min(seconds(1_000) for _ in range(3))


def test_white_space_and_case_of_snippets_do_not_matter(views):
    text = "The ferry\n came in at nine o’clock in the morning, and left at ten."
    html = "<p>The <b>fer</b>ry came in at nine o’clock <i>in the</i> morning, and left at ten.</p>"
    assert not list(presence(*views(html, text, must=("the FERRY came in",)), True))


def test_link_targets_of_gold_in_markdown_are_not_missed(views):
    text = "See [the ferry](https://ferry.example/a/b/c/d/e/f/g/h/i.html) and the lock, it is open."
    html = "<p>See <a href='https://x.example'>the ferry</a> and the lock, it is open.</p>"
    assert not list(presence(*views(html, text, markdown=text), True))


@pytest.mark.parametrize(
    "html",
    [
        b"<p cc-select='true'>x",
        b"<span class='a x-nc-sel2'>x",
        b'<p __boilernet_label="1">x',
        b"<P DATA-GOLD=1>x",
    ],
)
def test_marks_of_annotation_tools(html):
    assert kinds(tool_marks(PageView(Page("p", html)))) == ["leaked-label"]


def test_ordinary_attributes_are_no_marks():
    html = b"<p class='golden select' data-golden data-label='x'>cc-selected gold data-goldfish"
    assert not list(tool_marks(PageView(Page("p", html))))


def learnt(prose, mark_gold, mark_rest, pages=20, sites=20):
    marks = Marks(pages)
    for n in range(pages):
        text, rest = prose(n, 5), prose(-n - 1, 3)
        html = f"<div class=theme{n}><p {mark_gold}>{text}</p></div><div {mark_rest}>{rest}</div>"
        page = Page(str(n), html.encode(), site=f"{n % sites}.example")
        marks.see(PageView(page), GoldView(Gold(str(n), text)))
    return marks.leaks()


@pytest.mark.parametrize(
    ("mark_gold", "mark_rest", "leak"),
    [
        ("chosen", "", "chosen"),
        ("", "dropped", "dropped"),
        ("role=yes", "role=no", "role=yes"),
        ("class='b picked'", "class=b", ".picked"),
    ],
)
def test_a_mark_that_separates_everywhere_leaks(prose, mark_gold, mark_rest, leak):
    assert leak in learnt(prose, mark_gold, mark_rest)


def test_marks_that_do_not_separate_or_are_of_few_sites_do_not_leak(prose):
    assert learnt(prose, "class=b", "class=b") == []
    assert learnt(prose, "chosen", "", sites=3) == []
    assert learnt(prose, "chosen", "", pages=8, sites=8) == []


def test_marks_are_learnt_on_few_pages_and_on_enough():
    for pages in (0, 1, 10, 59, 60, 61, 119, 120, 121, 1000):
        marks, seen = Marks(pages), [PageView(Page(str(n), b"<p>x")) for n in range(pages)]
        for page in seen:
            marks.see(page, GoldView(Gold(page.page.id, "x")))
        looked_at = sum("source" in vars(page) for page in seen)
        assert min(pages, FEWEST_PAGES) <= looked_at <= LOOKED_AT


@given(st.lists(st.sampled_from(["<a>", "<b>", "</", "gold", "rest"]), max_size=60))
@example(["<a>", "gold", "<a>", "gold", "</", "</", "rest"])
@example(["<a>", "gold", "</", "<b>", "rest", "</", "<a>", "gold"])
def test_marks_are_counted_as_by_the_elements_around_each_text(steps):
    """Nested elements, none of which closes another: `a` and `b` stand for two marks."""
    html, around, gold = [], [], []
    letters = {"all": [0, 0], "a": [0, 0], "b": [0, 0]}
    for number, step in enumerate(steps):
        if step in ("<a>", "<b>"):
            around.append(step[1])
            html.append(f"<div {step[1]}1>")
        elif step == "</":
            if around:
                around.pop()
                html.append("</div>")
        else:
            text = f"{step} {number:03} " + "qwertyuiop" * 3
            html.append(f"<span>{text}</span>")
            if step == "gold":
                gold.append(text)
            for mark in {"all", *around}:
                letters[mark][step == "gold"] += len(text.replace(" ", ""))
    rest, golden = letters["all"]
    marks = Marks(1)
    page = Page("p", "".join(html).encode())
    marks.see(PageView(page), GoldView(Gold("p", " ".join(gold))))
    if min(rest, golden) < 0.1 * (rest + golden) or not gold:
        expected = set()
    else:
        expected = {
            f"{mark}1"
            for mark in "ab"
            for of_rest, of_gold in [[letters[mark][0] / rest, letters[mark][1] / golden]]
            if min(of_gold, 1 - of_rest) >= 0.95 or min(of_rest, 1 - of_gold) >= 0.95
        }
    assert set(marks._separating) == expected


def test_the_time_grows_with_the_nesting_and_no_faster():
    def seconds(levels):
        texts = [f"{n} is the number of this text" for n in range(levels)]
        html = "".join(f"<div id=x{n}>{text}" for n, text in enumerate(texts))
        page = PageView(Page("p", html.encode()))
        gold = GoldView(Gold("p", " ".join(texts[:100])))
        _ = page.source, gold.tokens
        start = time.process_time()
        Marks(1).see(page, gold)
        return time.process_time() - start

    # Eight times the levels take eight times as long; were it quadratic, 64 times.
    assert min(seconds(4_000) for _ in range(2)) < 30 * min(seconds(500) for _ in range(3))


def test_pages_that_carry_a_leak():
    assert kinds(carries(b"<p picked>x", [".picked"])) == ["leaked-label"]
    assert not list(carries(b"<p>x", [".picked"]))
