"""A package index in a folder, so that installers can be tried without a network.

Its packages are one module each, with a function `extract(page)`: extractors by the adapter for
plug-ins, in an environment that has nothing else.
"""

import functools
import http.server
import os
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

import pytest

from boilerbench.extractors.catalogue import BUILTIN, Builtin
from boilerbench.types import ExtractorSpec

NOBODY = "http://127.0.0.1:9/simple"
"""Where nobody listens."""


def source(says: str) -> str:
    return f"def extract(page, loud=False):\n    return {says!r}.upper() if loud else {says!r}\n"


def publish(
    folder: Path,
    name: str,
    release: str,
    module: str = "",
    *,
    needs: tuple[str, ...] = (),
    python: str = ">=3.8",
    yanked: bool = False,
) -> None:
    """Put a release of a package into the index."""
    wheel = folder / "files" / f"{name}-{release}-py3-none-any.whl"
    wheel.parent.mkdir(parents=True, exist_ok=True)
    about = f"{name}-{release}.dist-info"
    files = {
        f"{name}.py": module or source(f"{name} {release}"),
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {release}\n"
        f"Requires-Python: {python}\n" + "".join(f"Requires-Dist: {need}\n" for need in needs),
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{about}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as packed:
        for file, text in {**files, f"{about}/RECORD": record}.items():
            packed.writestr(file, text)
    page = folder / "simple" / name / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    with page.open("a", encoding="utf-8") as listed:
        listed.write(
            f'<a href="../../files/{wheel.name}" data-requires-python="{escape(python)}"'
            f"{' data-yanked' if yanked else ''}>{wheel.name}</a>\n"
        )


class _Quiet(http.server.SimpleHTTPRequestHandler):
    wait = threading.Event()

    def do_GET(self) -> None:
        if self.path.endswith(".whl"):
            self.wait.wait()
        super().do_GET()

    def do_HEAD(self) -> None:  # without ranges a release's metadata is read from its whole wheel
        super().do_HEAD()

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


@contextmanager
def served(folder: Path, wait: threading.Event | None = None) -> Iterator[str]:
    """The index over HTTP, at the address that it gives. Wheels are held back until `wait`."""
    opened = threading.Event()
    opened.set()
    handler = type("Handler", (_Quiet,), {"wait": wait or opened})
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(handler, directory=str(folder))
    )
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def only(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Path]:
    """uv knows the index in `folder`/index and nothing else; the environments are in
    `folder`/cache; `tiny` is an extractor of the catalogue."""
    index = folder / "index"
    (index / "simple").mkdir(parents=True)
    for name in [name for name in os.environ if name.startswith("UV_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(folder / "uv"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", (index / "simple").as_uri())
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("BOILERBENCH_CACHE", str(folder / "cache"))
    tiny = Builtin("It says its name.", "plugin:tiny:tiny:extract", ("tiny",), "MIT", "https://x.y")
    monkeypatch.setitem(BUILTIN, "tiny", tiny)
    yield index


def tiny(release: str | None = None, *others: str) -> ExtractorSpec:
    """The extractor of the package `tiny`, without a catalogue."""
    own = f"tiny=={release}" if release else "tiny"
    return ExtractorSpec("tiny", "plugin:tiny:tiny:extract", release, requires=(own, *others))


def until(true: object, seconds: float = 30) -> None:
    """Wait for a function to give something true."""
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.01)
