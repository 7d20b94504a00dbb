import csv
import io
import itertools
import json
import re

import lxml.html
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from boilerbench.report import charts, tables, write_report
from boilerbench.scoring import ALL_CORPORA, Row, scoreboard

GOLD = {"p1": "a b c d", "p2": "a b", "p3": "a"}
RIGHT = {page: ("ok", text, 0.5) for page, text in GOLD.items()}
HALF = {page: ("ok", text + " x y", 0.02) for page, text in GOLD.items()}
NOTHING = dict.fromkeys(GOLD, ("empty", "", 0.001))
UNTIMED = {page: (outcome, text, None) for page, (outcome, text, _) in HALF.items()}
HOSTILE = [
    "a|b",
    "a\\|b",
    "ends with \\",
    "<script>alert(1)</script>",
    "</td></table><script>alert(1)</script>",
    "one\ntwo\r\n\n| three |",
    "![x](http://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "\"><img src=x onerror=alert(1)>'",
    "`a",
    "# 日本 &amp;",
]
FIELDS = {"corpus", "extractor", "version", "metric", "signature", "pages", "precision", "recall",
          "f1", "f1_median", "failures", "cpu_ms", "scored", "more", "part",
          "protocol"}  # fmt: skip
HEADINGS = ["Extractor", "Version", "Pages", "P", "R", "F1", "Median", "Failures", "CPU ms"]


def row(extractor="x", precision=0.5, recall=0.5, f1=0.5, cpu_ms=1.5, **others):
    given = {
        "corpus": "c", "corpus_version": "1", "corpus_digest": "sha256:0", "version": "1",
        "metric": "token", "signature": "overlap|n:1|v:1", "pages": 3, "scored": 3, "more": {},
        "f1_median": f1, "micro_precision": precision, "micro_recall": recall, "micro_f1": f1,
        "failures": {},
    } | others  # fmt: skip
    return Row(
        extractor=extractor, precision=precision, recall=recall, f1=f1, cpu_ms=cpu_ms, **given
    )


def rendered(rows):
    return lxml.html.fromstring(
        "<div>" + MarkdownIt("commonmark").enable("table").render(tables.markdown(rows)) + "</div>"
    )


def written(run):
    return lxml.html.fromstring(write_report(run).read_bytes())


def squeezed(text):
    return " ".join(text.split())


def test_markdown_shows_the_figures_with_three_digits():
    shown = rendered(
        [row("x[a=1]", 0.12345, 1.0, 0.6666, 1234.56, version="2.0",
             failures={"timeout": 2, "oom": 1}), row("y", cpu_ms=None, version=None)]
    )  # fmt: skip
    first, second = ([cell.text_content() for cell in line] for line in shown.xpath("//tbody/tr"))
    assert first == ["x[a=1]", "2.0", "3", "0.123", "1.000", "0.667", "0.667", "2 timeout, 1 oom",
                     "1234.6"]  # fmt: skip
    assert second == ["y", "", "3", "0.500", "0.500", "0.500", "0.500", "", "–"]
    assert [cell.text_content() for cell in shown.xpath("//thead/tr/th")] == HEADINGS


def test_markdown_has_a_table_with_its_signature_per_corpus_and_metric():
    rows = [row(corpus=c, metric=m, signature=f"{m}|v:1") for c in "ab" for m in ("token", "s")]
    shown = rendered(rows)
    assert shown.xpath("//h2/text()") == ["a, token", "a, s", "b, token", "b, s"]
    assert shown.xpath("//p/code/text()") == ["token|v:1", "s|v:1"] * 2
    assert len(shown.xpath("//table")) == 4


