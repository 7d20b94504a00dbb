import functools
import gzip
import http.server
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from boilerbench.corpora import load_corpus
from boilerbench.corpora.digest import Digest
from boilerbench.corpora.fetch import RECORD, fetch, state, why_left_out
from boilerbench.corpora.load import READERS
from boilerbench.corpora.manifest import Split, known
from boilerbench.errors import UserError

HOST = "https://corpora.example/"
SIGNED = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
MISSING = "0123456789" * 4


def git(*arguments, **options):
    command = ["git", *SIGNED, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, **options)
    return done.stdout.strip()


def commit(work, repository, message="snapshot"):
    """Everything in a folder as one commit of a repository elsewhere."""
    if not repository.exists():
        git("init", "-q", "-b", "main", "--bare", repository)
    there = (f"--git-dir={repository}", f"--work-tree={work}", "-c", "core.bare=false")
    git(*there, "add", "-A", "-f")
    git(*there, "commit", "-q", "-m", message)
    return git(*there, "rev-parse", "HEAD")


def write(folder, pages):
    """A corpus in scrapinghub's layout, with something beside it that nobody needs."""
    (folder / "html").mkdir(parents=True, exist_ok=True)
    truth = {page_id: {"articleBody": text, "url": "http://e.org"} for page_id, text in pages}
    (folder / "ground-truth.json").write_text(json.dumps(truth))
    for page_id, text in pages:
        packed = gzip.compress(f"<p>{text}</p>\r\n".encode(), mtime=0)
        (folder / "html" / f"{page_id}.html.gz").write_bytes(packed)
    (folder / "output").mkdir(exist_ok=True)
    (folder / "output" / "big.json").write_text("[]" * 1000)
    (folder / "deep" / "html").mkdir(parents=True, exist_ok=True)
    (folder / "deep" / "html" / "not-this").write_text("x")


def digest_of(folder, reader="scrapinghub"):
    digest = Digest()
    for page, gold in READERS.load(reader)(folder):
        digest.add(page, gold)
    return str(digest)


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """The folder of repositories that git takes instead of HOST."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    (tmp_path / "gitconfig").write_text(f'[url "file://{folder}/"]\n\tinsteadOf = {HOST}\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return folder


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("BOILERBENCH_CORPORA", str(tmp_path / "corpora"))
    return tmp_path / "corpora" / "scrapinghub"


@pytest.fixture
def work(tmp_path):
    write(tmp_path / "work", [("a", "one"), ("b", "two")])
    return tmp_path / "work"


@pytest.fixture
def manifest(mirror, place, work):
    """scrapinghub's manifest for a small repository in the mirror."""
    return replace(
        known()["scrapinghub"],
        home=f"{HOST}small",
        commit=commit(work, mirror / "small"),
        paths=("ground-truth.json", "html"),
        splits=(Split(None, 2, digest_of(work)),),
    )


def names(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def refused(*args, **options):
    with pytest.raises(UserError) as caught:
        fetch(*args, **options)
    return caught.value


def nothing_left(place):
    return not place.parent.exists() or list(place.parent.iterdir()) == []


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Closed(Quiet):
    def do_GET(self):
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def serving(handler):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


FILES = [RECORD, "ground-truth.json", "html/a.html.gz", "html/b.html.gz"]


def test_a_mirror_gives_the_pinned_commit_and_only_what_is_needed(manifest, mirror, work, place):
    write(work, [("a", "one"), ("b", "changed since")])
    commit(work, mirror / "small", "later")
    done = fetch(manifest)
    assert (done.folder, done.anew, done.left_out) == (place, True, ())
    assert names(place) == FILES
    assert list(place.parent.iterdir()) == [place]
    assert digest_of(place) == manifest.split().digest
    record = json.loads((place / RECORD).read_text())
    assert (record["name"], record["home"]) == ("scrapinghub", f"{HOST}small")
    assert (record["commit"], record["verified"]) == (manifest.commit, "commit")


def test_a_mirror_may_be_set_in_the_environment(manifest, mirror, place, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.file://{mirror}/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", HOST)
    assert fetch(manifest).anew


@pytest.mark.parametrize("settings", [{}, {"uploadpack.allowFilter": "true"}])
def test_files_come_whether_or_not_the_server_knows_filters(manifest, mirror, place, settings):
    for key, value in settings.items():
        git("-C", mirror / "small", "config", key, value)
    fetch(manifest)
    assert names(place) == FILES


def test_a_server_that_gives_no_commit_by_its_hash(manifest, mirror, work, place, monkeypatch):
    write(work, [("a", "one"), ("b", "changed since")])
    commit(work, mirror / "small", "later")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "protocol.version")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "0")
    assert fetch(manifest).anew
    assert names(place) == FILES


