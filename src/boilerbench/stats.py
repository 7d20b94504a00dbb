"""Resampling: how much a figure depends on which pages are in the corpus."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerbench.metrics.base import Columns, Floats, Metric

RESAMPLES = 1000

_BLOCK = 250
"""Resamples that are multiplied at once: it bounds the memory."""


def bootstrap(
    metric: Metric[Any],
    counts: Columns,
    failed: NDArray[np.bool_] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Floats]:
    """The metric's figures over resamples of the pages, drawn with replacement: arrays of shape
    (resamples,).

    `counts` are arrays of shape (pages,). A resample is how often each page was drawn, so that its
    sums are one product of matrices, and no text is read and no score computed again. The same
    number of pages and the same seed give the same resamples, whatever the metric or the extractor.
    """
    terms = metric.terms(counts, failed)
    columns = np.stack(list(terms.values()), axis=1)
    pages = len(columns)
    if not pages:
        raise ValueError("there are no pages to resample")
    drawn = _drawn(pages, resamples, seed)
    blocks = (drawn[start : start + _BLOCK] for start in range(0, resamples, _BLOCK))
    sums = np.concatenate([block.astype(np.float64) @ columns for block in blocks])
    return metric.figures(dict(zip(terms, sums.T, strict=True)))


@lru_cache(maxsize=1)
def _drawn(pages: int, resamples: int, seed: int) -> NDArray[np.uint16]:
    """How often each page was drawn in each resample: of shape (resamples, pages)."""
    random = np.random.default_rng(seed)
    drawn = np.empty((resamples, pages), np.uint16)
    for row in drawn:
        row[:] = np.bincount(random.integers(pages, size=pages), minlength=pages)
    return drawn
