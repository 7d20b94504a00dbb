"""newspaper4k: `Article.parse`, with the stop words of the page's own language.

No images are fetched, and there is no URL to fetch anything from: a page's text does not depend on
it. For Arabic, Chinese, Hindi, Japanese, Korean, Thai and some others its tokenisers are packages
of their own, and the environment has them.
"""

from __future__ import annotations

from typing import Any

from newspaper import Article
from newspaper.utils import get_available_languages

from boilerbench.types import Page
from boilerbench.worker.adapters.decoding import DECODED, decoded
from boilerbench.worker.adapters.document_order import DOCUMENT_ORDER, keep_document_order
from boilerbench.worker.adapters.korean import KOREAN, split_words_only
from boilerbench.worker.adapters.language import primary
from boilerbench.worker.adapters.options import check_known, check_values
from boilerbench.worker.loop import Extract

DISTRIBUTION = "newspaper4k"


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """`language=de` fixes the language for every page, `max_text` is where a text is cut off."""
    check_values(options, {"language": "en", "max_text": 100_000})
    settings = dict(options)
    fixed = settings.pop("language", None)
    languages = frozenset(get_available_languages())
    if fixed is not None:
        check_known(fixed, languages, "language")
    keep_document_order()
    split_words_only()

    def extract(page: Page) -> str:
        language = fixed or primary(page.lang)
        stated = {"language": language} if language in languages else {}
        article = Article("", fetch_images=False, **settings, **stated)
        article.download(input_html=decoded(page.html))
        article.parse()
        text: str = article.text
        return text

    return extract, {
        "call": "Article('', language=…, fetch_images=False).parse()",
        "language": fixed or "corpus, else what the page declares, else English",
        "Korean": KOREAN,
        "ties": DOCUMENT_ORDER,
        "decoding": DECODED,
        "text by": "the library",
        **settings,
    }
