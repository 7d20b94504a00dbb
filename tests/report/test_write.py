import csv
import json
import shutil

import lxml.html
import pytest

import boilerbench as bb
from boilerbench.ranking import rankings
from boilerbench.report import pageviews, site, tables, write_report
from boilerbench.store import Run

GOLD = {"p1": "a b c d", "p2": "a b", "p3": "a"}
RIGHT = {page: ("ok", text, 0.5) for page, text in GOLD.items()}
HALF = {page: ("ok", text + " x y", 0.02) for page, text in GOLD.items()}
EXTRACT = "def extract(page):\n    return page.id\n"


@pytest.fixture
def own(tmp_path):
    """A corpus of the user's, and a run on it."""
    folder = tmp_path / "mine"
    (folder / "pages").mkdir(parents=True)
    (folder / "gold").mkdir()
    for number in range(3):
        (folder / "pages" / f"p{number}.html").write_text(f"<main>text {number}</main><nav>x</nav>")
        (folder / "gold" / f"p{number}.txt").write_text(f"text {number}")
    (tmp_path / "x.py").write_text(EXTRACT)
    run = bb.run(str(folder), [f"{tmp_path / 'x.py'}:extract", "everything"], output=tmp_path / "r")
    return folder, run.path


def read(file, name):
    text = file.read_text("utf-8")
    assert text.startswith(f"window.{name}=")
    return json.loads(text.removeprefix(f"window.{name}=").removesuffix(";\n"))


def test_a_finished_run_gets_all_its_files(finished, tmp_path):
    run = finished(tmp_path, GOLD, {"c": {"right": RIGHT, "half": HALF}})
    assert write_report(run) == tmp_path / "report" / "index.html"
    ranked = rankings(run)
    assert (tmp_path / "scoreboard.md").read_text("utf-8") == tables.markdown(ranked)
    lines = json.loads((tmp_path / "scores.json").read_text("utf-8"))["rows"]
    assert [line["f1"] for line in lines] == [one.row.f1 for one in ranked[0].ranked]
    with (tmp_path / "scoreboard.csv").open(newline="") as file:
        assert [line["extractor"] for line in csv.DictReader(file)] == ["right", "half"]
    for name in (
        "site.js",
        "site.css",
        "theme.js",
        "signs.js",
        "data.js",
        "figures.js",
        "charts.js",
        "vega.js",
    ):
        assert (tmp_path / "report" / "assets" / name).is_file()


def test_writing_a_report_again_changes_nothing(own):
    _, path = own

    def files():
        write_report(Run(path))
        return {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}

    before = files()
    assert path / "report" / "pages" / "0002.js" in before
    assert files() == before


def test_the_corpus_is_read_again_from_where_it_was(own):
    _, path = own
    (path / "report" / "index.html").unlink()
    write_report(Run(path))
    assert (path / "report" / "pages" / "0002.js").is_file()
    assert read(path / "report" / "assets" / "data.js", "boilerbenchSite")["groups"]


def spoilt(folder, change):
    if change == "gone":
        folder.rename(folder.with_name("elsewhere"))
    else:
        (folder / "gold" / "p1.txt").write_text("other")
    return {"gone": "no corpus in", "changed": "it has changed since"}[change]


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_a_corpus_that_is_not_there_any_more_is_left_out_with_the_reason(own, change):
    folder, path = own
    shutil.rmtree(path / "report")
    reason = spoilt(folder, change)
    page = lxml.html.fromstring(write_report(Run(path)).read_bytes())
    said = page.xpath("string(//section[@id='wrong'])")
    assert "No pages of mine here" in said
    assert reason in said
    assert not page.xpath("//script[contains(@src, 'pages/')]")
    assert not (path / "report" / "pages").exists()
    assert page.xpath("//table[@id='board']//tbody/tr")


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_views_of_an_earlier_report_outlive_their_corpus(own, change):
    folder, path = own
    before = read(path / "report" / "assets" / "data.js", "boilerbenchSite")
    reason = spoilt(folder, change)
    page = lxml.html.fromstring(write_report(Run(path)).read_bytes())
    assert read(path / "report" / "assets" / "data.js", "boilerbenchSite") == before
    said = page.xpath("string(//section[@id='wrong'])")
    assert "Pages of mine as an earlier report had them" in said
    assert reason in said
    assert (path / "report" / "pages" / "0002.js").is_file()


@pytest.mark.parametrize("content", ["", "[]", '{"finished": "then"}', '{"finished": null}'])
def test_views_of_another_run_are_removed(own, content):
    folder, path = own
    (path / "report" / "pages" / "kept.json").write_text(content)
    spoilt(folder, "gone")
    write_report(Run(path))
    assert not (path / "report" / "pages").exists()


def test_a_build_that_fails_leaves_the_report_that_was_there(own, monkeypatch):
    _, path = own
    before = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}

    def fails(*_):
        raise RuntimeError("no")

    monkeypatch.setattr(pageviews, "_write", fails)
    with pytest.raises(RuntimeError):
        write_report(Run(path))
    assert {file: file.read_bytes() for file in path.rglob("*") if file.is_file()} == before


def test_the_first_page_is_written_last(own, monkeypatch):
    _, path = own
    written = []
    plain = site.write_text
    monkeypatch.setattr(
        site, "write_text", lambda file, text: (written.append(file.name), plain(file, text))
    )
    write_report(Run(path))
    assert written[-1] == "index.html"
    assert {"data.js", "figures.js", "site.js"} <= set(written[:-1])
