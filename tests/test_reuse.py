"""What an earlier run has is taken from it where it would come out the same, and only there."""

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from boilerbench import api, fingerprints, pipeline, reuse
from boilerbench.accepted import write_baseline
from boilerbench.errors import UserError
from boilerbench.execution.process import Limits
from boilerbench.extractors.specs import spec
from boilerbench.progress import Progress
from boilerbench.types import Selection

EXTRACT = "def extract(page):\n    return page.html.decode()\n"


@pytest.fixture
def corpus(tmp_path):
    def make(name="corpus", pages=6):
        file = tmp_path / f"{name}.jsonl"
        records = [{"id": f"p{n}", "html": f"page {n}", "text": f"page {n}"} for n in range(pages)]
        file.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
        return file

    return make


class Heard(Progress):
    def __init__(self):
        self.names, self.others, self.pages = None, {}, 0

    def reused(self, extractors, earlier, others):
        self.names, self.others = list(extractors), others

    def page(self, extraction):
        self.pages += 1


@pytest.fixture
def run(tmp_path, corpus, monkeypatch):
    """Runs extractors; the run, which were taken from the earlier one, and how many pages were
    extracted."""
    monkeypatch.setattr(
        pipeline, "write_report", lambda run, corpora: None
    )  # which nobody reads here
    numbers = iter(range(100))
    file = corpus()

    def make(*extractors, pages=file, **more):
        heard = Heard()
        made = api.run(
            pages if isinstance(pages, list) else str(pages),
            [str(one) for one in extractors],
            metrics="token",
            output=more.pop("output", tmp_path / f"run{next(numbers)}"),
            workers=2,
            progress=heard,
            **more,
        )
        make.others = heard.others
        return made, heard.names, heard.pages

    return make


def entry(run, name):
    return next(one for one in run.info["extractors"] if one["spec"] == name)


