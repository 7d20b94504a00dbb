"""boilerbench: which extractor takes the main text out of a web page best, by how much, at what
cost, and where does it fail?

    import boilerbench as bb
    run = bb.run(corpus="gazette", extractors=["trafilatura"])
    run.scores()  # a polars DataFrame
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boilerbench.api import run, score
    from boilerbench.comparison import compare
    from boilerbench.corpora import load_corpus
    from boilerbench.errors import UserError
    from boilerbench.metrics import metric
    from boilerbench.store import Run
    from boilerbench.types import Gold, Page, Selection

__all__ = [
    "Gold",
    "Page",
    "Run",
    "Selection",
    "UserError",
    "compare",
    "load_corpus",
    "metric",
    "run",
    "score",
]

_HOMES = {
    "Gold": "types",
    "Page": "types",
    "Run": "store",
    "Selection": "types",
    "UserError": "errors",
    "compare": "comparison",
    "load_corpus": "corpora",
    "metric": "metrics",
    "run": "api",
    "score": "api",
}


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> object:
    """Import a name when it is used: workers and `--help` need none of the rest."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
