import re
import time
from collections import Counter
from itertools import islice

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.corpora import load_corpus
from boilerbench.dom import blocks, decoded
from boilerbench.text import fold, tokens
from boilerbench.types import Block
from boilerbench.worker.adapters import decoding, everything
from tests.encodings import SENTENCES

CHARSETS = (
    "utf-8 utf-16 utf-16be utf-7 latin1 windows-1251 shift_jis iso-2022-jp iso-2022-kr gb18030 big5"
    " euc-kr x-user-defined replacement idna rot13 hex undefined unicode_escape nonsense"
).split()
TAGS = (
    "p div b a br hr pre table tr td th li ul script style noscript template svg title select"
    " option textarea plaintext frameset body head math annotation"
).split()
MARKUP = st.lists(
    st.sampled_from([*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS)])
    | st.sampled_from(["<p hidden>", "<p style='Display : NONE'>", "<!--", "-->", "&nbsp;", "x"])
    | st.text(max_size=4)
).map("".join)


def texts(html):
    return [block.text for block in blocks(html.encode() if isinstance(html, str) else html)]


def words(given):
    return [token for text in given for token in tokens(fold(text))]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", []),
        ("a", ["a"]),
        ("<p>a<p>b", ["a", "b"]),
        ("<p> a\n b&nbsp;\t<b>c</b>d</p>", ["a b cd"]),
        ("<div>a<p>b</p>c</div>d", ["a", "b", "c", "d"]),
        ("<h1>a</h1>b<hr>c", ["a", "b", "c"]),
        ("<ul><li>a<ul><li>b</ul>c<li>d</ul>", ["a", "b", "c", "d"]),
        ("<dl><dt>a<dd>b</dl>", ["a", "b"]),
        # Line breaks: one is a space, two are an end, whatever white space is between them.
        ("<p>a<br>b", ["a b"]),
        ("<p>a<br> &nbsp;\n<br>b<br><!-- c --><b><br></b>d", ["a", "b", "d"]),
        ("<p>a<br>b<br>c", ["a b c"]),
        # Inline elements do not cut words, but menus are made of them, and of buttons.
        ("<p><b>O</b>nce <i>a</i>, H<sub>2</sub>O", ["Once a, H2O"]),
        ("<nav><a>a</a><a>b</a><span><i>c</i></span><i></i><b>d</b></nav>", ["a b c d"]),
        ("<form><button>a</button>b<label>c</label>d<textarea>e</textarea>f", ["a b c d e f"]),
        ("<p>a<img>b<svg><title>c</title><text>d</text></svg>e", ["a b d e"]),
        ("<select><option>a<option>b</select>", ["a", "b"]),
        # A row of data is one block, a table that makes a layout is not there.
        ("<table><tr><th>a<th>b<tr><td>c<td>d</table>", ["a b", "c d"]),
        ("<table><tr><td><p>a</p><td><p>b</p></table>", ["a b"]),
        ("<table><tr><td>a<td>b<p>c</table>", ["a", "b", "c"]),
        ("<table><tr><td>a<td>b<br><br>c</table>", ["a", "b", "c"]),
        ("<table><tr><td>a<td><table><tr><td>b<td>c</table></table>", ["a", "b c"]),
        ("<table><caption>a</caption><tr><td><td>b</table>", ["a", "b"]),
        ("<td>a<td>b", ["ab"]),
        # Preformatted text keeps its white space.
        ("a<pre>\n b\n  c\n</pre>d", ["a", " b\n  c", "d"]),
        ("<pre>a<br>b<br><br>c</pre>", ["a\nb\n\nc"]),
        ("<pre><code><div>a</div><div> b</div></code></pre>", ["a\n b\n"]),
        ("<pre><b>a</b><i>b</i></pre>", ["ab"]),
        ("<pre> \n</pre>", []),
        ("<table><tr><td><pre>1\n2</pre><td><pre>a\n b</pre></table>", ["1\n2 a\n b"]),
        # What nobody sees.
        ("<title>a</title><body>b<script>c</script><style>d</style>", ["b"]),
        ("a<noscript>b</noscript><template>c</template><iframe>d</iframe>", ["a"]),
        ("a<div hidden>b</div><p style='color:red;DISPLAY: none'>c<i>d</i></p>e", ["ae"]),
        ("<p>a<!-- b --><video>c</video><rp>(</rp>d", ["ad"]),
        ("<body hidden>a", []),
        ("<frameset><frame><noframes>a</noframes></frameset>", []),
        ("<details><summary>a</summary>b</details>", ["a", "b"]),
        ("<p style='display:block'>a<p style>b", ["a", "b"]),
    ],
)
def test_what_is_a_block(html, expected):
    assert texts(html) == [text.rstrip("\n") for text in expected]
    assert all(block == Block("", block.text) for block in blocks(html.encode()))


