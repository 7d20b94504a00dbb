"""WCXB, the web content extraction benchmark: pages of seven types with full text and snippets.

SPLIT/ground-truth/NNNN.json   {"url", "_internal": {"page_type": {"primary"}}, "ground_truth":
                               {"main_content", "main_content_markdown", "with", "without"}}
SPLIT/html/NNNN.html.gz

SPLIT is dev or test. 139 ids stand in both, with the same page and partly with other gold, so that
a figure on all of test is not held out from what was made with dev.

Every page of the split is here, its known defects included; see the manifest. An absent or null
`main_content` is an empty text, as upstream has it. All pages are said to be English as a whole,
none by itself, so `lang` is None.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boilerbench.corpora.copies import (
    host_of,
    json_object,
    optional_text_in,
    texts_in,
    unpacked,
    whole_copy,
)
from boilerbench.errors import UserError, unknown_name
from boilerbench.types import Gold, Page

SPLITS = ("dev", "test")

KINDS = {"category": "collection"}
"""Page types under another name than the one that the rest of the corpus uses."""


def read(folder: Path, split: str) -> Iterator[tuple[Page, Gold]]:
    """The pages of a split with their gold, by id: the four digits of the file's name."""
    if split not in SPLITS:
        raise unknown_name("split of wcxb", split, SPLITS)
    pages, annotations = folder / split / "html", folder / split / "ground-truth"
    with whole_copy(folder, "wcxb"):
        if not (folder / split).is_dir():
            raise FileNotFoundError(2, "no such split", str(folder / split))
        page_ids = {file.name.removesuffix(".html.gz") for file in pages.iterdir()}
        gold_ids = {file.stem for file in annotations.iterdir()}
        for page_id in sorted(page_ids - gold_ids):
            raise UserError(f"{folder} is not a whole copy of wcxb: {page_id}.json is missing")
        for page_id in sorted(gold_ids):
            record = json_object(annotations / f"{page_id}.json")
            truth = record["ground_truth"]
            url = optional_text_in(record, "url", page_id)
            yield (
                Page(
                    id=page_id,
                    html=unpacked(pages / f"{page_id}.html.gz"),
                    url=url,
                    kind=_kind(record, page_id),
                    site=host_of(url),
                ),
                Gold(
                    page_id=page_id,
                    text=optional_text_in(truth, "main_content", page_id) or "",
                    must=texts_in(truth, "with", page_id),
                    must_not=texts_in(truth, "without", page_id),
                    markdown=optional_text_in(truth, "main_content_markdown", page_id) or "",
                ),
            )


def _kind(record: dict[str, Any], page_id: str) -> str:
    stated = record["_internal"]["page_type"]
    kind = stated["primary"] if isinstance(stated, dict) else stated
    if not isinstance(kind, str):
        raise TypeError(f"{page_id}: page_type is not text")
    return KINDS.get(kind, kind)
