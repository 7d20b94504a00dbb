"""What a paper about a run has to cite, as BibTeX: corpora, protocols, extractors, boilerbench."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from boilerbench.extractors.catalogue import BUILTIN
from boilerbench.report.latex import escaped
from boilerbench.store import Run

_ENTRY = re.compile(r"^@\w+\{([^,]+),\n.*?^\}\n", re.MULTILINE | re.DOTALL)


def bibtex(run: Run) -> str:
    """An entry for each corpus, protocol and known extractor of the run, of an extractor its
    release too, and one for boilerbench. A corpus that nobody has published has an entry of what
    the run knows; an extractor that is a function or a file of the user has none. A key says as
    what the run used it: `extractor:trafilatura`."""
    entries: dict[str, str] = {}
    for source, entry in _entries(run.info):
        entries.setdefault(source, entry)
    return "\n".join(entries.values())


def _entries(info: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is cited, by its source: who used it as two things cites it once."""
    for corpus in info["corpora"]:
        name = corpus["name"].partition(":")[0]
        yield _published("corpus", name) or (f"corpus:{name}", _corpus(corpus))
    for metric in info["metrics"]:
        yield from filter(None, [_published("protocol", str(metric.get("protocol")))])
    for extractor in info["extractors"]:
        package = _package(extractor["name"])
        yield from filter(None, [_published("extractor", package)])
        known = BUILTIN.get(extractor["name"])
        if extractor.get("version") and known and known.home:
            key = _key(f"software:{package}-{extractor['version']}")
            yield key, _software(key, package, extractor["version"], known.home)
    yield (
        "boilerbench",
        _written(
            "misc",
            "boilerbench",
            author="{The boilerbench team}",
            title="{boilerbench}: a benchmark toolkit for boilerplate removal",
            note=f"Release {escaped(info['boilerbench'])}",
            year=info["started"][:4],
        ),
    )


def _published(used_as: str, name: str) -> tuple[str, str] | None:
    """The publication of a corpus, protocol or extractor, cited as what it was used as. Where it
    has none of its own, it came with the corpus of that name."""
    for source in (f"{used_as}:{name}", f"corpus:{name}"):
        if source in _references():
            entry = _references()[source]
            return source, entry.replace(f"{{{source},", f"{{{used_as}:{name},", 1)
    return None


def _corpus(corpus: Mapping[str, Any]) -> str:
    release = f"version {corpus['version']}, " if corpus["version"] else ""
    return _written(
        "misc",
        _key(f"corpus:{corpus['name']}"),
        key=escaped(corpus["name"]),
        title=f"{{{escaped(corpus['name'])}}}",
        note=escaped(f"{release}{corpus['pages']} pages, {corpus['digest'][:19]}")
        + (f". {escaped(corpus['citation'])}" if corpus.get("citation") else ""),
    )


def _software(key: str, package: str, version: str, home: str) -> str:
    return _written(
        "misc",
        key,
        key=escaped(package),
        title=f"{{{escaped(package)}}}",
        note=f"Software, release {escaped(version)}",
        howpublished=rf"\url{{{home}}}",
    )


def _package(extractor: str) -> str:
    """The package that an extractor is of: `trafilatura` for `trafilatura-fast` too."""
    known = BUILTIN.get(extractor)
    found = re.match(r"@?[^@<>=~!]+", known.requires[0]) if known and known.home else None
    return found[0] if found else extractor


def _written(kind: str, cited_as: str, /, **fields: str) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{cited_as},", *lines, "}", ""])


def _key(name: str) -> str:
    """A key that BibTeX takes, whatever the name."""
    return re.sub(r"[^A-Za-z0-9:.+-]+", "-", name)


@cache
def _references() -> Mapping[str, str]:
    text = resources.files("boilerbench.report").joinpath("references.bib").read_text("utf-8")
    return {found[1]: found[0] for found in _ENTRY.finditer(text)}
