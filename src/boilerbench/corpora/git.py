"""Fetching one commit of a repository with git, and what went wrong in a user's words.

Nothing in the repository is obeyed: no hooks, no filters (Git LFS is one), no line endings or
encodings converted, no submodules, and a symbolic link becomes a file that holds its target. The
user's own configuration counts, so that `url.<base>.insteadOf`, proxies and certificates work.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from boilerbench.errors import UserError

Told = Callable[[str], None]
"""Hears in a few words what is being done."""

_CONFIG = {
    "core.autocrlf": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.sparseCheckout": "true",
    "core.sparseCheckoutCone": "false",
    "core.symlinks": "false",
    "credential.interactive": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "http.lowSpeedLimit": "1",
    "http.lowSpeedTime": "60",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
}
_BYTES_AS_THEY_ARE = "* -text -eol -filter -ident -working-tree-encoding\n"

_OF_ANOTHER_REPOSITORY = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR GIT_DIR GIT_INDEX_FILE GIT_NAMESPACE "
    "GIT_OBJECT_DIRECTORY GIT_PREFIX GIT_SHALLOW_FILE GIT_WORK_TREE"
).split()
"""Variables that git sets for its hooks; boilerbench may run in one."""

_FETCH = ("--progress", "--no-tags")
_NOT_BY_HASH = re.compile(
    r"not our ref|unadvertised object|couldn't find remote ref|no such remote ref|dumb http"
)
_PROGRESS = re.compile(r"(Receiving objects|Resolving deltas|Updating files): +(\d+)%")
_KEPT_OF_STDERR = 1 << 16


class _Failed(Exception):
    """What git wrote to stderr before it gave up."""


def fetch_commit(
    home: str,
    commit: str,
    paths: Sequence[str],
    folder: Path,
    *,
    told: Told = lambda _: None,
    held: Sequence[int] = (),
) -> None:
    """Make the new `folder` hold `paths` of the repository `home` at `commit`, without history.

    `held` are file descriptors that stay open as long as git runs. Raises `UserError` saying what
    to do.
    """
    folder.mkdir()
    git = _Git(folder, told, held)
    try:
        _begin(git, home, paths)
        try:
            # The commit with its trees; of the files, those that are wanted come with the checkout.
            git("fetch", *_FETCH, "--filter=blob:none", "--depth=1", "origin", commit)
        except _Failed as problem:
            # Not every server gives a commit by its hash, or without the history before it.
            if not _NOT_BY_HASH.search(str(problem)):
                raise
            # Anew: git would wait for files to come later, which such a server does not send.
            shutil.rmtree(folder / ".git")
            _begin(git, home, paths)
            git("fetch", *_FETCH, "origin", "+refs/*:refs/fetched/*")
        told("checking out")
        git("checkout", "--force", "--progress", "--detach", commit)
        head = git("rev-parse", "HEAD").strip()
    except _Failed as problem:
        raise _explained(str(problem), home, commit) from None
    if head != commit:
        raise UserError(f"{home} gave {head} instead of {commit}")
    shutil.rmtree(folder / ".git")


def holds_commit(folder: Path, commit: str) -> bool:
    """Whether `folder` is the top of a git repository that has the commit."""
    if not (folder / ".git").exists():
        return False
    # Its configuration is not the user's own: it could name a command to fetch a commit with that
    # it lacks. It must have the commit itself.
    alone = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1"}
    try:
        _Git(folder, lambda _: None, (), **alone)("cat-file", "-e", f"{commit}^{{commit}}")
    except _Failed:
        return False
    return True


def _begin(git: _Git, home: str, paths: Sequence[str]) -> None:
    """An empty repository that knows where its files come from and which of them are wanted."""
    git("init", "--quiet", "--template=")
    git("config", "remote.origin.url", home)
    about = git.folder / ".git" / "info"
    about.mkdir(exist_ok=True)
    (about / "attributes").write_text(_BYTES_AS_THEY_ARE, encoding="utf-8")
    patterns = "".join(f"/{path}\n" for path in paths)
    (about / "sparse-checkout").write_text(patterns, encoding="utf-8")


class _Git:
    """Runs git in a folder; raises `_Failed` if it fails."""

    def __init__(self, folder: Path, told: Told, held: Sequence[int], **environment: str) -> None:
        self.folder = folder
        self._told = told
        self._held = held
        self._environment = {k: v for k, v in os.environ.items() if k not in _OF_ANOTHER_REPOSITORY}
        self._environment |= {
            "GIT_ASKPASS": "",
            "GIT_DEFAULT_HASH": "sha1",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
            "SSH_ASKPASS_REQUIRE": "never",
            **environment,
        }

    def __call__(self, *arguments: str) -> str:
        """What it wrote to stdout, which must be little."""
        options = [part for key, value in _CONFIG.items() for part in ("-c", f"{key}={value}")]
        try:
            process = subprocess.Popen(
                ["git", *options, *arguments],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=self._held,
                start_new_session=True,  # without a terminal, ssh cannot ask for anything either
            )
        except FileNotFoundError:
            raise UserError(
                "git is not installed", "install git, or give a copy that is there: --from DIR"
            ) from None
        with process:
            try:
                said = self._listen(process)
                answer = process.stdout.read() if process.stdout else b""
            except BaseException:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise
        if process.returncode:
            raise _Failed(said)
        return answer.decode(errors="replace")

    def _listen(self, process: subprocess.Popen[bytes]) -> str:
        """Hears stderr to its end and passes on how far git is."""
        kept = b""
        while process.stderr and (chunk := os.read(process.stderr.fileno(), 1 << 13)):
            kept = (kept + chunk)[-_KEPT_OF_STDERR:]
            said = _PROGRESS.findall(chunk.decode(errors="replace"))
            if said:
                what, share = said[-1]
                self._told(f"{what.lower()} {share} %")
        return kept.decode(errors="replace")


_REASONS = (
    (
        r"No space left|Disk quota exceeded|File too large",
        "the disk is full",
        "make room, or set BOILERBENCH_CORPORA to a folder on another disk",
    ),
    (
        r"not our ref|unadvertised object|remote ref|unable to read tree|reference is not a tree",
        "{home} has no commit {commit}",
        "is it mirrored in part (url.<base>.insteadOf)? Else take a copy of the corpus: --from DIR",
    ),
    (
        r"resolve host|[Ff]ailed to connect|[Cc]ould not connect|[Cc]onnection|timed out|"
        r"unreachable|Operation too slow|SSL|TLS|certificate|early EOF|hung up|proxy",
        "cannot reach {home}",
        "try again, set a mirror (git config --global url.MIRROR.insteadOf URL), or --from DIR",
    ),
    (
        r"not found|does not appear to be a git|does not exist|could not read Username|"
        r"Authentication failed|Permission denied|access denied|error: 40[134]",
        "no repository can be read at {home}",
        "is a mirror set (url.<base>.insteadOf)? Else take a copy of the corpus: --from DIR",
    ),
)


def _explained(said: str, home: str, commit: str) -> UserError:
    """One line of what git said, and what to do."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", said) if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "ERROR:"))]
    last = (told or lines or ["no reason given"])[-1]
    for pattern, message, hint in _REASONS:
        if re.search(pattern, said):
            return UserError(f"{message.format(home=home, commit=commit)} ({last})", hint)
    return UserError(f"git could not fetch {home}: {last}", "or take a copy: --from DIR")
