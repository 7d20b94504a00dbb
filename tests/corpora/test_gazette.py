"""The gazette corpus: rebuilt without change, labelled without gaps, original and offline."""

import importlib.util
import itertools
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import lxml.html
import pytest
import regex
from markdown_it import MarkdownIt

from boilerbench import text as words
from boilerbench.metrics.markdown import structure

ROOT = Path(__file__).resolve().parents[2] / "corpora" / "gazette"
KEYS = "text markdown url lang kind site level must must_not blocks".split()
HIDDEN_TAGS = {"script", "style", "noscript", "template", "head"}


def load_build() -> ModuleType:
    """The builder, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("gazette_build", ROOT / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(ROOT))  # as it is for a script, beside which traits.py lies
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT))
    return module


BUILD = load_build()
PAGES: list[dict[str, Any]] = BUILD.plan()
BY_ID = {page["id"]: page for page in PAGES}
IDS = list(BY_ID)
SOURCES = {path.stem: BUILD.read_source(path) for path in sorted((ROOT / "sources").glob("*.md"))}


def read_gold(page: str) -> dict[str, Any]:
    """The annotation of a page."""
    gold: dict[str, Any] = json.loads((ROOT / "gold" / f"{page}.json").read_text("utf-8"))
    return gold


def read_page(page: str) -> lxml.html.HtmlElement:
    """The tree of a page."""
    encoding = BY_ID[page]["encoding"]
    # Decoded here, so that the walk does not depend on how a parser guesses encodings.
    html = (ROOT / "pages" / f"{page}.html").read_bytes().decode(encoding)
    return lxml.html.document_fromstring(html.replace("<?xml", "<!--?"))


def visible(element: lxml.html.HtmlElement) -> Iterator[str]:
    """Text nodes that a reader sees."""
    shown = isinstance(element.tag, str) and not (
        element.tag in HIDDEN_TAGS
        or "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or "display:none" in element.get("style", "").replace(" ", "")
    )
    if shown:
        yield element.text or ""
        for child in element:
            yield from visible(child)
    yield element.tail or ""


def tokens(text: str) -> Counter[str]:
    """Words, with their counts."""
    return Counter(re.findall(r"\w+", text.lower()))


def test_a_rebuild_changes_nothing() -> None:
    built = BUILD.build()
    assert BUILD.existing() == set(built)
    assert [name for name, content in built.items() if (ROOT / name).read_bytes() != content] == []
    assert all(b"\r" not in content for content in built.values())


def test_the_corpus_is_as_wide_as_it_says() -> None:
    golds = [read_gold(page) for page in IDS]
    assert len(set(IDS)) == len(IDS) >= 150
    assert len({gold["url"] for gold in golds}) == len(IDS)
    assert len(SOURCES) >= 60
    assert len({page["template"] for page in PAGES}) >= 16
    assert {page["source"] for page in PAGES} == set(SOURCES)
    assert {block["kind"] for gold in golds for block in gold["blocks"]} == set(BUILD.KINDS)
    assert {gold["kind"] for gold in golds} == {
        *("article", "forum", "product", "collection", "listing", "documentation", "service")
    }
    assert {gold["level"] for gold in golds} == {"easy", "medium", "hard"}
    assert len({gold["lang"] for gold in golds}) >= 12
    written = " ".join(gold["text"] for gold in golds)
    scripts = (
        *("Latin", "Greek", "Cyrillic", "Arabic", "Hebrew", "Devanagari"),
        *("Thai", "Hangul", "Hiragana", "Han"),
    )
    assert all(len(regex.findall(rf"\p{{{script}}}", written)) > 200 for script in scripts)


def test_twins_differ_in_one_trait_and_every_trait_that_sites_get_wrong_has_some() -> None:
    kept = ("template", "source", "site", "lang", "kind", "encoding", "lang_attr", *BUILD.TRAITS)
    seen = set()
    for page in PAGES:
        base, twin, _ = page["id"].partition("--")
        if twin:
            assert len([key for key in kept if page[key] != BY_ID[base][key]]) == 1
            (trait,) = (key for key in BUILD.TRAITS if page[key] != BY_ID[base][key])
            seen.add(trait)
    assert {"related", "comments", "cookie", *BUILD.HARD, "no_charset"} <= seen


@pytest.mark.parametrize("page", [i for i in IDS if "--" in i])
def test_twins_have_the_same_gold_unless_the_text_is_cut(page: str) -> None:
    base, _, twin = page.partition("--")
    gold, other = read_gold(page), read_gold(base)
    assert page != base
    if "paywall" not in twin:
        assert gold["text"] == other["text"]


@pytest.mark.parametrize("page", [page["id"] for page in PAGES if page["jsonld_only"]])
def test_a_text_that_a_script_puts_there_stands_in_json_ld(page: str) -> None:
    html = (ROOT / "pages" / f"{page}.html").read_bytes().decode(BY_ID[page]["encoding"])
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    texts = [json.loads(script).get("articleBody") for script in found]
    assert read_gold(page)["text"] in texts


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_sources_are_of_fair_length(name: str) -> None:
    source = SOURCES[name]
    text = " ".join(part.text for part in source.body)
    # Characters to a word, in scripts that put no space between words.
    per_word = {"zh": 1.6, "ja": 1.6, "th": 4.5}.get(source.meta["lang"])
    length = len(re.sub(r"\s", "", text)) / per_word if per_word else len(text.split())
    assert 150 <= length <= 900


def test_no_sentence_stands_in_two_sources() -> None:
    seen: dict[str, str] = {}
    for name, source in SOURCES.items():
        sentences = (re.split("[.!?\u3002\uff01\uff1f\n]", part.text) for part in source.body)
        for sentence in itertools.chain.from_iterable(sentences):
            key = " ".join(re.findall(r"\w+", sentence.lower()))
            if len(key) > 25:
                assert seen.setdefault(key, name) == name, sentence


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_pull_quotes_repeat_the_text(name: str) -> None:
    # Labelled as captions for that reason: a sentence of their own would be lost from gold.
    source = SOURCES[name]
    assert source.meta.get("pullquote", "") in " ".join(part.text for part in source.body)


@pytest.mark.parametrize("page", IDS)
def test_every_visible_word_is_labelled(page: str) -> None:
    shown = tokens(" ".join(visible(read_page(page).find("body"))))
    blocks = read_gold(page)["blocks"]
    if BY_ID[page]["jsonld_only"]:  # whose text is in no element; see below
        blocks = [block for block in blocks if block["kind"] not in BUILD.GOLD_KINDS]
    labelled = tokens(" ".join(block["text"] for block in blocks))
    assert shown - labelled == Counter()
    assert labelled - shown == Counter()


@pytest.mark.parametrize("page", IDS)
def test_gold_follows_from_the_labels(page: str) -> None:
    gold = read_gold(page)
    assert list(gold) == KEYS
    content = [b["text"] for b in gold["blocks"] if b["kind"] in BUILD.GOLD_KINDS]
    assert gold["text"] == "\n\n".join(dict.fromkeys(content))
    other = [b["text"] for b in gold["blocks"] if b["kind"] not in BUILD.GOLD_KINDS]
    assert 2 <= len(gold["must"]) <= 4
    assert 2 <= len(gold["must_not"]) <= 4
    for piece in gold["must"]:
        assert 30 <= len(piece) <= 80
        assert gold["text"].count(piece) == 1
        assert any(piece in text for text in content)
    for piece in gold["must_not"]:
        assert 30 <= len(piece) <= 80
        assert piece.lower() not in gold["text"].lower()
        assert any(piece in text for text in other)


@pytest.mark.parametrize("page", IDS)
def test_the_markdown_has_the_words_of_the_text(page: str) -> None:
    gold = read_gold(page)
    html = MarkdownIt("commonmark").enable("table").render(gold["markdown"])
    bare = lxml.html.fromstring(f"<div>{html}</div>").text_content()
    assert words.tokens(words.fold(bare)) == words.tokens(words.fold(gold["text"]))


@pytest.mark.parametrize("page", IDS)
def test_the_markdown_has_the_structure_of_the_labels(page: str) -> None:
    gold = read_gold(page)
    labelled: dict[str, list[str]] = {kind: [] for kind in BUILD.GOLD_KINDS}
    for block in gold["blocks"]:
        if block["kind"] in BUILD.GOLD_KINDS and block["text"] not in labelled[block["kind"]]:
            labelled[block["kind"]].append(block["text"])
    found = structure(gold["markdown"])
    items = [item for text in labelled["list"] for item in text.split("\n")]
    assert [heading.text for heading in found.headings] == labelled["heading"]
    assert {heading.level for heading in found.headings} <= {2}
    assert [item.text for item in found.items] == items
    assert list(found.code) == labelled["code"]
    assert len(found.tables) == len(labelled["table"])
    html = MarkdownIt("commonmark").render(gold["markdown"])
    assert html.count("<blockquote>") == len(labelled["quote"])


@pytest.mark.parametrize(
    "line", ["# no", "1. no", "12) no", "- no", "+ *no*", "a | b", "<b> & _c_"]
)
def test_plain_text_is_escaped(line: str) -> None:
    html = MarkdownIt("commonmark").enable("table").render(BUILD.escaped(line))
    assert lxml.html.fromstring(html).tag == "p"
    assert lxml.html.fromstring(html).text_content().strip() == line


@pytest.mark.parametrize("page", IDS)
def test_labels_do_not_leak_into_the_page(page: str) -> None:
    leak = re.compile(r"gold|boilerplate|\bbb-|(?<!aria-)label|data-kind")
    for element in read_page(page).iter():
        if isinstance(element.tag, str):
            for name, value in element.attrib.items():
                assert not leak.search(name), (element.tag, name)
                if name in ("class", "id", "name", "role") or name.startswith("data-"):
                    assert not leak.search(value.replace("aria-labelledby", "")), value


@pytest.mark.parametrize("page", IDS)
def test_pages_know_no_real_host(page: str) -> None:
    html = (ROOT / "pages" / f"{page}.html").read_bytes().decode("latin-1")
    hosts = re.findall(r"(?:\bhttps?:|(?<=[\"'(=]))(?:\\?/){2}([\w.-]+)", html)
    allowed = re.compile(r"(?:[\w.-]+\.)?[\w-]+\.example|schema\.org|www\.w3\.org")
    assert [host for host in hosts if not allowed.fullmatch(host)] == []
