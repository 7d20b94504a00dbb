"""readability-lxml: the summary's HTML, made text by html-text.

`html_partial=True`, because on some pages release 0.9 returns an empty document from `summary()`
where the fragment that it chose is a whole article.
"""

from __future__ import annotations

from typing import Any

import html_text
from readability import Document

from boilerbench.types import Page
from boilerbench.worker.adapters.options import check_keywords
from boilerbench.worker.loop import Extract

DISTRIBUTION = "readability-lxml"


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """The options are those of `readability.Document`."""
    check_keywords(Document.__init__, options, hidden={"input"})

    def extract(page: Page) -> str:
        text: str = html_text.extract_text(
            Document(page.html, **options).summary(html_partial=True)
        )
        return text

    return extract, {
        "call": "Document(bytes).summary(html_partial=True)",
        "text by": "html-text",
        **options,
    }
