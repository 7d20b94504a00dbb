"""A run's report over HTTP."""

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.support.ui import WebDriverWait

from boilerbench.errors import UserError
from boilerbench.report import serve, write_report
from boilerbench.report.serve import Progress, Server
from boilerbench.store import Run, locked
from boilerbench.types import Extraction
from tests.report.browser import browser, load, needed, serious

GOLD = {"p1": "a b c d", "p2": "a b", "p3": "a"}
RIGHT = {page: ("ok", text, 0.5) for page, text in GOLD.items()}


@pytest.fixture
def run(finished, tmp_path: Path) -> Run:
    made = finished(tmp_path / "run", GOLD, {"c": {"right": RIGHT}})
    (tmp_path / "secret.txt").write_text("secret")
    return made


@pytest.fixture
def server(run: Run) -> Iterator[Server]:
    with Server(run.path, 0) as served:
        thread = threading.Thread(target=served.serve_forever, args=(0.01,))
        thread.start()
        yield served
        served.shutdown()
        thread.join()


def ask(server: Server, path: str, host: str | None = None, method: str = "GET"):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", host or f"127.0.0.1:{server.server_port}")
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_the_report_of_a_finished_run_is_served(server: Server, run: Run) -> None:
    write_report(run)
    status, headers, _ = ask(server, "/")
    assert (status, headers["Location"]) == (302, "/report/")
    status, headers, content = ask(server, "/report/")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert content == (run.path / "report" / "index.html").read_bytes()
    status, headers, _ = ask(server, "/report/assets/site.js?x=1")
    assert status == 200
    assert "javascript" in headers["Content-Type"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    status, headers, content = ask(server, "/report/", method="HEAD")
    assert (status, content) == (200, b"")
    assert int(headers["Content-Length"]) > 1000


@pytest.mark.parametrize(
    "path",
    [
        "/report/../run.json",
        "/report/%2e%2e/run.json",
        "/report/..%2f..%2fsecret.txt",
        "/report//etc/passwd",
        "/report/%00",
        "/report/assets",
        "/report/link.txt",
        "/run.json",
        "/../secret.txt",
        "//etc/passwd",
        "/live/../report",
    ],
)
def test_nothing_but_the_report_is_served(server: Server, run: Run, path: str) -> None:
    write_report(run)
    (run.path / "report" / "link.txt").symlink_to(run.path.parent / "secret.txt")
    status, _, content = ask(server, path)
    assert status == 404
    assert content == b"no such page\n"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "localhost:1"])
def test_a_name_that_was_pointed_here_gets_no_answer(server: Server, run: Run, host: str) -> None:
    write_report(run)
    for path in ("/", "/report/", "/live/state"):
        status, _, content = ask(server, path, host)
        assert (status, content) == (421, b"not here\n")
    assert ask(server, "/report/", f"localhost:{server.server_port}")[0] == 200


def test_while_a_run_goes_on_its_progress_is_shown(server: Server, run: Run) -> None:
    run.update(status="running")
    status, headers, _ = ask(server, "/")
    assert (status, headers["Location"]) == (302, "/live")
    status, headers, content = ask(server, "/live")
    assert status == 200
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert b"/live/live.js" in content
    assert ask(server, "/live/live.js")[0] == ask(server, "/live/site.css")[0] == 200
    with locked(run.path):
        state = json.loads(ask(server, "/live/state")[2])
    assert state == {
        "status": "running", "command": "boilerbench score", "pages": 3, "done": {"right": 3},
        "report": False,
    }  # fmt: skip


def test_progress_follows_the_parts_as_they_come(run: Run) -> None:
    progress = Progress(run.path)
    assert progress.state()["done"] == {"right": 3}
    with run.writer() as writer:
        writer.add("c", Extraction("p4", "right", "ok", "x", None))
    assert progress.state()["done"] == {"right": 4}
    for part in (run.path / "extractions").iterdir():
        part.unlink()
    assert progress.state()["done"] == {"right": 0}


def test_a_run_that_nobody_writes_to_has_stopped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.update(status="running")
    progress = Progress(run.path)
    assert progress.state()["status"] == "running"
    monkeypatch.setattr(serve, "QUIET_SECONDS", -1.0)
    assert progress.state()["status"] == "stopped"
    with locked(run.path):
        assert progress.state()["status"] == "running"
    run.update(status="complete")
    assert progress.state()["status"] == "complete"


def test_a_run_that_was_taken_away_is_said_to_be(server: Server, run: Run) -> None:
    (run.path / "run.json").unlink()
    state = json.loads(ask(server, "/live/state")[2])
    assert "is not a run" in state["problem"]
    assert ask(server, "/")[0] == 302


def test_a_port_that_is_taken_is_a_users_mistake(server: Server, run: Run) -> None:
    with pytest.raises(UserError, match="cannot listen on port"):
        Server(run.path, server.server_port)


@needed
def test_a_browser_sees_the_run_go_on_and_then_its_report(
    server: Server, run: Run, tmp_path: Path
) -> None:
    run.update(status="running", command="<b>boilerbench</b>")
    with browser(tmp_path / "profile") as window:
        load(window, server.address)
        wait = WebDriverWait(window, 30)
        wait.until(lambda _: "3 / 3" in window.find_element("css selector", "main").text)
        assert "<b>boilerbench</b>" in window.find_element("css selector", "#command").text
        assert serious(window) == []
        run.update(status="complete")
        write_report(run)
        wait.until(lambda _: window.current_url == f"{server.address}report/")
        wait.until(lambda _: window.find_elements("css selector", "#board thead button"))
        assert window.get_log("browser") == []
