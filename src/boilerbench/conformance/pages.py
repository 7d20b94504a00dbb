"""The pages of the kit: some of gazette, and made-up ones that are hostile."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from boilerbench.corpora import load_corpus
from boilerbench.types import Page

_PARAGRAPH = (
    "<p>The ferry to the island leaves at seven, and those who miss it wait for an hour at the "
    "harbour, where there is a bench, a clock and a view of the lighthouse.</p>\n"
)
_LARGE = 20_000_000  # bytes
_DEEP = 10_000  # levels


def ordinary(count: int) -> list[Page]:
    """So many pages of gazette, of as many kinds and languages as can be."""
    pages = list(load_corpus("gazette").pages())
    seen: set[tuple[str | None, str | None]] = set()
    new: list[Page] = []
    more: list[Page] = []
    for page in pages:
        (more if (page.kind, page.lang) in seen else new).append(page)
        seen.add((page.kind, page.lang))
    return (new + more)[:count]


def endless(pages: list[Page]) -> Iterator[Page]:
    """The pages over and over, each time with another sentence before their end, so that no cache
    knows them."""
    number = 0
    while True:
        for page in pages:
            number += 1
            extra = f"<p>This is the page with the number {number}, as page {number} says.</p>"
            html = page.html.replace(b"</body>", extra.encode() + b"</body>")
            yield replace(page, id=f"{page.id} {number}", html=html)


def hostile() -> Mapping[str, bytes]:
    """By name, what a crawl brings in the end."""
    cyrillic = _whole("<p>" + "Паром на остров уходит в семь часов утра. " * 20 + "</p>")
    noise = random.Random(1).randbytes(100_000)  # noqa: S311 - not a secret
    return {
        "empty": b"",
        "NUL bytes": _whole(_PARAGRAPH * 20).replace("ferry", "fe\0rry").encode() + b"\0" * 1000,
        "10,000 levels deep": _whole("<div>" * _DEEP + _PARAGRAPH + "</div>" * _DEEP).encode(),
        "20 MB": _whole(_PARAGRAPH * (_LARGE // len(_PARAGRAPH))).encode(),
        "wrong charset": cyrillic.encode("windows-1251"),
        "UTF-16": _whole(_PARAGRAPH * 20).replace("utf-8", "utf-16").encode("utf-16"),
        "plain text": ("Not a page, but text.\n\n" + "It goes on < and on & on.\n" * 50).encode(),
        "PDF bytes": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Length 100000 >>\nstream\n"
        + noise,
        "unclosed tables": _whole("<table><tr><td>cell " * 500 + _PARAGRAPH * 5).encode(),
    }


def _whole(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The ferry</title>'
        f"</head><body><article><h1>The ferry</h1>\n{body}</article></body></html>"
    )
