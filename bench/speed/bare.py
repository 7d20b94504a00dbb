"""The bare loop: one process per core, the library called directly, nothing kept.

`python bare.py FOLDER PROCESSES` runs the three extractors of the default suite over a copy of
scrapinghub's pages. What it calls is what boilerbench's adapters call.
"""

import gzip
import multiprocessing
import sys
from pathlib import Path


def trafilatura(file: Path) -> int:
    """Characters of text that trafilatura finds."""
    import trafilatura

    return len(trafilatura.extract(gzip.decompress(file.read_bytes())) or "")


def readability(file: Path) -> int:
    """Characters of text that readability-lxml finds, its HTML made text by html-text."""
    import html_text
    from readability import Document

    html = gzip.decompress(file.read_bytes())
    return len(html_text.extract_text(Document(html).summary(html_partial=True)))


def justext(file: Path) -> int:
    """Characters of text that jusText finds with its English stop list."""
    import justext

    html = gzip.decompress(file.read_bytes())
    found = justext.justext(html, justext.get_stoplist("English"))
    return len("\n\n".join(p.text for p in found if not p.is_boilerplate))


if __name__ == "__main__":
    files = sorted((Path(sys.argv[1]) / "html").glob("*.html.gz"))
    with multiprocessing.Pool(int(sys.argv[2])) as pool:
        for extract in (trafilatura, readability, justext):
            total = sum(pool.imap_unordered(extract, files))
            print(f"{extract.__name__}: {total} characters")
