import pytest
from hypothesis import given
from resiliparse.parse.html import HTMLTree, NodeType

from boilerbench.dom import blocks
from boilerbench.markup import attributes_of, tags, unescaped
from tests.test_dom import MARKUP


def texts_in_tree(html):
    """All text, read node by node."""
    found, left = [], [HTMLTree.parse(html).document.first_child]
    while left:
        node = left.pop()
        if node is None:
            continue
        if node.type == NodeType.TEXT:
            found.append(node.value)
        left += [node.next, node.first_child]
    return "".join(found)


@given(MARKUP)
def test_its_text_is_that_of_the_tree(html):
    found = (text if raw else unescaped(text) for raw, _, _, _, text in tags(html))
    assert "".join(found) == texts_in_tree(html)


@pytest.mark.parametrize(
    "html",
    [
        "<script><!--<script> </script> <p>no</p> --></script><p>x",
        "<script><!-- </script><p>x<script> --></script>",
        "<!-- <p>no</p> --->x<!--><!-->",
        "<p \xa0a=1 =b='>' \"c a<d=\"'\">x",
        "<p title='<p>no</p>'>x",
        "<style>p > a { content: '<p>no</p>' }</style>x",
    ],
)
def test_what_is_no_text_is_not_taken_for_it(html):
    assert [block.text for block in blocks(html.encode())] == ["x"]


def test_a_page_that_ends_in_plain_text_keeps_it():
    (block,) = blocks(b"<plaintext>x</plaintext><b>y</b>")
    assert block.text.endswith("<b>y</b>")


def test_attributes_are_read_as_they_were_meant():
    written = tags("<p class='a &quot;b&quot; &amp;amp; <c>' hidden ID=x>t")
    (attributes,) = [tag[3] for tag in written if tag[2] == "p" and not tag[1]]
    assert dict(attributes_of(attributes)) == {"class": 'a "b" &amp; <c>', "hidden": "", "id": "x"}
