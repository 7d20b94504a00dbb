"""Tables as trees, and TEDS, the similarity of two such trees.

TEDS is one less the tree edit distance by the number of nodes of the larger tree (Zhong,
ShafieiBavani, Jimeno Yepes 2020, "Image-based table recognition: data, model, and evaluation").
Deleting and inserting a node cost 1. So does renaming one whose tag, colspan or rowspan differs.
Two cells with the same spans cost the normalised Levenshtein distance of their contents, over
characters and tags. The result is that of the published code, with these exceptions:

- a `th` is a cell like a `td`. The published code knows none, since its data have none, and would
  not look at the text of one;
- a span that is no number is 1, where the published code fails;
- two trees may have nothing in common but the root and be of very different shapes: TEDS is then
  below 0, here as there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import lxml.etree
import lxml.html
import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

Places = NDArray[np.intp]

_CELLS = ("td", "th")

_DEEPEST = 100
"""Levels of a tree that are looked at. No table has as many, and reading them recurses."""


@dataclass(frozen=True, slots=True)
class Node:
    """An element of a table. A cell (`tag` is `td`) has spans and content, and no children;
    `content` has a token for each character and each tag within the cell. Any other element has
    children only, and spans of 0."""

    tag: str
    children: tuple[Node, ...] = ()
    colspan: int = 0
    rowspan: int = 0
    content: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The number of nodes of the tree, itself counted."""
        return 1 + sum(child.size for child in self.children)


def tables_of(html: str) -> tuple[Node, ...]:
    """The tables of a piece of HTML in document order, without those that stand inside another
    table. Takes any text; broken HTML is mended as libxml2 mends it."""
    whole = f"<html><body>{html}</body></html>".replace("\0", "\ufffd").encode("utf-8", "replace")
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    root = lxml.html.document_fromstring(whole, parser=parser)
    return tuple(
        _node(table)
        for table in root.iter("table")
        if next(table.iterancestors("table"), None) is None
    )


def _node(element: lxml.html.HtmlElement, depth: int = 1) -> Node:
    tag = str(element.tag)
    if tag in _CELLS:
        colspan, rowspan = (_span(element.get(name)) for name in ("colspan", "rowspan"))
        return Node("td", (), colspan, rowspan, _tokens(element))
    if depth >= _DEEPEST:
        return Node(tag)
    return Node(tag, tuple(_node(child, depth + 1) for child in element))


def _span(written: str | None) -> int:
    try:
        return int(written or "1")
    except ValueError:
        return 1


def _tokens(cell: lxml.html.HtmlElement) -> tuple[str, ...]:
    """The content of a cell: its characters, and a token for every tag in it."""
    found = list(cell.text or "")
    events = lxml.etree.iterwalk(cell, events=("start", "end"))
    for event, element in events:
        if element is cell:
            continue
        if event == "start":
            found.append(f"<{element.tag}>")
            found += element.text or ""
        else:
            found.append(f"</{element.tag}>")
            # What stands behind a cell of an inner table is dropped, as in the published code.
            found += element.tail or "" if element.tag != "td" else ""
    return tuple(found)


def spaced(table: Node) -> Node:
    """The table with the white space of its cells as a browser shows it: a run of it is one space,
    and there is none at either end of a cell."""
    if table.tag != "td":
        return replace(table, children=tuple(map(spaced, table.children)))
    found: list[str] = []
    for token in table.content:
        if not token.isspace():
            found.append(token)
        elif found and found[-1] != " ":
            found.append(" ")
    if found and found[-1] == " ":
        found.pop()
    return replace(table, content=tuple(found))


def bare(table: Node) -> Node:
    """The table with empty cells."""
    return replace(table, children=tuple(map(bare, table.children)), content=())


def teds(one: Node, other: Node, *, structure_only: bool = False) -> float:
    """The similarity of two tables, at most 1; `structure_only` leaves out what is in the cells
    (S-TEDS). The time grows with the product of the two sizes."""
    if structure_only:
        one, other = bare(one), bare(other)
    if one == other:
        return 1.0
    return 1.0 - edit_distance(one, other) / max(one.size, other.size)


