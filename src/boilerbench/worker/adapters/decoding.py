"""Bytes to text, for libraries that take text only: as a browser does for a file without headers.

A byte order mark decides; then what the page declares (a `<meta>` or an XML declaration near its
beginning); then UTF-8 if it is valid; then what uchardet takes it for. Bytes that mean nothing in
that encoding become U+FFFD, and NULs are dropped, as in a browser. A library that takes bytes gets
bytes, and decodes them as it will.
"""

from __future__ import annotations

import codecs

from resiliparse.parse.encoding import detect_encoding
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding, to_unicode

_BROWSERS_TAKE = {"mac-cyrillic": "cp1251", "x-mac-cyrillic": "cp1251"}
"""What uchardet takes short texts for, and no page is written in."""

_NOT_OF_PAGES = frozenset(
    "idna mbcs oem punycode raw-unicode-escape undefined unicode-escape utf-7".split()
)

DECODED = "BOM, declared, UTF-8 if valid, detected"
"""What an adapter says of it in `given`."""


def decoded(html: bytes) -> str:
    """The page as text. Never raises."""
    encoding, mark = read_bom(html)
    if encoding is not None and mark is not None:
        return str(to_unicode(html[len(mark) :], encoding)).replace("\0", "")
    encoding = html_body_declared_encoding(html)
    if encoding is not None and encoding.startswith(("utf-16", "utf-32")):
        encoding = "utf-8"  # it could not have been read, were it so: the standard's own rule
    if encoding is None or not _is_of_pages(encoding):
        encoding = _guessed(html)
    return str(to_unicode(html, encoding)).replace("\0", "")


def _is_of_pages(encoding: str) -> bool:
    """Python knows codecs that are no encodings of text, and some that no browser reads."""
    found = codecs.lookup(encoding)
    return found._is_text_encoding and found.name not in _NOT_OF_PAGES


def _guessed(html: bytes) -> str:
    try:
        html.decode()
    except UnicodeDecodeError:
        # Confined to the names of the HTML standard, it answers UTF-8 for what has none there.
        found = detect_encoding(html, html5_compatible=False, from_html_meta=True)
        name = str(found or "").lower()
        encoding = resolve_encoding(_BROWSERS_TAKE.get(name, name))
        return encoding if encoding and _is_of_pages(encoding) else "cp1252"
    return "utf-8"
