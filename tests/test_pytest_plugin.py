"""The pytest plug-in, in the test suites of others."""

import json
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[1]
HERE = any(point.name == "boilerbench" for point in metadata.entry_points(group="pytest11"))
PAGES = 24

EXTRACT = """
import re

def extract(page):
    return re.sub("<[^>]*>", " ", page.html.decode()).replace("navigation", "")
"""
WORSE = EXTRACT.replace('"")', '"") if len(page.id) % 2 else "Page"')
TEST = """
import pytest
from mine import extract

@pytest.mark.boilerbench(corpus="corpus.jsonl", metric="token")
def test_quality(boilerbench):
    boilerbench.assert_no_regression(extract)
"""


@pytest.fixture
def suite(pytester):
    """A project with an extractor, a corpus and a test; runs pytest there."""
    words = [" ".join(f"w{n}x{k}" for k in range(20)) for n in range(PAGES)]
    records = [
        {"id": "p" * (n + 1), "html": f"<i>navigation</i><p>{text}</p>", "text": text}
        for n, text in enumerate(words)
    ]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (pytester.path / "corpus.jsonl").write_text(lines, "utf-8")
    pytester.makepyfile(mine=EXTRACT, test_mine=TEST)

    def run(*arguments):
        plugin = () if HERE else ("-p", "boilerbench.pytest_plugin")
        return pytester.runpytest_subprocess(
            *plugin, "-p", "no:cacheprovider", "-W", "error", *arguments
        )

    return run


def said(done):
    return "\n".join(done.outlines)


def test_a_baseline_is_asked_for_made_kept_and_held(suite, pytester, monkeypatch):
    monkeypatch.delenv("CI", raising=False)  # there pytest prints every message twice
    done = suite()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        [
            "boilerbench: no baseline in *boilerbench-baseline/test_mine/extract-corpus",
            "*--boilerbench-accept",
        ]
    )
    assert not (pytester.path / "boilerbench-baseline").exists()

    done = suite("--boilerbench-accept")
    done.assert_outcomes(passed=1)
    done.stdout.fnmatch_lines(["*accepted, to be committed*", "*/extract-corpus"])
    baseline = pytester.path / "boilerbench-baseline" / "test_mine" / "extract-corpus"
    text = (baseline / "run.json").read_text("utf-8")
    assert str(pytester.path) not in text
    counts = list((baseline / "counts").rglob("*.csv"))
    assert len(counts) == 1

    suite("--strict-markers").assert_outcomes(passed=1)

    (stated,) = baseline.glob("counts/*/*.csv")
    whole = stated.read_text("utf-8")
    stated.write_text(whole.replace(",ok,", ",fine,"), "utf-8")
    done = suite()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["boilerbench: *.csv*", "*: pytest --boilerbench-accept"])
    assert "--allow-regression" not in said(done)
    done = suite("--boilerbench-accept")
    done.assert_outcomes(passed=1)
    done.stdout.fnmatch_lines(["*extract-corpus, in place of one that could not be read: *"])
    assert stated.read_text("utf-8") == whole
    text = (baseline / "run.json").read_text("utf-8")

    pytester.makepyfile(mine=WORSE)
    done = suite()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        [
            "worse*corpus · extract · token",
            "*F1 1.000 → 0.5*",
            "pages that got worst*",
            "*lacks 20 words: “w1x0 w1x1*",
            "worse: *",
            "*--boilerbench-accept",
        ]
    )
    assert said(done).count(" 1.000 → 0.0") == 10
    assert "Traceback" not in said(done)
    assert "has no report" not in said(done)
    assert (baseline / "run.json").read_text("utf-8") == text

    done = suite("--boilerbench-accept")
    done.stdout.fnmatch_lines(
        ["*extract-corpus: worse, beside the baseline before", "  corpus · extract · token: *"]
    )
    assert (baseline / "run.json").read_text("utf-8") != text


@pytest.mark.slow
def test_a_new_failure_fails_and_another_corpus_does(suite, pytester):
    suite("--boilerbench-accept").assert_outcomes(passed=1)
    pytester.makepyfile(mine=EXTRACT + "    # more\n" + "def boom(page): pass\n")
    suite().assert_outcomes(passed=1)
    raising = EXTRACT.replace("    return", "    assert len(page.id) != 7\n    return")
    pytester.makepyfile(mine=raising)
    done = suite()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["newly failing*", "*ok → error (AssertionError*"])

    pytester.makepyfile(mine=EXTRACT)
    lines = (pytester.path / "corpus.jsonl").read_text("utf-8").splitlines(keepends=True)
    (pytester.path / "corpus.jsonl").write_text("".join(lines[1:]), "utf-8")
    done = suite()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["not comparable*"])


