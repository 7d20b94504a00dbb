"""The files of page views: what they say, and that nothing in them gets out of its literal."""

import base64
import dataclasses
import gzip
import json
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.dissection import dissect
from boilerbench.dom import placed_blocks
from boilerbench.metrics import metric
from boilerbench.report import pageviews
from boilerbench.report.pageviews import write_pageviews
from boilerbench.report.script import literal
from boilerbench.types import Gold, Page

HTML = "<title>t</title><nav>Home News</nav><p>The gold text of {}.</p><footer>Imprint</footer>"
BREAKING = "</script><!--<script>]]>\u2028\u2029\\u003c'\"`${x}"


def read(file):
    """The function that a file calls, and the content that it gives."""
    text = file.read_text("utf-8")
    function, literal = re.fullmatch(r"(\w+)\((.*)\);\n", text, re.DOTALL).groups()
    data = json.loads(literal)
    if function == "boilerbenchPages":
        return function, data
    assert file.name.startswith(f"{data['number']:04}.")
    if "gzip" in data:
        return function, json.loads(gzip.decompress(base64.b64decode(data["gzip"])))
    return function, data["json"]


@pytest.fixture
def viewed(finished, corpus_of, tmp_path):
    """Writes the views of a run of `{page: gold}` and `{extractor: {page: …}}`; the folder of its
    pages, and what was found."""

    def write(texts, extractors, *, golds=(), abouts=None, metrics=("token",), **how):
        run = finished(tmp_path / "run", texts, {"c": extractors}, metrics=metrics)
        pages = [Page(name, HTML.format(name).encode()) for name in texts]
        pages = [dataclasses.replace(page, **(abouts or {}).get(page.id, {})) for page in pages]
        corpus = dataclasses.replace(corpus_of("c", texts), read_pages=lambda: iter(pages))
        corpus = dataclasses.replace(corpus, gold={**corpus.gold, **{g.page_id: g for g in golds}})
        found = write_pageviews(run, {"c": corpus}, **how)
        return run.path / "report" / "pages", found

    return write


TEXTS = {"p1": "The gold text of p1.", "p2": "The gold text of p2."}
GIVEN = {
    "good": {
        "p1": ("ok", "The gold text of p1.", 0.01),
        "p2": ("ok", "The text of p2. Imprint", 0.02),
    },
    "bad": {"p1": ("empty", "", 0.01), "p2": ("error", "", None, "ValueError: <b>\nwhere")},
}


def test_the_index_lists_every_page(viewed):
    pages, _ = viewed(
        TEXTS, GIVEN, abouts={"p1": {"url": "http://x.example/" + "y" * 300, "kind": "forum"}}
    )
    function, index = read(pages / "index.js")
    assert function == "boilerbenchPages"
    assert index["corpora"] == ["c"]
    assert index["extractors"] == ["bad", "good"]
    first, second = index["pages"]
    corpus, name, url, kind, lang, level, figures, outcomes, spread = first
    assert (corpus, name, kind, lang, level) == (0, "p1", "forum", None, None)
    assert len(url) == 120
    assert figures == [0, 1000]
    assert [index["outcomes"][int(digit)] for digit in outcomes] == ["empty", "ok"]
    assert spread == 1000
    assert 0 < second[6][1] < 1000
    assert second[8] == second[6][1] - second[6][0]


def test_a_page_has_texts_scores_and_outcomes(viewed):
    pages, _ = viewed(TEXTS, GIVEN, metrics=("token", "shingle"))
    function, page = read(pages / "0001.js")
    assert function == "boilerbenchPage"
    assert (page["corpus"], page["id"], page["gold"]) == ("c", "p2", TEXTS["p2"])
    bad, good = page["extractors"]
    assert (bad["outcome"], bad["error"], bad["cpu"]) == ("error", "ValueError: <b>\nwhere", None)
    assert (good["outcome"], good["error"], good["cpu"]) == ("ok", None, 20)
    assert (good["missing"], good["extra"]) == (1, 1)
    assert sum(good["diff"][0::4]) + sum(good["diff"][2::4]) == len(page["gold"])
    assert sum(good["diff"][1::4]) + sum(good["diff"][3::4]) == len(good["text"])
    assert (bad["missing"], bad["extra"]) == (5, 0)
    _, index = read(pages / "index.js")
    assert [metric["name"] for metric in index["metrics"]] == ["token", "shingle"]
    assert index["metrics"][0]["figures"] == ["precision", "recall", "f1"]
    assert index["metrics"][1]["about"] == metric("shingle").about.sentence
    assert page["scores"][0] == [[0, 0, 0], [0.8, 0.8, 0.8]]
    assert len(page["scores"]) == 2


def test_a_metric_may_have_more_figures():
    names = ["corpus", "page_id", "outcome", "accuracy", "f1", "precision", "recall", "tp", "all"]
    found = pageviews._figures(names, metric("blocks").signature)
    assert found == ["f1", "precision", "recall", "accuracy"]


