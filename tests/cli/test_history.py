import json
import os

import polars as pl
import pytest
from click.testing import CliRunner

from boilerbench.cli.history import history
from boilerbench.errors import UserError
from boilerbench.store import Run
from tests.cli.shell import boilerbench
from tests.extractors.index import NOBODY, only, publish
from tests.registries import python_index, skip_if_silent

WORDS = "one two three four five six seven eight nine ten".split()


def module(number: int) -> str:
    """An extractor that finds so many words of each page."""
    return f"def extract(page):\n    return ' '.join(page.html.decode().split()[:{number}])\n"


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "mine"
    (folder / "pages").mkdir(parents=True)
    (folder / "gold").mkdir()
    for number in range(12):
        text = " ".join([*WORDS, f"page{number}"])
        (folder / "pages" / f"p{number}.html").write_text(text)
        (folder / "gold" / f"p{number}.txt").write_text(text)
    return folder


@pytest.fixture
def index(monkeypatch, tmp_path):
    with only(monkeypatch, tmp_path) as folder:
        for release, found in (("1.0", 5), ("1.2", 5), ("1.10", 10), ("2.0rc1", 0)):
            publish(folder, "tiny", release, module(found))
        publish(folder, "tiny", "1.11", "import gone\n")
        yield folder


def call(*arguments):
    done = CliRunner().invoke(history, list(map(str, arguments)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_one_release_after_another(index, corpus, tmp_path):
    out = tmp_path / "out"
    text = call("tiny", "--versions", ">=1", "-c", corpus, "-m", "token", "-o", out)
    lines = text.splitlines()
    assert lines[0] == "mine · token"
    assert [line.split()[0] for line in lines[2:6]] == ["1.0", "1.2", "1.10", "1.11"]
    assert "▲+." in lines[4]
    assert lines[5].startswith("1.11    not run: ModuleNotFoundError")
    assert "No module named 'gone'" in text
    assert "▲" not in lines[3]
    assert max(map(len, lines[:-1])) <= 80
    assert lines[-1] == f"report: {out / 'report' / 'history.html'}"
    run = Run(out)
    assert run.info["status"] == "complete"
    assert [entry["version"] for entry in run.info["extractors"]] == ["1.0", "1.2", "1.10"]
    assert (out / "report" / "index.html").is_file()
    assert "1.11" in (out / "report" / "history.md").read_text()


def test_json_is_all_of_stdout_and_what_the_file_says(index, corpus, tmp_path):
    out = tmp_path / "out"
    asked = ("tiny", "--versions", "1.10,1.0", "-c", corpus, "-m", "token", "-o", out)
    read = json.loads(call(*asked, "--format", "json"))
    assert read == json.loads((out / "report" / "history.json").read_text())
    (board,) = read["boards"]
    assert [release["version"] for release in board["releases"]] == ["1.0", "1.10"]
    change = board["releases"][1]["change"]
    assert (change["mark"], change["texts"], change["better"], change["worse"]) == ("▲", 12, 12, 0)


def test_the_same_command_again_extracts_nothing_again(index, corpus, tmp_path, monkeypatch):
    out = tmp_path / "out"
    asked = ("tiny", "--versions", "1.0,1.2", "-c", corpus, "-m", "token", "-o", out)
    first = call(*asked)
    before = sorted(file.name for file in (out / "extractions").iterdir())
    monkeypatch.setenv("UV_DEFAULT_INDEX", NOBODY)  # a list of cached releases needs no index
    assert call(*asked) == first
    assert sorted(file.name for file in (out / "extractions").iterdir()) == before


def test_an_environment_that_was_rebuilt_with_other_packages_is_another_run(
    index, corpus, tmp_path
):
    publish(index, "other", "1.0")
    publish(index, "tiny", "3.0", module(3), needs=("other",))
    out = tmp_path / "out"
    asked = ("tiny", "--versions", "3.0", "-c", corpus, "-m", "token", "-o", out)
    call(*asked)
    assert Run(out).info["extractors"][0]["packages"] == {"other": "1.0", "tiny": "3.0"}
    publish(index, "other", "1.1")
    call(*asked)  # not rebuilt: the same
    from boilerbench.extractors.environments import built
    from boilerbench.extractors.specs import spec

    built(spec("tiny==3.0"), lambda _: None, fresh=True)
    with pytest.raises(UserError, match="its extractors differ"):
        call(*asked)


def test_last_and_pre_releases_and_options(index, corpus, tmp_path):
    out = tmp_path / "out"
    publish(index, "tiny", "1.20", "def extract(page, loud=False):\n    return 'x' * (1 + loud)\n")
    asked = ("tiny[loud=true]", "--last", "2", "--pre", "-c", corpus, "-m", "token", "-o", out)
    text = call(*asked)
    assert "\n2.0rc1  not run: unknown option" in text
    assert "loud" in text  # the option that the pre-release does not have
    texts = Run(out).extractions()
    assert texts["extractor"].unique().to_list() == ["tiny[loud=true]==1.20"]
    assert texts.select(pl.col("text").unique()).item() == "xx"


def test_no_release_that_can_be_run(index, corpus, tmp_path):
    with pytest.raises(UserError) as raised:
        call("tiny", "--versions", "1.11,7.7", "-c", corpus, "-o", tmp_path / "out")
    assert "no release of tiny can be run" in raised.value.message
    assert "7.7: Because there is no version" in raised.value.message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("tiny==1.0", "is one release"),
        ("nothing", "has no releases"),
        ("everything", "has no releases"),
        ("everything==1.0", "has no release"),
        ("tinny", "unknown extractor"),
    ],
)
def test_what_has_no_history(index, corpus, name, reason):
    with pytest.raises(UserError, match=reason):
        call(name, "-c", corpus)


def test_versions_that_match_nothing(index, corpus):
    with pytest.raises(UserError, match="tiny has no release that matches >9") as raised:
        call("tiny", "--versions", ">9", "-c", corpus)
    assert raised.value.hint.endswith("is 1.11")


def test_without_a_network(index, corpus, tmp_path, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", NOBODY)
    with pytest.raises(UserError, match="releases of tiny: cannot reach"):
        call("tiny", "-c", corpus, "-o", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_two_real_releases_from_the_shell(tmp_path):
    env = {} if os.environ.get("BOILERBENCH_CACHE") else {"BOILERBENCH_CACHE": str(tmp_path / "c")}
    done = boilerbench(
        "history", "trafilatura", "--versions", "1.12.2,2.0.0", "-c", "gazette", "--sample", "5",
        "-m", "token", "-o", tmp_path / "out", env=env,
    )  # fmt: skip
    if "cannot reach" in done.stderr:
        skip_if_silent(python_index, done.stderr)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[2:4]] == ["1.12.2", "2.0.0"]
