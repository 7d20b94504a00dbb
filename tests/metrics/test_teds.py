import re
import warnings

import pytest
from apted import APTED, Config
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from boilerbench.metrics.teds import Node, bare, edit_distance, spaced, tables_of, teds

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from table_recognition_metric import TEDS

# Entities, marks that lxml must not mistake for markup, letters of two and four bytes, white space.
WORDS = st.sampled_from(["a", "b", "ab c", "ä", "日本", "😀", "&amp;", " ", "\n x ", "1", ""])
INLINE = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(st.sampled_from(["b", "i", "sup"]), inner).map(
            lambda x: "<{0}>{1}</{0}>".format(*x)
        ),
    ),
    max_leaves=4,
)
SPANS = st.sampled_from(["", "", "", ' colspan="2"', ' rowspan="3"', ' colspan=2 rowspan="2"'])
CELLS = st.builds("<td{}>{}</td>".format, SPANS, INLINE)
ROWS = st.lists(CELLS, max_size=4).map(lambda cells: f"<tr>{''.join(cells)}</tr>")
BODIES = st.lists(ROWS, max_size=4).map("\n".join)
TABLES = st.one_of(
    BODIES.map("<table>{}</table>".format),
    st.builds("<table><thead>{}</thead><tbody>{}</tbody></table>".format, ROWS, BODIES),
)


def published(one, other, *, structure_only=False):
    whole = "<html><body>{}</body></html>"
    return TEDS(structure_only=structure_only)(whole.format(one), whole.format(other))


def tree(html):
    (table,) = tables_of(html)
    return table


@settings(max_examples=150, deadline=None)
@given(one=TABLES, other=TABLES, structure_only=st.booleans())
def test_it_is_what_the_published_code_gives(one, other, structure_only):
    ours = teds(tree(one), tree(other), structure_only=structure_only)
    theirs = published(one, other, structure_only=structure_only)
    assert ours == pytest.approx(theirs, rel=0, abs=1e-12)


CELL_NODES = st.builds(
    Node,
    st.just("td"),
    colspan=st.integers(1, 2),
    content=st.lists(st.sampled_from("ab"), max_size=3).map(tuple),
)
TREES = st.recursive(
    CELL_NODES,
    lambda inner: st.builds(
        Node, st.sampled_from(["table", "tr"]), st.lists(inner, max_size=5).map(tuple)
    ),
    max_leaves=15,
)


class Costs(Config):
    def rename(self, node1, node2):
        if (node1.tag, node1.colspan) != (node2.tag, node2.colspan):
            return 1
        return Levenshtein.normalized_distance(node1.content, node2.content)


@settings(max_examples=300, deadline=None)
@given(one=TREES, other=TREES)
def test_the_distance_is_that_of_another_algorithm(one, other):
    expected = APTED(one, other, Costs()).compute_edit_distance()
    assert edit_distance(one, other) == pytest.approx(expected, rel=0, abs=1e-12)


HAND = [
    "<table></table>",
    "<table><tr><td>a</td></tr></table>",
    "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
    "<table><tr><td colspan=2>a</td></tr><tr><td>c</td><td>d</td></tr></table>",
    "<table><thead><tr><td>a</td></tr></thead><tbody><tr><td><b>b</b> c</td></tr></tbody></table>",
    "<table><tr><td>a<td>b<tr><td>c</table>",
    "<table><caption>x</caption><colgroup><col></colgroup><tr><td>a</td></tr></table>",
    "<table><tr><td>out <table><tr><td>in</td> </tr></table></td></tr></table>",
    "<table><tr><td>a<!-- b -->c<br>d &lt;b&gt; é</td></tr></table>",
    "<table><tr><td></td><td> </td></tr><!-- x --></table>",
]


@pytest.mark.parametrize("one", HAND)
@pytest.mark.parametrize("other", HAND)
@pytest.mark.parametrize("structure_only", [False, True])
def test_it_is_what_the_published_code_gives_of_tables_made_by_hand(one, other, structure_only):
    ours = teds(tree(one), tree(other), structure_only=structure_only)
    theirs = published(one, other, structure_only=structure_only)
    assert ours == pytest.approx(theirs, rel=0, abs=1e-12)


def test_a_header_cell_counts_as_a_cell_unlike_in_the_published_code():
    one = "<table><tr><th>price</th></tr></table>"
    other = "<table><tr><th>weight</th></tr></table>"
    assert teds(tree(one), tree(other)) < 1 == published(one, other)
    as_cells = [re.sub(r"\bth\b", "td", html) for html in (one, other)]
    expected = pytest.approx(published(*as_cells), rel=0, abs=1e-12)
    assert teds(tree(one), tree(other)) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # One cell of two more, of 5 nodes; half of a cell's text; a span.
        ("<tr><td>a<td>b", "<tr><td>a", 1 - 1 / 4),
        ("<tr><td>ab", "<tr><td>ac", 1 - 0.5 / 3),
        ("<tr><td>ab", "<tr><td colspan=2>ab", 1 - 1 / 3),
        ("<tr><td>ab", "<tr><td><b>ab</b>", 1 - (2 / 4) / 3),
        ("<tr><td>", "<tr><td>ab", 1 - 1 / 3),
        ("<tr><td>x<tr><td>y", "<tr><td>y", 1 - 2 / 5),
    ],
)
def test_cases_counted_by_hand(one, other, expected):
    there, back = (
        teds(tree(f"<table>{a}"), tree(f"<table>{b}")) for a, b in ((one, other), (other, one))
    )
    assert there == back == pytest.approx(expected, abs=1e-15)


@given(one=TABLES)
def test_a_table_equals_itself(one):
    assert teds(tree(one), tree(one)) == 1
    assert teds(bare(tree(one)), tree(one), structure_only=True) == 1


@given(text=st.text() | st.text(alphabet="<>/tabler dh=1'\"\0!-\ud800"))
def test_no_text_is_refused(text):
    for table in tables_of(text) + tables_of(f"<table><td colspan='{text}'>{text}"):
        assert table.tag == "table"
        assert table.size >= 1


def test_spans_that_are_no_numbers_are_one():
    table = tree("<table><tr><td colspan=two rowspan=''>a")
    assert table.children[0].children[0] == Node("td", (), 1, 1, ("a",))


def test_white_space_as_a_browser_shows_it():
    table = spaced(tree("<table><tr><td>\n a \t\n<b> b</b>\u00a0 </td></tr></table>"))
    assert "".join(table.children[0].children[0].content) == "a <b> b</b>"


def test_a_deep_tree_is_cut():
    table = tree("<table>" + "<div>" * 5000 + "<tr><td>a")
    assert table.size <= 100
    assert teds(table, tree("<table><tr><td>a")) < 1