def test_what_is_hidden_can_be_had_too():
    html = b"<p>a<p hidden>b<p style='display:none'>c<hr><noscript>d</noscript><script>e</script>"
    assert [block.text for block in blocks(html)] == ["a"]
    assert " ".join(block.text for block in blocks(html, hidden=True)) == "a b c d"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("é", "é"),
        ("<meta charset=latin1>é", "é"),  # it says what it is not
        ("<meta charset=utf-16>é", "é"),
        ("\ufeff<p>é", "é"),
        ("<meta charset=latin1>é–".encode("cp1252"), "é–"),
        (
            "<meta http-equiv=content-type content='text/html; charset=koi8-r'>Да".encode("koi8-r"),
            "Да",
        ),
        ("<meta charset=shift_jis>日本".encode("shift_jis"), "日本"),
        ("<meta charset=iso-2022-jp>日本".encode("iso2022_jp"), "日本"),
        ("\ufeff<p>日本".encode("utf-16-le"), "日本"),
        ("\ufeff<p>日本".encode("utf-16-be"), "日本"),
    ],
)
def test_pages_are_decoded(html, expected):
    assert texts(html) == [expected]


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.parametrize("encoding", SENTENCES)
@pytest.mark.parametrize("declares", [False, True])
def test_blocks_are_of_the_same_characters_as_what_extractors_read(encoding, times, declares):
    declaration = f'<meta charset="{encoding}">' if declares else ""
    html = (declaration + SENTENCES[encoding] * times).encode(encoding)
    assert decoded(html) == decoding.decoded(html) == html.decode(encoding)


def test_a_stray_byte_spoils_no_more_than_itself():
    html = "<meta charset=utf-8><p>Grüße".encode() + b"\xff" + " aus Łódź</p>".encode()
    assert texts(html) == ["Grüße\ufffd aus Łódź"]
    syllables = '<meta charset="euc-kr"><p>다리'.encode("euc-kr") + b"\xff" + b"</p>"
    assert texts(syllables) == ["다리\ufffd"]


def test_korean_is_read_as_browsers_read_it():
    # With the syllables that Windows added, which pages that declare EUC-KR have, too.
    assert texts('<meta charset="euc-kr"><p>똠방각하'.encode("cp949")) == ["똠방각하"]


@given(html=st.binary() | MARKUP.map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_are_too_odd(html):
    for block in blocks(html):
        assert block.kind == ""
        assert block.text.strip()
        block.text.encode()


@pytest.mark.parametrize("charset", CHARSETS)
@given(html=st.binary(max_size=40))
def test_no_declared_encoding_is_too_odd(charset, html):
    for block in blocks(b"<meta charset=%s>\xff" % charset.encode() + html):
        block.text.encode()


@given(html=MARKUP)
def test_white_space_stands_in_preformatted_text_only(html):
    for text in texts(html.replace("pre", "p").replace("plaintext", "p").encode(errors="replace")):
        assert text == " ".join(text.split())


@pytest.mark.parametrize(
    "opening", ["<div>", "<b>", "<p><b>", "<ul><li>", "<table><tr><td>a<td>", "<pre>", "<a><p>"]
)
def test_deep_nesting_is_no_danger(opening):
    found = texts(opening * 20_000 + "end")
    assert found[-1].endswith("end")


@pytest.mark.parametrize(
    "piece", ["<p>a word</p>", "a<br>", "<table><tr><td>a<td>b", "<pre>a</pre>"]
)
def test_time_grows_with_the_page_and_no_faster(piece):
    def seconds(times):
        start = time.process_time()
        blocks(piece.encode() * times)
        return time.process_time() - start

    # Eight times the page takes eight times as long; were it quadratic, 64 times.
    assert min(seconds(16_000) for _ in range(2)) < 30 * min(seconds(2_000) for _ in range(3))


# Pages whose words are not in the HTML, or whose bytes do not say how they are to be read. One
# syllable of a page is in a form of EUC-KR that browsers do not read.
OTHERWISE = re.compile("--(jsonld-only|wrong-charset|no-charset)$|^answers-choseong$")


def test_gazette_has_the_same_words_by_its_labels():
    corpus = load_corpus("gazette")
    for page in corpus.pages():
        if OTHERWISE.search(page.id):
            continue
        seen = Counter(words(texts(page.html)))
        labelled = Counter(words(block.text for block in corpus.gold[page.id].blocks))
        # What is not for the reader, but only a class and aria-hidden say so.
        aside = lxml.html.fromstring(page.html).xpath("//*[@aria-hidden='true']")
        unsaid = Counter(words(" ".join(element.itertext()) for element in aside))
        assert not labelled - seen, page.id
        assert seen - labelled <= unsaid, page.id


def test_real_pages_have_the_words_that_another_parser_sees(scrapinghub):
    corpus = load_corpus("scrapinghub", scrapinghub)
    extract, _ = everything.load({})
    shares = []
    for page in islice(corpus.pages(), 0, None, 3):
        ours = Counter(words(texts(page.html)))
        theirs = Counter(words([extract(page)]))
        shares.append(2 * (ours & theirs).total() / (ours.total() + theirs.total()))
    # html-text keeps the titles in drawings, which no browser paints, and parts words at tags.
    assert min(shares) > 0.9
    assert sorted(shares)[len(shares) // 20] > 0.98
    assert sum(shares) / len(shares) > 0.997
