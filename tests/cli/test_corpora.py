import json
import os
import pty
import subprocess
import sys

import pytest

from boilerbench.corpora import pairs
from tests.cli.shell import boilerbench
from tests.corpora.test_warc import http, record


@pytest.fixture
def env(tmp_path):
    return {"BOILERBENCH_CORPORA": str(tmp_path / "corpora")}


@pytest.fixture
def mine(tmp_path):
    """A small corpus as JSON lines."""
    file = tmp_path / "mine.jsonl"
    records = [
        {"id": f"p/{n}", "html": f"<p>{n}</p>", "text": f"{n}", "lang": "de", "site": "e.org"}
        for n in range(3)
    ]
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    return file


def imported(mine, env, *more):
    return boilerbench("corpora", "import", mine, "--format", "jsonl", *more, env=env)


def test_list_is_readable_at_80_columns(env, mine):
    assert imported(mine, env, "--name", "mine", "--licence", "CC0 (all of it)").returncode == 0
    done = boilerbench("corpora", "list", env=env)
    assert done.stderr == ""
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines()}
    assert rows["gazette"][1] == "embedded"
    assert rows["mine"] == ["mine", "imported", "3", "de", "–", "CC0"]
    assert rows["wcxb:dev"][1:4] == ["–", "1497", "en"]
    assert rows["wcxb:test"][2] == "511"
    *table, place = done.stdout.splitlines()
    assert max(map(len, table)) <= 80
    assert "BOILERBENCH_CORPORA" in place
    assert place.endswith(env["BOILERBENCH_CORPORA"])


def test_list_for_programs(env):
    listed = json.loads(boilerbench("corpora", "list", "--format", "json", env=env).stdout)
    corpora = {corpus["name"]: corpus for corpus in listed["corpora"]}
    assert listed["place"] == env["BOILERBENCH_CORPORA"]
    assert corpora["scrapinghub"]["here"] == "absent"
    assert corpora["scrapinghub"]["folder"] is None
    assert corpora["scrapinghub"]["pages"] == 181
    splits = [(split["name"], split["here"]) for split in corpora["wcxb"]["splits"]]
    assert splits == [("dev", "absent"), ("test", "absent")]
    assert corpora["gazette"]["here"] == "embedded"
    assert corpora["gazette"]["pages"] > 0


def test_info_says_all_of_a_known_corpus(env):
    done = boilerbench("corpora", "info", "wcxb:test", env=env)
    said = " ".join(done.stdout.split())
    assert "test: 511 pages, absent, no digest" in said
    assert "139 ids (4011 to 4897) stand in dev and in test" in said
    assert "doi:10.5281/zenodo.19316874" in said
    assert "boilerbench corpora fetch wcxb" in said
    assert "size: 133 MB" in said
    assert "paths" not in said
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_info_reads_a_file(env, mine):
    done = boilerbench("corpora", "info", mine, "--format", "json", env=env)
    told = json.loads(done.stdout)
    assert (told["name"], told["pages"], told["sites"]) == ("mine", 3, 1)
    assert told["languages"] == {"de": 3}
    assert told["digest"].startswith("sha256:")
    shown = boilerbench("corpora", "info", mine, env=env).stdout
    assert "languages: de 3" in shown


def test_codes_for_a_terminal_are_shown_and_not_obeyed(env, mine):
    imported(mine, env, "--name", "mine", "--licence", "\x1b[31mred")
    for command in (["list"], ["info", "mine"]):
        done = boilerbench("corpora", *command, env=env)
        assert "\x1b" not in done.stdout
        assert "\\x1b[31mred" in done.stdout


def test_an_imported_corpus_is_used_by_its_name(env, mine, tmp_path):
    done = imported(mine, env, "--name", "mine", "--citation", "Me 2020", "--title", "T")
    assert (done.returncode, "left out" in done.stdout) == (0, False)
    assert "3 pages imported into" in done.stdout
    assert "--corpus mine" in done.stdout
    told = json.loads(boilerbench("corpora", "info", "mine", "--format", "json", env=env).stdout)
    assert (told["here"], told["title"], told["citation"]) == ("imported", "T", "Me 2020")
    assert f"digest {told['digest']}" in done.stdout
    output = tmp_path / "out.jsonl"
    command = ("corpora", "export", "mine", "--format", "jsonl", "-o", output)
    exported = boilerbench(*command, env=env)
    assert "3 pages exported" in exported.stdout
    assert exported.stderr == "jsonl does not keep title, citation; --format dir does\n"
    folder = boilerbench(
        "corpora", "export", "mine", "--format", "dir", "-o", tmp_path / "d", env=env
    )
    assert (folder.returncode, folder.stderr) == (0, "")
    assert exported.stdout.splitlines()[-1] == done.stdout.splitlines()[-1]
    again = boilerbench(*command, env=env)
    assert (again.returncode, "--force" in again.stderr) == (2, True)
    assert boilerbench(*command, "--force", env=env).returncode == 0


def test_an_import_says_what_an_archive_holds_besides(env, tmp_path):
    folder = tmp_path / "crawl"
    folder.mkdir()
    urls = [f"http://e.example/{n}" for n in range(4)]
    kinds = ["200 OK", "404 Not Found", "200 OK", "200 OK"]
    parts = [record(http(status=kind), url) for kind, url in zip(kinds, urls, strict=True)]
    (folder / "crawl.warc").write_bytes(b"".join(parts))
    (folder / "gold.jsonl").write_text(json.dumps({"url": urls[0], "text": "x"}))
    done = boilerbench("corpora", "import", folder, "--format", "warc", "--name", "c", env=env)
    assert done.stdout.splitlines()[1] == "left out: 2 without gold, 1 with HTTP status 404"


