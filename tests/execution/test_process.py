"""Every way in which an extractor can end a page, with extractors that really do it."""

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from boilerbench.errors import UserError
from boilerbench.execution import start as starting
from boilerbench.execution.process import Limits, Refused, WorkerProcess
from boilerbench.extractors.specs import spec
from boilerbench.types import Extraction, ExtractorSpec, Page
from tests.execution.hostile import GOOD

HOSTILE = Path(__file__).with_name("hostile.py")
MIB = 1 << 20

BAD = Page("bad", b"<p>bad</p>")
NEXT = Page("next", b"<p>next</p>")

Start = Callable[..., WorkerProcess]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[WorkerProcess] = []

    def begin(
        extractor: str, timeout: float = 20.0, memory: int = 1024 * MIB, options: str = ""
    ) -> WorkerProcess:
        worker = WorkerProcess(spec(f"{HOSTILE}:{extractor}{options}"), Limits(timeout, memory))
        started.append(worker)
        worker.ready()
        return worker

    yield begin
    for worker in started:
        worker.kill()


def only(start: Start, extractor: str, page: Page = BAD, **limits: float) -> Extraction:
    return start(extractor, **limits).extract(page)


def test_text_comes_back(start: Start) -> None:
    worker = start("good")
    extraction = worker.extract(NEXT)
    assert (extraction.outcome, extraction.text, extraction.error) == ("ok", GOOD, None)
    assert worker.alive
    assert worker.extract(BAD).page_id == "bad"


def test_bytes_arrive_unchanged(start: Start) -> None:
    html = bytes(range(256)) * 40_000  # ten megabytes, more than any pipe holds
    assert only(start, "echo", Page("big", html)).text == html.decode("latin-1")


def test_a_page_arrives_with_what_is_known_of_it(start: Start) -> None:
    page = Page("an id: ü\n", b"", "https://a.example/?ü", "el", "forum", "a.example")
    worker = start("described", options="[mark=here]")
    expected = repr((page.id, page.url, page.lang, page.kind, page.site, "here"))
    assert worker.extract(page).text == expected


@pytest.mark.parametrize(
    ("extractor", "begins"),
    [
        ("raises", "ValueError: no such\nthing"),
        ("recurses", "RecursionError: maximum recursion depth exceeded"),
        ("leaves", "SystemExit: 3"),
        ("returns_bytes", "returned bytes, not str"),
        ("returns_a_list", "returned list, not str"),
        ("returns_a_lone_surrogate", "returned a lone surrogate at position 7"),
        ("returns_200_megabytes", "returned 200,000,000 characters"),
    ],
)
def test_an_error_is_an_outcome_and_the_worker_goes_on(
    start: Start, extractor: str, begins: str
) -> None:
    worker = start(extractor)
    extraction = worker.extract(BAD)
    assert extraction.outcome == "error"
    assert extraction.text == ""
    assert extraction.error is not None
    assert extraction.error.startswith(begins)
    if not extractor.startswith("returns"):
        assert worker.alive
        assert worker.extract(NEXT).outcome == "ok"


def test_an_error_says_where_it_was_raised(start: Start) -> None:
    error = only(start, "raises").error
    assert error is not None
    assert "hostile.py:" in error
    assert " in raises" in error


@pytest.mark.parametrize("extractor", ["returns_none", "returns_space"])
def test_no_text_is_empty(start: Start, extractor: str) -> None:
    extraction = only(start, extractor)
    assert (extraction.outcome, extraction.text, extraction.error) == ("empty", "", None)


@pytest.mark.parametrize(
    "extractor",
    [
        "hangs_in_python",
        "hangs_in_native_code",
        "hangs_in_a_pattern",
        "ignores_signals_and_hangs",
    ],
)
def test_a_hang_is_a_timeout(start: Start, extractor: str) -> None:
    worker = start(extractor, timeout=0.7)
    assert worker.extract(NEXT).outcome == "ok"
    extraction = worker.extract(BAD)
    assert extraction.outcome == "timeout"
    assert extraction.error == "no answer within 0.7 s"
    assert extraction.wall_s is not None
    assert extraction.wall_s >= 0.7
    assert not worker.alive


