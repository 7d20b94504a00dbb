import json
import os
import signal
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.errors import UserError
from boilerbench.execution.probe import probed
from boilerbench.execution.process import DEFAULT_LIMITS, WorkerProcess
from boilerbench.extractors.environments import (
    attempted,
    built,
    cache,
    environment,
    environments,
    is_here,
    package,
    prepared,
    removed,
    swept,
)
from boilerbench.extractors.installers import Unreachable, reason
from boilerbench.extractors.specs import spec
from boilerbench.types import ExtractorSpec, Page
from tests.extractors.index import NOBODY, only, publish, served, tiny, until
from tests.registries import python_index, skip_if_silent

BUILD = """
import sys
from boilerbench.extractors.environments import built
from boilerbench.types import ExtractorSpec
asked = ExtractorSpec("tiny", "plugin:tiny:tiny:extract", "1.0", requires=("tiny==1.0",))
print(built(asked, lambda line: print(line, flush=True)))
"""


def quiet(_):
    """Nobody hears."""


@pytest.fixture
def index(monkeypatch, tmp_path):
    with only(monkeypatch, tmp_path) as folder:
        publish(folder, "other", "1.0")
        publish(folder, "other", "2.0")
        publish(folder, "tiny", "1.0", needs=("other<2",))
        publish(folder, "tiny", "2.0", needs=("other>=2",))
        yield folder


def left():
    """What is in the cache, but for locks."""
    return sorted(path.name for path in cache().iterdir() if not path.name.endswith(".lock"))


def test_releases_whose_needs_conflict_serve_side_by_side(index):
    told = []
    one, two = prepared([tiny("1.0"), tiny("2.0")], told.append)
    assert [line.partition(" (once)")[0] for line in told] == [
        "building the environment of tiny==1.0",
        "building the environment of tiny==2.0",
    ]
    for made, holds in (
        (one, {"tiny": "1.0", "other": "1.0"}),
        (two, {"tiny": "2.0", "other": "2.0"}),
    ):
        assert environment(made).packages == holds
        worker = WorkerProcess(made, DEFAULT_LIMITS)
        try:
            assert worker.ready()["packages"] == holds  # its own packages, and none of ours
            assert worker.extract(Page("p", b"")).text == f"tiny {made.version}"
        finally:
            worker.kill()


def test_it_is_built_once(index):
    first, told = built(tiny("1.0"), quiet), []
    assert built(tiny("1.0"), told.append) == first
    assert told == []
    assert environment(tiny("1.0")).release == "1.0"
    assert environment(tiny("2.0")) is None


def test_names_of_one_package_share_an_environment(index):
    other = ExtractorSpec("tiny-loud", tiny().adapter, options={"loud": True}, requires=("tiny",))
    assert built(tiny(), quiet) == built(other, lambda _: pytest.fail("built twice"))


def test_two_ways_to_write_a_release_share_an_environment(index):
    folder = built(tiny("1.0"), quiet)
    for written in ("1", "1.0.0"):
        assert built(tiny(written), lambda _: pytest.fail("built twice")) == folder
        assert environment(tiny(written)).release == "1.0"
        (ready,) = prepared([tiny(written)], quiet)
        said, refused = probed([ready])
        assert (list(said), refused) == ([f"tiny=={written}"], {})
    assert built(tiny("2.0"), quiet) != folder


def test_what_cannot_be_had_is_named_and_the_rest_is_kept(index):
    with pytest.raises(UserError) as raised:
        prepared([tiny("1.0"), tiny("9.9"), tiny("8.8")], quiet)
    lines = raised.value.message.splitlines()
    assert lines[0] == "extractors that cannot be had:"
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["tiny==9.9", "tiny==8.8"]
    assert "no version of tiny==9.9" in lines[1]
    assert raised.value.hint == "leave them out, or ask for other releases"
    assert [found.release for found in environments()] == ["1.0"]
    assert len(left()) == 1


def test_a_release_for_another_python(index):
    publish(index, "tiny", "0.1", python=">=99")
    _, reasons, offline = attempted([tiny("0.1")], quiet)
    assert "Python" in reasons["tiny==0.1"]
    assert not offline


def test_without_a_network_what_is_built_serves_and_the_rest_says_what_to_do(index, monkeypatch):
    built(tiny("1.0"), quiet)
    monkeypatch.setenv("UV_DEFAULT_INDEX", NOBODY)
    assert prepared([tiny("1.0")], lambda _: pytest.fail("built")) != ()
    with pytest.raises(UserError) as raised:
        prepared([tiny("1.0"), tiny("2.0"), tiny()], quiet)
    _, reason, second = raised.value.message.splitlines()
    assert reason.startswith(f"  tiny==2.0: cannot reach {NOBODY}/tiny/: ")
    assert second.startswith("  tiny: ")
    assert raised.value.hint == (
        "with a network: boilerbench extractors prepare tiny==2.0 tiny; or leave them out"
    )
    assert len(left()) == 1


