"""Runs one adapter in this Python as a worker does, and says what it attempted on the way: sockets
and names looked up, each of them refused, programs started, and files opened for writing outside of
the temporary folder; those of loading the adapter apart from those of the pages.

    python watched.py ADAPTER OPTIONS < PAGES > ANSWER

OPTIONS is JSON, PAGES a JSON list of `{"html": base64, "lang", "url"}`, ANSWER the JSON object
`{"given", "texts", "loading", "attempts"}`; an exception on a page is its name for a text.
"""

import base64
import importlib
import json
import os
import socket
import sys
import tempfile

ATTEMPTS = []
TEMPORARY = os.path.realpath(tempfile.gettempdir())
NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn")


def watch(event, args):
    if event == "socket.__new__" and args[1] == socket.AF_UNIX:
        return
    if event in NETWORK or event == "socket.__new__":
        ATTEMPTS.append(f"{event} {args[1:]}")
        raise PermissionError("no network")
    if event in PROGRAMS:
        ATTEMPTS.append(f"{event} {args[0]}")
    elif event == "open" and is_written(*args):
        ATTEMPTS.append(f"open {args[0]} {args[1]}")


def is_written(path, mode, flags):
    if not isinstance(path, (str, bytes)):
        return False  # a descriptor that is open already
    place = os.path.realpath(os.fsdecode(path))
    if place.startswith((TEMPORARY + os.sep, "/dev/")):
        return False
    return any(letter in (mode or "") for letter in "wax+") or bool(
        flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    )


def text_of(extract, page):
    try:
        return extract(page)
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"


def main(adapter, options):
    out, sys.stdout = sys.stdout, sys.stderr
    sys.addaudithook(watch)
    page_type = importlib.import_module("boilerbench.types").Page
    module = importlib.import_module(f"boilerbench.worker.adapters.{adapter}")
    extract, given = module.load(json.loads(options))
    loading = list(ATTEMPTS)
    ATTEMPTS.clear()
    texts = [
        text_of(extract, page_type("p", base64.b64decode(one["html"]), one["url"], one["lang"]))
        for one in json.load(sys.stdin)
    ]
    answer = {"given": given, "texts": texts, "loading": loading, "attempts": ATTEMPTS}
    json.dump(answer, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
