import math
import re
import sys
import time

import numpy as np
import pytest
from apted import APTED, Config
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from boilerbench.errors import UserError
from boilerbench.metrics.webmainbench import (
    PART,
    code_of,
    formulas_of,
    label_of,
    table_of,
    table_text,
)
from boilerbench.types import Gold

PARTS = {part: PART.configured(part=part) for part in ("text", "code", "formula", "table", "teds")}

CODE_PIECES = [
    "\n",
    "\n",
    "    ",
    "\t",
    " ",
    "a",
    "    x = 1\n",
    "    y\n",
    "- ",
    "1. ",
    "$5",
    "$a",
]
CODE_TEXTS = st.lists(
    st.sampled_from([*CODE_PIECES, "Million", "```", "`", "\r", "\v", "\n\n", "    \n", "b\n"]),
    max_size=14,
).map("".join)
FORMULA_TEXTS = st.lists(
    st.sampled_from(
        ["$", "$$", "\\", "\\[", "\\]", "\\(", "\\)", "`", "```", "\n", "a", "b c", " "]
    ),
    max_size=14,
).map("".join)
TABLE_TEXTS = st.lists(
    st.sampled_from(
        [
            *(
                "<table>",
                "</table>",
                "<tr>",
                "</tr>",
                "<td>",
                "</td>",
                "<thead>",
                "</thead>",
                "<th>",
            ),
            *(
                "<tbody>",
                "a",
                "b: c",
                "(d, e)",
                "`",
                "\n",
                "| a | b |\n",
                "|---|---|\n",
                "| c ||\n",
            ),
            *("x\n", "<b>", "</b>", "<!-- y -->", "<script>", "</script>", "&lt;", "- | -\n"),
        ]
    ),
    max_size=14,
).map("".join)


def levenshtein(one, other):
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


def brute_code(text):
    """By looking at each line break in turn, as far as the description goes."""
    found = []
    place = 0
    while (start := text.find("```", place)) >= 0 and (end := text.find("```", start + 3)) >= 0:
        place = end + 3
        found.append("\n".join(text[start:place].split("\n")[1:-1]))
    place = 0
    while place < len(text):
        block, end = brute_block(text, place) if text[place] == "\n" else ("", place + 1)
        lines = [line for line in block.split("\n") if line.strip()]
        place = end
        if len(lines) < 2 or any(unlike_code(line.strip()) for line in lines):
            continue
        found.append("\n".join(re.sub("^(    |\t)", "", line) for line in lines))
    return "\n".join(block for block in found if block)


def brute_block(text, place):
    """The block behind the line break at `place` and white space that ends with another; where to
    go on."""
    behind = place + 1
    while behind < len(text) and text[behind].isspace():
        behind += 1
    for begin in range(behind, place + 1, -1):
        if text[begin - 1] != "\n":
            continue
        end = begin
        lines = 0
        while text.startswith(("    ", "\t"), end):
            lines += 1
            end = text.find("\n", end) + 1 or len(text)
        if lines >= 2:
            # The last line break belongs to the block if nothing or an empty line is behind it.
            gone = text[end - 1] == "\n" and text[end : end + 1] not in ("", "\n")
            return text[begin:end], end - gone
    return "", place + 1


def unlike_code(line):
    words = re.findall(r"\w+", line.lower())
    number = line.split(".")[0]
    return (
        (line[:1] in "-•*" and line[1:2].isspace())
        or (number.isdigit() and line[len(number) + 1 : len(number) + 2].isspace())
        or any(f"${following}" in line for following in "0123456789,")
        or not {"million", "billion", "thousand"}.isdisjoint(words)
    )


def brute_formulas(text):
    for fence in ("```", "`"):
        pieces = text.split(fence)
        # Every second piece stands in backticks, unless nothing closes it.
        if len(pieces) % 2 == 0:
            pieces[-2:] = [fence.join(pieces[-2:])]
        text = "".join(pieces[::2])
    found = []
    for begin, end in (("$$", "$$"), ("\\[", "\\]"), ("$", "$"), ("\\(", "\\)")):
        place = 0
        while (start := unescaped(text, begin, place)) is not None:
            closed = unescaped(text, end, start + len(begin))
            if closed is None:
                break
            found.append(text[start + len(begin) : closed].strip())
            place = closed + len(end)
    return "\n".join(formula for formula in found if formula)


def unescaped(text, mark, place):
    places = (n for n in range(place, len(text)) if text.startswith(mark, n))
    return next((n for n in places if text[n - 1 : n] != "\\"), None)


@settings(max_examples=500, deadline=None)
@given(text=CODE_TEXTS)
def test_code_is_what_a_slow_reading_finds(text):
    assert code_of(text) == brute_code(text)


