"""Services over HTTP, against a real server on this machine."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.api import run
from boilerbench.errors import UserError
from boilerbench.execution.process import Limits, WorkerProcess
from boilerbench.extractors.specs import spec
from boilerbench.types import Page
from boilerbench.worker.adapters.http import _mask

A = 'url = "http://a.example/"\n'
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
            "/typed": (200, b'{"text": "der Text"}', {"Content-Type": "application/json"}),
            "/bare": (200, b'"der Text"', {"Content-Type": "application/json"}),
            "/other": (
                200,
                b'{"result": {"body": "x"}, "n": 1}',
                {"Content-Type": "application/problem+json; charset=utf-8"},
            ),
            "/many": (200, json.dumps(dict.fromkeys(map(str, range(99)))).encode(), {}),
            "/refuse": (429, b"slow\n down", {}),
            "/silent": (503, b"", {}),
            "/page": (500, b"<p>" + b"x" * 100_000, {}),
            "/tell": (401, f"no such key: {self.headers['Authorization']}".encode(), {}),
            "/tell-late": (401, b"." * 290 + self.headers.get("Authorization", "").encode(), {}),
            "/elsewhere": (302, b"", {"Location": "http://127.0.0.1:1/"}),
        }[self.path.partition("?")[0]]
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


@pytest.mark.parametrize("path", ["/typed", "/bare"])
def test_json_without_a_place_has_the_text_where_it_usually_is(ask, path):
    assert ask(path).text == "der Text"


@pytest.mark.parametrize(
    ("path", "more", "says"),
    [
        ("/refuse", "", "status 429: slow down"),
        ("/silent", "", "status 503: Service Unavailable"),
        ("/elsewhere", "", "redirects to http://127.0.0.1:1/"),
        ("/broken", 'text = "a"', "the answer is not JSON: Expecting"),
        (
            "/other",
            "",
            "has no text: it is an object with the keys result, n; say in the TOML file",
        ),
        ("/other", "", 'text = "KEY.KEY"'),
        ("/other", 'text = "result.txt"', "result is an object with the keys body;"),
        ("/other", 'text = "result.body.x"', "result.body is a text;"),
        ("/other", 'text = "result"', "result of the JSON answer is an object with the keys body,"),
        ("/json", 'text = "a.1.b"', "has no a.1.b: a is a list of 1;"),
        ("/many", 'text = "a"', "7, 8, 9, …;"),
    ],
)
def test_what_goes_wrong_is_an_error_with_its_reason(ask, path, more, says):
    extraction = ask(path, more)
    assert extraction.outcome == "error"
    assert says in extraction.error


def test_a_page_of_an_error_is_shown_by_its_beginning(ask):
    error = ask("/page").error
    assert "status 500: <p>xxx" in error
    assert len(error) < 400


def test_a_service_that_is_not_there(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    file = tmp_path / "service.toml"
    file.write_text(f'url = "http://127.0.0.1:{port}/text"')
    worker = WorkerProcess(spec(str(file)), Limits(timeout=20))
    worker.ready()
    extraction = worker.extract(PAGE)
    worker.kill()
    assert extraction.outcome == "error"
    assert f"cannot reach http://127.0.0.1:{port}/text: Connection refused" in extraction.error


def test_a_service_that_hangs_up(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        thread = threading.Thread(target=lambda: listening.accept()[0].close())
        thread.start()
        file = tmp_path / "service.toml"
        file.write_text(f'url = "http://127.0.0.1:{port}/text"')
        worker = WorkerProcess(spec(str(file)), Limits(timeout=20))
        worker.ready()
        extraction = worker.extract(PAGE)
        worker.kill()
        thread.join()
    assert extraction.outcome == "error"
    assert f"http://127.0.0.1:{port}/text broke off its answer: " in extraction.error


def test_a_host_that_is_not_known_is_said_before_any_page(tmp_path):
    file = tmp_path / "service.toml"
    file.write_text('url = "http://no-such-host.invalid/"')
    worker = WorkerProcess(spec(str(file)), Limits(timeout=20))
    with pytest.raises(UserError, match=r"cannot find the host no-such-host\.invalid: "):
        worker.ready()


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


@pytest.mark.parametrize("key", ["hush-hush", 'a+b/c="d"'])
@pytest.mark.parametrize("path", ["/tell", "/tell-late"])
def test_a_key_in_an_error_is_masked(ask, server, tmp_path, monkeypatch, corpus_folder, path, key):
    monkeypatch.setenv("SERVICE_KEY", key)
    file = tmp_path / "told.toml"
    file.write_text(
        f'name = "mine"\nurl = "http://127.0.0.1:{server.server_port}{path}?key=${{SERVICE_KEY}}"\n'
        'headers = { Authorization = "Bearer ${SERVICE_KEY}" }\n'
    )
    done = run(str(corpus_folder), str(file), metrics="token", output=tmp_path / "out")
    (row,) = done.extractions().iter_rows(named=True)
    assert row["outcome"] == "error"
    assert "status 401: " in row["error"]
    if path == "/tell":
        assert "no such key: Bearer ${SERVICE_KEY}" in row["error"]
    # Nor is a part of it there, cut off where the reason ends.
    assert key[:3] not in row["error"]
    (extractor,) = done.info["extractors"]
    assert extractor["given"]["url"].endswith("?key=${SERVICE_KEY}")
    assert extractor["options"] == {"headers": {"Authorization": "Bearer ${SERVICE_KEY}"}}
    assert all(
        key.encode() not in part.read_bytes() for part in done.path.rglob("*") if part.is_file()
    )


def test_a_key_that_an_address_cannot_hold_is_masked_too(ask, monkeypatch):
    monkeypatch.setenv("SERVICE_KEY", "two words")
    error = ask("/text?key=${SERVICE_KEY}").error
    assert "words" not in error
    assert "${SERVICE_KEY}" in error


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=4))
def test_no_form_of_a_key_passes_the_mask(key):
    masked = _mask({"K": key})
    for form in (key, quote(key), quote(key, safe=""), json.dumps(key)):
        assert "${K}" in masked(f"<{form}>")
        assert key not in masked(f"<{form}>").replace("${K}", "")


def test_two_keys_of_which_one_holds_the_other():
    assert _mask({"A": "abc", "B": "abcdef"})("abcdef abc") == "${B} ${A}"
    assert _mask({})("abc") == "abc"


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


def test_a_host_s_addresses_may_change(server):
    """As a name does that several machines serve in turn; all of 127.0.0.0/8 is this one."""
    import subprocess
    import sys

    program = f"""