@pytest.mark.slow
def test_what_is_no_function_of_a_module_runs_here(suite, pytester):
    pytester.makepyfile(
        test_mine="""
        import os, pytest
        from mine import extract

        pytestmark = pytest.mark.boilerbench(corpus="corpus.jsonl", metric="token")

        def test_here(boilerbench, tmp_path):
            seen = []
            def mine(page):
                seen.append(os.getpid())
                if len(page.id) == 3:
                    raise ValueError("three")
                return None if len(page.id) == 4 else extract(page)
            boilerbench.assert_no_regression(mine)
            assert set(seen) == {os.getpid()}

        def test_lambda(boilerbench):
            boilerbench.assert_no_regression(lambda page: extract(page), name="other")
        """
    )
    done = suite("--boilerbench-accept")
    done.assert_outcomes(passed=2)
    folder = pytester.path / "boilerbench-baseline" / "test_mine"
    assert {entry.name for entry in folder.iterdir()} == {"mine-corpus", "other"}
    (file,) = (folder / "mine-corpus" / "counts").rglob("*.csv")
    outcomes = dict(line.split(",")[:2] for line in file.read_text("utf-8").splitlines()[1:])
    assert (outcomes["ppp"], outcomes["pppp"], outcomes["p"]) == ("error", "empty", "ok")
    suite().assert_outcomes(passed=2)


@pytest.mark.slow
def test_a_function_of_a_package_and_a_spec_run_in_workers(suite, pytester):
    package = pytester.mkpydir("package")
    (package / "words.py").write_text("import os\n\nHERE = os.getpid()\n")
    (package / "core.py").write_text(
        "import os\nfrom .words import HERE\n\n"
        "def extract(page):\n    return f'{HERE == os.getpid()} {os.environ.get(\"TZ\")}'\n"
    )
    pytester.makepyfile(
        test_mine="""
        from package.core import extract

        def test_package(boilerbench):
            boilerbench.assert_no_regression(extract, corpus="corpus.jsonl", sample=3)

        def test_spec(boilerbench):
            boilerbench.assert_no_regression("everything", corpus="corpus.jsonl", sample=3)
        """
    )
    suite("--boilerbench-accept").assert_outcomes(passed=2)
    folder = pytester.path / "boilerbench-baseline" / "test_mine"
    info = json.loads((folder / "extract-corpus" / "run.json").read_text("utf-8"))
    assert info["extractors"][0]["network"]  # which only a worker says
    assert info["corpora"][0]["pages"] == 3
    assert str(pytester.path) not in json.dumps(info)
    suite().assert_outcomes(passed=2)


@pytest.mark.slow
def test_a_hang_is_a_failure_of_its_page(suite, pytester):
    pytester.makepyfile(
        mine="import time\n\ndef extract(page):\n    time.sleep(60 * (page.id == 'p'))",
        test_mine=TEST.replace('metric="token"', 'metric="token", timeout=1'),
    )
    suite("--boilerbench-accept").assert_outcomes(passed=1)
    (file,) = (pytester.path / "boilerbench-baseline").rglob("counts/*/*.csv")
    assert "p,timeout" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("extract, corpos='x'", "*boilerbench has no option 'corpos'; it has corpus, source*"),
        ("None", "*boilerbench: None is neither a function nor an extractor's name*"),
        ("extract, tolerance='x'", "*tolerance must be a number from 0 to 1, not 'x'*"),
        ("'trafilatur'", "*did you mean trafilatura*"),
        ("extract, corpus='gazete'", "*did you mean gazette*"),
    ],
)
def test_mistakes_are_named(suite, pytester, call, says):
    pytester.makepyfile(
        test_mine=f"""
        from mine import extract

        def test_it(boilerbench):
            boilerbench.assert_no_regression({call})
        """
    )
    done = suite("--boilerbench-accept")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines([says])
    assert "pytest_plugin.py" not in said(done)  # none of our own code
    assert not (pytester.path / "boilerbench-baseline").exists()


