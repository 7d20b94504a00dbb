"""A check's verdicts for a terminal, for CI and for programs.

Names, errors and words of pages are untrusted: control characters are shown, not obeyed, and what
has a meaning in Markdown, XML or to GitHub's runner is escaped. That is no command in a terminal,
either: it may be one that the runner reads, as it does what pytest prints.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from xml.etree import ElementTree as ET

from boilerbench.report.address import address
from boilerbench.report.words import Change, Key
from boilerbench.verdict import COST, FAILURES, NOT_COMPARABLE, Report, Silent, Verdict, Worst

WIDTH = 80
LISTED = 10
"""Pages that are named of those that newly fail, or newly have no text, for each extractor on each
corpus, in a log."""

_LABELS = {"f1": "F1", "recall": "recall"}
_BAD = ("newly failing", "worse")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def terminal(report: Report, changes: Mapping[Key, Change]) -> str:
    """In lines of 80 characters."""
    lines: list[str] = []
    untouched: dict[str, list[str]] = {}
    for verdict in report.verdicts:
        if _is_untouched(verdict, report):
            untouched.setdefault(verdict.subject, []).append(verdict.what)
        else:
            lines += _verdict(verdict)
    for subject, of in untouched.items():
        said = f"{'same':15}{subject} · {', '.join(of)}: no page differs"
        lines += _wrapped(said, "", " " * 15)
    for title, pages in (
        ("pages that newly fail:", report.failing),
        ("pages newly without a text:", report.emptied),
    ):
        lines += _silent(report, title, pages)
    if report.worst:
        lines += ["", f"pages that got worst{_of_all(report)}:"]
    for page in report.worst:
        lines += _page(report, page, changes)
    lines += _wrapped(_beside(changes), "  ", "  ")
    if report.notes or report.tested or report.unchecked:
        lines.append("")
    for said in (*report.notes, report.tested, _unchecked(report)):
        lines += _wrapped(said, "", "  ")
    lines += _wrapped(f"{headline(report)}: {counts(report)}", "", "  ")
    return "\n".join(lines) + "\n"


def _of_all(report: Report) -> str:
    """`, 10 of 21`, where more pages fell by the same metrics than are named."""
    of = {(one.corpus, one.extractor, one.metric) for one in report.worst}
    fell = sum(v.lower or 0 for v in report.verdicts if (v.corpus, v.extractor, v.what) in of)
    return f", {len(report.worst)} of {fell}" if fell > len(report.worst) else ""


def headline(report: Report) -> str:
    """The verdict that decides."""
    return "fine" if report.exit_code == 0 else report.said


def counts(report: Report) -> str:
    """`1 worse, 11 same`."""
    return ", ".join(f"{number} {said}" for said, number in report.count().items())


def _unchecked(report: Report) -> str:
    return f"not checked: {'; '.join(report.unchecked)}" if report.unchecked else ""


def as_json(report: Report, changes: Mapping[Key, Change]) -> str:
    """All of it for programs."""
    plain = asdict(report) | {
        "run": str(report.run),
        "against": None if report.against is None else str(report.against),
        "verdict": headline(report),
        "exit_code": report.exit_code,
    }
    for entry, page in zip(plain["worst"], report.worst, strict=True):
        change = changes.get(_key(page))
        entry |= {"link": link(report, page), "change": asdict(change) if change else None}
    for entry, silent in zip(
        (*plain["failing"], *plain["emptied"]), (*report.failing, *report.emptied), strict=True
    ):
        entry["link"] = link(report, silent)
    said = json.dumps(plain, indent=1, allow_nan=False)
    # GitHub's runner, if it is that which reads, takes it for a command wherever it stands.
    return said.replace("##[", "##\\u005b") + "\n"


def markdown(report: Report, changes: Mapping[Key, Change]) -> str:
    """For the summary of a step in CI."""
    against = f" against {_code(str(report.against))}" if report.against else ""
    parts = [
        f"## boilerbench: {headline(report)}",
        f"{_code(str(report.run))}{against}: {counts(report)}",
    ]
    told = [one for one in report.verdicts if one.said != "same"]
    same = [one for one in report.verdicts if one.said == "same"]
    if told:
        parts.append(_table(told))
    if same:
        parts.append(
            f"<details><summary>{len(same)} same</summary>\n\n{_table(same)}\n\n</details>"
        )
    for title, pages in (
        ("Pages that newly fail", report.failing),
        ("Pages newly without a text", report.emptied),
    ):
        if pages:
            listed = [f"- {_md(line)}" for line, _ in _listed(pages)]
            parts.append("\n".join([f"### {title}", "", *listed]))
    if report.worst:
        new = all(one.beside_before for one in changes.values())
        lost, leaked = ("Lost", "Leaked") if new else ("Lacks", "Beyond")
        rows = [
            f"| Page | Extractor | Before | After | {lost} | {leaked} |",
            "|---|---|---:|---:|---|---|",
        ]
        for page in report.worst:
            change = changes.get(_key(page))
            cells = [
                f"{page.corpus}/{page.page_id}",
                page.extractor,
                f"{page.before:.3f}",
                _became(page),
                _stretches(change.lost, change.lost_words) if change else "",
                _stretches(change.leaked, change.leaked_words) if change else "",
            ]
            rows.append(f"| {' | '.join(map(_md, cells))} |")
        parts.append("\n".join([f"### Pages that got worst{_of_all(report)}", "", *rows]))
        parts.append(_beside(changes))
    if report.worst or report.failing or report.emptied:
        view = f"{report.run}/report/index.html"
        parts.append(f"The views of these pages are in the report: {_code(view)}.")
    parts += [_md(line) for line in (*report.notes, report.tested, _unchecked(report)) if line]
    return "\n\n".join(filter(None, parts)) + "\n"


def junit(report: Report, changes: Mapping[Key, Change]) -> str:
    """As JUnit XML: a case for each verdict; what is not comparable is an error."""
    root = ET.Element("testsuites", name="boilerbench")
    suites: dict[str, ET.Element] = {}
    for verdict in report.verdicts:
        if verdict.corpus not in suites:
            name = _shown(verdict.corpus)
            suites[verdict.corpus] = ET.SubElement(root, "testsuite", name=name)
        case = ET.SubElement(
            suites[verdict.corpus],
            "testcase",
            classname=_shown(f"{verdict.corpus}.{verdict.extractor}"),
            name=_shown(verdict.what),
        )
        said = "; ".join(filter(None, (figures(verdict), verdict.reason)))
        if verdict.said in _BAD or verdict.said == "not comparable":
            tag = "failure" if verdict.said in _BAD else "error"
            told = ET.SubElement(case, tag, type=verdict.said, message=_shown(said))
            told.text = "\n".join(_behind(report, verdict, changes))
        else:
            ET.SubElement(case, "system-out").text = _shown(f"{verdict.said}: {said}")
    open_ = (*report.unchecked, *report.notes)
    if open_:
        suites[""] = ET.SubElement(root, "testsuite", name="not judged")
    for said in open_:
        case = ET.SubElement(suites[""], "testcase", classname="not judged", name=_shown(said))
        ET.SubElement(case, "skipped", message=_shown(said))
    for suite in (root, *suites.values()):
        for key, tag in (
            ("tests", "testcase"), ("failures", "failure"), ("errors", "error"),
            ("skipped", "skipped"),
        ):  # fmt: skip
            suite.set(key, str(len(list(suite.iter(tag)))))
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def github(report: Report) -> list[str]:
    """GitHub's commands for what is wrong, a line each."""
    lines = []
    for verdict in report.verdicts:
        if verdict.said in _BAD or verdict.said == "not comparable":
            level = "error"
            if verdict.said == "not comparable" and report.exit_code != NOT_COMPARABLE:
                level = "warning"
            said = "; ".join(
                filter(None, (figures(verdict), verdict.reason, *_named(report, verdict)))
            )
            title = _escaped(f"boilerbench: {verdict.said}", ":,")
            lines.append(f"::{level} title={title}::{_escaped(f'{verdict.title}: {said}')}")
    return lines


