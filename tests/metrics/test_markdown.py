import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.metrics.markdown import Heading, Item, Structure, structure
from boilerbench.metrics.teds import tables_of

PIECES = ["#", "# ", "-", "- ", "1. ", "> ", "|", "|-|", "\n", "\n", "    ", "```", "a", "b c", "*"]
TAGS = ["<table>", "</table>", "<td>", "<tr", "<br>", "[a](b)", "`", "\t", "\\", "&amp;", "==="]
MARKS = st.lists(st.sampled_from([*PIECES, *TAGS]), max_size=40).map("".join)


@given(text=MARKS | st.text())
def test_no_text_is_refused(text):
    found = structure(text)
    assert all(1 <= heading.level <= 6 and heading.text.strip() for heading in found.headings)
    assert all(item.depth >= 1 and item.text.strip() for item in found.items)
    assert all(table.tag == "table" for table in found.tables)
    assert all(block.strip() for block in found.code)


@given(lines=st.lists(st.text(alphabet="abc äß日,.", min_size=1).map(str.strip)))
def test_plain_text_has_no_structure(lines):
    assert structure("\n".join(lines)) == Structure()


@pytest.mark.parametrize("text", ["\ud800 # a", "\0", "\r\n# a\r\n", "\u2028# b", "# \x1b"])
def test_odd_characters(text):
    assert len(structure(text).headings) <= 1


def test_headings():
    text = (
        "# One *two* `three`\n\nFour\n====\n\n###### [Six](u) &amp; <b>seven</b> ![x](y) ##\n#no\n#"
    )
    assert structure(text).headings == (
        Heading(1, "One two three"),
        Heading(1, "Four"),
        Heading(6, "Six & seven x"),
    )


def test_items():
    text = "- a *b*\n  c\n\n  d\n    1. e\n    2. f\n- g\n\n> 1) h\n\n- # i\n-\n- <br>"
    assert structure(text).items == (
        Item(1, False, "a b\nc\nd"),
        Item(2, True, "e"),
        Item(2, True, "f"),
        Item(1, False, "g"),
        Item(1, True, "h"),
        Item(1, False, "i"),
    )
    assert structure(text).headings == (Heading(1, "i"),)


def test_cells_are_no_text_of_the_item_around_their_table():
    assert structure("- a\n\n  | b |\n  |---|\n").items == (Item(1, False, "a"),)


def test_code():
    text = (
        "```py\nx = 1\n\n```\n\n    indented\n      more\n\n~~~\n# no heading\n~~~\n```\n```\n`d`"
    )
    assert structure(text).code == ("x = 1", "indented\n  more", "# no heading")
    assert structure(text).headings == ()


def test_a_pipe_table_is_the_table_that_it_is_in_html():
    piped = "| a | **b** |\n|---|:-:|\n| 1 |\n| x \\| y | z | dropped |\n"
    html = (
        "<table><thead><tr><th>a</th><th><strong>b</strong></th></tr></thead>"
        "<tbody><tr><td>1</td><td></td></tr><tr><td>x | y</td><td>z</td></tr></tbody></table>"
    )
    assert structure(piped).tables == structure(html).tables == tables_of(html)


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("<table><tr><td>a</td></tr></table>", ["a"]),
        ("a\n<TABLE>\n<tr><td>a</td></tr>\n</TABLE>\nb\n\n# h", ["a"]),
        # Markdown ends HTML at an empty line: a table goes on.
        ("<table>\n\n    <tr><td># a</td></tr>\n\n# b\n- c\n</table>\n\n# h", ["# a"]),
        ("<div><table><tr><td>a</table>\n\n<table><tr><td>b</table>\n</div>\n\n# h", ["a", "b"]),
        (
            "<table><tr><td>a <table><tr><td>b</table></table>\n\n# h",
            ["a <table><tr><td>b</td></tr></table>"],
        ),
        # One that is never closed ends where Markdown lets it.
        ("<table><tr><td>a\n\n# h", ["a\n"]),
        ("> <table><tr><td>a</table>\n\n# h", ["a"]),
        ("- <table><tr><td>a</table>\n\n# h", ["a"]),
        ("```\n<table><tr><td>a</table>\n```\n\n# h", []),
        ("    <table><tr><td>a</table>\n\n# h", []),
        ("`<table>` is a tag\n\n# h", []),
        ("<tablet>\n\n# h", []),
        ("\r\n\r\n<table>\r\n\r\n<tr><td>a</table>\r\n\r\n# h", ["a"]),
    ],
)
def test_html_tables(text, tables):
    found = structure(text)
    rows = [row for table in found.tables for row in table.children if row.tag == "tr"]
    assert ["".join(row.children[0].content) for row in rows] == tables
    assert [heading.text for heading in found.headings] == ["h"] * text.count("# h")
    assert found.items == ()
    assert found.code == () or "```" in text or text.startswith("    ")


PATHOLOGICAL = {
    "open tables": "<table>\n\n",
    "closed tables": "<table>\n\n</table>\n\n",
    "unclosed ends": "</table <table>\n\n",
    "tables in one": "<table>",
    "brackets": "# [[[[[[\n\n",
    "backticks": "- `a ``b\n",
    "quotes": "> a\n",
    "pipes": "| a |\n|---|\n",
    "rows": "|\n",
    "fences": "```\n",
    "items": "- a\n",
    "html": "<div>\n\n",
    "paragraph": "a\n",
    "entities": "&#",
}


@pytest.mark.parametrize("unit", PATHOLOGICAL.values(), ids=PATHOLOGICAL)
def test_the_time_grows_with_the_length(unit):
    def taken(size):
        text = unit * (size // len(unit))
        start = time.process_time()
        structure.__wrapped__(text)
        return time.process_time() - start

    taken(2000)
    small = min(taken(4_000) for _ in range(3))
    # Ten times the text: were it quadratic, a hundred times the time.
    assert min(taken(40_000) for _ in range(3)) < 40 * small + 0.05
