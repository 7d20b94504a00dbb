"""`boilerbench metrics`, protocols and parts of a corpus, as a user calls them."""

import json
import re
from pathlib import Path

import polars as pl
import pytest

import boilerbench as bb
from boilerbench.metrics import METRICS, metric
from boilerbench.metrics.protocols import PROTOCOLS
from tests.cli.shell import boilerbench

PAGES = 37
SLICES = ("kind", "lang", "site", "level")


@pytest.fixture(scope="module")
def gazette(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "gazette"
    bb.run(
        "gazette",
        ["trafilatura", "everything", "nothing"],
        output=folder,
        selection=bb.Selection(sample=PAGES),
    )
    return folder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    file = tmp_path / "four.jsonl"
    records = [
        {"id": f"p{n}", "html": f"<p>text {n}<p>more", "text": f"text {n} and more of it"}
        for n in range(4)
    ]
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    return file


def widest(text: str) -> int:
    return max(map(len, text.splitlines()))


def test_the_list_has_every_metric_with_its_source_and_every_protocol() -> None:
    done = boilerbench("metrics", "list")
    assert done.returncode == 0, done.stderr
    assert widest(done.stdout) <= 80
    lines = done.stdout.splitlines()
    unwrapped = " ".join(done.stdout.split())
    for name in METRICS:
        assert name in lines
        about = metric(name).about
        assert f"{about.sentence} Source: {about.source}." in unwrapped
        for option, values in metric(name).parameters():
            assert f"{option}={'|'.join(values)}" in unwrapped
        assert metric(name).signature in done.stdout.replace("\n    ", "")
    for protocol in PROTOCOLS:
        assert protocol in lines
    assert not re.search(r"`[A-Z_]+`", done.stdout)  # names of the source say nothing to a user


def test_the_list_for_programs() -> None:
    done = boilerbench("metrics", "list", "--format", "json")
    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout)
    assert [one["name"] for one in listed["metrics"]] == list(METRICS)
    for one in listed["metrics"]:
        assert set(one) >= {"name", "sentence", "source", "needs", "signature"}
        assert metric(one["signature"]) == metric(one["name"])
    assert [one["name"] for one in listed["protocols"]] == list(PROTOCOLS)
    for one in listed["protocols"]:
        assert [metric(name) for name in one["metrics"]]
        assert one["explained"]


def test_agreement_of_all_metrics_on_a_run(gazette: Path) -> None:
    done = boilerbench("metrics", "agree", gazette)
    assert done.returncode == 0, done.stderr
    assert widest(done.stdout) <= 80
    assert done.stdout.startswith("gazette · do metrics rank alike?\nKendall's τ-b")
    for name in ("token", "shingle", "rouge-lsum", "cleaneval", "lcs[tok=char]"):
        assert re.search(rf"^ ?\d+ {re.escape(name)} ", done.stdout, re.MULTILINE)
    assert "Where two metrics prefer opposite extractors" in done.stdout


