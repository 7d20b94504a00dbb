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
    """An entry for each corpus, protocol and extractor of the run, of an extractor its release
    too, and one for boilerbench. What nobody has published has an entry of what the run knows."""
    entries: dict[str, str] = {}
    for key, entry in _entries(run.info):
        entries.setdefault(key, entry)
    return "\n".join(entries.values())


def _entries(info: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    published = _published()
    for corpus in info["corpora"]:
        key = f"corpus:{corpus['name'].partition(':')[0]}"
        yield key, published[key] if key in published else _corpus(corpus)
    for metric in info["metrics"]:
        # The protocol of a corpus' own evaluation is published with the corpus.
        for key in (f"protocol:{metric.get('protocol')}", f"corpus:{metric.get('protocol')}"):
            if key in published:
                yield key, published[key]
                break
    for extractor in info["extractors"]:
        package = _package(extractor["name"])
        # What introduced an extractor is published with its corpus, or by itself.
        for key in (f"extractor:{package}", f"corpus:{package}"):
            if key in published:
                yield key, published[key]
        if extractor.get("version"):
            key = _key(f"software:{package}-{extractor['version']}")
            yield key, _software(key, package, extractor)
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


def _software(key: str, package: str, extractor: Mapping[str, Any]) -> str:
    known = BUILTIN.get(extractor["name"])
    return _written(
        "misc",
        key,
        key=escaped(package),
        title=f"{{{escaped(package)}}}",
        note=f"Software, release {escaped(extractor['version'])}",
        **({"howpublished": rf"\url{{{known.home}}}"} if known and known.home else {}),
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
def _published() -> Mapping[str, str]:
    text = resources.files("boilerbench.report").joinpath("references.bib").read_text("utf-8")
    return {found[1]: found[0] for found in _ENTRY.finditer(text)}