def test_a_server_that_only_hands_out_files(manifest, mirror, place):
    git("-C", mirror / "small", "update-server-info")
    with serving(functools.partial(Quiet, directory=str(mirror))) as home:
        fetch(replace(manifest, home=f"{home}/small"))
    assert names(place) == FILES


def test_inside_a_hook_of_another_repository(manifest, work, monkeypatch, tmp_path):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert fetch(manifest).anew


def test_what_is_there_and_intact_stays(manifest, place):
    fetch(manifest)
    before = (place / RECORD).stat()
    assert not fetch(manifest).anew
    assert (place / RECORD).stat() == before
    assert fetch(manifest, force=True).anew
    assert (place / RECORD).stat().st_ino != before.st_ino
    assert list(place.parent.iterdir()) == [place]


@pytest.mark.parametrize(
    "damage",
    [
        lambda place: (place / "html" / "a.html.gz").write_bytes(b""),
        lambda place: (place / "html" / "a.html.gz").unlink(),
        lambda place: (place / "html" / "c.html.gz").write_bytes(b"new"),
        lambda place: (place / "html" / "c").symlink_to(place),
    ],
)
def test_what_was_damaged_is_fetched_again(manifest, place, damage):
    fetch(manifest)
    damage(place)
    assert fetch(manifest).anew
    assert names(place) == FILES


def test_a_corpus_of_an_earlier_release_is_replaced(manifest, mirror, work, place):
    fetch(manifest)
    assert state(manifest) == "fetched"
    write(work, [("a", "one"), ("b", "newer")])
    newer = replace(
        manifest,
        commit=commit(work, mirror / "small", "later"),
        splits=(Split(None, 2, digest_of(work)),),
    )
    assert state(newer) == "outdated"
    assert fetch(newer).anew
    assert state(newer) == "fetched"
    assert state(manifest) == "outdated"


def test_a_repository_without_the_commit_leaves_nothing(manifest, place):
    problem = refused(replace(manifest, commit=MISSING))
    assert problem.message.startswith(f"{HOST}small has no commit {MISSING}")
    assert "--from DIR" in problem.hint
    assert "\n" not in problem.message
    assert nothing_left(place)


def test_other_bytes_than_the_pinned_ones_leave_nothing(manifest, place):
    wrong = f"sha256:{'0' * 64}"
    problem = refused(replace(manifest, splits=(Split(None, 2, wrong),)))
    assert f"does not hold scrapinghub 4a3bc97: its digest is {manifest.split().digest}" in str(
        problem
    )
    assert nothing_left(place)


def test_a_repository_that_holds_something_else_leaves_nothing(manifest, mirror, tmp_path, place):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "readme").write_text("hello")
    other = commit(tmp_path / "other", mirror / "other")
    problem = refused(replace(manifest, home=f"{HOST}other", commit=other))
    assert "is not a whole copy of scrapinghub" in problem.message
    assert ".boilerbench-" not in problem.message
    assert nothing_left(place)


def test_a_corpus_that_cannot_be_read_is_refused_even_where_no_digest_is_pinned(
    manifest, mirror, work, place
):
    (work / "html" / "a.html.gz").write_bytes(b"not packed")
    broken = commit(work, mirror / "small", "broken")
    problem = refused(replace(manifest, commit=broken, splits=(Split(None, 2, None),)))
    assert problem.message.startswith(f"{HOST}small is not a whole copy of scrapinghub")
    assert nothing_left(place)


