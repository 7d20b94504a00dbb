"""The built-in extractors: what each is, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Builtin:
    """`adapter` is a module of `boilerbench.worker.adapters`, or for the runtime `node` a file of
    `boilerbench.worker.node`. `requires` are the packages that it imports, the extractor's own
    first. `by_release` are requirements that only some of its releases have: what an old one needs
    to work at all, and no longer says itself, since newer releases of its dependencies broke it.
    """

    sentence: str
    adapter: str
    requires: tuple[str, ...]
    licence: str
    home: str
    runtime: Literal["python", "node"] = "python"
    written_in: str = "Python"
    by_release: tuple[tuple[str, str], ...] = ()


BUILTIN = {
    "trafilatura": Builtin(
        "Rules on the tree, then readability-lxml and jusText where they find more.",
        "trafilatura",
        ("trafilatura",),
        "Apache-2.0",
        "https://github.com/adbar/trafilatura",
        # lxml.html.clean left lxml with 5.2
        by_release=(("<1.9", "lxml<5.2"),),
    ),
    "readability-lxml": Builtin(
        "A Python port of the first Readability: scores paragraphs and their parents.",
        "readability_lxml",
        ("readability-lxml", "html-text"),
        "Apache-2.0",
        "https://github.com/buriy/python-readability",
        by_release=(("<0.8.2", "lxml<5.2"),),
    ),
    "justext": Builtin(
        "Classifies blocks by length, link density and stop words, then by their neighbours.",
        "justext",
        ("justext", "resiliparse>=0.14"),
        "BSD-2-Clause",
        "https://github.com/miso-belica/jusText",
    ),
    "everything": Builtin(
        "All the visible text of a page: the line that an extractor must beat.",
        "everything",
        ("html-text", "w3lib"),
        "",
        "",
    ),
    "nothing": Builtin(
        "No text at all: what the metrics give for doing nothing.", "nothing", (), "", ""
    ),
}