def test_without_a_network_the_installers_own_cache_is_enough(index, monkeypatch):
    with served(index) as address:
        monkeypatch.setenv("UV_DEFAULT_INDEX", address)
        built(tiny("1.0"), quiet)
        assert removed(environment(tiny("1.0"))) > 0
    assert environment(tiny("1.0")) is None
    built(tiny("1.0"), quiet)
    assert environment(tiny("1.0")).packages == {"tiny": "1.0", "other": "1.0"}
    with pytest.raises(Unreachable):  # but newest releases need an index
        built(tiny("1.0"), quiet, fresh=True)


def test_an_installer_that_may_not_use_the_network_says_so(index, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", NOBODY)
    monkeypatch.setenv("UV_OFFLINE", "1")
    with pytest.raises(Unreachable, match="not in the cache of uv, which has no network"):
        built(tiny("1.0"), quiet)


def test_fresh_takes_newest_releases_and_keeps_the_old_ones_until_then(index, monkeypatch):
    folder = built(tiny(), quiet)
    assert environment(tiny()).release == "2.0"
    publish(index, "tiny", "2.1")
    assert built(tiny(), quiet) == folder
    assert environment(tiny()).release == "2.0"
    monkeypatch.setenv("UV_DEFAULT_INDEX", NOBODY)
    with pytest.raises(UserError):
        built(tiny(), quiet, fresh=True)
    assert environment(tiny()).release == "2.0"
    monkeypatch.setenv("UV_DEFAULT_INDEX", (index / "simple").as_uri())
    assert built(tiny(), quiet, fresh=True) == folder
    assert environment(tiny()).release == "2.1"
    assert left() == [folder.name]


def test_killed_while_it_builds_nothing_is_taken_for_an_environment(index, monkeypatch):
    held = threading.Event()
    with served(index, held) as address:
        monkeypatch.setenv("UV_DEFAULT_INDEX", address)
        builder = subprocess.Popen([sys.executable, "-c", BUILD], stdout=subprocess.PIPE)
        try:
            until(lambda: cache().is_dir() and list(cache().glob(".*.part/new/python/pyvenv.cfg")))
            builder.send_signal(signal.SIGKILL)
        finally:
            builder.kill()
            builder.communicate()
        assert environments() == []
        assert environment(tiny("1.0")) is None
        held.set()
        folder = built(tiny("1.0"), quiet)
    assert environment(tiny("1.0")).release == "1.0"
    assert left() == [folder.name]


def test_two_processes_build_it_once(index, monkeypatch):
    held = threading.Event()
    with served(index, held) as address:
        monkeypatch.setenv("UV_DEFAULT_INDEX", address)
        builders = [
            subprocess.Popen([sys.executable, "-c", BUILD], stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        try:
            first_lines = [builder.stdout.readline() for builder in builders]
            held.set()
            rest = [builder.communicate(timeout=60)[0] for builder in builders]
        finally:
            for builder in builders:
                builder.kill()
                builder.communicate()
    assert [builder.returncode for builder in builders] == [0, 0]
    assert sorted(line.split()[0] for line in first_lines) == ["building", "waiting"]
    assert rest[0] == rest[1]


def test_a_cache_that_cannot_be_written_to(index, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BOILERBENCH_CACHE", str(tmp_path / "file"))
    with pytest.raises(UserError, match=r"cannot write .*file") as raised:
        built(tiny("1.0"), quiet)
    assert "BOILERBENCH_CACHE" in raised.value.hint


@pytest.mark.parametrize("spoil", ["mark", "empty mark", "python"])
def test_a_spoilt_environment_is_built_anew(index, spoil):
    folder = built(tiny("1.0"), quiet)
    if spoil == "python":  # of which it was made is gone
        (folder / "python" / "bin" / "python").unlink()
        (folder / "python" / "bin" / "python").symlink_to("/nowhere/python")
    else:
        (folder / "environment.json").write_text("" if spoil == "empty mark" else '{"packages": 1}')
    assert environment(tiny("1.0")) is None
    assert environments() == []
    told = []
    assert built(tiny("1.0"), told.append) == folder
    assert len(told) == 1
    assert environment(tiny("1.0")).release == "1.0"


def test_environments_of_another_python_are_listed_and_can_be_removed(index):
    folder = built(tiny("1.0"), quiet)
    old = folder.rename(folder.with_name("tiny-1.0-of-another-python"))
    mark = json.loads((old / "environment.json").read_text())
    (old / "environment.json").write_text(json.dumps(mark | {"runtime": "python 3.9"}))
    assert environment(tiny("1.0")) is None
    (found,) = environments()
    assert (found.runtime, found.package, found.release) == ("python 3.9", "tiny", "1.0")
    assert removed(found) > 0
    assert left() == []


def test_sweeping_takes_remains_only(index):
    folder = built(tiny("1.0"), quiet)
    remains = folder.with_name(f".{folder.name}.abc123.part")
    remains.mkdir()
    (remains / "file").write_bytes(bytes(1000))
    assert swept() == 1000
    assert left() == [folder.name]


def test_the_cache_is_found_from_any_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOILERBENCH_CACHE", "beside")
    assert cache() == tmp_path / "beside" / "environments"
    monkeypatch.setenv("BOILERBENCH_CACHE", "~/there")
    assert cache() == tmp_path.home() / "there" / "environments"


def test_what_this_python_has_needs_no_environment(monkeypatch):
    monkeypatch.setenv("BOILERBENCH_CACHE", os.devnull)
    assert is_here(spec("trafilatura"))
    assert is_here(spec("nothing"))
    assert not is_here(spec("trafilatura==0.0.1"))
    (same,) = prepared([spec("trafilatura")], lambda _: pytest.fail("built"))
    assert same.environment is None


@pytest.mark.parametrize(
    ("requires", "runtime", "name"),
    [
        (("trafilatura==1.6.0", "lxml<5.2"), "python", "trafilatura"),
        (("Newspaper4k[all]>=0.9",), "python", "newspaper4k"),
        (("@mozilla/readability@^0.6", "jsdom"), "node", "@mozilla/readability"),
        (("defuddle",), "node", "defuddle"),
        ((), "python", None),
    ],
)
def test_the_own_package(requires, runtime, name):
    assert package(ExtractorSpec("x", "x", requires=requires, runtime=runtime)) == name


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "error: No solution found when resolving dependencies\n  cause: Because there is no "
            "version of a==9 and you require a==9, we can conclude that your requirements are "
            "unsatisfiable.\n\nhint: think\n",
            "Because there is no version of a==9 and you require a==9",
        ),
        (
            "  × No solution found when resolving dependencies:\n  ╰─▶ Because a was not found "
            "in the package registry and you require a, we can\n      conclude that your",
            "Because a was not found in the package registry and you require a",
        ),
        (
            "error: Request failed after 3 retries in 4.7s\n  cause: Failed to fetch: "
            "http://h/simple/a/\n  cause: error sending request for url (http://h/simple/a/)\n"
            "  cause: Connection refused (os error 111)\n",
            "cannot reach http://h/simple/a/: Connection refused (os error 111)",
        ),
        (
            "npm error code ETARGET\nnpm error notarget No matching version found for d@99.\n"
            "npm error notarget In most cases you or one of your dependencies are requesting\n"
            "npm error A complete log of this run can be found in: /x.log\n",
            "No matching version found for d@99.",
        ),
        (
            "npm error code ECONNREFUSED\nnpm error syscall connect\nnpm error FetchError: request "
            "to http://h:9/d failed, reason: connect ECONNREFUSED 127.0.0.1:9\nnpm error     at "
            "ClientRequest.x (/y.js:1:2)\nnpm error   port: 9,\nnpm error   requiredBy: '.'\n"
            "npm error }\nnpm error\nnpm error A complete log of this run can be found in: /x\n",
            "cannot reach http://h:9/d: connect ECONNREFUSED 127.0.0.1:9",
        ),
        ("error: failed to create file\n  cause: No space left on device (os error 28)\n",
         "failed to create file No space left on device (os error 28)"),
    ],
)  # fmt: skip
def test_an_installers_reason(said, expected):
    assert reason(said) == expected


SAID = ("error: ", "timed out", "http://h/x", "reason: ", "hint: x", "npm error code E", "\n", "× ")


@given(st.lists(st.text() | st.sampled_from(SAID)).map("".join))
def test_a_reason_is_one_short_line(said):
    found = reason(said)
    assert len(found.splitlines()) <= 1
    assert len(found) <= 320


@pytest.mark.slow
def test_a_real_release_serves_from_an_environment_of_its_own(tmp_path, monkeypatch):
    if not os.environ.get("BOILERBENCH_CACHE"):
        monkeypatch.setenv("BOILERBENCH_CACHE", str(tmp_path))
    ready, reasons, offline = attempted(
        [spec("trafilatura==1.12.2"), spec("justext==3.0.1")], quiet
    )
    if offline:
        skip_if_silent(python_index, reasons)
    assert reasons == {}
    said, refused = probed(ready)
    assert refused == {}
    for made in ready:
        about = said[str(made)]
        assert about["version"] == made.version
        assert about["packages"] == environment(made).packages
