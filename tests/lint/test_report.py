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


def test_markdown():
    report = Report({"a|b": 3}, (Defect("a|b", "1", "empty-gold", ""),))
    assert markdown(report, ["empty-gold", "gold-hidden"]).splitlines() == [
        "| corpus | pages | empty-gold | gold-hidden |",
        "| --- | ---: | ---: | ---: |",
        "| a&#124;b | 3 | 1 (33 %) | – |",
    ]
