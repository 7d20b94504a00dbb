"""Extractors that other distributions bring: entry points of the group `boilerbench.extractors`.

    [project.entry-points."boilerbench.extractors"]
    mine = "my_package:extract"

What they name is imported by a worker, never here: a broken one stops nobody but itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata

GROUP = "boilerbench.extractors"


@dataclass(frozen=True, slots=True)
class Plugin:
    """`target` is `module:attribute`, `distribution` what brings it, with its `release`."""

    target: str
    distribution: str
    release: str
    sentence: str
    licence: str

    @property
    def adapter(self) -> str:
        """What a worker loads."""
        return f"plugin:{self.distribution}:{self.target}"


def plugins() -> Mapping[str, Plugin]:
    """All plug-ins of this Python by name. Where two distributions give one name, the first on the
    path has it, as it has for imports."""
    found: dict[str, Plugin] = {}
    for point in metadata.entry_points(group=GROUP):
        about = point.dist.metadata.json if point.dist else {}
        found.setdefault(
            point.name,
            Plugin(
                target=point.value,
                distribution=str(about.get("name", "")),
                release=str(about.get("version", "")),
                sentence=str(about.get("summary", "")),
                licence=str(about.get("license_expression") or about.get("license") or ""),
            ),
        )
    return dict(sorted(found.items()))
