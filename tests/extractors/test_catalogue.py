"""The table of built-in extractors: what it says is there, and means what it says."""

import ast
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import boilerbench.worker.adapters
from boilerbench.extractors.catalogue import BUILTIN
from boilerbench.extractors.specs import spec

ADAPTERS = Path(boilerbench.worker.adapters.__file__).parent
PYTHON = {name: builtin for name, builtin in BUILTIN.items() if builtin.runtime == "python"}
PRESETS = {name: builtin for name, builtin in BUILTIN.items() if builtin.options}


def distribution(adapter):
    """The adapter's `DISTRIBUTION`, read without importing its library."""
    tree = ast.parse((ADAPTERS / f"{adapter}.py").read_text(encoding="utf-8"))
    (value,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "DISTRIBUTION"
    )
    return ast.literal_eval(value)


@pytest.mark.parametrize(("name", "builtin"), BUILTIN.items())
def test_an_entry_tells_a_reader_what_it_is(name, builtin):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert re.fullmatch(r"\S[^\n]{20,95}\.", builtin.sentence)
    if name not in ("everything", "nothing"):
        assert builtin.licence
        assert builtin.home.startswith("https://")


@pytest.mark.parametrize(("name", "builtin"), PYTHON.items())
def test_the_first_requirement_is_the_extractors_own(name, builtin):
    own = distribution(builtin.adapter)
    if own is None:
        assert not builtin.licence
    else:
        assert own == canonicalize_name(own) == Requirement(builtin.requires[0]).name


@pytest.mark.parametrize(("name", "builtin"), PYTHON.items())
def test_requirements_can_be_read(name, builtin):
    names = [Requirement(written).name for written in builtin.requires]
    assert len(names) == len(set(names))
    for releases, needed in builtin.by_release:
        assert list(SpecifierSet(releases))
        assert Requirement(needed).specifier


@pytest.mark.parametrize("name", BUILTIN)
def test_every_name_makes_a_spec(name):
    made = spec(name)
    assert (made.name, str(made), made.adapter) == (name, name, BUILTIN[name].adapter)
    assert made.requires == BUILTIN[name].requires


@pytest.mark.parametrize(
    ("written", "needs"),
    [
        ("trafilatura==1.6.0", True),
        ("trafilatura==2.3.1", False),
        ("justext==3.0.0", True),
        ("justext==3.0.1", False),
        ("readability-lxml==0.8.1", True),
        ("readability-lxml==0.9", False),
        ("newspaper4k==0.9.3.1", True),
        ("newspaper4k==0.9.4", False),
    ],
)
def test_releases_of_the_time_before_lxml_5_2_get_an_lxml_of_their_time(written, needs):
    assert ("lxml<5.2" in spec(written).requires) is needs


@pytest.mark.parametrize(("name", "builtin"), PRESETS.items())
def test_a_preset_is_its_library_with_options(name, builtin):
    library = BUILTIN[name.partition("-")[0]]
    assert builtin.adapter == library.adapter
    assert builtin.requires == library.requires
    assert not library.options


def test_a_preset_stands_for_its_options_under_its_own_name():
    made = spec("trafilatura-precision")
    assert (made.options, str(made)) == ({"favor_precision": True}, "trafilatura-precision")
    made = spec("trafilatura-precision[include_tables=false]==2.2.0")
    assert made.options == {"favor_precision": True, "include_tables": False}
    assert made.version == "2.2.0"
    assert str(made) == "trafilatura-precision[include_tables=false]==2.2.0"
    assert spec("boilerpy3-canola").options == {"extractor": "canola"}
    assert str(spec("mine=boilerpy3-canola")) == "mine"
