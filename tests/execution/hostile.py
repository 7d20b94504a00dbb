"""Extractors that misbehave, each in one way, on pages whose id is `bad`; others are answered."""

import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from boilerbench import Page

GOOD = "a good answer"


def good(page: Page) -> str:
    return GOOD


def echo(page: Page) -> str:
    return page.html.decode("latin-1")


def described(page: Page, mark: str = "") -> str:
    return repr((page.id, page.url, page.lang, page.kind, page.site, mark))


def raises(page: Page) -> str:
    if page.id == "bad":
        raise ValueError("no such\nthing")
    return GOOD


def recurses(page: Page) -> str:
    return recurses(page) if page.id == "bad" else GOOD


def leaves(page: Page) -> str:
    if page.id == "bad":
        sys.exit(3)
    return GOOD


def hangs_in_python(page: Page) -> str:
    while page.id == "bad":
        pass
    return GOOD


def hangs_in_native_code(page: Page) -> str:
    if page.id == "bad":
        # PyDLL keeps the interpreter's lock: no Python thread or signal handler can run.
        ctypes.PyDLL(None).sleep(3600)
    return GOOD


def hangs_in_a_pattern(page: Page) -> str:
    if page.id == "bad":
        re.match(r"(a+)+$", "a" * 60 + "b")
    return GOOD


def ignores_signals_and_hangs(page: Page) -> str:
    if page.id == "bad":
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        time.sleep(3600)
    return GOOD


def segfaults(page: Page) -> str:
    if page.id == "bad":
        ctypes.string_at(0)
    return GOOD


def aborts(page: Page) -> str:
    if page.id == "bad":
        os.abort()
    return GOOD


def is_killed(page: Page) -> str:
    if page.id == "bad":
        os.kill(os.getpid(), signal.SIGKILL)
    return GOOD


def exits(page: Page) -> str:
    if page.id == "bad":
        os._exit(7)
    return GOOD


def exits_as_if_well(page: Page) -> str:
    if page.id == "bad":
        os._exit(0)
    return GOOD


def grows(page: Page) -> str:
    held = []
    while page.id == "bad":
        held.append(bytearray(os.urandom(1 << 20)))
    return GOOD


def grows_in_a_child(page: Page) -> str:
    if page.id == "bad":
        code = "import time\nx=[]\nwhile True: x.append(b'y' * (1 << 20)); time.sleep(0.005)"
        subprocess.run([sys.executable, "-c", code], check=True)
    return GOOD


def asks_for_too_much(page: Page) -> str:
    return "x" * (1 << 40) if page.id == "bad" else GOOD


def grows_and_answers(page: Page) -> str:
    if page.id == "bad":
        bytearray(b"y" * (200 << 20))
    return GOOD


def prints(page: Page) -> str:
    print("printed by Python", flush=True)
    os.write(1, b"written to the descriptor\n")
    libc = ctypes.CDLL(None)
    libc.puts(b'{"id": "bad", "outcome": "ok", "bytes": 0}')
    libc.fflush(None)
    sys.stderr.write("and to stderr " * 20_000)
    return GOOD


def reads_stdin(page: Page) -> str:
    return f"read {sys.stdin.read()!r}"


def returns_none(page: Page) -> None:
    return None


def returns_space(page: Page) -> str:
    return " \n\t\u3000"


def returns_bytes(page: Page) -> bytes:
    return b"bytes"


def returns_a_list(page: Page) -> list[str]:
    return ["text"]


def returns_a_lone_surrogate(page: Page) -> str:
    return "half a \ud83d pair"


def returns_200_megabytes(page: Page) -> str:
    return "x" * 200_000_000 if page.id == "bad" else GOOD


def returns_nul(page: Page) -> str:
    return "a\0b"


def connects(page: Page) -> str:
    socket.create_connection(("127.0.0.1", int(page.html)), timeout=5).close()
    return "connected"


def sends_a_datagram(page: Page) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"hello", ("127.0.0.1", int(page.html)))
    return "sent"


def connects_from_a_child(page: Page) -> str:
    code = f"import socket; socket.create_connection(('127.0.0.1', {int(page.html)}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return done.stderr or "connected"


def connects_in_native_code(page: Page) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    opened = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    return f"refused with errno {ctypes.get_errno()}" if opened < 0 else "opened"


def resolves(page: Page) -> str:
    return str(socket.getaddrinfo("example.org", 80))


def leaves_a_child_and_hangs(page: Page) -> str:
    if page.id == "bad":
        child = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(3600)"], start_new_session=True
        )
        Path(page.html.decode()).write_text(str(child.pid))
        time.sleep(3600)
    return GOOD


def works_hard_and_exits(page: Page) -> str:
    works_hard(page)
    os._exit(3)


def forks_and_exits(page: Page) -> str:
    if page.id == "bad":
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(3)
    return GOOD


def leaves_a_child_and_exits(page: Page) -> str:
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(3600)"], start_new_session=True
    )
    Path(page.html.decode()).write_text(str(child.pid))
    time.sleep(0.5)
    os._exit(3)


def raises_half_a_character(page: Page) -> str:
    raise ValueError("half \ud83d of it")


def complains_then_exits(page: Page) -> str:
    sys.stderr.write(f"complaint about {page.id}\n")
    if page.id == "bad":
        os._exit(3)
    return GOOD


def dies_after_its_answer(page: Page) -> str:
    threading.Timer(0.2, os._exit, [3]).start()
    return GOOD


def works_hard(page: Page) -> str:
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    return GOOD


def sleeps(page: Page) -> str:
    time.sleep(0.2)
    return GOOD


def sleeps_and_tells_who(page: Page) -> str:
    time.sleep(0.2)
    return str(os.getpid())


def uses_memory(page: Page) -> str:
    bytearray(b"y" * (150 << 20))
    return GOOD


def writes_files(page: Page) -> str:
    import tempfile

    Path("here").write_text("x")
    Path(tempfile.gettempdir(), "there").write_text("x")
    Path("~/home").expanduser().write_text("x")
    return str(Path.cwd())


def shows_environment(page: Page) -> str:
    return repr(sorted(os.environ.items()))


def cannot_start() -> str:
    return "takes no page"
