"""`boilerbench report` from the shell."""

import csv
import io
import json
from pathlib import Path

import pytest

from boilerbench.ranking import rankings
from boilerbench.report import tables, write_report
from tests.cli.shell import boilerbench

GOLD = {f"p{number}": f"one two three {number}" for number in range(12)}
RIGHT = {page: ("ok", text, 0.5) for page, text in GOLD.items()}
HALF = {page: ("ok", f"{text} x y z", 0.02) for page, text in GOLD.items()}
FAILING = dict.fromkeys(GOLD, ("error", "", None, "ValueError: no\x1b[31m\nmore"))


@pytest.fixture
def run(finished, tmp_path: Path):
    given = {"right": RIGHT, "half[a=true,b=a long option]": HALF, "failing": FAILING}
    return finished(tmp_path / "run", GOLD, {"c": given}, metrics=("token", "shingle"))


def test_the_table_has_intervals_and_groups_within_eighty_columns(run) -> None:
    done = boilerbench("report", run.path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    assert lines[0] == "c · token · 12 pages"
    for heading in ("95 %", "Group", "F1"):
        assert heading in lines[1]
    right = next(line for line in lines if line.startswith("right"))
    assert "1.000–1.000" in right
    assert "10,000 resamples of 12 pages, seed 0" in done.stdout
    assert "\x1b" not in done.stdout
    assert lines[-1] == f"report: {run.path / 'report' / 'index.html'}"
    assert (run.path / "report" / "index.html").is_file()


@pytest.mark.parametrize(
    ("format_", "written"),
    [("md", tables.markdown), ("csv", tables.csv_text), ("json", tables.json_text)],
)
def test_a_format_is_all_of_stdout_and_writes_nothing(run, format_, written) -> None:
    done = boilerbench("report", run.path, "--format", format_)
    assert done.stdout == written(rankings(run))
    assert not (run.path / "report").exists()


def test_latex_is_a_table_for_each_metric(run) -> None:
    done = boilerbench("report", run.path, "--format", "latex")
    assert done.stdout.count(r"\toprule") == 2
    assert "half[a=true" in done.stdout


def test_html_writes_the_report_and_says_where(run) -> None:
    done = boilerbench("report", run.path, "--format", "html")
    assert done.stdout == f"{run.path / 'report' / 'index.html'}\n"
    assert (run.path / "report" / "assets" / "site.js").is_file()


def test_parts_are_printed_alone(run) -> None:
    done = boilerbench("report", run.path, "--by", "kind", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {row["part"] for row in rows} == {"kind=unknown"}
    assert boilerbench("report", run.path, "--by", "kind", "--format", "html").returncode == 2


def test_figures_are_written_as_files(run) -> None:
    done = boilerbench(
        "report", run.path, "--format", "json", "--figures", "svg", "--figures", "pdf"
    )
    assert json.loads(done.stdout)["rows"]
    files = {file.name for file in (run.path / "report" / "figures").iterdir()}
    assert {"precision-recall.svg", "precision-recall.pdf"} <= files


def test_a_report_outlives_what_it_draws_beside(run) -> None:
    boilerbench("report", run.path, "--format", "csv", "--figures", "svg")
    write_report(run)
    assert (run.path / "report" / "figures" / "precision-recall.svg").is_file()


def test_a_run_that_did_not_finish_has_no_report(run) -> None:
    run.update(status="running")
    for format_ in ("table", "html", "latex"):
        done = boilerbench("report", run.path, "--format", format_)
        assert done.returncode == 2
        assert "did not finish" in done.stderr
    assert not (run.path / "report").exists()
