"""What a worker gives up before it loads any extractor's code.

The network is refused by the kernel where that is possible: a seccomp filter on Linux, which needs
no rights, holds for native code and is inherited by every child. It refuses `socket()` outright
(socketpair, which event loops need, stays) and io_uring, which can open sockets as well. Elsewhere
an audit hook stops Python's own sockets, and the run records that it was no more than that.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import math
import os
import platform
import resource
import signal
import socket
import struct
import sys
import time
from typing import Any, Literal
from urllib.parse import urlsplit

Seal = Literal["seccomp", "audit-hook"]

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER = 1
# Without this flag kernels before 5.16 slow the worker by their Spectre mitigations.
_SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1 << 2
_RET_ALLOW = 0x7FFF0000
_RET_ERRNO = 0x00050000

# machine: (audit architecture, system calls: seccomp, socket, io_uring_setup)
_SYSCALLS = {
    "x86_64": (0xC000003E, 317, 41, 425),
    "aarch64": (0xC00000B7, 277, 198, 425),
}
_X32_BIT = 0x40000000

_ELSEWHERE = frozenset(
    "socket.bind socket.sendto socket.sendmsg socket.gethostbyname socket.gethostbyaddr"
    " subprocess.Popen os.exec os.fork os.forkpty os.posix_spawn os.system".split()
)
"""Events by which a worker with a network of one address would leave it."""

_LOOK_AGAIN = 1.0
"""Seconds at least between two looks for further addresses of a host."""


def seal_network() -> Seal:
    """Refuse every socket from now on, in this process and its children."""
    if sys.platform == "linux" and _seccomp():
        return "seccomp"
    sys.addaudithook(_refuse_socket)
    return "audit-hook"


def open_network_to(url: str) -> str:
    """Refuse every connection but those to the host and port of `url`, and every other process.

    This serves a worker that runs our own code and the standard library alone, and nothing of the
    page or of a library, so that Python's own events are enough to keep it. A host may have other
    addresses later on: before one is refused, the name is looked up again, once a second at most.
    Raises `OSError` if the host has no address.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    found: set[object] = set()
    looked_again = -math.inf

    def look() -> None:
        # Those of earlier looks stay: whoever connects may have been given them.
        found.update(
            info[4][:2] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )

    def is_open(address: Any) -> bool:
        nonlocal looked_again
        unknown = isinstance(address, tuple) and address[1] == port and address[:2] not in found
        if unknown and time.monotonic() - looked_again >= _LOOK_AGAIN:
            looked_again = time.monotonic()
            with contextlib.suppress(OSError):
                look()
        return address[:2] in found

    try:
        look()
    except OSError as problem:
        raise OSError(f"cannot find the host {host}: {problem.strerror}") from None

    def refuse(event: str, args: tuple[Any, ...]) -> None:
        elsewhere = (
            (event == "socket.connect" and not is_open(args[1]))
            or (event == "socket.getaddrinfo" and str(args[0]).lower() != host)
            or event in _ELSEWHERE
        )
        if elsewhere:
            raise PermissionError(errno.EACCES, f"boilerbench: only {host}:{port} is open to it")

    sys.addaudithook(refuse)
    return f"open to {host}:{port} only"


def die_with_parent() -> None:
    """Have the kernel kill this process when the harness dies, even while it hangs."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the call
            os._exit(1)


def no_core_dump() -> None:
    """A crash is an outcome here, not a file of gigabytes."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refuse_socket(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.__new__" and args[1] == socket.AF_UNIX:
        return  # the two ends of a socketpair
    if event in ("socket.__new__", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        raise PermissionError(errno.EACCES, "boilerbench: an extractor has no network")


def _seccomp() -> bool:
    """Install the filter; False where this kernel or machine does not take it."""
    known = _SYSCALLS.get(platform.machine())
    if known is None or sys.maxsize < 2**32:
        return False
    arch, seccomp, new_socket, io_uring = known
    # Classic BPF over struct seccomp_data: nr at offset 0, arch at offset 4.
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    program = [
        (load, 0, 0, 4),
        (equal, 0, 4, arch),  # another architecture's calls have other numbers: refuse
        (load, 0, 0, 0),
        (at_least, 2, 0, _X32_BIT),
        (equal, 1, 0, new_socket),
        (equal, 0, 1, io_uring),
        (answer, 0, 0, _RET_ERRNO | errno.EACCES),
        (answer, 0, 0, _RET_ALLOW),
    ]
    code = b"".join(struct.pack("HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    wanted = Program(len(program), ctypes.cast(buffer, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    done: int = libc.syscall(
        seccomp,
        _SECCOMP_SET_MODE_FILTER,
        _SECCOMP_FILTER_FLAG_SPEC_ALLOW,
        ctypes.byref(wanted),
    )
    return done == 0
