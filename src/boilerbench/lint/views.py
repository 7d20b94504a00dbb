"""A page and its gold as the checks see them: each text folded and tokenised once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from boilerbench.dom import blocks, decoded
from boilerbench.text import fold, tokens
from boilerbench.types import Gold, Page

_LINK_TARGET = re.compile(r"\]\([^()\s]*\)")
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


def squeezed(text: str) -> str:
    """Folded, and every run of white space one space: what snippets are compared in."""
    return " ".join(fold(text).split())


def triples(found: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The runs of three tokens."""
    return zip(found, found[1:], found[2:], strict=False)


class PageView:
    """The visible text of a page before scripts run, and what of it is made from that."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.blocks = [block.text for block in blocks(page.html)]

    @cached_property
    def folded(self) -> list[str]:
        """The blocks, squeezed."""
        return [squeezed(block) for block in self.blocks]

    @cached_property
    def text(self) -> str:
        """All visible text, folded; a line is a block."""
        return "\n".join(self.folded)

    @cached_property
    def solid(self) -> str:
        """The visible tokens without anything between them."""
        return "".join(self.tokens)

    @cached_property
    def tokens(self) -> list[str]:
        """The tokens of the visible text, in order."""
        return tokens(self.text)

    @cached_property
    def counted(self) -> Counter[str]:
        """The visible tokens as a multiset."""
        return Counter(self.tokens)

    @cached_property
    def triples(self) -> set[tuple[str, str, str]]:
        """The runs of three visible tokens."""
        return set(triples(self.tokens))

    @cached_property
    def source(self) -> str:
        """The HTML as text, not parsed."""
        return decoded(self.page.html)


class GoldView:
    """The gold text of a page. Where it is Markdown itself, without link targets and HTML tags,
    which are no text of the page."""

    def __init__(self, gold: Gold) -> None:
        self.gold = gold
        text = gold.text
        if gold.markdown and gold.text == gold.markdown:
            text = _TAG.sub(" ", _LINK_TARGET.sub("]", text))
        self.plain = text

    @cached_property
    def lines(self) -> list[str]:
        """The lines that have text, as they are but for white space around them."""
        return [line for line in map(str.strip, self.plain.splitlines()) if line]

    @cached_property
    def text(self) -> str:
        """The gold, squeezed."""
        return squeezed(self.plain)

    @cached_property
    def tokens(self) -> list[str]:
        """The tokens of the gold, in order."""
        return tokens(self.text)
