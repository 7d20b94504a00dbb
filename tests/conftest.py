"""Fixtures that several folders of tests share."""

import functools
import tarfile
from pathlib import Path

import hypothesis
import pytest

from boilerbench.metrics import metric
from boilerbench.scoring import Scorer
from boilerbench.store import Run
from boilerbench.types import Corpus, Extraction, Gold

ROOT = Path(__file__).resolve().parents[1]
ARCHIVES = ROOT.parent / "shared" / "upstream"

# A busy machine is no reason for a property to fail.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def upstream(tmp_path_factory):
    """Gives the folder of a whole copy of a public corpus by the name of its archive, unpacked once
    in a session."""

    @functools.cache
    def unpack(name):
        archive = ARCHIVES / f"{name}.tar.xz"
        if not archive.is_file():
            pytest.skip(f"no copy of {name}: ../shared/upstream/{archive.name} is absent")
        target = tmp_path_factory.mktemp("upstream")
        with tarfile.open(archive) as packed:
            packed.extractall(target, filter="data")
        (folder,) = target.iterdir()
        return folder

    return unpack


@pytest.fixture(scope="session")
def scrapinghub(upstream):
    """The folder of a whole copy of scrapinghub's benchmark, outputs of its systems included."""
    return upstream("scrapinghub")


@pytest.fixture
def corpus_of():
    """Makes a corpus of a name and `{page: gold text}`, whose pages nobody reads."""

    def make(name, texts):
        gold = {page_id: Gold(page_id, text) for page_id, text in texts.items()}
        return Corpus(name, "1", "CC0", "sha256:0", "", gold, lambda: iter(()))

    return make


@pytest.fixture
def finished(corpus_of):
    """Makes a scored run of `{corpus: {extractor: {page: (outcome, text, cpu_s[, error])}}}`."""

    def make(path, gold, given, *, metrics=("token",), corpora=("c",), versions=None):
        made = [metric(name) for name in metrics]
        names = sorted({extractor for pages in given.values() for extractor in pages})
        info = {
            "status": "complete",
            "boilerbench": "0.0",
            "started": "2020-01-01T00:00:00+00:00",
            "finished": "2020-01-01T00:01:00+00:00",
            "command": "boilerbench score",
            "revision": None,
            "python": "3.11",
            "platform": "test",
            "cpu": "test",
            "cores": 1,
            "corpora": [
                {"name": name, "version": "1", "digest": "sha256:0", "pages": len(gold)}
                | {"licence": "CC0", "citation": ""}
                for name in corpora
            ],
            "metrics": [{"name": one.name, "signature": one.signature} for one in made],
            "extractors": [
                {"spec": name, "name": name, "version": (versions or {}).get(name), "given": {}}
                for name in names
            ],
        }
        run = Run.create(path, info)
        scorer = Scorer({name: corpus_of(name, gold) for name in corpora}, made)
        with run.writer() as writer:
            for name, extractors in given.items():
                for extractor, pages in extractors.items():
                    for page_id, (outcome, text, cpu, *error) in pages.items():
                        extraction = Extraction(
                            page_id, extractor, outcome, text, *(error or [None]), cpu_s=cpu
                        )
                        writer.add(name, extraction)
                        scorer.add(name, page_id, extractor, outcome, text)
        scorer.write(run)
        return run

    return make