def test_who_uses_the_fixture_can_be_left_out(suite, pytester):
    pytester.makepyfile(test_mine="def test_one(boilerbench): pass\n\ndef test_two(): pass\n")
    suite("-m", "not boilerbench").assert_outcomes(passed=1, deselected=1)


def test_starting_pytest_imports_nothing_more_of_boilerbench():
    program = (
        "import sys, pytest; before = set(sys.modules); import boilerbench.pytest_plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["boilerbench", "boilerbench.pytest_plugin"]


def test_pytest_finds_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"boilerbench": "boilerbench.pytest_plugin"}


def test_two_functions_of_one_name_do_not_share_a_baseline(suite, pytester):
    pytester.makepyfile(
        other=EXTRACT,
        test_mine="""
        import mine, other, pytest

        @pytest.mark.boilerbench(corpus="corpus.jsonl", metric="token")
        def test_both(boilerbench):
            boilerbench.assert_no_regression(mine.extract)
            boilerbench.assert_no_regression(other.extract)
        """,
    )
    done = suite("--boilerbench-accept")
    assert "two assertions share" in said(done)


@pytest.mark.slow
def test_workers_of_xdist_tell_what_they_accepted(suite, pytester):
    pytester.makepyfile(test_other=TEST)
    for said_beside in ("", ": worse, beside the baseline before"):
        done = suite("--boilerbench-accept", "-n", "2")
        done.assert_outcomes(passed=2)
        accepted = said(done).partition("accepted, to be committed")[2]
        for file in ("test_mine", "test_other"):
            assert f"{file}/extract-corpus{said_beside}\n" in accepted
        assert accepted.count("\n  corpus · extract · token: ") == 2 * bool(said_beside)
        pytester.makepyfile(mine=WORSE)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_a_worker_imports_what_pytest_does(suite, pytester, mode):
    """From wherever; and of two modules of one name, the one that pytest found."""
    pytester.makeini("[pytest]\npythonpath = src[1]=x")
    for folder in ("src[1]=x", "tests"):
        (pytester.path / folder).mkdir()
    (pytester.path / "src[1]=x" / "library.py").write_text("import os\nHERE = os.getpid()\n")
    (pytester.path / "src[1]=x" / "other.py").write_text(
        "from library import HERE\n\ndef theirs(page):\n    return str(HERE)\n"
    )
    (pytester.path / "tests" / "test_q.py").write_text(
        "import os\nfrom library import HERE\nfrom other import theirs\n\n"
        "def extract(page):\n    return f'{HERE == os.getpid()}'\n\n"
        "def test_q(boilerbench):\n"
        "    for one in (extract, theirs):\n"
        "        boilerbench.assert_no_regression(one, corpus='corpus.jsonl', sample=3)\n"
    )
    arguments = "tests", f"--import-mode={mode}"
    suite(*arguments, "--boilerbench-accept").assert_outcomes(passed=1)
    folder = pytester.path / "tests" / "boilerbench-baseline" / "test_q"
    versions = set()
    for name in ("extract", "theirs"):
        info = json.loads((folder / f"{name}-corpus" / "run.json").read_text("utf-8"))
        assert info["extractors"][0]["spec"] == name
        assert info["extractors"][0]["network"]  # which only a worker says
        assert str(pytester.path) not in json.dumps(info)
        versions.add(info["extractors"][0]["version"])
    assert len(versions) == 2
    (file,) = folder.glob("extract-*/counts/*/*.csv")
    assert "error" not in file.read_text("utf-8")


@pytest.mark.slow
def test_an_exception_here_is_named_and_is_no_command(suite, pytester):
    def write(does):
        pytester.makepyfile(
            test_mine=f"""
            import pytest

            @pytest.mark.boilerbench(corpus="corpus.jsonl", metric="token")
            def test_here(boilerbench):
                def mine(page):
                    {does}
                boilerbench.assert_no_regression(mine)
            """
        )

    write("return page.html.decode()")
    suite("--boilerbench-accept").assert_outcomes(passed=1)
    write("raise ValueError('broken ##[y]\\\\n::stop-commands::x')")
    done = suite()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*newly failing*", "*ok → error (ValueError: broken ##*"])
    assert "##[" not in said(done)
    assert not any(line.lstrip().startswith("::") for line in done.outlines)
