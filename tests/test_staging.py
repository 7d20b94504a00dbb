import errno
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from boilerbench.errors import UserError
from boilerbench.staging import staging, sweep


def make(stage, text="new"):
    stage.whole.mkdir()
    (stage.whole / "file").write_text(text)


def test_a_folder_comes_into_place_whole(tmp_path):
    target = tmp_path / "deep" / "target"
    with staging(target) as stage:
        make(stage)
        assert not target.exists()
        stage.put(replace=False)
        assert (target / "file").read_text() == "new"
    assert list(target.parent.iterdir()) == [target]


def test_what_is_given_up_leaves_nothing(tmp_path):
    with suppress(ZeroDivisionError), staging(tmp_path / "target") as stage:
        make(stage)
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_replaced_only_if_asked(tmp_path):
    target = tmp_path / "target"
    target.write_text("old")
    with staging(target) as stage:
        make(stage)
        with pytest.raises(UserError, match="exists already"):
            stage.put(replace=False)
    assert target.read_text() == "old"
    with staging(target) as stage:
        make(stage)
        stage.put(replace=True)
    assert (target / "file").read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_is_replaced_and_not_what_it_leads_to(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "mine").write_text("x")
    target = tmp_path / "target"
    target.symlink_to(tmp_path / "real")
    with staging(target) as stage:
        make(stage)
        stage.put(replace=True)
    assert not target.is_symlink()
    assert (tmp_path / "real" / "mine").read_text() == "x"


def test_what_cannot_be_replaced_stays(tmp_path):
    target = tmp_path / "target"
    target.write_text("old")
    with pytest.raises(UserError, match=f"cannot write {target}"), staging(target) as stage:
        stage.put(replace=True)  # nothing was made
    assert target.read_text() == "old"


def test_what_cannot_be_written_is_named_and_not_its_temporary_place(monkeypatch, tmp_path):
    target = tmp_path / "target"
    with pytest.raises(UserError) as caught, staging(Path("/proc/s.jsonl")):
        pass
    assert caught.value.message.startswith("cannot write /proc/s.jsonl: ")
    assert ".part" not in caught.value.message
    with pytest.raises(UserError) as caught, staging(target) as stage:
        (stage.whole / "missing" / "file").write_text("x")
    assert caught.value.message == f"cannot write {target}: No such file or directory"
    with pytest.raises(UserError, match="No space left"), staging(target):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_what_else_cannot_be_opened_is_told_as_it_is(tmp_path):
    with pytest.raises(FileNotFoundError), staging(tmp_path / "target"):
        (tmp_path / "source").read_text()


def test_a_file_in_the_place_of_a_folder_is_named(monkeypatch, tmp_path):
    file = tmp_path / "corpora"
    file.write_text("x")
    with pytest.raises(UserError) as caught, staging(file / "deep" / "wcxb"):
        pass
    assert caught.value.message == f"cannot write {file}/deep/wcxb: {file} is a file"
    assert caught.value.hint == ""
    monkeypatch.setenv("BOILERBENCH_CORPORA", str(file))
    with pytest.raises(UserError, match="BOILERBENCH_CORPORA must"), staging(file / "wcxb"):
        pass


def test_what_others_left_goes_and_what_they_are_at_stays(tmp_path):
    left = tmp_path / ".boilerbench-left.part"
    (left / "whole").mkdir(parents=True)
    (tmp_path / ".boilerbench-link.part").symlink_to(tmp_path)
    (tmp_path / "other").mkdir()
    with staging(tmp_path / "first") as first:
        make(first)
        with staging(tmp_path / "second"):
            assert not left.exists()
            assert (first.whole / "file").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".boilerbench-link.part", "other"]


@pytest.mark.parametrize("seen_by", ["the next staging", "sweep"])
def test_what_a_killed_process_was_about_to_replace_is_put_back(tmp_path, seen_by):
    target = tmp_path / "target"
    target.mkdir()
    (target / "file").write_text("old")
    code = f"""
import os, pathlib, signal
from boilerbench.staging import staging

rename = pathlib.Path.rename

def killed(self, to):
    if self.name == "whole":
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, to)

pathlib.Path.rename = killed
with staging(pathlib.Path({str(target)!r})) as stage:
    stage.whole.mkdir()
    stage.put(replace=True)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    assert not target.exists()
    if seen_by == "sweep":
        sweep(tmp_path)
    else:
        with staging(tmp_path / "other"):
            pass
    assert (target / "file").read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_has_been_made_anew_since_is_not_put_back_over(tmp_path):
    left = tmp_path / ".boilerbench-left.part"
    (left / "before" / "target").mkdir(parents=True)
    (tmp_path / "target").write_text("new")
    sweep(tmp_path)
    assert (tmp_path / "target").read_text() == "new"
    assert not left.exists()
