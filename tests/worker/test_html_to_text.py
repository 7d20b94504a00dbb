"""The one way from HTML to text: its vectors are what others who follow its rules are held to."""

import json
import re
from pathlib import Path

import pytest

from boilerbench.worker.adapters import html_to_text as module
from boilerbench.worker.adapters.html_to_text import html_to_text

VECTORS = json.loads(Path(__file__).with_name("html_to_text.json").read_text(encoding="utf-8"))
BETWEEN = {"0": "b", "1": "\nb\n", "2": "\n\nb\n\n"}


def table() -> dict[str, str]:
    """Line ends by element, as the module's docstring has them."""
    rows = re.findall(r"\| (\d) \| ([a-z0-9 ]+?) \|", module.__doc__ or "")
    return {element: ends for ends, elements in rows for element in elements.split()}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["html"])
def test_the_vectors(vector: dict[str, str]) -> None:
    assert html_to_text(vector["html"]) == vector["text"]


@pytest.mark.parametrize(("element", "ends"), sorted(table().items()))
def test_the_table_says_what_happens(element: str, ends: str) -> None:
    if element in ("br", "hr"):
        assert html_to_text(f"<div>a<{element}>b</div>") == "a\nb"
    else:
        html = f"<div>a<{element}>b</{element}>c</div>"
        assert html_to_text(html) == f"a{BETWEEN[ends]}c"
        assert {"html": html, "text": f"a{BETWEEN[ends]}c"} in VECTORS


def test_the_table_has_every_element_that_breaks_a_line() -> None:
    elements = """a abbr address area article aside audio b base bdi bdo blockquote body br button
        canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div
        dl dt em embed fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header
        hgroup hr html i iframe img input ins kbd label legend li link main map mark menu meta meter
        nav noscript object ol optgroup option output p param picture pre progress q rp rt ruby s
        samp script search section select slot small source span strong style sub summary sup svg
        table tbody td template textarea tfoot th thead time title tr track u ul var video wbr
        made-up""".split()
    breaking = {one for one in elements if "\n" in html_to_text(f"<div>a<{one}>b</{one}>c</div>")}
    assert breaking == set(table())
