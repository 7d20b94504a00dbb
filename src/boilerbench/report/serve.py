"""A run's report over HTTP, for convenience: while the run is not finished its progress, then the
report. Nothing in the report needs it."""

from __future__ import annotations

import fcntl
import json
import mimetypes
import sys
import time
from collections import Counter
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import polars as pl

from boilerbench.errors import UserError
from boilerbench.store import Run

HOST = "127.0.0.1"

HTTP_PORT = 80
"""Which browsers leave out of a name."""

QUIET_SECONDS = 30.0
"""Without a new part for so long, a run may have been stopped."""

_OWN = {"/live": "live.html", "/live/live.js": "live.js", "/live/site.css": "site.css"}
"""What is not the report's: the page of an unfinished run, which asks for `/live/state`."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""Of the page of an unfinished run. The report's own pages bring theirs."""


class Server(ThreadingHTTPServer):
    """Serves the report of the run in `path`, to browsers of this machine alone."""

    daemon_threads = True

    def __init__(self, path: Path, port: int) -> None:
        self.progress = Progress(path)
        self.report = (path / "report").resolve()
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as problem:
            raise UserError(
                f"cannot listen on port {port}: {problem.strerror}", "choose another --port"
            ) from None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is nobody's fault."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{HOST}:{self.server_port}/"


class Progress:
    """How far a run is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._counted: dict[str, Counter[str]] = {}

    def state(self) -> dict[str, Any]:
        """`status`: `complete`, `running`, or `stopped` where nobody writes to the run; `command`;
        `pages` that each extractor has in all; `done`, by extractor; whether there is a `report`.
        """
        run = Run(self._path)
        done = sum(self._parts(), Counter())
        complete = run.info.get("status") == "complete"
        running = "running" if self._held() else "stopped"
        return {
            "status": "complete" if complete else running,
            "command": run.info.get("command", ""),
            "pages": sum(corpus.get("pages", 0) for corpus in run.info["corpora"]),
            "done": {one["spec"]: done[one["spec"]] for one in run.info["extractors"]},
            "report": complete and (self._path / "report" / "index.html").is_file(),
        }

    def _parts(self) -> list[Counter[str]]:
        """The rows of each part by extractor. A part is read once: it does not change."""
        there = {part.name: part for part in (self._path / "extractions").glob("*.parquet")}
        for name in set(self._counted) - set(there):  # started over
            self._counted.pop(name, None)  # another browser may have asked at the same time
        for name in set(there) - set(self._counted):
            try:
                column = pl.read_parquet(there[name], columns=["extractor"], glob=False)
            except (OSError, pl.exceptions.PolarsError):
                continue  # removed meanwhile
            self._counted[name] = Counter(column["extractor"].to_list())
        return list(self._counted.values())

    def _held(self) -> bool:
        """Whether somebody writes to the run (`store.locked`). To try the lock is to hold it for a
        moment, so it is tried only where nothing was written for a while."""
        try:
            parts = [self._path / "run.json", *(self._path / "extractions").glob("*.parquet")]
            if time.time() - max(part.stat().st_mtime for part in parts) < QUIET_SECONDS:
                return True
            with (self._path / ".lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """Answer a browser."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """The same without the content."""
        self._answer(body=False)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what is asked for is nobody's business."""

    def _answer(self, body: bool) -> None:
        # A page of anyone's may have its name point to this machine: it does not get an answer.
        if self.headers.get("Host") not in self._names():
            self._send(HTTPStatus.MISDIRECTED_REQUEST, b"not here\n", "text/plain", body)
            return
        path = unquote(urlsplit(self.path).path)
        if path == "/live/state":
            state = json.dumps(self._state()).encode()
            self._send(HTTPStatus.OK, state, "application/json", body)
        elif path in _OWN:
            file = files("boilerbench.report") / "assets" / _OWN[path]
            self._send(HTTPStatus.OK, file.read_bytes(), _type(_OWN[path]), body, _POLICY)
        elif path == "/":
            to = "/report/" if self._state().get("report") else "/live"
            self._send(HTTPStatus.FOUND, b"", "text/plain", body, to=to)
        else:
            self._file(path, body)

    def _state(self) -> dict[str, Any]:
        try:
            return self.server.progress.state()
        except UserError as problem:  # the run was taken away, or started over
            return {"status": "stopped", "problem": problem.message}

    def _names(self) -> set[str]:
        names = {HOST, "localhost"}
        port = self.server.server_port
        return {f"{name}:{port}" for name in names} | (names if port == HTTP_PORT else set())

    def _file(self, path: str, body: bool) -> None:
        """A file of the report, and of nothing else."""
        wanted = path.removeprefix("/report/") if path.startswith("/report/") else None
        if wanted is None or "\0" in wanted:
            self._send(HTTPStatus.NOT_FOUND, b"no such page\n", "text/plain", body)
            return
        try:
            file = (self.server.report / (wanted or "index.html")).resolve()
            there = file.is_relative_to(self.server.report) and file.is_file()
            content = file.read_bytes() if there else None
        except (OSError, RuntimeError):  # a name that is too long, a loop of links
            content = None
        if content is None:
            self._send(HTTPStatus.NOT_FOUND, b"no such page\n", "text/plain", body)
        else:
            self._send(HTTPStatus.OK, content, _type(file.name), body)

    def _send(
        self,
        status: HTTPStatus,
        content: bytes,
        kind: str,
        body: bool,
        policy: str | None = None,
        to: str | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        if policy:
            self.send_header("Content-Security-Policy", policy)
        if to:
            self.send_header("Location", to)
        self.end_headers()
        if body:
            self.wfile.write(content)


def _type(name: str) -> str:
    kind = mimetypes.types_map.get(Path(name).suffix, "application/octet-stream")
    return f"{kind}; charset=utf-8" if "text" in kind or "script" in kind else kind
