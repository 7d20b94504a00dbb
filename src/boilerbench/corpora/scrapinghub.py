"""The article extraction benchmark of scrapinghub: news pages with their `articleBody`.

ground-truth.json     {id: {"articleBody", "url"}}
html/ID.html.gz
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from boilerbench.corpora.copies import host_of, json_object, text_in, unpacked, whole_copy
from boilerbench.types import Gold, Page


def read(folder: Path) -> Iterator[tuple[Page, Gold]]:
    """Pages with their gold, by id."""
    with whole_copy(folder, "scrapinghub"):
        annotations = json_object(folder / "ground-truth.json")
        for page_id, annotation in sorted(annotations.items()):
            url = text_in(annotation, "url", page_id)
            yield (
                Page(
                    id=page_id,
                    html=unpacked(folder / "html" / f"{page_id}.html.gz"),
                    url=url,
                    kind="article",
                    site=host_of(url),
                ),
                Gold(page_id=page_id, text=text_in(annotation, "articleBody", page_id)),
            )
