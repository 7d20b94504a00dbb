import functools
import json
import math
import struct
from dataclasses import replace

import altair as alt
import lxml.etree
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.agreement import agreement
from boilerbench.errors import UserError
from boilerbench.metrics import metric
from boilerbench.ranking import Ranked, Ranking, rankings
from boilerbench.report.figures import critical_difference, export, figures, matrix, script
from boilerbench.report.figures.figure import LONGEST_LABEL, labels, share
from boilerbench.report.figures.matrix import FEWEST_PAGES, MOST_PARTS, parts
from boilerbench.report.figures.pages import BINS, binned, distribution
from boilerbench.report.figures.placing import _box, _crosses, _meet, measured, placed
from boilerbench.report.figures.scatter import HEIGHT, WIDTH, cost, iso_f1, pareto, precision_recall
from boilerbench.scoring import Row
from boilerbench.stats import Interval
from boilerbench.stats.across import AcrossCorpora

GOLD = {"p1": "a b c d", "p2": "a b", "p3": "a c e g i", "p4": "a b c"}
GIVEN = {
    "good": {page: ("ok", text, 0.05) for page, text in GOLD.items()},
    "fair": {page: ("ok", f"{GOLD[page]} x {'y ' * at}", 0.01) for at, page in enumerate(GOLD)},
    "poor": {page: ("ok", "a " + "z " * at, 0.02) for at, page in enumerate(GOLD)},
    "nothing": dict.fromkeys(GOLD, ("empty", "", 0.001)),
}  # fmt: skip
HOSTILE = [
    "</script><script>alert(1)</script>",
    "datum.x; alert(1)",
    "a\nb\u202ec",
    '"]] + alert(1) + [["',
    "{{x}} ${y} 'z",
    "__proto__",
    "x" * 200,
    "x" * 199 + "y",
    "日本語" * 20,
]
EXPRESSIONS = {
    "expr",
    "signal",
    "test",
    "calculate",
    "filter",
    "labelExpr",
    "update",
    "href",
    "url",
}


def ranked(name, f1=0.5, precision=None, recall=None, cpu_ms=1.0, best=False, pages=10, **given):
    row = Row(
        corpus="c", corpus_version="1", corpus_digest="sha256:0", extractor=name, version="1",
        metric="token", signature="s", pages=pages, scored=pages, f1=f1,
        precision=f1 if precision is None else precision, recall=f1 if recall is None else recall,
        f1_median=f1, micro_precision=f1, micro_recall=f1, micro_f1=f1, failures={},
        cpu_ms=cpu_ms, more={},
    )  # fmt: skip
    bounds = {
        figure: Interval(value, value - 0.02, value + 0.01)
        for figure in ("precision", "recall", "f1")
        if (value := getattr(row, figure))
    }
    return Ranked(row, bounds, "a", (1, 1), best)


def ranking(*all_of, part=None, pages=10, figure="f1", name="token"):
    return Ranking("c", part, name, "s", None, figure, pages, "", tuple(all_of), ())


def layers(figure, mark):
    """The rows of all layers of a mark."""
    return [
        row
        for layer in figure.spec["layer"]
        if layer["mark"]["type"] == mark
        for row in figure.spec["datasets"][layer["data"]["name"]]
    ]


def columns(figure):
    """The heads of a table of cells."""
    return figure.spec["layer"][0]["encoding"]["x"]["scale"]["domain"]


