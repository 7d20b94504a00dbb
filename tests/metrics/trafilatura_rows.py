"""Extracts pages as trafilatura's own evaluation calls each library: one row of its table.

    python trafilatura_rows.py ROW PAGES ANSWERS

runs in an environment of its own, where boilerbench is not. PAGES is a folder whose files are the
raw bytes of one page each, ANSWERS a JSONL file of `{"id", "text", "error"}`; an exception is an
empty text with its name in `error`. Two processes share the work.
"""

import json
import logging
import multiprocessing
import sys
from pathlib import Path

from trafilatura import baseline, extract
from trafilatura.utils import decode_file

SETTINGS = {"include_comments": False, "include_tables": True, "include_formatting": False}


def with_trafilatura(**options):
    return lambda html: extract(html, **SETTINGS, **options)


def with_readability(html):
    from readability import Document

    return Document(decode_file(html)).summary()


def with_inscriptis(html):
    import inscriptis

    return inscriptis.get_text(decode_file(html))


def with_html2text(html):
    import html2text

    return html2text.html2text(decode_file(html))


def with_html_text(html):
    import html_text

    return html_text.extract_text(decode_file(html), guess_layout=False)


def with_beautifulsoup(html):
    from bs4 import BeautifulSoup

    return BeautifulSoup(html, features="lxml").get_text(separator=" ", strip=True)


def with_resiliparse(html):
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse(bytes_to_str(html, detect_encoding(html)))
    return extract_plain_text(tree, main_content=True)


def with_boilerpy3(html):
    from boilerpy3.extractors import ArticleExtractor

    return ArticleExtractor().get_content(decode_file(html))


def with_justext(html):
    import justext
    from trafilatura.external import jt_stoplist_init

    paragraphs = justext.justext(
        html,
        jt_stoplist_init(),
        length_low=50,
        length_high=200,
        stopwords_low=0.1,
        stopwords_high=0.2,
        max_link_density=0.2,
        max_heading_distance=200,
        no_headings=True,
    )
    return " ".join(one.text for one in paragraphs if not one.is_boilerplate)


def with_goose3(html):
    from goose3 import Goose

    return Goose().extract(raw_html=html).cleaned_text


def with_newspaper4k(html):
    from newspaper import fulltext

    return fulltext(html)


def with_news_please(html):
    from newsplease import NewsPlease

    return NewsPlease.from_html(decode_file(html), url=None, fetch_images=False).maintext


def with_magic_html(html):
    from magic_html import GeneralExtractor

    found = GeneralExtractor().extract(decode_file(html), base_url="")
    return with_beautifulsoup(found.get("html"))


ROWS = {
    "standard": with_trafilatura(),
    "fast": with_trafilatura(fast=True),
    "precision": with_trafilatura(favor_precision=True),
    "recall": with_trafilatura(favor_recall=True),
    "raw": decode_file,
    "baseline": lambda html: baseline(html)[1],
    "readability-lxml": with_readability,
    "inscriptis": with_inscriptis,
    "html2text": with_html2text,
    "html_text": with_html_text,
    "beautifulsoup4": with_beautifulsoup,
    "resiliparse": with_resiliparse,
    "boilerpy3": with_boilerpy3,
    "justext": with_justext,
    "goose3": with_goose3,
    "newspaper4k": with_newspaper4k,
    "news-please": with_news_please,
    "magic-html": with_magic_html,
}


def answer(job):
    row, file = job
    try:
        return {"id": file.name, "text": ROWS[row](file.read_bytes()) or "", "error": None}
    except Exception as problem:
        return {"id": file.name, "text": "", "error": f"{type(problem).__name__}: {problem}"}


def main(row, pages, answers):
    logging.disable(logging.CRITICAL)
    jobs = [(row, file) for file in sorted(Path(pages).iterdir())]
    with multiprocessing.Pool(2) as pool, open(answers, "w", encoding="utf-8") as out:
        for one in pool.imap(answer, jobs, chunksize=10):
            # A lone surrogate in a text stays one by way of its escape.
            out.write(json.dumps(one) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
