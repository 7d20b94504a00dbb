"""goose3, with the stop words of the page's own language, and its own splitters of words for the
languages that need one. It fetches no images, which is its default.

Of a language that it has no stop words of, it would find no text at all. Such a page is taken for
English, which is its own default for a page whose language is not known: in Latin letters, many
languages share enough short words with it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from goose3 import Goose, text
from goose3.configuration import Configuration

from boilerbench.types import Page
from boilerbench.worker.adapters.decoding import DECODED, decoded
from boilerbench.worker.adapters.language import declared, primary
from boilerbench.worker.adapters.options import check_known, check_values
from boilerbench.worker.loop import Extract

DISTRIBUTION = "goose3"
OPTIONS = ("parse_lists", "pretty_lists", "parse_headers", "keep_footnotes", "target_language")
SPLITTERS = {
    "ar": "StopWordsArabic",
    "ja": "StopWordsJapanese",
    "ko": "StopWordsKorean",
    "zh": "StopWordsChinese",
}
LISTS = Path(text.__file__).parent / "resources" / "text"
LANGUAGES = {file.stem.removeprefix("stopwords-") for file in LISTS.glob("stopwords-*.txt")}


class StopWords(text.StopWords):  # type: ignore[misc]
    """goose3's, but English where it has none."""

    def __init__(self, language: str = "en") -> None:
        super().__init__(language if language in LANGUAGES else "en")


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """`target_language=de` fixes the language for every page; the rest are what a `Configuration`
    says of lists, headings and footnotes."""
    check_values(options, {name: getattr(Configuration(), name) for name in OPTIONS})
    settings = dict(options)
    fixed = settings.pop("target_language", None)
    if fixed is not None:
        check_known(fixed, LANGUAGES, "language")
    # One for each language: a Goose is never freed, since its own finalizer holds on to it. It
    # keeps nothing of a page.
    ready: dict[str | None, Goose] = {}

    def extract(page: Page) -> str | None:
        html = decoded(page.html)
        if not html:
            return None  # it would look for a URL instead
        language = fixed or primary(page.lang) or declared(html)
        if language not in ready:
            ready[language] = Goose(settings | _of_language(language))
        found: str = ready[language].extract(raw_html=html).cleaned_text
        return found

    return extract, {
        "call": "Goose({…}).extract(raw_html=text).cleaned_text",
        "language": fixed or "corpus, else html lang, else its own guess",
        "stop words": "of that language; English where it has none",
        "decoding": DECODED,
        "text by": "the library",
        **settings,
    }


def _of_language(language: str | None) -> dict[str, Any]:
    if language is None:
        return {"stopwords_class": StopWords}
    splitter = getattr(text, SPLITTERS.get(language, ""), StopWords)
    return {
        "target_language": language,
        "use_meta_language": False,
        "stopwords_class": splitter,
    }