@dataclass(frozen=True, slots=True)
class _Order:
    """A tree in postorder: its nodes; `left`, the place of the leftmost leaf below each; and
    `keys`, the places of the root and of all nodes that have a sibling to the left."""

    nodes: list[Node]
    left: Places
    keys: list[int]


@dataclass(frozen=True, slots=True)
class _Group:
    """The subtrees of one size under the keys of a tree. Arrays of shape (subtrees, size):
    `places` of their nodes; `path`, whether a node is on the path from the root to the leftmost
    leaf; `before`, how many nodes of the subtree precede the leftmost leaf below a node."""

    places: Places
    path: NDArray[np.bool_]
    before: Places
    counts: NDArray[np.float64]


def edit_distance(one: Node, other: Node) -> float:
    """The tree edit distance with the costs of TEDS.

    The algorithm of Zhang and Shasha (1989), a row at a time for all subtrees of the other tree:
    dozens of times as fast as one in plain Python, and tables have hundreds of cells.
    """
    if one.size > other.size:
        one, other = other, one
    mine, others = _order(one), _order(other)
    groups = _groups(others)
    renaming = _renaming(mine.nodes, others.nodes)
    distances = np.empty_like(renaming)  # of the subtrees below any two nodes
    for key in mine.keys:
        first = int(mine.left[key])
        starts = set(mine.left[first : key + 1].tolist())
        # What turns the first nodes of a subtree into the first ones of each of the other tree's;
        # rows are kept where a later node begins.
        last = [np.broadcast_to(g.counts, (len(g.places), len(g.counts))) for g in groups]
        rows = {first: last}
        for place in range(first, key + 1):
            start = int(mine.left[place])
            current = []
            for group, above, begun in zip(groups, last, rows[start], strict=True):
                subtrees = np.take_along_axis(begun, group.before, axis=1)
                kept = subtrees + distances[place][group.places]
                if start == first:
                    renamed = above[:, :-1] + renaming[place][group.places]
                    kept = np.where(group.path, renamed, kept)
                row = np.empty_like(above)
                row[:, 0] = above[:, 0] + 1
                np.minimum(above[:, 1:] + 1, kept, out=row[:, 1:])
                # Insertions: each 1 more than what stands to the left.
                row = np.minimum.accumulate(row - group.counts, axis=1) + group.counts
                if start == first:
                    distances[place][group.places[group.path]] = row[:, 1:][group.path]
                current.append(row)
            last = current
            if place + 1 in starts:
                rows[place + 1] = current
    return float(distances[-1, -1])


def _order(tree: Node) -> _Order:
    nodes: list[Node] = []
    left: list[int] = []

    def visit(node: Node) -> None:
        first = len(nodes)
        for child in node.children:
            visit(child)
        nodes.append(node)
        left.append(first)

    visit(tree)
    keys = {first: place for place, first in enumerate(left)}
    return _Order(nodes, np.array(left), sorted(keys.values()))


def _groups(tree: _Order) -> list[_Group]:
    """The subtrees by size, smaller ones first: none lies within one of the same size."""
    keys = np.array(tree.keys)
    sizes = keys - tree.left[keys] + 1
    groups = []
    for size in np.unique(sizes):
        first = tree.left[keys[sizes == size]][:, np.newaxis]
        places = first + np.arange(size)
        left = tree.left[places]
        groups.append(_Group(places, left == first, left - first, np.arange(size + 1.0)))
    return groups


def _renaming(one: Sequence[Node], other: Sequence[Node]) -> NDArray[np.float64]:
    """What it costs to rename any node to any other."""
    numbers: dict[tuple[str, int, int], int] = {}
    kinds = [
        np.array([numbers.setdefault((n.tag, n.colspan, n.rowspan), len(numbers)) for n in nodes])
        for nodes in (one, other)
    ]
    contents = [[node.content for node in nodes] for nodes in (one, other)]
    edits = cdist(*contents, scorer=Levenshtein.normalized_distance, dtype=np.float64)
    return np.where(np.equal.outer(*kinds), edits, 1.0)
