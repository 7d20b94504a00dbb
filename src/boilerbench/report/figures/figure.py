"""What a figure consists of, and what all of them share: labels, numbers, layers of a chart.

Names of extractors, metrics and parts of corpora come from files and flags. In a specification they
are values of data and of scales, never a field's name and never part of an expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from boilerbench.metrics.protocols import OWN
from boilerbench.ranking import Ranking
from boilerbench.stats import Interval

LONGEST_LABEL = 34
"""Characters: the longest specs of the default extractors fit."""

FIGURE_NAMES = {"f1": "F1", "recall": "Recall"}
"""What `Ranking.figure` is called."""


WIDE = 560
"""Pixels of a plot, without its axes, that fit beside another."""

Size = tuple[int, int]
"""Width and height of a plot in pixels, without its axes."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart for the report and for a paper.

    `name` is a part of a file's name: small letters, digits and hyphens. `caption` says what is
    shown and of how many pages; `summary` says in words what a reader sees. `spec` is the
    specification in Vega-Lite, without colours of a theme, and None where there is nothing to
    draw; then `reason` says why. `corpus` is the one that is shown, None where it is several.
    """

    name: str
    title: str
    caption: str
    summary: str
    spec: Mapping[str, Any] | None
    reason: str | None = None
    corpus: str | None = None

    @property
    def wide(self) -> bool:
        """Whether it needs more than half of a wide window."""
        return self.spec is not None and self.spec["width"] > WIDE

    @classmethod
    def undrawn(cls, name: str, title: str, reason: str) -> Figure:
        """A figure of which there is only a reason why it is not there."""
        return cls(name, title, "", "", None, reason)


def drawn(
    name: str, title: str, caption: str, summary: str, layers: Sequence[alt.Chart], size: Size
) -> Figure:
    """The figure of a chart's layers."""
    width, height = size
    chart = alt.LayerChart(layer=list(layers), width=width, height=height)
    # Its form does not depend on the data: tests check it against the schema, every run need not.
    spec = chart.to_dict(validate=False)
    spec.pop("config", None)  # the theme's, not the chart's
    return Figure(name, title, caption, summary, spec)


def values(rows: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """Rows as inline data."""
    return alt.InlineData(values=[dict(row) for row in rows])


def labels(names: Iterable[str]) -> dict[str, str]:
    """How names are written in a chart: on one line, short, and no two of them alike."""
    given: dict[str, str] = {}
    for name in names:
        label = shortened(name)
        count = 1
        while label in given.values():
            count += 1
            label = f"{shortened(name, LONGEST_LABEL - 4)} ({count})"
        given[name] = label
    return given


def shortened(name: str, most: int = LONGEST_LABEL) -> str:
    """The name with its middle left out if it is long: specs often differ in their ends."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)
    if len(shown) > most:
        shown = shown.replace("=true", "")
    if len(shown) <= most:
        return shown
    end = (most - 1) // 2
    return f"{shown[: most - 1 - end]}…{shown[-end:]}"


def share(figure: float, digits: int = 3) -> str:
    """`.871`, `1`, `−.12`: a figure of at most 1 in few characters."""
    rounded = f"{abs(figure):.{digits}f}"
    plain = "1" if rounded == f"{1:.{digits}f}" else rounded.removeprefix("0")
    return f"−{plain}" if figure < 0 and float(rounded) else plain


def with_interval(value: float | None, found: Interval | None) -> str:
    """`.871 (.850 to .890)`."""
    if value is None:
        return "–"
    return share(value) + (f" ({share(found.low)} to {share(found.high)})" if found else "")


def counted(pages: int) -> str:
    """`1 page`, `1,497 pages`."""
    return f"{pages:,} page{'' if pages == 1 else 's'}"


def subject(ranking: Ranking) -> str:
    """What a ranking is of, for a caption: `gazette, 184 pages, by token`."""
    return f"{ranking.corpus}, {counted(ranking.pages)}, by {measured_by(ranking)}"


def measured_by(ranking: Ranking) -> str:
    """The metric; where it is of a protocol, the parameters are that one's."""
    if ranking.protocol in (None, OWN):
        return ranking.metric
    return f"{ranking.metric.partition('[')[0]} of protocol {ranking.protocol}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
