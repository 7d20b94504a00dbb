import json
import re
from urllib.parse import unquote

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.ranking import rankings
from boilerbench.report import site, write_report
from boilerbench.report.scoreboards import RANKS, scoreboards
from boilerbench.report.script import assigned
from boilerbench.scoring import ALL_CORPORA, scoreboard
from boilerbench.store import Run
from tests.report.rows import HOSTILE, pair, ranking, row

GOLD = {"p1": "a b c d", "p2": "a b", "p3": "a"}
RIGHT = {page: ("ok", text, 0.5) for page, text in GOLD.items()}
HALF = {page: ("ok", text + " x y", 0.02) for page, text in GOLD.items()}
NOTHING = dict.fromkeys(GOLD, ("empty", "", 0.001))


def written(run):
    return lxml.html.fromstring(write_report(run).read_bytes())


def shown(page):
    return [
        [" ".join(cell.text_content().split()) for cell in line]
        for line in page.xpath("//table[@id='board']/tbody/tr")
    ]


def test_the_page_shows_the_first_ranking_without_scripts(finished, tmp_path):
    gold = {f"p{n}": f"a b c {n}" for n in range(9)}
    given = {
        "c": {
            "right": {page: ("ok", text, 0.5) for page, text in gold.items()},
            "half": {page: ("ok", f"{text} x y", 0.02) for page, text in gold.items()},
            "none": dict.fromkeys(gold, ("empty", "", 0.001)),
        }
    }
    page = written(finished(tmp_path, gold, given, metrics=("token", "shingle")))
    headings = [
        " ".join(cell.text_content().split())
        for cell in page.xpath("//table[@id='board']//thead//th")
    ]
    lines = [dict(zip(headings, line, strict=True)) for line in shown(page)]
    assert [line["Extractor"].lstrip("★") for line in lines] == ["right", "half", "none"]
    rows = [one for one in scoreboard(Run(tmp_path)) if one.metric == "token"]
    assert [line["F1"] for line in lines] == [f"{one.f1:.3f}" for one in rows]
    assert lines[0]["Extractor"].startswith("★")
    assert lines[2]["Failures"] == "9 empty"
    assert lines[0]["CPU ms"] == "500.0"
    assert [line["Group"] for line in lines] == ["a", "b", "c"]
    assert not page.xpath("//p[@id='starred']/@hidden")
    assert page.xpath("//th[text()='Rank']/@title") == [RANKS]
    assert f"{RANKS}; not corrected for the many" in page.xpath("string(//ul[@id='footer'])")


def test_too_few_pages_for_any_test_are_said_to_be_and_nobody_is_starred(finished, tmp_path):
    given = {"c": {"right": RIGHT, "half": HALF, "none": NOTHING}}
    run = finished(tmp_path, GOLD, given)
    (board,) = rankings(run)
    page = written(run)
    assert page.xpath("//p[@id='starred']/@hidden")
    assert not page.xpath("//table[@id='board']//*[@class='star']")
    footer = page.xpath("string(//ul[@id='footer'])")
    assert "too few" in board.tested
    assert board.tested in footer
    assert RANKS in footer
    assert "unlike the groups" not in footer
    assert "Group" not in page.xpath("//table[@id='board']//th/text()")


def test_columns_in_which_nothing_is_are_left_out():
    bare = ranking(row("x", version="", cpu_ms=None), row("y", cpu_ms=None, version=""))
    assert scoreboards([bare])["boards"][0]["bare"] == ["Failures", "CPU ms", "Version"]
    full = ranking(row("x", failures={"oom": 1}), row("y"))
    assert scoreboards([full])["boards"][0]["bare"] == []


def test_a_board_says_which_protocol_it_is_of():
    boards = [
        ranking(row(metric="shingle[norm=keep]", protocol="scrapinghub")),
        ranking(row(metric="token", protocol="boilerbench")),
    ]
    assert [metric["by"] for metric in scoreboards(boards)["metrics"]] == [
        " · protocol scrapinghub · shingle", ", by token",
    ]  # fmt: skip


def test_the_first_ranking_is_of_all_corpora_together(finished, tmp_path):
    given = {"c": {"right": RIGHT, "half": HALF}, "d": {"right": RIGHT, "half": HALF}}
    page = written(finished(tmp_path, GOLD, given, corpora=("c", "d")))
    assert ALL_CORPORA in page.xpath("string(//p[@id='of'])")
    assert len(shown(page)) == 2


