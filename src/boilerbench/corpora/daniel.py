"""The DAnIEL corpus as annotated again in waddle: news in five languages.

corpora/Corpus_daniel_v2.1/html/ID          without a suffix, UTF-8
corpora/Corpus_daniel_v2.1/reference/ID     the main text, a paragraph a line, as <p>…</p>
corpora/Corpus_daniel_v2.1/doc_lg.json      {id: "Greek"}

An id is DATE_HOST_HASH. Some references break a paragraph over lines or misspell a tag; the gold
text is their lines without `<p>` and `</p>`, with entities resolved and empty lines left out.

Upstream has 431 references whose page it does not hold; they are left out. A copy in which a page
is missing that upstream has is therefore found by its digest only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from boilerbench.corpora.copies import json_object, text_in, whole_copy
from boilerbench.types import Gold, Page

FOLDER = Path("corpora", "Corpus_daniel_v2.1")

LANGUAGES = {"Chinese": "zh", "English": "en", "Greek": "el", "Polish": "pl", "Russian": "ru"}


def read(folder: Path) -> Iterator[tuple[Page, Gold]]:
    """Pages with their gold, by id."""
    with whole_copy(folder, "daniel"):
        pages, references = folder / FOLDER / "html", folder / FOLDER / "reference"
        languages = json_object(folder / FOLDER / "doc_lg.json")
        for file in sorted(pages.iterdir()):
            page_id = file.name
            yield (
                Page(
                    id=page_id,
                    html=file.read_bytes(),
                    lang=LANGUAGES[text_in(languages, page_id, "doc_lg.json")],
                    kind="article",
                    site=_host(page_id),
                ),
                Gold(page_id=page_id, text=_text((references / page_id).read_bytes(), page_id)),
            )


def _text(reference: bytes, page_id: str) -> str:
    try:
        lines = reference.decode().splitlines()
    except UnicodeDecodeError as problem:
        raise ValueError(f"reference/{page_id}: {problem}") from None
    plain = (html.unescape(re.sub(r"</?p>", "", line)).strip() for line in lines)
    return "\n".join(line for line in plain if line)


def _host(page_id: str) -> str:
    _, host, _ = page_id.split("_", 2)
    return host
