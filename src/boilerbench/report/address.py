"""Where the report shows a page."""

from __future__ import annotations

from urllib.parse import quote


def address(corpus: str, page: str, extractor: str | None = None) -> str:
    """The view of a page, from the report's first page."""
    parts = [corpus, page] + ([extractor] if extractor is not None else [])
    return "page.html#" + "/".join(quote(part, safe="") for part in parts)
