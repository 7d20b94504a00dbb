"""Folders in CleanEval's manner: pages in one sub-folder, texts in another, paired by name.

html/ID.html, text/ID.txt
ID.html, ID.txt              side by side, where there is neither folder

The folder of pages may be called html, input, orig, original or raw, that of texts clean,
Corrected, gold, GoldStandard, text, texts or txt, in any case; pages end in .html or .htm, and a
text may carry its page's ending too (ID.html.txt, ID.html.corrected.txt).

A text is plain, or in CleanEval's form (a URL line, the marks <p>, <h>, <l>); pages may have
CleanEval's wrapper: see `cleaneval`. Plain texts are taken as they are, without white space at
either end. For encodings see `decoding`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from boilerbench.corpora import cleaneval
from boilerbench.corpora.decoding import decoded
from boilerbench.errors import UserError
from boilerbench.types import Gold, Page

PAGES = ("html", "input", "orig", "original", "raw")
TEXTS = ("clean", "Corrected", "gold", "GoldStandard", "text", "texts", "txt")

_PAGE_ENDING = re.compile(r"\.html?\Z", re.IGNORECASE)
_TEXT_ENDING = re.compile(r"(?:\.html?)?(?:\.corrected)?\.txt\Z", re.IGNORECASE)
_LISTED = 5


def read(folder: Path) -> Iterator[tuple[Page, Gold]]:
    """Pages with their gold, by id. Raises `UserError` where it is not clear what belongs together:
    no folder or several for pages or texts, two files of one id, a page without a text, a text
    without a page."""
    page_folder, text_folder = _folders(folder)
    pages, texts = _files(page_folder, _PAGE_ENDING), _files(text_folder, _TEXT_ENDING)
    if not pages and not texts:
        raise UserError(f"no pages in {page_folder}: no file ends in .html or .htm")
    _refuse(folder, "page without a text", set(pages) - set(texts))
    _refuse(folder, "text without a page", set(texts) - set(pages))
    for page_id, file in sorted(pages.items()):
        yield _pair(page_id, _bytes(file), _bytes(texts[page_id]))


def _pair(page_id: str, html: bytes, gold: bytes) -> tuple[Page, Gold]:
    text = decoded(gold)
    page, marked = cleaneval.pair(page_id, html, gold)
    return page, marked if cleaneval.is_marked(text) else Gold(page_id=page_id, text=text.strip())


def _folders(folder: Path) -> tuple[Path, Path]:
    """The folder of pages and that of texts."""
    pages, texts = _called(folder, PAGES), _called(folder, TEXTS)
    if not pages and not texts and _files(folder, _PAGE_ENDING):
        return folder, folder
    return _only(folder, pages, PAGES, "pages"), _only(folder, texts, TEXTS, "texts")


def _called(folder: Path, names: Collection[str]) -> list[Path]:
    known = {name.lower() for name in names}
    return [one for one in _entries(folder) if one.name.lower() in known and one.is_dir()]


def _only(folder: Path, found: list[Path], names: Collection[str], what: str) -> Path:
    if len(found) == 1:
        return found[0]
    several = " and ".join(one.name for one in found)
    raise UserError(
        f"{folder} has several folders of {what}: {several}"
        if found
        else f"{folder} has no folder of {what}",
        f"it is called {', '.join(names)}; or pages and texts lie side by side in {folder}",
    )


def _files(folder: Path, ending: re.Pattern[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file in _entries(folder):
        name = ending.search(file.name)
        if not name or file.name.startswith(".") or not file.is_file():
            continue
        page_id = file.name[: name.start()]
        if page_id in found:
            raise UserError(f"{folder}: {found[page_id].name} and {file.name} are of one id")
        found[page_id] = file
    return found


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as problem:
        raise UserError(f"cannot read {folder}: {problem}") from None


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise UserError(f"cannot read {file}: {problem}") from None


def _refuse(folder: Path, what: str, ids: Collection[str]) -> None:
    if ids:
        shown = ", ".join(sorted(ids)[:_LISTED]) + (" …" if len(ids) > _LISTED else "")
        raise UserError(f"{folder}: {what}, {len(ids)} in all: {shown}")
