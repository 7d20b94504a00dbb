"""dragnet's data: news and blog pages with the article, and after it the readers' comments.

HTML/ID.html, or dragnet_HTML.tar.gz                    the pages, folder or archive
Corrected/ID.html.corrected.txt, or dragnet_Corrected.tar.gz
training.txt, test.txt                                  the ids of the two splits, one a line

A line `!@#$%^&*()  COMMENTS` parts the article from the comments; on some pages it was typed with
a sign less or another number of spaces. The gold is the article alone. The comments stand for
nothing here: they are not all of the rest of a page, as blocks would be.

Texts are in several encodings, see `decoding`. No address is stated, so `url` and `site` are None.
"""

from __future__ import annotations

import gzip
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from boilerbench.corpora.copies import whole_copy
from boilerbench.corpora.decoding import decoded
from boilerbench.errors import unknown_name
from boilerbench.types import Gold, Page

SPLITS = ("test", "training")

TEXT_ENDING = ".html.corrected.txt"

# Begun only where a run of such signs begins, so that a long one takes no quadratic time.
_COMMENTS = re.compile(r"(?<![!@#$%^&*() \t])[ \t]*+!@[!@#$%^&*() \t]{4,}+COMMENTS")


def read(folder: Path, split: str) -> Iterator[tuple[Page, Gold]]:
    """The pages of a split with their gold, by id. Archives are read, never unpacked."""
    if split not in SPLITS:
        raise unknown_name("split of dragnet", split, SPLITS)
    with (
        whole_copy(folder, "dragnet"),
        _files(folder, "HTML") as pages,
        _files(folder, "Corrected") as texts,
    ):
        for page_id in _ids(folder / f"{split}.txt"):
            yield (
                Page(id=page_id, html=pages(f"{page_id}.html"), kind="article"),
                Gold(page_id=page_id, text=article(decoded(texts(f"{page_id}{TEXT_ENDING}")))),
            )


def article(text: str) -> str:
    """A gold text without the comments, and without white space at either end."""
    comments = _COMMENTS.search(text)
    return (text[: comments.start()] if comments else text).strip()


def _ids(listed: Path) -> list[str]:
    ids = sorted(set(decoded(listed.read_bytes()).split()))
    for page_id in ids:
        if not {"/", "\\", "\0"}.isdisjoint(page_id):
            raise ValueError(f"{listed.name}: {page_id!r} is not an id")
    return ids


@contextmanager
def _files(folder: Path, name: str) -> Iterator[Callable[[str], bytes]]:
    """What gives the bytes of a file by its name, from the folder `name` or its archive."""
    if (folder / name).is_dir():
        yield lambda file: (folder / name / file).read_bytes()
        return
    archive = folder / f"dragnet_{name}.tar.gz"
    if not archive.is_file():
        raise FileNotFoundError(2, "no folder and no archive", str(folder / name))
    with tempfile.TemporaryFile() as unzipped:
        # Files are asked for by id, not in the order of the archive, and gzip cannot go back.
        with gzip.open(archive) as zipped:
            shutil.copyfileobj(zipped, unzipped)
        unzipped.seek(0)
        try:
            with tarfile.open(fileobj=unzipped, mode="r:") as packed:
                # A file with holes may say that it is larger than any memory.
                members = {
                    PurePosixPath(one.name).name: one
                    for one in packed
                    if one.isfile() and not one.issparse()
                }
                yield lambda file: _member(packed, members, file)
        except tarfile.TarError as problem:
            raise ValueError(f"{archive.name}: {problem}") from None


def _member(packed: tarfile.TarFile, members: dict[str, tarfile.TarInfo], file: str) -> bytes:
    if file not in members:
        raise FileNotFoundError(2, "not in the archive", file)
    content = packed.extractfile(members[file])
    assert content is not None  # only files are members
    return content.read()
