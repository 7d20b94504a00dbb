"""Where in a page an element puts its text: into the main text, the navigation, a list of related
links, and so on, by its tag, its ARIA role, and the names of its classes and its id.

Names are read word by word, as they are written on the web: `related-posts`, `relatedPosts` and
`block__related_posts` have the word `related`. A name that says what a page has, or has not, says
it of no element that is called the same: with `has-sidebar`, `sidebar` says nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

MAIN = "main"
HIDDEN = "hidden"

PLACES = (
    MAIN,
    "heading",
    "list",
    "table",
    "code",
    "quote",
    "caption",
    "title",
    "byline",
    "dateline",
    "author",
    "navigation",
    "header",
    "footer",
    "aside",
    "related",
    "comments",
    "share",
    "newsletter",
    "advert",
    "cookie",
    "paywall",
    "form",
    "dialog",
    HIDDEN,
)
"""All there are: running text that nothing else is said of, the other parts of a main text, what
stands around it, and what a reader does not see."""

_PARTS = frozenset((MAIN, "heading", "list", "table", "code", "quote", "caption", "title"))
_SHORT = frozenset(("byline", "dateline"))
_WEAK = (_PARTS - {MAIN}) | _SHORT | {"form", "aside"}
"""What stands around the main text has headings, lists, asides and forms too: they are part of
it."""

_WHOLE = frozenset((HIDDEN, "comments", "code"))
"""Everything in one of these belongs to it."""

_TAGS = {
    "main": MAIN,
    **dict.fromkeys(("nav", "menu"), "navigation"),
    "header": "header",
    "footer": "footer",
    "aside": "aside",
    **dict.fromkeys(("form", "search", "button", "select", "textarea"), "form"),
    "dialog": "dialog",
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    "time": "dateline",
    "h1": "title",
    **dict.fromkeys(("h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list"),
    **dict.fromkeys(("pre", "listing", "xmp"), "code"),
    "blockquote": "quote",
}

_ROLES = {
    "main": MAIN,
    **dict.fromkeys(("navigation", "menu", "menubar"), "navigation"),
    "banner": "header",
    "contentinfo": "footer",
    "complementary": "aside",
    **dict.fromkeys(("form", "search"), "form"),
    **dict.fromkeys(("dialog", "alertdialog"), "dialog"),
}

_NAMES = {
    HIDDEN: "sr+only screen+reader visually+hidden visuallyhidden",
    "cookie": (
        "cookie cookies cookiebanner cookiebar cookieconsent cookienotice gdpr ccpa consent "
        "onetrust cli+modal cli+bar privacy+overview"
    ),
    "advert": (
        "ad ads adv advert adverts advertisement advertisements advertising adsense adsbygoogle "
        "adslot adunit sponsor sponsors sponsored taboola outbrain dfp"
    ),
    "comments": "comment comments commentlist disqus respond",
    "newsletter": "newsletter newsletters subscribe subscription mailchimp signup sign+up",
    "paywall": "paywall regwall",
    "related": (
        "related recommended recommendation recommendations trending similar suggested popular "
        "recirc recirculation most+read more+articles more+news more+posts more+stories "
        "also+like read+next up+next latest+news latest+posts recent+posts"
    ),
    "share": "share shares sharing social socials addthis addtoany sharedaddy sharethis",
    "author": (
        "bio about+author author+bio author+box author+card author+info signature cell+user "
        "user+details user+extras user+info user+title"
    ),
    "byline": "byline author authors article+meta entry+meta post+meta",
    "dateline": "dateline date datetime posted+on pubdate published timestamp",
    "navigation": (
        "nav navbar navigation subnav menu menus megamenu submenu breadcrumb breadcrumbs pager "
        "pagination paging skip+link toc"
    ),
    "footer": "footer colophon copyright",
    "header": "masthead topbar global+header main+header page+header site+header",
    "aside": "sidebar aside rail widget+area",
    "caption": "caption figcaption",
    "form": "searchform search+form",
    "dialog": "modal popup",
}
"""Words of names; joined by +, all of them must be there. What comes first wins."""

_RANK = {place: rank for rank, place in enumerate(_NAMES)}
_BY_WORD: dict[str, list[tuple[frozenset[str], str]]] = {}
"""Places by the first of their words, with the other words."""

for _place, _listed in _NAMES.items():
    for _name in _listed.split():
        _first, *_others = _name.split("+")
        _BY_WORD.setdefault(_first, []).append((frozenset(_others), _place))

_STATES = frozenset(
    "has no not non with without hide show is js enabled disabled open opened closed free active"
    " loaded fixed hover focus toggled collapsed expanded layout".split()
)
"""Words of names that say what state something is in, or what it does, not what it is."""

_OF_CONTENT = frozenset("article blog card content entry message post section story".split())
"""Words of names of `<header>` elements that are not the page's."""

_PIECE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]+(?=[0-9]*(?![A-Za-z0-9]))")
"""What stands between signs, with a number after it or none; `ad` of `51ad0f` is no word."""

_HUMP = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}(?![a-z])")
"""A word of camelCase. Shorter ones are mostly parts of names that a program made up."""


@lru_cache(maxsize=1 << 14)
def place_by_names(names: str) -> str | None:
    """The place that the names of an element, separated by white space, say; None if none does."""
    said: set[str] = set()
    denied: set[str] = set()
    for name in names.split():
        places, state = _of_name(name)
        if places:
            (denied if state else said).update(places)
    return min(said - denied, key=_RANK.__getitem__, default=None)


def place_by_element(tag: str, role: str | None, names: str, sectioned: bool) -> str | None:
    """The place that an element's role or its tag says; None if neither does. `sectioned` says that
    it stands within an article or a section, whose header is not the page's."""
    if tag == "header" and not role and (sectioned or _of_content(names)):
        return None
    if tag == "aside" and "quote" in names.split():
        return "quote"  # as Discourse and other forums have it
    return (_ROLES.get(role.strip().lower()) if role else None) or _TAGS.get(tag)


def within(outer: str, inner: str) -> str:
    """The place of a text in an element of the place `inner` that is in one of the place
    `outer`."""
    if outer in _WHOLE:
        return HIDDEN if inner == HIDDEN else outer
    if inner in _WEAK and outer not in _PARTS and outer not in _SHORT:
        return outer
    return inner


def in_row(place: str) -> str:
    """The place of a row of a table of data that is in an element of this place."""
    return within(place, "table")


def believable(place: str, size: int, page: int) -> bool:
    """Whether a name or a form can mean it that has `size` characters of the page's: what holds
    more than half of the page is its frame, unless it is comments, and bylines are short."""
    return size <= _LONGEST_BYLINE if place in _SHORT else place == "comments" or 2 * size <= page


_LONGEST_BYLINE = 200


@lru_cache(maxsize=1 << 14)
def _of_name(name: str) -> tuple[frozenset[str], bool]:
    """The places that a name's words say, and whether it is about a state."""
    words = _words(name)
    places = frozenset(
        place for word in words for others, place in _BY_WORD.get(word, ()) if others <= words
    )
    return places, not words.isdisjoint(_STATES)


def _of_content(names: str) -> bool:
    return any(_words(name) & _OF_CONTENT for name in names.split())


def _words(name: str) -> frozenset[str]:
    pieces = _PIECE.findall(name)
    humps = (hump for piece in pieces if not piece.islower() for hump in _HUMP.findall(piece))
    return frozenset(word.lower() for word in (*pieces, *humps))
