"""boilerpy3, boilerpipe in Python: one of its extractors, ArticleExtractor if nothing is said."""

from __future__ import annotations

from typing import Any

from boilerpy3 import extractors

from boilerbench.types import Page
from boilerbench.worker.adapters.decoding import DECODED, decoded
from boilerbench.worker.adapters.options import check_known, check_values
from boilerbench.worker.loop import Extract

DISTRIBUTION = "boilerpy3"
EXTRACTORS = {
    "article": extractors.ArticleExtractor,
    "canola": extractors.CanolaExtractor,
    "default": extractors.DefaultExtractor,
    "everything": extractors.KeepEverythingExtractor,
    "largest": extractors.LargestContentExtractor,
    "numwords": extractors.NumWordsRulesExtractor,
    "sentences": extractors.ArticleSentencesExtractor,
}


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """`extractor=` is a key of `EXTRACTORS`; there are no other options."""
    check_values(options, {"extractor": "article"})
    chosen = options.get("extractor", "article")
    check_known(chosen, EXTRACTORS, "extractor")
    extractor = EXTRACTORS[chosen]

    def extract(page: Page) -> str:
        # Its filters keep a page's title for themselves, so that each page has its own.
        text: str = extractor().get_content(decoded(page.html))
        return text

    return extract, {
        "call": f"{extractor.__name__}().get_content(text)",
        "decoding": DECODED,
        "text by": "the library: a line for each block",
        **options,
    }
