"""An inert copy of a page, in which every text says which block of the page it belongs to.

The copy is written anew, tag by tag, and only what is listed here gets into it: no element that
loads or runs anything, no address, no event handler. The frame that shows it is sandboxed, and its
policy allows nothing but styles; each of the three would do alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from boilerbench.dom import PlacedPage
from boilerbench.markup import ATTRIBUTE, EMPTY, attributes_of

_KEPT = frozenset(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup"
    " dd del details dfn div dl dt em fieldset figcaption figure font footer h1 h2 h3 h4 h5 h6"
    " header hgroup hr i img ins kbd label legend li main mark menu nav ol p pre q rt ruby s"
    " samp search section small span strike strong sub summary sup table tbody td tfoot th thead"
    " time tr tt u ul var wbr x-b".split()
)
_RENAMED = dict.fromkeys(("listing", "plaintext", "xmp"), "pre") | dict.fromkeys(
    "dialog dir form frameset noscript optgroup option select".split(), "div"
)
"""Of the elements that are not kept as they are; any other becomes a `span`."""

_VOID = frozenset(("br", "col", "hr", "img", "wbr"))

_DROPPED = frozenset(
    "annotation annotation-xml area audio base basefont bgsound canvas datalist desc embed frame"
    " head iframe input keygen link meta noembed noframes param rp script source style template"
    " title track video".split()
)
"""What holds no text that a reader could see, as `boilerbench.dom` has it, and what would load or
run something."""

_ATTRIBUTES = frozenset(
    "align alt bgcolor border cellpadding cellspacing class colspan color dir face id lang nowrap"
    " reversed role rowspan size start type valign value width".split()
)

_LONGEST = 2000
"""Characters of an attribute: a longer one is data for a script."""

_STYLES = 200_000
"""Characters of the page's style sheets: one that goes beyond is left out."""

_NO_DISPLAY = re.compile(r"display\s*:\s*none\s*(?:!\s*important)?", re.IGNORECASE)

# An escaped letter could spell the name of a function that loads.
_ESCAPE = re.compile(r"\\+(?=[0-9A-Za-z\n\r\f])")
_LOADING = re.compile(
    r"(?:url|src|image|image-set|cross-fade|element|expression)(?=\()|(?<=@)(?:import|namespace)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Copy:
    """A page without what could act: the attributes of its `<html>` and `<body>` as HTML, its own
    style sheets, and the content of its body. There each text of a block stands in an element
    `x-b` whose attribute `data-b` is the block's number; what the page hides carries `data-hidden`;
    and style attributes are called `data-s`, so that the page can be shown without its styles."""

    root: str
    frame: str
    css: str
    body: str


def inert(page: PlacedPage) -> Copy:
    """The copy of a page. Takes time in proportion to it. Never raises."""
    writer = _Writer()
    numbers = page.numbers
    for place, (raw, end, name, attributes, text) in enumerate(page.tags):
        if raw:
            writer.raw(raw, attributes, text)
            text = text.replace("&", "&amp;").replace("<", "&lt;")
        elif name:
            writer.tag(name.lower(), bool(end), attributes)
        if text:
            writer.text(text, numbers.get(place))
    return Copy(writer.root, writer.frame, "\n".join(writer.sheets), "".join(writer.pieces))


def neutral(css: str) -> str:
    """A style sheet, or a style attribute, of which nothing can load, as functions and rules that
    take an address get names that no browser knows, and which cannot end the element that it stands
    in."""
    return _LOADING.sub(r"x-\g<0>", _ESCAPE.sub("", css)).replace("</", "<\\/")


class _Writer:
    """Writes mark-up anew, tag by tag. Whatever it meets, tags come out of the lists above, and the
    rest is text."""

    def __init__(self) -> None:
        self.root = self.frame = ""
        self.pieces: list[str] = []
        self.sheets: list[str] = []
        self._skipped = ""  # the element whose end is awaited
        self._depth = 0  # and how many of its name are open
        self._styled = 0

    def text(self, text: str, number: int | None) -> None:
        """Write a text, that of a block if it has a number."""
        if self._skipped:
            return
        if '"' in text:
            text = text.replace('"', "&quot;")
        self.pieces.append(text if number is None else f'<x-b data-b="{number}">{text}</x-b>')

    def raw(self, name: str, attributes: str, text: str) -> None:
        """Begin an element whose text is not escaped; keep it if it is a style sheet."""
        if name == "style" and "amp-boilerplate" not in attributes:
            self._sheet(attributes, text)
        self.tag(name, False, attributes)

    def _sheet(self, attributes: str, css: str) -> None:
        if self._styled + len(css) > _STYLES:
            return
        self._styled += len(css)
        media = attributes_of(attributes).get("media")
        css = neutral(css)
        self.sheets.append(f"@media {neutral(media)} {{\n{css}\n}}" if media else css)

    def tag(self, name: str, ends: bool, attributes: str) -> None:
        """Write a tag, if it may stay."""
        if self._skipped:
            if name == self._skipped:
                self._depth += -1 if ends else 1
                if not self._depth:
                    self._skipped = ""
        elif name in _DROPPED:
            if not ends and name not in EMPTY:
                self._skipped, self._depth = name, 1
        elif name == "html":
            self.root = self.root or _attributes(attributes)
        elif name == "body":
            self.frame = self.frame or _attributes(attributes)
        elif name not in _VOID:
            name = name if name in _KEPT else _RENAMED.get(name, "span")
            self.pieces.append(f"</{name}>" if ends else f"<{name}{_attributes(attributes, name)}>")
        elif not ends:
            self.pieces.append(f"<{name}{_attributes(attributes, name)}>")


@lru_cache(maxsize=1 << 8)
def _attributes(written: str, name: str = "") -> str:
    """Those that may stay, as they are written into a tag."""
    kept = " open" if name == "details" else ""
    if not written:
        return kept
    for key, value in ATTRIBUTE.findall(written):
        if key == "style":
            if _NO_DISPLAY.search(value):
                kept += " data-hidden"
                value = _NO_DISPLAY.sub("", value)
            if value:
                kept += f' data-s="{neutral(_plain(value))}"'
        elif key == "hidden":
            kept += " data-hidden"
        elif key in _ATTRIBUTES and len(value) <= _LONGEST:
            kept += f' {key}="{_plain(value)}"'
    return kept


def _plain(value: str) -> str:
    return value.replace("<", "&lt;")
