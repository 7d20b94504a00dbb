"""Who of a run is to be compared with whom of a baseline, and why not where not.

Two figures are compared only if they are of the same corpus by name and digest, the same reading of
its gold, and the same metric to its last parameter. A corpus under another name is another corpus,
even one with the same pages: nobody has said that they are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boilerbench.baseline import Baseline
from boilerbench.signature import differing
from boilerbench.types import Selection

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Metrics:
    """A metric of the run by its name and signature, and what the baseline calls it; or why it
    has none to compare, and which of the baseline's it stands in the place of, if any (`other`)."""

    name: str
    signature: str
    before: str | None
    reason: str = ""
    other: str | None = None


def why_another_corpus(name: str, after: Baseline, before: Baseline) -> str | None:
    """Why the run's corpus of this name cannot be compared with the baseline's; None if it can."""
    ours, theirs = after.entries("corpora")[name], before.entries("corpora").get(name)
    if theirs is None:
        for other, entry in before.entries("corpora").items():
            if entry["digest"] == ours["digest"]:
                return f"the baseline has these pages under another name, {other}"
        known = ", ".join(before.entries("corpora"))
        return f"the baseline has no corpus of this name, but {known}"
    readings = [Selection.stored(one.get("selection") or {}).gold for one in (theirs, ours)]
    if readings[0] != readings[1]:
        said = [", ".join(reading) or "the corpus's own" for reading in readings]
        return f"another reading of the gold: {said[0]} / {said[1]}"
    if ours["digest"] != theirs["digest"]:
        return _differing_corpora(theirs, ours)
    pages = [set(_ids(one, name)) for one in (before, after)]
    for who, lacks in (
        ("baseline lacks", pages[1] - pages[0]),
        ("run lacks", pages[0] - pages[1]),
    ):
        if lacks:
            return f"the {who} {len(lacks)} of the pages"
    return None


def _differing_corpora(before: Entry, after: Entry) -> str:
    """In what two corpora of one name differ, as far as a run says."""
    versions = [entry.get("version") or "–" for entry in (before, after)]
    chosen = [
        str(Selection.stored(entry.get("selection") or {})) or "all pages"
        for entry in (before, after)
    ]
    pages = [f"{entry['pages']:,} pages" if "pages" in entry else "–" for entry in (before, after)]
    for what, (one, other) in (
        ("another version", versions),
        ("another selection", chosen),
        ("another number of pages", pages),
    ):
        if one != other:
            return f"{what} of the corpus: {one} / {other}"
    digests = [entry["digest"].removeprefix("sha256:")[:12] for entry in (before, after)]
    return f"other pages, or other gold: digest {digests[0]} / {digests[1]}"


def metrics_of(after: Baseline, before: Baseline) -> list[Metrics]:
    """The run's metrics, each with the baseline's of the same signature; where there is none, with
    one of the same name, else of the same but for its options, that no other metric of the run is
    compared with or stands in the place of."""
    theirs = {entry["signature"]: entry["name"] for entry in before.info["metrics"]}
    ours = {entry["signature"] for entry in after.info["metrics"]}
    free = {name: signature for signature, name in theirs.items() if signature not in ours}
    new = [entry["name"] for entry in after.info["metrics"] if entry["signature"] not in theirs]
    others = {name: name for name in new if name in free}
    for name in new:
        left = [other for other in free if other not in others.values()]
        family = [other for other in left if _family(other) == _family(name)]
        if name not in others and family:
            others[name] = family[0]
    found = []
    for entry in after.info["metrics"]:
        name, signature = entry["name"], entry["signature"]
        other = others.get(name)
        if signature in theirs:
            found.append(Metrics(name, signature, theirs[signature]))
        elif other:
            reason = f"another metric: {differing(free[other], signature)}"
            found.append(Metrics(name, signature, None, reason, other))
        else:
            reason = "the baseline has no figures by this metric"
            found.append(Metrics(name, signature, None, reason))
    return found


def _family(metric: str) -> str:
    return metric.partition("[")[0]


def extractors_of(after: Baseline, before: Baseline) -> dict[str, str]:
    """The run's extractors with those of the baseline that they are compared with: of the same
    name, else the one with the same options in another release, else, where both have a single
    one, that."""
    ours, theirs = after.entries("extractors", "spec"), before.entries("extractors", "spec")
    matched = {spec: spec for spec in ours if spec in theirs}
    left = [entry for spec, entry in ours.items() if spec not in matched]
    free = [entry for spec, entry in theirs.items() if spec not in matched]
    for entry in left:
        same = [other for other in free if _plain(other) == _plain(entry)]
        if len(same) == 1 == sum(_plain(other) == _plain(entry) for other in left):
            matched[entry["spec"]] = same[0]["spec"]
    if len(ours) == len(theirs) == 1 and not matched:
        matched[next(iter(ours))] = next(iter(theirs))
    return {spec: matched[spec] for spec in ours if spec in matched}


def _plain(entry: Entry) -> tuple[str, str]:
    return entry["name"], str(sorted((entry.get("options") or {}).items()))


def same_release(name: str, after: Baseline, before: Baseline) -> str | None:
    """Why an extractor is not the same in both; None if it is, as far as can be told."""
    ours, theirs = (one.entries("extractors", "spec").get(name) for one in (after, before))
    if ours is None or theirs is None:
        return f"{'the run' if ours is None else 'the baseline'} has no {name}"
    if ours.get("version") != theirs.get("version"):
        return f"{name} was {theirs.get('version')}, and is {ours.get('version')}"
    return None


def gone(after: Baseline, before: Baseline, matched: Mapping[str, str]) -> list[str]:
    """What the baseline has and the run has not, in words."""
    lines = []
    for what, there, here in (
        ("corpora", before.entries("corpora"), set(after.entries("corpora"))),
        ("extractors", before.entries("extractors", "spec"), set(matched.values())),
    ):
        missing = [name for name in there if name not in here]
        if missing:
            lines.append(f"{what} of the baseline that the run has not: {', '.join(missing)}")
    metrics = metrics_of(after, before)
    known = {one.signature for one in metrics}, {one.other for one in metrics}
    lost = [
        entry["name"]
        for entry in before.info["metrics"]
        if entry["signature"] not in known[0] and entry["name"] not in known[1]
    ]
    if lost:
        lines.append(f"metrics of the baseline that the run has not: {', '.join(lost)}")
    return lines


def _ids(baseline: Baseline, corpus: str) -> Sequence[str]:
    pages = baseline.pages
    return pages.filter(pages["corpus"] == corpus)["page_id"].to_list()
