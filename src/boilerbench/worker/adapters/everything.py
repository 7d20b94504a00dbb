"""All the visible text of a page, nothing selected: the line that an extractor must beat."""

from __future__ import annotations

from typing import Any

import html_text

from boilerbench.types import Page
from boilerbench.worker.adapters.decoding import DECODED, decoded
from boilerbench.worker.adapters.options import check_known
from boilerbench.worker.loop import Extract

# What a browser with scripts on does not paint. Style sheets are not read: an element that only a
# class hides counts as visible.
UNSEEN = (
    "//head | //script | //style | //noscript | //template | //*[@hidden] | "
    # translate() drops the space, which has no counterpart.
    "//*[contains(translate(@style, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ ', 'abcdefghijklmnopqrstuvwxyz'),"
    " 'display:none')]"
)

DISTRIBUTION = None


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """It takes no options."""
    for name in options:
        check_known(name, ())

    def extract(page: Page) -> str | None:
        tree = html_text.parse_html(decoded(page.html))
        if tree is None:
            return None
        for element in tree.xpath(UNSEEN):
            if element.getparent() is not None:
                element.drop_tree()
        text: str = html_text.extract_text(tree)
        return text

    return extract, {
        "decoding": DECODED,
        "text by": "html-text",
        "left out": "what a browser does not paint",
    }
