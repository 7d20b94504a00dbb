"""What metrics need of the gold, and whether a corpus has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from boilerbench.errors import UserError
from boilerbench.metrics.base import Metric
from boilerbench.metrics.protocols import Chosen
from boilerbench.types import Corpus, Gold

_HAS: dict[str, Callable[[Gold], object]] = {
    "text": lambda gold: gold.text,
    "snippets": lambda gold: gold.must or gold.must_not,
    "markdown": lambda gold: gold.markdown,
    "blocks": lambda gold: gold.text,  # a page's blocks can be told by its text
}

_LACKING = {
    "text": "gold text; it can be scored by snippets: --protocol trafilatura, or -m segments",
    "snippets": "snippets that must and must not be found",
    "markdown": "gold in Markdown",
    "blocks": "gold text",
}


def scorable(metric: Metric[Any], corpus: Corpus) -> bool:
    """Whether the corpus has what the metric needs on any page."""
    return any(map(_HAS[metric.needs], corpus.gold.values()))


def checked(
    chosen: Sequence[Chosen], corpora: Mapping[str, Corpus]
) -> tuple[list[Chosen], dict[str, str]]:
    """Those metrics that all corpora have gold for, and why the others of a protocol were left out.
    Raises `UserError` if a protocol would lose all its metrics, or if one that was asked for by
    name cannot be had."""
    kept: list[Chosen] = []
    reasons: dict[Chosen, str] = {}
    for one in chosen:
        lacking = [c for c in corpora.values() if not scorable(one.metric, c)]
        if not lacking:
            for corpus in corpora.values():
                one.metric.check(corpus.gold.values())
            kept.append(one)
            continue
        reasons[one] = f"{lacking[0].name} has no {_LACKING[one.metric.needs]}"
        if one.protocol is None:
            raise UserError(f"{one.metric.name}: {reasons[one]}")
    for one, reason in reasons.items():
        if one.protocol not in (other.protocol for other in kept):
            raise UserError(f"protocol {one.protocol}: {reason}")
    return kept, {one.metric.name: reason for one, reason in reasons.items()}


def with_blocks(corpus: Corpus) -> Mapping[str, Gold]:
    """The gold of the corpus with labelled blocks, or, where it has none, the page's own blocks
    without labels. Parses every page that needs it."""
    if all(gold.blocks for gold in corpus.gold.values()):
        return corpus.gold
    return {
        page.id: gold if (gold := corpus.gold[page.id]).blocks else _parsed(gold, page.html)
        for page in corpus.pages()
    }


def _parsed(gold: Gold, html: bytes) -> Gold:
    from boilerbench.dom import blocks  # a parser that other metrics do without

    return replace(gold, blocks=blocks(html))
