"""resiliparse: `extract_plain_text` of the main content, without what a browser does not paint as
text: alternative texts, bullets of lists, targets of links; and without readers' comments. So does
its author in an evaluation of his own (SIGIR 2023); the rest is as the library has it.

What it takes for defaults has changed between its releases, so that every option is given.
"""

from __future__ import annotations

from typing import Any

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from boilerbench.types import Page
from boilerbench.worker.adapters.decoding import DECODED, decoded
from boilerbench.worker.adapters.options import check_values
from boilerbench.worker.loop import Extract

DISTRIBUTION = "resiliparse"
DEFAULTS = {
    "main_content": True,
    "preserve_formatting": True,
    "alt_texts": False,
    "comments": False,
    "form_fields": False,
    "links": False,
    "list_bullets": False,
    "noscript": False,
}
# Which not every release has, with the library's own defaults.
OTHERS = {"hidden_elements": False, "post_meta": True}


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """The options are those of `extract_plain_text` that are true or false."""
    known = DEFAULTS | {name: value for name, value in OTHERS.items() if _takes(name)}
    check_values(options, known)
    settings = known | options

    def extract(page: Page) -> str:
        text: str = extract_plain_text(HTMLTree.parse(decoded(page.html)), **settings)
        return text

    return extract, {
        "call": "extract_plain_text(HTMLTree.parse(text), …)",
        "decoding": DECODED,
        "text by": "the library",
        **settings,
    }


def _takes(name: str) -> bool:
    """Whether this release has the option; not every one has a signature that can be read."""
    asked: dict[str, Any] = {name: OTHERS[name]}
    try:
        extract_plain_text("<p>text</p>", **asked)
    except TypeError:
        return False
    return True
