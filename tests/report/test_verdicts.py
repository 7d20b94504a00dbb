import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.check import check
from boilerbench.report import verdicts
from boilerbench.report.words import change, changes
from boilerbench.types import Corpus, Gold

HOSTILE = "::error::<img src=x>|`[a](b)\x1b[2J\n##[error]"
GOLD = {f"p{n}": " ".join(f"w{n}x{k}" for k in range(20)) for n in range(12)} | {
    HOSTILE: "one two three"
}


def texts(keep):
    return {p: ("ok", " ".join([*t.split()[:keep], "leaked"]), 0.01) for p, t in GOLD.items()}


HALTING = texts(20) | {"p1": ("ok", "w1x0 w1x1", 0.01)}  # little was found of it
BEFORE = {"x": texts(20), HOSTILE: HALTING, "readability-lxml": texts(20)}
FAILING = texts(20) | {HOSTILE: ("error", "", 0.01, HOSTILE), "p1": ("empty", "", 0.01)}
AFTER = {"x": texts(10), HOSTILE: FAILING, "readability-lxml": texts(20)}


@pytest.fixture
def made(finished, tmp_path):
    """The report, and what was lost and leaked."""
    before = finished(tmp_path / "before", GOLD, {"c": BEFORE})
    after = finished(tmp_path / "after", GOLD, {"c": AFTER})
    report = check(after, before)
    gold = {page: Gold(page, text) for page, text in GOLD.items()}
    corpus = Corpus("c", "1", "", "sha256:0", "", gold, lambda: iter(()))
    return report, changes(report, after, before, {"c": corpus})


class TestWords:
    GOLD = "The dam was opened in 1931. Nobody came.\n\nIt rained all day."

    def test_without_a_text_before_it_is_what_lacks_and_what_is_beyond(self):
        found = change(self.GOLD, "The dam was opened in 1931.\n\nIt rained all day. Read more")
        assert (found.lost, found.lost_words) == (("Nobody came.",), 2)
        assert (found.leaked, found.leaked_words) == (("Read more",), 2)
        assert not found.beside_before

    def test_beside_a_text_before_only_what_is_new_counts(self):
        before = "The dam was opened in 1931. It rained. Share this"
        after = "It rained. Share this Read more"
        found = change(self.GOLD, after, before)
        assert found.lost == ("The dam was opened in 1931.",)
        assert found.leaked == ("Read more",)
        assert found.beside_before

    def test_nothing_changed(self):
        found = change(self.GOLD, "It rained", "It rained")
        assert (found.lost_words, found.leaked_words) == (0, 0)

    @given(*[st.lists(st.sampled_from("abcd ÄßẞİΑ東京.\n"), max_size=30).map("".join)] * 3)
    def test_numbers_and_quotes_agree(self, gold, text, before):
        found = change(gold, text, before)
        for quoted, number in ((found.lost, found.lost_words), (found.leaked, found.leaked_words)):
            assert bool(quoted) == bool(number)
        assert change(gold, gold, before).lost_words == 0
        assert change(gold, text, text).leaked_words == 0


def test_a_terminal_is_told_what_a_maintainer_asks(made):
    shown = verdicts.terminal(*made)
    lines = shown.splitlines()
    # An address is one word, however long.
    assert max(len(line) for line in lines if "page.html" not in line) <= 80
    assert lines[0].startswith("newly failing  c · ")
    assert re.search(
        r"worse +c · x · token\n +F1 0\.\d{3} → 0\.\d{3}, difference -0\.\d{3} \[-", shown
    )
    assert "pages that newly fail:" in shown
    assert "pages newly without a text:" in shown
    assert re.search(r"c/p\d+ · x · token 0\.\d{3} → 0\.\d{3}\n    lost 10 words: “w", shown)
    assert "/after/report/page.html#c/p" in shown
    assert "Holm-corrected for" in shown
    assert lines[-1].startswith("newly failing: 1 newly failing, ")
    assert "\x1b" not in shown


def test_ten_pages_of_each_extractor_that_fails_are_named_with_their_views(finished, tmp_path):
    failing = dict.fromkeys(GOLD, ("crash", "", None, "signal 11"))
    names = ("x", "y")
    gold = {page.replace(HOSTILE, "p12"): text for page, text in GOLD.items()}
    runs = [
        {
            name: {gold_id: one[page] for gold_id, page in zip(gold, GOLD, strict=True)}
            for name in names
        }
        for one in (texts(20), failing)
    ]
    before, after = (finished(tmp_path / f"{n}", gold, {"c": one}) for n, one in enumerate(runs, 1))
    report = check(after, before)
    shown = verdicts.terminal(report, {}).splitlines()
    start, end = (
        shown.index("pages that newly fail:"),
        shown.index("pages that got worst, 20 of 26:"),
    )
    listed = shown[start + 1 : end - 1]
    for name in names:
        assert sum(line.endswith(f" · {name}: ok → crash (signal 11)") for line in listed) == 10
        assert f"  c · {name}: 3 more" in listed
        assert f"    {tmp_path}/2/report/page.html#c/p0/{name}" in listed
    assert len(listed) == 2 * 21
    assert len(json.loads(verdicts.as_json(report, {}))["failing"]) == 2 * 13


