import json
import re

import pytest

from boilerbench.errors import UserError
from boilerbench.history import history
from boilerbench.metrics import metric
from boilerbench.report.history import (
    cells,
    chart,
    headings,
    html,
    json_text,
    markdown,
    notes,
    write_history,
)
from boilerbench.stats import bootstrap

WORDS = "one two three four five six seven eight nine ten".split()
TEXT = " ".join(WORDS)
PAGES = [f"p{number:02}" for number in range(20)]
HOSTILE = "<img src=x>|`"


def half(number):
    return " ".join(WORDS[:number])


@pytest.fixture
def run(tmp_path, finished):
    """1.0 finds half of every page; 1.1 the same, but for the white space of one; 2.0 finds all,
    and fails on one; 2.1 loses a little on one page."""
    old = {page: ("ok", half(5), 0.010) for page in PAGES}
    same = old | {"p03": ("ok", f"{half(5)} ", 0.010)}
    new = dict.fromkeys(PAGES, ("ok", TEXT, 0.02)) | {"p00": ("error", "", 0.020, "broke")}
    less = new | {"p07": ("ok", half(9), None)}
    given = {"x==1.0": old, "x==1.1": same, "x==2.0": new, "x==2.1": less}
    made = finished(tmp_path / "run", dict.fromkeys(PAGES, TEXT), {"c": given}, metrics=("token",))
    for entry in made.info["extractors"]:
        old_one = entry["spec"] < "x==2"
        entry["packages"] = {"x": entry["spec"][3:], "lxml": "5.0" if old_one else "6.0", "z": "1"}
    made.update()
    return made


@pytest.fixture
def board(run):
    order = ["0.9", "1.0", "1.1", "2.0", "2.1"]
    (found,) = history(run, {v: f"x=={v}" for v in order[1:]}, {"0.9": HOSTILE}, order)
    return found


def test_every_release_in_order_with_its_figure_and_interval(board):
    assert [one.version for one in board.releases] == ["0.9", "1.0", "1.1", "2.0", "2.1"]
    missing, first, *_, last = board.releases
    assert (missing.score, missing.change, missing.reason) == (None, None, HOSTILE)
    assert first.change is None
    assert first.score.value == pytest.approx(2 / 3)
    assert (first.score.low, first.score.high) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert last.score.low < last.score.value < last.score.high <= 1
    assert last.failures == 1
    assert (board.corpus, board.metric, board.figure, board.pages) == ("c", "token", "f1", 20)
    assert board.resampled == "20 pages"


def test_the_interval_is_that_of_the_same_resamples(board):
    made = metric("token")
    import numpy as np

    gold, text = [10.0] * 20, [0.0] + [10.0] * 19
    counts = {"tp": np.array(text), "fp": np.zeros(20), "fn": np.array(gold) - np.array(text)}
    names = made.counted
    drawn = bootstrap(made, {n: counts.get(n, np.zeros(20)) for n in names}, resamples=10_000)["f1"]
    found = board.releases[3].score
    assert (found.low, found.high) == tuple(np.percentile(drawn, [2.5, 97.5]))


def test_what_changed_from_one_release_to_the_next(board):
    _, _, same, new, less = (one.change for one in board.releases)
    assert (same.since, same.texts, same.better, same.worse) == ("1.0", 1, 0, 0)
    assert (same.score.value, same.score.p, same.mark) == (0, 1, "")
    assert (new.since, new.texts, new.better, new.worse) == ("1.1", 20, 19, 1)
    assert new.score.value == pytest.approx(19 / 20 - 2 / 3)
    assert new.score.low < new.score.value < new.score.high
    assert new.mark == "▲"
    assert (less.texts, less.better, less.worse, less.mark) == (1, 0, 1, "")


def test_probabilities_are_corrected_for_all_changes_shown(board):
    changes = [one.change for one in board.releases if one.change]
    least = min(changes, key=lambda change: change.score.p)
    assert least.corrected == pytest.approx(3 * least.score.p)
    assert all(change.corrected >= change.score.p for change in changes)


def test_cpu_time_is_compared_on_the_pages_that_both_were_measured_on(board):
    _, first, same, new, less = board.releases
    assert first.cpu_ms == pytest.approx(10)
    assert same.change.cpu == pytest.approx(1)
    assert new.change.cpu == pytest.approx(2)
    assert less.change.cpu == pytest.approx(1)
    assert less.cpu_ms == pytest.approx(20)
    assert cells(new)[-2:] == ["20.0", "2.00"]


def test_other_packages_that_changed_are_named(board):
    moved = [dict(one.change.packages) for one in board.releases if one.change]
    assert moved == [{}, {"lxml": ("5.0", "6.0")}, {}]


def test_a_loss_is_marked_too(run):
    order = ["2.0", "1.0"]
    (found,) = history(run, {v: f"x=={v}" for v in order}, {}, order)
    assert found.releases[1].change.mark == "▼"
    assert cells(found.releases[1])[3].startswith("▼−.")


