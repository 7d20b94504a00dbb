"""html2text: a page as Markdown, nothing selected.

What it adds for a reader of Markdown and nobody reads as text is off: the targets of links and
images, marks of emphasis, lines broken at 78 characters, and letters without their accents for
entities (`&eacute;` as e). Each can be had again by its option.
"""

from __future__ import annotations

from typing import Any

from html2text import HTML2Text

from boilerbench.types import Page
from boilerbench.worker.adapters.decoding import DECODED, decoded
from boilerbench.worker.adapters.options import check_values
from boilerbench.worker.loop import Extract

DISTRIBUTION = "html2text"
DEFAULTS = {
    "body_width": 0,
    "ignore_emphasis": True,
    "ignore_images": True,
    "ignore_links": True,
    "unicode_snob": True,
}
OTHERS = (
    "bypass_tables",
    "escape_snob",
    "ignore_tables",
    "images_to_alt",
    "inline_links",
    "links_each_paragraph",
    "mark_code",
    "pad_tables",
    "protect_links",
    "single_line_break",
    "skip_internal_links",
)


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """The options are attributes of `HTML2Text`."""
    known = HTML2Text()
    check_values(options, DEFAULTS | {name: getattr(known, name) for name in OTHERS})
    settings = DEFAULTS | options

    def extract(page: Page) -> str:
        converter = HTML2Text()
        for name, value in settings.items():
            setattr(converter, name, value)
        text: str = converter.handle(decoded(page.html))
        return text

    return extract, {
        "call": "HTML2Text().handle(text)",
        "decoding": DECODED,
        "text by": "the library: Markdown",
        **settings,
    }
