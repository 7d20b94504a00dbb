import json

import pytest
from click.testing import CliRunner

from boilerbench.cli.extractors import extractors
from boilerbench.errors import UserError
from boilerbench.extractors.catalogue import BUILTIN
from boilerbench.extractors.environments import environment
from boilerbench.extractors.plugins import Plugin
from boilerbench.extractors.specs import spec
from tests.extractors.index import NOBODY, only, publish


@pytest.fixture
def index(monkeypatch, tmp_path):
    monkeypatch.setattr("boilerbench.extractors.plugins.plugins", dict)
    with only(monkeypatch, tmp_path) as folder:
        for release in ("1.0", "1.10", "1.9"):
            publish(folder, "tiny", release, needs=("other",))
        publish(folder, "other", "5.0")
        yield folder


@pytest.fixture
def plugins(monkeypatch):
    found = {
        "broken-one": Plugin("html_text:no_such_function", "html-text", "0.7", "Broken.", "MIT"),
        "justext": Plugin("html_text:extract_text", "other-justext", "1.0", "Taken.", "MIT"),
        "working": Plugin("html_text:extract_text", "html-text", "0.7", "It works.", "MIT"),
    }
    for module in ("inventory", "specs"):
        monkeypatch.setattr(f"boilerbench.extractors.{module}.plugins", lambda: found)
    monkeypatch.setattr("boilerbench.extractors.plugins.plugins", lambda: found)


