"""The inert copy of a page: what stands in it, and which block each text belongs to."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.dom import placed_page
from boilerbench.report.original import inert, neutral

HOSTILE = """<!doctype html><html lang=en onload=x()><head><base href=//evil.example/>
<meta http-equiv=refresh content="0;url=//evil.example/refresh">
<link rel=stylesheet href=//evil.example/c.css>
<script src=//evil.example/s.js></script><style>@import "//evil.example/i.css"; p { color: red;
background: u\\72l(//evil.example/b.png); list-style: image-set("//evil.example/c.png" 1x) }
</style></head>
<body class=b onload="x()" background=//evil.example/bg.png
style="background: URL(//evil.example/d.png)">
<p onclick="x()" id=p>Text &lt;script&gt;one()&lt;/script&gt; "quoted"</p>
<a href="javascript:x()" ping=//evil.example/>link</a>
<img src=//evil.example/i.png srcset="//evil.example/2.png 2x" onerror=x() alt="a picture">
<iframe src=//evil.example/f srcdoc="<script>x()</script>">inside</iframe>
<object data=//evil.example/o><embed src=//evil.example/e>instead</object>
<form action=//evil.example/><input value=secret>
<button formaction=//evil.example/>Send</button></form>
<svg onload=x()><script>x()</script><image href=//evil.example/v.png /><text>drawn</text></svg>
<video src=//evil.example/v poster=//evil.example/p.png>no video</video>
<noscript><img src=//evil.example/n.png><p>without</noscript>
<template><p>never</p></template><math><mi xlink:href=//evil.example/>x</mi></math>
<textarea></textarea><script>alert(1)</script></textarea>
<xmp><script>x()</script></xmp><div hidden>hidden</div><p style="display:none;color:red">gone</p>
<details><summary>more</summary>all of it</details>
"""
LOADING = set(
    "src srcset href action formaction data poster background ping content srcdoc".split()
)


class Reader(HTMLParser):
    """Collects tags, attributes, and the text of each block."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.attributes, self.blocks, self._block = set(), [], {}, None
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [name for name, _ in attrs]
        if tag == "x-b":
            self._block = int(dict(attrs)["data-b"])

    def handle_endtag(self, tag):
        if tag == "x-b":
            self._block = None

    def handle_data(self, data):
        if self._block is not None:
            self.blocks[self._block] = self.blocks.get(self._block, "") + data


def squeezed(text):
    return "".join(text.split())


def check(html):
    """What holds of every copy; the copy and its tags."""
    page = placed_page(html)
    copy = inert(page)
    read = Reader(f"<html{copy.root}><body{copy.frame}>{copy.body}")
    assert not read.tags & set(
        "script iframe object embed link meta base form input style video audio template svg frame"
        " noscript plaintext xmp textarea title image".split()
    )
    for name in read.attributes:
        assert not name.startswith("on")
        assert name not in LOADING
        assert name != "style"
    expected = {n: squeezed(block.text) for n, block in enumerate(page.blocks)}
    assert {n: squeezed(text) for n, text in read.blocks.items()} == expected
    return copy, read


def test_nothing_hostile_is_in_the_copy():
    copy, _ = check(HOSTILE.encode())
    assert "evil.example" not in copy.body
    assert "alert" not in re.sub("&lt;script>.*?&lt;/script>", "", copy.body)
    assert not re.search(r"(?<!x-)(url|image-set)\(|@import", copy.css + copy.frame, re.IGNORECASE)
    assert 'alt="a picture"' in copy.body
    assert "never" not in copy.body


def test_the_page_keeps_its_looks():
    copy, _ = check(
        b"<html lang=de><style>p{color:red}</style><body class=x><p style='color:blue' id=a>t"
    )
    assert copy.root == ' lang="de"'
    assert copy.frame == ' class="x"'
    assert copy.css == "p{color:red}"
    assert 'data-s="color:blue"' in copy.body
    assert 'id="a"' in copy.body


def test_hidden_text_is_there_and_said_to_be():
    copy, _ = check(b"<p hidden>one</p><p style='Display : none; color:red'>two</p>")
    assert copy.body.count("data-hidden") == 2
    assert "isplay" not in copy.body


def test_no_text_passes_for_an_attribute():
    copy, _ = check(b"<p title=' data-s=\"x\"'>say data-s=\"color:red\" and data-s='x'</p>")
    assert ' data-s="' not in copy.body


def test_numbers_come_from_nowhere_else():
    spoofed = "<p>\ufdd07\ufdd1one</p> \ufdd08\ufdd1 <p>two\ufdd09\ufdd1</p>"
    _, read = check(spoofed.encode())
    assert sorted(read.blocks) == [0, 1, 2]


@pytest.mark.parametrize(
    "css",
    [
        "a{b:url(x)}", "a{b:URL('x')}", r"a{b:\75\72\6c(x)}", r"a{b:u\rl(x)}", r"a{b:ur\6C (x)}",
        "@import 'x'", "@IMPORT url(x)", r"@\69mport 'x'", "a{b:image-set('x' 1x)}",
        "a{b:-webkit-image-set(url(x) 1x)}", "a{b:src('x')}", "u\\\nrl(x)",
    ],
)  # fmt: skip
def test_styles_load_nothing(css):
    left = neutral(css)
    assert "\\" not in left
    assert not re.search(r"(?<!x-)\b(url|src|image-set)\(|@import", left, re.IGNORECASE)


def test_styles_cannot_end_their_element():
    assert "</" not in neutral("a{content:'</style><script>'}")
    copy, _ = check(b"<svg><style>&lt;/style>&lt;script>x()&lt;/script></style></svg>")
    assert "</" not in copy.css


MARKUP = st.lists(
    st.sampled_from(
        "<p> </p> <div hidden> </div> <b> </b> <a> </a> <table> <tr> <td> </td> </tr> </table>"
        " <pre> </pre> <br>"
        " <script> </script> <style> </style> <svg> </svg> <math> </math> <title> </title> <select>"
        " <option> </select> <textarea> </textarea> <xmp> </xmp> <iframe> </iframe> <noscript>"
        " </noscript> <template> </template> <object> </object> <form> </form> <button> </button>"
        " <li> <h1> </h1> <!-- --> <![CDATA[ ]]> <plaintext> <frameset> <body> <head> </head>"
        " <p/onload=x> <img/src=x> < &lt; &amp;lt;script&gt; \" ' > text more \ufdd01\ufdd1".split(
            " "
        )
    )
).map(" ".join)


@given(MARKUP | st.text())
def test_whatever_the_mark_up_the_copy_is_inert_and_whole(markup):
    check(markup.encode("utf-8", "replace"))


@given(st.binary())
def test_it_never_raises(html):
    inert(placed_page(html))


@pytest.mark.parametrize(
    "css", [r"a{background:\\75 rl(http://evil/x)}", r"@\\69 mport 'x';", r"a{b:\\\75 rl(x)}"]
)
def test_a_backslash_before_an_escape_does_not_save_it(css):
    assert not re.search(r"\\[0-9a-fA-F]", neutral(css))
