"""Extractors that a benchmark cannot rely on, each for one reason, and one that it can."""

import ctypes
import os
import pwd
import random
import re
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from boilerbench import Page

SEEN: Counter[bytes] = Counter()
KEPT: list[bytes] = []
BEFORE = [""]
STARTED = os.urandom(4).hex()


def good(page: Page) -> str:
    text = page.html.decode("utf-8", "replace").replace("\0", "")
    Path("scratch").write_text(text[:100])
    Path(os.environ["TMPDIR"], "more", "folders").mkdir(parents=True, exist_ok=True)
    return " ".join(re.sub("<[^>]*>", " ", text).split())


def fails_on_gazette(page: Page) -> str:
    raise ValueError("no such\nthing")


def fails_without_a_network(page: Page) -> str:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
    return "text"


def fails_on_its_first_page(page: Page) -> str:
    SEEN[b""] += 1
    if SEEN[b""] == 1:
        raise ValueError("not yet")
    return good(page)


def fails_on_what_is_empty(page: Page) -> str:
    if not page.html:
        raise ValueError("no such\nthing")
    return good(page)


def takes_a_while(page: Page) -> str:
    time.sleep(0.05)
    return good(page)


def shortens_every_fourth_time(page: Page) -> str:
    SEEN[page.html] += 1
    return good(page)[: 20 if SEEN[page.html] % 4 == 0 else None]


def remembers_the_page_before(page: Page) -> str:
    before, BEFORE[0] = BEFORE[0], page.id
    return f"a page after {before}" if before != page.id else "a page after itself"


def gives_what_differs_by_process(page: Page) -> str:
    return STARTED


def rolls_dice(page: Page) -> str:
    return str(random.random())


def follows_the_order_of_a_set(page: Page) -> str:
    return " ".join(set(good(page).split()[:50]))


def asks_for_a_page(page: Page) -> str:
    with suppress(OSError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    return "text"


def asks_in_native_code(page: Page) -> str:
    ctypes.CDLL(None).socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
    return "text"


def asks_for_a_name_in_a_child(page: Page) -> str:
    subprocess.run(["getent", "ahosts", "boilerbench.invalid"], capture_output=True, check=False)
    return "text"


def asks_as_it_starts() -> None:
    with suppress(OSError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def _home() -> Path:
    return Path(pwd.getpwuid(os.getuid()).pw_dir)


def writes_to_home(page: Page) -> str:
    with suppress(OSError):
        (_home() / ".boilerbench-offender").write_text("here I was")
    return "text"


def writes_to_tmp(page: Page) -> str:
    with suppress(OSError):
        Path("/tmp/boilerbench-offender").write_text("here I was")
    return "text"


def writes_through_a_link(page: Page) -> str:
    with suppress(OSError):
        Path("link").symlink_to("/tmp")
    with suppress(OSError):
        Path("link/boilerbench-offender").write_text("here I was")
    return "text"


def makes_a_folder_by_a_shell(page: Page) -> str:
    subprocess.run(["mkdir", "../boilerbench-offender"], capture_output=True, check=False)
    return "text"


def removes_what_is_not_its_own(page: Page) -> str:
    with suppress(OSError):
        os.rename("/etc/hostname", "/etc/hostname.old")
    return "text"


def dies_of_depth(page: Page) -> str:
    if page.html.count(b"<div>") > 5000:
        os.kill(os.getpid(), signal.SIGSEGV)
    return good(page)


def hangs_on_what_is_large(page: Page) -> str:
    if len(page.html) > 10_000_000:
        time.sleep(3600)
    return good(page)


def is_slow_on_what_is_large(page: Page) -> str:
    if len(page.html) > 10_000_000:
        time.sleep(2)
    return "text"


def eats_memory_on_what_is_empty(page: Page) -> str:
    if not page.html:
        KEPT.append(b"x" * (300 << 20))
    return "text"


def forgets_after_nul(page: Page) -> str:
    if b"\0" in page.html:
        BEFORE[0] = "never again"
    return "" if BEFORE[0] else good(page)


def leaves_a_thread(page: Page) -> str:
    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
    return "text"


def leaves_one_thread(page: Page) -> str:
    if not KEPT:
        KEPT.append(b"")
        leaves_a_thread(page)
    return "text"


def leaves_a_process(page: Page) -> str:
    if not KEPT:
        KEPT.append(b"")
        subprocess.Popen(["sleep", "3600"])
    return "text"


def leaves_a_daemon(page: Page) -> str:
    if not KEPT:
        KEPT.append(b"")
        subprocess.run(["sh", "-c", "setsid sleep 60 > /dev/null 2>&1 &"], check=True)
    return "text"


def spins_between_pages(page: Page) -> str:
    def spin() -> None:
        while True:
            pass

    if not KEPT:
        KEPT.append(b"")
        threading.Thread(target=spin, daemon=True).start()
    return "text"


def leaks(page: Page) -> str:
    KEPT.append(os.urandom(100_000))
    return "text"


def fills_a_cache(page: Page) -> str:
    if len(KEPT) < 60:
        KEPT.append(os.urandom(100_000))
    return "text"


def gives_nul(page: Page) -> str:
    return "a\0b"


def gives_a_lone_surrogate(page: Page) -> str:
    return "\ud800"
