"""news-please: `NewsPlease.from_html`, which weighs newspaper4k's text against others'.

It is not told of images, which it would fetch, nor of the page's URL, which it takes for the date
only; of the language it cannot be told.
"""

from __future__ import annotations

from typing import Any

from newsplease import NewsPlease

# Imports newspaper4k, which news-please itself does when it sees its first page.
from newsplease.pipeline.extractor.extractors import newspaper_extractor  # noqa: F401

from boilerbench.types import Page
from boilerbench.worker.adapters.decoding import DECODED, decoded
from boilerbench.worker.adapters.document_order import DOCUMENT_ORDER, keep_document_order
from boilerbench.worker.adapters.korean import KOREAN, split_words_only
from boilerbench.worker.adapters.options import check_known
from boilerbench.worker.loop import Extract

DISTRIBUTION = "news-please"


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """It takes no options."""
    for name in options:
        check_known(name, ())
    keep_document_order()
    split_words_only()

    def extract(page: Page) -> str | None:
        found = NewsPlease.from_html(decoded(page.html), url=None, fetch_images=False)
        # For an empty page it gives an empty dictionary.
        text: str | None = getattr(found, "maintext", None)
        return text

    return extract, {
        "call": "NewsPlease.from_html(text, url=None, fetch_images=False).maintext",
        "language": "what the page declares, else English",
        "Korean": KOREAN,
        "ties": DOCUMENT_ORDER,
        "decoding": DECODED,
        "text by": "the library",
    }
