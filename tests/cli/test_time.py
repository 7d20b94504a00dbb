"""`boilerbench time` from the shell."""

import json
from pathlib import Path

import pytest

from tests.cli.shell import boilerbench

BURN = """
def extract(page, times=1):
    sum(n * n for n in range(times * 3000))
    if page.id == "p1" and times > 1:
        raise ValueError("too much")
    return page.id
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "burn.py").write_text(BURN)
    file = tmp_path / "mine.jsonl"
    lines = [{"id": f"p{n}", "html": "<p>x", "text": "x", "lang": "en"} for n in range(6)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def extractors(tmp_path: Path) -> list[str]:
    burn = f"{tmp_path / 'burn.py'}:extract"
    return ["-e", f"once={burn}", "-e", f"often={burn}[times=20]"]


def test_the_help_has_an_example() -> None:
    done = boilerbench("time", "--help")
    assert done.returncode == 0
    assert "Example: boilerbench time " in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_table(corpus: Path, tmp_path: Path) -> None:
    done = boilerbench("time", *extractors(tmp_path), "-c", corpus, "--rounds", 5)
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    lines = done.stdout.splitlines()
    assert lines[0].split() == "Extractor Ratio 95 % Rounds CPU ms Median Pages/s".split()
    once, often = lines[1].split(), lines[2].split()
    assert once[:2] == ["once", "1.00"]
    assert float(often[1]) > 3  # twenty times the work
    assert "1 error" in done.stdout
    said = " ".join(done.stdout.split())
    assert "mine, 6 pages; 5 rounds; " in said
    assert "to that of once" in said
    assert done.stderr.splitlines() == [f"round {n} of 5" for n in range(1, 6)]


def test_json_is_all_of_stdout(corpus: Path, tmp_path: Path) -> None:
    done = boilerbench(
        "time", *extractors(tmp_path), "-c", corpus, "--sample", 4, "--seed", 3, "--rounds", 5,
        "--format", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    (timed,) = found["corpora"]
    assert (timed["name"], timed["pages"], timed["selection"]) == ("mine", 4, "sample 4 seed 3")
    assert (found["rounds"], found["seed"]) == (5, 3)
    assert {"cpu", "cores", "load", "governor", "revision"} <= found["machine"].keys()
    once, often = found["rows"]
    assert once["ratio"]["value"] == 1
    assert often["ratio"]["low"] <= often["ratio"]["value"] <= often["ratio"]["high"]
    assert often["ratio"]["pages"] == often["answered"] == 4 - sum(often["failures"].values())
    assert once["failures"] == {}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Missing option '--extractor'"),
        (["-e", "trafilatur"], "did you mean trafilatura"),
        (["-e", "nothing", "-e", "nothing"], "named twice"),
        (["-e", "vote(trafilatura, justext)"], "no process to time"),
        (["-e", "nothing", "-c", "gazete"], "did you mean gazette?"),
        (["-e", "nothing", "--rounds", "4"], "Invalid value for '--rounds'"),
        (["-e", "nothing", "--sample", "0"], "Invalid value for '--sample'"),
        (["-e", "trafilatura[fats=true]"], "did you mean fast"),
    ],
)
def test_bad_input_is_one_clear_message(arguments: list[str], says: str, tmp_path: Path) -> None:
    done = boilerbench("time", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []
