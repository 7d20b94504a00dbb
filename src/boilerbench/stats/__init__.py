"""How much a figure depends on which pages are in the corpus, and whether a difference between two
extractors may be luck.

| module | holds |
| --- | --- |
| `resampling` | what is drawn, and the matrices of it |
| `intervals` | figures with intervals, Holm's correction |
| `stacks` | many systems at once: bootstrap and paired permutation test |
| `bypage` | wins and losses, effect size, Wilcoxon's test |
| `ranks` | intervals of places, letters |
| `across` | Friedman and Nemenyi over corpora |
| `power` | how many pages a difference needs |
"""

from boilerbench.stats.across import AcrossCorpora, across
from boilerbench.stats.bypage import TIE_MARGIN, ByPage, by_page, wilcoxon
from boilerbench.stats.intervals import Difference, Interval, bounds, holm, interval, trimmed
from boilerbench.stats.power import detectable, pseudo_values, simulated_power, units_needed
from boilerbench.stats.ranks import ALPHA, letters, rank_intervals
from boilerbench.stats.resampling import (
    RESAMPLES,
    Groups,
    Stream,
    groups_of,
    units,
)
from boilerbench.stats.stacks import (
    Stack,
    bootstrap,
    mean_known,
    paired,
    permutation,
)

__all__ = [
    "ALPHA",
    "RESAMPLES",
    "TIE_MARGIN",
    "AcrossCorpora",
    "ByPage",
    "Difference",
    "Groups",
    "Interval",
    "Stack",
    "Stream",
    "across",
    "bootstrap",
    "bounds",
    "by_page",
    "detectable",
    "groups_of",
    "holm",
    "interval",
    "letters",
    "mean_known",
    "paired",
    "permutation",
    "pseudo_values",
    "rank_intervals",
    "simulated_power",
    "trimmed",
    "units",
    "units_needed",
    "wilcoxon",
]