def test_the_page_loads_its_own_files_alone(finished, tmp_path):
    given = {"c": dict.fromkeys(("http://evil.example/x.js", *HOSTILE), RIGHT)}
    run = finished(tmp_path, GOLD, given)
    run.update(command="<script src=http://evil.example></script>")
    page = written(run)
    loaded = page.xpath("//script/@src | //link/@href")
    for name in loaded:
        assert (tmp_path / "report" / name).is_file()
    assert not page.xpath("//iframe | //object | //embed | //img | //base | //form")
    assert not page.xpath("//script[not(@src)] | //style | //@style")
    assert not [name for name in page.xpath("//@*") if name.attrname.startswith("on")]
    for attribute in page.xpath("//@href"):
        assert not re.match(r"\s*([a-z]+:|//)", attribute, re.IGNORECASE)
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_hostile_names_and_errors_are_shown_as_text(finished, tmp_path):
    failing = {
        page: ("error", "", None, f"{name}\ndetail of {name}")
        for page, name in zip(GOLD, HOSTILE[2:5], strict=True)
    }
    names = [name for name in HOSTILE if "\n" not in name]
    given = {"c": dict.fromkeys(names, RIGHT) | {"failing": failing}}
    page = written(finished(tmp_path, GOLD, given, versions={names[0]: "<b>1</b>"}))
    heads = [cell.xpath("string(bdi)") for cell in page.xpath("//table[@id='board']/tbody/tr/th")]
    assert set(names) <= set(heads)
    assert not page.xpath("//td//b | //td//script | //th//script")
    text = page.text_content()
    for name in HOSTILE[2:5]:
        assert f"detail of {name}" in text


def test_what_would_turn_a_text_around_is_made_visible():
    text = lxml.html.fromstring(str(site.shown("a\u202eb<i>\u2066")))
    assert text.tag == "bdi"
    assert text.text_content() == "aRLOb<i>LRI"
    assert text.xpath("span/@title") == ["U+202E", "U+2066"]


@given(st.text(), st.text())
def test_an_address_leads_back_to_its_page(corpus, name):
    try:
        f"{corpus}{name}".encode()
    except UnicodeEncodeError:
        return  # no corpus has such names
    found = site.address(corpus, name).removeprefix("page.html#").split("/")
    assert [unquote(part) for part in found] == [corpus, name]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_script_gives_what_it_was_given_and_ends_nowhere_else(content):
    script = assigned("x", content)
    assert json.loads(script.removeprefix("window.x=").removesuffix(";\n")) == content
    assert not set("<>\u2028\u2029") & set(script)
    assert script.count("\n") == 1


def test_failures_are_listed_with_their_reasons(finished, tmp_path):
    given = {
        "p1": ("timeout", "", None, "killed after 5 s"),
        "p2": ("error", "", None, "ValueError: no\nTraceback:\n  line"),
        "p3": ("empty", "", None),
    }
    page = written(finished(tmp_path, GOLD, {"c": {"x": given}}))
    (section,) = page.xpath("//section[@id='failures']")
    assert "3 in all" in section.text_content()
    cells = [[c.text_content() for c in line][:3] for line in section.xpath(".//tbody/tr")]
    assert cells == [["p1", "x", "timeout"], ["p2", "x", "error"], ["p3", "x", "empty"]]
    assert "killed after 5 s" in section.text_content()
    assert section.xpath("string(.//details/pre)") == "Traceback:\n  line"


def test_a_run_without_failures_has_no_list_of_them(finished, tmp_path):
    page = written(finished(tmp_path, GOLD, {"c": {"right": RIGHT, "nothing": NOTHING}}))
    assert not page.xpath("//section[@id='failures'] | //a[@href='#failures']")


def test_an_empty_answer_where_the_gold_is_empty_is_no_failure(finished, tmp_path):
    given = {"p1": ("empty", "", None), "p2": ("empty", "", None)}
    run = finished(tmp_path, {"p1": "", "p2": "text"}, {"c": {"x": given}})
    (only,) = scoreboard(run)
    assert only.failures == {"empty": 1}
    page = written(run)
    assert page.xpath("//table[@class='misses']//tbody//th//text()") == ["p2"]


def test_provenance_says_all_that_a_run_knows(finished, tmp_path):
    run = finished(tmp_path, GOLD, {"c": {"right": RIGHT}})
    run.update(
        command="boilerbench run -c c",
        left_out={"teds": "the gold has no Markdown"},
        left_out_extractors={"lost": "lost: cannot start"},
    )
    run.info["extractors"][0] |= {"packages": {"lxml": "6.1"}, "python": "3.11"}
    run.update()
    page = written(run)
    assert page.xpath("string(//pre[@id='command'])") == "boilerbench run -c c"
    said = page.xpath("string(//section[@id='provenance'])")
    for wanted in ("teds, for the gold has no Markdown", "lost: cannot start", "lxml 6.1",
                   "1 packages, Python 3.11", "sha256:0", "CC0"):  # fmt: skip
        assert wanted in " ".join(said.split())
    assert "@misc{boilerbench" in page.xpath("string(//pre[@id='bibtex'])")