def _named(report: Report, verdict: Verdict) -> Iterator[str]:
    """The page that is worst, for who sees a line only."""
    pages: tuple[Worst | Silent, ...] = report.worst
    if verdict.what in (FAILURES, COST):
        pages = report.failing if verdict.what == FAILURES else ()
    for page in pages:
        if (page.corpus, page.extractor) == (verdict.corpus, verdict.extractor):
            yield f"for one {page.page_id}"
            return


def link(report: Report, page: Worst | Silent) -> str:
    """Where the report shows what the extractor made of a page."""
    return f"{report.run}/report/{address(page.corpus, page.page_id, page.extractor)}"


def figures(verdict: Verdict) -> str:
    """`F1 0.853 → 0.841, difference −0.012 [−0.019, −0.006]`, as far as there are figures."""
    if verdict.after is None:
        return ""
    if verdict.what == FAILURES:
        if verdict.before == verdict.after:
            return ""
        return f"{verdict.before:.0f} → {verdict.after:.0f} pages fail"
    before = "–" if verdict.before is None else f"{verdict.before:.3f}"
    around = verdict.difference
    if verdict.what == COST:
        said = f"{before} → {verdict.after:.3f}"
        if around:
            said += f", {around.value:.2f} times [{around.low:.2f}, {around.high:.2f}]"
        return said
    said = f"{_LABELS[verdict.figure or 'f1']} {before} → {verdict.after:.3f}"
    if around:
        said += f", difference {around.value:+.3f} [{around.low:+.3f}, {around.high:+.3f}]"
    return said