def test_pages_are_counted_and_not_taken_from_the_manifest(manifest, place):
    vague = replace(manifest, splits=(Split(None, 738, None),))
    assert fetch(vague).splits == (Split(None, 2, None),)
    assert fetch(vague).splits == (Split(None, 2, None),)


def test_a_failed_fetch_leaves_what_was_there(manifest, place):
    fetch(manifest)
    refused(replace(manifest, commit=MISSING), force=True)
    assert list(place.parent.iterdir()) == [place]
    assert not fetch(manifest).anew


def test_no_such_repository(manifest, place):
    problem = refused(replace(manifest, home=f"{HOST}none"))
    assert problem.message.startswith(f"no repository can be read at {HOST}none (fatal:")
    assert nothing_left(place)


def test_no_such_host(manifest, place):
    problem = refused(replace(manifest, home="http://127.0.0.1:1/none"))
    assert problem.message.startswith("cannot reach http://127.0.0.1:1/none (fatal:")
    assert "insteadOf" in problem.hint
    assert nothing_left(place)


def test_a_server_that_wants_a_password_is_not_asked_for_one(manifest, monkeypatch, tmp_path):
    asked = tmp_path / "asked"
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\ntouch {asked}\necho x\n")
    ask.chmod(0o755)
    monkeypatch.setenv("GIT_ASKPASS", str(ask))
    monkeypatch.setenv("SSH_ASKPASS", str(ask))
    with serving(Closed) as home:
        problem = refused(replace(manifest, home=f"{home}/x"))
    assert problem.message.startswith("no repository can be read at http://127.0.0.1")
    assert not asked.exists()


