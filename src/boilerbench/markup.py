"""A page as regular mark-up: the tags of the tree that a parser made of it.

To ask a tree for each of its nodes takes several times as long as to let the parser write it down
and to cut up, by a pattern, what it wrote. That differs from the page: every element is closed,
attributes have their values in double quotes, and nothing but tags and comments has a `<`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from resiliparse.parse.html import HTMLTree

EMPTY = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source"
    " track wbr".split()
)
"""Elements without an end tag."""

# What the parser writes: a tag or a comment, and the text up to the next. Text in some elements is
# not escaped.
_MARKUP = re.compile(
    r"<(?:(script|style|xmp|iframe|noembed|noframes|plaintext)(?=[ >])"
    r"|(/?)([a-zA-Z][^ />]*+)|!--(?:[^-]++|-(?!->))*+--|[!?][^>]*+)"
    r"((?: [^ >][^ =>]*+=\"[^\"]*+\")*+)>"
    r"((?(1)(?:[^<]++|<(?!/\1>))*+|[^<]*+))"
)
ATTRIBUTE = re.compile(r" ([^ >][^ =>]*)=\"([^\"]*)\"")
"""An attribute in a tag, its name and its value, which is escaped."""


Tag = tuple[str, str, str, str, str]
"""`(raw, end, name, attributes, text)`: a tag, or if neither `raw` nor `name` is there a comment,
and the text after it. `raw` is the name at the beginning of an element whose text is not escaped,
`end` a slash where an element ends, and attributes are as they are written."""


def tags(html: str) -> list[Tag]:
    """All of a page, as the parser writes it. Never raises."""
    document: Any = HTMLTree.parse(html).document
    found: list[Tag] = _MARKUP.findall(document.html)
    if any(map(_unclear, found)):
        for name in ("script", "plaintext"):
            for element in document.get_elements_by_tag_name(name):
                text = element.first_child
                if text is not None and text.value:
                    text.value = text.value.replace(f"</{name}", f"< /{name}")
        found = _MARKUP.findall(document.html)
    return found


def _unclear(tag: Tag) -> bool:
    """Whether the text of an element may have an end tag in it that does not end it."""
    raw, _, _, _, text = tag
    if raw == "script":
        return "<!--" in text and "<script" in text.lower()
    return raw == "plaintext"


# Neighbours are often alike; more would keep too much, as values may be whole images.
@lru_cache(maxsize=1 << 8)
def attributes_of(written: str) -> Mapping[str, str]:
    """The attributes of a tag by name."""
    return {name: unescaped(value) for name, value in ATTRIBUTE.findall(written)}


def unescaped(text: str) -> str:
    """The characters of a text, or of the value of an attribute."""
    if "&" not in text:
        return text
    text = text.replace("&nbsp;", "\xa0").replace("&quot;", '"')
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
