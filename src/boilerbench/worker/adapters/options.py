"""Checking options against what will take them, in the release that is installed."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any

from boilerbench.worker.loop import Refused

TAKEN: dict[str, Any] = {}
"""The options that can be given, with their defaults, once they have been checked against."""


def check_keywords(
    function: Callable[..., Any], options: dict[str, Any], hidden: Collection[str] = ()
) -> None:
    """Refuse an option that is no parameter of `function`, or of another type than its default."""
    parameters = inspect.signature(function).parameters
    check_values(
        options,
        {
            name: parameter.default
            for name, parameter in parameters.items()
            if name not in hidden
            and name != "self"
            and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        },
    )


def check_values(options: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    """Refuse an option that has no default, or is of another type than its default."""
    TAKEN.update(defaults)
    for name, value in options.items():
        check_known(name, defaults)
        default = defaults[name]
        if isinstance(default, bool) and not isinstance(value, bool):
            raise Refused(f"option {name} takes true or false, not {value!r}")
        if type(default) in (int, float) and type(value) not in (int, float):
            raise Refused(f"option {name} takes a number, not {value!r}")
        if isinstance(default, str) and not isinstance(value, str):
            raise Refused(f"option {name} takes text, not {value!r}")


def check_known(name: str, known: Collection[str], what: str = "option") -> None:
    """Refuse a name that is not among the known, with the nearest one that is."""
    if name in known:
        return
    close = difflib.get_close_matches(name, list(known), n=1)
    if close:
        hint = f"did you mean {close[0]}?"
    else:
        hint = f"known: {', '.join(sorted(known))}" if known else "it takes none"
    raise Refused(f"unknown {what} {name!r}: {hint}")
