"""What a check found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["pass", "slow", "error", "fail", "crash", "timeout", "oom", "skipped"]
"""`slow`: answered, but took more than a third of its deadline. `error`: it said of a hostile page
that it cannot do it, as it may. `crash`, `timeout` and `oom` are the outcomes of a run; no input
may cause them. `skipped`: not checked, and `seen` says why."""

FAILED: frozenset[Verdict] = frozenset({"fail", "crash", "timeout", "oom"})


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict of one check, and what was seen, in a line."""

    check: str
    verdict: Verdict
    seen: str

    @property
    def failed(self) -> bool:
        """Whether an extractor with this finding does not pass."""
        return self.verdict in FAILED


def skipped(checks: Iterable[str], why: str) -> Iterator[Finding]:
    """Checks that are not made, all for one reason."""
    for check in checks:
        yield Finding(check, "skipped", why)