def test_the_cpu_time_of_a_killed_page_is_known(start: Start) -> None:
    busy = only(start, "hangs_in_python", timeout=1.0)
    idle = only(start, "hangs_in_native_code", timeout=1.0)
    assert busy.cpu_s is not None
    assert idle.cpu_s is not None
    assert busy.cpu_s > 0.2 > idle.cpu_s


@pytest.mark.parametrize(
    ("extractor", "reason"),
    [
        ("segfaults", "the process died of SIGSEGV"),
        ("aborts", "the process died of SIGABRT"),
        ("is_killed", "the process died of SIGKILL"),
        ("exits", "the process exited with status 7"),
        ("exits_as_if_well", "the process exited with status 0"),
    ],
)
def test_a_death_is_a_crash(start: Start, extractor: str, reason: str) -> None:
    worker = start(extractor)
    extraction = worker.extract(BAD)
    assert extraction.outcome == "crash"
    assert extraction.error is not None
    assert extraction.error.splitlines()[0] == reason
    assert not worker.alive


@pytest.mark.parametrize("extractor", ["grows", "grows_in_a_child"])
def test_growth_beyond_the_ceiling_is_oom(start: Start, extractor: str) -> None:
    extraction = only(start, extractor, memory=200 * MIB)
    assert extraction.outcome == "oom"
    assert extraction.error is not None
    assert "200 MiB are allowed" in extraction.error
    assert extraction.peak_rss is not None
    assert extraction.peak_rss > 200 * MIB


def test_a_refused_allocation_is_oom(start: Start) -> None:
    worker = start("asks_for_too_much", memory=200 * MIB)
    extraction = worker.extract(BAD)
    assert extraction.outcome == "oom"
    assert extraction.error is not None
    assert extraction.error.startswith("MemoryError")


def test_a_page_that_went_over_the_ceiling_between_two_looks_is_oom(start: Start) -> None:
    extraction = only(start, "grows_and_answers", memory=150 * MIB)
    assert extraction.outcome == "oom"
    assert extraction.text == ""


def test_what_a_page_leaves_in_memory_is_not_the_next_ones_fault(start: Start) -> None:
    worker = start("grows_and_answers", memory=700 * MIB)  # it holds 400 for a moment
    assert worker.extract(BAD).outcome == "ok"
    assert not worker.alive


def test_what_it_prints_is_not_its_answer(start: Start) -> None:
    worker = start("prints")
    for page in (BAD, NEXT):
        extraction = worker.extract(page)
        assert (extraction.outcome, extraction.text) == ("ok", GOOD)


def test_stdin_is_empty_for_it(start: Start) -> None:
    assert only(start, "reads_stdin").text == "read ''"


def test_nul_is_text(start: Start) -> None:
    assert only(start, "returns_nul").text == "a\0b"


def test_cost_is_measured(start: Start) -> None:
    hard, idle = only(start, "works_hard"), only(start, "sleeps")
    for extraction in (hard, idle):
        assert extraction.wall_s is not None
        assert extraction.wall_s >= 0.19
    assert hard.cpu_s is not None
    assert idle.cpu_s is not None
    assert hard.cpu_s >= 0.19 > idle.cpu_s


def test_the_peak_of_memory_is_the_pages_own(start: Start) -> None:
    worker = start("uses_memory")
    first = worker.extract(BAD).peak_rss
    assert first is not None
    assert first > 150 * MIB
    other = only(start, "good").peak_rss
    assert other is not None
    assert other < 100 * MIB


