"""The examples of the worker protocol, run as their readers will."""

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import boilerbench
from boilerbench.extractors.specs import spec
from tests.cli import shell

EXAMPLES = Path(boilerbench.__file__).parent / "extractors" / "examples"
PROTOCOL = Path(boilerbench.__file__).parent / "worker" / "PROTOCOL.md"
PROGRAMS = {"python": "python3", "node": "node", "sh": "sh"}


@pytest.mark.parametrize("language", sorted(PROGRAMS))
def test_an_example_scores(language: str, tmp_path: Path) -> None:
    if shutil.which(PROGRAMS[language]) is None:
        pytest.skip(f"{PROGRAMS[language]} is not installed")
    # As a user would try it: a copy elsewhere, and another working folder.
    shutil.copytree(EXAMPLES / language, tmp_path / "copy")
    done = shell.boilerbench(
        "run", "-e", "copy/paragraphs.toml", "-c", "gazette", "-m", "token", "-o", "out",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads((tmp_path / "out" / "scores.json").read_text())["rows"]
    (row,) = rows
    assert row["extractor"] == f"paragraphs-{language}"
    assert row["f1"] > 0.6
    assert set(row["failures"]) <= {"empty"}
    (about,) = json.loads((tmp_path / "out" / "run.json").read_text())["extractors"]
    assert about["version"] == "1"


@pytest.mark.slow
@pytest.mark.parametrize("language", sorted(PROGRAMS))
def test_an_example_passes_the_conformance_kit(language: str) -> None:
    if shutil.which(PROGRAMS[language]) is None:
        pytest.skip(f"{PROGRAMS[language]} is not installed")
    done = shell.boilerbench(
        "extractors", "test", EXAMPLES / language / "paragraphs.toml", "--quick"
    )
    assert done.returncode == 0, done.stdout


def test_the_service_scores(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "service", tmp_path / "copy")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    file = tmp_path / "copy" / "service.toml"
    written = file.read_text("utf-8")
    assert written.count("127.0.0.1:8000") == 1
    file.write_text(written.replace("127.0.0.1:8000", f"127.0.0.1:{port}"), "utf-8")
    server = subprocess.Popen(
        [sys.executable, tmp_path / "copy" / "server.py", str(port)], stderr=subprocess.DEVNULL
    )
    try:
        listens(port)
        done = shell.boilerbench(
            "run", "-e", file, "-c", "gazette", "--sample", "20", "-m", "token", "-o", "out",
            cwd=tmp_path,
        )  # fmt: skip
    finally:
        server.kill()
        server.wait()
    assert done.returncode == 0, done.stderr
    (row,) = json.loads((tmp_path / "out" / "scores.json").read_text())["rows"]
    assert row["extractor"] == "paragraphs-service"
    assert row["f1"] > 0.5
    assert set(row["failures"]) <= {"empty"}


def listens(port: int) -> None:
    """Waits until somebody does."""
    for _ in range(200):
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens at {port}")


def test_postlight_says_what_is_missing(tmp_path: Path) -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    shutil.copytree(EXAMPLES / "postlight", tmp_path / "postlight")
    done = shell.boilerbench(
        "run", "-e", "postlight/postlight.toml", "-c", "gazette", "-o", "out", cwd=tmp_path
    )
    assert done.returncode == 2
    assert "does not start" in done.stderr
    assert "Traceback" not in done.stderr


PARSER = """
module.exports = {
  async parse(url, { html, fetchAllPages }) {
    if (fetchAllPages !== false || !Buffer.isBuffer(html)) throw new Error("asked otherwise");
    if (html.includes("unwell")) return { error: true, message: "unwell" };
    if (html.includes("nothing")) return { content: null };
    return { content: `<div><p>${url}</p><p>a&amp;b &#x4E2D;&#xA0;c</p>d<br>e</div>` };
  },
};
"""


def test_postlight_s_answers(tmp_path: Path) -> None:
    """With a stand-in that has the parser's interface: its own packages are not to be had here."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    shutil.copytree(EXAMPLES / "postlight", tmp_path / "postlight")
    package = tmp_path / "postlight" / "node_modules" / "@postlight" / "parser"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"version": "9.8.7", "main": "parser.js"}')
    (package / "parser.js").write_text(PARSER)
    pages = [("fine", "https://a.example/"), ("unwell", None), ("nothing", None), ("bare", None)]
    (tmp_path / "c.jsonl").write_text(
        "\n".join(
            json.dumps({"id": name, "html": f"<p>{name}", "text": "gold", "url": url})
            for name, url in pages
        )
    )
    done = shell.boilerbench(
        "run", "-e", "postlight/postlight.toml", "-c", "c.jsonl", "-m", "token", "-o", "out",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    run = boilerbench.Run(tmp_path / "out")
    got = {row["page_id"]: row for row in run.extractions().iter_rows(named=True)}
    assert got["fine"]["text"] == "https://a.example/\na&b 中\xa0c\nd\ne"
    assert got["bare"]["text"].startswith("http://page.invalid/\n")
    assert (got["unwell"]["outcome"], got["unwell"]["error"]) == ("error", "unwell")
    assert got["nothing"]["outcome"] == "empty"
    assert run.info["extractors"][0]["version"] == "9.8.7"


@pytest.mark.parametrize("file", sorted(EXAMPLES.rglob("*.toml")), ids=lambda file: file.stem)
def test_every_file_names_its_own_program(file: Path) -> None:
    described = spec(str(file))
    if described.is_service:
        return
    assert Path(described.command[-1]).is_file()
    assert Path(described.command[-1]).parent == file.parent


def test_what_the_protocol_s_page_says_is_so() -> None:
    from boilerbench.execution.process import _STDERR_KEPT, DEFAULT_LIMITS, STARTUP_TIMEOUT
    from boilerbench.execution.start import environment
    from boilerbench.types import ExtractorSpec
    from boilerbench.worker.protocol import MAX_HEADER, MAX_TEXT

    page = " ".join(PROTOCOL.read_text("utf-8").split())
    assert f"at most {MAX_HEADER >> 20} MiB" in page
    assert f"at most {MAX_TEXT >> 20} MiB" in page
    assert f"within {STARTUP_TIMEOUT:g} seconds" in page
    assert f"{DEFAULT_LIMITS.timeout:g} seconds unless" in page
    assert f"{DEFAULT_LIMITS.memory >> 30} GiB" in page
    assert f"last {_STDERR_KEPT:,} bytes" in page
    variables = environment("here", ExtractorSpec("x", "", command=("x",)))
    for name in ("BOILERBENCH_OPTIONS", "HOME", "TMPDIR", "PATH", "LANG", "TZ"):
        assert name in variables
        assert f"`{name}`" in page
