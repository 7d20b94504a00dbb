"""The kit catches each offender by the check that is meant for it, and lets the good one pass."""

import os
import pwd
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from boilerbench.conformance import kit
from boilerbench.conformance.determinism import Determinism
from boilerbench.conformance.finding import Finding
from boilerbench.conformance.pages import ordinary
from boilerbench.errors import UserError
from boilerbench.execution.process import Limits
from boilerbench.extractors.specs import spec
from boilerbench.types import ExtractorSpec
from tests.conformance.kernel import skip_or_fail

OFFENDERS = Path(__file__).with_name("offenders.py")
MIB = 1 << 20
LIMITS = Limits(timeout=20, memory=1024 * MIB)
SMALL = kit.Extent(pages=3, orders=2, processes=1, memory_pages=200, seconds=20, memory_seconds=60)


def offender(name: str) -> ExtractorSpec:
    return spec(f"{OFFENDERS}:{name}")


def by_check(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {finding.check: finding for finding in findings}


def slow(*case: object) -> object:
    return pytest.param(*case, marks=pytest.mark.slow)


def on_the_same_pages(name: str) -> dict[str, Finding]:
    same = Determinism(ordinary(SMALL.pages), SMALL.seconds)
    return by_check(kit.on_the_same_pages(offender(name), LIMITS, SMALL, same, []))


def failed(findings: dict[str, Finding]) -> set[str]:
    return {check for check, finding in findings.items() if finding.failed}


@pytest.mark.parametrize(
    ("name", "checks"),
    [
        ("good", set()),
        slow("fails_on_gazette", {"ordinary pages"}),
        ("shortens_every_fourth_time", {"repeated pages"}),
        slow("remembers_the_page_before", {"repeated pages", "other orders", "new processes"}),
        ("gives_what_differs_by_process", {"new processes", "hash seed"}),
        ("follows_the_order_of_a_set", {"hash seed"}),
        slow("rolls_dice", {"repeated pages", "other orders", "new processes", "hash seed"}),
        ("leaves_a_thread", {"threads, processes"}),
        slow("leaves_one_thread", {"threads, processes"}),
        slow("leaves_a_process", {"threads, processes"}),
        ("leaves_a_daemon", {"threads, processes"}),
        ("spins_between_pages", {"threads, processes", "idle"}),
    ],
)
def test_the_same_pages(name: str, checks: set[str]) -> None:
    found = on_the_same_pages(name)
    assert checks <= failed(found) <= checks | {"hash seed"}, found


def test_what_differs_is_said() -> None:
    same, pages = Determinism(ordinary(2), 20), ordinary(2)
    with kit.Session(offender("shortens_every_fourth_time"), LIMITS, []) as session:
        same.answers(session)
        found = same.repeated(session)
    assert found.verdict == "fail"
    assert found.seen.startswith(f"2 of 2 pages differ; {pages[0].id}: ")
    assert found.seen.endswith("20 at time 4")


def tries(name: str) -> dict[str, Finding]:
    found = by_check(kit.watched_throughout(offender(name), LIMITS, SMALL, ordinary(2), []))
    if found["files"].verdict == "skipped":
        skip_or_fail(found["files"].seen)
    return found


@pytest.mark.parametrize(
    "name", ["asks_for_a_page", "asks_in_native_code", "asks_for_a_name_in_a_child"]
)
def test_the_network(name: str) -> None:
    found = tries(name)
    assert found["network"].verdict == "fail"
    assert "AF_INET" in found["network"].seen
    assert found["files"].verdict == "pass", found


def test_what_is_asked_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "eager.py"
    file.write_text(f"{OFFENDERS.read_text()}\n\nasks_as_it_starts()\n")
    eager = spec(f"{file}:good")
    found = by_check(kit.watched_throughout(eager, LIMITS, SMALL, ordinary(1), []))
    if found["network"].verdict != "skipped":
        assert found["network"].verdict == "fail"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("writes_to_home", "open {home}/.boilerbench-offender"),
        ("writes_to_tmp", "open /tmp/boilerbench-offender"),
        ("writes_through_a_link", "open /tmp/boilerbench-offender"),
        ("makes_a_folder_by_a_shell", "mkdir "),
        ("removes_what_is_not_its_own", "rename /etc/hostname"),
    ],
)
def test_files(name: str, what: str) -> None:
    found = tries(name)
    assert found["files"].verdict == "fail"
    assert what.format(home=pwd.getpwuid(os.getuid()).pw_dir) in found["files"].seen
    assert found["network"].verdict == "pass", found
    # It was refused, too: a test leaves nothing behind.
    assert not Path("/tmp/boilerbench-offender").exists()


def test_what_a_worker_may_do_is_no_finding() -> None:
    assert {finding.verdict for finding in tries("good").values()} == {"pass"}