@functools.cache
def hostile_figures():
    ones = [
        ranked(name, 0.9 - at / 20, cpu_ms=1.0 + at, best=not at) for at, name in enumerate(HOSTILE)
    ]
    of_pages = {name: np.random.default_rng(at).uniform(size=10) for at, name in enumerate(HOSTILE)}
    whole = ranking(*ones)
    by_part = [ranking(*ones, part=f"kind={name}") for name in HOSTILE]
    ranks = tuple(float(at) for at in range(1, len(HOSTILE) + 1))
    several = AcrossCorpora(
        HOSTILE[0], "f1", tuple(HOSTILE), tuple(HOSTILE), ranks, 1.0, 0.5, 3.0, (),
        (tuple(HOSTILE),),
    )  # fmt: skip
    boards = [ranking(*ones, name=name) for name in HOSTILE[:3]]
    return [
        precision_recall("precision-recall", whole),
        cost("cost", whole),
        distribution("distribution", whole, of_pages),
        parts("kind", "By kind", whole, by_part),
        matrix.extractors("extractors", whole, of_pages),
        matrix.metrics("metrics", boards, dict.fromkeys(HOSTILE[:3], of_pages)),
        critical_difference("critical-difference", several),
    ]


@pytest.fixture
def run(tmp_path, finished):
    return finished(tmp_path / "run", GOLD, {"c": GIVEN}, metrics=("token", "shingle"))


def test_a_run_has_all_figures_and_each_is_valid_or_says_why_not(run):
    found = figures(run, rankings(run, ("kind", "lang")))
    drawn = {name for name, figure in found.items() if figure.spec}
    assert drawn == {"precision-recall", "cost", "distribution", "extractors", "metrics"}
    for name, figure in found.items():
        assert figure.name == name
        assert (figure.spec is None) == bool(figure.reason)
        if figure.spec:
            alt.LayerChart.from_dict(figure.spec).to_dict()  # raises where it is not Vega-Lite
            assert "config" not in figure.spec
            assert "4 pages" in figure.caption
            assert figure.summary
            assert len(json.dumps(figure.spec)) < 60_000
    assert "of them at least: there is 1" in found["critical-difference"].reason


def test_figures_of_several_corpora_bear_their_names(tmp_path, finished):
    names = ("c d", "c/d", "日本")
    run = finished(tmp_path / "run", GOLD, dict.fromkeys(names, GIVEN), corpora=names)
    found = figures(run, rankings(run))
    ends = {name.removeprefix("cost") for name in found if name.startswith("cost")}
    assert ends == {"-c-d", "-corpus-2", "-corpus-3"}
    assert [name for name in found if name.startswith("critical")] == ["critical-difference"]
    assert [figure.corpus for name, figure in found.items() if name.startswith("cost")] == [*names]
    assert found["critical-difference"].corpus is None


def test_dots_stand_at_their_figures_with_whiskers_along_their_intervals():
    figure = precision_recall(
        "x", ranking(ranked("a", 0.8, 0.9, 0.72, best=True), ranked("none", 0.0))
    )
    (dot,) = layers(figure, "point")[1:]  # the first holds the axes
    assert "Filled: not told apart from the best." in figure.caption
    assert (dot["x"], dot["y"]) == (0.72, 0.9)
    assert (dot["Precision"], dot["F1"]) == (".900 (.880 to .910)", ".800 (.780 to .810)")
    whisker = next(row for row in layers(figure, "rule") if "y_low" in row)
    assert (whisker["y_low"], whisker["y_high"]) == pytest.approx((0.88, 0.91))
    assert "Not drawn, precision and recall are 0: none." in figure.caption


def test_what_reached_nothing_is_drawn_where_all_did_and_named_where_not():
    alone = ranking(ranked("none", 0.0, cpu_ms=2.0))
    for figure in (precision_recall("x", alone), cost("x", alone)):
        (dot,) = layers(figure, "point")[1:]
        assert (dot["y"], dot["best"]) == (0, False)
        assert "Not drawn" not in figure.caption
        assert "Filled" not in figure.caption
    figure = cost(
        "x", ranking(ranked("a", 0.5), ranked("none", 0.0), ranked("told", 0.4, cpu_ms=None))
    )
    assert "Not drawn, F1 is 0: none. Not drawn, no CPU time is known: told." in figure.caption


