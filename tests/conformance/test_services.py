"""The kit on services over HTTP: real servers on this machine."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from boilerbench.conformance import kit
from boilerbench.conformance.finding import Finding
from boilerbench.execution.process import Limits
from boilerbench.extractors.specs import spec
from tests.cli.shell import boilerbench

SKIPPED = {
    *("threads, processes", "idle", "new processes", "hash seed"),
    *("network", "files", "20 MB", "memory"),
}


class Service(BaseHTTPRequestHandler):
    """At `/good` the page's words, at `/counts` how many pages there were, at `/busy` no answer."""

    sizes: list[int]

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.sizes.append(len(sent))
        said = {
            "/good": b" ".join(re.sub(rb"<[^>]*>|\0", b" ", sent).split()),
            "/counts": f"{len(self.sizes)} pages".encode(),
            "/busy": b"too many requests",
        }[self.path]
        self.send_response(429 if self.path == "/busy" else 200)
        self.send_header("Content-Type", "text/plain; charset=latin-1")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: object) -> None:
        pass


Made = Callable[[str], tuple[Path, list[int]]]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Made]:
    """The file of a service with this path, and the sizes of the pages that it is sent."""
    with ExitStack() as stack:

        def made(path: str) -> tuple[Path, list[int]]:
            handler = type("Handler", (Service,), {"sizes": []})
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), handler))
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            file = tmp_path / "service.toml"
            file.write_text(f'name = "mine"\nurl = "http://127.0.0.1:{server.server_port}{path}"\n')
            return file, handler.sizes

        yield made


def examined(file: Path) -> dict[str, Finding]:
    found = list(kit.examine(spec(str(file)), Limits(timeout=20), kit.FULL))
    assert tuple(finding.check for finding in found) == kit.checks()
    return {finding.check: finding for finding in found}


def test_a_good_one_passes_and_is_sent_few_and_small_pages(service: Made) -> None:
    file, sizes = service("/good")
    found = examined(file)
    assert {check for check, one in found.items() if one.verdict == "skipped"} == SKIPPED
    assert {one.verdict for check, one in found.items() if check not in SKIPPED} == {"pass"}
    assert "open to its address alone" in found["network"].seen
    assert len(sizes) <= 50
    assert max(sizes) < 1_000_000


def test_answers_that_differ_are_caught(service: Made) -> None:
    found = examined(service("/counts")[0])
    assert {check for check, one in found.items() if one.failed} == {
        *("repeated pages", "other orders", "after hostile pages"),
    }


def test_one_that_is_too_busy_is_asked_no_further(service: Made) -> None:
    file, sizes = service("/busy")
    found = examined(file)
    assert "429: too many requests" in found["ordinary pages"].seen
    assert {one.verdict for one in found.values()} == {"fail", "skipped"}
    assert len(sizes) == 4


def test_from_the_shell(service: Made) -> None:
    done = boilerbench("extractors", "test", service("/good")[0])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all passed, 8 skipped" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
