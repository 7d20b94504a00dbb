"""Canonical strings of configured things: what a user writes, and what a number is signed with.

`parse` reads the writing that suites and the command line share, `trafilatura[fast=true]==2.3.1`
or `shingle[n=4]`. `signature` prints a configured dataclass with all its fields, so that no
parameter that changes a number can be left out of it by oversight.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boilerbench.errors import UserError

_WRITING = re.compile(
    r"(?P<name>[^\[\]=]+?)(?:\[(?P<options>[^\[\]]*)\])?(?:==(?P<version>[\w.+!-]+))?"
)

_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """The parts of `name[key=value,…]==version`."""

    name: str
    options: Mapping[str, object]
    version: str | None


def parse(written: str) -> Written:
    """Read `name[key=value,…]==version`; options and version may be absent.

    `true`, `false` and numbers become Python values, everything else stays a string.
    """
    match = _WRITING.fullmatch(written.strip())
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
    if _NUMBER.fullmatch(text):
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    return text


def signature(name: str, configured: Any, **rules: object) -> str:
    """`name|field:value|…` of a dataclass instance: every field, then the fixed `rules`.

    The rules are what the code does without a field for it, its version among them: a change of
    meaning must change the signature even where no parameter changed.
    """
    parts = {f.name: getattr(configured, f.name) for f in dataclasses.fields(configured)}
    parts.pop("name", None)
    return "|".join([name, *(f"{key}:{value}" for key, value in (parts | rules).items())])
