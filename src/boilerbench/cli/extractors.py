"""`boilerbench extractors`."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from boilerbench.cli import options
from boilerbench.cli.extractors_new import new
from boilerbench.cli.extractors_test import test

if TYPE_CHECKING:
    from packaging.version import Version

    from boilerbench.extractors.environments import Environment
    from boilerbench.extractors.inventory import Entry
    from boilerbench.types import ExtractorSpec

WIDTH = 80
PLUGIN_SECONDS = 20.0
"""For a plug-in to start, when all are listed."""

_MB = 1_000_000
_UNBROKEN = "\N{NO-BREAK SPACE}"


@click.group(epilog="Example: boilerbench extractors list")
def extractors() -> None:
    """What can be run, what it is given, and the environments that it needs."""


extractors.add_command(new)
extractors.add_command(test)


@extractors.command("list", epilog="Example: boilerbench extractors list --format json")
@options.format_option("the extractors")
def list_(format_: str) -> None:
    """Each extractor with its state, release, licence and language.

    It is `here` if this Python has it, `cached` if an environment has been built for it,
    `installable` if one will be when it is first run; `plug-in` if another distribution brings it,
    `broken` if that does not work.
    """
    from boilerbench.extractors.inventory import inventory

    listed = [*inventory(), *_plugins()]
    if format_ == "json":
        click.echo(json.dumps([asdict(entry) for entry in listed], indent=1, ensure_ascii=False))
        return
    rows = [
        ("Name", "State", "Release", "Licence", "Language"),
        *(
            (e.name, e.state, e.release or "", e.licence, e.language.partition(";")[0])
            for e in listed
        ),
    ]
    widths = [max(len(options.printable(row[at])) for row in rows) for at in range(len(rows[0]))]
    for entry, row in zip([None, *listed], rows, strict=True):
        cells = map(options.printable, row)
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        click.secho(line.rstrip(), bold=entry is None)
        if entry is not None and entry.error:
            _wrapped(entry.error)


@extractors.command(epilog="Example: boilerbench extractors info trafilatura")
@click.argument("name")
def info(name: str) -> None:
    """What an extractor is, is given and takes, and where it is.

    NAME may have options and a release: 'trafilatura[fast=true]==2.3.1'. Nothing is installed.
    """
    from boilerbench.extractors.environments import environment, environments, is_here, package
    from boilerbench.extractors.inventory import described
    from boilerbench.extractors.releases import has_releases
    from boilerbench.extractors.specs import spec

    asked = spec(name)
    cached = None if asked.members or is_here(asked) else environment(asked)
    started = not asked.members and bool(is_here(asked) or cached)
    said, reason = _probed(asked, cached) if started else (None, "")
    click.secho(options.printable(str(asked)), bold=True)
    for key, value in described(asked):
        _told(key, value)
    if reason:
        _told("State", f"broken: {reason}")
    elif said:
        _told_of_itself(said, str(cached.folder) if cached else None, has_releases(asked))
    elif not asked.members:
        _told(
            "State",
            f"not installed; boilerbench extractors prepare {shlex.quote(name)} installs it",
        )
    if cached:
        _told("Holds", [f"{held} {found}" for held, found in sorted(cached.packages.items())])
    if has_releases(asked):
        mine = [one for one in environments() if one.package == package(asked) and one != cached]
        _told_cached(mine)


@extractors.command(
    epilog="Example: boilerbench extractors prepare newspaper4k trafilatura==1.12.2"
)
@click.argument("names", nargs=-1, metavar="NAME…")
@click.option("--all", "every", is_flag=True, help="All built-in extractors.")
@click.option("--upgrade", is_flag=True, help="Build anew, with the newest releases.")
def prepare(names: tuple[str, ...], every: bool, upgrade: bool) -> None:
    """Build the environments of extractors ahead.

    A run of them then needs no network. Where this Python has an extractor, there is nothing to
    build.
    """
    from boilerbench.cli.progress import progress
    from boilerbench.errors import UserError
    from boilerbench.execution.probe import probed
    from boilerbench.extractors.catalogue import BUILTIN
    from boilerbench.extractors.environments import attempted, environment, is_here
    from boilerbench.extractors.specs import specs, with_members

    if bool(names) == every:
        raise UserError("name extractors, or give --all")
    with progress() as shown:
        # What a vote needs is what its members need.
        wanted = [spec for spec in with_members(specs(names or BUILTIN)) if not spec.members]
        ready, reasons, _ = attempted(wanted, shown.building, fresh=upgrade)
        _, broken = probed([spec for spec in ready if spec.environment])
    for spec in ready:
        cached = environment(spec)
        if is_here(spec) and not every:
            click.echo(options.printable(f"{spec}: this Python has it; nothing to build"))
        elif cached:
            holds = f"release {cached.release}, {len(cached.packages)} packages"
            click.echo(options.printable(f"{spec}: {holds}, {_megabytes(cached.size())}"))
            _wrapped(str(cached.folder))
    if reasons or broken:
        lines = (f"{name}: {reason}" for name, reason in (reasons | broken).items())
        raise UserError("\n  ".join(["extractors that cannot be had:", *lines]))


@extractors.command(epilog="Example: boilerbench extractors remove trafilatura==1.12.2")
@click.argument("names", nargs=-1, metavar="NAME…")
@click.option("--all", "every", is_flag=True, help="All environments, and what is left of others.")
def remove(names: tuple[str, ...], every: bool) -> None:
    """Remove the environments of extractors.

    NAME==RELEASE means that of one release, NAME all that have the extractor's package. A run that
    needs one again builds it again.
    """
    from boilerbench.errors import UserError
    from boilerbench.extractors.environments import (
        cache,
        canonical,
        environments,
        package,
        removed,
        swept,
    )
    from boilerbench.extractors.specs import spec

    if bool(names) == every:
        raise UserError("name extractors, or give --all")
    gone = environments() if every else []
    for asked in map(spec, names):
        mine = [
            one
            for one in environments()
            if one.package == package(asked)
            and (asked.version is None or canonical(asked.version) == canonical(one.release))
        ]
        if not mine:
            raise UserError(f"there is no environment of {asked}")
        gone += [one for one in mine if one not in gone]
    freed = 0
    for one in gone:
        freed += removed(one)
        click.echo(options.printable(f"removed {_called(one)}, {one.runtime}"))
    freed += swept() if every else 0
    click.echo(f"{_megabytes(freed)} freed in {cache()}")


def _plugins() -> list[Entry]:
    """All plug-ins, each tried in a worker."""
    from boilerbench.execution.probe import probed
    from boilerbench.extractors.catalogue import BUILTIN
    from boilerbench.extractors.inventory import Entry
    from boilerbench.extractors.plugins import plugins
    from boilerbench.types import ExtractorSpec

    found = plugins()
    specs = [ExtractorSpec(name, one.adapter) for name, one in found.items()]
    _, reasons = probed(specs, PLUGIN_SECONDS)
    entries = []
    for name, one in found.items():
        error = reasons.get(name)
        if name in BUILTIN:
            error = f"boilerbench has one of this name; that of {one.distribution} is not used"
        entries.append(
            Entry(
                name=name,
                state="broken" if error else "plug-in",
                release=one.release,
                licence=one.licence,
                language="Python",
                sentence=one.sentence,
                home=one.distribution,
                error=error,
            )
        )
    return entries


def _probed(
    asked: ExtractorSpec, cached: Environment | None
) -> tuple[Mapping[str, Any] | None, str]:
    """What a worker says of itself, or why it does not start. Raises `UserError` if that is for an
    option."""
    from boilerbench.errors import UserError
    from boilerbench.execution.probe import probed

    folder = str(cached.folder) if cached else None
    said, reasons = probed([replace(asked, environment=folder)])
    reason = "".join(reasons.values())
    if asked.options and re.match(r"unknown |option ", reason):
        what, _, hint = reason.partition(": ")
        raise UserError(f"extractor {asked}: {what}", hint)
    return said.get(str(asked)), reason


def _told_of_itself(about: Mapping[str, Any], folder: str | None, released: bool) -> None:
    """What the worker says: which release it is and where, what it is given, and its options."""
    release = [f"release {about['version']}"] if released and about.get("version") else []
    place = f"cached in {folder}" if folder else "here, in this Python"
    _told("State", ", ".join([*release, place]))
    for key, value in (about.get("given") or {}).items():
        _told(f"Given, {key}", _visible(str(value)))
    known = about.get("options") or {}
    _told("Options", [k if v in (None, "None") else f"{k}={_visible(v)}" for k, v in known.items()])


def _told_cached(found: Sequence[Environment]) -> None:
    """The releases that are cached, in a line for each runtime."""
    for runtime in sorted({one.runtime for one in found}):
        mine = [one for one in found if one.runtime == runtime]
        size = _megabytes(sum(one.size() for one in mine))
        releases = dict.fromkeys(one.release for one in sorted(mine, key=_order))
        _told("Cached too", [*releases, f"for {runtime}", f"{size} in all"])


def _visible(value: str) -> str:
    """A value as it is, or in quotes where white space could not be seen."""
    return value if value and value == value.strip() else repr(value)


def _called(environment: Environment) -> str:
    return f"{environment.package}=={environment.release}"


def _order(environment: Environment) -> Version:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(environment.release)
    except InvalidVersion:  # npm has others
        return Version("0")


def _megabytes(size: int) -> str:
    return f"{size / _MB:,.0f} MB"


def _told(key: str, value: str | Iterable[str]) -> None:
    """A line, or more, of what is not empty; the parts of a list are not broken."""
    if isinstance(value, str):
        text = options.printable(value)
    else:
        text = ", ".join(options.printable(part).replace(" ", _UNBROKEN) for part in value)
    if text:
        _echo(f"{options.printable(key)}: {text}", first="")


def _wrapped(text: str) -> None:
    _echo(options.printable(text), first="    ")


def _echo(text: str, first: str) -> None:
    click.echo(
        textwrap.fill(
            text,
            WIDTH,
            initial_indent=first,
            subsequent_indent="    ",
            break_on_hyphens=False,
            break_long_words=False,
        ).replace(_UNBROKEN, " ")
    )
