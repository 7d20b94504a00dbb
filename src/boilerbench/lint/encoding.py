"""Text that was decoded wrongly, in the gold or on the page.

Mojibake is told as ftfy does: by sequences of characters that no language writes, and only where
decoding the line again mends it. What stands for lost characters needs no second look: U+FFFD,
and the controls U+0080 to U+009F, which are Windows-1252 or UTF-8 taken for Latin-1.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ftfy import fix_encoding
from ftfy.badness import is_bad

from boilerbench.lint.finding import Finding, quoted
from boilerbench.lint.views import GoldView, PageView

# Next line (U+0085) is white space in Unicode. The words are U+FFFD as UTF-8 taken for GBK, and
# what uninitialised memory is in it.
_LOST = re.compile("[\ufffd\x80-\x84\x86-\x9f]|锟斤拷|烫烫烫|屯屯屯")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}[0-9]{0,2});")


def encoding(page: PageView, gold: GoldView) -> Iterator[Finding]:
    """Damage in the gold, and in the visible text of the page."""
    yield from _damage("damaged-gold", gold.lines, _entities(page, gold))
    yield from _damage("damaged-page", page.blocks, ())


def _damage(kind: str, texts: Iterable[str], entities: Sequence[str]) -> Iterator[Finding]:
    lost: list[str] = []
    mojibake: list[str] = []
    for text in texts:
        if is_bad(text) and fix_encoding(text) != text:
            mojibake.append(text)
        elif _LOST.search(text):
            lost.append(text)
    said = []
    if mojibake:
        said.append(f"{_lines(mojibake)} with mojibake, {quoted(_mojibake(mojibake[0]))}")
    if lost:
        found = _LOST.search(lost[0])
        at = found.start() if found else 0
        said.append(f"{_lines(lost)} with lost characters, {quoted(_around(lost[0], at))}")
    if entities:
        said.append(
            f"{len(entities)} unresolved entit{'ies' if len(entities) > 1 else 'y'}, {entities[0]}"
        )
    if said:
        yield Finding(kind, "; ".join(said), len(lost) + len(mojibake) + len(entities))


def _entities(page: PageView, gold: GoldView) -> list[str]:
    """The entities that the gold writes out and the page does not: one on HTML may show them."""
    written = Counter(_ENTITY.findall(gold.gold.text))
    if written:
        written -= Counter(_ENTITY.findall("\n".join(page.blocks)))
    return [entity for entity in written.elements() if html.unescape(entity) != entity]


def _mojibake(text: str) -> str:
    """The surroundings of the first character that mending changes."""
    pairs = zip(text, fix_encoding(text), strict=False)
    return _around(text, next((at for at, (old, new) in enumerate(pairs) if old != new), 0))


def _around(text: str, at: int) -> str:
    return text[max(0, at - 15) : at + 15]


def _lines(found: Sequence[str]) -> str:
    return f"{len(found)} line{'s' * (len(found) > 1)}"
