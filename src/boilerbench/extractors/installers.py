"""The installers, uv and npm: how they are called, and what they say when they cannot."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from boilerbench.errors import UserError

TIMEOUT = 1800.0
"""Seconds for all the downloads of an environment, some of which compile what they hold."""

OLDEST_NODE = 18
"""The major release of Node that our worker is tried on."""

_LONGEST_REASON = 300  # characters

_NO_NETWORK = re.compile(
    r"error sending request|dns error|tcp connect error|error trying to connect|timed out"
    r"|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH",
)
_NOT_CACHED = re.compile(r"network was disabled|ENOTCACHED")
# How the two draw and label the lines of a message.
_LABELS = re.compile(
    r"^[^\w\"'`/@]*(?:npm (?:error|ERR!)\s*)?(?:(?:error|cause|Caused by|notarget|404):?\s+)*"
)
_BESIDES = re.compile(
    r"hint:|warning:|npm warn|code E|syscall |errno |at |A complete log |If you are behind"
    r"|[{}]|\w+: .*,$|In most cases|Note that you can"
)


class Unreachable(UserError):
    """The index could not be reached: what is not cached cannot be had now."""


class NoSolution(UserError):
    """What is asked for does not exist, or does not go together."""


def uv(arguments: Sequence[str], folder: Path, stdin: str = "") -> str:
    """What uv prints. Raises `UserError` with its reason if it fails."""
    return _call([_uv(), *arguments], folder, stdin)


def npm(arguments: Sequence[str], folder: Path) -> str:
    """What npm prints. Raises `UserError` with its reason if it fails."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise UserError(f"{program} is not installed")
    release = _call(["node", "--version"], folder).strip()
    if int(release.lstrip("v").partition(".")[0]) < OLDEST_NODE:
        raise UserError(f"node {release} is too old: {OLDEST_NODE} or newer is needed")
    # By itself it tries again for more than a minute.
    return _call(["npm", "--fetch-retries=1", "--fetch-retry-mintimeout=1000", *arguments], folder)


def _uv() -> str:
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
        if found is None:
            raise UserError("uv is not installed: pip install uv") from None
        return found


def _call(command: Sequence[str], folder: Path, stdin: str = "") -> str:
    """Run an installer in a folder of its own, so that no project's settings are taken for its."""
    name = Path(command[0]).name
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        raise UserError(f"{name} did not end within {TIMEOUT:g} s") from None
    except OSError as problem:
        raise UserError(f"cannot start {command[0]}: {problem.strerror}") from None
    if done.returncode:
        said = reason(done.stderr) or f"{name}: status {done.returncode}"
        if _NOT_CACHED.search(done.stderr):
            raise Unreachable(f"it is not in the cache of {name}, which has no network")
        if _NO_NETWORK.search(done.stderr):
            raise Unreachable(said)
        raise (NoSolution if "No solution found" in done.stderr else UserError)(said)
    return done.stdout


def reason(stderr: str) -> str:
    """The reason in an installer's message, in one line: what it could not do, and in the end why,
    without its drawing and its advice."""
    stripped = (_LABELS.sub("", line).rstrip() for line in stderr.splitlines())
    lines = [line for line in stripped if line and not _BESIDES.match(line)]
    if lines and _NO_NETWORK.search(stderr):
        address = re.search(r"\w+://[^\s()]+", "\n".join(lines))
        why = next((line for line in lines if "reason: " in line), lines[-1])
        why = why.rpartition("reason: ")[2]
        return _shortened(f"cannot reach {address[0]}: {why}" if address else why)
    if len(lines) > 1 and lines[0].startswith("No solution found"):
        del lines[0]
    return _shortened(" ".join(lines).partition(", we can conclude")[0])


def _shortened(said: str) -> str:
    """A build that failed says first what was built, and last why it broke."""
    half = _LONGEST_REASON // 2
    return said if len(said) <= _LONGEST_REASON else f"{said[:half]} … {said[-half:]}"
