"""A lazy registry: names to import paths, so that a name costs nothing until it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from boilerbench.errors import unknown_name


class Registry(Mapping[str, str]):
    """Maps a name to `module:attribute`; `load` imports it, and answers a misspelt name with
    the nearest known ones."""

    def __init__(self, what: str, targets: Mapping[str, str]) -> None:
        self.what = what
        self._targets = dict(targets)

    def __getitem__(self, name: str) -> str:
        if name not in self._targets:
            raise unknown_name(self.what, name, self._targets)
        return self._targets[name]

    def __contains__(self, name: object) -> bool:
        return name in self._targets

    def __iter__(self) -> Iterator[str]:
        return iter(self._targets)

    def __len__(self) -> int:
        return len(self._targets)

    def load(self, name: str) -> Any:
        """Import what `name` stands for; raises `UserError` for an unknown name."""
        module, _, attribute = self[name].partition(":")
        return getattr(import_module(module), attribute)
