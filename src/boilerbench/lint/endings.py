"""Gold that ends within a sentence.

That a text ends without a full stop says little: headings, lists, tables, code, poems and bylines
do. What counts is that the page goes on: the last words of the gold stand in a block of the page,
end no such block, and the block continues the sentence after them.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from boilerbench.lint.finding import Finding, quoted
from boilerbench.lint.views import GoldView, PageView
from boilerbench.text import fold, tokens

_TAIL = 40
"""Characters of the gold's last line by which its place on the page is found."""
_TOKENS = 6
"""A last line of fewer tokens is rarely a sentence, and may stand anywhere on the page."""

_ENDED = regex.compile(
    r"[\p{Sentence_Terminal}\p{Terminal_Punctuation}…⋯]"
    r"[\p{Pe}\p{Pf}\p{Pi}\p{Po}\p{S}\p{M}\s\d]*$"
)
"""Terminal punctuation of any script, with what may close after it."""
# What follows, without white space, continues a sentence if it begins with a small letter, perhaps
# after a comma. A capital (a name, a German noun) or a letter of a script without case does so only
# if a full stop is still to come.
_GOES_ON = regex.compile(
    r"[,;\u060c\u061b\u3001\uff0c\uff1b]?"
    r"(?:\p{Ll}|\p{L}[^\p{Sentence_Terminal}]*\p{Sentence_Terminal})"
)


def ending(page: PageView, gold: GoldView) -> Iterator[Finding]:
    """The gold's last line, if the page continues it."""
    last = gold.lines[-1] if gold.lines else ""
    tail = "".join(last.split())[-_TAIL:]  # mark-up may add white space, and take it away
    if _ENDED.search(tail) or len(tokens(fold(last))) < _TOKENS:
        return
    rests = [
        block[place + len(tail) :]
        for block in ("".join(block.split()) for block in page.blocks)
        if (place := block.rfind(tail)) >= 0
    ]
    if rests and all(_GOES_ON.match(rest) for rest in rests):
        detail = f"ends {quoted(last[-30:])}, the page goes on {quoted(rests[0][:30])}"
        yield Finding("cut-sentence", detail)