def test_without_times_there_is_no_cpu(tmp_path, finished):
    given = {f"x=={v}": dict.fromkeys(PAGES, ("ok", TEXT, None)) for v in "12"}
    run = finished(tmp_path / "run", dict.fromkeys(PAGES, TEXT), {"c": given})
    (found,) = history(run, {"1": "x==1", "2": "x==2"}, {}, ["1", "2"])
    assert found.releases[1].cpu_ms is None
    assert found.releases[1].change.cpu is None
    assert len(chart(found).panels) == 1
    assert cells(found.releases[1])[-2:] == ["", ""]


def test_pages_of_a_site_are_resampled_together(run):
    sites = [
        {"corpus": "c", "page_id": page, "site": f"s{at % 12}"} for at, page in enumerate(PAGES)
    ]
    run.write_pages(sites)
    (found,) = history(run, {"1.0": "x==1.0", "2.0": "x==2.0"}, {}, ["1.0", "2.0"])
    assert found.resampled == "12 sites"
    run.write_pages([entry | {"site": "one"} for entry in sites])
    (found,) = history(run, {"1.0": "x==1.0", "2.0": "x==2.0"}, {}, ["1.0", "2.0"])
    assert found.resampled == "20 pages"  # one site says nothing of others


def test_a_run_that_did_not_finish_has_no_history(run):
    run.update(status="running")
    with pytest.raises(UserError, match="did not finish"):
        history(run, {"1.0": "x==1.0"}, {}, ["1.0"])


def test_the_tables_say_the_same(board):
    assert (
        len({len(cells(one)) for one in board.releases if one.score} | {len(headings(board))}) == 1
    )
    text = markdown("x", [board])
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + len(board.releases)
    assert {row.replace("\\|", "").count("|") for row in rows} == {len(headings(board)) + 1}
    assert "<img" not in text.replace("\\<", "")
    read = json.loads(json_text("x", [board]))
    (one,) = read["boards"]
    assert [entry["version"] for entry in one["releases"]] == ["0.9", "1.0", "1.1", "2.0", "2.1"]
    assert one["releases"][3]["change"]["mark"] == "▲"
    assert one["releases"][3]["change"]["packages"] == {"lxml": ["5.0", "6.0"]}
    assert one["signature"] == metric("token").signature


def test_the_notes_say_how_marks_and_intervals_relate(run, board):
    text = " ".join(notes([board]))
    assert "all changes shown (3)" in text
    assert "of 20 pages" in text
    assert "An interval is of its change alone" in text
    assert "`boilerbench time`" in text
    assert "No change is marked" not in text
    alike = {v: f"x=={v}" for v in ("1.0", "1.1")}
    assert notes(history(run, alike, {}, [*alike]))[0] == "No change is marked."
    assert notes(history(run, {"1.0": "x==1.0"}, {}, ["1.0"]))[0] == "There is no change to mark."


def test_the_chart_has_a_place_for_every_release_that_was_run(board):
    drawn = chart(board)
    assert [name for _, name in drawn.releases] == ["1.0", "1.1", "2.0", "2.1"]
    scores, costs = drawn.panels
    assert [dot.mark for dot in scores.dots] == ["", "", "▲", ""]
    assert {dot.mark for dot in costs.dots} == {""}
    for panel in drawn.panels:
        assert [label for _, label in panel.ticks] == sorted({t for _, t in panel.ticks}, key=float)
        for dot in panel.dots:
            assert panel.top - 1e-6 <= dot.high <= dot.y <= dot.low <= panel.bottom + 1e-6
            assert drawn.left < dot.x < drawn.right
    assert all(dot.low == dot.high for dot in costs.dots)  # one measurement has no interval
    assert [dot.reading for dot in costs.dots][::3] == ["1.0: CPU ms 10.0", "2.1: CPU ms 20.0"]
    assert scores.dots[2].y < scores.dots[1].y  # better is higher


def test_the_page_is_one_inert_file(run, board):
    page = write_history(run, f"x[{HOSTILE}]", [board])
    assert sorted(file.name for file in page.parent.glob("history.*")) == [
        "history.html",
        "history.json",
        "history.md",
    ]
    text = page.read_text("utf-8")
    assert "default-src 'none'" in text
    assert HOSTILE not in text
    assert "&lt;img src=x&gt;" in text
    assert "<script" not in text
    assert text.count("<circle") == 8
    assert text.count('class="bar"') == 2  # two scores that are not the same in every resample
    assert "lxml 5.0 → 6.0" in text
    for at in re.finditer("<table|<svg", text):  # a narrow window scrolls them, and not the page
        assert '<div class="scroll"' in text[: at.start()].rstrip().splitlines()[-1]


def test_many_releases_get_room(board):
    from dataclasses import replace

    many = replace(board, releases=board.releases[1:2] * 100)
    assert chart(many).width > chart(board).width
    none = replace(board, releases=board.releases[:1])
    assert chart(none) is None


def test_html_without_anything_to_draw(run, board):
    from dataclasses import replace

    assert "<svg" not in html(run, "x", [replace(board, releases=board.releases[:1])])
