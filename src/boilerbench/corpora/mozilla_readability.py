"""The test pages of Mozilla's Readability.js, with the output that its maintainers expect of it.

test/test-pages/CASE/source.html
test/test-pages/CASE/expected.html
test/test-pages/CASE/expected-metadata.json     {"lang", …}

The gold is Readability's own output, not an independent annotation: a figure on these pages says
how near an extractor comes to Readability. `Gold.text` is the text of expected.html as html-text
(0.7) gives it, its blocks on lines of their own; the pinned digest holds for that.

No address is stated, and the pages are of several kinds, so `url`, `site` and `kind` are None.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import html_text

from boilerbench.corpora.copies import json_object, optional_text_in, whole_copy
from boilerbench.types import Gold, Page


def read(folder: Path) -> Iterator[tuple[Page, Gold]]:
    """Pages with their gold, by id: the name of the case's folder."""
    with whole_copy(folder, "mozilla-readability"):
        for case in sorted((folder / "test" / "test-pages").iterdir()):
            known = json_object(case / "expected-metadata.json")
            yield (
                Page(
                    id=case.name,
                    html=(case / "source.html").read_bytes(),
                    lang=_lang(known, case.name),
                ),
                Gold(page_id=case.name, text=_text(case / "expected.html")),
            )


def _text(file: Path) -> str:
    text: str = html_text.extract_text(file.read_text(encoding="utf-8"))
    return text


def _lang(known: dict[str, object], case: str) -> str | None:
    """The language without a region: en of en-GB."""
    tag = optional_text_in(known, "lang", case)
    return tag.split("-")[0].lower() if tag else None
