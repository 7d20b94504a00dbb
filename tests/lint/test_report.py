"""The report and its Markdown table."""

from boilerbench.lint import KINDS, Defect, Report
from boilerbench.lint.report import markdown, share


def test_counts_and_parts():
    report = Report(
        {"a": 3, "b": 1}, (Defect("a", "1", "empty-gold", ""), Defect("a", "1", "gold-hidden", ""))
    )
    assert report.counts()["empty-gold"] == {"a": 1, "b": 0}
    assert [one.kind for one in report.only(["gold-hidden"]).defects] == ["gold-hidden"]
    assert set(report.counts()) == set(KINDS)


def test_shares():
    assert [share(0, 9), share(1, 1000), share(1, 4), share(4, 4)] == [
        "0 %",
        "0.1 %",
        "25 %",
        "100 %",
    ]


def test_only_none_is_shown_as_none_and_only_all_as_all():
    shown = {count: share(count, 2500) for count in range(2501)}
    assert [count for count, text in shown.items() if text.startswith("0 ")] == [0]
    assert [count for count, text in shown.items() if text.startswith("100")] == [2500]
    assert {1: "<0.1 %", 2: "0.1 %", 2498: "99.9 %", 2499: ">99.9 %"}.items() <= shown.items()


def test_no_sign_of_a_share_is_taken_for_markup():
    few = Report({"a": 2500}, (Defect("a", "1", "empty-gold", ""),))
    assert "| 1 (&#60;0.1 %) |" in markdown(few, ["empty-gold"])
    most = Report({"a": 2500}, tuple(Defect("a", str(n), "empty-gold", "") for n in range(2499)))
    assert "| 2499 (&#62;99.9 %) |" in markdown(most, ["empty-gold"])


def test_markdown():
    report = Report({"a|b": 3}, (Defect("a|b", "1", "empty-gold", ""),))
    assert markdown(report, ["empty-gold", "gold-hidden"]).splitlines() == [
        "| corpus | pages | empty-gold | gold-hidden |",
        "| --- | ---: | ---: | ---: |",
        "| a&#124;b | 3 | 1 (33 %) | – |",
    ]
