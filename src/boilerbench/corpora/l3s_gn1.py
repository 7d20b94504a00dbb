"""L3S-GN1: news pages of 2008, and a copy of each in which people labelled every piece of text.

original/UUID.html
annotated/UUID.html     all text in <span class="x-nc-selN">
url-mapping.txt         <urn:uuid:UUID>, a tab, the address

The files may also be in the folder L3S-GN1-20100130203947-00001, as the archive unpacks.

N is 0 not content, 1 headline, 2 full text, 3 supplemental (such as captions), 4 related content,
5 users' comments. The label of a text is that of its span if no other such span stands in that; all
other text is not content. `Gold.blocks` has the labels of the whole page: a block ends where the
label changes, or an element begins or ends that is not part of a line. `Gold.text` are the blocks
of 1, 2 and 3, as in Bevendorff et al. (SIGIR 2023), each on a line.

An annotated page is decoded as a gold text, see `decoding`; the page itself never is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from resiliparse.parse.html import HTMLTree, NodeType

from boilerbench.corpora.copies import host_of, whole_copy
from boilerbench.corpora.decoding import decoded
from boilerbench.errors import UserError
from boilerbench.types import Block, Gold, Page

FOLDER = "L3S-GN1-20100130203947-00001"

KINDS = {
    "x-nc-sel0": "boilerplate",
    "x-nc-sel1": "heading",
    "x-nc-sel2": "content",
    "x-nc-sel3": "content",
    "x-nc-sel4": "related",
    "x-nc-sel5": "comments",
}
"""Kinds of blocks by the class of the span."""

WANTED = frozenset({"heading", "content"})

_LABELLED = ", ".join(f".{name}" for name in KINDS)
_INVISIBLE = frozenset("head iframe noembed noframes noscript script style template title".split())
_IN_LINE = frozenset(
    "a abbr acronym b bdo big cite code del dfn em font i img ins kbd label mark nobr q s samp"
    " small span strike strong sub sup tt u var wbr".split()
)
_MAPPING = re.compile(r"<urn:uuid:([0-9a-f-]+)>\s+(\S.*)")


def read(folder: Path) -> Iterator[tuple[Page, Gold]]:
    """Pages with their gold, by id: the UUID."""
    with whole_copy(folder, "l3s-gn1"):
        place = folder if (folder / "original").is_dir() else folder / FOLDER
        pages, annotated = _html(place / "original"), _html(place / "annotated")
        for page_id in sorted(set(pages) ^ set(annotated)):
            lost = "annotated" if page_id in pages else "original"
            raise UserError(
                f"{folder} is not a whole copy of l3s-gn1: {lost}/{page_id}.html is missing"
            )
        urls = _urls(place / "url-mapping.txt")
        for page_id, file in sorted(pages.items()):
            url = urls.get(page_id)
            found = labelled(decoded(annotated[page_id].read_bytes()))
            text = "\n".join(block.text for block in found if block.kind in WANTED)
            yield (
                Page(
                    id=page_id,
                    html=file.read_bytes(),
                    url=url,
                    kind="article",
                    site=host_of(url),
                ),
                Gold(page_id=page_id, text=text, blocks=found),
            )


def labelled(html: str) -> tuple[Block, ...]:
    """The blocks of an annotated page with the kinds of `KINDS`, in document order."""
    blocks: list[Block] = []
    kind, pieces = "", list[str]()

    def flush() -> None:
        if text := " ".join("".join(pieces).split()):
            blocks.append(Block(kind, text))
        pieces.clear()

    for text, label in _texts(html):
        if text is None:
            flush()
        elif text.isspace():
            pieces.append(text)
        else:
            if label != kind:
                flush()
            kind = label
            pieces.append(text)
    flush()
    return tuple(blocks)


def _texts(html: str) -> Iterator[tuple[str | None, str]]:
    """The visible texts with their kinds, and None where a line ends. A loop, because recursion
    would fail on pages nested deeper than Python's stack."""
    boilerplate = KINDS["x-nc-sel0"]
    document: Any = HTMLTree.parse(html).document
    node = document.first_child
    labels = [boilerplate]
    while node is not None:
        child = None
        if node.type == NodeType.TEXT:
            yield node.value or "", labels[-1]
        elif node.type == NodeType.ELEMENT and not _invisible(node):
            if node.tag not in _IN_LINE:
                yield None, boilerplate
            if (child := node.first_child) is not None:
                labels.append(_label(node, labels[-1]))
                node = child
                continue
        while node.next is None:
            node = node.parent
            if node is None or node.type == NodeType.DOCUMENT:
                return
            labels.pop()
            if node.tag not in _IN_LINE:
                yield None, boilerplate
        node = node.next


def _label(element: Any, outer: str) -> str:
    """The kind of the text that stands in an element, given that of the text around it."""
    label = next((KINDS[name] for name in element.class_list if name in KINDS), None)
    if label is None:
        return outer
    return KINDS["x-nc-sel0"] if element.query_selector(_LABELLED) else label


def _invisible(element: Any) -> bool:
    return element.tag in _INVISIBLE or "x-nc-invisible" in element.class_list


def _html(folder: Path) -> dict[str, Path]:
    return {
        file.stem: file
        for file in folder.iterdir()
        if file.suffix == ".html" and not file.name.startswith(".")
    }


def _urls(mapping: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(decoded(mapping.read_bytes()).splitlines(), 1):
        if line.strip():
            stated = _MAPPING.fullmatch(line.strip())
            if not stated:
                raise ValueError(f"{mapping.name}, line {number}: not <urn:uuid:…> and an address")
            found[stated[1]] = stated[2]
    return found
