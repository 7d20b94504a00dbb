"""Extractors of another distribution, installed as a user would install it."""

import json
import subprocess
from pathlib import Path

import pytest

from boilerbench.extractors.plugins import plugins


def token_rows(folder: Path) -> dict[str, dict]:
    rows = json.loads((folder / "scores.json").read_text())["rows"]
    return {row["extractor"]: row for row in rows if row["metric"] == "token"}


def extractors(folder: Path) -> dict[str, dict]:
    run = json.loads((folder / "run.json").read_text())
    return {one["spec"]: one for one in run["extractors"]}


def test_a_function_and_a_class_with_options_run(with_sample, tmp_path: Path) -> None:
    names = ["sample", "sample[tag=li]", "sample-class", "sample-class[least=400]", "new=sample"]
    done = with_sample.run(
        "run", "-c", "gazette", *(part for name in names for part in ("-e", name)),
        "-m", "token", "-o", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = token_rows(tmp_path / "out")
    assert set(rows) == {*names[:4], "new"}
    assert rows["sample"]["f1"] > 0.4
    assert rows["sample"]["f1"] == rows["new"]["f1"] != rows["sample[tag=li]"]["f1"]
    assert rows["sample-class[least=400]"]["recall"] < rows["sample-class"]["recall"]
    assert {row["version"] for row in rows.values()} == {"3.2.1"}
    given = extractors(tmp_path / "out")["sample-class[least=400]"]["given"]
    assert given == {
        "plug-in": "boilerbench_sample:Longest",
        "least": 400,
        "paragraphs by": "a pattern",
    }


def test_what_is_broken_is_named_and_left_out(with_sample, tmp_path: Path) -> None:
    done = with_sample.run(
        "run", "-c", "gazette", "-e", "sample-broken", "-e", "sample", "-e", "sample-missing",
        "-m", "token", "-o", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert set(token_rows(tmp_path / "out")) == {"sample"}
    told = [line for line in done.stderr.splitlines() if line.startswith("left out: ")]
    assert len(told) == 2
    assert "sample-broken" in told[0]
    assert "No module named 'a_library_that_is_not_there'" in told[0]
    assert "sample-missing" in told[1]
    assert "has no attribute 'extrct'" in told[1]
    assert "Traceback" not in done.stderr


def test_one_that_takes_no_page_stops_nobody(with_sample, tmp_path: Path) -> None:
    done = with_sample.run(
        "run", "-c", "gazette", "-e", "sample-wrong", "-e", "sample",
        "-m", "token", "-o", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = token_rows(tmp_path / "out")
    assert rows["sample"]["f1"] > 0.4
    if "sample-wrong" in rows:  # found out page by page, at the latest
        assert rows["sample-wrong"]["f1"] == 0
        assert rows["sample-wrong"]["failures"] == {"error": rows["sample"]["pages"]}
    assert "sample-wrong" in done.stdout + done.stderr


def test_a_broken_one_alone_is_an_error(with_sample, tmp_path: Path) -> None:
    done = with_sample.run("run", "-c", "gazette", "-e", "sample-broken", "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "a_library_that_is_not_there" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("sampel", "did you mean sample"),
        ("sample==9", "sample is installed here in release 3.2.1"),
        ("sample[tga=li]", "did you mean tag?"),
        ("sample-class[least=many]", "option least takes a number"),
    ],
)
def test_a_mistake_is_named(with_sample, tmp_path: Path, asked: str, said: str) -> None:
    done = with_sample.run("run", "-c", "gazette", "-e", asked, "-o", tmp_path / "out")
    assert done.returncode == 2
    assert said in done.stderr


def test_a_builtin_keeps_its_name(with_sample, tmp_path: Path) -> None:
    done = with_sample.run(
        "run", "-c", "gazette", "-e", "nothing", "-m", "token", "-o", tmp_path / "out"
    )
    assert done.returncode == 0, done.stderr
    (row,) = token_rows(tmp_path / "out").values()
    assert row["f1"] == 0
    assert extractors(tmp_path / "out")["nothing"]["given"] == {}


def test_the_list_has_them_all(with_sample) -> None:
    done = with_sample.run("extractors", "list")
    assert done.returncode == 0, done.stderr
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    for name in ("sample", "sample-class", "sample-broken", "trafilatura"):
        assert name in lines
    assert "plug-in" in lines["sample"]
    assert "3.2.1" in lines["sample"]
    assert "broken" in lines["sample-broken"].replace("sample-broken", "")


def test_the_conformance_kit_takes_one(with_sample) -> None:
    done = with_sample.run("extractors", "test", "sample", "--quick")
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_imported_to_know_their_names(with_sample) -> None:
    asked = (
        "import sys; from boilerbench.extractors.plugins import plugins; "
        "print(*plugins(), 'boilerbench_sample' in sys.modules)"
    )
    done = subprocess.run([with_sample.python, "-c", asked], capture_output=True, text=True)
    *names, imported = done.stdout.split()
    assert {"nothing", "sample", "sample-broken", "sample-class"} <= set(names)
    assert imported == "False"


def test_without_plugins_there_are_none_of_them_here() -> None:
    assert not {"sample", "sample-class"} & set(plugins())
