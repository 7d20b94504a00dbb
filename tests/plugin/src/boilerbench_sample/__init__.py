"""Extractors as another distribution brings them."""

from __future__ import annotations

import re

from boilerbench import Page


def extract(page: Page, tag: str = "p") -> str | None:
    """The text of the elements of one tag, as a pattern finds them."""
    html = page.html.decode("utf-8", "replace").replace("\0", "")
    found = re.findall(rf"<{tag}[\s>][^<]*(?:<(?!/?{tag}[\s>])[^<]*)*", html)
    return "\n\n".join(re.sub(r"<[^>]*>", "", one) for one in found) or None


class Longest:
    """Those of the paragraphs that are long enough."""

    def __init__(self, least: int = 40) -> None:
        self.least = least
        self.given = {"paragraphs by": "a pattern"}

    def extract(self, page: Page) -> str:
        """The long paragraphs of a page."""
        paragraphs = (extract(page) or "").split("\n\n")
        return "\n\n".join(one for one in paragraphs if len(one) >= self.least)


def no_page() -> str:
    """Of no use as an extractor: it takes no page."""
    return "text"
