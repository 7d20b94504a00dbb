"""Gold texts as they lie in old corpora, in whatever encoding: one rule, which never fails."""

from __future__ import annotations

import codecs

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decoded(data: bytes) -> str:
    """A gold text, with line ends as `\\n`. The first of these that holds decides:

    1. a byte order mark of UTF-8 or UTF-16 begins the text;
    2. most of every other byte is zero, as in UTF-16 without a mark;
    3. the bytes are valid UTF-8;
    4. everything else is windows-1252.

    What the encoding has no character for becomes U+FFFD. Pages are never decoded by this: their
    bytes are what an extractor gets.
    """
    text = _text(data)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    half = len(data) // 2
    if data[1::2].count(0) > half / 2:
        return data.decode("utf-16-le", "replace")
    if data[::2].count(0) > half / 2:
        return data.decode("utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("windows-1252", "replace")
