"""What is done to a finished page, whatever its template: traits that are mistakes of a site."""

import json
import re
from collections.abc import Callable, Iterator, Sequence

TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
# Nothing inside these is markup, or may move.
OPAQUE = re.compile(
    r"<!--.*?-->|<!doctype[^>]*>|<(script|style|template|noscript|textarea|title|svg|pre)\b.*?</\1\s*>",
    re.DOTALL | re.IGNORECASE,
)
BLOCK = frozenset(
    "article aside blockquote details dialog dl dt dd fieldset figcaption figure footer h1 h2 h3 h4"
    " h5 h6 header hgroup main nav p section summary".split()
)
INLINE = frozenset("abbr address cite em mark q strong b i small time u".split())
ROLES = re.compile(r"""\s(?:role|itemprop|itemtype|itemscope)(?:=(?:"[^"]*"|'[^']*'|[^\s>]+))?""")


def declared(encoding: str, wrong: bool) -> str:
    """The encoding that a page declares: a wrong one is the one that sites get wrong most."""
    if not wrong:
        return encoding
    return "iso-8859-1" if encoding == "utf-8" else "utf-8"


def div_soup(html: str) -> str:
    """Semantic elements become `div` and `span`, without roles and microdata."""
    return _tags(html, _soup)


def broken_nesting(html: str) -> str:
    """Every third `</p>` and every ninth `</div>` and `</li>` of the body is left out, and where
    `</b>` or `</strong>` stands before the end tag of an `a`, `p`, `em` or `i`, the two are in the
    wrong order."""
    head, body, rest = html.partition("<body")
    seen: dict[str, int] = {}

    def drop(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        every = {"p": 3, "div": 9, "li": 9}.get(name)
        if not tag[1] or every is None:
            return tag[0]
        seen[name] = seen.get(name, 0) + 1
        return "" if seen[name] % every == 0 else tag[0]

    broken = _tags(rest, drop)
    crossed = re.sub(r"(</(?:b|strong)>)(</(?:a|p|em|i)>)", r"\2\1", broken)
    return head + body + crossed


def hidden(texts: Sequence[str], nth: int) -> str:
    """Text of other pages that no reader sees, in one of the ways in which sites hide it."""
    ways = ('style="display:none"', "hidden", 'class="sr-archive" style="display: none"')
    paragraphs = "".join(f"<p>{text}</p>" for text in texts)
    return f"<div {ways[nth % len(ways)]}>{paragraphs}</div>"


def json_ld(text: str, title: str) -> str:
    """A script of data that holds the whole text."""
    data = {"@context": "https://schema.org", "@type": "Article"}
    data |= {"headline": title, "articleBody": text}
    # What would end the script early, or begin a comment, is written as an escape.
    written = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{written}</script>\n'


def _soup(tag: re.Match[str]) -> str:
    name, rest = tag[2].lower(), tag[3]
    as_name = "div" if name in BLOCK else "span" if name in INLINE else tag[2]
    return f"<{tag[1]}{as_name}{ROLES.sub('', rest)}>"


def _tags(html: str, change: Callable[[re.Match[str]], str]) -> str:
    return "".join(piece if opaque else TAG.sub(change, piece) for opaque, piece in _pieces(html))


def _pieces(html: str) -> Iterator[tuple[bool, str]]:
    """The page in pieces, those that must stay as they are told apart."""
    at = 0
    for found in OPAQUE.finditer(html):
        yield False, html[at : found.start()]
        yield True, found[0]
        at = found.end()
    yield False, html[at:]