def call(*arguments):
    """What a command prints."""
    done = CliRunner().invoke(extractors, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def listed():
    return {entry["name"]: entry for entry in json.loads(call("list", "--format", "json"))}


def test_every_built_in_extractor_is_listed_in_80_columns(index):
    lines = call("list").splitlines()
    assert lines[0].split() == ["Name", "State", "Release", "Licence", "Language"]
    assert [line.split()[0] for line in lines[1:]] == list(BUILTIN)
    assert max(map(len, lines)) <= 80


def test_states(index):
    assert listed()["trafilatura"]["state"] == "here"
    assert listed()["trafilatura"]["release"] is not None
    assert (listed()["tiny"]["state"], listed()["tiny"]["release"]) == ("installable", None)
    call("prepare", "tiny")
    assert (listed()["tiny"]["state"], listed()["tiny"]["release"]) == ("cached", "1.10")


def test_a_broken_plug_in_is_listed_with_its_error_and_stops_nobody(index, plugins):
    found = json.loads(call("list", "--format", "json"))
    by_name = {entry["name"]: entry for entry in found if entry["home"] == "html-text"}
    assert by_name["working"]["state"] == "plug-in"
    assert by_name["working"]["error"] is None
    assert by_name["broken-one"]["state"] == "broken"
    assert "no_such_function" in by_name["broken-one"]["error"]
    (taken,) = [entry for entry in found if entry["home"] == "other-justext"]
    assert (taken["state"], "of this name" in taken["error"]) == ("broken", True)
    text = call("list")
    assert "no_such_function" in text
    assert max(map(len, text.splitlines())) <= 80


def test_info_of_one_that_is_here():
    text = " ".join(call("info", "readability-lxml").split())
    for part in (
        "What: A Python port",
        "Home: https://github.com/buriy/python-readability",
        "Licence: Apache-2.0",
        "here, in this Python",
        "Given, ",
    ):
        assert part in text


def test_info_of_one_that_is_not_installed_installs_nothing(index):
    text = " ".join(call("info", "tiny==1.9").split())
    assert "State: not installed; boilerbench extractors prepare tiny==1.9 installs it" in text
    assert environment(spec("tiny==1.9")) is None
    call("prepare", "tiny==1.9", "tiny==1.0")
    text = " ".join(call("info", "tiny==1.9").split())
    assert "State: release 1.9, cached in" in text
    assert "Holds: other 5.0, tiny 1.9" in text
    assert "Cached too: 1.0, for python 3." in text
    call("prepare", "tiny")
    lines = call("info", "tiny==1.0").splitlines()
    (others,) = [line for line in lines if line.startswith("Cached too: 1.9, 1.10, for python 3.")]
    assert others.endswith("MB in all")


def test_what_is_part_of_boilerbench_has_no_releases_of_its_own(index):
    publish(index, "html-text", "0.7")
    lines = call("info", "everything").splitlines()
    assert "State: here, in this Python" in lines
    assert not [line for line in lines if line.startswith("Cached")]


def test_info_of_a_vote_says_what_it_is_and_starts_nothing(index, monkeypatch):
    release = listed()["trafilatura"]["release"]
    monkeypatch.setattr("boilerbench.execution.probe.probed", lambda *_: pytest.fail("started"))
    text = " ".join(call("info", "vote(trafilatura, tiny==1.0, everything; min=1)").split())
    assert "1 or more of its 3 members have chosen" in text
    assert (
        f"Members: trafilatura (here, release {release}), tiny==1.0 (installable), "
        "everything (here)" in text
    )
    assert "broken" not in text


@pytest.mark.parametrize(
    ("written", "complaint", "hint"),
    [
        ("trafilatura[fats=true]", "unknown option 'fats'", "did you mean fast?"),
        ("trafilatura[fast=3]", "option fast takes true or false, not 3", ""),
        ("tiny[lowd=true]", "unknown option 'lowd'", "did you mean loud?"),
    ],
)
def test_info_with_an_option_that_is_none(index, written, complaint, hint):
    call("prepare", "tiny")
    done = CliRunner().invoke(extractors, ["info", written])
    assert isinstance(done.exception, UserError)
    assert done.exception.message == f"extractor {written}: {complaint}"
    assert done.exception.hint == hint
    assert done.stdout == ""


def test_info_shows_options_as_they_are_written(index):
    publish(
        index,
        "tiny",
        "3.0",
        "def extract(page, needed='', some_long_name_of_an_option='of two words', "
        "another_long_name_of_an_option='of two words', other=None, flag=True):\n    return ''\n",
    )
    call("prepare", "tiny==3.0")
    text = call("info", "tiny==3.0")
    assert "Options: needed='', some_long_name_of_an_option=of two words,\n" in text
    assert "    another_long_name_of_an_option=of two words, other, flag=true\n" in text


def test_info_of_a_plug_in_that_is_broken(plugins):
    text = " ".join(call("info", "broken-one").split())
    assert "Comes with: html-text 0.7" in text
    assert "State: broken:" in text
    assert "no_such_function" in text


def test_an_unknown_name(index):
    with pytest.raises(UserError, match="unknown extractor 'tinny'") as raised:
        call("info", "tinny")
    assert "did you mean tiny" in raised.value.hint


def test_prepare_says_what_it_built_and_what_it_need_not(index):
    text = call("prepare", "tiny", "tiny==1.0", "trafilatura")
    assert "tiny: release 1.10, 2 packages" in text
    assert "tiny==1.0: release 1.0, 2 packages" in text
    assert str(environment(spec("tiny")).folder) in text
    assert "trafilatura: this Python has it; nothing to build" in text


def test_prepare_upgrades(index):
    call("prepare", "tiny")
    publish(index, "tiny", "2.0")
    assert "release 1.10" in call("prepare", "tiny")
    assert "release 2.0" in call("prepare", "--upgrade", "tiny")


def test_prepare_names_what_cannot_be_had_and_builds_the_rest(index):
    publish(index, "tiny", "3.0", module="import gone\n")
    with pytest.raises(UserError) as raised:
        call("prepare", "tiny==9", "tiny==3.0", "tiny==1.0")
    assert "tiny==9: Because" in raised.value.message
    assert "No module named 'gone'" in raised.value.message  # installed, but does not start
    assert environment(spec("tiny==1.0")) is not None


def test_prepare_without_a_network(index, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", NOBODY)
    with pytest.raises(UserError, match=r"tiny: cannot reach"):
        call("prepare", "tiny")


@pytest.mark.parametrize("command", ["prepare", "remove"])
def test_names_or_all(command):
    for arguments in ((), ("--all", "trafilatura")):
        with pytest.raises(UserError, match="name extractors, or give --all"):
            call(command, *arguments)


def test_remove_a_release_or_all_of_a_name_or_everything(index):
    call("prepare", "tiny", "tiny==1.0", "tiny==1.9")
    assert "removed tiny==1.0," in call("remove", "tiny==1.0.0")
    assert environment(spec("tiny==1.0")) is None
    assert environment(spec("tiny==1.9")) is not None
    text = call("remove", "tiny")
    assert "removed tiny==1.9," in text
    assert "removed tiny==1.10," in text
    with pytest.raises(UserError, match="no environment of tiny"):
        call("remove", "tiny")
    call("prepare", "tiny")
    assert "removed tiny==1.10," in call("remove", "--all")
    assert "0 MB freed" in call("remove", "--all")
