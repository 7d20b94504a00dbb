"""The checks in their order, for one extractor. About a minute, most of it for memory.

A check that goes over many pages ends by itself when its seconds are over, so that a slow extractor
is judged over fewer pages, and says so. A hosted service costs money by the page, and what runs
there is not seen from here: it is sent few pages, and many checks are skipped.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from boilerbench.conformance.determinism import Determinism
from boilerbench.conformance.finding import Finding, Verdict, skipped
from boilerbench.conformance.memory import growth
from boilerbench.conformance.pages import hostile, ordinary
from boilerbench.conformance.session import Session
from boilerbench.conformance.watch import Seen, watched
from boilerbench.errors import UserError
from boilerbench.execution.process import Limits, Refused
from boilerbench.types import ExtractorSpec, Page

_IDLE = 0.05
"""Of a core, between pages. A timer that wakes now and then is none of our business."""

_SLOW = 1 / 3
"""Of the deadline."""

_LARGE = 1_000_000
"""Bytes; larger pages are left out where all system calls are watched, and for services."""

_SERVICE_PAGES = 4
_ELSEWHERE = "a service: it runs elsewhere"
START = "start"
"""The check that is found, and failed, where a worker does not start; it is the last one then."""

UNANSWERED = "no ordinary page was answered"
"""Why checks are skipped that need an answer to judge."""

_AT_LENGTH = ("repeated pages", "other orders", "threads, processes", "idle")
_ANEW = ("new processes", "hash seed")
_WATCHED = ("network", "files")


@dataclass(frozen=True, slots=True)
class Extent:
    """How thorough the kit is: pages of gazette, orders of them, new processes, pages for memory;
    seconds that a look at the same pages may go on for, and seconds for memory."""

    pages: int
    orders: int
    processes: int
    memory_pages: int
    seconds: float
    memory_seconds: float


FULL = Extent(pages=12, orders=3, processes=3, memory_pages=1000, seconds=20, memory_seconds=40)
QUICK = Extent(pages=6, orders=2, processes=1, memory_pages=250, seconds=10, memory_seconds=15)


def checks() -> tuple[str, ...]:
    """The names of all checks, in the order of their findings."""
    begin = ("ordinary pages", *_AT_LENGTH, *_ANEW, *_WATCHED)
    return (*begin, *hostile(), "after hostile pages", "memory", "text")


def examine(spec: ExtractorSpec, limits: Limits, extent: Extent = FULL) -> Iterator[Finding]:
    """The findings as they come, one for each of `checks()`; where it does not start, a last one
    that says so. Raises `UserError`, at once, for one that has no worker of its own."""
    if spec.members:
        raise UserError(f"{spec} has no worker of its own", "test its members")
    return _examined(spec, limits, extent)


def _examined(spec: ExtractorSpec, limits: Limits, extent: Extent) -> Iterator[Finding]:
    if spec.is_service:
        extent = replace(extent, pages=min(extent.pages, _SERVICE_PAGES), orders=1)
    pages = ordinary(extent.pages)
    same = Determinism(pages, extent.seconds)
    odd: list[str] = []
    try:
        yield from on_the_same_pages(spec, limits, extent, same, odd)
        yield from watched_throughout(spec, limits, extent, pages, odd)
        yield from on_hostile_pages(spec, limits, same, odd)
        yield on_many_pages(spec, limits, extent, same, pages, odd)
    except Refused as refused:
        why = f"{refused.message}; {refused.hint}" if refused.hint else refused.message
        yield Finding(START, "fail", why)
    else:
        yield _text(same, odd)


def on_the_same_pages(
    spec: ExtractorSpec, limits: Limits, extent: Extent, same: Determinism, odd: list[str]
) -> Iterator[Finding]:
    """Whether the same pages get the same text, and what a worker does between them."""
    with Session(spec, limits, odd) as session:
        at_start = session.threads_and_children()
        yield same.answers(session)
        if not same.answered:
            yield from skipped((*_AT_LENGTH, *_ANEW), UNANSWERED)
            return
        early = session.threads_and_children()
        yield same.repeated(session)
        yield same.reordered(session, extent.orders)
        if spec.is_service:
            yield from skipped((*_AT_LENGTH[2:], *_ANEW), _ELSEWHERE)
            return
        late = session.threads_and_children()
        # A runtime of another language may start threads of its own at its first page.
        own = spec.runtime == "python" and not spec.command
        yield _left(at_start if own else (early[0], at_start[1]), late)
        yield _idle(session.busy())
    yield same.new_processes(spec, limits, odd, extent.processes)
    yield same.hash_seed(spec, limits, odd)


def _left(before: tuple[int, int], after: tuple[int, int]) -> Finding:
    threads, children = after[0] - before[0], after[1] - before[1]
    if threads <= 0 and children <= 0:
        return Finding("threads, processes", "pass", "none left behind by a page")
    seen = f"left behind by pages: {max(threads, 0)} threads, {max(children, 0)} processes"
    return Finding("threads, processes", "fail", seen)


def _idle(busy: float) -> Finding:
    verdict: Verdict = "fail" if busy > _IDLE else "pass"
    return Finding("idle", verdict, f"{busy:.0%} of a core between pages")


def watched_throughout(
    spec: ExtractorSpec, limits: Limits, extent: Extent, pages: list[Page], odd: list[str]
) -> Iterator[Finding]:
    """What it tries, at its start, on ordinary pages and on small hostile ones."""
    if spec.is_service:
        yield Finding("network", "skipped", "a service: the network is open to its address alone")
        yield Finding("files", "skipped", _ELSEWHERE)
        return
    small = [Page(name, html) for name, html in hostile().items() if len(html) < _LARGE]
    watched_pages = [*pages, *small]
    outcomes: list[bool] = []

    def work(seen: Seen) -> None:
        with Session(spec, limits, odd) as session:
            seen.serving = True
            begun = time.monotonic()
            for page in watched_pages:
                late = outcomes and time.monotonic() - begun > extent.seconds
                if late or seen.abandoned:
                    break
                outcomes.append(session.extract(page).failed)

    seen = watched(work)
    if seen is None:
        yield from skipped(_WATCHED, "this kernel does not report system calls")
        return
    count = len(outcomes)
    cut = f"; {count} of {len(watched_pages)} pages in {extent.seconds:g} s"
    over = cut if count < len(watched_pages) else ""
    # One that fails may fail for what it tried; that it tried nothing then says nothing.
    unanswered = all(outcomes)
    yield _tried("network", seen.sockets, f"no socket was asked for{over}", unanswered)
    if seen.blind and not seen.changes:
        yield Finding("files", "skipped", "this kernel does not let a worker's paths be read")
        return
    none = f"nothing changed outside its temporary folder{over}"
    yield _tried("files", seen.changes, none, unanswered)


def on_hostile_pages(
    spec: ExtractorSpec, limits: Limits, same: Determinism, odd: list[str]
) -> Iterator[Finding]:
    """Each hostile page. It may be answered with an error, but must be answered."""
    if not same.answered:
        yield from skipped((*hostile(), "after hostile pages"), UNANSWERED)
        return
    with Session(spec, limits, odd) as session:
        for name, html in hostile().items():
            if spec.is_service and len(html) >= _LARGE:
                yield Finding(name, "skipped", "a service: it would cost too much")
                continue
            extraction = session.extract(Page(name, html))
            wall = extraction.wall_s or 0.0
            if extraction.outcome in ("ok", "empty"):
                verdict: Verdict = "slow" if wall > _SLOW * limits.timeout else "pass"
                seen = f"{len(extraction.text):,} characters in {wall:.1f} s"
            else:
                verdict = extraction.outcome  # type: ignore[assignment]
                seen = (extraction.error or "").partition("\n")[0]
            yield Finding(name, verdict, seen)
        wrong = same.still_serves(session)
        yield Finding(
            "after hostile pages",
            "fail" if wrong else "pass",
            wrong or "an ordinary page has the same text as before",
        )


def on_many_pages(
    spec: ExtractorSpec,
    limits: Limits,
    extent: Extent,
    same: Determinism,
    pages: list[Page],
    odd: list[str],
) -> Finding:
    """Whether memory grows."""
    if spec.is_service:
        return Finding("memory", "skipped", _ELSEWHERE)
    if not same.answered:
        return Finding("memory", "skipped", UNANSWERED)
    with Session(spec, limits, odd) as session:
        return growth(session, pages, extent.memory_pages, extent.memory_seconds)


def _tried(check: str, tries: dict[str, int], none: str, unanswered: bool) -> Finding:
    if tries:
        listed = [f"{what} ({count} times)" for what, count in list(tries.items())[:3]]
        more = f" and {len(tries) - 3} more" if len(tries) > 3 else ""
        return Finding(check, "fail", f"tried, and refused: {', '.join(listed)}{more}")
    if unanswered:
        return Finding(check, "skipped", "no page was answered")
    return Finding(check, "pass", none)


def _text(same: Determinism, odd: list[str]) -> Finding:
    if odd:
        return Finding("text", "fail", f"{odd[0]}; {len(odd)} answers in all")
    if not same.answered:
        return Finding("text", "skipped", UNANSWERED)
    return Finding("text", "pass", "all that came back is text, without NUL characters")
