"""What a page lost and what leaked into it, in its own words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import polars as pl

from boilerbench.baseline import Baseline
from boilerbench.report.diff import Words, cut, diff
from boilerbench.report.sources import reloaded
from boilerbench.store import Run
from boilerbench.types import Corpus
from boilerbench.verdict import Report

STRETCHES = 3
"""That are quoted, the longest first."""

LONGEST = 120
"""Characters of one that are quoted."""

Key = tuple[str, str, str]
"""A corpus, the id of a page, and an extractor of the run."""


@dataclass(frozen=True, slots=True)
class Change:
    """Words of the gold that a text `lost`, and words beyond the gold that `leaked` into it: how
    many, and the longest stretches of them. They are new if the text from before is at hand
    (`beside_before`); without it they are all that the text lacks or has beyond the gold."""

    lost: tuple[str, ...]
    lost_words: int
    leaked: tuple[str, ...]
    leaked_words: int
    beside_before: bool


def explained(
    report: Report, after: Baseline, before: Baseline | None
) -> tuple[Report, dict[Key, Change]]:
    """The words that were lost and leaked on the pages that got worst, where the texts and the gold
    are at hand; and the report with a note of what is not, so that it cannot be shown."""
    notes = []
    silent = report.failing or report.emptied
    if after.run is None:
        if report.worst or silent:
            notes.append(
                f"{after.path} is a baseline, with neither the texts of its pages nor a report, to "
                "which the links would lead"
            )
        return replace(report, notes=(*report.notes, *notes)), {}
    if (report.worst or silent) and not after.has_report:
        notes.append(
            f"{after.path} has no report, to which the links would lead: "
            f"boilerbench report {after.path} --format html"
        )
    found = {}
    if report.worst:
        corpora, missing = reloaded(after.run)
        named = {one.corpus for one in report.worst}
        notes += [
            f"{corpus}: no words are shown, as it cannot be read again: {reason}"
            for corpus, reason in missing.items()
            if corpus in named
        ]
        found = changes(report, after.run, before.run if before else None, corpora)
    return replace(report, notes=(*report.notes, *notes)), found


def changes(
    report: Report, run: Run, before: Run | None, corpora: Mapping[str, Corpus]
) -> dict[Key, Change]:
    """What happened on the pages that got worst; `before` is the baseline, if it has texts. Pages
    of corpora that are not given are left out."""
    texts = _texts(run, {(one.corpus, one.page_id, one.extractor) for one in report.worst})
    old = {(one.corpus, one.page_id, one.against) for one in report.worst}
    olds = _texts(before, old) if before else {}
    found = {}
    for one in report.worst:
        key = one.corpus, one.page_id, one.extractor
        if one.corpus in corpora and key in texts:
            gold = corpora[one.corpus].gold[one.page_id].text
            was = olds.get((one.corpus, one.page_id, one.against))
            found[key] = change(gold, texts[key], was)
    return found


def change(gold: str, text: str, before: str | None = None) -> Change:
    """What a text lost and what leaked into it, beside the text before if there is one."""
    wanted, found = cut(gold), cut(text)
    missing, extra = _unmatched(wanted, found)
    if before is not None:
        old = cut(before)
        missing -= _unmatched(wanted, old)[0]
        extra &= _unmatched(old, found)[1]
    return Change(
        _quoted(wanted, missing),
        len(missing),
        _quoted(found, extra),
        len(extra),
        before is not None,
    )


def _unmatched(first: Words, second: Words) -> tuple[set[int], set[int]]:
    """The words of either side, by their places, that the other has not."""
    missing: set[int] = set()
    extra: set[int] = set()
    i = j = 0
    for stretch in diff(first, second).stretches:
        i, j = i + stretch.same_gold, j + stretch.same_text
        missing.update(_between(first.starts, i, i + stretch.missing))
        extra.update(_between(second.starts, j, j + stretch.extra))
        i, j = i + stretch.missing, j + stretch.extra
    return missing, extra


def _between(starts: Sequence[int], begin: int, end: int) -> range:
    return range(bisect_left(starts, begin), bisect_left(starts, end)) if end > begin else range(0)


def _quoted(side: Words, places: Iterable[int]) -> tuple[str, ...]:
    """The longest stretches of words at those places, in the order of the text."""
    ordered = sorted(places)
    breaks = [at for at, (one, two) in enumerate(pairwise(ordered), 1) if two != one + 1]
    runs = [ordered[start:end] for start, end in pairwise([0, *breaks, len(ordered)])]
    longest = sorted(sorted(filter(None, runs), key=lambda run: -len(run))[:STRETCHES])
    ends = [*side.starts[1:], len(side.text)]
    quoted = []
    for run in longest:
        said = " ".join(side.text[side.starts[run[0]] : ends[run[-1]]].split())
        quoted.append(said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…")
    return tuple(quoted)


def _texts(run: Run, keys: Iterable[Key]) -> dict[Key, str]:
    wanted = pl.DataFrame(list(keys), schema=["corpus", "page_id", "extractor"], orient="row").cast(
        pl.String
    )
    names = ["corpus", "page_id", "extractor"]
    found = run.extractions().join(wanted, on=names, how="semi").select(*names, "text")
    return {(corpus, page, name): text for corpus, page, name, text in found.iter_rows()}
