"""`boilerbench check`."""

import json
from xml.etree import ElementTree as ET

import pytest

from boilerbench import api
from boilerbench.accepted import write_baseline
from tests.cli.shell import boilerbench

RECORDS = [
    {
        "id": f"p{n:02}",
        "html": f"<h1>Page {n}</h1>",
        "text": f"Page {n} begins here. " + " ".join(f"word{n}x{k}" for k in range(20)),
    }
    for n in range(12)
]
NO_GITHUB = {"GITHUB_ACTIONS": "", "GITHUB_STEP_SUMMARY": ""}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with two runs on one corpus: `good`, and `bad`, which lost a sentence and leaked one
    on every page; `results/default` is the baseline of the good one."""
    folder = tmp_path_factory.mktemp("check")
    corpus = folder / "mine.jsonl"
    corpus.write_text("".join(json.dumps(one) + "\n" for one in RECORDS), "utf-8")
    for name in ("good", "bad"):
        texts = {one["id"]: one["text"] for one in RECORDS}
        if name == "bad":
            texts = {p: f"{t.partition('. ')[2]} ::error::Read more" for p, t in texts.items()}
        lines = [json.dumps({"id": page, "text": text}) + "\n" for page, text in texts.items()]
        (folder / f"{name}.jsonl").write_text("".join(lines), "utf-8")
        api.score(folder / f"{name}.jsonl", corpus, name="x", output=folder / name)
    write_baseline(api_run(folder / "good"), folder / "results" / "default")
    return folder


def api_run(path):
    from boilerbench.store import Run

    return Run(path)


def check(*arguments, cwd, env=NO_GITHUB):
    return boilerbench("check", *arguments, cwd=cwd, env=env)


@pytest.mark.parametrize("against", ["default", "results/default", "good"])
def test_a_name_a_folder_or_a_run(made, against):
    shown = check("bad", "--against", against, cwd=made)
    assert shown.returncode == 1, shown.stderr
    assert "worse          mine · x · token" in shown.stdout
    assert "bad/report/page.html#mine/p0" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80
    if against == "good":
        assert "lost 4 words: “Page" in shown.stdout
        assert "leaked 3 words: “error::Read more”" in shown.stdout
    else:
        assert "lacks 4 words: “Page" in shown.stdout
        assert "beyond 3 words" in shown.stdout


def test_fine(made):
    shown = check("good", "--against", "default", cwd=made)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.splitlines()[-1] == "fine: 3 same"


def test_json_junit_and_summary(made, tmp_path):
    files = ["--junit", tmp_path / "j.xml", "--summary", tmp_path / "s.md"]
    shown = check("bad", "--against", "default", *files, "--format", "json", cwd=made)
    assert shown.returncode == 1
    found = json.loads(shown.stdout)
    assert found["verdict"] == "worse"
    assert found["worst"][0]["change"]["lost_words"] == 4
    root = ET.parse(tmp_path / "j.xml").getroot()
    assert root.get("failures") == "2"
    assert (tmp_path / "s.md").read_text("utf-8").startswith("## boilerbench: worse")


def test_on_github(made, tmp_path):
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    (tmp_path / "summary").write_text("before\n", "utf-8")
    shown = check("bad", "--against", "default", cwd=made, env=env)
    assert shown.returncode == 1
    lines = shown.stdout.splitlines()
    assert "error::Read more" in shown.stdout
    commands = [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
    assert commands == lines[-2:]
    assert all(one.startswith("::error title=boilerbench%3A worse::mine · ") for one in commands)
    summary = (tmp_path / "summary").read_text("utf-8")
    assert summary.startswith("before\n## boilerbench: worse")
    quiet = check("bad", "--against", "default", "--no-github", cwd=made, env=env)
    assert quiet.stdout.splitlines() == lines[:-2]


def test_what_cannot_be_shown_is_said(made, tmp_path):
    corpus = tmp_path / "mine.jsonl"
    corpus.write_bytes((made / "mine.jsonl").read_bytes())
    for name in ("good", "bad"):
        api.score(made / f"{name}.jsonl", corpus, name="x", output=tmp_path / name)
    corpus.unlink()
    (tmp_path / "bad" / "report" / "index.html").unlink()
    files = ["--junit", tmp_path / "j.xml", "--summary", tmp_path / "s.md"]
    shown = check("bad", "--against", "good", *files, cwd=tmp_path)
    as_json = check("bad", "--against", "good", "--format", "json", cwd=tmp_path)
    said = "mine: no words are shown, as it cannot be read again: "
    assert f"\n{said}" in shown.stdout
    assert any(note.startswith(said) for note in json.loads(as_json.stdout)["notes"])
    assert said in (tmp_path / "j.xml").read_text("utf-8")
    assert said in (tmp_path / "s.md").read_text("utf-8").replace("\\", "")
    assert shown.stdout.count("bad has no report") == 1


def test_a_baseline_has_nothing_to_show(made, tmp_path):
    write_baseline(api_run(made / "bad"), tmp_path / "lower")
    shown = check(tmp_path / "lower", "--against", "default", cwd=made)
    assert shown.returncode == 1
    assert "neither the texts of its pages nor a report" in shown.stdout.replace("\n  ", " ")
    assert "boilerbench report" not in shown.stdout.replace("\n  ", " ")


def test_another_corpus_is_exit_code_3(made, tmp_path):
    records = "".join(json.dumps(one | {"lang": "en"}) + "\n" for one in RECORDS)
    (tmp_path / "mine.jsonl").write_text(records, "utf-8")
    api.score(made / "good.jsonl", tmp_path / "mine.jsonl", name="x", output=tmp_path / "run")
    shown = check(tmp_path / "run", "--against", "default", cwd=made)
    assert shown.returncode == 3
    assert "not comparable" in shown.stdout
    assert "0." not in shown.stdout.partition("paired permutation")[0]


class TestGates:
    @pytest.fixture
    def project(self, made, tmp_path):
        """A folder with the runs at hand and gates that are not there yet."""
        for name in ("good", "bad", "results", "mine.jsonl"):
            (tmp_path / name).symlink_to(made / name)
        (tmp_path / "bench").mkdir()
        return tmp_path

    def test_those_of_the_project_name_the_baseline(self, project):
        (project / "bench" / "gates.toml").write_text('baseline = "default"', "utf-8")
        assert check("bad", cwd=project).returncode == 1
        (project / "bench" / "gates.toml").write_text(
            'baseline = "default"\ntolerance = { default = 0.5 }', "utf-8"
        )
        assert check("bad", cwd=project).returncode == 0
        for named in ("default", "results/default"):
            assert check("bad", "--against", named, cwd=project).returncode == 0
        # They are not for another baseline.
        assert check("bad", "--against", "good", cwd=project).returncode == 1
        assert (
            check("bad", "--against", "good", "--gates", "bench/gates.toml", cwd=project).returncode
            == 0
        )

    def test_floors_alone(self, project):
        (project / "floors.toml").write_text(
            "[[floor]]\ncorpus = 'mine'\nextractor = 'x'\nmetric = 'token'\nat = 0.95", "utf-8"
        )
        assert check("good", "--gates", "floors.toml", cwd=project).returncode == 0
        shown = check("bad", "--gates", "floors.toml", cwd=project)
        assert shown.returncode == 1
        assert "below the floor, 0.950" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["bad"], "nothing to check bad against"),
        (["bad", "--against", "defalt"], "did you mean default?"),
        (["none", "--against", "default"], "none is not a run"),
        (["results/default", "--against", "default"], "is the baseline itself"),
        (["bad", "--against", "default", "--gates", "none.toml"], "cannot read none.toml"),
        (["bad", "--against", "default", "--junit", "no/such/j.xml"], "No such file"),
        ([], "Missing argument"),
    ],
)
def test_bad_input_is_one_clear_message(made, arguments, says):
    shown = check(*arguments, cwd=made)
    assert shown.returncode == 2
    assert says in shown.stderr
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize(
    "written", ["default", "results/default", "results/../results/default", "."]
)
def test_gates_hold_however_their_baseline_is_written(made, tmp_path, written):
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "gates.toml").write_text(
        'baseline = "default"\n[[floor]]\ncorpus = "mine"\nextractor = "x"\nmetric = "token"\n'
        "at = 0.99\n"
    )
    (tmp_path / "results").symlink_to(made / "results")
    against = tmp_path / "results" / "default" if written == "." else written
    shown = check(made / "bad", "--against", against, cwd=tmp_path)
    assert "below the floor" in shown.stdout, shown.stderr
    assert shown.returncode == 1
