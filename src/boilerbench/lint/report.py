"""What was found: every defect, and how many pages have which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from boilerbench.lint.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect of one page. `kind` is one of `KINDS`; `detail` says in one line what was seen;
    `figure` is the number behind it (a share, an index, a count), None where there is none."""

    corpus: str
    page_id: str
    kind: str
    detail: str
    figure: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """`pages` is the number of pages by corpus; `defects` are ordered by corpus, page and kind. A
    page has at most one defect of a kind."""

    pages: Mapping[str, int]
    defects: tuple[Defect, ...]

    def counts(self) -> dict[str, dict[str, int]]:
        """By kind and corpus, how many pages have the defect; every kind and corpus is there."""
        counts = {kind: dict.fromkeys(self.pages, 0) for kind in KINDS}
        for defect in self.defects:
            counts[defect.kind][defect.corpus] += 1
        return counts

    def only(self, kinds: Iterable[str]) -> Report:
        """The report on these kinds of defects alone."""
        wanted = set(kinds)
        return Report(self.pages, tuple(d for d in self.defects if d.kind in wanted))


def share(count: int, of: int) -> str:
    """A share of pages in percent; none but that of no page is shown as 0, and none but that of all
    pages as 100."""
    percent = 100 * count / of
    if count in (0, of) or 1 <= percent <= 99:
        return f"{percent:.0f} %"
    if percent < 0.05:
        return "<0.1 %"
    return ">99.9 %" if percent >= 99.95 else f"{percent:.1f} %"


def markdown(report: Report, kinds: Sequence[str]) -> str:
    """The counts as a Markdown table, a corpus a row: pages, and for each of these kinds of defects
    the number of pages with it and their share of the corpus."""
    counts = report.counts()
    lines = [
        f"| corpus | pages | {' | '.join(kinds)} |",
        f"| --- | ---: | {' | '.join(['---:'] * len(kinds))} |",
    ]
    for corpus, pages in report.pages.items():
        cells = (
            _cell(f"{found} ({share(found, pages)})") if (found := counts[kind][corpus]) else "–"
            for kind in kinds
        )
        lines.append(f"| {_cell(corpus)} | {pages} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return "".join(c if c.isprintable() and c not in "|<>`[" else f"&#{ord(c)};" for c in text)
