"""Metrics by name, with parameters in brackets: `token` (the default), `shingle[n=5]`, and so on.

A name stands for a configured metric of one of a few families (a file each); `boilerbench metrics
list` prints them all.
"""

from __future__ import annotations

from typing import Any

from boilerbench.errors import UserError
from boilerbench.metrics.base import Metric, read_parameters
from boilerbench.registry import Registry
from boilerbench.signature import parse, read_signature

METRICS = Registry(
    "metric",
    {
        "token": "boilerbench.metrics.overlap:TOKEN",
        "token-set": "boilerbench.metrics.overlap:TOKEN_SET",
        "shingle": "boilerbench.metrics.overlap:SHINGLE",
        "rouge-n": "boilerbench.metrics.overlap:ROUGE_N",
        "rouge-l": "boilerbench.metrics.lcs:ROUGE_L",
        "rouge-lsum": "boilerbench.metrics.rouge_lsum:ROUGE_LSUM",
        "lcs": "boilerbench.metrics.lcs:LCS",
        "levenshtein": "boilerbench.metrics.levenshtein:LEVENSHTEIN",
        "cleaneval": "boilerbench.metrics.alignment:CLEANEVAL",
        "cleaneval-marks": "boilerbench.metrics.alignment:CLEANEVAL_MARKS",
        "exact": "boilerbench.metrics.exact:EXACT",
        "segments": "boilerbench.metrics.segments:SEGMENTS",
        "snippets": "boilerbench.metrics.segments:SNIPPETS",
        "blocks": "boilerbench.metrics.blocks:BLOCKS",
        "dragnet-blocks": "boilerbench.metrics.blocks:DRAGNET_BLOCKS",
        "headings": "boilerbench.metrics.structure:HEADINGS",
        "lists": "boilerbench.metrics.structure:LISTS",
        "tables": "boilerbench.metrics.structure:TABLES",
        "code": "boilerbench.metrics.structure:CODE",
        "webmainbench-part": "boilerbench.metrics.webmainbench:PART",
    },
)


def metric(written: str) -> Metric[Any]:
    """The configured metric that `written` names: `token`, `shingle[n=5]`, or a signature."""
    if "|" in written:
        return _of_signature("".join(written.split()))  # as a terminal may have wrapped it
    wanted = parse(written)
    default: Metric[Any] = METRICS.load(wanted.name)
    try:
        return default.configured(**wanted.options)
    except ValueError as error:
        raise UserError(f"metric {written!r}: {error}") from None


def _of_signature(written: str) -> Metric[Any]:
    """The metric of a signature, under the name that fits it best. Raises `UserError` for a
    signature of another version: its numbers cannot be made here any more."""
    family, parameters, version = read_signature(written)
    fitting: list[Metric[Any]] = [
        default
        for default in map(METRICS.load, METRICS)
        if default.family == family and default.version == version
    ]
    if not fitting:
        raise UserError(
            f"{written!r} is not a metric of this boilerbench",
            "it was made by another release, and is not comparable",
        )
    try:
        read = read_parameters(fitting[0], parameters)
        made = [default.configured(**read) for default in fitting]
    except ValueError as error:
        raise UserError(f"{written!r}: {error}") from None
    return min(made, key=lambda one: len(one.name))


__all__ = ["METRICS", "Metric", "metric"]