def test_squares_are_on_the_front_and_filled_is_not_told_apart_from_the_best():
    figure = cost(
        "x",
        ranking(
            ranked("good", 0.9, cpu_ms=9, best=True),
            ranked("dear", 0.88, cpu_ms=20, best=True),
            ranked("cheap", 0.5, cpu_ms=1),
        ),
    )
    marks = {
        row["Extractor"]: (layer["mark"]["shape"], layer["mark"]["filled"])
        for layer in figure.spec["layer"]
        if layer["mark"]["type"] == "point" and "shape" in layer["mark"]
        for row in figure.spec["datasets"][layer["data"]["name"]]
    }
    assert marks == {"good": ("square", True), "dear": ("circle", True), "cheap": ("square", False)}


def test_curves_of_equal_f1_are_that():
    curves = iso_f1(0.5, 0.5)
    # By hand: with a recall of 1 the precision is f1 / (2 − f1), and the other way round.
    assert curves[0.8][-1] == pytest.approx((1, 2 / 3))
    assert curves[0.8][0] == pytest.approx((2 / 3, 1))
    for f1, curve in curves.items():
        for recall, precision in curve:
            assert 2 * precision * recall / (precision + recall) == pytest.approx(f1)
            assert 0.5 - 1e-9 <= recall <= 1 + 1e-9
            assert 0.5 - 1e-9 <= precision <= 1 + 1e-9
    assert 0.3 not in curves  # it runs below both


def test_curves_are_smooth():
    for curve in iso_f1(0.0, 0.0).values():
        for (r1, p1), (r2, p2), (r3, p3) in zip(curve, curve[1:], curve[2:], strict=False):
            turn = math.atan2(p2 - p3, r3 - r2) - math.atan2(p1 - p2, r2 - r1)
            assert abs(turn) < math.radians(6)


def test_the_front_is_what_nothing_beats():
    #            dear and best, beaten, cheap, beaten by the cheap, as good as the best but dearer
    assert pareto([10, 9, 1, 2, 11], [0.9, 0.5, 0.6, 0.6, 0.9]) == [2, 0]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=12))
def test_nobody_on_the_front_is_dominated_and_everybody_else_is(points):
    front = pareto(*zip(*points, strict=True))

    def beaten(at):
        cost, gain = points[at]
        return any(c <= cost and g >= gain and (c, g) != (cost, gain) for c, g in points)

    for at in range(len(points)):
        if at in front:
            assert not beaten(at)
        else:
            assert beaten(at) or any(points[other] == points[at] for other in front)


def test_without_time_or_precision_there_is_a_reason_instead():
    assert cost("x", ranking(ranked("a", cpu_ms=None))).reason == "no CPU time was measured"
    unsure = ranked("a", f1=None, recall=0.5)
    unsure = replace(unsure, row=replace(unsure.row, precision=None))
    only_recall = ranking(unsure, figure="recall")
    assert "no precision" in precision_recall("x", only_recall).reason
    assert cost("x", only_recall).title == "Recall against CPU time"