@pytest.fixture
def listener() -> Iterator[tuple[int, list[object]]]:
    """A server on this machine: its port, and whoever came."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                came.append(address)
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], came
        ended.set()
        thread.join()


@pytest.mark.parametrize(
    "extractor",
    [
        "connects",
        "sends_a_datagram",
        "connects_from_a_child",
        "connects_in_native_code",
        "resolves",
    ],
)
def test_there_is_no_network(
    start: Start, listener: tuple[int, list[object]], extractor: str
) -> None:
    port, came = listener
    extraction = only(start, extractor, Page("bad", str(port).encode()))
    said = (extraction.error or "") + extraction.text
    assert "ermission" in said or "errno 13" in said or "gaierror" in said, said
    assert "connected" not in extraction.text
    time.sleep(0.2)
    assert came == []


def test_the_seal_is_recorded() -> None:
    worker = WorkerProcess(spec("nothing"), Limits())
    assert worker.ready()["network"] == "seccomp"
    worker.kill()


def test_the_seal_of_another_program_is_recorded_whatever_it_says() -> None:
    says = """printf '{"ready": true, "network": "%s?", "bytes": 0}\\n' $BOILERBENCH_NETWORK; """
    worker = WorkerProcess(shell(f"{says} read -r page"), Limits())
    assert worker.ready()["network"] == "seccomp"
    worker.kill()


@pytest.mark.parametrize(("sealed", "recorded"), [("audit-hook", "open"), ("seccomp", "seccomp")])
def test_a_kernel_that_cannot_refuse_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sealed: str, recorded: str
) -> None:
    """With a stand-in for the machine: `sealed.py` run where `seal_network` can do that much."""
    run = f"""
import runpy, sys
from boilerbench.worker import sandbox
sandbox.seal_network = lambda: {sealed!r}
sys.argv[:] = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
    command = starting.start_command
    stand_in = tmp_path / "sealed_elsewhere.py"
    stand_in.write_text(run)

    def elsewhere(asked: ExtractorSpec) -> list[str]:
        python, *rest = command(asked)
        return [python, str(stand_in), *rest]

    monkeypatch.setattr(starting, "start_command", elsewhere)
    worker = WorkerProcess(shell(READY), Limits())
    assert worker.ready()["network"] == recorded
    worker.kill()


INHERITED = """
import json, os
fds = [f"/proc/self/fd/{number}" for number in range(100)]
held = [os.readlink(fd) for fd in fds if os.path.lexists(fd)]
told = [name for name in os.environ if "SEAL" in name]
print(json.dumps({"ready": True, "given": {"held": held, "told": told}, "bytes": 0}), flush=True)
input()
"""


def test_another_program_inherits_its_three_streams_and_no_more() -> None:
    program = ExtractorSpec("x", "", command=(sys.executable, "-c", INHERITED))
    worker = WorkerProcess(program, Limits())
    given = worker.ready()["given"]
    worker.kill()
    assert len([held for held in given["held"] if held.startswith("pipe:")]) == 3
    assert given["told"] == []


def test_nothing_that_it_started_lives_on(start: Start, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    extraction = only(
        start, "leaves_a_child_and_hangs", Page("bad", str(told).encode()), timeout=2.0
    )
    assert extraction.outcome == "timeout"
    child = int(told.read_text())
    assert gone(child)


def gone(pid: int) -> bool:
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_it_writes_into_a_folder_that_is_removed(start: Start) -> None:
    worker = start("writes_files")
    folder = Path(worker.extract(BAD).text)
    assert {"here", "there", "home"} <= {file.name for file in folder.iterdir()}
    worker.kill()
    assert not folder.exists()


def test_the_environment_is_the_same_everywhere(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("SECRET_TOKEN", "do not tell")
    shown = only(start, "shows_environment").text
    assert "SECRET_TOKEN" not in shown
    assert "PYTHONPATH" not in shown
    assert "('PYTHONHASHSEED', '0')" in shown


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("trafilatura[favour_precision=true]", "did you mean favor_precision?"),
        ("trafilatura[favor_precision=yes]", "takes true or false, not 'yes'"),
        ("trafilatura[max_tree_size=abc]", "it fails on the simplest page: "),
        ("trafilatura[output_format=xml]", "output_format takes txt or markdown"),
        ("readability-lxml[min_text_length=many]", "takes a number, not 'many'"),
        ("justext[stoplist=Englsh]", "unknown stop list 'Englsh': did you mean English?"),
        ("justext[length_lo=3]", "did you mean length_low?"),
        ("everything[x=1]", "it takes none"),
        ("trafilatura==0.0.1", "release 2"),
        (f"{HOSTILE}:no_such", "has no function 'no_such'"),
        (f"{HOSTILE}:described[colour=red]", "unknown option 'colour'"),
    ],
)
def test_what_cannot_serve_is_refused_before_any_page(written: str, says: str) -> None:
    worker = WorkerProcess(spec(written), Limits())
    with pytest.raises(Refused, match="extractor ") as refused:
        worker.ready()
    assert says in str(refused.value)
    assert not worker.alive


