"""The worker's loop: load one adapter, then one page in, one frame out."""

from __future__ import annotations

import gc
import importlib
import inspect
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

from boilerbench.types import Page
from boilerbench.worker import sandbox
from boilerbench.worker.measure import Meter
from boilerbench.worker.protocol import MAX_TEXT, frame, read_frame

Extract = Callable[[Page], object]
MAX_ERROR = 4000

_SENTENCE = (
    b"<p>This is a sentence of a text that nobody reads, since all of it is here to warm up.</p>"
)
_WARM_UP_PAGES = (
    b"<html><body><article>" + 8 * _SENTENCE + b"</article></body></html>",
    b"<html><body><div>A short line.</div></body></html>",
)


class Refused(Exception):
    """The adapter cannot serve as asked: an unknown option, a missing library."""


def main(started: float) -> None:
    """Serve pages until stdin closes. `argv[1]` is the adapter, `argv[2]` its options in JSON."""
    wire_in, wire_out = _private_wire()
    sandbox.die_with_parent()
    sandbox.no_core_dump()
    service = sys.argv[1].removeprefix("http:") if sys.argv[1].startswith("http:") else None
    try:
        network = sandbox.open_network_to(service) if service else sandbox.seal_network()
        adapter, options = sys.argv[1], json.loads(sys.argv[2])
        extract, about = _load(adapter, options)
    except BaseException as problem:
        wire_out.write(frame({"refused": _refusal(problem)}))
        wire_out.flush()
        return
    # What importing left behind is not a page's garbage: without this, an extractor that imports
    # much would pay for it in the CPU time of every page.
    gc.freeze()
    about |= {
        "ready": True,
        "python": platform.python_version(),
        "network": network,
        "packages": _packages(),
        "loaded": _loaded(),
        "startup_s": time.perf_counter() - started,
    }
    wire_out.write(frame(about))
    wire_out.flush()
    while (received := read_frame(wire_in)) is not None:
        head, html = received
        page = Page(
            head["id"], html, head.get("url"), head.get("lang"), head.get("kind"), head.get("site")
        )
        wire_out.write(_answer(page, extract))
        wire_out.flush()


def _private_wire() -> tuple[BinaryIO, BinaryIO]:
    """Move the wire to descriptors of its own. What an extractor prints, from Python or from C,
    then goes to stderr, and what it reads from stdin is empty."""
    wire_in = os.fdopen(os.dup(0), "rb")
    wire_out = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return wire_in, wire_out


def _load(adapter: str, options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """Import the adapter and have it make its function. Import time is stated apart from the
    rest of the start-up, since a library's own weight is a figure of interest. What follows a
    colon in the adapter's name says what it is to load."""
    before = time.perf_counter()
    name, _, target = adapter.partition(":")
    module = importlib.import_module(f"boilerbench.worker.adapters.{name}")
    imported = time.perf_counter() - before
    extract, given = module.load(options, target) if target else module.load(options)
    if not target:
        _warm_up(extract)
    version = module.version(target) if target else _packages().get(module.DISTRIBUTION)
    taken = importlib.import_module("boilerbench.worker.adapters.options").TAKEN
    about = {"version": version, "given": given, "import_s": imported}
    return extract, {**about, "options": {name: _written(taken[name]) for name in taken}}


def _written(default: object) -> str | None:
    """A default as a user would write it; None where an option has none."""
    if default is inspect.Parameter.empty:
        return None
    return str(default).lower() if isinstance(default, bool) else str(default)


def _warm_up(extract: Extract) -> None:
    """Have a library load what it loads at its first call, in the start-up and not in the first
    page's time: trafilatura's stop lists, for one, cost as much as ten pages. A page with a text
    and a page with nearly none take the common ways through an extractor. Not done to a user's own
    function, which may count its calls or pay for them. What fails on these pages fails on all:
    an option has a value that the library cannot take."""
    for html in _WARM_UP_PAGES:
        try:
            extract(Page("warm-up", html, lang="en"))
        except Exception as problem:
            raise Refused(f"it fails on the simplest page: {_last_line(problem)}") from None


def _packages() -> dict[str, str]:
    """Release by distribution, in lower case with hyphens, read from the names of the
    `NAME-VERSION.dist-info` folders: importlib.metadata opens every file for the same."""
    found: dict[str, str] = {}
    for folder in sys.path:
        if os.path.isdir(folder):
            for entry in os.listdir(folder):
                name, _, version = entry.removesuffix(".dist-info").rpartition("-")
                if entry.endswith(".dist-info"):
                    found.setdefault(name.lower().replace("_", "-").replace(".", "-"), version)
    return dict(sorted(found.items()))


def _loaded() -> dict[str, str]:
    """The top-level modules that have been loaded, the standard library's and our own aside, each
    with its file, or the folder of a package: whoever runs it again asks whether they changed."""
    found = {}
    for name, module in tuple(sys.modules.items()):
        if "." in name or name in sys.stdlib_module_names or name in ("boilerbench", "__main__"):
            continue
        folders = list(getattr(module, "__path__", None) or ())
        file = folders[0] if folders else getattr(module, "__file__", None)
        if file:
            found[name] = os.path.abspath(file)
    return dict(sorted(found.items()))


def _refusal(problem: BaseException) -> str:
    if isinstance(problem, Refused):
        return str(problem)
    if isinstance(problem, SyntaxError) and problem.filename:
        return f"SyntaxError: {problem.msg} ({problem.filename}, line {problem.lineno})"
    return _last_line(problem)


def _last_line(problem: BaseException) -> str:
    return "".join(traceback.format_exception_only(type(problem), problem)).strip()


def _answer(page: Page, extract: Extract) -> bytes:
    meter = Meter()
    try:
        returned = extract(page)
    except MemoryError as problem:
        return frame({"id": page.id, "outcome": "oom", "error": _reason(problem), **meter.stop()})
    except BaseException as problem:  # sys.exit and its like end a page, not the worker
        return frame({"id": page.id, "outcome": "error", "error": _reason(problem), **meter.stop()})
    cost = meter.stop()
    outcome, error, body = _judge(returned)
    return frame({"id": page.id, "outcome": outcome, "error": error, **cost}, body)


def _reason(problem: BaseException) -> str:
    """First the exception, then where it was raised: the outermost frames, which are the
    extractor's own, and the innermost. Ours are left out."""
    ours = os.path.dirname(__file__)
    places = [
        f"  {os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}\n"
        for frame in traceback.extract_tb(problem.__traceback__)
        if not frame.filename.startswith(ours)
    ]
    if len(places) > 8:
        places[4:-4] = ["  …\n"]
    where = "".join(places)
    return f"{_last_line(problem)[:MAX_ERROR]}\n{where}".strip()


def _judge(returned: object) -> tuple[str, str | None, bytes]:
    """Outcome, error and bytes of what an extractor returned. Only text counts; None is the
    common way to say that there is none."""
    if returned is None:
        return "empty", None, b""
    if not isinstance(returned, str):
        return "error", f"returned {type(returned).__name__}, not str", b""
    if not returned or returned.isspace():
        return "empty", None, b""
    if len(returned) > MAX_TEXT:
        return (
            "error",
            f"returned {len(returned):,} characters; {MAX_TEXT:,} bytes are allowed",
            b"",
        )
    try:
        body = returned.encode()
    except UnicodeEncodeError as problem:
        return "error", f"returned a lone surrogate at position {problem.start}: not text", b""
    if len(body) > MAX_TEXT:
        return "error", f"returned {len(body):,} bytes of text; {MAX_TEXT:,} are allowed", b""
    return "ok", None, body