def test_names_keep_off_each_other_and_off_dots_in_a_crowd():
    dots = [(200 + 11 * math.cos(n), 100 + 9 * math.sin(n)) for n in range(10)]
    names = [f"trafilatura[option_{n}=true]" for n in range(10)]
    found = placed(dots, names, WIDTH, HEIGHT)
    named = [(label, name) for label, name in zip(found, names, strict=True) if label]
    assert len(named) > 4
    boxes = [_box(label, measured(name)) for label, name in named]
    for at, (left, top, right, bottom) in enumerate(boxes):
        assert left >= -1e-9
        assert right <= WIDTH + 1e-9
        assert top >= -1e-9
        assert bottom <= HEIGHT + 1e-9
        for other in boxes[at + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
        assert not any(left < x < right and top < y < bottom for x, y in dots)


def test_names_that_find_no_room_are_left_out_and_counted():
    crowd = [ranked(f"extractor-{n}", 0.9 + n / 1e4, cpu_ms=5 + n / 1e3) for n in range(30)]
    figure = cost("x", ranking(*crowd, ranked("far", 0.5, cpu_ms=1.0)))
    named = [row["label"] for row in layers(figure, "text")]
    assert "far" in named
    assert 1 < len(named) < 31
    assert f"{31 - len(named)} of 31 are not named, for want of room." in figure.caption
    lines = [r for r in layers(figure, "rule") if "label_x" in r and "y_low" not in r]
    assert len(layers(figure, "point")) == 1 + 31  # the first holds the axes
    assert len(lines) < len(named)


def test_lines_to_names_cross_neither_each_other_nor_names():
    dots = [(150 + 17 * math.cos(2 * n), 150 + 13 * math.sin(3 * n)) for n in range(14)]
    names = [f"extractor {n}" for n in range(14)]
    found = placed(dots, names, WIDTH, HEIGHT)
    lines = [(*dot, label.x, label.y) for dot, label in zip(dots, found, strict=True)
             if label and label.far]  # fmt: skip
    assert lines
    for at, line in enumerate(lines):
        assert not any(_meet(line, other) for other in lines[at + 1 :])
    boxes = [_box(label, measured(name)) for label, name in zip(found, names, strict=True) if label]
    for line in lines:
        assert not any(_crosses(line, box) for box in boxes)


def test_lines_meet_where_they_cross_within_their_ends():
    assert _meet((0, 0, 2, 2), (0, 2, 2, 0))
    assert not _meet((0, 0, 1, 1), (0, 3, 3, 0))
    assert not _meet((0, 0, 2, 2), (1, 0, 3, 2))


def test_a_figure_of_many_columns_is_wide():
    def agreeing(count):
        of_pages = {f"e{n}": np.arange(5.0) + n % 2 for n in range(count)}
        return matrix.extractors("x", ranking(*map(ranked, of_pages)), of_pages)

    assert [agreeing(count).wide for count in (5, 18, 32)] == [False, False, True]
    assert not cost("x", ranking(ranked("a"))).wide


@given(st.lists(st.floats(0, 1), min_size=1))
def test_bins_hold_every_page_once(given):
    shares = binned(np.array(given))
    assert len(shares) == BINS
    assert shares.sum() == pytest.approx(1)
    assert shares[-1] == pytest.approx(sum(f >= 0.96 - 1e-9 for f in given) / len(given), abs=1e-6)


def test_a_distribution_shows_quartiles_median_and_mean():
    spread = {"a": np.array([0.0, 0.5, 0.52, 1.0, np.nan])}
    figure = distribution("x", ranking(ranked("a"), ranked("b")), spread)
    (row,) = layers(figure, "point")
    assert (row["low"], row["median"], row["high"]) == pytest.approx((0.375, 0.51, 0.64))
    assert row["mean"] == pytest.approx(0.505)
    bars = {bar["x"]: bar["Pages"] for bar in layers(figure, "rect")}
    assert bars == {0.0: "1 (25%)", 0.48: "1 (25%)", 0.52: "1 (25%)", 0.96: "1 (25%)"}


def test_parts_are_ordered_by_pages_and_grey_where_they_are_few():
    ones = [ranked("a", 0.9), ranked("b", 0.3)]
    few = [ranked("a", 0.2, pages=FEWEST_PAGES - 1), ranked("b", 0.1, pages=FEWEST_PAGES - 1)]
    figure = parts(
        "kind",
        "By kind",
        ranking(*ones, pages=40),
        [
            ranking(*few, part="kind=rare", pages=FEWEST_PAGES - 1),
            ranking(*ones, part="kind=forum", pages=30),
            ranking(*ones, part="kind=unknown", pages=6),
        ],
    )
    assert [(cell["column"], cell["text"]) for cell in layers(figure, "text")] == [
        ("forum (30)", ".90"), ("forum (30)", ".30"),
        ("unknown (6)", ".90"), ("unknown (6)", ".30"),
    ]  # fmt: skip
    assert columns(figure) == ["forum (30)", "rare (4)", "unknown (6)"]
    assert {c["column"] for c in layers(figure, "rect") if c["value"] is None} == {"rare (4)"}
    assert "Grey: fewer than 5 pages" in figure.caption


def test_only_the_largest_parts_are_shown():
    many = [ranking(ranked("a"), part=f"lang=l{n}", pages=10 + n) for n in range(MOST_PARTS + 3)]
    figure = parts("lang", "By language", ranking(ranked("a")), many)
    assert len({cell["column"] for cell in layers(figure, "rect")}) == MOST_PARTS
    assert "The 3 smallest parts are left out" in figure.caption
    assert parts("lang", "x", ranking(ranked("a")), many[:1]).reason == "all pages are of one: l0"


def test_pages_of_which_nothing_is_known_are_shown_beside_others():
    one = ranking(ranked("a"), part="lang=l0", pages=10)
    unknown = ranking(ranked("a"), part="lang=unknown", pages=20)
    figure = parts("lang", "x", ranking(ranked("a")), [unknown, one])
    assert columns(figure) == ["l0 (10)", "unknown (20)"]
    nothing = parts("lang", "x", ranking(ranked("a")), [unknown])
    assert nothing.reason == "not known for these pages"


def test_agreement_of_metrics_is_what_the_analysis_says(run, corpus_of):
    found = figures(run, rankings(run))["metrics"]
    token, shingle = metric("token"), metric("shingle")
    (pair,) = agreement(run, {"c": corpus_of("c", GOLD)}, [token, shingle]).pairs
    cells = {cell["Metrics"]: cell["value"] for cell in layers(found, "rect")}
    # The first is the row: as the command `metrics agree` has it, pages are above the diagonal.
    assert cells["token, shingle"] == pytest.approx(pair.pages)
    assert cells["shingle, token"] == pytest.approx(pair.extractors)
    assert "Below the diagonal: of the order of the 4 extractors" in found.caption


def test_agreement_over_pages_is_above_the_diagonal():
    rising, falling = np.array([0.1, 0.2, 0.3]), np.array([0.3, 0.2, 0.1])
    boards = [ranking(ranked("a", 0.9), ranked("b", 0.5), name=name) for name in ("x", "y")]
    of_pages = {"x": {"a": rising, "b": rising}, "y": {"a": falling, "b": falling}}
    cells = layers(matrix.metrics("m", boards, of_pages), "rect")
    assert {(cell["row"], cell["column"]): cell["value"] for cell in cells} == {
        ("x  1", "2"): -1,  # each ranks the pages of an extractor the other way round,
        ("y  2", "1"): 1,  # and the extractors alike
    }


def test_metrics_of_a_protocol_are_told_by_their_plain_names():
    boards = [
        replace(ranking(ranked("a"), ranked("b", 0.6), name=f"{name}[norm=keep]"), protocol="p")
        for name in ("token", "exact")
    ]
    of_pages = {one.metric: {"a": np.arange(3.0), "b": np.arange(3.0)} for one in boards}
    figure = matrix.metrics("m", boards, of_pages)
    assert {cell["row"] for cell in layers(figure, "rect")} == {"token  1", "exact  2"}
    assert "by token of protocol p" in precision_recall("x", boards[0]).caption


def test_extractors_agree_where_their_pages_rise_and_fall_together():
    rising = np.array([0.1, 0.2, 0.3, 0.4])
    of_pages = {"a": rising, "b": rising / 2, "c": -rising + 0.5, "d": np.zeros(4)}
    figure = matrix.extractors("x", ranking(*map(ranked, of_pages)), of_pages)
    cells = {cell["Extractors"]: cell["value"] for cell in layers(figure, "rect")}
    assert cells["a, b"] == cells["b, a"] == pytest.approx(1)
    assert cells["a, c"] == pytest.approx(-1)
    assert cells["a, d"] is None
    assert figure.summary.startswith("Most alike are a and b (1), least a and c (−1)")


def test_a_critical_difference_diagram_joins_those_that_cannot_be_told_apart():
    found = AcrossCorpora(
        "token", "f1", tuple("12345"), ("a", "b", "c"), (1.2, 1.8, 3.0), 7.6, 0.02, 1.48, (),
        (("a", "b"),),
    )  # fmt: skip
    figure = critical_difference("cd", found)
    texts = [row["label"] for row in layers(figure, "text")]
    assert texts == ["1", "2", "3", "CD 1.48", "a  1.20", "b  1.80", "3.00  c"]
    bar = next(row for row in layers(figure, "rule") if row["y"] == row["y2"] == 0.6)
    assert bar["x"] < 1.2 < 1.8 < bar["x2"] < 3
    assert "5 corpora" in figure.caption


def test_labels_are_short_printable_and_distinct():
    given = labels(HOSTILE)
    assert len(set(given.values())) == len(HOSTILE)
    assert all(len(label) <= LONGEST_LABEL and label.isprintable() for label in given.values())
    assert given["a\nb\u202ec"] == "a\\nb\\u202ec"
    assert labels(["trafilatura[favor_precision=true]"]).popitem()[1].endswith("precision=true]")


def test_shares_are_short():
    assert [share(0.8714), share(1.0), share(-0.12), share(0.99999), share(0.0), share(0.5, 2)] == [
        ".871", "1", "−.120", "1", ".000", ".50",
    ]  # fmt: skip


@pytest.mark.parametrize("at", range(7))
def test_names_out_of_files_stay_data(at):
    figure = hostile_figures()[at]

    def walk(node, path):
        if isinstance(node, dict):
            for key, value in node.items():
                assert key not in EXPRESSIONS
                walk(value, (*path, key))
        elif isinstance(node, list):
            for value in node:
                walk(value, path)
        elif isinstance(node, str) and any(name[:12] in node for name in HOSTILE):
            assert path[-2:] == ("scale", "domain") or path[0] == "datasets"

    alt.LayerChart.from_dict(figure.spec).to_dict()
    walk(figure.spec, ())
    held = script({figure.name: figure})
    assert held.isascii()
    assert json.loads(held.removeprefix("window.boilerbenchFigures=").rstrip(";\n"))


def test_exports_are_what_their_names_say_and_the_same_twice(tmp_path):
    given = {figure.name: figure for figure in hostile_figures()[:3]}
    given["none"] = critical_difference("none", "too few")
    files = export(given, tmp_path / "figures")
    assert {file.name for file in files} == {
        f"{name}.{ending}" for name in list(given)[:3] for ending in ("pdf", "svg", "png")
    }
    assert {file.name for file in (tmp_path / "figures").iterdir()} == {f.name for f in files}
    for file in files:
        content = file.read_bytes()
        if file.suffix == ".pdf":
            assert content.startswith(b"%PDF-")
            assert content.rstrip().endswith(b"%%EOF")
        elif file.suffix == ".png":
            assert content.startswith(b"\x89PNG\r\n\x1a\n")
            width, height = struct.unpack(">II", content[16:24])
            assert min(width, height) > 600
        else:
            root = lxml.etree.fromstring(content)
            assert root.tag.endswith("}svg")
            assert not root.xpath("//*[local-name()='script' or local-name()='image']")
            assert "datum.x; alert(1)" in "".join(root.itertext())
    again = export(given, tmp_path / "again")
    for one, other in zip(files, again, strict=True):
        if one.suffix != ".pdf":
            assert one.read_bytes() == other.read_bytes()


def test_what_cannot_be_exported_is_an_error_of_one_line(tmp_path):
    (figure, *_) = hostile_figures()
    with pytest.raises(UserError, match="gif"):
        export({"x": figure}, tmp_path / "new", ("svg", "gif"))
    assert not (tmp_path / "new").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write"):
        export({"x": figure}, tmp_path / "file", ("svg",))
