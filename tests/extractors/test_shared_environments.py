"""Extractors that are ways of calling one package have one environment."""

import pytest

from boilerbench.extractors import environments
from boilerbench.extractors.catalogue import BUILTIN
from boilerbench.extractors.environments import environment, prepared
from boilerbench.extractors.specs import specs
from tests.extractors.index import only, publish

BOILERPY3 = [name for name in BUILTIN if name.startswith("boilerpy3")]
TRAFILATURA = [f"{name}==2.0" for name in BUILTIN if name.startswith("trafilatura")]


@pytest.fixture
def _index(monkeypatch, tmp_path):
    with only(monkeypatch, tmp_path) as folder:
        for name, release in [
            ("boilerpy3", "1.0.7"),
            ("w3lib", "2.2"),
            ("resiliparse", "2.0"),
            ("trafilatura", "2.0"),
            ("trafilatura", "2.1"),
        ]:
            publish(folder, name, release)
        monkeypatch.setattr(environments, "_is_installed", lambda requirement: False)
        yield


@pytest.mark.usefixtures("_index")
@pytest.mark.parametrize(
    "names", [[*BOILERPY3, "x=boilerpy3[extractor=canola]"], TRAFILATURA], ids=lambda n: n[0]
)
def test_it_is_built_for_the_first_and_serves_all(names):
    told = []
    made = prepared(specs(names), told.append)
    assert len(told) == 1
    assert len({spec.environment for spec in made}) == 1
    assert len(names) > 4 or names == TRAFILATURA
    assert len(environments.environments()) == 1


@pytest.mark.usefixtures("_index")
def test_another_release_has_another():
    told = []
    made = prepared(specs([*TRAFILATURA, "trafilatura-fast==2.1"]), told.append)
    assert len(told) == 2
    releases = [environment(spec).release for spec in made]
    assert releases == ["2.0"] * len(TRAFILATURA) + ["2.1"]
