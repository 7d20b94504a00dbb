"""The checks in their order, for one extractor. About a minute, most of it for memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from boilerbench.conformance.determinism import Determinism
from boilerbench.conformance.finding import Finding, Verdict
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

_LARGE = 1_000_000  # bytes; larger pages are left out where all system calls are watched


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


def examine(spec: ExtractorSpec, limits: Limits, extent: Extent = FULL) -> Iterator[Finding]:
    """The findings, as they come. Raises `UserError` for one that has no worker of its own."""
    if spec.members:
        raise UserError(f"{spec} has no worker of its own", "test its members")
    pages = ordinary(extent.pages)
    same = Determinism(pages, extent.seconds)
    odd: list[str] = []
    try:
        yield from on_the_same_pages(spec, limits, extent, same, odd)
        yield from watched_throughout(spec, limits, pages, odd)
        yield from on_hostile_pages(spec, limits, same, odd)
        yield on_many_pages(spec, limits, extent, pages, odd)
    except Refused as refused:
        why = f"{refused.message}; {refused.hint}" if refused.hint else refused.message
        yield Finding("start", "fail", why)
    else:
        yield _text(odd)


def on_the_same_pages(
    spec: ExtractorSpec, limits: Limits, extent: Extent, same: Determinism, odd: list[str]
) -> Iterator[Finding]:
    """Whether the same pages get the same text, and what a worker does between them."""
    with Session(spec, limits, odd) as session:
        at_start = session.threads_and_children()
        yield same.answers(session)
        early = session.threads_and_children()
        yield same.repeated(session)
        yield same.reordered(session, extent.orders)
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
    spec: ExtractorSpec, limits: Limits, pages: list[Page], odd: list[str]
) -> Iterator[Finding]:
    """What it tries, at its start, on ordinary pages and on small hostile ones."""
    small = [Page(name, html) for name, html in hostile().items() if len(html) < _LARGE]

    def work(seen: Seen) -> None:
        with Session(spec, limits, odd) as session:
            seen.serving = True
            for page in (*pages, *small):
                if seen.abandoned:
                    break
                session.extract(page)

    seen = None if spec.is_service else watched(work)
    if seen is None:
        why = "a service" if spec.is_service else "this kernel does not report system calls"
        yield Finding("network", "skipped", why)
        yield Finding("files", "skipped", why)
        return
    yield _tried("network", seen.sockets, "no socket was asked for")
    if seen.blind and not seen.changes:
        yield Finding("files", "skipped", "this kernel does not let a worker's paths be read")
        return
    yield _tried("files", seen.changes, "nothing changed outside its temporary folder")


def on_hostile_pages(
    spec: ExtractorSpec, limits: Limits, same: Determinism, odd: list[str]
) -> Iterator[Finding]:
    """Each hostile page. It may be answered with an error, but must be answered."""
    with Session(spec, limits, odd) as session:
        for name, html in hostile().items():
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
    spec: ExtractorSpec, limits: Limits, extent: Extent, pages: list[Page], odd: list[str]
) -> Finding:
    """Whether memory grows."""
    if spec.is_service:
        return Finding("memory", "skipped", "a service: its memory is elsewhere")
    with Session(spec, limits, odd) as session:
        return growth(session, pages, extent.memory_pages, extent.memory_seconds)


def _tried(check: str, tries: dict[str, int], none: str) -> Finding:
    if not tries:
        return Finding(check, "pass", none)
    listed = [f"{what} ({count} times)" for what, count in list(tries.items())[:3]]
    more = f" and {len(tries) - 3} more" if len(tries) > 3 else ""
    return Finding(check, "fail", f"tried, and refused: {', '.join(listed)}{more}")


def _text(odd: list[str]) -> Finding:
    if odd:
        return Finding("text", "fail", f"{odd[0]}; {len(odd)} answers in all")
    return Finding("text", "pass", "all that came back is text, without NUL characters")
