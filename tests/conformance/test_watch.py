"""Watching: only what is meant to be watched is, and only while it is."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from boilerbench.conformance import watch
from boilerbench.conformance.watch import Seen, watched
from tests.conformance.kernel import skip_or_fail


@pytest.fixture
def can_watch() -> None:
    if watched(lambda seen: None) is None:
        skip_or_fail("this kernel does not report system calls")


def child(program: str) -> str:
    asked = [sys.executable, "-c", program]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stderr


@pytest.mark.usefixtures("can_watch")
def test_children_are_refused_and_seen(tmp_path: Path) -> None:
    said: list[str] = []
    target = tmp_path / "file"

    def work(seen: Seen) -> None:
        seen.serving = True
        said.append(child("import socket; socket.socket(socket.AF_INET6)"))
        said.append(child(f"open({str(target)!r}, 'w')"))
        said.append(child(f"import os; os.unlink({str(target)!r}); "))
        said.append(child(f"open({str(target)!r}).read()"))

    seen = watched(work)
    assert seen is not None
    assert seen.sockets == {"AF_INET6": 1}
    assert seen.changes == {f"open {target}": 1}
    assert ["Permission denied" in one for one in said] == [True, True, False, False]
    assert "FileNotFoundError" in said[2]


@pytest.mark.usefixtures("can_watch")
def test_folders_made_by_the_harness_are_the_worker_s_own(tmp_path: Path) -> None:
    own = tmp_path / "own"

    def work(seen: Seen) -> None:
        own.mkdir()
        assert child(f"open({str(own / 'a')!r}, 'w').write('x')") == ""
        assert "denied" in child(f"open({str(tmp_path / 'ownb')!r}, 'w')")

    seen = watched(work)
    assert seen is not None
    assert seen.changes == {f"open {tmp_path / 'ownb'}": 1}
    assert (own / "a").read_text() == "x"


@pytest.mark.usefixtures("can_watch")
@pytest.mark.parametrize("path", ["/dev/fd/1", "/proc/self/fd/1", "/dev/null", "/dev/../dev/zero"])
def test_devices_and_a_process_s_own_descriptors_may_be_opened(path: str) -> None:
    said: list[str] = []
    seen = watched(lambda seen: said.append(child(f"open({path!r}, 'a')")))
    assert seen is not None
    assert seen.changes == {}
    assert "denied" not in said[0]


@pytest.mark.usefixtures("can_watch")
def test_a_way_through_dev_is_no_way_out(tmp_path: Path) -> None:
    path = f"/dev/..{tmp_path}/file"
    seen = watched(lambda seen: child(f"open({path!r}, 'w')") and None)
    assert seen is not None
    assert seen.changes == {f"open {tmp_path}/file": 1}


@pytest.mark.usefixtures("can_watch")
@pytest.mark.parametrize("family", ["AF_UNIX", "AF_NETLINK"])
def test_a_local_socket_is_no_network(family: str) -> None:
    program = f"import socket; socket.socket(socket.{family}, socket.SOCK_DGRAM)"
    said: list[str] = []
    seen = watched(lambda seen: said.append(child(program)))
    assert seen is not None
    assert seen.sockets == {}
    assert "Permission denied" in said[0]


@pytest.mark.usefixtures("can_watch")
def test_libraries_may_look_for_ipv6_at_their_import_only() -> None:
    program = "import socket; socket.socket(socket.AF_INET6)"

    def work(seen: Seen) -> None:
        child(program)
        assert seen.sockets == {}
        seen.serving = True
        child(program)

    seen = watched(work)
    assert seen is not None
    assert seen.sockets == {"AF_INET6": 1}


@pytest.mark.usefixtures("can_watch")
def test_others_are_left_alone(tmp_path: Path) -> None:
    opened = threading.Event()

    def work(seen: Seen) -> None:
        (tmp_path / "of the harness").write_text("itself")
        opened.wait()

    def beside() -> None:
        socket.socket(socket.AF_INET).close()
        opened.set()

    other = threading.Thread(target=beside)
    other.start()
    seen = watched(work)
    other.join()
    assert seen == Seen(abandoned=True)
    socket.socket(socket.AF_INET).close()
    assert child("import socket; socket.socket(socket.AF_INET)") == ""


@pytest.mark.usefixtures("can_watch")
def test_what_goes_wrong_in_the_work_goes_wrong_here() -> None:
    before = len(os.listdir("/proc/self/fd"))

    def work(seen: Seen) -> None:
        raise ZeroDivisionError("in the work")

    with pytest.raises(ZeroDivisionError, match="in the work"):
        watched(work)
    assert len(os.listdir("/proc/self/fd")) == before


def test_where_it_cannot_be_done_nothing_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "install", lambda: None)
    done: list[Seen] = []
    assert watched(done.append) is None
    assert done == []
