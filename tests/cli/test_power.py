"""`boilerbench power`: how many pages a difference needs."""

import json
import shutil

import numpy as np
import pytest

from tests.cli.shell import boilerbench

GOLD = {f"p{n:02}": " ".join(f"w{n}x{k}" for k in range(10)) for n in range(30)}
RANDOM = np.random.default_rng(0)
SYSTEMS = {
    name: {
        page: ("ok", " ".join([t for t in text.split() if RANDOM.random() < keep]), None)
        for page, text in GOLD.items()
    }
    for name, keep in {"x": 0.9, "y": 0.6}.items()
}


def of_run(run, *arguments, cwd):
    return boilerbench("power", run, "--delta", "0.01", *arguments, cwd=cwd)


def test_it_says_what_a_run_can_show(finished, tmp_path):
    finished(tmp_path / "r", GOLD, {"c": SYSTEMS})
    shown = of_run("r", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    head, pair, needs, shows, *rest = shown.stdout.splitlines()
    assert (head, pair) == ("c · token: 30 pages", "x / y")
    (row,) = json.loads(of_run("r", "--format", "json", cwd=tmp_path).stdout)["rows"]
    assert needs.startswith(f"    a difference of 0.01 in F1 needs {row['needed']:,} pages (simul")
    assert shows.startswith(f"    the 30 pages here show one of {row['detectable']:.3f} or more")
    assert "80 % power at 5 %" in rest[0]
    assert max(map(len, shown.stdout.splitlines())) <= 80


def test_without_a_run_it_takes_the_newest_of_the_whole_corpus_in_results(finished, tmp_path):
    for name, started, more in (
        ("old", "2021", {}),
        ("new", "2022", {}),
        ("part", "2023", {"selection": {"sample": 5}}),
        ("unfinished", "2024", {"status": "running"}),
    ):
        run = finished(tmp_path / "results" / name, GOLD, {"c": SYSTEMS})
        if "selection" in more:
            run.update(corpora=[run.info["corpora"][0] | more])
            more = {}
        run.update(started=f"{started}-01-01T00:00:00+00:00", **more)
    (tmp_path / "results" / "damaged").mkdir()
    (tmp_path / "results" / "damaged" / "run.json").write_text("{")
    asked = ("power", "--corpus", "c", "--delta", "0.01", "--format", "json")
    assert json.loads(boilerbench(*asked, cwd=tmp_path).stdout)["run"] == "results/new"
    shutil.rmtree(tmp_path / "results" / "new")
    assert json.loads(boilerbench(*asked, cwd=tmp_path).stdout)["run"] == "results/old"


def test_a_corpus_that_was_not_run_is_run(tmp_path):
    file = tmp_path / "mine.jsonl"
    records = [
        {"id": f"p{n}", "html": f"<p>text {n}{' more' * n}</p>", "text": f"text {n}"}
        for n in range(8)
    ]
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    shown = boilerbench(
        "power", "-c", file, "--delta", "0.1", "--extractors", "everything", "nothing",
        cwd=tmp_path,
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    assert "running everything and nothing" in shown.stderr
    assert "everything / nothing" in shown.stdout
    assert len(list((tmp_path / "results").glob("*/run.json"))) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--delta", "0.01"], "whose pages?"),
        (["r"], "Missing option '--delta'"),
        (["r", "--delta", "0"], "0.0001<=x<=1"),
        (["r", "--delta", "nan"], "not nan"),
        (["none", "--delta", "0.01"], "none is not a run"),
        (["r", "--delta", "0.01", "-c", "cc"], "unknown corpus of r 'cc'"),
        (["r", "--delta", "0.01", "--extractors", "x", "z"], "unknown extractor of r 'z'"),
        (["-c", "nowhere", "--delta", "0.01"], "nowhere"),
    ],
)
def test_bad_input_is_one_clear_message(finished, tmp_path, arguments, says):
    finished(tmp_path / "r", GOLD, {"c": SYSTEMS})
    shown = boilerbench("power", *arguments, cwd=tmp_path)
    assert shown.returncode == 2
    assert says in shown.stderr
    assert "Traceback" not in shown.stderr
