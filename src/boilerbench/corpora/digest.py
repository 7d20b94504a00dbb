"""The identity of a corpus: a digest over ids, page bytes and gold."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from boilerbench.types import Gold, Page


class Digest:
    """SHA-256 over page after page, in the order in which they are added (by id).

    What else is known of a page (its address, language, kind) is part of it, since an extractor
    sees that too. Every part is preceded by its length, so that no two corpora run together.
    """

    def __init__(self) -> None:
        self._sha = hashlib.sha256()

    def add(self, page: Page, gold: Gold) -> None:
        """Take in one page with its gold."""
        about = [page.id, page.url, page.lang, page.kind, page.site]
        said = asdict(gold)
        for late in ("markdown", "level"):  # a corpus without keeps the digest from before them
            if not said[late]:
                del said[late]
        for part in (_canonical(about), page.html, _canonical(said)):
            self._sha.update(len(part).to_bytes(8, "big"))
            self._sha.update(part)

    def __str__(self) -> str:
        return f"sha256:{self._sha.hexdigest()}"


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