@settings(max_examples=500, deadline=None)
@given(text=FORMULA_TEXTS)
def test_formulas_are_what_a_slow_reading_finds(text):
    assert formulas_of(text) == brute_formulas(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ""),
        ("```py\nx = 1\n  y\n```", "x = 1\n  y"),
        ("```x```", ""),
        ("a\n```\nb\n``` c ```\nd\n```", "b\nd"),
        ("a\n\n    b\n    c\n\nd", "b\nc"),
        ("a\n \t\n\tb\n\t\tc", "b\n\tc"),
        ("a\n    b\n    c", ""),
        # The beginning of the text is no empty line.
        ("\n    a\n    b", ""),
        ("\n\n    a\n    b", "a\nb"),
        # Text right behind it does not matter.
        ("a\n\n    b\n    c\nd", "b\nc"),
        # The empty line that ends a block does not begin the next one.
        ("\n\n    a\n    b\n\n    c\n    d", "a\nb"),
        ("\n\n    a\n    b\n\n\n    c\n    d", "a\nb\nc\nd"),
        # Empty lines that are indented belong to a block.
        ("a\n\n    \n    b\n", ""),
        ("a\n\n    - b\n    c", ""),
        ("a\n\n    1. b\n    c", ""),
        ("a\n\n    1.b\n    -c", "1.b\n-c"),
        ("a\n\n    cost $5\n    c", ""),
        ("a\n\n    a Million x\n    c", ""),
        ("a\n\n    millions\n    c", "millions\nc"),
        # What is indented in a fence is found twice.
        ("```\n\n    a\n    b\n```", "\n    a\n    b\na\nb"),
    ],
)
def test_code(text, code):
    assert code_of(text) == brute_code(text) == code


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("", ""),
        ("$$ x $$ and $y$", "x\ny"),
        ("$a$ \\(b\\) \\[c\\] $$d$$", "d\nc\na\nb"),
        ("\\$a$ b$", "b"),
        ("\\\\[a\\]", ""),
        ("`$a$` ```\n$b$\n``` $c$", "c"),
        ("it costs $5, or $6", "5, or"),
    ],
)
def test_formulas(text, formulas):
    assert formulas_of(text) == brute_formulas(text) == formulas


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("| a | b |\n|---|---|\n| c | d |", "a b\nc d"),
        ("a | b\n:--- | ---:\nc | d", "a b\nc d"),
        ("| a |\n|--|\n| b |", ""),
        # Empty cells and rows of dashes are gone.
        ("| a | | b |\n|---|---|---|\n| - | : |\n| | c |", "a b\nc"),
        # All pipe tables are one.
        ("| a |\n|---|\n\nx\n\n| b |\n|---|", "a\nb"),
        ("<table><tr><th> a </th><td>b<b> c</b></td></tr></table>", "a bc"),
        # Of HTML tables only the first counts, and then no pipe table.
        ("<table><tr><td>a</td></tr></table><table><tr><td>b</td></tr></table>", "a"),
        ("| a |\n|---|\n\n<TABLE><tr><td>b</td></tr></TABLE>", "b"),
        ("`<table><tr><td>a</td></tr></table>`", ""),
        ("```\n<table><tr><td>a</td></tr></table>\n```", ""),
        # Pipe tables count in code too.
        ("```\n| a |\n|---|\n```", "a"),
        # The inner table's cells are found from the outer row and from their own.
        ("<table><tr><td>a<table><tr><td>b</td></tr></table></td></tr></table>", "ab b\nb"),
        ("| <b>a</b> |\n|---|", "a"),
    ],
)
def test_table_text(text, expected):
    assert table_text(text) == expected


def brute_tree(element):
    children = [brute_tree(child) for child in element.children if child.name]
    if element.name in ("thead", "tbody", "tfoot"):
        children = [one for child in children for one in child[2]]
    return element.name, element.get_text(strip=True), children


def brute_label(tree):
    name, text, children = tree
    text = text.replace("(", "[").replace(")", "]").replace(",", ";")
    inner = ",".join(map(brute_label, children))
    return name + (":" + text if text else "") + (f"({inner})" if inner else "")


def brute_size(tree):
    return 1 + sum(map(brute_size, tree[2]))


class Costs(Config):
    def rename(self, node1, node2):
        (name1, _, one), (name2, _, two) = node1.partition(":"), node2.partition(":")
        if name1 != name2:
            return 1
        if not one or not two:
            return len(one) + len(two)
        return levenshtein(one, two) / max(len(one), len(two))


def brute_teds(gold, text):
    if not table_text(gold) and not table_text(text):
        return math.nan
    tables = [table_of(gold), table_of(text)]
    if None in tables:
        return 0.0
    trees = list(map(brute_tree, tables))
    # Strings for trees, as in the original.
    distance = APTED(*map(brute_label, trees), Costs()).compute_edit_distance()
    return max(0.0, 1 - distance / max(map(brute_size, trees)))


