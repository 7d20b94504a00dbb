"""Normalising and tokenising: our own way, the same for every language, and those of published
evaluations.

`\\w+` takes a whole Chinese or Japanese sentence for one token, so that a single wrong character
costs the sentence. Scripts that are written without spaces are therefore cut into characters with
their combining marks (extended grapheme clusters without the rules for emoji), every other script
into words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

import regex

from boilerbench.errors import UserError
from boilerbench.runs import Runs

NO_SPACE_SCRIPTS = ("Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar")

# Script_Extensions, so that the prolonged sound mark of Katakana words counts as Japanese.
_NO_SPACE = "".join(rf"\p{{scx={script}}}" for script in NO_SPACE_SCRIPTS)

# Script_Extensions also gives Thai the apostrophe of Ukrainian words, U+02BC, which is no character
# of its own.
_ALONE = rf"[[[{_NO_SPACE}]&&[\p{{L}}\p{{N}}]]--[\u02bc]]"

_TOKEN = regex.compile(rf"{_ALONE}\p{{M}}*|[\w--{_ALONE}]+", regex.V1)
_WORD = Runs(regex.compile(r"\w+"))
# Nothing below U+0E00, and no punctuation of U+2000 to U+2E7F, belongs to a script without spaces:
# most texts take the simple pattern, which is three times as fast and gives the same tokens.
_MAY_LACK_SPACES = re.compile("[\u0e00-\u1fff\u2e80-\U0010ffff]")
# What \w is to Python's own re, and so to published scripts: without the combining marks that it is
# to the regex package.
python_words = Runs(re.compile(r"\w+"))
rouge_tokens = Runs(re.compile(r"[a-z0-9]+"))
"""As in the rouge-score package: letters beyond a to z separate tokens."""
dragnet_tokens = Runs(re.compile(r"[^\W_]+"))
"""What stands between characters that are no letters or digits, as in dragnet."""
_IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}+")


def fold(text: str) -> str:
    """NFKC, case-folded, without invisible code points (soft hyphens, joiners, zero width space).

    This is NFKC_Casefold of the Unicode Standard, section 3.13, which makes `Straße` and
    `STRASSE`, `ﬁne` and `fine`, and a word with and without a soft hyphen equal.
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", _IGNORABLE.sub("", folded))


def has_lone_surrogate(text: str) -> bool:
    """Whether half a character stands in it, as JSON and odd file names allow: no file can hold
    that as UTF-8."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def tokens(folded: str) -> list[str]:
    """The tokens of a text, in order: words, or single characters in scripts without spaces."""
    if not _MAY_LACK_SPACES.search(folded):
        return _WORD(folded)
    found: list[str] = _TOKEN.findall(folded)
    return found


def keep(text: str) -> str:
    """The text as it is."""
    return text


def jieba_tokens(text: str) -> list[str]:
    """Words as jieba segments them, spaces and punctuation among them, as in WebMainBench; none
    where there is only white space. Raises `UserError` where jieba is not installed."""
    try:
        import jieba
    except ImportError:
        raise UserError(
            "tok=jieba needs the package jieba", "pip install 'boilerbench[webmainbench]'"
        ) from None
    jieba.setLogLevel("WARNING")
    return jieba.lcut(text) if text.strip() else []


NORMALISERS: Mapping[str, Callable[[str], str]] = {
    "nfkc_casefold": fold,
    "lower": str.lower,
    "keep": keep,
}

TOKENISERS: Mapping[str, Callable[[str], Sequence[str]]] = {
    "unicode": tokens,
    "word": python_words,
    "space": str.split,
    "alnum": rouge_tokens,
    "dragnet": dragnet_tokens,
    "jieba": jieba_tokens,
    "char": keep,
}
