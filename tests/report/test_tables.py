import csv
import io
import json
import math

import lxml.html
import pytest
from markdown_it import MarkdownIt

from boilerbench.report import tables
from tests.report.rows import HOSTILE, pair, ranking, row

FIELDS = {"corpus", "extractor", "version", "metric", "signature", "pages", "precision", "recall",
          "f1", "f1_median", "failures", "cpu_ms", "scored", "more", "part", "protocol",
          "f1_low", "f1_high", "precision_low", "recall_high", "letters", "rank_low", "rank_high",
          "best"}  # fmt: skip
HEADINGS = ["Extractor", "Version", "Pages", "P", "R", "F1", "95 %", "Group", "Median", "Failures",
            "CPU ms"]  # fmt: skip


def rendered(*rankings):
    shown = MarkdownIt("commonmark").enable("table").render(tables.markdown(rankings))
    return lxml.html.fromstring(f"<div>{shown}</div>")


def squeezed(text):
    return " ".join(text.split())


def test_markdown_shows_the_figures_with_three_digits():
    shown = rendered(
        ranking(
            row("x[a=1]", 0.12345, 1.0, 0.6666, 1234.56, version="2.0",
                failures={"timeout": 2, "oom": 1}), row("y", cpu_ms=None, version=None))
    )  # fmt: skip
    first, second = ([cell.text_content() for cell in line] for line in shown.xpath("//tbody/tr"))
    assert first == ["x[a=1]", "2.0", "3", "0.123", "1.000", "0.667", ".617–.707", "a", "0.667",
                     "2 timeout, 1 oom", "1234.6"]  # fmt: skip
    assert second == ["y", "", "3", "0.500", "0.500", "0.500", ".450–.540", "b", "0.500", "", "–"]
    assert [cell.text_content() for cell in shown.xpath("//thead/tr/th")] == HEADINGS


def test_markdown_has_a_table_with_its_signature_per_corpus_and_metric():
    shown = rendered(
        *(
            ranking(row(corpus=c, metric=m, signature=f"{m}|v:1"))
            for c in "ab"
            for m in ("token", "s")
        )
    )
    assert shown.xpath("//h2/text()") == ["a, token", "a, s", "b, token", "b, s"]
    assert shown.xpath("//p/code/text()") == ["token|v:1", "s|v:1"] * 2
    assert len(shown.xpath("//table")) == 4


def test_below_a_table_stands_how_sure_it_is():
    shown = rendered(ranking(row("x"), row("y"), letters=["a", "a"], pairs=[pair("x", "y")]))
    text = shown.text_content()
    assert "95 % of F1: percentile bootstrap, 10,000 resamples of 3 pages, seed 0" in text
    assert "paired permutation test, two-sided, Holm-corrected for 1 pair" in text


def test_figures_that_say_nothing_are_shown_as_such():
    silent = row("x", None, 0.25, None, None, f1_median=None, more={"with": 0.5, "without": None})
    other = row("y", 0.5, 0.75, None, None, f1_median=None, more={"with": 1.0, "without": None})
    of = ranking(silent, other, figure="recall")
    (table,) = tables.tables([of])
    # Without, Median and CPU ms have nothing in any row; F1 is always there.
    assert table.headings == ("Extractor", "Version", "Pages", "P", "R", "95 %", "Group", "F1",
                              "With", "Failures")  # fmt: skip
    assert table.cells(of.ranked[0]) == ("x", "1", "3", "–", "0.250", ".200–.290", "a", "–",
                                         "0.500", "")  # fmt: skip
    shown = rendered(of)
    assert [cell.text_content() for cell in shown.xpath("//th")] == list(table.headings)
    assert len(shown.xpath("//tbody/tr[1]/td")) == len(table.headings)
    read, _ = csv.DictReader(io.StringIO(tables.csv_text([of]), newline=""))
    assert (read["precision"], read["recall"], read["f1"]) == ("", "0.25", "")
    line, _ = json.loads(tables.json_text([of]))["rows"]
    assert line["f1"] is None
    assert line["f1_low"] is None
    assert line["recall_low"] == 0.2
    assert line["more"] == {"with": 0.5, "without": None}
    assert line["more_intervals"] == {"with": [0.45, 0.54]}


def test_each_part_of_a_corpus_has_a_table_with_its_title():
    boards = [
        ranking(*(row(part=f"kind={kind}", extractor=x) for x in "ab")) for kind in ("blog", "wiki")
    ]
    first, second = tables.tables(boards)
    assert [first.title, second.title] == ["kind=blog · token", "kind=wiki · token"]
    assert [line.row.extractor for line in second.rows] == ["a", "b"]
    assert rendered(*boards).xpath("//h2/text()") == [
        "c, kind=blog · token",
        "c, kind=wiki · token",
    ]


