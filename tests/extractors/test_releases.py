import random
import re
import shutil

import pytest
from packaging.version import Version

from boilerbench.errors import UserError
from boilerbench.extractors.installers import NoSolution
from boilerbench.extractors.releases import releases
from boilerbench.extractors.specs import spec
from boilerbench.types import ExtractorSpec
from tests.extractors.index import NOBODY, only, publish, tiny
from tests.registries import npm_registry, skip_if_silent

STABLE = ["0.9", "1.0", "1.2", "1.9.1", "1.10", "2.0.post1"]


@pytest.fixture
def index(monkeypatch, tmp_path):
    with only(monkeypatch, tmp_path) as folder:
        shuffled = [*STABLE, "2.1rc1"]
        random.Random(3).shuffle(shuffled)
        for release in shuffled:
            publish(folder, "tiny", release)
        publish(folder, "tiny", "1.11", yanked=True)
        publish(folder, "tiny", "3.0", python=">=99")
        yield folder


def test_all_of_them_in_order_without_pre_releases_yanked_ones_and_other_pythons(index):
    assert releases(tiny()) == STABLE


@pytest.mark.parametrize(
    ("versions", "more", "expected"),
    [
        (">=1", {}, STABLE[1:]),
        (">=1.0, <1.10", {}, ["1.0", "1.2", "1.9.1"]),
        ("==1.*", {}, ["1.0", "1.2", "1.9.1", "1.10"]),
        ("!=1.2", {"last": 4}, ["1.0", "1.9.1", "1.10", "2.0.post1"]),
        ("", {"last": 1}, ["2.0.post1"]),
        ("", {"last": 2, "pre": True}, ["2.0.post1", "2.1rc1"]),
        (">1.10", {"pre": True}, ["2.0.post1", "2.1rc1"]),
    ],
)
def test_those_that_match(index, versions, more, expected):
    assert releases(tiny(), versions, **more) == expected


def test_a_list_is_taken_as_it_is_and_asks_nobody(index, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", NOBODY)
    assert releases(tiny(), "1.10, 1.9.1,7.7") == ["1.9.1", "1.10", "7.7"]
    assert releases(tiny(), "1.11") == ["1.11"]  # yanked, but asked for by name


def test_none(index):
    with pytest.raises(UserError, match="tiny has no release that matches >=9") as raised:
        releases(tiny(), ">=9")
    assert re.fullmatch(r"the newest for Python 3\.\d+ is 2\.0\.post1", raised.value.hint)
    with pytest.raises(UserError, match="no release that matches >=9") as raised:
        releases(tiny(), ">=9", pre=True)
    assert raised.value.hint.endswith("is 2.1rc1")
    with pytest.raises(UserError, match=r"releases of unheard-of: .*not found"):
        releases(ExtractorSpec("u", "u", requires=("unheard-of",)))


def test_without_a_network_it_says_what_to_do(index, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", NOBODY)
    with pytest.raises(UserError, match=r"cannot reach .*/tiny/") as raised:
        releases(tiny(), ">=1")
    assert "--versions" in raised.value.hint


@pytest.mark.parametrize("versions", ["latest", ">=1,2", ">>1", "1.0;2.0"])
def test_versions_that_cannot_be_read(index, versions):
    with pytest.raises(UserError, match="cannot read the versions"):
        releases(tiny(), versions)


@pytest.mark.parametrize("name", ["nothing", "everything", "./mine.py:extract"])
def test_what_has_no_releases(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("def extract(page): ...\n")
    with pytest.raises(UserError, match="has no releases to ask for"):
        releases(spec(name))


def test_an_old_release_that_must_be_built_to_be_read_is_left_to_whoever_installs_it(
    index, monkeypatch
):
    asked = []

    def uv(arguments, folder, stdin=""):
        asked.append(stdin.strip())
        if "!=1.0" in stdin:
            raise NoSolution("nothing else")
        if "!=2.0" in stdin:
            raise UserError("Failed to build `tiny==1.0` The build backend returned an error")
        return "tiny==2.0\n"

    monkeypatch.setattr("boilerbench.extractors.releases.uv", uv)
    assert releases(tiny()) == ["1.0", "2.0"]
    assert asked == ["tiny", "tiny!=2.0", "tiny!=2.0,!=1.0"]


@pytest.mark.parametrize("said", ["", "# a comment\nother 1.0\n", "tiny==2.0\n"])
def test_an_installer_that_names_no_further_release_is_not_asked_for_ever(index, monkeypatch, said):
    answers = iter(["tiny==2.0\n", said])
    monkeypatch.setattr("boilerbench.extractors.releases.uv", lambda *_, **__: next(answers))
    with pytest.raises(UserError, match="releases of tiny: uv names no further release"):
        releases(tiny())


def test_npm_lists_versions(monkeypatch):
    listed = '["1.0.0", "0.9.0", "1.10.0", "1.2.0", "2.0.0-beta.1", "unreadable"]'
    monkeypatch.setattr("boilerbench.extractors.releases.npm", lambda *_: listed)
    asked = ExtractorSpec("r", "r", requires=("@a/b@^1",), runtime="node")
    assert releases(asked) == ["0.9.0", "1.0.0", "1.2.0", "1.10.0"]
    assert releases(asked, ">=1.0", last=2) == ["1.2.0", "1.10.0"]
    assert releases(asked, ">=1.10", pre=True) == ["1.10.0", "2.0.0-beta.1"]
    with pytest.raises(UserError, match="no release that matches >=3") as raised:
        releases(asked, ">=3")
    assert raised.value.hint == "the newest is 1.10.0"
    monkeypatch.setattr("boilerbench.extractors.releases.npm", lambda *_: '"1.0.0"')
    assert releases(asked) == ["1.0.0"]


@pytest.mark.skipif(shutil.which("npm") is None, reason="no npm on this machine")
def test_npm_itself():
    asked = ExtractorSpec("d", "d", requires=("defuddle",), runtime="node")
    try:
        found = releases(asked, ">=0.10")
    except UserError as problem:
        skip_if_silent(npm_registry, problem)
        raise
    assert found == sorted(found, key=Version)
    assert len(found) > 2
