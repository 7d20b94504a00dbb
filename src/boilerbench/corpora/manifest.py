"""Manifests: what is known of a public corpus before it is read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from boilerbench.resources import read_toml, shipped


@dataclass(frozen=True, slots=True)
class Manifest:
    """`corpora/NAME.toml`. `digest` is the one that the reader yields from the pinned commit;
    `folder` is the embedded corpus's own place, None for one that must be fetched."""

    name: str
    title: str
    reader: str
    version: str
    licence: str
    citation: str
    digest: str | None
    pages: int | None
    home: str | None = None
    commit: str | None = None
    folder: Path | None = None


def known() -> dict[str, Manifest]:
    """All manifests by name, the embedded corpora among them."""
    found = [_public(file) for file in sorted(shipped("corpora").glob("*.toml"))]
    found += [_embedded(file.parent) for file in sorted(shipped("corpora").glob("*/corpus.toml"))]
    return {manifest.name: manifest for manifest in found}


def fetched(name: str) -> Path:
    """Where a public corpus lies on this machine once it was fetched."""
    home = os.environ.get("BOILERBENCH_CORPORA")
    root = Path(home) if home else Path(platformdirs.user_data_path("boilerbench")) / "corpora"
    return root / name


def _public(file: Path) -> Manifest:
    read = read_toml(file)
    return Manifest(
        name=file.stem,
        title=read["title"],
        reader=read["reader"],
        version=read["version"],
        licence=read["licence"],
        citation=read["citation"],
        digest=read["digest"],
        pages=read["pages"],
        home=read["home"],
        commit=read["commit"],
    )


def _embedded(folder: Path) -> Manifest:
    read = read_toml(folder / "corpus.toml")
    return Manifest(
        name=read["name"],
        title=read["title"],
        reader="layout",
        version=read["version"],
        licence=read["licence"],
        citation=read["citation"],
        digest=None,
        pages=None,
        folder=folder,
    )