def _is_untouched(verdict: Verdict, report: Report) -> bool:
    """Whether nothing is to be said of an extractor on a corpus but of its cost."""
    here = verdict.corpus, verdict.extractor
    if verdict.what == COST or here in [(one.corpus, one.extractor) for one in report.emptied]:
        return False
    return all(
        one.said == "same" and one.difference is None and one.before == one.after is not None
        for one in report.verdicts
        if (one.corpus, one.extractor) == here and one.what != COST
    )


def _verdict(verdict: Verdict) -> list[str]:
    lines = _wrapped(f"{verdict.said:15}{verdict.title}", "", " " * 15)
    details = [figures(verdict)]
    if verdict.p_holm is not None:
        p = verdict.p_holm if verdict.corrected else verdict.p
        details.append(f"p {p:.4f}{', corrected' * verdict.corrected}")
    details.append(verdict.reason)
    if verdict.lower or verdict.higher:
        plural = "s" * (verdict.lower != 1)
        details.append(f"{verdict.lower} page{plural} fell, {verdict.higher} rose")
    if verdict.visible is not None:
        details.append(f"a drop of {verdict.visible:.3f} is seen in four of five such checks")
    if verdict.said == "same" and verdict.difference is None:
        return _wrapped(f"{verdict.said:15}{verdict.title}: {verdict.reason}", "", " " * 15)
    return lines + _wrapped("; ".join(filter(None, details)), "    ", "    ")


def _silent(report: Report, title: str, pages: tuple[Silent, ...]) -> list[str]:
    if not pages:
        return []
    lines = ["", title]
    for said, page in _listed(pages):
        lines += _wrapped(said, "  ", "    ")
        if page:
            lines.append(f"    {plain(link(report, page))}")
    return lines


def _listed(pages: tuple[Silent, ...]) -> Iterator[tuple[str, Silent | None]]:
    """A line for each page, and the page; where there are too many, how many more there are."""
    groups: dict[tuple[str, str], list[Silent]] = {}
    for page in pages:
        groups.setdefault((page.corpus, page.extractor), []).append(page)
    for (corpus, extractor), group in groups.items():
        for page in group[:LISTED]:
            why = f" ({page.error})" if page.error else ""
            became = f"{page.outcome_before} → {page.outcome}{why}"
            yield f"{corpus}/{page.page_id} · {extractor}: {became}", page
        if len(group) > LISTED:
            yield f"{corpus} · {extractor}: {len(group) - LISTED} more", None