def test_figures_that_say_nothing_are_shown_as_such():
    silent = row("x", None, 0.25, None, None, f1_median=None, more={"with": 0.5, "without": None})
    other = row("y", 0.5, 0.75, None, None, f1_median=None, more={"with": 1.0, "without": None})
    (table,) = tables.tables([silent, other])
    # Without, Median and CPU ms have nothing in any row; F1 is always there.
    assert table.headings == ("Extractor", "Version", "Pages", "P", "R", "F1", "With", "Failures")
    assert table.cells(silent) == ("x", "1", "3", "–", "0.250", "–", "0.500", "")
    shown = rendered([silent, other])
    assert [cell.text_content() for cell in shown.xpath("//th")] == list(table.headings)
    assert len(shown.xpath("//tbody/tr[1]/td")) == len(table.headings)
    (read,) = csv.DictReader(io.StringIO(tables.csv_text([silent]), newline=""))
    assert (read["precision"], read["recall"], read["f1"]) == ("", "0.25", "")
    (line,) = json.loads(tables.json_text([silent]))["rows"]
    assert line["f1"] is None
    assert line["more"] == {"with": 0.5, "without": None}


def test_each_part_of_a_corpus_has_a_table_with_its_title():
    rows = [row(part=f"kind={kind}", extractor=x) for kind in ("blog", "forum") for x in "ab"]
    first, second = tables.tables(rows)
    assert [first.title, second.title] == ["kind=blog · token", "kind=forum · token"]
    assert [line.extractor for line in second.rows] == ["a", "b"]
    assert rendered(rows).xpath("//h2/text()") == ["c, kind=blog · token", "c, kind=forum · token"]


