"""What a check says: verdicts, the pages behind them, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from boilerbench.stats import Interval

Said = Literal["newly failing", "worse", "not comparable", "better", "same"]
ORDER: tuple[Said, ...] = ("newly failing", "worse", "not comparable", "better", "same")
"""What a reader must see first."""

FAILURES = "failures"
COST = "cost"
"""What a verdict is of, where it is not of a metric."""

FINE, WORSE, NOT_COMPARABLE = 0, 1, 3
"""Exit codes; 2 is that of wrong usage."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one extractor on one corpus: by a metric, in its failures, or in its cost.

    `what` is the name of the metric, `FAILURES` or `COST`. `before` and `after` are the figure, F1
    or recall (`figure`); how many pages fail; or CPU time as a multiple of that of a reference
    extractor in the same run. `difference` is the second less the first with its paired 95 %
    interval, of cost the second over the first. `p` is how likely a change as large in its
    direction is by luck, `p_holm` corrected for all metrics of the check; `corrected` says which of
    them decided. `tolerance` is what is
    let pass, `floor` what the figure may not fall below. `lower` and `higher` count the pages
    whose figure fell or rose. `visible` is the smallest drop that this check shows in four of five
    cases. What cannot be said is None. `against` is the extractor of the baseline.
    """

    corpus: str
    extractor: str
    what: str
    said: Said
    reason: str
    against: str | None = None
    figure: str | None = None
    before: float | None = None
    after: float | None = None
    difference: Interval | None = None
    p: float | None = None
    p_holm: float | None = None
    tolerance: float | None = None
    floor: float | None = None
    lower: int | None = None
    higher: int | None = None
    visible: float | None = None
    corrected: bool = True

    @property
    def difference_of_figures(self) -> float:
        """The second figure less the first; both must be there."""
        assert self.before is not None
        assert self.after is not None
        return self.after - self.before

    @property
    def subject(self) -> str:
        """Of whom it is, in words."""
        name = self.extractor
        if self.against not in (None, name):
            name = f"{self.against} → {name}"
        return f"{self.corpus} · {name}"

    @property
    def title(self) -> str:
        """What it is of, in words."""
        return f"{self.subject} · {self.what}"


@dataclass(frozen=True, slots=True)
class Worst:
    """A page that got worse by a metric: its figure before and after, and the outcomes."""

    corpus: str
    page_id: str
    extractor: str
    against: str
    metric: str
    before: float
    after: float
    outcome_before: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Silent:
    """A page without a text, that had one or could have had: `outcome` says why, `error` tells
    more where the run does."""

    corpus: str
    page_id: str
    extractor: str
    outcome_before: str
    outcome: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All verdicts, what must be seen first first.

    `worst` has, for each extractor and corpus that got worse, up to ten pages, and for others up to
    three that fell; `failing` the pages that newly fail; `emptied` those that newly have no text
    though there is something to find, but of which little was found: the metrics judge them.
    `unchecked` says what of the baseline the run has not, `notes` what else was not judged,
    `tested` by which test and how it was corrected.
    """

    run: Path
    against: Path | None
    verdicts: tuple[Verdict, ...]
    worst: tuple[Worst, ...] = ()
    failing: tuple[Silent, ...] = ()
    emptied: tuple[Silent, ...] = ()
    unchecked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tested: str = ""

    @property
    def said(self) -> Said:
        """The verdict that decides: what is worse is certain, whatever else is not comparable."""
        return min((one.said for one in self.verdicts), key=ORDER.index, default="same")

    @property
    def exit_code(self) -> int:
        """0 fine, 1 worse or newly failing, 3 not comparable."""
        if self.said in ("worse", "newly failing"):
            return WORSE
        return NOT_COMPARABLE if self.said == "not comparable" else FINE

    def count(self) -> dict[Said, int]:
        """How many verdicts say what."""
        every = [one.said for one in self.verdicts]
        return {said: every.count(said) for said in ORDER if said in every}

    def wrong(self) -> Iterator[Verdict]:
        """The verdicts that make it fail."""
        return (one for one in self.verdicts if one.said in ("worse", "newly failing"))
