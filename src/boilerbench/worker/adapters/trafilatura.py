"""trafilatura, as its own documentation calls it: `extract(bytes)`, every option its own."""

from __future__ import annotations

import inspect
from typing import Any

import trafilatura
from trafilatura.meta import LRU_TEST  # type: ignore[attr-defined]  # where every release has it

from boilerbench.types import Page
from boilerbench.worker.adapters.options import check_keywords
from boilerbench.worker.loop import Extract, Refused

DISTRIBUTION = "trafilatura"
TEXTS = ("txt", "markdown")
# Not a user's to set: the page itself, and what cannot be written on a command line.
OURS = {
    "filecontent", "url", "tei_validation",
    "options", "config", "settingsfile", "date_extraction_params",
    "url_blacklist", "author_blacklist",
}  # fmt: skip


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """The options are those of `trafilatura.extract`; `fast` is `no_fallback` in the releases that
    call it so."""
    options = dict(options)
    if "fast" in options and "fast" not in inspect.signature(trafilatura.extract).parameters:
        options["no_fallback"] = options.pop("fast")
    check_keywords(trafilatura.extract, options, hidden=OURS)
    if options.get("output_format", "txt") not in TEXTS:
        raise Refused(f"option output_format takes {' or '.join(TEXTS)}: all others are no text")

    def extract(page: Page) -> str | None:
        # With deduplicate it would leave out what it has seen often enough on other pages.
        LRU_TEST.clear()
        return trafilatura.extract(page.html, url=page.url, **options)

    return extract, {
        "call": "trafilatura.extract(bytes, url=url)",
        "decoding": "the library",
        "text by": "the library",
        **options,
    }
