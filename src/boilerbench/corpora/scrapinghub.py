"""The article extraction benchmark of scrapinghub: news pages with their `articleBody`.

ground-truth.json     {id: {"articleBody", "url"}}
html/ID.html.gz
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from boilerbench.errors import UserError
from boilerbench.types import Gold, Page


def read(folder: Path) -> Iterator[tuple[Page, Gold]]:
    """Pages with their gold, by id."""
    truth = folder / "ground-truth.json"
    try:
        annotations = json.loads(truth.read_text(encoding="utf-8"))
        for page_id, annotation in sorted(annotations.items()):
            file = folder / "html" / f"{page_id}.html.gz"
            url = annotation["url"]
            yield (
                Page(
                    id=page_id,
                    html=gzip.decompress(file.read_bytes()),
                    url=url,
                    kind="article",
                    site=urlsplit(url).hostname,
                ),
                Gold(page_id=page_id, text=annotation["articleBody"]),
            )
    except FileNotFoundError as problem:
        raise UserError(
            f"{folder} is not a whole copy of scrapinghub: {Path(problem.filename).name} is missing"
        ) from None
    except (
        OSError,
        EOFError,
        zlib.error,
        ValueError,
        RecursionError,
        KeyError,
        TypeError,
        AttributeError,
    ) as problem:
        raise UserError(f"{folder} is not a whole copy of scrapinghub: {problem!r}") from None
