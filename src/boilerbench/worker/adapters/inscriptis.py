"""inscriptis: a page as a text browser lays it out, nothing selected."""

from __future__ import annotations

from typing import Any

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

from boilerbench.types import Page
from boilerbench.worker.adapters.decoding import DECODED, decoded
from boilerbench.worker.adapters.options import check_keywords, check_known
from boilerbench.worker.loop import Extract

DISTRIBUTION = "inscriptis"
# What cannot be written on a command line.
NOT_PLAIN = ("annotation_rules", "custom_html_tag_handler_mapping")


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """The options are those of `ParserConfig`; `css` names a profile, relaxed or strict."""
    check_keywords(ParserConfig.__init__, options, hidden=NOT_PLAIN)
    settings = dict(options)
    if "css" in settings:
        check_known(str(settings["css"]), CSS_PROFILES, "css profile")
        settings["css"] = CSS_PROFILES[settings["css"]]

    def extract(page: Page) -> str:
        text: str = get_text(decoded(page.html), ParserConfig(**settings))
        return text

    return extract, {
        "call": "get_text(text, ParserConfig())",
        "decoding": DECODED,
        "text by": "the library",
        **options,
    }
