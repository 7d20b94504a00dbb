"""The releases of an extractor's own package, asked of the installer that will install them, so
that they are those of whatever index or mirror the user has set up for it."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from boilerbench.errors import UserError
from boilerbench.extractors.catalogue import BUILTIN
from boilerbench.extractors.environments import package
from boilerbench.extractors.installers import NoSolution, npm, uv
from boilerbench.types import ExtractorSpec

_MOST = 200
"""Releases that are asked for, one after the other, before something must be wrong."""


def releases(
    spec: ExtractorSpec, versions: str = "", *, last: int | None = None, pre: bool = False
) -> list[str]:
    """The releases of the spec's extractor, oldest first.

    `versions` is a set of specifiers (`>=1.6,<2`), in the way of PEP 440 for npm too, or a list of
    releases (`1.6.0,1.12.2`), which are taken as they are, for the installer to say if one does not
    exist. Of those that match, `last` keeps the newest. Pre-releases are left out unless `pre`, and
    so are yanked ones and those that say that they are not for this Python.

    Raises `UserError` where there are none, or where the index cannot be reached.
    """
    name = package(spec)
    if name is None or not has_releases(spec):
        raise UserError(
            f"{spec.name} has no releases to ask for",
            "boilerbench extractors list shows which have",
        )
    named = _listed(versions)
    if named:
        return named[-last:] if last else named
    wanted = _specifiers(versions)
    ask = _of_npm if spec.runtime == "node" else _of_uv
    try:
        try:
            return ask(name, wanted, pre, last or _MOST)
        except NoSolution:
            if not versions:
                raise
            newest = ask(name, SpecifierSet(), pre, 1)[-1]
    except UserError as problem:
        raise UserError(
            f"releases of {name}: {problem.message}",
            "--versions 1.2.3,1.2.4 names releases without asking for a list",
        ) from None
    major, minor = sys.version_info[:2]
    here = "" if spec.runtime == "node" else f" for Python {major}.{minor}"
    raise UserError(
        f"{name} has no release that matches {versions}", f"the newest{here} is {newest}"
    )


def has_releases(spec: ExtractorSpec) -> bool:
    """Whether the extractor comes in releases of its own, and is no part of boilerbench: what
    `everything` needs has releases, it has none."""
    ours = spec.name in BUILTIN and not BUILTIN[spec.name].home
    return not (ours or spec.command) and package(spec) is not None


def _listed(versions: str) -> list[str]:
    """A list of releases in their order; empty if it is none."""
    parts = [part.strip() for part in versions.split(",") if part.strip()]
    try:
        order = {part: Version(part) for part in parts}
    except InvalidVersion:
        return []
    return sorted(order, key=order.__getitem__)


def _specifiers(versions: str) -> SpecifierSet:
    try:
        return SpecifierSet(versions)
    except InvalidSpecifier:
        raise UserError(
            f"cannot read the versions {versions!r}",
            "write >=1.6 or >=1.6,<2, or a list of releases: 1.6.0,1.12.2",
        ) from None


def _of_uv(name: str, wanted: SpecifierSet, pre: bool, most: int) -> list[str]:
    """uv has no command that lists releases, but it says which one it would install; then which
    one if not that; until there is none. Raises `NoSolution` where there is none at all."""
    found: list[str] = []
    asked = ["pip", "compile", "--quiet", "--no-deps", "--no-header", "--no-annotate"]
    asked += ["--prerelease", "allow" if pre else "disallow", "--python", sys.executable, "-"]
    with tempfile.TemporaryDirectory(prefix="boilerbench-") as folder:
        while len(found) < most:
            limits = ",".join([*map(str, wanted), *(f"!={one}" for one in found)])
            try:
                said = uv(asked, Path(folder), stdin=f"{name}{limits}\n")
            except NoSolution:
                if not found:
                    raise
                break
            except UserError as problem:
                # An old release may have to be built for uv to read what it needs; whoever installs
                # it will see that it cannot be.
                broken = re.search(rf"`{re.escape(name)}==([^`\s]+)`", problem.message)
                if broken is None or broken[1] in found:
                    raise
                found.append(broken[1])
            else:
                named = re.search(r"^[\w.-]+==([^\s;]+)", said, re.MULTILINE)
                if named is None or named[1] in found:
                    raise UserError(f"uv names no further release: {said.strip()[:80]!r}")
                found.append(named[1])
    return _in_order(found)


def _of_npm(name: str, wanted: SpecifierSet, pre: bool, most: int) -> list[str]:
    """npm has a list of them. Raises `NoSolution` where none matches."""
    with tempfile.TemporaryDirectory(prefix="boilerbench-") as folder:
        said = json.loads(npm(["view", name, "versions", "--json"], Path(folder)))
    listed = [said] if isinstance(said, str) else said  # one alone is no list
    known = [one for one in listed if _is_version(one)]
    found = _in_order(wanted.filter(known, prereleases=pre))[-most:]
    if not found:
        raise NoSolution("no release matches")
    return found


def _is_version(written: str) -> bool:
    try:
        Version(written)
    except InvalidVersion:
        return False
    return True


def _in_order(found: Iterable[str]) -> list[str]:
    return sorted(found, key=Version)