def test_a_protocol_names_its_metrics_shortly_where_that_tells_them_apart():
    titles = [
        table.title
        for table in tables.tables(
            [
                row(metric="token[norm=lower]", protocol="wcxb"),
                row(metric="cleaneval[ends=count]", protocol="both"),
                row(metric="cleaneval[ends=drop]", protocol="both"),
                row(metric="shingle[n=5]"),
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
    (table,) = tables.tables(rows)
    averaged, corpus, signature = table.footer()
    assert f"{averaged};" == says
    assert (corpus, signature) == ("c 1 sha256:0", f"x|avg:{average}|v:1")


def test_a_metric_without_f1_has_no_dots_and_breaks_no_chart():
    silent = row("x", None, 0.5, None, 2.5)
    assert charts.precision_recall([silent]).points == ()
    assert charts.precision_recall([silent]).left_out == ("x",)
    assert charts.speed([silent]) is None


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text_in_one_cell_of_markdown(name):
    shown = rendered([row(name, version=name), row("next", corpus="c")])
    first, second = shown.xpath("//tbody/tr")
    assert len(first) == len(second) == len(HEADINGS)
    expected = squeezed(name).replace("&amp;", "&")
    assert [cell.text_content() for cell in first][:2] == [expected] * 2
    assert not shown.xpath("//script | //img | //a | //td//*")


def test_a_hostile_corpus_stays_a_heading():
    shown = rendered([row(corpus="<b>\nx | y")])
    assert shown.xpath("//h2/text()") == ["<b> x | y, token"]


@pytest.mark.parametrize("name", [*HOSTILE, 'a,"b"', "=1+1"])
def test_csv_parses_back(name):
    rows = [row(name, 1 / 3, 2 / 3, 4 / 9, 0.1 + 0.2, failures={"oom": 1, "empty": 2})]
    rows.append(row("y", cpu_ms=None, version=None))
    first, second = csv.DictReader(io.StringIO(tables.csv_text(rows), newline=""))
    assert set(first) >= FIELDS
    assert first["extractor"] == name
    figures = [float(first[key]) for key in ("precision", "recall", "f1", "cpu_ms")]
    assert figures == [1 / 3, 2 / 3, 4 / 9, 0.1 + 0.2]
    assert first["failures"] == "1 oom, 2 empty"
    assert (second["extractor"], second["cpu_ms"], second["version"]) == ("y", "", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_json_has_a_row_with_every_figure(name):
    rows = [row(name, 1 / 3, cpu_ms=None, failures={"oom": 1}), row("y", cpu_ms=2.5)]
    first, second = json.loads(tables.json_text(rows))["rows"]
    assert set(first) >= FIELDS
    assert (first["extractor"], first["precision"], first["cpu_ms"]) == (name, 1 / 3, None)
    assert first["failures"] == {"oom": 1}
    assert second["cpu_ms"] == 2.5


def test_a_finished_run_gets_all_its_files(finished, tmp_path):
    run = finished(tmp_path, GOLD, {"c": {"right": RIGHT, "half": HALF}})
    assert write_report(run) == tmp_path / "report" / "index.html"
    rows = scoreboard(run)
    read = {name: (tmp_path / name).read_text("utf-8") for name in ("scoreboard.md", "scores.json")}
    assert read["scoreboard.md"] == tables.markdown(rows)
    assert [line["f1"] for line in json.loads(read["scores.json"])["rows"]] == [
        line.f1 for line in rows
    ]
    with (tmp_path / "scoreboard.csv").open(newline="") as file:
        assert [line["extractor"] for line in csv.DictReader(file)] == ["right", "half"]


def test_writing_a_report_again_changes_nothing(finished, tmp_path):
    run = finished(tmp_path, GOLD, {"c": {"right": RIGHT, "half": HALF}})

    def files():
        write_report(run)
        return {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}

    assert files() == files()


def test_the_page_shows_what_the_scoreboard_says(finished, tmp_path):
    given = {"c": {"right": RIGHT, "half": HALF}, "d": {"right": RIGHT}}
    run = finished(tmp_path, GOLD, given, metrics=("token", "shingle"), corpora=("c", "d"))
    page = written(run)
    shown = [
        tuple(cell.text_content() for cell in line)
        for line in page.xpath("//table[contains(@class, 'scores')]/tbody/tr")
    ]
    assert shown == [
        table.cells(line) for table in tables.tables(scoreboard(run)) for line in table.rows
    ]
    assert page.xpath("//main/section/h2/text()")[:2] == ["c", "d"]


def test_the_page_loads_nothing_and_runs_nothing(finished, tmp_path):
    given = {"c": dict.fromkeys(("http://evil.example/x.js", *HOSTILE), RIGHT)}
    run = finished(tmp_path, GOLD, given)
    run.update(command="<script src=http://evil.example></script>")
    page = written(run)
    loading = "//script | //link | //iframe | //object | //embed | //img | //base | //form"
    assert not page.xpath(loading)
    for attribute in page.xpath("//@src | //@href | //@srcset | //@data | //@action"):
        assert not re.match(r"\s*([a-z]+:)?//", attribute, re.IGNORECASE)
    assert not [name for name in page.xpath("//@*") if name.attrname.startswith("on")]
    for style in page.xpath("//style/text() | //@style"):
        assert "url(" not in style
        assert "@import" not in style
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "default-src 'none'" in policy


def test_hostile_names_and_errors_are_shown_as_text(finished, tmp_path):
    failing = {
        page: ("error", "", None, f"{name}\ndetail of {name}")
        for page, name in zip(GOLD, HOSTILE[2:5], strict=True)
    }
    names = [name for name in HOSTILE if "\n" not in name]
    given = {"c": dict.fromkeys(names, RIGHT) | {"failing": failing}}
    page = written(finished(tmp_path, GOLD, given, versions={names[0]: "<b>1</b>"}))
    heads = [cell.text_content() for cell in page.xpath("//table[1]//tbody/tr/th")]
    assert set(names) <= set(heads)
    assert not page.xpath("//td//b | //th//*[not(self::a)]")
    text = page.text_content()
    for name in HOSTILE[2:5]:
        assert f"detail of {name}" in text


def test_failures_are_listed_with_their_reasons(finished, tmp_path):
    given = {
        "p1": ("timeout", "", None, "killed after 5 s"),
        "p2": ("error", "", None, "ValueError: no\nTraceback:\n  line"),
        "p3": ("empty", "", None),
    }
    page = written(finished(tmp_path, GOLD, {"c": {"x": given}}))
    (section,) = page.xpath("//section[h2='Failures and empty answers']")
    assert "3 in all" in section.text_content()
    cells = [[c.text_content() for c in line][:3] for line in section.xpath(".//tbody/tr")]
    assert cells == [["p1", "x", "timeout"], ["p2", "x", "error"], ["p3", "x", "empty"]]
    assert "killed after 5 s" in section.text_content()
    assert section.xpath(".//details/pre/text()") == ["Traceback:\n  line"]


@pytest.mark.parametrize("unknown", [None, float("nan")])
def test_a_cpu_time_that_is_not_known_is_no_figure(finished, tmp_path, unknown):
    untimed = {page: (outcome, text, unknown) for page, (outcome, text, _) in HALF.items()}
    run = finished(tmp_path, GOLD, {"c": {"right": RIGHT, "half": untimed}})
    page = written(run)
    assert page.xpath("//td[contains(@class, 'cpu')]/text()") == ["500.0", "–"]
    read = json.loads((tmp_path / "scores.json").read_text("utf-8"))["rows"]
    assert [line["cpu_ms"] for line in read] == [500, None]
    (figure,) = page.xpath("//figure[figcaption = 'F1 against CPU time']")
    assert len(figure.xpath(".//circle")) == 1


def test_extractors_that_were_left_out_are_named_with_the_reason(finished, tmp_path):
    run = finished(tmp_path, GOLD, {"c": {"right": RIGHT}})
    assert "Left out" not in written(run).text_content()
    assert "Left out" not in (tmp_path / "scoreboard.md").read_text("utf-8")
    messages = [f"extractor x{n}: {name}" for n, name in enumerate(HOSTILE)]
    messages.append("extractor y: no module __init__ in *.py")
    squeezed_messages = [squeezed(message) for message in messages]
    run.update(left_out_extractors={f"x{n}": message for n, message in enumerate(messages)})
    page = written(run)
    (section,) = page.xpath("//section[h2='Left out']")
    assert [squeezed(entry.text) for entry in section.xpath("ul/li")] == squeezed_messages
    assert not section.xpath("ul/li/*")
    read = (tmp_path / "scoreboard.md").read_text("utf-8")
    assert read.startswith(tables.markdown(scoreboard(run)).rstrip())
    shown = lxml.html.fromstring(f"<div>{MarkdownIt('commonmark').enable('table').render(read)}")
    assert shown.xpath("//h2/text()")[-1] == "Left out"
    entries = shown.xpath("//h2[last()]/following-sibling::ul/li")
    assert [entry.text for entry in entries] == squeezed_messages
    assert not shown.xpath("//li/* | //script | //img | //a")


def test_a_run_without_failures_has_no_list_of_them(finished, tmp_path):
    page = written(finished(tmp_path, GOLD, {"c": {"right": RIGHT, "nothing": NOTHING}}))
    assert not page.xpath("//section[starts-with(h2, 'Failures')]")


def test_an_empty_answer_where_the_gold_is_empty_is_no_failure(finished, tmp_path):
    given = {"p1": ("empty", "", None), "p2": ("empty", "", None)}
    run = finished(tmp_path, {"p1": "", "p2": "text"}, {"c": {"x": given}})
    (only,) = scoreboard(run)
    assert only.failures == {"empty": 1}
    page = written(run)
    assert page.xpath("//table[@class='misses']//tbody//th/text()") == ["p2"]


def test_each_corpus_has_two_charts_with_a_dot_per_extractor(finished, tmp_path):
    extractors = {"right": RIGHT, "half": HALF, "nothing": NOTHING}
    given = {"c": extractors, "d": extractors}
    page = written(
        finished(tmp_path, GOLD, given, corpora=("c", "d"), metrics=("token", "shingle"))
    )
    sections = page.xpath("//section[.//svg]")
    assert [section.xpath("string(h2)") for section in sections] == ["c", "d", ALL_CORPORA]
    for section in sections:
        figures = section.xpath(".//figure")
        assert [figure.xpath("string(figcaption)") for figure in figures] == [
            "Precision against recall",
            "F1 against CPU time",
        ]
        for figure in figures:
            dots = figure.xpath(".//circle/title/text()")
            assert sorted(dot.partition(":")[0] for dot in dots) == ["half", "right"]
            assert "nothing" in figure.xpath("string(p)")
            assert "half:" in figure.xpath("string(.//svg/@aria-label)")


def test_where_no_time_was_measured_no_chart_shows_speed(finished, tmp_path):
    page = written(finished(tmp_path, GOLD, {"c": {"half": UNTIMED}}))
    assert page.xpath("//figcaption/text()") == ["Precision against recall"]
    assert charts.speed([row(cpu_ms=None)]) is None
    assert charts.speed([row(f1=0.0, precision=0.0, recall=0.0, cpu_ms=5.0)]) is None


def test_an_extractor_without_times_is_named_beside_the_chart():
    chart = charts.speed([row("timed", cpu_ms=5.0), row("untimed", cpu_ms=None)])
    assert [point.name for point in chart.points] == ["timed"]
    assert chart.left_out == ("untimed",)


SHARES = st.floats(0.01, 1)


@given(st.lists(st.tuples(SHARES, SHARES, st.floats(1e-3, 1e5)), min_size=1, max_size=8))
@example([(1.0, 1.0, 99999.99999999999)])
@example([(0.5, 0.5, 1000.0)])
def test_every_dot_and_tick_lies_in_its_chart(values):
    rows = [row(f"x{n}", p, r, 2 * p * r / (p + r), cpu) for n, (p, r, cpu) in enumerate(values)]
    for chart in (charts.precision_recall(rows), charts.speed(rows)):
        places = [(point.x, point.y) for point in chart.points]
        places += [(x, charts.TOP) for x, _ in chart.x.ticks]
        places += [(charts.LEFT, y) for y, _ in chart.y.ticks]
        assert len(chart.points) == len(rows)
        for x, y in places:
            assert charts.LEFT - 0.01 <= x <= charts.WIDTH - charts.RIGHT + 0.01
            assert charts.TOP - 0.01 <= y <= charts.HEIGHT - charts.BOTTOM + 0.01


def test_better_lies_higher_and_further_right():
    worse, better = row("worse", 0.6, 0.7, 0.65, 5.0), row("better", 0.8, 0.9, 0.85, 50.0)
    for chart in (charts.precision_recall([worse, better]), charts.speed([worse, better])):
        at = {point.name: point for point in chart.points}
        assert at["better"].y < at["worse"].y
        assert at["better"].x > at["worse"].x


def box(point):
    width = 6 * len(point.name)
    left = point.label_x if point.anchor == "start" else point.label_x - width
    return left, left + width, point.label_y - 10, point.label_y


def overlap(one, other):
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


@given(
    st.lists(st.tuples(SHARES, SHARES, st.integers(3, 16)), min_size=2, max_size=6)
    | st.tuples(SHARES, SHARES).map(lambda at: [(*at, 12)] * 6)
)
def test_names_in_a_chart_neither_overlap_nor_leave_it(values):
    chart = charts.precision_recall(
        [row(str(n) * size, p, r, 2 * p * r / (p + r)) for n, (p, r, size) in enumerate(values)]
    )
    boxes = [box(point) for point in chart.points]
    assert not any(overlap(*pair) for pair in itertools.combinations(boxes, 2))
    for left, right, top, bottom in boxes:
        assert left >= 0
        assert right <= charts.WIDTH
        assert top >= 0
        assert bottom <= charts.HEIGHT


def test_a_name_lies_beside_its_dot_where_there_is_room():
    (point,) = charts.precision_recall([row("x")]).points
    assert abs(point.label_x - point.x) < 12
    assert abs(point.label_y - point.y) < 8


def test_names_that_find_no_room_stay_inside_the_chart():
    names = [f"{'very ' * 9}long name {n}" for n in range(20)]
    chart = charts.precision_recall([row(name, 0.75, 0.9, 0.82) for name in names])
    for point in chart.points:
        width = 6.5 * len(point.name)
        left = point.label_x - width if point.anchor == "end" else point.label_x
        assert left >= charts.LEFT
        assert left + width <= charts.WIDTH
        assert point.name == "" or point.name.endswith("…")
        assert abs(point.label_y - point.y) <= charts.FARTHEST_LABEL + 4
    assert chart.unnamed == sum(not point.name for point in chart.points) > 10
