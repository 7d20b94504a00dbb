"""The engine: every page once, whatever happens to the workers."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from boilerbench.errors import UserError
from boilerbench.execution.local import Job, LocalEngine
from boilerbench.execution.process import Limits
from boilerbench.extractors.environments import built, environment, removed
from boilerbench.extractors.specs import spec
from boilerbench.types import Extraction, Page
from tests.extractors.index import only, publish, tiny

HOSTILE = Path(__file__).with_name("hostile.py")


def job(extractor: str, pages: int, bad: bool = False) -> Job:
    def read() -> Iterator[Page]:
        for number in range(pages):
            yield Page("bad" if bad and number == pages // 2 else f"p{number}", b"<p>x</p>")

    return Job(spec(f"{HOSTILE}:{extractor}"), "corpus", pages, read)


def run(jobs: list[Job], workers: int, timeout: float = 10.0) -> list[tuple[Job, Extraction]]:
    with LocalEngine(workers, Limits(timeout=timeout)) as engine:
        engine.start([one.spec for one in jobs])
        engine.ready()
        return list(engine.run(jobs))


def workers_alive() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "worker" in " ".join(child.cmdline())
    ]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_every_page_of_every_job_comes_once(workers: int) -> None:
    jobs = [job("good", 30), job("echo", 7), job("returns_none", 1)]
    got = Counter((e.extractor, e.page_id) for _, e in run(jobs, workers))
    expected = {(str(one.spec), f"p{n}") for one in jobs for n in range(one.count)}
    assert set(got) == expected
    assert set(got.values()) == {1}
    assert workers_alive() == []


@pytest.mark.parametrize(
    ("extractor", "outcome"),
    [
        ("raises", "error"),
        ("exits", "crash"),
        ("segfaults", "crash"),
        ("hangs_in_python", "timeout"),
    ],
)
def test_one_bad_page_costs_one_page(extractor: str, outcome: str) -> None:
    outcomes = {e.page_id: e.outcome for _, e in run([job(extractor, 12, bad=True)], 2, 1.0)}
    assert outcomes.pop("bad") == outcome
    assert set(outcomes.values()) == {"ok"}
    assert len(outcomes) == 11


def test_a_worker_that_dies_on_every_page_still_answers_for_each() -> None:
    def read() -> Iterator[Page]:
        return (Page("bad", b"") for _ in range(4))

    dying = Job(spec(f"{HOSTILE}:exits"), "corpus", 4, read)
    assert [e.outcome for _, e in run([dying], 2)] == ["crash"] * 4


def test_a_death_after_an_answer_is_no_other_pages_fault() -> None:
    def read() -> Iterator[Page]:
        for number in range(3):
            time.sleep(0.5)
            yield Page(f"p{number}", b"")

    dying = Job(spec(f"{HOSTILE}:dies_after_its_answer"), "corpus", 3, read)
    assert [e.outcome for _, e in run([dying], 1)] == ["ok"] * 3


def test_an_interrupt_reaches_a_worker_that_is_starting(tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import os, pathlib, time\n"
        f"mark = pathlib.Path({str(tmp_path / 'mark')!r})\n"
        "time.sleep(60 if mark.exists() else 0)\n"
        "mark.touch()\n"
        "def extract(page):\n    os._exit(1)\n"
    )
    dying = Job(
        spec(f"{slow}:extract"), "corpus", 2, lambda: iter([Page("a", b""), Page("b", b"")])
    )
    begun = time.monotonic()
    with LocalEngine(1, Limits(timeout=60)) as engine:
        engine.start([dying.spec])
        engine.ready()
        for _, extraction in engine.run([dying]):
            assert extraction.outcome == "crash"
            break
    assert time.monotonic() - begun < 60 / 2  # half of what its start takes
    assert workers_alive() == []


DIES = (
    "import os\n"
    "def extract(page):\n"
    "    os._exit(1) if page.id == 'bad' else None\n"
    "    return '{}'\n"
)


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (
            "upgrade",
            r"tiny changed during the run: release 1\.0 → 2\.0, other not there → 1\.0, tiny",
        ),
        ("upgrade of another", r"tiny changed during the run: other 1\.0 → 1\.1\n"),
        ("removal", "tiny: its environment was removed during the run"),
    ],
)
def test_an_environment_that_changes_during_a_run_ends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str, reason: str
) -> None:
    """The first worker dies; the one that would follow it is another extractor."""
    with only(monkeypatch, tmp_path) as index:
        publish(index, "other", "1.0")
        needs = ("other",) if what == "upgrade of another" else ()
        publish(index, "tiny", "1.0", DIES.format("one"), needs=needs)
        asked = replace(tiny(), environment=str(built(tiny(), print)))

        def read() -> Iterator[Page]:
            yield Page("p0", b"")
            yield Page("bad", b"")
            if what == "removal":
                found = environment(tiny())
                assert found is not None
                removed(found)
            elif what == "upgrade":
                publish(index, "tiny", "2.0", DIES.format("two"), needs=("other",))
                built(tiny(), print, fresh=True)
            else:
                publish(index, "other", "1.1")
                built(tiny(), print, fresh=True)
            yield Page("p1", b"")

        got = []
        with LocalEngine(1, Limits()) as engine:
            engine.start([asked])
            engine.ready()
            with pytest.raises(UserError, match=reason):  # noqa: PT012  # the loop is what is tested
                for _, extraction in engine.run([Job(asked, "corpus", 3, read)]):
                    got.append((extraction.page_id, extraction.outcome, extraction.text))
    assert got == [("p0", "ok", "one"), ("bad", "crash", "")]
    assert workers_alive() == []


def test_a_file_that_is_edited_during_a_run_ends_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(DIES.format("one"))

    def read() -> Iterator[Page]:
        yield Page("bad", b"")
        file.write_text(DIES.format("two"))
        yield Page("p1", b"")

    edited = Job(spec(f"{file}:extract"), "corpus", 2, read)
    with pytest.raises(UserError, match="changed during the run: release"):
        run([edited], 1)
    assert workers_alive() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_extractors_take_turns(workers: int) -> None:
    """However fast one is, it is not done while another has hardly begun; and a worker serves all
    turns of its extractor."""
    jobs = [job("good", 32), job("sleeps_and_tells_who", 32)]
    given = run(jobs, workers)
    at = [number for number, (one, _) in enumerate(given) if one is jobs[0]]
    assert at[16] > 20
    assert len({e.text for one, e in given if one is jobs[1]}) <= workers


def test_corpora_follow_each_other() -> None:
    jobs = [replace(job(name, 20), corpus=corpus) for corpus in "ab" for name in ("good", "echo")]
    given = [one.corpus for one, _ in run(jobs, 1)]
    assert given == ["a"] * 40 + ["b"] * 40


def test_idle_slots_help_with_a_slow_job() -> None:
    workers = Counter(e.text for _, e in run([job("sleeps_and_tells_who", 40)], 4))
    assert len(workers) == 4
    assert workers.total() == 40


def test_a_refusal_comes_before_any_page() -> None:
    with LocalEngine(2, Limits()) as engine:
        engine.start([spec("nothing"), spec(f"{HOSTILE}:no_such")])
        said, refused = engine.ready()
    assert list(said) == ["nothing"]
    ((name, problem),) = refused.items()
    assert "no_such" in name
    assert "no function 'no_such'" in problem.message
    assert workers_alive() == []


def test_leaving_the_loop_kills_the_workers_at_once() -> None:
    with LocalEngine(2, Limits(timeout=60)) as engine:
        jobs = [job("hangs_in_native_code", 6, bad=True)]
        engine.start([jobs[0].spec])
        engine.ready()
        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012  # the loop is what is tested
            for seen, _ in enumerate(engine.run(jobs), 1):
                if seen == 5:
                    raise KeyboardInterrupt
        assert time.monotonic() - begun < engine.limits.timeout / 2
    assert workers_alive() == []
    assert [t for t in threading.enumerate() if t.name.startswith("slot")] == []


def test_an_error_in_reading_a_page_ends_the_run() -> None:
    def read() -> Iterator[Page]:
        yield Page("p0", b"")
        raise OSError("the disk is gone")

    broken = Job(spec("nothing"), "corpus", 2, read)
    with pytest.raises(OSError, match="the disk is gone"):
        run([broken], 2)
    assert workers_alive() == []


def test_no_descriptor_is_left_open() -> None:
    run([job("exits", 3, bad=True)], 2)
    before = len(os.listdir("/proc/self/fd"))
    run([job("exits", 9, bad=True)], 2)
    assert len(os.listdir("/proc/self/fd")) == before