def test_without_git(manifest, place, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused(manifest).message == "git is not installed"
    assert nothing_left(place)


FAKE = """#!/bin/sh
for last; do case "$last" in {at})
  {do}
esac; done
exec {git} "$@"
"""


@pytest.fixture
def fake_git(tmp_path, monkeypatch):
    """Puts a git first on PATH that does something else at one of its commands."""

    def make(at, do):
        folder = tmp_path / "bin"
        folder.mkdir()
        real = shutil.which("git")
        (folder / "git").write_text(FAKE.format(at=at, do=do, git=real))
        (folder / "git").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return make


def test_a_full_disk(manifest, place, fake_git):
    fake_git("checkout", "echo 'fatal: cannot write: No space left on device' >&2; exit 128")
    problem = refused(manifest)
    assert problem.message.startswith("the disk is full")
    assert "BOILERBENCH_CORPORA" in problem.hint
    assert nothing_left(place)


def test_another_commit_than_was_asked_for(manifest, place, fake_git):
    fake_git("rev-parse", f"echo {MISSING}; exit 0")
    assert MISSING in refused(manifest).message
    assert nothing_left(place)


@pytest.fixture
def hostile(manifest, mirror, work, tmp_path, monkeypatch):
    """A repository that wants more than to be read, and a user whose git would let it."""
    ran = tmp_path / "ran"
    template = tmp_path / "template" / "hooks"
    template.mkdir(parents=True)
    (template / "post-checkout").write_text(f"#!/bin/sh\ntouch {ran}\n")
    (template / "post-checkout").chmod(0o755)
    with (tmp_path / "gitconfig").open("a") as config:
        config.write(f"[init]\n\ttemplateDir = {template.parent}\n")
        config.write("[core]\n\tautocrlf = true\n\tsymlinks = true\n")
        config.write(f"[core]\n\thooksPath = {template}\n")
        config.write(f'[filter "lfs"]\n\tsmudge = touch {ran}; cat\n\trequired = true\n')
    (work / "html" / ".gitattributes").write_text("* text eol=crlf\n")
    commit(work, mirror / "small", "attributes")
    (work / "html" / "link").symlink_to("/etc/passwd")
    (work / "html" / "folder").symlink_to("../output")
    (work / ".gitattributes").write_text(
        "*.json filter=lfs text eol=crlf ident\n*.gz working-tree-encoding=UTF-16\n"
    )
    (work / "ground-truth.json").write_text(
        (work / "ground-truth.json").read_text().replace(", ", ",\n").replace(".org", ".org/$Id$")
    )
    # As a blob that was never filtered: this is how such a repository is made.
    there = f"--git-dir={mirror / 'small'}"
    for path in ("ground-truth.json", "html/a.html.gz", ".gitattributes"):
        blob = git(there, "hash-object", "-w", "--no-filters", work / path)
        git(there, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    for path in ("html/link", "html/folder"):
        target = os.readlink(work / path)
        blob = git(there, "hash-object", "-w", "--stdin", input=target)
        git(there, "update-index", "--add", "--cacheinfo", f"120000,{blob},{path}")
    tree = git(there, "write-tree")
    head = git(there, "commit-tree", tree, "-p", "HEAD", "-m", "hostile")
    git(there, "update-ref", "refs/heads/main", head)
    return replace(manifest, commit=head, splits=(Split(None, 2, None),)), ran


def test_nothing_in_a_repository_is_obeyed(hostile, work, place):
    manifest, ran = hostile
    fetch(manifest)
    assert not ran.exists()
    for path in ("ground-truth.json", "html/a.html.gz"):
        assert (place / path).read_bytes() == (work / path).read_bytes()
    assert [path for path in place.rglob("*") if path.is_symlink()] == []
    assert (place / "html" / "link").read_text() == "/etc/passwd"


CHILD = """
import pickle, signal, sys
from boilerbench.corpora.fetch import fetch
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
fetch(pickle.load(open(sys.argv[1], "rb")))
"""


@pytest.fixture
def child(manifest, tmp_path):
    """Starts a fetch in a process of its own."""
    (tmp_path / "manifest").write_bytes(pickle.dumps(manifest))

    def start():
        command = [sys.executable, "-c", CHILD, str(tmp_path / "manifest")]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    return start


def waiting(file, process):
    """The process id that a git wrote down before it fell asleep."""
    for _ in range(600):
        if file.exists() and file.read_text().endswith("\n"):
            return int(file.read_text())
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    raise AssertionError("git was never called")


@pytest.mark.parametrize("at", ["init", "fetch", "checkout", "rev-parse"])
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_a_fetch_that_is_stopped_leaves_no_corpus(
    manifest, place, child, fake_git, tmp_path, monkeypatch, at, stop
):
    path = os.environ["PATH"]
    pid = tmp_path / "pid"
    fake_git(at, f"echo $$ > {pid}; exec sleep 600")
    process = child()
    asleep = waiting(pid, process)
    process.send_signal(stop)
    process.communicate(timeout=300)
    assert process.returncode != 0
    assert not place.exists()
    monkeypatch.setenv("PATH", path)
    if stop == signal.SIGKILL:
        assert [manifest.name for manifest in known().values() if manifest.folder] == ["gazette"]
        assert fetch(manifest).anew
        assert len(list(place.parent.iterdir())) == 2  # the other's git is still at it
        os.kill(asleep, signal.SIGKILL)
        while Path(f"/proc/{asleep}/cmdline").exists():
            time.sleep(0.05)
        fetch(manifest, force=True)
        assert list(place.parent.iterdir()) == [place]
    else:
        assert nothing_left(place)
        with pytest.raises(ProcessLookupError):
            os.kill(asleep, 0)


def test_fetches_at_the_same_time_do_not_harm_each_other(manifest, place, child):
    processes = [child() for _ in range(4)]
    said = [process.communicate(timeout=120)[1] for process in processes]
    assert [(p.returncode, s) for p, s in zip(processes, said, strict=True)] == [(0, "")] * 4
    assert list(place.parent.iterdir()) == [place]
    assert not fetch(manifest).anew


def test_the_slower_of_two_fetches_leaves_the_other_in_place(
    manifest, place, child, fake_git, tmp_path, monkeypatch
):
    path = os.environ["PATH"]
    pid, go = tmp_path / "pid", tmp_path / "go"
    fake_git("rev-parse", f"echo $$ > {pid}; while [ ! -e {go} ]; do sleep 0.05; done")
    process = child()
    waiting(pid, process)
    monkeypatch.setenv("PATH", path)
    assert fetch(manifest).anew
    before = place.stat()
    go.touch()
    assert process.communicate(timeout=60)[1] == ""
    assert process.returncode == 0
    assert place.stat() == before
    assert list(place.parent.iterdir()) == [place]


def test_what_boilerbench_did_not_fetch_is_not_replaced(manifest, place):
    place.mkdir(parents=True)
    (place / "mine").write_text("x")
    problem = refused(manifest)
    assert "was not fetched by boilerbench" in problem.message
    assert names(place) == ["mine"]
    assert fetch(manifest, force=True).anew
    assert names(place) == FILES


def test_a_copy_is_verified_and_only_what_is_needed_is_taken(manifest, work, place):
    done = fetch(manifest, work)
    assert done.anew
    assert names(place) == FILES
    assert json.loads((place / RECORD).read_text())["verified"] == "digest"
    assert not fetch(manifest).anew
    assert state(manifest) == "fetched"


def test_a_copy_with_other_bytes_is_refused(manifest, work, place):
    write(work, [("a", "one"), ("b", "tow")])
    assert f"{work} does not hold scrapinghub" in refused(manifest, work).message
    (work / "html" / "a.html.gz").unlink()
    assert refused(manifest, work).message.startswith(f"{work} is not a whole copy")
    assert nothing_left(place)


def test_a_link_in_a_copy_is_not_followed(manifest, work, tmp_path, place):
    (tmp_path / "secret").write_text("x")
    (work / "html" / "c.html.gz").symlink_to(tmp_path / "secret")
    assert "is not a plain file" in refused(manifest, work).message
    (work / "html" / "c.html.gz").unlink()
    (work / "html" / "c").symlink_to(tmp_path)
    assert "is not a plain file" in refused(manifest, work).message
    (work / "html" / "c").unlink()
    (work / "html").rename(tmp_path / "html")
    (work / "html").symlink_to(tmp_path / "html")
    assert "is a link" in refused(manifest, work).message
    assert nothing_left(place)


def test_a_copy_that_nobody_can_verify_is_refused(manifest, work, place):
    unknown = replace(manifest, splits=(Split(None, 2, None),))
    problem = refused(unknown, work)
    assert problem.message == f"{work} cannot be verified: no digest of scrapinghub is known"
    assert manifest.commit in problem.hint
    assert nothing_left(place)


def test_a_clone_is_verified_by_its_commit_whatever_its_files_are(
    manifest, mirror, tmp_path, place
):
    clone = tmp_path / "clone"
    git("clone", "-q", mirror / "small", clone)
    (clone / "html" / "a.html.gz").write_bytes(b"changed")
    fetch(replace(manifest, splits=(Split(None, 2, None),)), clone)
    assert digest_of(place) == manifest.split().digest


def test_splits_are_verified_each(manifest, mirror, work, tmp_path, place):
    """A copy's split without a digest stays out; from a clone all of them come."""
    (work / "test").mkdir()
    (work / "test" / "x").write_text("x")
    parts = (
        Split("dev", 2, manifest.split().digest, ("html", "ground-truth.json")),
        Split("test", 2, None, ("test",)),
    )
    READERS._targets["in-splits"] = f"{__name__}:read_split"
    try:
        whole = replace(
            manifest,
            reader="in-splits",
            paths=("deep",),
            splits=parts,
            commit=commit(work, mirror / "small", "splits"),
        )
        done = fetch(whole, work)
        assert (done.splits, done.left_out) == (parts[:1], parts[1:])
        assert names(place) == ["deep/html/not-this", *FILES]
        assert not fetch(whole, work).anew
        assert [state(whole, split) for split in parts] == ["fetched", "absent"]
        assert why_left_out(work, parts[1]) == "no digest is known to verify it by"
        done = fetch(whole)
        assert (done.splits, done.left_out, done.anew) == (parts, (), True)
        assert "test/x" in names(place)
        assert [state(whole, split) for split in parts] == ["fetched", "fetched"]
        shutil.rmtree(work / "html")
        (work / "ground-truth.json").unlink()
        assert "html, ground-truth.json is missing" in refused(whole, work, force=True).message
    finally:
        del READERS._targets["in-splits"]


def test_a_split_that_was_named_is_delivered_or_an_error(manifest, work, place):
    """The reason is the true one: the copy lacks it, or nobody can verify it."""
    digest = manifest.split().digest
    READERS._targets["in-splits"] = f"{__name__}:read_split"
    try:
        parts = (
            Split("dev", 2, digest, ("html", "ground-truth.json")),
            Split("test", 2, None, ("test",)),
        )
        whole = replace(manifest, reader="in-splits", splits=parts)
        problem = refused(whole, work, split="test")
        assert problem.message.endswith("scrapinghub:test: this copy has no split test")
        assert manifest.commit in problem.hint
        (work / "test").mkdir()
        (work / "test" / "x").write_text("x")
        assert refused(whole, work, split="test").message.endswith(
            "scrapinghub:test: no digest is known to verify it by"
        )
        assert nothing_left(place)
        assert fetch(whole, work, split="dev").splits == parts[:1]
        assert "no digest is known" in refused(whole, work, split="test").message
        assert state(whole, parts[0]) == "fetched"
    finally:
        del READERS._targets["in-splits"]


def test_a_damaged_corpus_says_how_to_get_it_again(manifest, place, work):
    fetch(manifest)
    (place / "ground-truth.json").write_text("{")
    with pytest.raises(UserError) as caught:
        load_corpus("scrapinghub")
    assert "Error(" not in caught.value.message
    assert caught.value.message.startswith(f"{place} is not a whole copy of scrapinghub: ground")
    assert caught.value.hint.endswith("boilerbench corpora fetch scrapinghub --force")
    shutil.copytree(place, work, dirs_exist_ok=True)
    with pytest.raises(UserError) as caught:
        load_corpus("scrapinghub", work)
    assert caught.value.hint == ""


def test_a_split_that_was_not_fetched_says_how_to_get_it(manifest, place):
    (place / "dev").mkdir(parents=True)
    place.rename(place.with_name("wcxb"))
    with pytest.raises(UserError) as caught:
        load_corpus("wcxb:test")
    assert caught.value.message.endswith("is not a whole copy of wcxb: test is missing")
    assert "boilerbench corpora fetch wcxb" in caught.value.hint


def read_split(folder, split):
    for page, gold in READERS.load("scrapinghub")(folder):
        if split == "dev" or not (folder / "test" / "x").exists():
            yield page, gold
        else:
            yield replace(page, id=f"x{page.id}"), replace(gold, page_id=f"x{page.id}")


@pytest.mark.parametrize("name", ["scrapinghub", pytest.param("wcxb", marks=pytest.mark.slow)])
def test_a_real_corpus_is_fetched_by_git_and_has_the_pinned_digest(
    name, upstream, mirror, place, monkeypatch
):
    copy = upstream({"wcxb": "wcxb-dev"}.get(name, name))
    shipped = known()[name]
    base, _, last = shipped.home.rpartition("/")
    (Path(os.environ["GIT_CONFIG_GLOBAL"])).write_text(
        f'[url "file://{mirror}/"]\n\tinsteadOf = {base}/\n'
    )
    manifest = replace(shipped, commit=commit(copy, mirror / last))
    if name == "wcxb":  # the copy at hand has no other split
        manifest = replace(manifest, splits=manifest.splits[:1])
    done = fetch(manifest)
    assert done.anew
    assert sorted(path.name for path in done.folder.iterdir()) == sorted(
        {RECORD, *(path.split("/")[0] for path in (*manifest.paths, *manifest.splits[0].paths))}
    )
    corpus = load_corpus(name)
    assert len(corpus) == manifest.split().pages
    assert not fetch(manifest).anew


def test_the_home_of_a_real_corpus_without_its_commit_leaves_nothing(mirror, work, place):
    """Such is a repository that was made from an archive: right files, another hash."""
    shipped = known()["scrapinghub"]
    base, _, last = shipped.home.rpartition("/")
    Path(os.environ["GIT_CONFIG_GLOBAL"]).write_text(
        f'[url "file://{mirror}/"]\n\tinsteadOf = {base}/\n'
    )
    commit(work, mirror / last)
    assert f"has no commit {shipped.commit}" in refused(shipped).message
    assert nothing_left(place)