def test_a_command_that_is_not_there_is_refused() -> None:
    worker = WorkerProcess(ExtractorSpec("x", "", command=("no-such-program",)), Limits())
    with pytest.raises(Refused, match="cannot start no-such-program"):
        worker.ready()


def shell(script: str) -> ExtractorSpec:
    return ExtractorSpec("script", "", command=("sh", "-c", script))


READY = """printf '{"ready": true, "bytes": 0}\\n'; read -r page; """


@pytest.mark.parametrize(
    ("script", "outcome", "says"),
    [
        ("echo hello world", "error", "not a header line"),
        ("""echo '{"id": "bad"}'; sleep 9""", "error", "without a count of bytes"),
        ("""echo '{"id": "bad", "bytes": -1}'; sleep 9""", "error", "without a count"),
        ("""echo '{"id": "other", "outcome": "ok", "bytes": 0}'""", "error", "'other'"),
        ("""echo '{"id": "bad", "outcome": "fine", "bytes": 0}'""", "error", "'fine'"),
        ("""echo '{"id": "bad", "outcome": "ok", "bytes": 999999999999}'""", "error", "999,999"),
        ("""printf '{"id": "bad", "outcome": "ok", "bytes": 1}\\nab'; sleep 9""", "error", "more"),
        (
            """printf '{"id": "bad", "outcome": "ok", "bytes": 1}\\n\\377'; sleep 9""",
            "error",
            "not UTF-8",
        ),
        ("""printf '{"id": "bad", "outcome": "ok", "bytes": 9}\\nab'""", "crash", "status 0"),
        ("exec 1>&-; sleep 9", "crash", "closed its output"),
        ("head -c 3000000 /dev/zero; sleep 9", "error", "without a header line"),
        ("echo trouble >&2; exit 4", "crash", "trouble"),
    ],
)
def test_another_program_that_breaks_the_protocol_is_found_out(
    script: str, outcome: str, says: str
) -> None:
    worker = WorkerProcess(shell(READY + script), Limits(timeout=5.0))
    worker.ready()
    extraction = worker.extract(BAD)
    assert extraction.outcome == outcome
    assert extraction.error is not None
    assert says in extraction.error
    assert not worker.alive


def test_another_program_that_keeps_the_protocol_serves() -> None:
    answer = """printf '{"id": "bad", "outcome": "ok", "bytes": 4}\\ntext'; sleep 9"""
    worker = WorkerProcess(shell(READY + answer), Limits(timeout=5.0))
    worker.ready()
    extraction = worker.extract(BAD)
    assert (extraction.outcome, extraction.text) == ("ok", "text")
    # It measures nothing itself.
    assert extraction.cpu_s is not None
    assert extraction.wall_s is not None
    worker.kill()


BUSY = """
import sys, time
sys.stdin.buffer.readline()
while time.process_time() < 0.3:
    pass
print('{"id": "bad", "outcome": "ok", "cpu_s": null, "bytes": 0}', flush=True)
time.sleep(9)
"""


@pytest.mark.parametrize("ends", ["", "; sleep 9"])
def test_the_cpu_time_of_what_another_program_starts_is_measured(tmp_path: Path, ends: str) -> None:
    """A script that starts the program proper as its child, which lives when the answer is there;
    and one that becomes it."""
    (tmp_path / "busy.py").write_text(BUSY)
    child = f"{sys.executable} {tmp_path}/busy.py{ends}"
    script = f"""printf '{{"ready": true, "bytes": 0}}\\n'; {child}"""
    worker = WorkerProcess(shell(script), Limits(timeout=20.0))
    worker.ready()
    extraction = worker.extract(BAD)
    worker.kill()
    assert extraction.outcome == "empty"
    assert extraction.cpu_s is not None
    assert extraction.cpu_s > 0.2


