"""newspaper4k splits Korean into words by NLTK, which wants to split it into sentences first, by
data that must be downloaded. Words come out the same without, but for full stops."""

from __future__ import annotations

import functools

import nltk

KOREAN = "words split without NLTK's sentences"
"""What an adapter says of it in `given`."""


def split_words_only() -> None:
    """Must be called before newspaper4k sees a Korean page, which is when it asks for NLTK."""
    nltk.word_tokenize = functools.partial(nltk.word_tokenize, preserve_line=True)
