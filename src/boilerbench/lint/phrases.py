"""Phrases of page furniture in the gold, in the languages of the corpora at hand.

A phrase counts where it is a whole line, or all that follows the last full stop of one: an article
may well say what a cookie banner says, but in a sentence of its own. What only furniture ever says
counts within a line too, if the line is short. The phrases stand in phrases.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from boilerbench.lint.finding import Finding, quoted
from boilerbench.lint.views import GoldView, squeezed
from boilerbench.text import fold

_FILE = Path(__file__).with_name("phrases.txt")
_LONGEST = 200
"""Characters of a line in which a phrase counts."""
_EDGES = "-–—•·*|<>«»\u2039\u203a←→▸▾▼:;,[] "
_STOPS = ".!?"
_LAST = re.compile(r"[.!?。»”\"](?=[^.!?。»”\"]+$)")
"""In a folded line, whose full-width characters are the usual ones."""


def phrases(gold: GoldView) -> Iterator[Finding]:
    """The lines of the gold that are furniture."""
    found = [line for line in gold.lines if _is_furniture(line)]
    if found:
        detail = f"{len(found)} of {len(gold.lines)} lines, the first {quoted(found[0][-60:])}"
        yield Finding("boilerplate-in-gold", detail, len(found))


def _is_furniture(line: str) -> bool:
    whole, within = _patterns()
    folded = squeezed(line).strip(_EDGES)
    # An author's own request (“… Leave a comment.”) is a sentence, and ends as one.
    unended = folded.removesuffix("...")
    stop = _LAST.search(unended)
    after = unended[stop.end() :].strip(_EDGES) if stop else ""
    if 0 < len(after) <= _LONGEST and not after.startswith("©") and whole.fullmatch(after):
        return True
    if len(folded) > _LONGEST:
        return False
    return bool(whole.fullmatch(folded.strip(_EDGES + _STOPS)) or within.search(folded))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What must be the whole of a line, and what may stand within one."""
    _, whole, within = re.split(r"(?m)^\[.*\]$", _FILE.read_text(encoding="utf-8"))
    return _joined(whole), _joined(within)


def _joined(section: str) -> re.Pattern[str]:
    lines = [line for line in section.splitlines() if line and not line.startswith("#")]
    return re.compile("|".join(f"(?:{fold(line)})" for line in lines))
