"""An inert copy of a page, in which every text says which block of the page it belongs to.

The copy is written anew, tag by tag, and only what is listed here gets into it: no element that
loads or runs anything, no address, no event handler. The frame that shows it is sandboxed, and its
policy allows nothing but styles; each of the three would do alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from resiliparse.parse.html import HTMLTree

from boilerbench.dom import decoded, numbered

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

_EMPTY = _VOID | frozenset(
    "area base basefont bgsound embed frame input keygen link meta param source track".split()
)
"""What has no end tag."""

_ATTRIBUTES = frozenset(
    "align alt bgcolor border cellpadding cellspacing class colspan color dir face id lang nowrap"
    " reversed role rowspan size start type valign value width".split()
)

_LONGEST = 2000
"""Characters of an attribute: a longer one is data for a script."""

_STYLES = 200_000
"""Characters of the page's style sheets: one that goes beyond is left out."""

# What the parser writes: comments, elements whose text it does not escape, and tags.
_MARKUP = re.compile(
    r"<!--.*?-->|<[!?][^>]*>"
    r"|<(?P<raw>script|style|xmp|iframe|noembed|noframes|plaintext)\b(?P<said>[^>]*)>"
    r"(?P<text>.*?)</(?P=raw)>"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*)(?P<attributes>(?:\s+[^\s=>]+(?:=\"[^\"]*\")?)*)\s*>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r'\s+([^\s=>]+)(?:="([^"]*)")?')
_NO_DISPLAY = re.compile(r"display\s*:\s*none\s*(?:!\s*important)?", re.IGNORECASE)

# Characters that are in no text that is interchanged.
_NUMBER = "\ufdd0{}\ufdd1"
_NUMBERED = re.compile("\ufdd0([0-9]+)\ufdd1")

# An escaped letter could spell the name of a function that loads.
_ESCAPE = re.compile(r"\\(?=[0-9A-Za-z\n\r\f])")
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


def inert(html: bytes) -> Copy:
    """The copy of a page; blocks have the numbers of `boilerbench.dom.placed_blocks`. Takes time in
    proportion to the page. Never raises."""
    document: Any = HTMLTree.parse(decoded(html)).document
    for node, number in numbered(document):
        node.value = _NUMBER.format(number) + (node.value or "")
    writer = _Writer()
    writer.write(document.html)
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

    def write(self, markup: str) -> None:
        """Write it all."""
        place = 0
        for found in _MARKUP.finditer(markup):
            if found.start() > place:
                self._text(markup[place : found.start()])
            place = found.end()
            if found["name"]:
                self._tag(found["name"].lower(), bool(found["end"]), found["attributes"])
            elif found["raw"]:
                self._raw(found["raw"], found["said"], found["text"])
        self._text(markup[place:])

    def _text(self, text: str) -> None:
        if self._skipped or not text:
            return
        found = _NUMBERED.match(text)
        if found:
            text = text[found.end() :]
        if "<" in text or '"' in text:
            text = text.replace("<", "&lt;").replace('"', "&quot;")
        self.pieces.append(f'<x-b data-b="{found[1]}">{text}</x-b>' if found else text)

    def _raw(self, name: str, said: str, text: str) -> None:
        if name == "style" and "amp-boilerplate" not in said:
            self._sheet(said, text)
        elif name in ("xmp", "plaintext") and not self._skipped:
            self.pieces.append("<pre>")
            self._text(text.replace("&", "&amp;"))
            self.pieces.append("</pre>")

    def _sheet(self, said: str, css: str) -> None:
        if self._styled + len(css) > _STYLES:
            return
        self._styled += len(css)
        media = dict(_ATTRIBUTE.findall(said)).get("media")
        css = neutral(css)
        self.sheets.append(f"@media {neutral(media)} {{\n{css}\n}}" if media else css)

    def _tag(self, name: str, ends: bool, attributes: str) -> None:
        if self._skipped:
            if name == self._skipped:
                self._depth += -1 if ends else 1
                if not self._depth:
                    self._skipped = ""
        elif name in _DROPPED:
            if not ends and name not in _EMPTY:
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


def _attributes(written: str, name: str = "") -> str:
    """Those that may stay, as they are written into a tag."""
    kept = " open" if name == "details" else ""
    if not written:
        return kept
    for key, value in _ATTRIBUTE.findall(written):
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
