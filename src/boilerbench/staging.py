"""A folder is made beside its place and renamed when it is whole: nobody ever sees half of it.

Whoever makes one holds a lock on it, which the system releases however the process ends. What
nobody holds any more is removed by the next one; if it is what a killed process was about to
replace, it is put back.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from boilerbench.errors import UserError

_PREFIX, _SUFFIX = ".boilerbench-", ".part"
_BEFORE = "before"
"""Holds what is being replaced, under its own name."""


@dataclass(frozen=True, slots=True)
class Staging:
    """`whole` is where to make the folder, `lock` the file descriptor that says we are at it."""

    target: Path
    folder: Path
    lock: int

    @property
    def whole(self) -> Path:
        """A place that does not exist yet."""
        return self.folder / "whole"

    def put(self, *, replace: bool) -> None:
        """Rename what was made into place. What is there already goes if `replace`; otherwise
        raises `UserError`."""
        with _turn(self.target.parent):
            before = self.folder / _BEFORE / self.target.name
            if os.path.lexists(self.target) and not replace:
                raise exists(self.target)
            try:
                if os.path.lexists(self.target):
                    before.parent.mkdir(exist_ok=True)
                    self.target.rename(before)
                self.whole.rename(self.target)
            except BaseException:  # an interrupt may come between the two
                if os.path.lexists(before) and not os.path.lexists(self.target):
                    before.rename(self.target)
                raise


@contextmanager
def staging(target: Path) -> Iterator[Staging]:
    """A place beside `target`, on the same disk. All that is left in it goes at the end. Raises
    `UserError` where nothing can be written there."""
    parent = target.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent)
        folder, lock = _own_folder(parent)
    except OSError as problem:
        raise _unwritable(target, problem) from None
    try:
        yield Staging(target, folder, lock)
    except OSError as problem:
        # Nobody looks for the temporary folder. What else cannot be opened is told as it is.
        if problem.errno != errno.ENOSPC and str(folder) not in str(problem.filename):
            raise
        raise _unwritable(target, problem) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def exists(target: Path) -> UserError:
    """That a place is taken."""
    return UserError(f"{target} exists already", "--force replaces it")


def _unwritable(target: Path, problem: OSError) -> UserError:
    above = next((one for one in target.parents if one.exists()), target.parent)
    if above.is_dir():
        return UserError(f"cannot write {target}: {problem.strerror}")
    named = os.environ.get("BOILERBENCH_CORPORA") == str(above)
    return UserError(
        f"cannot write {target}: {above} is a file",
        "BOILERBENCH_CORPORA must name a folder" if named else "",
    )


def _own_folder(parent: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(_SUFFIX, _PREFIX, parent))
        # Until it is locked, another process may take the folder for one that was left.
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        if _locked(lock) is not False and folder.exists():
            return folder, lock
        os.close(lock)


def sweep(parent: Path) -> None:
    """Tidy up after processes that were killed while they made something in a folder."""
    for folder in parent.glob(f"{_PREFIX}*{_SUFFIX}"):
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            if _locked(lock):
                _put_back(folder)
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)


def _put_back(folder: Path) -> None:
    for before in folder.glob(f"{_BEFORE}/*"):
        with suppress(OSError), _turn(folder.parent):
            if not os.path.lexists(folder.parent / before.name):
                before.rename(folder.parent / before.name)


def _locked(descriptor: int) -> bool | None:
    """Whether the lock is ours now; None where the file system has no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


@contextmanager
def _turn(parent: Path) -> Iterator[None]:
    """One process after the other renames in this folder."""
    descriptor = os.open(parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
