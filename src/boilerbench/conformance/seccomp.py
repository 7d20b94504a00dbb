"""The kernel's own report of system calls: a seccomp filter whose listener is in this process.

A filter holds for the thread that installs it and for all that this thread starts, through every
change of program, and no rights are needed. So a thread that starts a worker sees what the worker
and its children ask for, and no other thread is concerned. Linux 5.5 or newer, x86-64 and aarch64.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_FLAG_NEW_LISTENER = 1 << 3
_RET_ERRNO = 0x00050000
_RET_NOTIFY = 0x7FC00000
_RET_ALLOW = 0x7FFF0000
_CONTINUE = 1
_X32_BIT = 0x40000000

# struct seccomp_notif: id, pid, flags, then struct seccomp_data; seccomp_notif_resp: id, value,
# error, flags.
_NOTICE = struct.Struct("QII" + "iIQ6Q")
_REPLY = struct.Struct("QqiI")
_RECEIVE = 0xC0502100
_SEND = 0xC0182101

# Classic BPF: load a word, jump if equal / at least / any of the bits, give an answer.
_LOAD, _EQUAL, _AT_LEAST, _ANY, _ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
_AT_NUMBER, _AT_MACHINE, _AT_ARGUMENTS = 0, 4, 16

_CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True)
class Call:
    """A system call that is reported. `paths` has for each path among its arguments the argument
    that is the folder (None: the current one) and the one that is the path; `flags` is the argument
    by which an opening is one for writing."""

    name: str
    paths: tuple[tuple[int | None, int], ...] = ()
    flags: int | None = None


_OPEN = Call("open", ((None, 0),), 1)
_OPENAT = Call("open", ((0, 1),), 2)
_OPENAT2 = Call("openat2", ((0, 1),))
_SOCKET = Call("socket")

_MACHINES: dict[str, tuple[int, int, int, dict[int, Call]]] = {
    # machine: audit architecture, seccomp, io_uring_setup, what is reported
    "x86_64": (
        0xC000003E,
        317,
        425,
        {
            2: _OPEN,
            41: _SOCKET,
            76: Call("truncate", ((None, 0),)),
            82: Call("rename", ((None, 0), (None, 1))),
            83: Call("mkdir", ((None, 0),)),
            84: Call("remove", ((None, 0),)),
            85: Call("open", ((None, 0),)),
            86: Call("link", ((None, 1),)),
            87: Call("remove", ((None, 0),)),
            88: Call("link", ((None, 1),)),
            133: Call("mknod", ((None, 0),)),
            257: _OPENAT,
            258: Call("mkdir", ((0, 1),)),
            259: Call("mknod", ((0, 1),)),
            263: Call("remove", ((0, 1),)),
            264: Call("rename", ((0, 1), (2, 3))),
            265: Call("link", ((2, 3),)),
            266: Call("link", ((1, 2),)),
            316: Call("rename", ((0, 1), (2, 3))),
            437: _OPENAT2,
        },
    ),
    "aarch64": (
        0xC00000B7,
        277,
        425,
        {
            33: Call("mknod", ((0, 1),)),
            34: Call("mkdir", ((0, 1),)),
            35: Call("remove", ((0, 1),)),
            36: Call("link", ((1, 2),)),
            37: Call("link", ((2, 3),)),
            38: Call("rename", ((0, 1), (2, 3))),
            45: Call("truncate", ((None, 0),)),
            56: _OPENAT,
            198: _SOCKET,
            276: Call("rename", ((0, 1), (2, 3))),
            437: _OPENAT2,
        },
    ),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A thread `pid` waits for the answer to a system call."""

    id: int
    pid: int
    call: Call
    arguments: tuple[int, ...]


class Listener:
    """Where the calls of a filtered thread and its children are reported and answered."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._calls = _MACHINES[platform.machine()][3]

    def next(self, timeout: float) -> Notice | None:
        """The next call; None if there is none within `timeout` seconds."""
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        if not any(events & select.POLLIN for _, events in poll.poll(timeout * 1000)):
            return None
        buffer = bytearray(_NOTICE.size)
        try:
            fcntl.ioctl(self._descriptor, _RECEIVE, buffer)
        except OSError:  # the caller was killed meanwhile
            return None
        number, pid, _, nr, _, _, *arguments = _NOTICE.unpack(buffer)
        return Notice(number, pid, self._calls[nr], tuple(arguments))

    def let(self, notice: Notice) -> None:
        """Have the kernel do what was asked."""
        self._reply(notice, 0, _CONTINUE)

    def refuse(self, notice: Notice) -> None:
        """Have the call fail for want of permission."""
        self._reply(notice, -errno.EACCES, 0)

    def close(self) -> None:
        """Give the listener up; calls that come later fail."""
        os.close(self._descriptor)

    def _reply(self, notice: Notice, error: int, flags: int) -> None:
        try:
            fcntl.ioctl(self._descriptor, _SEND, _REPLY.pack(notice.id, 0, error, flags))
        except OSError as problem:
            if problem.errno != errno.ENOENT:  # the caller was killed meanwhile
                raise


def install() -> Listener | None:
    """Filter this thread for the rest of its life; None where this machine or kernel cannot.

    A worker's own filter would answer before ours, so the worker is told that it was installed; it
    is for the listener to refuse sockets then.
    """
    known = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or known is None or sys.maxsize < 2**32:
        return None
    code = _program(*known)
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    wanted = Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return None
    descriptor = libc.syscall(known[1], _SET_MODE_FILTER, _FLAG_NEW_LISTENER, ctypes.byref(wanted))
    return None if descriptor < 0 else Listener(descriptor)


def _program(machine: int, seccomp: int, io_uring: int, calls: dict[int, Call]) -> bytes:
    refuse = (_ANSWER, 0, 0, _RET_ERRNO | errno.EACCES)
    steps: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, _AT_MACHINE),
        (_EQUAL, 1, 0, machine),  # another architecture's calls have other numbers: refuse
        refuse,
        (_LOAD, 0, 0, _AT_NUMBER),
        (_AT_LEAST, 0, 1, _X32_BIT),
        refuse,
        (_EQUAL, 0, 1, io_uring),
        refuse,
        (_EQUAL, 0, 4, seccomp),
        (_LOAD, 0, 0, _AT_ARGUMENTS),
        (_EQUAL, 0, 1, _SET_MODE_FILTER),
        (_ANSWER, 0, 0, _RET_ERRNO),  # no error: it believes that its filter is there
        (_ANSWER, 0, 0, _RET_ALLOW),
    ]
    for number, call in calls.items():
        steps += _reported(number, call)
    steps.append((_ANSWER, 0, 0, _RET_ALLOW))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _reported(number: int, call: Call) -> Sequence[tuple[int, int, int, int]]:
    if call.flags is None:
        return [(_EQUAL, 0, 1, number), (_ANSWER, 0, 0, _RET_NOTIFY)]
    return [
        (_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _AT_ARGUMENTS + 8 * call.flags),
        (_ANY, 0, 1, _CHANGES),
        (_ANSWER, 0, 0, _RET_NOTIFY),
        (_ANSWER, 0, 0, _RET_ALLOW),
    ]