def test_blocks_are_those_of_the_copy(viewed):
    pages, _ = viewed(TEXTS, GIVEN)
    _, page = read(pages / "0001.js")
    function, (_, _, _, body) = read(pages / "0001.page.js")
    assert function == "boilerbenchCopy"
    shown = dict(re.findall(r'data-b="(\d+)">(.*?)</x-b>', body))
    assert [shown[str(number)] for number in page["blocks"]] == ["The gold text of p2."]
    held = [shown[str(number)] for number in page["extractors"][1]["held"]]
    assert held == ["The gold text of p2.", "Imprint"]


def test_a_page_without_gold_text_is_not_compared_but_its_snippets_are(viewed):
    gold = Gold("p1", "", must=("gold  text",), must_not=("Imprint", "text"))
    pages, _ = viewed({"p1": "", "p2": "x"}, GIVEN, golds=[gold])
    _, page = read(pages / "0000.js")
    assert "diff" not in page["extractors"][1]
    assert page["snippets"] == [[1, "gold  text", "01"], [0, "Imprint", "00"], [0, "text", "01"]]


def test_it_gives_back_what_leaked_and_was_lost(viewed):
    _, found = viewed(TEXTS, GIVEN)
    expected = dissect(
        placed_blocks(HTML.format("p2").encode()),
        Gold("p2", TEXTS["p2"]),
        {"bad": "", "good": GIVEN["good"]["p2"][1]},
    )
    assert list(found) == [("c", "p1"), ("c", "p2")]
    assert found["c", "p2"] == dataclasses.replace(expected, blocks=())


def test_processes_write_the_same_files(viewed):
    names = [f"p{number}" for number in range(pageviews.IN_PROCESS + 5)]
    texts = {name: f"The gold text of {name}." for name in names}
    given = {"x": {name: ("ok", f"text of {name}", 0.01) for name in names}}

    def files(processes):
        pages, found = viewed(texts, given, processes=processes)
        return {file.name: file.read_bytes() for file in pages.iterdir()}, found

    assert files(1) == files(2)


def test_a_script_of_the_user_is_not_run_again_by_the_processes(tmp_path):
    # As a notebook's cell would be: nothing guards it.
    script = tmp_path / "script.py"
    script.write_text(
        "print('once')\n"
        "from boilerbench.report import pageviews\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "import multiprocessing\n"
        "with ProcessPoolExecutor(2, multiprocessing.get_context('spawn')) as pool:\n"
        "    with pageviews._nothing_to_import():\n"
        "        print([pool.submit(len, 'x' * n) for n in (1, 2)][1].result())\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["once", "2"]


def test_views_take_the_place_of_earlier_ones_whole_or_not_at_all(viewed, monkeypatch):
    pages, _ = viewed(TEXTS, GIVEN)
    before = {file.name: file.read_bytes() for file in pages.iterdir()}
    assert set(before) == {"index.js", "0000.js", "0000.page.js", "0001.js", "0001.page.js"}

    def fail(html):
        raise OSError("disk full")

    monkeypatch.setattr(pageviews, "inert", fail)
    with pytest.raises(OSError, match="disk full"):
        viewed(TEXTS, GIVEN)
    assert {file.name: file.read_bytes() for file in pages.iterdir()} == before
    assert {file.name for file in pages.parent.iterdir()} == {"pages", "assets", "page.html"}
    monkeypatch.undo()
    viewed({"p1": TEXTS["p1"]}, {name: {"p1": found["p1"]} for name, found in GIVEN.items()})
    assert {file.name for file in pages.iterdir()} == {"index.js", "0000.js", "0000.page.js"}


def test_names_of_files_are_numbers_and_no_text_breaks_out(viewed):
    name = "../../evil" + BREAKING
    given = {BREAKING: {name: ("error", BREAKING, None, BREAKING)}}
    pages, _ = viewed({name: BREAKING}, given, abouts={name: {"url": BREAKING, "kind": BREAKING}})
    assert {file.name for file in pages.iterdir()} == {"index.js", "0000.js", "0000.page.js"}
    for file in pages.iterdir():
        text = file.read_text("utf-8")
        assert "<" not in text
        assert len(text.splitlines()) == 1
    _, page = read(pages / "0000.js")
    assert (page["id"], page["gold"], page["extractors"][0]["text"]) == (name, BREAKING, BREAKING)


@given(st.recursive(st.text(st.characters()) | st.none() | st.integers(), st.lists))
def test_any_content_is_one_literal_and_one_line(content):
    text = literal([content, BREAKING])
    assert json.loads(text) == [content, BREAKING]
    assert "<" not in text
    assert not set(text) & set("\n\r\u2028\u2029")
    text.encode("utf-8")  # half a character too
