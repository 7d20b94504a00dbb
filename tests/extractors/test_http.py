"""Services over HTTP, against a real server on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from boilerbench.api import run
from boilerbench.errors import UserError
from boilerbench.execution.process import Limits, WorkerProcess
from boilerbench.extractors.specs import spec
from boilerbench.types import Page

PAGE = Page("p", "<p>Grüße an {url} und €".encode(), url="https://a.example/")


class Service(BaseHTTPRequestHandler):
    """Answers by its path, and remembers what it was sent."""

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), sent))
        status, body, more = {
            "/text": (200, "der Text €".encode(), {}),
            "/latin": (
                200,
                "Grüße".encode("latin-1"),
                {"Content-Type": "text/plain; charset=latin-1"},
            ),
            "/json": (200, json.dumps({"a": [{"b": "found"}], "n": 3, "no": None}).encode(), {}),
            "/broken": (200, b"{", {}),
            "/empty": (200, b"", {}),
            "/refuse": (429, b"slow down", {}),
            "/elsewhere": (302, b"", {"Location": "http://127.0.0.1:1/"}),
        }[self.path]
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as started:
        started.seen = []
        thread = threading.Thread(target=started.serve_forever)
        thread.start()
        yield started
        started.shutdown()
        thread.join()


@pytest.fixture
def ask(server, tmp_path):
    """Asks the service at a path for the page; further lines of its file may be given."""

    def ask(path, more="", page=PAGE):
        file = tmp_path / "service.toml"
        file.write_text(f'url = "http://127.0.0.1:{server.server_port}{path}"\n{more}\n')
        worker = WorkerProcess(spec(str(file)), Limits(timeout=20))
        try:
            worker.ready()
            return worker.extract(page)
        finally:
            worker.kill()

    return ask


def test_the_answer_is_the_text_and_the_page_is_sent_as_it_is(ask, server):
    extraction = ask("/text")
    assert (extraction.outcome, extraction.text) == ("ok", "der Text €")
    ((_, headers, sent),) = server.seen
    assert headers["Content-Type"] == "text/html"
    assert sent == PAGE.html


def test_an_answer_is_read_by_its_charset(ask):
    assert ask("/latin").text == "Grüße"


@pytest.mark.parametrize(
    ("path", "outcome", "text"),
    [("a.0.b", "ok", "found"), ("no", "empty", ""), ("n", "error", ""), ("a.1.b", "error", "")],
)
def test_a_place_in_a_json_answer(ask, path, outcome, text):
    extraction = ask("/json", f'text = "{path}"')
    assert (extraction.outcome, extraction.text) == (outcome, text)


def test_a_body_is_sent_as_json_with_the_page_in_it(ask, server):
    more = (
        '[body]\nmodel = "m"\nn = 2\nmessages = [{ role = "user", content = "Of {url}: {html}" }]'
    )
    assert ask("/text", more).outcome == "ok"
    ((_, headers, sent),) = server.seen
    assert headers["Content-Type"] == "application/json"
    assert json.loads(sent) == {
        "model": "m",
        "n": 2,
        "messages": [{"role": "user", "content": f"Of {PAGE.url}: {PAGE.html.decode()}"}],
    }


def test_a_page_in_json_is_decoded_by_what_it_declares(ask, server):
    page = Page("p", '<meta charset="windows-1251"><p>Привет'.encode("windows-1251"))
    ask("/text", '[body]\npage = "{html}"', page)
    assert json.loads(server.seen[0][2])["page"].endswith("Привет")


@pytest.mark.parametrize(
    ("path", "more", "says"),
    [
        ("/refuse", "", "status 429: slow down"),
        ("/elsewhere", "", "redirects to http://127.0.0.1:1/"),
        ("/broken", 'text = "a"', "Expecting"),
    ],
)
def test_what_goes_wrong_is_an_error_with_its_reason(ask, path, more, says):
    extraction = ask(path, more)
    assert extraction.outcome == "error"
    assert says in extraction.error


def test_an_empty_answer_is_empty(ask):
    assert ask("/empty").outcome == "empty"


def test_a_key_comes_from_the_environment_and_is_stored_nowhere(
    server, tmp_path, monkeypatch, corpus_folder
):
    monkeypatch.setenv("SERVICE_KEY", "hush-hush")
    file = tmp_path / "service.toml"
    file.write_text(
        f'name = "mine"\nurl = "http://127.0.0.1:{server.server_port}/text"\n'
        'headers = { Authorization = "Bearer ${SERVICE_KEY}" }\n'
    )
    done = run(str(corpus_folder), str(file), metrics="token", output=tmp_path / "out")
    assert {headers["Authorization"] for _, headers, _ in server.seen} == {"Bearer hush-hush"}
    assert all(
        b"hush-hush" not in part.read_bytes() for part in done.path.rglob("*") if part.is_file()
    )
    (extractor,) = done.info["extractors"]
    assert extractor["spec"] == "mine"
    assert extractor["network"] == f"open to 127.0.0.1:{server.server_port} only"


@pytest.fixture
def corpus_folder(tmp_path):
    folder = tmp_path / "corpus"
    for part, name, text in (("pages", "p.html", "<p>der Text"), ("gold", "p.txt", "der Text")):
        (folder / part).mkdir(parents=True)
        (folder / part / name).write_text(text)
    return folder


def test_a_key_that_is_not_set_is_said_before_any_page(ask):
    with pytest.raises(UserError, match="environment variable NO_SUCH_KEY is not set"):
        ask("/text", 'headers = { Authorization = "${NO_SUCH_KEY}" }')


def test_no_other_address_is_open(tmp_path, server):
    """By the same means as the worker's, in a process of its own."""
    import subprocess
    import sys

    program = f"""
import socket, subprocess
from boilerbench.worker import sandbox
sandbox.open_network_to("http://127.0.0.1:{server.server_port}/text")
socket.create_connection(("127.0.0.1", {server.server_port})).close()
for attempt in (
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: socket.create_connection(("localhost", {server.server_port})),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
    lambda: socket.socket(socket.AF_UNIX).connect("/tmp/no-such-socket"),
    lambda: subprocess.run(["true"]),
    lambda: socket.socket().bind(("127.0.0.1", 0)),
):
    try:
        attempt()
    except PermissionError as problem:
        assert "only 127.0.0.1:" in str(problem)
    else:
        raise SystemExit("something else was open")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('url = "ftp://a.example/"', "begins with http:// or https://"),
        ("url = 3", "begins with http:// or https://"),
        ('url = "http://a.example:port/"', "begins with http:// or https://"),
        ('url = "http://a.example/"\ntext = 3', "a path in the answer"),
        ('url = "http://a.example/"\nheaders = { a = 1 }', "a table of texts"),
        ('url = "http://a.example/"\nbody = "x"', "body must be a table"),
        ('url = "http://a.example/"\nbody = { a = 2020-01-01 }', "cannot be sent as JSON"),
        ('url = "http://a.example/"\ntxet = "a"', "did you mean text"),
        ('url = "http://a.example/"\ncommand = ["a"]', "either command or url"),
    ],
)
def test_a_file_that_is_wrong_is_one_clear_message(tmp_path, written, says):
    file = tmp_path / "service.toml"
    file.write_text(written)
    with pytest.raises(UserError, match=says):
        spec(str(file))
