"""Metrics by name: `token` (the default), `shingle`, each with parameters in brackets."""

from __future__ import annotations

import inspect
from typing import Any

from boilerbench.errors import UserError
from boilerbench.registry import Registry
from boilerbench.signature import parse
from boilerbench.types import Metric

METRICS = Registry(
    "metric",
    {
        "token": "boilerbench.metrics.overlap:token",
        "shingle": "boilerbench.metrics.overlap:shingle",
    },
)


def metric(written: str) -> Metric[Any]:
    """The configured metric that `written` names, `token` or `shingle[n=5]` for instance."""
    wanted = parse(written)
    make = METRICS.load(wanted.name)
    taken = inspect.signature(make).parameters
    for option in wanted.options:
        if option not in taken:
            raise UserError(
                f"metric {written!r}: unknown option {option!r}",
                f"known: {', '.join(taken)}" if taken else "it takes none",
            )
    try:
        made: Metric[Any] = make(**wanted.options)
    except ValueError as error:
        raise UserError(f"metric {written!r}: {error}") from None
    return made