def _page(report: Report, page: Worst, changes: Mapping[Key, Change]) -> list[str]:
    lines = _wrapped(
        f"{page.corpus}/{page.page_id} · {page.extractor} · {page.metric} "
        f"{page.before:.3f} → {_became(page)}",
        "  ",
        "    ",
    )
    change = changes.get(_key(page))
    if change:
        for what, quoted, number in (
            ("lost" if change.beside_before else "lacks", change.lost, change.lost_words),
            ("leaked" if change.beside_before else "beyond", change.leaked, change.leaked_words),
        ):
            if number:
                lines += _wrapped(f"{what} {_stretches(quoted, number)}", "    ", "      ")
    return [*lines, f"    {plain(link(report, page))}"]


def _became(page: Worst) -> str:
    outcome = "" if page.outcome == "ok" else f" ({page.outcome})"
    return f"{page.after:.3f}{outcome}"


def _stretches(quoted: tuple[str, ...], number: int) -> str:
    if not number:
        return ""
    every = " … ".join(f"“{one}”" for one in quoted)
    return f"{number} word{'s' * (number != 1)}: {every}"


def _beside(changes: Mapping[Key, Change]) -> str:
    if not changes:
        return ""
    if all(one.beside_before for one in changes.values()):
        return "Lost and leaked are the words that changed since the run before."
    return (
        "A baseline keeps no texts: what a page lacks and has beyond the gold is told of the text "
        "now, some of which may have been so before. Check against an earlier run, where there is "
        "one, to see what changed."
    )


def _behind(report: Report, verdict: Verdict, changes: Mapping[Key, Change]) -> Iterator[str]:
    """The pages behind a verdict, a line each."""
    here = verdict.corpus, verdict.extractor
    if verdict.what == FAILURES:
        pages = tuple(p for p in report.failing if (p.corpus, p.extractor) == here)
        for said, silent in _listed(pages):
            yield _shown(said)
            if silent:
                yield f"  {_shown(link(report, silent))}"
    for page in report.worst:
        if here == (page.corpus, page.extractor) and verdict.what not in (FAILURES, COST):
            yield from _page(report, page, changes)


def _key(page: Worst) -> Key:
    return page.corpus, page.page_id, page.extractor


def _table(verdicts: list[Verdict]) -> str:
    rows = ["| Verdict | Of | Figures | Why |", "|---|---|---|---|"]
    for one in verdicts:
        # Figures are ours: in them no sign can mean anything.
        rows.append(f"| {one.said} | {_md(one.title)} | {figures(one)} | {_md(one.reason)} |")
    return "\n".join(rows)


def _wrapped(text: str, first: str, following: str) -> list[str]:
    lines = textwrap.wrap(
        plain(text), WIDTH, initial_indent=first, subsequent_indent=following,
        break_on_hyphens=False,
    )  # fmt: skip
    return [_no_command(line) for line in lines]


def plain(text: str) -> str:
    """What is to stand in one line of a terminal, or of a log of GitHub's."""
    return _no_command(_shown(text))


def _no_command(line: str) -> str:
    """GitHub's runner takes `::` for a command where a line begins with it, and `##[` wherever."""
    return re.sub(r"^( *):(?=:)", r"\1\\x3a", line).replace("##[", r"##\x5b")


def _shown(text: str) -> str:
    """What is no character to be read is written out, line breaks too."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _md(text: str) -> str:
    """A text in a cell or a paragraph of Markdown: no sign of it means anything."""
    return _PUNCTUATION.sub(r"\\\1", _shown(text)).replace("\\<", "&lt;").replace("\\&", "&amp;")


def _code(text: str) -> str:
    return f"`{_shown(text).replace('`', '')}`"


def _escaped(text: str, more: str = "") -> str:
    """A value in a command to GitHub's runner."""
    escaped = _shown(text).replace("%", "%25")
    for sign in more:
        escaped = escaped.replace(sign, f"%{ord(sign):02X}")
    return escaped