def test_agreement_of_some_metrics_for_programs(gazette: Path) -> None:
    names = ("token", "shingle", "exact")
    given = [part for name in names for part in ("-m", name)]
    done = boilerbench("metrics", "agree", gazette, *given, "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["metrics"] == list(names)
    assert {(pair["first"], pair["second"]) for pair in found["pairs"]} == {
        ("token", "shingle"),
        ("token", "exact"),
        ("shingle", "exact"),
    }
    for pair in found["pairs"]:
        for tau in (pair["extractors"], pair["pages"]):
            assert tau is None or -1 <= tau <= 1
    assert all(dispute["difference"] > 0 for dispute in found["disputes"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-m", "tokem"], "did you mean token"),
        (["-m", "segments[norm=kep]"], "norm must be one of"),
        (["-c", "gazete"], "did you mean gazette?"),
        (["-m", "token", "-m", "token"], "named twice"),
        (["-m", "token"], "name two or more"),
    ],
)
def test_mistakes_in_what_is_to_agree_are_one_clear_message(
    arguments: list[str], says: str, gazette: Path
) -> None:
    done = boilerbench("metrics", "agree", gazette, *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_corpus_that_changed_since_is_not_comparable(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = bb.run(corpus, ["everything", "nothing"], metrics="token", output=out)
    assert run.scores().height == 8
    same = boilerbench("metrics", "agree", out, "-c", corpus, "-m", "token", "-m", "lcs")
    assert same.returncode == 0, same.stderr
    corpus.write_text(corpus.read_text().replace("and more", "and less"))
    changed = boilerbench("metrics", "agree", out, "-c", corpus)
    assert changed.returncode == 2
    assert "not comparable" in changed.stderr
    assert changed.stdout == ""


def test_a_protocol_gives_the_published_figures(scrapinghub: Path, tmp_path: Path) -> None:
    output = scrapinghub / "output"
    done = boilerbench(
        "score", output / "AutoExtract.json", output / "boilerpipe.json",
        "--corpus", "scrapinghub", "--from", scrapinghub, "--protocol", "scrapinghub",
        "-o", tmp_path / "out", "--format", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert {row["protocol"] for row in rows} == {"scrapinghub"}
    readme = (scrapinghub / "README.rst").read_text("utf-8")
    for system in ("AutoExtract", "boilerpipe"):
        shingle, exact = (
            next(row for row in rows if row["extractor"] == system and row["metric"].startswith(m))
            for m in ("shingle", "exact")
        )
        figures = [
            shingle["f1"],
            shingle["precision"],
            shingle["recall"],
            exact["more"]["accuracy"],
        ]
        line = re.search(rf"^ +{system} .*$", readme, re.MULTILINE)
        assert line
        assert [f"{figure:.3f}" for figure in figures] == re.findall(r"([\d.]+) ±", line[0])
    shown = boilerbench("report", tmp_path / "out")
    assert widest("\n".join(shown.stdout.splitlines()[:-1])) <= 80
    assert "protocol scrapinghub · shingle" in shown.stdout
    assert "F1 of these means" in " ".join(shown.stdout.split())


@pytest.mark.parametrize("command", ["run", "score"])
def test_a_protocol_that_is_not_known_is_named_with_the_right_one(
    command: str, corpus: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.jsonl"
    mine.write_text(json.dumps({"id": "p0", "text": "text 0"}) + "\n")
    what = ["-e", "nothing"] if command == "run" else [mine]
    done = boilerbench(
        command, *what, "-c", corpus, "--protocol", "scrapinhub", "-o", tmp_path / "out"
    )
    assert done.returncode == 2
    assert "did you mean scrapinghub?" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("protocol", sorted(set(PROTOCOLS) - {"sigir23"}))
def test_every_protocol_scores_failures_and_empty_texts_too(protocol: str, tmp_path: Path) -> None:
    picked = bb.load_corpus("gazette", selection=bb.Selection(sample=PAGES))
    texts = {page_id: gold.text for page_id, gold in picked.gold.items()}
    first, second, *_ = texts
    del texts[first]
    texts[second] = ""
    mine = tmp_path / "mine.jsonl"
    mine.write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in texts.items()))
    done = boilerbench(
        "score", mine, "-c", "gazette", "--sample", str(PAGES), "-p", protocol,
        "-o", tmp_path / "out", "--format", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert len(rows) == len(PROTOCOLS[protocol]())
    assert all(row["failures"] == {"empty": 1, "error": 1} for row in rows[:1])
    assert boilerbench("compare", tmp_path / "out", tmp_path / "out").returncode == 0


def test_what_a_protocol_has_no_gold_for_is_left_out_aloud(corpus: Path, tmp_path: Path) -> None:
    done = boilerbench("run", "-e", "nothing", "-c", corpus, "-p", "wcxb", "-o", tmp_path / "out")
    assert done.returncode == 0
    assert "left out: snippets" in done.stdout
    assert "four has no snippets" in " ".join(done.stdout.split())
    assert len(bb.Run(tmp_path / "out").info["left_out"]) == 1


def test_codes_for_a_terminal_are_shown_and_not_obeyed(tmp_path: Path) -> None:
    pages = [
        {"id": f"p{n}\x1b[31m", "html": "x", "text": f"a b c {n}", "kind": f"k\x1b[2J\n{n}"}
        for n in range(3)
    ]
    file = tmp_path / "c.jsonl"
    file.write_text("".join(json.dumps(page) + "\n" for page in pages))
    mine = tmp_path / "mine.py"
    mine.write_text(
        "def one(page):\n    return 'a b c'\n\ndef two(page):\n    return 'a b ' * 40\n"
    )
    out = tmp_path / "out"
    run = boilerbench(
        "run", "-c", file, "-e", f"{mine}:one", "-e", f"{mine}:two", "-e", "nothing", "-o", out
    )
    assert run.returncode == 0, run.stderr
    for command in (
        ["report", out, "--by", "kind"],
        ["metrics", "agree", out, "-c", file, "-m", "token", "-m", "exact"],
        ["compare", out, out],
    ):
        done = boilerbench(*command)
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in done.stdout + done.stderr


def test_a_protocol_without_gold_for_it_is_refused(corpus: Path, tmp_path: Path) -> None:
    done = boilerbench("run", "-e", "nothing", "-c", corpus, "-p", "trafilatura", cwd=tmp_path)
    assert done.returncode == 2
    assert "protocol trafilatura: four has no snippets" in done.stderr
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("by", SLICES)
def test_the_parts_of_a_corpus_have_all_its_pages(by: str, gazette: Path) -> None:
    done = boilerbench("report", gazette, "--by", by, "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    pages: dict[tuple[str, str], int] = {}
    for row in rows:
        assert row["part"].startswith(f"{by}=")
        key = row["extractor"], row["metric"]
        pages[key] = pages.get(key, 0) + row["pages"]
    assert set(pages.values()) == {PAGES}
    assert len(pages) == 6
    assert len({row["part"] for row in rows}) > 1
    whole = json.loads(boilerbench("report", gazette, "--format", "json").stdout)["rows"]
    for row in whole:
        parts = [
            p for p in rows if (p["extractor"], p["metric"]) == (row["extractor"], row["metric"])
        ]
        mean = sum(part["f1"] * part["pages"] for part in parts) / PAGES
        assert mean == pytest.approx(row["f1"], abs=1e-12)


def test_parts_are_tables_of_their_own(gazette: Path) -> None:
    done = boilerbench("report", gazette, "--by", "kind")
    assert done.returncode == 0, done.stderr
    assert widest("\n".join(done.stdout.splitlines()[:-1])) <= 80
    for kind in ("article", "forum", "product"):
        assert f"gazette · kind={kind} · token" in done.stdout
    wrong = boilerbench("report", gazette, "--by", "size")
    assert wrong.returncode == 2
    assert "'size' is not one of 'kind', 'lang', 'site'" in wrong.stderr


@pytest.fixture
def counting(tmp_path: Path) -> Path:
    """An extractor that leaves a line for every page that it is asked for."""
    mine = tmp_path / "mine.py"
    mine.write_text(
        "from pathlib import Path\n\n\ndef extract(page):\n"
        f"    with open({str(tmp_path / 'asked.txt')!r}, 'a') as file:\n"
        "        file.write(page.id + '\\n')\n    return page.id\n"
    )
    return mine


def test_another_protocol_scores_a_run_again_without_extracting_again(
    corpus: Path, tmp_path: Path, counting: Path
) -> None:
    def run(*protocols: str) -> list[dict[str, object]]:
        named = [part for protocol in protocols for part in ("--protocol", protocol)]
        done = boilerbench(
            "run", "-c", corpus, "-e", f"{counting}:extract", *named,
            "-o", tmp_path / "out", "--format", "json",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        rows: list[dict[str, object]] = json.loads(done.stdout)["rows"]
        return rows

    first = run()
    asked = tmp_path / "asked.txt"
    before = asked.read_text()
    again = run("scrapinghub", "wcxb")
    assert asked.read_text() == before
    assert {row["protocol"] for row in first} <= {None, "boilerbench"}
    assert [row["protocol"] for row in again] == ["scrapinghub", "scrapinghub", "wcxb"]
    assert {row["pages"] for row in again} == {4}
    stored = pl.read_parquet(tmp_path / "out" / "extractions" / "*.parquet")
    assert stored.height == 4
    scores = json.loads((tmp_path / "out" / "scores.json").read_text())["rows"]
    assert [row["signature"] for row in scores] == [row["signature"] for row in again]


def test_a_run_cannot_be_read_by_two_metrics_of_one_writing(corpus: Path, tmp_path: Path) -> None:
    done = boilerbench(
        "run", "-c", corpus, "-e", "nothing", "-m", "token", "-m", "token[n=1]",
        "-o", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 2
    assert "'token' is named twice" in done.stderr
