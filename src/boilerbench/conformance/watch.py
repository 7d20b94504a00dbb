"""What a worker tries: sockets, and changes to files that are not in its own folder.

Both are refused while it is watched, and an attempt counts even where its error is swallowed. Not
seen are what is written to files that were open before, shared memory, and a change of a file's
mode or times. Let through, and no finding: devices and `/proc`, semaphores, and Python's own
`__pycache__`. Refused as in a run, and no finding: sockets that do not leave this machine; and at
a worker's start an IPv6 socket, which urllib3 opens as it is imported, to see whether it can.
"""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from boilerbench.conformance.seccomp import Call, Listener, Notice, install

_LOOK_EVERY = 0.05
_LONGEST_PATH = 4096
_AT_FDCWD = 0xFFFFFF9C  # -100 in 32 bits
_LOCAL = {socket.AF_UNIX, getattr(socket, "AF_NETLINK", 16)}  # this machine, and its kernel
_HARMLESS = re.compile(r"/proc/|/dev/(?!shm/(?!sem\.))|.*/__pycache__(/|$)")


@dataclass(slots=True)
class Seen:
    """What was tried: sockets by family, and changes as `open /path`, each with how often.
    `serving` is for the work that is watched to set, once its worker has started; `abandoned` is
    set where nobody watches any more, `blind` where the kernel does not say which path is meant."""

    sockets: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    serving: bool = False
    abandoned: bool = False
    blind: bool = False


def watched(work: Callable[[Seen], None]) -> Seen | None:
    """Do `work` in a thread of its own and see what the workers that it starts try; what `work`
    raises is raised here. None, and nothing done, where the kernel cannot report."""
    seen = Seen()
    installed: list[Listener | None] = []
    raised: list[BaseException] = []
    begin, ready = threading.Event(), threading.Event()

    def thread() -> None:
        installed.append(install())
        ready.set()
        begin.wait()
        if installed[0] is not None:
            try:
                work(seen)
            except BaseException as problem:
                raised.append(problem)

    worker = threading.Thread(target=thread, name="watched")
    worker.start()
    ready.wait()
    listener = installed[0]
    if listener is None:
        begin.set()
        worker.join()
        return None
    assert worker.native_id is not None
    watch = _Watch(listener, worker.native_id, seen)
    begin.set()
    try:
        while worker.is_alive():
            if (notice := listener.next(_LOOK_EVERY)) is not None:
                watch.judge(notice)
    finally:
        seen.abandoned = True
        listener.close()
        worker.join()
    if raised:
        raise raised[0]
    return seen


class _Watch:
    """Judges one call after the other. The folders that the harness's own thread makes are those
    of its workers."""

    def __init__(self, listener: Listener, harness: int, seen: Seen) -> None:
        self._listener = listener
        self._harness = harness
        self._seen = seen
        self._own: list[str] = []

    def judge(self, notice: Notice) -> None:
        """Let the call through or refuse it, and remember what was refused."""
        call = notice.call
        if notice.pid == self._harness:
            if call.name == "mkdir":
                self._own += self._paths(notice)
            self._listener.let(notice)
        elif call.name == "socket":
            self._socket(*notice.arguments[:2])
            self._listener.refuse(notice)
        elif outside := [path for path in self._paths(notice) if self._is_outside(call, path)]:
            for path in outside:
                what = f"{'open' if call.name == 'openat2' else call.name} {path}"
                self._seen.changes[what] = self._seen.changes.get(what, 0) + 1
            self._listener.refuse(notice)
        else:
            self._listener.let(notice)

    def _paths(self, notice: Notice) -> list[str]:
        try:
            return _paths(notice)
        except PermissionError:
            self._seen.blind = True
        except OSError:  # the process is gone
            pass
        return []

    def _socket(self, family: int, kind: int) -> None:
        looking = (family, kind & 0xF) == (socket.AF_INET6, socket.SOCK_STREAM)
        if family in _LOCAL or (looking and not self._seen.serving):
            return
        try:
            name = socket.AddressFamily(family).name
        except ValueError:
            name = f"family {family}"
        self._seen.sockets[name] = self._seen.sockets.get(name, 0) + 1

    def _is_outside(self, call: Call, path: str) -> bool:
        if _HARMLESS.match(path):
            return False
        if any(path == own or path.startswith(own + "/") for own in self._own):
            return False
        there = os.path.lexists(path)
        # Only a look: to make what is there fails, and so does removing what is not.
        if call.name == "mkdir" and there:
            return False
        return not (call.name == "remove" and not there)


def _paths(notice: Notice) -> list[str]:
    """The paths that a call would change, links followed as far as the call does."""
    if notice.call.name == "openat2" and not _for_writing(notice):
        return []
    found = []
    for folder, argument in notice.call.paths:
        path = _text(notice.pid, notice.arguments[argument])
        at = _AT_FDCWD if folder is None else notice.arguments[folder] & 0xFFFFFFFF
        start = "cwd" if at == _AT_FDCWD else f"fd/{at}"
        whole = os.path.join(os.readlink(f"/proc/{notice.pid}/{start}"), path)
        if (plain := os.path.normpath(whole)).startswith(("/proc/", "/dev/")):
            found.append(plain)  # /dev/fd leads to /proc/self, which to us would be ours
        elif notice.call.name in ("open", "openat2", "truncate"):
            found.append(os.path.realpath(whole))
        else:
            parent, name = os.path.split(whole.rstrip("/"))
            found.append(os.path.join(os.path.realpath(parent), name))
    return found


def _for_writing(notice: Notice) -> bool:
    flags = int.from_bytes(_memory(notice.pid, notice.arguments[2], 8), "little")
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))


def _text(pid: int, address: int) -> str:
    read = _memory(pid, address, _LONGEST_PATH)
    return os.fsdecode(read.partition(b"\0")[0])


def _memory(pid: int, address: int, count: int) -> bytes:
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(count)  # fewer where the mapping ends