@settings(max_examples=200, deadline=None)
@given(gold=TABLE_TEXTS, text=TABLE_TEXTS)
def test_teds_is_the_tree_edit_distance_of_two_strings(gold, text):
    for side in (gold, text):
        table = table_of(side)
        if table is not None:
            assert label_of(table) == (
                brute_label(brute_tree(table)),
                brute_size(brute_tree(table)),
            )
    scored = PARTS["teds"].score(gold, text)
    assert scored.f1 == pytest.approx(brute_teds(gold, text), abs=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("gold", "text", "expected"),
    [
        # 3 edits in 25 characters, 3 nodes: 5 + (tr:5(td:5)).
        ("<tr><td>我喜欢你", "<tr><td>我不喜欢你", 1 - 3 / 25 / 3),
        ("<tr><td>a", "", 1 - 2 / 3),
        ("<tr><td>a", "<tr><td>", 1 - 1 / 3),
        # The row of a head is missing, its cell is not: a(thead:a(td:a)) and a(thead:a).
        ("<thead><tr><td>a", "<thead><td>a", 1 - 6 / 16 / 3),
    ],
)
def test_teds(gold, text, expected):
    def closed(html):
        return str(BeautifulSoup(f"<table>{html}", "html.parser"))

    assert brute_teds(closed(gold), closed(text)) == pytest.approx(expected, abs=1e-12)
    assert PARTS["teds"].score(closed(gold), closed(text)).f1 == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=100, deadline=None)
@given(gold=CODE_TEXTS | FORMULA_TEXTS | TABLE_TEXTS | st.text(), text=TABLE_TEXTS | st.text())
def test_every_score_is_a_share_or_says_nothing(part, gold, text):
    metric = PARTS[part]
    scored = metric.score(gold, text)
    assert math.isnan(scored.f1) or 0 <= scored.f1 <= 1
    assert str(scored.precision) == str(scored.recall) == str(scored.f1)
    alone = metric.score(gold, gold).f1
    assert math.isnan(alone) or alone == 1
    assert metric.score(text, gold).f1 == pytest.approx(scored.f1, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("part", ["text", "code", "formula", "table"])
@given(gold=CODE_TEXTS | FORMULA_TEXTS | TABLE_TEXTS, text=CODE_TEXTS | FORMULA_TEXTS | TABLE_TEXTS)
def test_the_similarity_is_by_characters(part, gold, text):
    one, two = (
        {"text": str, "code": code_of, "formula": formulas_of, "table": table_text}[part](side)
        for side in (gold, text)
    )
    longer = max(len(one), len(two))
    expected = 1 - levenshtein(one, two) / longer if longer else math.nan
    assert PARTS[part].score(gold, text).f1 == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_the_gold_is_its_markdown_or_else_its_text():
    metric = PARTS["text"]
    assert metric.score(Gold("page", "a", markdown="# a"), "# a").f1 == 1
    assert metric.score(Gold("page", "a"), "a").f1 == 1


def test_a_page_without_the_part_is_left_out_also_where_the_extractor_failed():
    counts = {"edits": np.array([1.0, 0, 0, 3]), "longer": np.array([4.0, 0, 0, 3])}
    figures = PARTS["code"].pages(counts, np.array([False, False, True, True]))
    assert figures["f1"] == pytest.approx([0.75, math.nan, math.nan, 0], nan_ok=True)
    assert PARTS["code"].aggregate(counts)["f1"] == pytest.approx(0.375)


def test_a_tree_too_deep_for_the_original_is_none():
    deep = "<table>" + "<td>" * 500 + "a"
    assert label_of(table_of(deep)) is None
    assert PARTS["teds"].score(deep, "<table><tr><td>a").f1 == 0


def test_without_beautifulsoup_the_hint_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "bs4", None)
    assert table_text("no table") == ""
    with pytest.raises(UserError, match="beautifulsoup4") as caught:
        table_text("<table></table>")
    assert "boilerbench[webmainbench]" in str(caught.value)


@pytest.mark.parametrize(
    ("find", "unit"),
    [
        (code_of, "\n"),
        (code_of, "    \n"),
        (formulas_of, "\\["),
        (formulas_of, "\\(a\n"),
        (formulas_of, "`$"),
    ],
)
def test_the_time_grows_with_the_length(find, unit):
    def taken(size):
        text = unit * (size // len(unit))
        start = time.process_time()
        find(text)
        return time.process_time() - start

    small = min(taken(10_000) for _ in range(3))
    # Ten times the text: were it quadratic, a hundred times the time.
    assert taken(100_000) < 40 * small + 0.05
