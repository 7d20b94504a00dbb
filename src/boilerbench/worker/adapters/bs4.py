"""Beautiful Soup: `get_text`, nothing selected; the strings of a page with a space between them, so
that the words of two elements do not become one."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup

from boilerbench.types import Page
from boilerbench.worker.adapters.options import check_values
from boilerbench.worker.loop import Extract

DISTRIBUTION = "beautifulsoup4"
DEFAULTS = {"features": "lxml", "separator": " ", "strip": True}


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """`features` is the parser, `separator` and `strip` are those of `get_text`."""
    check_values(options, DEFAULTS)
    settings: dict[str, Any] = DEFAULTS | options
    features = str(settings.pop("features"))

    def extract(page: Page) -> str:
        return BeautifulSoup(page.html, features).get_text(**settings)

    return extract, {
        "call": f"BeautifulSoup(bytes, {features!r}).get_text(…)",
        "decoding": "the library",
        "text by": "the library",
        **settings,
    }
