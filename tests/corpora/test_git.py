"""What a folder that someone else made can do when it is asked for a commit: nothing."""

import subprocess

import pytest

from boilerbench.corpora.git import holds_commit


def git(folder, *arguments):
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def copy(tmp_path):
    folder = tmp_path / "copy"
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "file").write_text("x")
    git(folder, "add", "file")
    author = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    git(folder, *author, "commit", "--quiet", "-m", "one")
    return folder


def test_a_commit_is_there_or_it_is_not(copy, tmp_path):
    head = git(copy, "rev-parse", "HEAD")
    assert holds_commit(copy, head)
    assert not holds_commit(copy, "0" * 40)
    assert not holds_commit(tmp_path, head)


@pytest.mark.parametrize("url", ["ssh://host.example/repository", "file:///nowhere"])
def test_a_commit_that_is_not_there_is_not_fetched_by_what_the_copy_says(copy, tmp_path, url):
    ran = tmp_path / "ran"
    with (copy / ".git" / "config").open("a") as config:
        config.write(
            f'[core]\n\trepositoryformatversion = 1\n\tsshCommand = "touch {ran}; false"\n'
        )
        config.write(f'[remote "origin"]\n\turl = {url}\n\tpromisor = true\n')
        config.write(f'\tuploadpack = "touch {ran}; false"\n')
        config.write("[extensions]\n\tpartialClone = origin\n")
    assert not holds_commit(copy, "0" * 40)
    assert not ran.exists()
