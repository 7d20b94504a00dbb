"""trafilatura's own evaluation: pages with a few decisive snippets each, in many languages.

tests/evaldata.json     {address: {"file", "with": [snippet], "without": [snippet], …}}
tests/cache/FILE, or else tests/eval/FILE

The annotators marked 1 to 6 snippets that belong to the main text and 1 to 6 that do not; nobody
wrote the whole text down. `Gold.text` is therefore empty on every page, and only a metric that
needs snippets says anything here: one that compares texts would praise whoever returns nothing.
Pages are raw bytes as fetched, in mixed encodings. No language is stated, so `lang` is None.

37 keys are labels such as `hard::NAME`, or misspelt, and no address: `url` and `site` are None
there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from boilerbench.corpora.copies import host_of, json_object, text_in, texts_in, whole_copy
from boilerbench.types import Gold, Page

PLACES = ("cache", "eval")
"""Folders of pages: what stands in the first hides a page of the same name in the second."""


def read(folder: Path) -> Iterator[tuple[Page, Gold]]:
    """Pages with their gold, by id: the name of the page's file without its suffix, or the whole
    name where two differ in nothing else."""
    with whole_copy(folder, "trafilatura"):
        annotations = json_object(folder / "tests" / "evaldata.json")
        files = {key: _file_name(annotation, key) for key, annotation in annotations.items()}
        for page_id, key in sorted(_ids(files).items()):
            annotation = annotations[key]
            url = _address(key)
            yield (
                Page(
                    id=page_id,
                    html=_page(folder / "tests", files[key]).read_bytes(),
                    url=url,
                    site=host_of(url),
                ),
                Gold(
                    page_id=page_id,
                    text="",
                    must=texts_in(annotation, "with", key),
                    must_not=texts_in(annotation, "without", key),
                ),
            )


def _file_name(annotation: dict[str, object], key: str) -> str:
    name = text_in(annotation, "file", key)
    if Path(name).name != name:
        raise ValueError(f"{key}: {name!r} is not the name of a file")
    return name


def _ids(files: dict[str, str]) -> dict[str, str]:
    """The key of each page by the page's id."""
    stems = Counter(Path(name).stem for name in files.values())
    ids: dict[str, str] = {}
    for key, name in files.items():
        page_id = name if stems[Path(name).stem] > 1 else Path(name).stem
        if page_id in ids:
            raise ValueError(f"the page {name!r} is annotated twice: {ids[page_id]} and {key}")
        ids[page_id] = key
    return ids


def _page(folder: Path, name: str) -> Path:
    found = [folder / place / name for place in PLACES if (folder / place / name).is_file()]
    return found[0] if found else folder / PLACES[-1] / name


def _address(key: str) -> str | None:
    url = key.strip()
    return url if urlsplit(url).scheme in ("http", "https") else None
