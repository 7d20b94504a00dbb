"""html-text: all the text of a page, nothing selected."""

from __future__ import annotations

from typing import Any

import html_text

from boilerbench.types import Page
from boilerbench.worker.adapters.decoding import DECODED, decoded
from boilerbench.worker.adapters.options import check_keywords
from boilerbench.worker.loop import Extract

DISTRIBUTION = "html-text"


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """The options are `guess_punct_space` and `guess_layout` of `html_text.extract_text`."""
    check_keywords(
        html_text.extract_text, options, hidden=("html", "newline_tags", "double_newline_tags")
    )

    def extract(page: Page) -> str:
        text: str = html_text.extract_text(decoded(page.html), **options)
        return text

    return extract, {
        "call": "html_text.extract_text(text)",
        "decoding": DECODED,
        "text by": "the library",
        **options,
    }