def test_a_page_of_less_than_a_tick_has_its_cpu_time() -> None:
    answer = """printf '{"id": "bad", "outcome": "ok", "bytes": 4}\\ntext'; read -r page"""
    worker = WorkerProcess(shell(READY + answer), Limits(timeout=5.0))
    worker.ready()
    extraction = worker.extract(BAD)
    worker.kill()
    assert extraction.cpu_s is not None
    assert extraction.cpu_s > 0


def test_a_refusal_is_one_line() -> None:
    refuse = """printf '{"refused": "line 1\\\\n  def x(\\\\n", "bytes": 0}\\n'; sleep 9"""
    worker = WorkerProcess(shell(refuse), Limits(timeout=5.0))
    with pytest.raises(Refused) as refused:
        worker.ready()
    assert str(refused.value) == "extractor script: line 1 def x("


def test_a_program_that_answers_but_never_reads_ends_at_the_deadline() -> None:
    script = (
        """printf '{"ready": true, "bytes": 0}\\n'; sleep 0.5; """
        """printf '{"id": "bad", "outcome": "ok", "bytes": 0}\\n'; sleep 9"""
    )
    worker = WorkerProcess(shell(script), Limits(timeout=0.7))
    worker.ready()
    assert worker.extract(Page("bad", b"x" * (8 << 20))).outcome == "timeout"


def test_the_cpu_time_of_a_crash_is_known(start: Start) -> None:
    extraction = only(start, "works_hard_and_exits")
    assert extraction.outcome == "crash"
    assert extraction.cpu_s is not None
    assert extraction.cpu_s >= 0.15


def test_a_crash_is_seen_even_if_a_child_holds_the_wire(start: Start) -> None:
    extraction = only(start, "forks_and_exits", timeout=60)
    assert (extraction.outcome, extraction.error) == ("crash", "the process exited with status 3")


def test_a_child_does_not_outlive_a_crash(start: Start, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    page = Page("bad", str(told).encode())
    assert only(start, "leaves_a_child_and_exits", page).outcome == "crash"
    assert gone(int(told.read_text()))


def test_a_message_with_half_a_character_can_be_stored(start: Start) -> None:
    error = only(start, "raises_half_a_character").error
    assert error is not None
    assert error.startswith("ValueError: half \\ud83d of it")


def test_an_error_quotes_what_was_said_about_its_own_page(start: Start) -> None:
    worker = start("complains_then_exits")
    worker.extract(NEXT)
    error = worker.extract(BAD).error
    assert error is not None
    assert "complaint about bad" in error
    assert "next" not in error


def test_an_interrupt_after_the_end_kills_nobody(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = start("exits")
    worker.extract(BAD)
    killed: list[int] = []
    monkeypatch.setattr(os, "killpg", lambda group, _: killed.append(group))
    worker.interrupt()
    worker.kill()
    assert killed == []


@pytest.mark.parametrize("value", ['"12"', "-1", "1e400", "true", "[]"])
def test_a_measurement_that_is_none_is_found_out(value: str) -> None:
    answer = f"""echo '{{"id": "bad", "outcome": "ok", "cpu_s": {value}, "bytes": 0}}'; sleep 9"""
    worker = WorkerProcess(shell(READY + answer), Limits(timeout=5.0))
    worker.ready()
    extraction = worker.extract(BAD)
    assert extraction.outcome == "error"
    assert "which is no measurement" in (extraction.error or "")


@pytest.mark.parametrize(("timeout", "memory"), [(0, 1 << 30), (float("inf"), 1 << 30), (1, 5)])
def test_limits_that_cannot_be_kept_are_refused(timeout: float, memory: int) -> None:
    with pytest.raises(UserError):
        Limits(timeout, memory)


def test_a_dead_worker_leaves_no_descriptor_open(start: Start) -> None:
    worker = start("exits")
    before = len(os.listdir("/proc/self/fd"))
    worker.extract(BAD)
    assert len(os.listdir("/proc/self/fd")) == before - 3
