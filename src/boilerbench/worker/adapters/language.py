"""The language of a page, as its corpus or the page itself states it."""

from __future__ import annotations

import re

_DECLARED = re.compile(r"<html\b[^>]*?\s(?:xml:)?lang\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_NEAR_THE_BEGINNING = 10_000


def primary(stated: str | None) -> str | None:
    """The primary subtag in lower case: `de` for `de-AT` and `de_AT`, None for nothing."""
    if not stated or not stated.strip():
        return None
    return stated.strip().replace("_", "-").split("-")[0].lower()


def declared(html: str) -> str | None:
    """The primary subtag of the `lang` of a page's `<html>`."""
    found = _DECLARED.search(html, 0, _NEAR_THE_BEGINNING)
    return primary(found[1]) if found else None
