"""Bytes to text, for libraries that take text only: as a browser does for a file without headers.

A byte order mark decides; then what the page declares (a `<meta>` or an XML declaration near its
beginning); then UTF-8 if it is valid; then what uchardet takes it for. Bytes that mean nothing in
that encoding become U+FFFD, and NULs are dropped, as in a browser. A library that takes bytes gets
bytes, and decodes them as it will.
"""

from __future__ import annotations

from resiliparse.parse.encoding import detect_encoding
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding, to_unicode

_BROWSERS_TAKE = {"mac-cyrillic": "cp1251", "x-mac-cyrillic": "cp1251"}
"""What uchardet takes short texts for, and no page is written in."""

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
    return str(to_unicode(html, encoding or _guessed(html))).replace("\0", "")


def _guessed(html: bytes) -> str:
    try:
        html.decode()
    except UnicodeDecodeError:
        # Confined to the names of the HTML standard, it answers UTF-8 for what has none there.
        found = str(detect_encoding(html, html5_compatible=False) or "").lower()
        encoding = resolve_encoding(_BROWSERS_TAKE.get(found, found))
        return encoding if encoding and encoding != "utf-8" else "cp1252"
    return "utf-8"
