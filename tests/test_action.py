"""The GitHub Action and the pre-commit hook, as far as they can be tried without GitHub."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step.get("name", step.get("uses")): step for step in ACTION["runs"]["steps"]}
HOOKS_FILE = ROOT / ".pre-commit-hooks.yaml"
HOOKS = yaml.safe_load(HOOKS_FILE.read_text("utf-8"))

RECORDER = """#!{python}
import json, os, sys
with open({calls!r}, "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
if not {{"check", "report"}}.isdisjoint(sys.argv):
    sys.exit(int(os.environ.get("FAKE_CODE", "0")))
"""
EVIL = "$(touch pwned) `touch pwned`; touch pwned '\" ${{ x }} *"


@pytest.fixture
def step(tmp_path):
    """Runs a step's script with a `python` that records how it is called; what it wrote down, the
    ended process, and the outputs."""
    calls = tmp_path / "calls"
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for name in ("python", "boilerbench"):
        (bin_ / name).write_text(RECORDER.format(python=sys.executable, calls=str(calls)))
        (bin_ / name).chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()

    def run(name, code=0, **inputs):
        known = ACTION["inputs"]
        assert set(inputs) <= {key.replace("-", "_") for key in known}
        env = {}
        for variable, written in STEPS[name]["env"].items():
            key = re.fullmatch(r"\$\{\{ (?:inputs|github)\.([\w-]+) \}\}", written)[1]
            default = known.get(key, {}).get("default", "/the/action")
            env[variable] = inputs.get(key.replace("-", "_"), default if key in known else "/a b")
            if key in known and "default" not in known[key]:
                env[variable] = inputs.get(key.replace("-", "_"), "")
        calls.unlink(missing_ok=True)
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]],
            cwd=work,
            env={
                "PATH": f"{bin_}:{os.environ['PATH']}",
                "GITHUB_OUTPUT": str(tmp_path / "outputs"),
                "FAKE_CODE": str(code),
                **env,
            },
            capture_output=True,
            text=True,
        )
        assert not list(work.rglob("pwned"))
        seen = calls.read_text().splitlines() if calls.exists() else []
        return [json.loads(line) for line in seen], done

    return run


def test_what_a_user_gives_is_in_no_script():
    for one in ACTION["runs"]["steps"]:
        assert "${{" not in one.get("run", "")
        if "run" in one:
            assert one["shell"] == "bash"
            assert one["run"].startswith("set -euo pipefail\n")
    expressions = re.findall(r"\$\{\{(.*?)\}\}", (ROOT / "action.yml").read_text("utf-8"))
    named = {name for one in expressions for name in re.findall(r"inputs\.([\w-]+)", one)}
    conditions = " ".join(str(one.get("if", "")) for one in ACTION["runs"]["steps"])
    named |= set(re.findall(r"inputs\.([\w-]+)", conditions))
    assert named == set(ACTION["inputs"])


def test_every_input_is_described_and_every_action_pinned():
    assert all(one["description"] for one in ACTION["inputs"].values())
    used = [one["uses"] for one in ACTION["runs"]["steps"] if "uses" in one]
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", one) for one in used)


def test_it_installs_itself_or_a_release(step):
    assert step("install boilerbench")[0] == [["-m", "pip", "install", "--quiet", "/a b"]]
    assert step("install boilerbench", version="0.2")[0][0][-1] == "boilerbench==0.2"
    assert step("install boilerbench", version=EVIL)[0][0][-1] == f"boilerbench=={EVIL}"


def test_it_runs_what_is_asked_for_line_by_line(step, tmp_path):
    plain = ["-m", "boilerbench", "run", "--suite=default", "--output=results/action", "--fresh"]
    assert step("run")[0] == [plain]
    calls, done = step(
        "run",
        corpus="gazette\n\n  \nmy pages\n",
        extractors=f"trafilatura[favor_precision=true]\n{EVIL}",
        fast="true",
        reuse="nowhere",
        options=f"--timeout=5\n\n--gold={EVIL}",
    )
    assert done.returncode == 0, done.stderr
    assert calls[0][6:] == [
        "--corpus=gazette",
        "--corpus=my pages",
        "--extractor=trafilatura[favor_precision=true]",
        f"--extractor={EVIL}",
        "--timeout=5",
        f"--gold={EVIL}",
        "--fast",
    ]


@pytest.mark.parametrize("code", [0, 2])
def test_an_earlier_run_is_of_use_if_it_can_be_read(step, tmp_path, code):
    earlier = tmp_path / "-earlier $(touch pwned)"
    earlier.mkdir()
    (earlier / "run.json").touch()
    calls, done = step("run", code, reuse=str(earlier))
    assert calls[0][2:] == ["report", "--format=csv", "--", str(earlier)]
    assert (calls[1][-1] == f"--reuse={earlier}") == (code == 0)
    assert ("nothing is reused" in done.stdout) == (code != 0)
    assert done.returncode == 0


@pytest.mark.parametrize("wrong", [{"fail_on": "nevr"}, {"fast": "True"}])
def test_nothing_is_run_by_a_mistake(step, wrong):
    calls, done = step("run", **wrong)
    assert (calls, done.returncode) == ([], 2)
    assert next(iter(wrong)).replace("_", "-") in done.stderr


@pytest.mark.parametrize(
    ("fail_on", "code", "ends"),
    [
        ("not-comparable", 0, 0),
        ("not-comparable", 1, 1),
        ("not-comparable", 3, 3),
        ("worse", 1, 1),
        ("worse", 3, 0),
        ("never", 1, 0),
        ("never", 3, 0),
        ("never", 2, 2),  # wrong usage is no verdict
    ],
)
def test_how_it_ends(step, tmp_path, fail_on, code, ends):
    calls, done = step("check", code, fail_on=fail_on, baseline="default", gates=EVIL)
    assert done.returncode == ends
    verdict = {0: "fine", 1: "worse", 3: "not-comparable"}.get(code)
    assert calls[0][2:] == [
        *("check", "--github", "--junit=results/action/check.xml"),
        *("--summary=results/action/check.md", "--against=default", f"--gates={EVIL}"),
        *("--", "results/action"),
    ]
    if verdict:
        assert (tmp_path / "outputs").read_text() == f"verdict={verdict}\n"


def test_the_report_is_kept_whatever_happens():
    kept = STEPS["keep the report"]
    assert "always()" in kept["if"]
    assert kept["with"]["if-no-files-found"] == "ignore"


def test_commands_are_given_options_that_they_have(step):
    from boilerbench.cli.check import check
    from boilerbench.cli.report import report
    from boilerbench.cli.run import run

    for commands, name in (((run, report), "run"), ((check,), "check")):
        known = {option for command in commands for one in command.params for option in one.opts}
        used = set(re.findall(r"(?<!\w)--[a-z]+", STEPS[name]["run"])) - {"--"}
        assert used <= known


class TestTheHook:
    HOOK = HOOKS[0]

    def test_it_runs_and_checks(self, step, tmp_path):
        work, calls = tmp_path / "work", tmp_path / "calls"
        subprocess.run(["git", "init", "--quiet", work], check=True)
        given = ["mine", "--corpus", "my pages", "-e", EVIL]
        done = subprocess.run(
            [*shlex.split(self.HOOK["entry"]), *given],
            cwd=work,
            env=os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "FAKE_CODE": "3"},
            capture_output=True,
            text=True,
        )
        out = str(work / ".git" / "boilerbench")
        assert [json.loads(line) for line in calls.read_text().splitlines()] == [
            ["run", "--fresh", "--output", out, "--corpus", "my pages", "-e", EVIL],
            ["check", "--against", "mine", "--", out],
        ]
        assert done.returncode == 3
        assert not list(work.rglob("pwned"))

    def test_pre_commit_understands_it(self):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pre_commit",
                "validate-manifest",
                ROOT / ".pre-commit-hooks.yaml",
            ],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout
