"""Errors that a user can mend: one line of what is wrong, one of what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Bad input. The command line prints it without a traceback and exits with code 2."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


def unknown_name(what: str, name: str, known: Iterable[str]) -> UserError:
    """A misspelt name: say which known one it may have been, else list them all."""
    names = sorted(known)
    close = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.6)
    if close:
        hint = f"did you mean {' or '.join(close)}?"
    else:
        hint = f"known: {', '.join(names)}" if names else f"no {what} is known here"
    return UserError(f"unknown {what} {name!r}", hint)