@pytest.mark.parametrize(
    ("name", "limits", "verdicts"),
    [
        ("good", LIMITS, {}),
        ("dies_of_depth", LIMITS, {"10,000 levels deep": "crash"}),
        ("hangs_on_what_is_large", Limits(timeout=4), {"20 MB": "timeout"}),
        ("is_slow_on_what_is_large", Limits(timeout=5.5), {"20 MB": "slow"}),
        ("eats_memory_on_what_is_empty", Limits(memory=256 * MIB), {"empty": "oom"}),
        ("forgets_after_nul", LIMITS, {"after hostile pages": "fail"}),
    ],
)
def test_hostile_pages(name: str, limits: Limits, verdicts: dict[str, str]) -> None:
    same = Determinism(ordinary(2), 20)
    with kit.Session(offender(name), LIMITS, []) as session:
        same.answers(session)
    found = by_check(kit.on_hostile_pages(offender(name), limits, same, []))
    others = {check: one.verdict for check, one in found.items() if check not in verdicts}
    assert set(others.values()) == {"pass"}, found
    assert {check: found[check].verdict for check in verdicts} == verdicts
    assert any(one.failed for one in found.values()) == (
        bool(verdicts) and set(verdicts.values()) != {"slow"}
    )


def test_an_error_is_an_answer_to_a_hostile_page() -> None:
    same = Determinism(ordinary(1), 20)
    with kit.Session(offender("fails_on_what_is_empty"), LIMITS, []) as session:
        same.answers(session)
    found = by_check(kit.on_hostile_pages(offender("fails_on_what_is_empty"), LIMITS, same, []))
    assert found["empty"] == Finding("empty", "error", "ValueError: no such")
    assert failed(found) == set()


def test_where_nothing_is_answered_nothing_passes() -> None:
    found = list(kit.examine(offender("fails_on_gazette"), LIMITS, SMALL))
    assert tuple(finding.check for finding in found) == kit.checks()
    first, *others = found
    assert (first.check, first.verdict) == ("ordinary pages", "fail")
    assert first.seen.startswith("3 of 3 failed; ")
    assert {finding.verdict for finding in others} == {"skipped"}


def test_what_was_tried_is_said_even_where_nothing_is_answered() -> None:
    found = by_check(kit.examine(offender("fails_without_a_network"), LIMITS, SMALL))
    if found["network"].seen.startswith("this kernel"):
        skip_or_fail(found["network"].seen)
    assert failed(found) == {"ordinary pages", "network"}
    assert found["files"].verdict == "skipped"


def test_pages_that_failed_are_not_compared() -> None:
    same = Determinism(ordinary(3), 20)
    with kit.Session(offender("fails_on_its_first_page"), LIMITS, []) as session:
        assert same.answers(session).seen.startswith("1 of 3 failed")
        assert same.repeated(session).seen.startswith("2 pages, 8 times")


def test_a_slow_one_is_judged_over_fewer_pages() -> None:
    hurried = replace(SMALL, seconds=0.01, memory_seconds=0.01)
    found = by_check(kit.examine(offender("takes_a_while"), LIMITS, hurried))
    assert failed(found) == set()
    assert found["ordinary pages"].seen == "2 pages of gazette answered in 0.01 s"
    assert found["repeated pages"].seen.startswith("4 of 16 answers in 0.01 s")
    assert found["other orders"].seen.startswith("2 of 4 answers")
    assert found["new processes"].seen.startswith("1 of 2 answers")
    assert found["hash seed"].verdict == "pass"
    if found["network"].verdict == "pass":
        assert "; 1 of 11 pages in 0.01 s" in found["network"].seen
    assert found["memory"].verdict == "skipped"
    assert found["memory"].seen == "too slow: 1 of 200 pages in 0.01 s; 200 are needed"


def test_a_slow_one_that_differs_is_still_caught() -> None:
    same = Determinism(ordinary(2), 0.0)
    with kit.Session(offender("shortens_every_fourth_time"), LIMITS, []) as session:
        same.answers(session)
        assert same.repeated(session).verdict == "fail"


@pytest.mark.parametrize(
    ("name", "verdict"), [("good", "pass"), ("leaks", "fail"), ("fills_a_cache", "pass")]
)
def test_memory(name: str, verdict: str) -> None:
    same = Determinism(ordinary(1), 20)
    with kit.Session(offender(name), LIMITS, []) as session:
        same.answers(session)
    found = kit.on_many_pages(offender(name), LIMITS, SMALL, same, ordinary(3), [])
    assert found.verdict == verdict, found.seen
    assert found.seen.startswith("200 pages")


@pytest.mark.parametrize("name", ["gives_nul", "gives_a_lone_surrogate"])
def test_what_is_no_text(name: str) -> None:
    odd: list[str] = []
    with kit.Session(offender(name), LIMITS, odd) as session:
        Determinism(ordinary(2), 20).answers(session)
    assert len(odd) == 2


def test_one_that_does_not_start_fails() -> None:
    (found,) = kit.examine(offender("good_"), LIMITS, SMALL)
    assert (found.check, found.verdict) == ("start", "fail")
    assert "good_" in found.seen


def test_a_vote_has_no_worker() -> None:
    with pytest.raises(UserError, match="no worker of its own"):
        kit.examine(spec("vote(nothing, everything)"), LIMITS, SMALL)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("nothing", set()),
        ("everything", set()),
        ("readability-lxml", set()),
        ("trafilatura", {"20 MB"}),
        ("justext", {"20 MB"}),
    ],
)
def test_the_built_in_ones(name: str, known: set[str]) -> None:
    found = by_check(kit.examine(spec(name), Limits(), kit.QUICK))
    assert failed(found) <= known
    assert tuple(found) == kit.checks()
