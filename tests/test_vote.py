"""Votes: what they take of a page, what a run makes of them, and what they cost."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilerbench as bb
from boilerbench.extractors import specs as specs_module
from boilerbench.extractors.plugins import Plugin
from boilerbench.extractors.specs import spec, specs, with_members
from boilerbench.types import Block, Extraction, Page
from boilerbench.vote import vote, voted
from tests.cli.shell import boilerbench

WORDS = st.lists(st.sampled_from("a b c d e".split()), min_size=1, max_size=5).map(" ".join)
PAGES = st.lists(WORDS, unique=True, min_size=1, max_size=6)
TEXTS = st.lists(st.lists(WORDS, max_size=6).map("\n".join), min_size=1, max_size=4)

HTML = b"<p>one two three</p><p>four five six</p><p>seven eight nine</p>"
ONE, FOUR, SEVEN = "one two three", "four five six", "seven eight nine"

MEMBERS = """
def first(page):
    return "one two three\\nfour five six"

def second(page):
    if page.id in ("p1", "p2"):
        raise ValueError("not this one")
    return "four five six\\nseven eight nine"

def third(page):
    if page.id == "p2":
        raise ValueError("nor that")
    return "" if page.id == "p3" else "one two three\\nfour five six\\nseven eight nine"

def never(page):
    raise ValueError("never")