import socket
from boilerbench.worker import sandbox
now, addresses, looks = [0.0], ["127.0.0.1"], []
sandbox.time.monotonic = lambda: now[0]
def getaddrinfo(host, port, *args, **options):
    looks.append(host)
    if addresses is None:
        raise socket.gaierror(-3, "try again")
    return [(2, 1, 6, "", (one, port)) for one in addresses]
socket.getaddrinfo = getaddrinfo
sandbox.open_network_to("http://many.example:{server.server_port}/text")
def reach(address, port={server.server_port}):
    with socket.socket() as attempt:
        try:
            attempt.connect((address, port))
        except PermissionError:
            return False
        except ConnectionRefusedError:  # let through, and nobody listens there
            pass
        return True
assert reach("127.0.0.1") and len(looks) == 1
addresses[:] = ["127.0.0.2"]
assert reach("127.0.0.2") and len(looks) == 2  # at once
assert reach("127.0.0.1") and len(looks) == 2  # it may still be in use
assert not any(reach("127.0.0.9") for _ in range(50)) and len(looks) == 2
assert not reach("127.0.0.9", 1) and len(looks) == 2
addresses[:] = ["127.0.0.3"]
assert not reach("127.0.0.3")
now[0] += sandbox._LOOK_AGAIN
assert not reach("127.0.0.3", 1) and len(looks) == 2  # another port is no reason to look
assert reach("127.0.0.3") and len(looks) == 3
now[0] += sandbox._LOOK_AGAIN
addresses = None
assert not reach("127.0.0.4") and len(looks) == 4
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('url = "ftp://a.example/"', "begins with http:// or https://"),
        ("url = 3", "begins with http:// or https://"),
        ('url = "http://a.example:port/"', "begins with http:// or https://"),
        ('url = "http://a.example/ü"', "begins with http:// or https://"),
        ('url = "http://me@a.example/"', "a name or a password, which a run would store"),
        ('url = "http://me:pw@a.example/"', "a name or a password, which a run would store"),
        ('url = "http://${ME}:${PW}@a.example/"', "a name or a password"),
        ('url = "http://${HOST}/"', "must name its host itself"),
        ('url = "http://a.example/?a=1&api_key=abc"', "api_key in url would be stored"),
        (f'{A}headers = {{ Authorization = "Bearer abc" }}', "the header Authorization would be"),
        (f'{A}headers = {{ X-Api-Key = "abc" }}', "the header X-Api-Key would be stored"),
        (f'{A}headers = {{ "a b" = "c" }}', "no header that can be sent"),
        (f'{A}headers = {{ a = "b\\nc: d" }}', "no header that can be sent"),
        ('ulr = "http://a.example/"', "did you mean url"),
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