def test_a_protocol_names_its_metrics_shortly_where_that_tells_them_apart():
    titles = [
        table.title
        for table in tables.tables(
            [
                ranking(row(metric="token[norm=lower]", protocol="wcxb")),
                ranking(row(metric="cleaneval[ends=count]", protocol="both")),
                ranking(row(metric="cleaneval[ends=drop]", protocol="both")),
                ranking(row(metric="shingle[n=5]")),
            ]
        )
    ]
    assert titles == [
        "protocol wcxb · token",
        "protocol both · cleaneval[ends=count]",
        "protocol both · cleaneval[ends=drop]",
        "shingle[n=5]",
    ]


@pytest.mark.parametrize(
    ("average", "scored", "says"),
    [
        ("macro", (3, 3), "means over pages;"),
        ("micro", (3, 3), "counts of all pages;"),
        ("micro", (1, 1), "counts of all pages, of which it says something of 1 in 3;"),
        ("f1-of-means", (3, 3), "means over pages, F1 of these means;"),
        ("macro", (1, 2), "means over pages, of which it says something of 1 to 2 in 3;"),
        ("macro", (2, 2), "means over pages, of which it says something of 2 in 3;"),
        ("macro", (0, 0), "means over pages;"),
    ],
)
def test_the_footer_says_how_pages_became_one_figure(average, scored, says):
    rows = [row(signature=f"x|avg:{average}|v:1", scored=pages) for pages in scored]
    (table,) = tables.tables([ranking(*rows)])
    averaged, corpus, signature = table.footer()
    assert f"{averaged};" == says
    assert (corpus, signature) == ("c 1 sha256:0", f"x|avg:{average}|v:1")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text_in_one_cell_of_markdown(name):
    shown = rendered(ranking(row(name, version=name), row("next", corpus="c")))
    first, second = shown.xpath("//tbody/tr")
    assert len(first) == len(second) == len(HEADINGS)
    expected = squeezed(name).replace("&amp;", "&")
    assert [cell.text_content() for cell in first][:2] == [expected] * 2
    assert not shown.xpath("//script | //img | //a | //td//*")


def test_a_hostile_corpus_stays_a_heading():
    shown = rendered(ranking(row(corpus="<b>\nx | y")))
    assert shown.xpath("//h2/text()") == ["<b> x | y, token"]


@pytest.mark.parametrize("name", [*HOSTILE, 'a,"b"', "=1+1"])
def test_csv_parses_back(name):
    of = ranking(
        row(name, 1 / 3, 2 / 3, 4 / 9, 0.1 + 0.2, failures={"oom": 1, "empty": 2}),
        row("y", cpu_ms=None, version=None),
        letters=["ab", "b"],
    )
    first, second = csv.DictReader(io.StringIO(tables.csv_text([of]), newline=""))
    assert set(first) >= FIELDS
    assert first["extractor"] == name
    figures = [float(first[key]) for key in ("precision", "recall", "f1", "cpu_ms")]
    assert figures == [1 / 3, 2 / 3, 4 / 9, 0.1 + 0.2]
    assert [float(first[key]) for key in ("f1_low", "f1_high")] == [4 / 9 - 0.05, 4 / 9 + 0.04]
    assert first["failures"] == "1 oom, 2 empty"
    assert (first["letters"], first["best"], second["best"]) == ("ab", "True", "False")
    assert (second["extractor"], second["cpu_ms"], second["version"]) == ("y", "", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_json_has_a_row_with_every_figure(name):
    of = ranking(row(name, 1 / 3, cpu_ms=None, failures={"oom": 1}), row("y", cpu_ms=2.5))
    first, second = json.loads(tables.json_text([of]))["rows"]
    assert set(first) >= FIELDS
    assert (first["extractor"], first["precision"], first["cpu_ms"]) == (name, 1 / 3, None)
    assert first["failures"] == {"oom": 1}
    assert second["cpu_ms"] == 2.5
    assert [second[key] for key in ("letters", "rank_low", "rank_high", "best")] == [
        "b",
        2,
        2,
        False,
    ]


def test_json_has_the_pairs_and_no_number_that_json_lacks():
    of = ranking(row("x"), row("y"), pairs=[pair("x", "y", effect=math.nan)])
    (line,) = json.loads(tables.json_text([of]), parse_constant=pytest.fail)["pairs"]
    assert [line[key] for key in ("corpus", "metric", "first", "second", "effect")] == [
        "c", "token", "x", "y", None,
    ]  # fmt: skip
    assert line["difference"] == {"value": -0.1, "low": pytest.approx(-0.15), "high": -0.05,
                                  "p": 0.01}  # fmt: skip
