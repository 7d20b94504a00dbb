"""Bytes to text, for libraries that take text only: as a browser does for a file without headers.

A byte order mark decides; then what the page declares (a `<meta>` or an XML declaration near its
beginning); then UTF-8 if it is valid; then what uchardet takes it for. Bytes that mean nothing in
that encoding become U+FFFD, and NULs are dropped, as in a browser. A library that takes bytes gets
bytes, and decodes them as it will.
"""

from __future__ import annotations

from resiliparse.parse.encoding import detect_encoding
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding, to_unicode

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
        return resolve_encoding(detect_encoding(html) or "") or "cp1252"
    return "utf-8"
