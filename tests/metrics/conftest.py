"""Published copies and data that tests of several metrics need."""

import hashlib
import json
import subprocess
import sys
from gzip import decompress
from pathlib import Path

import pytest

from tests.registries import python_index, skip_if_silent

# A package that carries NLTK's data for splitting sentences.
CARRIER = "llama-index-core==0.14.25"
CARRIED = Path("llama_index", "core", "_static", "nltk_cache")


@pytest.fixture(scope="session")
def punkt(tmp_path_factory):
    """Lets NLTK find the data of Punkt."""
    nltk = pytest.importorskip("nltk")
    target = tmp_path_factory.mktemp("nltk")
    install = [sys.executable, "-m", "uv", "pip", "install", "--no-deps", "--target", target]
    done = subprocess.run([*install, CARRIER], capture_output=True, text=True)
    folder = target / CARRIED
    if done.returncode:
        skip_if_silent(python_index, f"{CARRIER} cannot be installed: {done.stderr[-200:]}")
    assert (folder / "tokenizers" / "punkt_tab").is_dir(), done.stderr
    nltk.data.path.insert(0, str(folder))
    yield folder
    nltk.data.path.remove(str(folder))


@pytest.fixture(scope="session")
def sigir23(upstream):
    """The folder of the outputs and per-page scores that SIGIR'23 has for scrapinghub's pages."""
    return upstream("sigir23-scrapinghub") / "outputs"


@pytest.fixture(scope="session")
def articles(scrapinghub):
    """The gold texts of scrapinghub by page."""
    truth = json.loads((scrapinghub / "ground-truth.json").read_text("utf-8"))
    return {page: gold["articleBody"] for page, gold in truth.items()}


@pytest.fixture(scope="session")
def outputs(scrapinghub):
    """All outputs in scrapinghub's copy: `{system: {page: text}}`."""

    def texts(file):
        read = json.loads(file.read_text("utf-8"))
        read = read.get("output", read)
        return {page: (found or {}).get("articleBody") or "" for page, found in read.items()}

    return {file.stem: texts(file) for file in sorted((scrapinghub / "output").glob("*.json"))}


@pytest.fixture(scope="session")
def hashes(scrapinghub, articles):
    """scrapinghub's pages by the SHA-256 of their HTML, as SIGIR'23 names them."""
    return {
        hashlib.sha256(decompress((scrapinghub / "html" / f"{page}.html.gz").read_bytes()))
        .hexdigest(): page
        for page in articles
    }  # fmt: skip
