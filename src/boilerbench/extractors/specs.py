"""How what a user writes becomes an `ExtractorSpec`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from boilerbench.errors import UserError, unknown_name
from boilerbench.extractors.catalogue import BUILTIN, Builtin
from boilerbench.extractors.files import from_file
from boilerbench.extractors.plugins import plugins
from boilerbench.signature import Written, parse
from boilerbench.types import ExtractorSpec


def spec(written: str) -> ExtractorSpec:
    """The spec that `written` stands for: the name of a built-in extractor or a plug-in, with
    options and a version if wanted; `FILE.py:FUNCTION` for a function of the user's own;
    `FILE.toml` for a command or a service; `vote(SPEC, SPEC, …; min=N)` for a vote of others.
    `LABEL=` before it names it anew."""
    label, what = split_label(written)
    if _is_vote(what):
        return replace(_vote(what.strip()), label=label)
    wanted = parse(what)
    file, _, function = wanted.name.rpartition(":")
    if file.endswith(".py"):
        made = _function(what, Path(file), function, wanted)
    elif wanted.name.endswith(".py"):
        raise UserError(
            f"{wanted.name} is a file, and an extractor is a function in it",
            f"write {wanted.name}:FUNCTION",
        )
    elif wanted.name.endswith(".toml"):
        made = from_file(Path(wanted.name), wanted.options)
    elif wanted.name in BUILTIN:
        made = _builtin(BUILTIN[wanted.name], wanted)
    else:
        made = _plugin(wanted)
    return replace(made, label=label or made.label)


def split_label(written: str) -> tuple[str | None, str]:
    """`LABEL=REST` as its two parts; a single equals sign after a plain word makes a label."""
    match = re.fullmatch(r"([\w.+ -]+)=(?!=)(.+)", written.strip())
    return (match[1].strip(), match[2]) if match else (None, written)


def specs(written: Iterable[str]) -> tuple[ExtractorSpec, ...]:
    """Specs in the order given; the same one twice is a mistake worth naming."""
    found: dict[str, ExtractorSpec] = {}
    for one in written:
        made = spec(one)
        if str(made) in found:
            raise UserError(
                f"extractor {str(made)!r} is named twice", "LABEL=EXTRACTOR gives it another name"
            )
        found[str(made)] = made
    return tuple(found.values())


def with_members(wanted: Iterable[ExtractorSpec]) -> tuple[ExtractorSpec, ...]:
    """The specs, and after them the members of votes that are not among them."""
    found = {str(spec): spec for spec in wanted}
    for vote in tuple(found.values()):
        for member in vote.members:
            if found.setdefault(str(member), member) != member:
                raise UserError(
                    f"two extractors are called {str(member)!r}, one of them in {vote}",
                    "LABEL=EXTRACTOR gives one another name",
                )
    return tuple(found.values())


_VOTE = "write vote(A, B, C) or vote(A, B, C; min=2)"


def _is_vote(what: str) -> bool:
    return re.match(r"\s*vote\s*\(", what) is not None


def _vote(what: str) -> ExtractorSpec:
    inside = re.fullmatch(r"vote\s*\((.*)\)", what, re.DOTALL)
    if not inside:
        raise UserError(f"cannot read {what!r}", _VOTE)
    listed, *options = _split(inside[1], ";")
    members: list[ExtractorSpec] = []
    for one in _split(listed, ","):
        if _is_vote(split_label(one)[1]):
            raise UserError(f"{what!r} has a vote in a vote", "name the members of both in one")
        if not one.strip():
            raise UserError(f"{what!r} has a member without a name", _VOTE)
        member = spec(one.strip())
        if replace(member, label=None) in [replace(other, label=None) for other in members]:
            raise UserError(f"{what!r} has {str(member)!r} twice")
        if str(member) in map(str, members):
            raise UserError(f"{what!r} has two members called {str(member)!r}")
        members.append(member)
    if len(members) < 2:
        raise UserError(f"{what!r} has one member: a vote needs two or more", _VOTE)
    return ExtractorSpec(
        name="vote",
        adapter="",
        options={"min": _minimum(what, options, len(members))},
        members=tuple(members),
    )


def _minimum(what: str, options: list[str], members: int) -> int:
    """How many must agree: what `min` says, else more than half."""
    if not options:
        return members // 2 + 1
    key, _, value = (part.strip() for part in options[0].partition("="))
    if len(options) > 1 or key != "min":
        raise UserError(f"{what!r}: min is the one option that a vote has", _VOTE)
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= members:
        raise UserError(f"{what!r}: min must be a whole number from 1 to {members}")
    return int(value)


def _split(text: str, at: str) -> list[str]:
    """The parts of a text between separators that stand in no square brackets."""
    return re.split(rf"{at}(?![^\[]*\])", text)


def _builtin(builtin: Builtin, wanted: Written) -> ExtractorSpec:
    if wanted.version and not builtin.home:
        raise UserError(f"{wanted.name} is part of boilerbench: it has no release to ask for")
    made = ExtractorSpec(
        name=wanted.name,
        adapter=builtin.adapter,
        version=wanted.version,
        options=wanted.options,
        requires=_requirements(builtin, wanted.version),
        runtime=builtin.runtime,
    )
    if not builtin.options:
        return made
    # It is shown under its own name, without the options that the name stands for.
    return replace(made, options={**builtin.options, **wanted.options}, label=str(made))


def _plugin(wanted: Written) -> ExtractorSpec:
    found = plugins()
    if wanted.name not in found:
        raise unknown_name("extractor", wanted.name, [*BUILTIN, *found])
    plugin = found[wanted.name]
    if wanted.version not in (None, plugin.release):
        raise UserError(f"{wanted.name} is installed here in release {plugin.release}")
    return ExtractorSpec(wanted.name, plugin.adapter, wanted.version, wanted.options)


def _requirements(builtin: Builtin, version: str | None) -> tuple[str, ...]:
    """What is to be installed for a release of it, or for any."""
    if version is None:
        return builtin.requires
    own, *others = builtin.requires
    if builtin.runtime == "node":
        name = re.sub(r"(?<=.)@[^@/]*$", "", own)
        return (f"{name}@{version}", *others)
    # Which most runs do without.
    from packaging.specifiers import SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        release = Version(version)
    except InvalidVersion:
        raise UserError(
            f"{version!r} is no release", "write NAME==1.2.3; without ==… it is the newest"
        ) from None
    name = re.split(r"[<>=!~ ]", own, maxsplit=1)[0]
    since = [
        needed
        for releases, needed in builtin.by_release
        if SpecifierSet(releases).contains(release, prereleases=True)
    ]
    return (f"{name}=={version}", *others, *since)


def _function(what: str, file: Path, function: str, wanted: Written) -> ExtractorSpec:
    if not file.is_file():
        raise UserError(f"extractor {what!r}: there is no file {file}")
    if wanted.version:
        raise UserError(f"extractor {what!r}: a function in a file has no release to ask for")
    return ExtractorSpec(
        name=f"{file.name}:{function}",
        adapter=f"function:{file.resolve()}:{function}",
        options=wanted.options,
    )
