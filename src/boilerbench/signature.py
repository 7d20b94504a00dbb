"""Canonical strings of configured things: what a user writes, and what a number is signed with.

`parse` reads the writing that suites and the command line share, `trafilatura[fast=true]==2.3.1`
or `shingle[n=4]`. `signature` prints all parameters of a configured thing, and `read_signature`
takes it apart again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from boilerbench.errors import UserError

_WRITING = re.compile(
    r"(?P<name>[^\[\]=]+?)(?:\[(?P<options>[^\[\]]*)\])?(?:==(?P<version>[\w.+!-]+))?"
)
_VERSION_FIRST = re.compile(
    r"(?P<name>[^\[\]=]+?)==(?P<version>[\w.+!-]+)\[(?P<options>[^\[\]]*)\]"
)

_LONGEST_NUMBER = 300  # characters
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """The parts of `name[key=value,…]==version`."""

    name: str
    options: Mapping[str, object]
    version: str | None


def parse(written: str) -> Written:
    """Read `name[key=value,…]==version`; options and version may be absent, and in either order.

    `true`, `false` and numbers become Python values, everything else stays a string.
    """
    match = _WRITING.fullmatch(written.strip()) or _VERSION_FIRST.fullmatch(written.strip())
    if not match:
        raise UserError(
            f"cannot read {written!r}", "write name, name[key=value,key=value] or name==version"
        )
    options: dict[str, object] = {}
    for part in filter(None, (match["options"] or "").split(",")):
        key, equals, value = part.partition("=")
        if not (equals and key.strip() and value.strip()):
            raise UserError(f"cannot read the option {part!r} of {written!r}", "write key=value")
        if key.strip() in options:
            raise UserError(f"{written!r} gives the option {key.strip()!r} twice")
        options[key.strip()] = _value(value.strip())
    return Written(match["name"].strip(), options, match["version"])


def _value(text: str) -> object:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if _NUMBER.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    return text


def signature(family: str, parameters: Mapping[str, object], version: int) -> str:
    """`family|parameter:value|…|v:version`.

    The version is of what the code does without a parameter for it: a change of meaning must change
    the signature even where no parameter changed.
    """
    parts = (f"{name}:{value}" for name, value in {**parameters, "v": version}.items())
    return "|".join((family, *parts))


def read_signature(written: str) -> tuple[str, dict[str, str], int]:
    """The family, the parameters and the version of a signature."""
    family, *parts = written.split("|")
    read = dict(part.partition(":")[::2] for part in parts)
    if len(read) < len(parts):
        raise UserError(f"{written!r} is not a signature: it says one thing twice")
    try:
        version = int(read.pop("v"))
    except (KeyError, ValueError):
        raise UserError(f"{written!r} is not a signature: it has no version") from None
    return family, read, version


def differing(first: str, second: str) -> str:
    """In what two signatures differ: their families, or their parameters and versions."""
    (one, ours, mine), (other, theirs, yours) = map(read_signature, (first, second))
    if one != other:
        return f"{one} / {other}"
    ours, theirs = ours | {"v": str(mine)}, theirs | {"v": str(yours)}
    return ", ".join(
        f"{name} {ours.get(name, '–')} / {theirs.get(name, '–')}"
        for name in dict.fromkeys((*ours, *theirs))
        if ours.get(name) != theirs.get(name)
    )