def test_the_probability_that_decides_is_shown(finished, tmp_path):
    """That of six pages is not corrected; and of those that fell, as many are named as are."""
    right, half = texts(20), texts(10)
    runs = []
    for number, count in enumerate((0, 6, 13)):
        pages = {page: half[page] if n < count else right[page] for n, page in enumerate(GOLD)}
        runs.append(finished(tmp_path / f"{number}", GOLD, {"c": {"x": pages}}))
    few, many = (verdicts.terminal(check(run, runs[0]), {}) for run in runs[1:])
    assert "p 0.0156;" in few
    assert ", corrected" not in few
    assert "pages that got worst:" in few
    assert ", corrected" in many
    assert "pages that got worst, 10 of 12:" in many


def test_json_is_all_of_it(made):
    report, words = made
    found = json.loads(verdicts.as_json(report, words), parse_constant=pytest.fail)
    assert (found["verdict"], found["exit_code"]) == ("newly failing", 1)
    assert len(found["verdicts"]) == len(report.verdicts)
    worst = found["worst"][0]
    assert worst["change"]["lost_words"] == 10
    assert "page.html#c/" in worst["link"]
    assert found["failing"][0]["page_id"] == HOSTILE
    assert "page.html#c/" in found["failing"][0]["link"]
    assert "page.html#c/p1/" in found["emptied"][0]["link"]


def test_json_leaves_no_sign_that_a_terminal_obeys(made):
    report = replace(made[0], notes=("\x7f\x9b2J\u202e",))
    said = verdicts.as_json(report, made[1])
    assert set(said) <= {chr(code) for code in range(32, 127)} | {"\n"}
    assert json.loads(said)["notes"] == ["\x7f\x9b2J\u202e"]


@given(
    st.lists(st.sampled_from(["::", "##[", "error", "]", " ", "\n", "\xa0", "x" * 30])).map("".join)
)
def test_no_line_of_a_terminal_is_a_command_to_github(text):
    for line in (*verdicts._wrapped(text, "", "    "), verdicts.plain(text)):
        assert not line.strip().startswith("::")
        assert "##[" not in line
        assert line.isprintable()


def test_a_command_is_shown():
    assert verdicts.plain("::error::a ##[b] c::d") == r"\x3a:error::a ##\x5bb] c::d"


def test_json_is_no_command_to_github(made):
    """Which takes `##[error]` for one wherever it stands in a line."""
    said = verdicts.as_json(*made)
    assert "##[" not in said
    assert json.loads(said)["failing"][0]["page_id"] == HOSTILE


def test_junit_counts_and_is_xml_whatever_the_names(made):
    root = ET.fromstring(verdicts.junit(*made))
    report = made[0]
    assert int(root.get("skipped")) == len(report.notes) + len(report.unchecked)
    assert int(root.get("tests")) == len(report.verdicts) + int(root.get("skipped"))
    assert int(root.get("failures")) == sum(1 for _ in report.wrong())
    assert root.get("errors") == "0"
    failure = next(one for one in root.iter("failure") if one.get("type") == "worse")
    assert "page.html#c/" in failure.text


def test_junit_has_what_is_not_comparable_as_an_error(finished, tmp_path):
    before = finished(tmp_path / "1", GOLD, {"c": BEFORE})
    after = finished(tmp_path / "2", GOLD, {"d": AFTER}, corpora=("d",))
    root = ET.fromstring(verdicts.junit(check(after, before), {}))
    assert (root.get("errors"), root.get("skipped"), root.get("tests")) == ("3", "1", "4")
    assert root.get("failures") == "0"


def test_a_name_is_no_command_to_github_and_no_second_line(made):
    lines = verdicts.github(made[0])
    assert lines
    for line in lines:
        assert re.match(r"::(error|warning) title=boilerbench%3A [a-z ]+::c · ", line)
        assert "\n" not in line
        assert "\r" not in line


@given(st.text())
def test_percent_signs_and_separators_are_escaped(text):
    escaped = verdicts._escaped(text, ":,")
    assert not set(escaped) & set("\r\n:,")
    assert re.fullmatch(r"(?:[^%]|%25|%3A|%2C)*", escaped)


def test_markdown_has_no_markup_but_ours(made):
    from markdown_it import MarkdownIt

    text = verdicts.markdown(*made)
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    assert "<img" not in html
    assert "<a " not in html
    assert html.count("<table>") >= 2
    for row in re.findall(r"<tr>.*?</tr>", html, re.DOTALL):
        assert len(re.findall(r"<t[dh]", row)) in (4, 6)
    assert text.startswith("## boilerbench: newly failing\n")
    assert "Lost and leaked are the words that changed since the run before" in text
    assert "| Lost | Leaked |" in text


def test_a_page_that_newly_has_no_text_is_a_difference(finished, tmp_path):
    """Though nothing was right in it, so that no figure fell."""
    wrong = texts(20) | {"p1": ("ok", "wrong", 0.01)}
    before = finished(tmp_path / "1", GOLD, {"c": {"x": wrong}})
    after = finished(tmp_path / "2", GOLD, {"c": {"x": wrong | {"p1": ("empty", "", 0.01)}}})
    shown = verdicts.terminal(check(after, before), {})
    assert "failures: no page differs" not in shown
    assert "pages newly without a text:" in shown


def test_a_check_without_a_fault_is_short(finished, tmp_path):
    run = finished(tmp_path / "1", GOLD, {"c": {"x": texts(20)}})
    shown = verdicts.terminal(check(run, run), {})
    assert shown.splitlines()[0] == "same           c · x · token, failures: no page differs"
    assert shown.splitlines()[-1] == "fine: 2 same"
    assert verdicts.github(check(run, run)) == []
