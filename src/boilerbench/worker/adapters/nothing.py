"""No text at all, on any page: what the metrics give for doing nothing."""

from __future__ import annotations

from typing import Any

from boilerbench.types import Page
from boilerbench.worker.adapters.options import check_known
from boilerbench.worker.loop import Extract

DISTRIBUTION = None


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """It takes no options."""
    for name in options:
        check_known(name, ())

    def extract(page: Page) -> None:
        return None

    return extract, {}
