"""The built-in extractors: what each is, and what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class Builtin:
    """`adapter` is a module of `boilerbench.worker.adapters`, or for the runtime `node` a file of
    `boilerbench.worker.node.adapters`. `requires` are the packages that it imports, and those that
    its library imports for some pages only; the extractor's own first. `by_release` are
    requirements that only some of its releases have: what an old one needs to work at all, and no
    longer says itself, since newer releases of its dependencies broke it. `options` are those that
    the name stands for, where it is one way of several to call a library. `licence` is what the
    distribution states, `home` where its source is, `written_in` what the extractor itself is
    written in, its parser apart.
    """

    sentence: str
    adapter: str
    requires: tuple[str, ...]
    licence: str
    home: str
    runtime: Literal["python", "node"] = "python"
    written_in: str = "Python"
    by_release: tuple[tuple[str, str], ...] = ()
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


# lxml.html.clean left lxml with 5.2.
_OLD_LXML = "lxml<5.2"

# What decodes pages for a library that takes text only.
_DECODING = ("w3lib>=2.1", "resiliparse>=0.14")


def _trafilatura(sentence: str, **options: object) -> Builtin:
    return Builtin(
        sentence,
        "trafilatura",
        ("trafilatura",),
        "Apache-2.0",
        "https://github.com/adbar/trafilatura",
        by_release=(("<1.9", _OLD_LXML),),
        options=options,
    )


def _boilerpy3(sentence: str, **options: object) -> Builtin:
    return Builtin(
        sentence,
        "boilerpy3",
        ("boilerpy3>=1.0.5", *_DECODING),
        "Apache-2.0",
        "https://github.com/jmriebold/BoilerPy3",
        options=options,
    )


# newspaper4k's tokenisers for Arabic and Korean, Chinese, Japanese, Thai, and languages of India.
_TOKENISERS = ("nltk", "jieba", "tinysegmenter", "pythainlp", "indic-nlp-library")

# What decodes pages as browsers do: jsdom's own, and a detector.
_NODE_DECODING = ("html-encoding-sniffer@^4", "whatwg-encoding@^3", "chardet@^2")

BUILTIN = {
    "trafilatura": _trafilatura(
        "Rules on the tree, then readability-lxml and jusText where they find more."
    ),
    "trafilatura-precision": _trafilatura(
        "trafilatura where less noise is worth some text.", favor_precision=True
    ),
    "trafilatura-recall": _trafilatura(
        "trafilatura where more text is worth some noise.", favor_recall=True
    ),
    "trafilatura-fast": _trafilatura(
        "trafilatura without the second opinions of readability-lxml and jusText.", fast=True
    ),
    "readability-lxml": Builtin(
        "A Python port of the first Readability: scores paragraphs and their parents.",
        "readability_lxml",
        ("readability-lxml", "html-text", *_DECODING),
        "Apache-2.0",
        "https://github.com/buriy/python-readability",
        by_release=(("<0.8.2", _OLD_LXML),),
    ),
    "justext": Builtin(
        "Classifies blocks by length, link density and stop words, then by their neighbours.",
        "justext",
        ("justext", "resiliparse>=0.14"),
        "BSD-2-Clause",
        "https://github.com/miso-belica/jusText",
        by_release=(("<3.0.1", _OLD_LXML),),
    ),
    "boilerpy3": _boilerpy3(
        "boilerpipe in Python: blocks by their words and links, its ArticleExtractor."
    ),
    "boilerpy3-sentences": _boilerpy3(
        "boilerpipe's ArticleSentencesExtractor: of an article, what are sentences.",
        extractor="sentences",
    ),
    "boilerpy3-default": _boilerpy3(
        "boilerpipe's DefaultExtractor: blocks by text density, for any kind of page.",
        extractor="default",
    ),
    "boilerpy3-largest": _boilerpy3(
        "boilerpipe's LargestContentExtractor: the largest stretch of text.", extractor="largest"
    ),
    "boilerpy3-canola": _boilerpy3(
        "boilerpipe's CanolaExtractor: rules learnt from the KrdWrd Canola corpus.",
        extractor="canola",
    ),
    "newspaper4k": Builtin(
        "News articles: stop words in paragraphs, their scores carried up the tree.",
        "newspaper4k",
        ("newspaper4k>=0.9.3", *_TOKENISERS, *_DECODING),
        "MIT",
        "https://github.com/AndyTheFactory/newspaper4k",
        by_release=(("<0.9.4", _OLD_LXML),),
    ),
    "goose3": Builtin(
        "News articles: known article elements first, then stop words in paragraphs.",
        "goose3",
        ("goose3>=3.1.17", "jieba", "nltk", "fugashi", "unidic-lite", *_DECODING),
        "Apache-2.0",
        "https://github.com/goose3/goose3",
    ),
    "news-please": Builtin(
        "News articles: newspaper4k's text, weighed against those of other extractors.",
        "news_please",
        ("news-please>=1.6.13", *_TOKENISERS, *_DECODING),
        "Apache-2.0",
        "https://github.com/fhamborg/news-please",
    ),
    "resiliparse": Builtin(
        "Rules on names of elements and classes, of ChatNoir's web-archive tools.",
        "resiliparse",
        ("resiliparse>=0.14", "w3lib>=2.1"),
        "Apache-2.0",
        "https://github.com/chatnoir-eu/chatnoir-resiliparse",
        written_in="Rust; C++ and Cython before 2.0",
    ),
    "html2text": Builtin(
        "A whole page as Markdown, nothing selected.",
        "html2text",
        ("html2text>=2024.2", *_DECODING),
        "GPL-3.0-or-later",
        "https://github.com/Alir3z4/html2text",
    ),
    "inscriptis": Builtin(
        "A whole page as a text browser lays it out, nothing selected.",
        "inscriptis",
        ("inscriptis>=2.3", *_DECODING),
        "Apache-2.0",
        "https://github.com/weblyzard/inscriptis",
    ),
    "html-text": Builtin(
        "A whole page as text with its lines and paragraphs, nothing selected.",
        "html_text",
        ("html-text", *_DECODING),
        "MIT",
        "https://github.com/zytedata/html-text",
        by_release=(("<0.6.2", _OLD_LXML),),
    ),
    "bs4": Builtin(
        "Beautiful Soup's get_text: the strings of a whole page, nothing selected.",
        "bs4",
        ("beautifulsoup4>=4.12", "lxml"),
        "MIT",
        "https://www.crummy.com/software/BeautifulSoup/",
    ),
    "readability-js": Builtin(
        "Mozilla's Readability, of Firefox's reader view, on jsdom.",
        "readability_jsdom",
        ("@mozilla/readability@^0.6", "jsdom@^26", *_NODE_DECODING),
        "Apache-2.0",
        "https://github.com/mozilla/readability",
        runtime="node",
        written_in="JavaScript",
    ),
    "readability-js-linkedom": Builtin(
        "Mozilla's Readability on linkedom, a lighter DOM.",
        "readability_linkedom",
        ("@mozilla/readability@^0.6", "linkedom@^0.18", *_NODE_DECODING),
        "Apache-2.0",
        "https://github.com/mozilla/readability",
        runtime="node",
        written_in="JavaScript",
    ),
    "defuddle": Builtin(
        "Removes clutter by selectors, scores and patterns, with rules for single sites.",
        "defuddle",
        ("defuddle", "linkedom@^0.18", *_NODE_DECODING),
        "MIT",
        "https://github.com/kepano/defuddle",
        runtime="node",
        written_in="TypeScript",
    ),
    "article-extractor": Builtin(
        "Readability with settings of its own, then a list of allowed tags.",
        "article_extractor",
        ("@extractus/article-extractor", "linkedom@^0.18", *_NODE_DECODING),
        "MIT",
        "https://github.com/extractus/article-extractor",
        runtime="node",
        written_in="TypeScript",
    ),
    "everything": Builtin(
        "All the visible text of a page: the line that an extractor must beat.",
        "everything",
        ("html-text", *_DECODING),
        "",
        "",
    ),
    "nothing": Builtin(
        "No text at all: what the metrics give for doing nothing.", "nothing", (), "", ""
    ),
}