def test_every_chart_has_a_place_and_a_caption_or_a_reason(finished, tmp_path):
    page = written(finished(tmp_path, GOLD, {"c": {"right": RIGHT, "half": HALF}}))
    places = page.xpath("//section[@id='charts']//*[@data-figure]/@data-figure")
    assert "precision-recall" in places
    assert len(page.xpath("//figure/figcaption[normalize-space()]")) == len(places)
    assert "needs 5" in page.xpath("string(//section[@id='charts'])")


def test_charts_of_several_corpora_are_under_their_names(finished, tmp_path):
    given = {corpus: {"right": RIGHT, "half": HALF} for corpus in ("c", "d")}
    page = written(finished(tmp_path, GOLD, given, corpora=("c", "d")))
    (section,) = page.xpath("//section[@id='charts']")
    said = [one.text_content() for one in section.xpath("./h3 | .//figure/h4")]
    assert said[:2] == ["c", "Precision against recall"]
    assert said.count("Precision against recall") == 2
    assert said[said.index("d") + 1] == "Precision against recall"
    assert said[-1] == "All corpora"
    assert "Each corpus has charts of its own" in section.text_content()


def test_charts_of_the_only_corpus_need_no_name(finished, tmp_path):
    page = written(finished(tmp_path, GOLD, {"c": {"right": RIGHT, "half": HALF}}))
    assert not page.xpath("//section[@id='charts']/h3")
    assert not page.xpath("//h4")  # no level of headings is skipped
    assert "charts of its own" not in page.xpath("string(//section[@id='charts'])")


# ---- the data of the scoreboard


def test_a_board_has_what_its_ranking_says():
    of = ranking(
        row("x", 0.9, 0.7, 0.8, 12.3456, failures={"oom": 2, "empty": 1}),
        row("y", None, None, None, None, f1_median=None),
        letters=["a", ""],
        pairs=[pair("x", "y")],
    )
    data = scoreboards([of])
    (board,) = data["boards"]
    assert (data["extractors"], data["versions"]) == (["x", "y"], ["1", "1"])
    assert board["columns"] == ["precision", "recall", "f1"]
    assert board["rows"][0] == [
        0, "a", 1, 1, 1, [[0.9, 0.85, 0.94], [0.7, 0.65, 0.74], [0.8, 0.75, 0.84]], 0.8,
        "2 oom, 1 empty", 3, 12.346,
    ]  # fmt: skip
    assert board["rows"][1][5] == [None, None, None]
    assert board["pairs"] == [[0, 1, -0.1, -0.15, -0.05, 0.01, 0.01, -0.5, 1, 0, 2]]
    assert board["scale"] == [0.7, 0.9]


def test_reference_lines_take_no_room_on_the_scale():
    of = ranking(row("x", f1=0.8), row("nothing", f1=0.05))
    assert scoreboards([of], {"nothing"})["boards"][0]["scale"] == [0.7, 0.9]
    assert scoreboards([of], {"nothing"})["references"] == [1]


def test_a_part_that_is_all_of_its_corpus_is_left_out():
    boards = [
        ranking(row()),
        ranking(row(part="lang=unknown")),
        ranking(row(part="kind=forum")),
        ranking(row(part="kind=article")),
    ]
    parts = [board["part"] for board in scoreboards(boards)["boards"]]
    assert parts == [None, "kind=forum", "kind=article"]


def test_all_corpora_together_are_shown_first():
    boards = [ranking(row(corpus=corpus)) for corpus in ("c", "d", ALL_CORPORA)]
    data = scoreboards(boards)
    assert data["corpora"][data["boards"][data["shown"]]["corpus"]] == ALL_CORPORA


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_lacks_is_null(value):
    of = ranking(row("x"), row("y"), pairs=[pair("x", "y", effect=value)])
    assert scoreboards([of])["boards"][0]["pairs"][0][7] is None


def test_all_rankings_of_a_run_are_there(finished, tmp_path):
    given = {"c": {"right": RIGHT, "half": HALF}, "d": {"right": RIGHT, "half": HALF}}
    run = finished(tmp_path, GOLD, given, corpora=("c", "d"), metrics=("token", "shingle"))
    data = scoreboards(rankings(run, ("kind", "lang")))
    pairs = [(data["corpora"][b["corpus"]], data["metrics"][b["metric"]]["name"])
             for b in data["boards"]]  # fmt: skip
    assert pairs == [(c, m) for c in ("c", "d", ALL_CORPORA) for m in ("token", "shingle")]
