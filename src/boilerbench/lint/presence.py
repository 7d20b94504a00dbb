"""Gold that is empty, or not on its page; pages that show nothing; snippets in the wrong place."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from boilerbench.lint.finding import Finding, quoted
from boilerbench.lint.views import GoldView, PageView, squeezed, triples
from boilerbench.text import fold, tokens

MISSING_SHARE = 0.05
"""Share of gold tokens that may be absent from the visible text. White space that mark-up adds or
takes away, list numbers and the like cost a text one or two percent."""
MISSING_TOKENS = 5
"""Fewer missing tokens are no defect, whatever their share of a short gold text."""
FOUND_ELSEWHERE = 0.8
"""Share of the missing tokens that must stand in scripts for these to hold the gold. Function
words alone, which stand in every long script, are about half of a text."""
REPEATED = 0.95
"""Share of the gold's text in lines that the page shows, each for itself, for what is missing to be
repetitions."""
SNIPPET_SHARE = 0.8
"""Share of a snippet's runs of three tokens that make it stand on the page."""
VISIBLE_TOKENS = 10

_SCRIPT_TAG = re.compile(r"<(/?)script\b[^<>]*>", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[nrt/\"'\\])")


def presence(page: PageView, gold: GoldView, has_texts: bool) -> Iterator[Finding]:
    """What is missing. `has_texts` says whether any page of the corpus has a gold text: where none
    has, an empty one is no defect."""
    count = len(page.tokens)
    if count == 0 or count < min(VISIBLE_TOKENS, len(gold.tokens)):
        yield Finding(
            "no-visible-text", f"{count} token{'s' * (count != 1)} before scripts run", count
        )
    if gold.tokens:
        yield from _missing(page, gold)
    elif has_texts:
        yield Finding("empty-gold", "no token in the gold text")
    yield from _snippets(page, gold, has_texts)


def _missing(page: PageView, gold: GoldView) -> Iterator[Finding]:
    wanted = Counter(gold.tokens)
    missing = wanted - page.counted
    count, total = sum(missing.values()), len(gold.tokens)
    if count < MISSING_TOKENS or count <= MISSING_SHARE * total:
        return
    if _shows_lines(page, gold):
        detail = f"{count} of {total} gold tokens are there more often than on the page"
        yield Finding("gold-repeated", detail, count / total)
        return
    script, markup = (Counter(tokens(fold(text))) for text in _scripts_apart(page.source))
    # Pages often have the text in both places; then what is hidden is nearer to the reader.
    left, kind = min(
        (sum((wanted - markup).values()), "gold-hidden"),
        (sum((wanted - page.counted - script).values()), "gold-in-script"),
    )
    if left > (1 - FOUND_ELSEWHERE) * count:
        kind = "gold-not-on-page"
    first = next(token for token in gold.tokens if token in missing)
    detail = f"{count} of {total} gold tokens are not visible, the first of them {quoted(first)}"
    yield Finding(kind, detail, count / total)


def _shows_lines(page: PageView, gold: GoldView) -> bool:
    """Whether nearly all of the gold stands in lines that the page shows, each for itself. A line
    is looked for from where the last one was found, and only then in what is before: most golds
    follow their page, and to look through all of it for each line would be quadratic."""
    left, at = (1 - REPEATED) * len(gold.tokens), 0
    for line in gold.lines:
        words = tokens(squeezed(line))
        solid = "".join(words)
        found = page.solid.find(solid, at)
        if found < 0:
            found = page.solid.find(solid, 0, at + len(solid))
        if found >= 0:
            at = found
        else:
            left -= len(words)
            if left < 0:
                return False
    return True


def _scripts_apart(source: str) -> tuple[str, str]:
    """What stands in scripts, with its escapes resolved, and all the rest of the mark-up, the
    visible text included."""
    scripts: list[str] = []
    rest: list[str] = []
    at, inside = 0, False
    for tag in _SCRIPT_TAG.finditer(source):
        (scripts if inside else rest).append(source[at : tag.start()])
        at, inside = tag.end(), not tag[1]
    (scripts if inside else rest).append(source[at:])
    script = html.unescape(_ESCAPE.sub(_unescaped, " ".join(scripts)))
    return script, html.unescape(" ".join(rest))


def _unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else " "


def _snippets(page: PageView, gold: GoldView, has_texts: bool) -> Iterator[Finding]:
    """Snippets are looked for in the gold as metrics do, white space apart; on the page by their
    tokens, since mark-up parts what stands together, and annotators leave out what stands
    between."""
    must = [snippet for snippet in gold.gold.must if tokens(fold(snippet))]
    must_not = [snippet for snippet in gold.gold.must_not if tokens(fold(snippet))]
    if has_texts:
        solid = _solid(gold.text)
        absent = [snippet for snippet in must if _solid(fold(snippet)) not in solid]
        yield from _listed("must-missing-from-gold", absent, "not in the gold", len(must))
    absent = [snippet for snippet in must if not _shown(tokens(fold(snippet)), page)]
    yield from _listed("must-missing-from-page", absent, "not on the page", len(must))
    unwanted = [snippet for snippet in must_not if squeezed(snippet) in gold.text]
    yield from _listed("must-not-in-gold", unwanted, "in the gold", len(must_not))


def _shown(snippet: Sequence[str], page: PageView) -> bool:
    """Whether the page shows the snippet as a whole, or most of its runs of three tokens."""
    if "".join(snippet) in page.solid:
        return True
    runs = set(triples(snippet))
    return bool(runs) and len(runs & page.triples) >= SNIPPET_SHARE * len(runs)


def _solid(folded: str) -> str:
    return "".join(folded.split())


def _listed(kind: str, snippets: Sequence[str], where: str, of: int) -> Iterator[Finding]:
    if snippets:
        detail = f"{len(snippets)} of {of} snippets {where}: {quoted(snippets[0])}"
        yield Finding(kind, detail, len(snippets))
