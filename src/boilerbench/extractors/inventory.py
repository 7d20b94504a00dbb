"""What the known extractors are, and whether they are at hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from boilerbench.extractors.catalogue import BUILTIN
from boilerbench.extractors.environments import environment, is_here, package
from boilerbench.extractors.plugins import plugins
from boilerbench.extractors.releases import has_releases
from boilerbench.extractors.specs import spec
from boilerbench.types import ExtractorSpec


@dataclass(frozen=True, slots=True)
class Entry:
    """An extractor as a list shows it. `state` is `here`, `cached`, `installable`, or what it lacks
    to be installed (`needs npm`); of a plug-in `plug-in` or `broken`, and then `error` says why.
    `release` is the one at hand, None where none is or where it is boilerbench's own.
    """

    name: str
    state: str
    release: str | None
    licence: str
    language: str
    sentence: str
    home: str
    error: str | None = None


def inventory() -> list[Entry]:
    """The built-in extractors, in the order of the catalogue."""
    entries = []
    for name, builtin in BUILTIN.items():
        asked = spec(name)
        state, release = _at_hand(asked)
        entries.append(
            Entry(
                name=name,
                state=state,
                release=release,
                licence=builtin.licence,
                language=builtin.written_in,
                sentence=builtin.sentence,
                home=builtin.home,
            )
        )
    return entries


def described(asked: ExtractorSpec) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """What is known of an extractor without starting it, as headings with texts or with lists."""
    builtin, plugin = BUILTIN.get(asked.name), plugins().get(asked.name)
    if asked.members:
        agreed = f"{asked.options['min']} or more of its {len(asked.members)} members"
        what = f"The blocks of a page's own text that {agreed} have chosen."
        yield "What", f"{what} A run extracts with the members once, and votes on what they gave."
        yield "Members", tuple(f"{one} ({_in_words(*_at_hand(one))})" for one in asked.members)
    elif builtin:
        yield "What", builtin.sentence
        yield "Home", builtin.home
        yield "Licence", builtin.licence
        yield "Language", builtin.written_in
        yield "Needs", asked.requires
        for releases, needed in builtin.by_release:
            yield f"Releases {releases}", f"need {needed} too"
    elif plugin:
        yield "What", plugin.sentence
        yield "Licence", plugin.licence
        yield "Comes with", f"{plugin.distribution} {plugin.release}, which names {plugin.target}"
    elif asked.command:
        yield "Command", " ".join(asked.command)


def _in_words(state: str, release: str | None) -> str:
    return f"{state}, release {release}" if release else state


def _at_hand(asked: ExtractorSpec) -> tuple[str, str | None]:
    own = package(asked) if has_releases(asked) else None
    if is_here(asked):
        return "here", metadata.version(own) if own else None
    cached = environment(asked)
    if cached:
        return "cached", cached.release if own else None
    lacking = "npm" if asked.runtime == "node" and shutil.which("npm") is None else None
    return (f"needs {lacking}" if lacking else "installable"), None