def test_only_what_changed_is_run_again(run, tmp_path):
    """The file has not changed where another has, and the run says where its texts are from."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.py").write_text(EXTRACT)
    specs = [f"{name}={tmp_path / name / 'mine.py'}:extract" for name in ("one", "two")]
    first, none, pages = run(*specs, "everything")
    assert (none, pages) == (None, 18)
    (tmp_path / "two" / "mine.py").write_text(EXTRACT.replace("()", "().upper()"))
    second, reused, pages = run(*specs, "everything", reuse=first.path)
    assert (reused, pages) == (["one", "everything"], 6)
    assert run.others == {"two": "which has changed"}
    source = {"run": first.path.name, "started": first.info["started"], "corpora": ["corpus"]}
    assert entry(second, "one")["reused"] == source
    assert "reused" not in entry(second, "two")
    texts = dict(second.extractions().select("extractor", "text").unique("extractor").rows())
    assert texts["one"].startswith("page")
    assert texts["two"].startswith("PAGE")
    scores = [
        one.scores()
        .filter(pl.col("extractor") == "everything")
        .sort("page_id")
        .drop("cpu_s", strict=False)
        for one in (first, second)
    ]
    assert scores[0].equals(scores[1])
    timed = second.extractions().filter(pl.col("cpu_s").is_not_null())
    assert timed["extractor"].unique().to_list() == ["two"]
    assert run(*specs, "everything", reuse=second.path)[1:] == (["one", "two", "everything"], 0)


def test_another_corpus_or_sample_or_limit_is_run_again(run, corpus):
    first, *_ = run("everything")
    assert run("everything", pages=corpus("corpus", 5), reuse=first.path)[1:] == ([], 5)
    assert run.others == {"everything": "whose pages are others"}
    corpus("corpus", 6)
    some = Selection(sample=3)
    assert run("everything", selection=some, reuse=first.path)[1:] == ([], 3)
    assert run("everything", timeout=7, reuse=first.path)[1:] == ([], 6)
    assert run("everything", reuse=first.path)[1:] == (["everything"], 0)
    both = run("everything", "nothing", pages=[str(corpus()), str(corpus("more", 4))],
               reuse=first.path)  # fmt: skip
    assert both[1:] == (["everything"], 14)
    assert run.others == {"nothing": f"which {first.path} has not"}


def test_a_run_that_was_begun_keeps_what_it_has(run, tmp_path):
    first, *_ = run("everything")
    run("everything", "nothing", output=tmp_path / "again")
    again, reused, pages = run("everything", "nothing", output=tmp_path / "again", reuse=first.path)
    assert (reused, pages) == ([], 0)
    assert "reused" not in entry(again, "everything")


def test_a_run_that_was_stopped_does_not_take_them_for_its_own(run, tmp_path, monkeypatch):
    """As soon as it has the texts, it says where they are from."""
    first, *_ = run("everything")
    write = reuse.write_parquet

    def stopped(*given):
        write(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(reuse, "write_parquet", stopped)
        with pytest.raises(KeyboardInterrupt):
            run("everything", output=tmp_path / "again", reuse=first.path)
    again, _, pages = run("everything", output=tmp_path / "again", reuse=first.path)
    assert pages == 0
    assert entry(again, "everything")["reused"]["corpora"] == ["corpus"]


def test_a_vote_is_made_of_texts_from_before(run):
    first, *_ = run("everything", "nothing")
    voted, reused, pages = run("vote(everything, nothing; min=1)", reuse=first.path)
    assert reused == ["everything", "nothing"]
    assert pages == 6
    rows = voted.extractions().filter(pl.col("extractor").str.starts_with("vote"))
    assert rows["outcome"].to_list() == ["ok"] * 6
    assert rows["cpu_s"].null_count() == 6


def test_what_cannot_serve_is_refused(run, tmp_path):
    first, *_ = run("nothing")
    baseline = write_baseline(first, tmp_path / "baseline").path
    with pytest.raises(UserError, match="is a baseline"):
        run("nothing", reuse=baseline)
    with pytest.raises(UserError, match="is the run to be made"):
        run("nothing", output=first.path, fresh=True, reuse=first.path)
    assert first.path.joinpath("run.json").exists()
    first.update(status="running")
    with pytest.raises(UserError, match="did not finish"):
        run("nothing", reuse=first.path)


ABOUT = {"version": "1", "packages": {"lxml": "6.0"}, "given": {}, "python": "3.11"}


class TestFingerprints:
    def of(self, made, limits=None, **about):
        return fingerprints.fingerprint(made, ABOUT | about, limits or Limits())

    @pytest.fixture
    def mine(self, tmp_path):
        (tmp_path / "mine").mkdir()
        file = tmp_path / "mine" / "mine.py"
        file.write_text(EXTRACT)
        return file

    def test_whatever_may_change_a_text_changes_it(self):
        made = spec("everything")
        every = [
            self.of(made),
            self.of(spec("nothing")),
            self.of(replace(made, options={"a": 1})),
            self.of(made, Limits(timeout=1)),
            self.of(made, version="2"),
            self.of(made, packages={"lxml": "6.1"}),
            self.of(made, given={"stop list": "German"}),
            self.of(made, python="3.12"),
            self.of(made, network="open"),
        ]
        assert len(set(every)) == len(every)

    def test_what_cannot_does_not(self):
        made = spec("everything")
        assert self.of(made) == self.of(made, startup_s=3.0, import_s=1.0)
        assert self.of(made) == self.of(replace(made, label="other"))

    def test_a_file_may_stand_elsewhere(self, mine, tmp_path):
        here = self.of(spec(f"{mine}:extract"))
        mine.parent.rename(tmp_path / "moved")
        assert self.of(spec(f"{tmp_path / 'moved' / 'mine.py'}:extract")) == here

    def test_a_functions_neighbours_count_though_nobody_imported_them(self, mine):
        made = spec(f"{mine}:extract")
        before = self.of(made)
        (mine.parent / "notes.txt").write_text("nothing")
        (mine.parent / ".venv").mkdir()
        (mine.parent / ".venv" / "x.py").write_text("pass")
        assert self.of(made) == before
        (mine.parent / "helper.py").write_text("pass")
        changed = self.of(made)
        assert changed != before
        (mine.parent / "helper.py").write_text("other")
        assert self.of(made) not in (before, changed)

    def test_packages_that_stand_in_a_folder_count_with_all_their_files(self, tmp_path):
        package = tmp_path / "src" / "library"
        package.mkdir(parents=True)
        (package / "words.txt").write_text("the")
        loaded = {"library": str(package)}
        before = self.of(spec("everything"), loaded=loaded)
        (package / "words.txt").write_text("the a")
        assert self.of(spec("everything"), loaded=loaded) != before

    def test_a_package_installed_from_a_folder_counts_for_who_uses_it(self, monkeypatch):
        """Its release may stay the same while it changes, and it may change for nobody's sake."""
        lxml = {"lxml": "/x/lib/python3.11/site-packages/lxml"}

        def both(record, release):
            local = {"library": (frozenset({"library"}), None, record)}
            monkeypatch.setattr(fingerprints, "_unreleased", lambda: local)
            packages = {"lxml": "6.0", "library": release}
            uses = lxml | {"library": "/x/lib/python3.11/site-packages/library"}
            return (
                self.of(spec("everything"), packages=packages, loaded=uses),
                self.of(spec("everything"), packages=packages, loaded=lxml),
            )

        first, second, third = both("r1", "1"), both("r2", "1"), both("r1", "2")
        assert len({first[0], second[0], third[0]}) == 3
        assert first[1] == second[1] == third[1]

    def test_a_users_function_may_import_it_later(self, mine, monkeypatch):
        found = set()
        for record in ("r1", "r2"):
            local = {"library": (frozenset({"library"}), None, record)}
            monkeypatch.setattr(fingerprints, "_unreleased", lambda local=local: local)
            found.add(self.of(spec(f"{mine}:extract")))
        assert len(found) == 2

    def test_a_folder_that_is_imported_may_have_any_name(self, tmp_path, monkeypatch):
        folder = tmp_path / "my löb%20"
        about = tmp_path / "site" / "library-1.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text("Name: library\nVersion: 1\n")
        origin = {"url": folder.as_uri(), "dir_info": {"editable": True}}
        (about / "direct_url.json").write_text(json.dumps(origin))
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        assert fingerprints._unreleased.__wrapped__()["library"][1] == str(folder)

    def test_programs_and_services_have_none(self, tmp_path):
        (tmp_path / "a.toml").write_text('command = ["cat"]')
        (tmp_path / "b.toml").write_text('url = "http://127.0.0.1:9"')
        assert self.of(spec(str(tmp_path / "a.toml"))) is None
        assert self.of(spec(str(tmp_path / "b.toml"))) is None

    def test_neither_has_what_stands_in_a_folder_too_large_to_look_at(self, mine, monkeypatch):
        monkeypatch.setattr(fingerprints, "_MOST_FILES", 3)
        made = spec(f"{mine}:extract")
        assert self.of(made)
        run = mine.parent / "out"
        run.mkdir()
        for number in range(4):
            Path(mine.parent, f"x{number}.html").touch()
            Path(run, f"x{number}.py").touch()
        (run / "run.json").touch()
        assert self.of(made)
        for number in range(4):
            Path(mine.parent, f"x{number}.py").touch()
        assert self.of(made) is None