def test_help_names_the_folders_that_pairs_knows():
    said = " ".join(boilerbench("corpora", "import", "--help").stdout.split())
    names = said.partition("For pairs, ")[2].partition("side by side")[0]
    assert {*pairs.PAGES, *pairs.TEXTS} <= {*names.replace(",", " ").replace(";", " ").split()}


def test_help_says_where_fetched_corpora_go():
    assert "BOILERBENCH_CORPORA" in boilerbench("corpora", "fetch", "--help").stdout


def test_a_file_in_the_place_of_corpora_is_named(mine, tmp_path):
    (tmp_path / "file").write_text("x")
    done = imported(mine, {"BOILERBENCH_CORPORA": str(tmp_path / "file")}, "--name", "mine")
    assert done.returncode == 2
    assert f"{tmp_path / 'file'} is a file" in done.stderr
    assert "BOILERBENCH_CORPORA" in done.stderr


def test_a_corpus_may_be_imported_elsewhere(env, mine, tmp_path):
    done = imported(mine, env, "--output", tmp_path / "there")
    assert f"--corpus {tmp_path / 'there'}" in done.stdout
    told = boilerbench("corpora", "info", tmp_path / "there", "--format", "json", env=env)
    assert json.loads(told.stdout)["name"] == "there"
    assert not (tmp_path / "corpora").exists()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["info", "wcbx"], "did you mean wcxb"),
        (["info", "wcxb:tset"], "did you mean test"),
        (["fetch", "scrapinhub"], "did you mean scrapinghub"),
        (["fetch", "scrapinghub", "daneil"], "did you mean daniel"),
        (["fetch", "daniel:dev"], "daniel has no splits"),
        (["fetch", "daniel", "wcxb", "--from", "."], "--from is the copy of one corpus"),
        (["fetch", "daniel", "--from", "."], "is not a whole copy of daniel"),
        (["import", ".", "--format", "jsonl"], "--name NAME"),
        (["import", ".", "--format", "jsonl", "--name", "wcxb"], "another name"),
        (["import", ".", "--format", "dri", "--name", "x"], "did you mean dir"),
        (["import", ".", "--format", "jsonl", "--name", "x"], "cannot read"),
        (["export", "daniel", "--format", "jsonl", "-o", "x.jsonl"], "corpora fetch daniel"),
        (["export", "gazette", "--format", "jsonl", "-o", "-"], "not to stdout"),
        (["export", "gazette", "--format", "parquet", "-o", "e.txt"], "let it end in .parquet"),
        (["export", "gazette", "--format", "jsonl", "-o", "/proc/s.jsonl"], "write /proc/s.jsonl:"),
        (["fetch", "wcxb:test", "--from", "."], "wcxb:test: this copy has no split test"),
    ],
)
def test_bad_input_ends_with_2_and_leaves_nothing(env, tmp_path, command, says):
    (tmp_path / "here").mkdir()
    done = boilerbench("corpora", *command, cwd=tmp_path / "here", env=env)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "here").iterdir()) == []
    assert not (tmp_path / "corpora").exists() or not list((tmp_path / "corpora").iterdir())


def test_the_embedded_corpus_need_not_be_fetched(env):
    done = boilerbench("corpora", "fetch", "gazette", env=env)
    assert (done.returncode, "nothing to fetch" in done.stdout) == (0, True)


def test_a_fetch_says_first_what_it_brings(env, scrapinghub):
    done = boilerbench("corpora", "fetch", "scrapinghub", "--from", scrapinghub, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[1].startswith("licence: MIT")
    assert lines[2] == "size: 8 MB"
    assert lines[3].startswith("cite: Scrapinghub")
    assert lines[-1].startswith("scrapinghub: 181 pages fetched and verified, in ")
    again = boilerbench("corpora", "fetch", "scrapinghub", env=env)
    assert again.returncode == 0
    assert again.stdout.startswith("scrapinghub: 181 pages there already, and intact")
    listed = boilerbench("corpora", "list", env=env).stdout
    assert [line.split()[1] for line in listed.splitlines() if "scrapinghub" in line] == ["fetched"]


def test_a_home_that_cannot_be_reached_is_one_clear_message(env, tmp_path):
    mirror = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "url.http://127.0.0.1:1/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/",
    }
    done = boilerbench("corpora", "fetch", "daniel", env=env | mirror)
    assert done.returncode == 2
    assert "licence: GPL-3.0" in done.stdout
    message, hint = done.stderr.splitlines()
    assert message.startswith("boilerbench: cannot reach https://github.com/rundimeco/waddle")
    assert "--from DIR" in hint
    assert list((tmp_path / "corpora").iterdir()) == []


def test_a_terminal_shows_how_it_goes_on(env, scrapinghub):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "boilerbench", "corpora", "fetch", "scrapinghub"]
    done = subprocess.run(
        [*command, "--from", str(scrapinghub)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | env | {"TERM": "xterm"},
        timeout=300,
    )
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
    except OSError:  # how a terminal says that nobody writes any more
        pass
    os.close(ours)
    assert done.returncode == 0
    assert b"scrapinghub" in seen


def test_a_broken_folder_does_not_stop_the_list(tmp_path):
    bad = tmp_path / "corpora" / "bad"
    (bad / "pages").mkdir(parents=True)
    (bad / "corpus.toml").write_text("")
    for name in ("a.html", "a.html.gz"):
        (bad / "pages" / name).write_bytes(b"")
    done = boilerbench(
        "corpora", "list", "--format", "json", env={"BOILERBENCH_CORPORA": str(bad.parent)}
    )
    assert done.returncode == 0, done.stderr
    assert {"bad", "gazette"} <= {one["name"] for one in json.loads(done.stdout)["corpora"]}
