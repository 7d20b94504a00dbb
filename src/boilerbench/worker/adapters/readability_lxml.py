"""readability-lxml: the summary's HTML, made text as every extractor's HTML is.

`html_partial=True`, because on some pages release 0.9 returns an empty document from `summary()`
where the fragment that it chose is a whole article. The releases 0.8.4 and 0.8.4.1 fail on bytes,
and get text.
"""

from __future__ import annotations

from importlib import metadata
from typing import Any

from readability import Document

from boilerbench.types import Page
from boilerbench.worker.adapters.decoding import DECODED, decoded
from boilerbench.worker.adapters.html_to_text import BY, html_to_text
from boilerbench.worker.adapters.options import check_keywords
from boilerbench.worker.loop import Extract

DISTRIBUTION = "readability-lxml"
TEXT_ONLY = ("0.8.4", "0.8.4.1")


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """The options are those of `readability.Document`."""
    check_keywords(Document.__init__, options, hidden={"input"})

    text_only = metadata.version(DISTRIBUTION) in TEXT_ONLY

    def extract(page: Page) -> str:
        document = Document(decoded(page.html) if text_only else page.html, **options)
        return html_to_text(document.summary(html_partial=True))

    return extract, {
        "call": f"Document({'text' if text_only else 'bytes'}).summary(html_partial=True)",
        "decoding": DECODED if text_only else "the library",
        "text by": BY,
        **options,
    }
