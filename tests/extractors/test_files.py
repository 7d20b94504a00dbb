"""Commands and services that a TOML file describes."""

import json
from pathlib import Path

import pytest

from boilerbench.errors import UserError
from boilerbench.execution.process import Limits, WorkerProcess
from boilerbench.extractors.files import from_file
from boilerbench.extractors.specs import spec
from tests.cli.shell import boilerbench

ANSWERS = """
import json, os, sys
send = lambda head, body=b"": (
    sys.stdout.buffer.write(json.dumps({**head, "bytes": len(body)}).encode() + b"\\n" + body),
    sys.stdout.buffer.flush(),
)
options = os.environ["BOILERBENCH_OPTIONS"]
"""
ECHO = (
    ANSWERS
    + """
send({})
for line in iter(sys.stdin.buffer.readline, b""):
    head = json.loads(line)
    keys = list(head)
    assert (keys[0], keys[1], keys[-1]) == ("id", "url", "bytes"), keys
    assert line.isascii() and b'{"id": "' == line[:8], line
    body = sys.stdin.buffer.read(head["bytes"])
    said = {"options": json.loads(options), "cwd": os.listdir(), "here": os.getcwd()}
    said |= {key: os.environ[key] for key in ("HOME", "TMPDIR", "BOILERBENCH_NETWORK")}
    send({"id": head["id"], "outcome": "ok"}, json.dumps(said).encode())
"""
)


def described(folder: Path, text: str, name: str = "mine.toml") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def program(folder: Path, source: str) -> Path:
    (folder / "mine.py").write_text(source)
    return described(folder, 'command = ["python3", "{here}/mine.py"]')


def ran(file: str, folder: Path):
    (folder / "c.jsonl").write_text(
        json.dumps({"id": 'ü", "url": "x\n', "html": "<p>hello", "text": "hello"}) + "\n"
    )
    return boilerbench("run", "-e", file, "-c", "c.jsonl", "-m", "token", "-o", "out", cwd=folder)


def text_of(folder: Path) -> dict:
    import boilerbench as bb

    (row,) = bb.Run(folder / "out").extractions().iter_rows(named=True)
    assert row["outcome"] == "ok", row["error"]
    return json.loads(row["text"])


def test_a_command_is_found_beside_its_file(tmp_path: Path) -> None:
    file = described(tmp_path, 'name = "mine too"\ncommand = ["node", "--x", "{here}/a{here}"]')
    made = spec(f"{file}[fast=true]")
    assert made.command == ("node", "--x", f"{tmp_path}/a{tmp_path}")
    assert str(made) == "mine too[fast=true]"
    assert spec(f"other={file}").label == "other"


def test_a_file_without_a_name_has_its_own(tmp_path: Path) -> None:
    assert from_file(described(tmp_path, 'command = ["x"]', "an-x.toml"), {}).name == "an-x"


def test_what_a_command_gets(tmp_path: Path) -> None:
    program(tmp_path, ECHO)
    done = ran("./mine.toml[mode=fast,least=3]", tmp_path)
    assert done.returncode == 0, done.stderr
    said = text_of(tmp_path)
    assert said["options"] == {"mode": "fast", "least": 3}
    assert said["cwd"] == []
    assert said["HOME"] == said["TMPDIR"] == said["here"] != str(tmp_path)
    assert not Path(said["here"]).exists()
    assert said["BOILERBENCH_NETWORK"] in ("seccomp", "open")


def test_a_release_that_is_not_stated_is_a_checksum_of_the_program(tmp_path: Path) -> None:
    versions = []
    for source in (ECHO, ECHO, ECHO + "\n# changed\n"):
        worker = WorkerProcess(spec(str(program(tmp_path, source))), Limits())
        versions.append(worker.ready()["version"])
        worker.kill()
    assert versions[0] == versions[1] != versions[2]


def test_a_refusal_is_the_user_s_to_mend(tmp_path: Path) -> None:
    program(tmp_path, ANSWERS + 'send({"refused": f"cannot do {options}"})')
    done = ran("./mine.toml[mode=fast]", tmp_path)
    assert done.returncode == 2
    assert 'mine[mode=fast]: cannot do {"mode": "fast"}' in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("print('hello')", "not a header line"),
        ("import sys; sys.exit(3)", "status 3"),
        ("import sys; sys.exit('no such model')", "no such model"),
        ("print('{}')", "a header without a count of bytes"),
    ],
)
def test_a_program_that_does_not_speak_the_protocol(tmp_path: Path, source: str, says: str) -> None:
    program(tmp_path, source)
    done = ran("./mine.toml", tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    described(tmp_path, 'command = ["no-such-program-at-all"]')
    done = ran("./mine.toml", tmp_path)
    assert done.returncode == 2
    assert "no-such-program-at-all" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "either command or url"),
        ('name = "x"', "either command or url"),
        ('command = ["x"]\nurl = "http://127.0.0.1/"', "either command or url"),
        ('command = "x"', "command must be a list of texts"),
        ("command = []", "command must be a list of texts"),
        ("command = [1]", "command must be a list of texts"),
        ('command = ["x"]\nname = 3', "name must be text"),
        ('command = ["x"]\nname = " "', "name must be text"),
        ('command = ["x"]\nnmae = "x"', "did you mean name"),
        ('comand = ["x"]', "did you mean command?"),
        ('name = "x"\ncomand = ["x"]', "did you mean command?"),
        ('command = ["x"]\nsend = "json"', "send"),
        ("command = [", "cannot read"),
    ],
)
def test_a_file_that_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UserError) as problem:
        from_file(described(tmp_path, text), {})
    assert says in str(problem.value)
    assert "mine.toml" in str(problem.value)
    assert "\n" not in problem.value.message
    assert max(map(len, str(problem.value).replace(str(tmp_path), "").splitlines())) <= 80


def test_no_file() -> None:
    with pytest.raises(UserError, match=r"there is no file no\.toml"):
        spec("no.toml")


def test_a_folder_and_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.toml").mkdir()
    with pytest.raises(UserError):
        spec(str(tmp_path / "a.toml"))
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="cannot read"):
        spec(str(tmp_path / "b.toml"))