"""


def blocks(*texts: str) -> list[Block]:
    return [Block("", text) for text in texts]


def chosen(page: list[str], texts: list[str], minimum: int) -> list[str]:
    found = vote(blocks(*page), texts, minimum)
    return found.split("\n\n") if found else []


@given(page=PAGES, texts=TEXTS)
def test_one_is_the_union_and_all_the_intersection(page: list[str], texts: list[str]) -> None:
    alone = [set(chosen(page, [text], 1)) for text in texts]
    union, intersection = set.union(*alone), set.intersection(*alone)
    assert chosen(page, texts, 1) == [block for block in page if block in union]
    assert chosen(page, texts, len(texts)) == [block for block in page if block in intersection]


@given(page=PAGES, text=TEXTS.map("\n".join), times=st.integers(2, 4), data=st.data())
def test_a_text_that_all_have_is_its_blocks(
    page: list[str], text: str, times: int, data: st.DataObject
) -> None:
    minimum = data.draw(st.integers(1, times))
    assert chosen(page, [text] * times, minimum) == chosen(page, [text], 1)


@given(page=PAGES, texts=TEXTS, data=st.data())
def test_the_order_of_members_does_not_matter(
    page: list[str], texts: list[str], data: st.DataObject
) -> None:
    minimum = data.draw(st.integers(1, len(texts)))
    shuffled = data.draw(st.permutations(texts))
    assert chosen(page, shuffled, minimum) == chosen(page, texts, minimum)


@given(page=PAGES)
def test_who_has_the_whole_page_gets_the_whole_page(page: list[str]) -> None:
    assert chosen(page, ["\n".join(page)], 1) == page


@pytest.mark.parametrize(
    ("text", "takes"),
    [
        ("alpha beta", False),  # half is not more than half
        ("alpha beta gamma", True),
        ("gamma beta alpha", False),  # in order
        ("ALPHA, Beta — and gamma!", True),
        ("", False),
    ],
)
def test_a_block_is_chosen_by_more_than_half_of_its_words_in_order(text: str, takes: bool) -> None:
    assert chosen(["alpha beta gamma delta"], [text], 1) == ["alpha beta gamma delta"] * takes


def test_what_is_in_no_block_and_what_has_no_word_is_lost() -> None:
    assert vote(blocks("* * *", "a text"), ["a picture of it\n* * *\na text"] * 2, 2) == "a text"
    assert vote([], ["something"], 1) == ""


def test_blocks_come_as_the_page_writes_them() -> None:
    page = blocks("Größe & Co.", "line one\n  line two")
    assert vote(page, ["grösse co line one line two"], 1) == "Größe & Co.\n\nline one\n  line two"


# -- one page


def ballot(name: str, outcome: str, text: str = "", cpu: float | None = 1.0) -> Extraction:
    return Extraction("p", name, outcome, text, None, cpu, 2.0, 100 + len(text))  # type: ignore[arg-type]


TRIO = spec("vote(trafilatura, readability-lxml, justext)")
PAGE = Page("p", HTML)


def test_a_failed_member_has_no_vote_and_an_empty_one_none_for_any_block() -> None:
    both, one = f"{ONE} {FOUR}", ONE
    for outcome in ("timeout", "empty"):
        got = voted(
            TRIO, PAGE, [ballot("a", "ok", both), ballot("b", outcome), ballot("c", "ok", one)]
        )
        assert (got.outcome, got.text, got.error) == ("ok", ONE, None)
    alone = voted(TRIO, PAGE, [ballot("a", "ok", both), ballot("b", "oom"), ballot("c", "crash")])
    assert (alone.outcome, alone.text) == ("empty", "")  # one vote is not two


def test_if_all_failed_the_vote_names_them() -> None:
    got = voted(TRIO, PAGE, [ballot("a", "timeout"), ballot("b", "oom"), ballot("c", "error")])
    assert got.outcome == "error"
    assert got.error == "all members failed: a (timeout), b (oom), c (error)"


def test_it_costs_what_its_members_cost_and_its_own() -> None:
    cast = [
        ballot("a", "ok", ONE, 1.0),
        ballot("b", "error", "", 2.0),
        ballot("c", "ok", ONE, 4.0),
    ]
    got = voted(TRIO, PAGE, cast)
    assert got.cpu_s is not None
    assert got.wall_s is not None
    assert got.cpu_s > 7
    assert got.wall_s > 6
    assert got.peak_rss == 100 + len(ONE)
    unknown = voted(TRIO, PAGE, [ballot("a", "ok", ONE, None), ballot("b", "ok", ONE)])
    assert unknown.cpu_s is None


# -- what a user writes


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("vote(trafilatura,justext)", "vote(trafilatura, justext; min=2)"),
        (" vote ( trafilatura , justext ; min = 1 ) ", "vote(trafilatura, justext; min=1)"),
        ("vote(trafilatura, readability-lxml, justext)",
         "vote(trafilatura, readability-lxml, justext; min=2)"),
        ("vote(nothing, everything, trafilatura, justext)",
         "vote(nothing, everything, trafilatura, justext; min=3)"),
        ("vote(trafilatura[fast=true,favor_recall=true]==2.0.0, justext)",
         "vote(trafilatura[fast=true,favor_recall=true]==2.0.0, justext; min=2)"),
        ("vote(quick=trafilatura[fast=true], justext)", "vote(quick, justext; min=2)"),
        ("best=vote(trafilatura, justext; min=2)", "best"),
    ],
)  # fmt: skip
def test_what_a_user_writes(written: str, canonical: str) -> None:
    assert str(spec(written)) == canonical


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("vote(trafilatura)", "a vote needs two or more"),
        ("vote()", "has a member without a name"),
        ("vote(trafilatura, )", "has a member without a name"),
        ("vote(trafilatura, justext", "cannot read"),
        ("vote(trafilatura, justext)==2", "cannot read"),
        ("vote(trafilatura, justext; min=0)", "from 1 to 2"),
        ("vote(trafilatura, justext; min=3)", "from 1 to 2"),
        ("vote(trafilatura, justext; min=two)", "from 1 to 2"),
        ("vote(trafilatura, justext; min=²)", "from 1 to 2"),
        ("vote(trafilatura, justext; weight=2)", "min is the one option"),
        ("vote(trafilatura, justext; min=1; min=2)", "min is the one option"),
        ("vote(trafilatura, trafilatura)", "has 'trafilatura' twice"),
        ("vote(trafilatura, x=trafilatura)", "has 'x' twice"),
        ("vote(x=trafilatura, x=justext)", "two members called 'x'"),
        ("vote(trafilatura, vote(justext, everything))", "a vote in a vote"),
        ("vote(trafilatura, inner=vote(justext, everything))", "a vote in a vote"),
        ("vote(trafilatur, justext)", "unknown extractor 'trafilatur'"),
    ],
)
def test_mistakes_are_named(written: str, says: str) -> None:
    with pytest.raises(bb.UserError, match=says):
        spec(written)


def test_two_writings_of_one_vote_are_the_same_extractor() -> None:
    with pytest.raises(bb.UserError, match="named twice"):
        specs(["vote(trafilatura, justext)", "vote(trafilatura,justext; min=2)"])


def test_members_are_run_once_whoever_names_them() -> None:
    wanted = specs(["vote(trafilatura, justext)", "justext", "vote(justext, everything)"])
    assert [str(one) for one in with_members(wanted)[len(wanted) :]] == [
        "trafilatura",
        "everything",
    ]
    with pytest.raises(bb.UserError, match="two extractors are called 't'"):
        with_members(specs(["t=trafilatura[fast=true]", "vote(t=trafilatura, justext)"]))


# -- runs


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    (folder / "pages").mkdir(parents=True)
    (folder / "gold").mkdir()
    for number in range(12):
        (folder / "pages" / f"p{number}.html").write_bytes(HTML)
        (folder / "gold" / f"p{number}.txt").write_text(f"{ONE}\n{FOUR}\n{SEVEN}")
    (tmp_path / "m.py").write_text(MEMBERS)
    return folder


def named(tmp_path: Path, *functions: str) -> str:
    return ", ".join(f"{one}={tmp_path / 'm.py'}:{one}" for one in functions)


def texts(run: bb.Run, extractor: str) -> dict[str, tuple[str, str]]:
    rows = run.extractions().filter(pl.col("extractor") == extractor)
    return {row["page_id"]: (row["outcome"], row["text"]) for row in rows.iter_rows(named=True)}


def test_a_run_votes_on_what_its_members_extracted(corpus: Path, tmp_path: Path) -> None:
    trio = named(tmp_path, "first", "second", "third")
    run = bb.run(
        corpus,
        [f"most=vote({trio})", f"any=vote({trio}; min=1)", f"all=vote({trio}; min=3)"],
        metrics="token",
        output=tmp_path / "out",
    )
    everything = f"{ONE}\n\n{FOUR}\n\n{SEVEN}"
    most, any_, every = texts(run, "most"), texts(run, "any"), texts(run, "all")
    assert set(most) == {f"p{n}" for n in range(12)}
    assert (most["p0"], any_["p0"], every["p0"]) == (
        ("ok", everything),
        ("ok", everything),
        ("ok", FOUR),
    )
    # p1: the second failed; p2: so did the third; p3: the third is empty
    assert most["p1"] == ("ok", f"{ONE}\n\n{FOUR}")
    assert every["p1"] == ("empty", "")
    assert most["p2"] == ("empty", "")
    assert any_["p2"] == ("ok", f"{ONE}\n\n{FOUR}")
    assert most["p3"] == ("ok", FOUR)
    assert [entry["spec"] for entry in run.info["extractors"]] == [
        "most", "any", "all", "first", "second", "third"
    ]  # fmt: skip
    assert set(run.scores()["extractor"]) == {"most", "any", "all", "first", "second", "third"}
    entry = run.info["extractors"][0]
    releases = [member["version"] for member in run.info["extractors"][3:]]
    assert entry["members"] == ["first", "second", "third"]
    assert entry["options"] == {"min": 2}
    assert entry["version"] == "+".join(releases)
    assert "report" in [path.name for path in run.path.iterdir()]


def test_a_page_that_all_members_fail_on_is_an_error_of_the_vote(
    corpus: Path, tmp_path: Path
) -> None:
    run = bb.run(
        corpus, f"v=vote({named(tmp_path, 'second', 'never')}; min=1)",
        metrics="token", output=tmp_path / "out",
    )  # fmt: skip
    rows = run.extractions().filter(pl.col("extractor") == "v", pl.col("outcome") == "error")
    assert rows["page_id"].to_list() == ["p1", "p2"]
    assert rows["error"][0] == "all members failed: second (error), never (error)"


def test_a_vote_in_a_suite(corpus: Path, tmp_path: Path) -> None:
    suite = tmp_path / "s.toml"
    suite.write_text(
        f"corpora = ['{corpus}']\nmetrics = ['token']\n"
        "extractors = ['everything', 'vote(everything, nothing; min=1)']\n"
    )
    run = bb.run(suite=str(suite), output=tmp_path / "out")
    found = texts(run, "vote(everything, nothing; min=1)")
    assert set(found.values()) == {("ok", f"{ONE}\n\n{FOUR}\n\n{SEVEN}")}


def test_a_vote_is_another_when_a_member_is(corpus: Path, tmp_path: Path) -> None:
    def run(first: str) -> None:
        bb.run(
            corpus, [f"v=vote(x={tmp_path / 'm.py'}:{first}, everything)"],
            metrics="token", output=tmp_path / "out",
        )  # fmt: skip

    run("first")
    with pytest.raises(bb.UserError, match="its extractors differ"):
        run("third")
    (tmp_path / "m.py").write_text(MEMBERS.replace("nor that", "nor this"))
    with pytest.raises(bb.UserError, match="its extractors differ"):
        run("first")


def test_votes_that_are_missing_are_made_of_what_is_stored(corpus: Path, tmp_path: Path) -> None:
    arguments = {
        "corpus": corpus,
        "extractors": f"v=vote({named(tmp_path, 'first', 'third')}; min=1)",
        "metrics": "token",
        "output": tmp_path / "out",
    }
    whole = bb.run(**arguments)
    rows, scores = whole.extractions(), whole.scores()
    lost = (pl.col("extractor") == "v") & pl.col("page_id").is_in(["p0", "p2", "p7"])
    parts = sorted((tmp_path / "out" / "extractions").iterdir())
    for part in parts[1:]:
        part.unlink()
    rows.filter(~lost).write_parquet(parts[0])
    whole.update(status="running")
    resumed = bb.run(**arguments)
    assert resumed.extractions().height == rows.height
    assert resumed.scores().equals(scores)
    same = ["extractor", "page_id", "cpu_s", "wall_s"]
    kept = resumed.extractions().filter(~lost).select(same)
    assert kept.equals(rows.filter(~lost).select(same)), "a page was extracted again"


def test_a_vote_of_a_broken_plug_in_is_left_out_and_the_run_goes_on(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Plugin("no_such_module:extract", "none", "1", "", "")
    monkeypatch.setattr(specs_module, "plugins", lambda: {"broken": broken})
    run = bb.run(
        corpus, ["vote(everything, broken)", "everything"], metrics="token", output=tmp_path / "out"
    )
    assert [entry["spec"] for entry in run.info["extractors"]] == ["everything"]
    left_out = run.info["left_out_extractors"]
    assert "its member broken" in left_out["vote(everything, broken; min=2)"]
    with pytest.raises(bb.UserError, match="no_such_module"):
        bb.run(corpus, "vote(broken, b=broken[x=1])", metrics="token", output=tmp_path / "other")


def test_the_shell_says_who_is_run_too(corpus: Path, tmp_path: Path) -> None:
    done = boilerbench(
        "run", "-c", corpus, "-e", "vote(everything, nothing; min=1)", "-e", "everything",
        "-m", "token", "-o", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "run too, as members of a vote: nothing\n" in done.stderr
    assert "vote(everything, nothing; min=1): 12 of 12 pages" in done.stderr
    refused = boilerbench("run", "-e", "vote(everything)", "-o", tmp_path / "none")
    assert refused.returncode == 2
    assert "a vote needs two or more" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "none").exists()


OFTEN = """
from boilerbench import store
from boilerbench.cli.main import main
store.PART_SECONDS = 0.1
main()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_stopped_ends_with_the_same_votes(
    how: signal.Signals, corpus: Path, tmp_path: Path
) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import time\ndef extract(page):\n    time.sleep(0.1)\n    return 'four five six'\n"
    )

    def begin(out: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", OFTEN, "run", "-c", corpus, "--workers", "2", "-m", "token",
             "-e", f"v=vote(slow={slow}:extract, everything)", "-o", out],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    assert begin(whole).wait(timeout=120) == 0
    process = begin(stopped)
    while not list(stopped.glob("extractions/*.parquet")):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(how)
    process.wait(timeout=60)
    assert json.loads((stopped / "run.json").read_text())["status"] == "running"
    assert begin(stopped).wait(timeout=120) == 0
    assert texts(bb.Run(stopped), "v") == texts(bb.Run(whole), "v")
    assert set(texts(bb.Run(whole), "v").values()) == {("ok", FOUR)}
    assert bb.Run(stopped).scores().equals(bb.Run(whole).scores())
