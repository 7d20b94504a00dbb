"""The history of an extractor as Markdown, JSON and a page with charts."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import jinja2

from boilerbench.history import ALPHA, Board, Change, Release
from boilerbench.metrics.protocols import OWN
from boilerbench.stats import RESAMPLES
from boilerbench.store import Run, write_text

LEFT, RIGHT, TOP = 60, 12, 12
SCORES, GAP, COSTS, LABELS = 220, 26, 110, 56  # the heights of the parts, from above
LEAST_WIDTH, LEAST_STEP = 480, 15

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("boilerbench.report"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def write_history(run: Run, extractor: str, boards: Sequence[Board]) -> Path:
    """Write history.html, .md and .json into the run's `report`; the path of the page."""
    page = run.path / "report" / "history.html"
    page.parent.mkdir(exist_ok=True)
    write_text(page.with_suffix(".json"), json_text(extractor, boards))
    write_text(page.with_suffix(".md"), markdown(extractor, boards))
    write_text(page, html(run, extractor, boards))
    return page


def title(board: Board) -> str:
    """What a board is of."""
    if board.protocol in (None, OWN):
        return f"{board.corpus} · {board.metric}"
    # A protocol settles its metrics' parameters.
    return f"{board.corpus} · protocol {board.protocol} · {board.metric.partition('[')[0]}"


def headings(board: Board) -> list[str]:
    """What stands above the columns: the release, its figure with an interval, the change of that
    with an interval, pages whose text changed, got better and worse, CPU milliseconds, and their
    ratio."""
    figure = board.figure.upper() if board.figure == "f1" else board.figure.capitalize()
    return [
        "Release",
        figure,
        "95 %",
        "Change",
        "95 %",
        "Texts",
        "Up",
        "Down",
        "CPU",
        "Ratio",
    ]


def cells(release: Release) -> list[str]:
    """A release as the tables show it, in the order of `headings`; of one that could not be run its
    name alone."""
    if release.reason is not None:
        return [release.version]
    change = release.change
    cpu = release.cpu_ms
    return [
        release.version,
        _plain(release.score.value) if release.score else "–",
        f"{_plain(release.score.low)}–{_plain(release.score.high)}" if release.score else "",
        *(_changed(change) if change else [""] * 5),
        "" if cpu is None else _milliseconds(cpu),
        _times(change.cpu) if change and change.cpu is not None else "",
    ]


def stated(board: Board) -> str:
    """What two boards must agree in for their figures to be compared, but for the signature."""
    corpus = " ".join(filter(None, (board.corpus, board.corpus_version, board.corpus_digest[:19])))
    return ", ".join(filter(None, (corpus, board.selection, f"{board.pages} pages")))


def notes(boards: Sequence[Board]) -> list[str]:
    """What a reader must know of the figures: a paragraph each."""
    changes = [one.change for board in boards for one in board.releases if one.change]
    resampled = " and of ".join(dict.fromkeys(board.resampled for board in boards))
    found = [
        f"95 % intervals of {RESAMPLES:,} resamples of {resampled}. ▲ and ▼ mark "
        f"changes of which luck would bring one in less than {ALPHA * 100:.0f} % of such "
        "histories: paired permutation test, Holm's correction for all changes shown "
        f"({len(changes)}). An interval is of its change alone: one of many may leave out 0 by "
        "luck, and then has no mark.",
        "Texts, Up, Down: pages whose text changed, and whose figure rose and fell. CPU is the "
        "mean in ms per page, measured once and in passing; Ratio is to the release before. "
        "Whether a difference in speed is real, `boilerbench time` can say.",
    ]
    if not any(change.mark for change in changes):
        found.insert(0, "No change is marked." if changes else "There is no change to mark.")
    return found


def moved(change: Change) -> str:
    """The other packages that changed with a release, in a line; empty if none did."""
    return ", ".join(
        f"{name} {old} → {new}" for name, (old, new) in sorted(change.packages.items())
    )


def json_text(extractor: str, boards: Sequence[Board]) -> str:
    """`{"extractor", "alpha", "boards": [{field: value}]}`, fields as in `boilerbench.history`."""
    listed = []
    for board in boards:
        one = asdict(board)
        for release, shown in zip(board.releases, one["releases"], strict=True):
            if release.change:
                shown["change"]["mark"] = release.change.mark
        listed.append(one)
    read = {"extractor": extractor, "alpha": ALPHA, "boards": listed}
    return json.dumps(read, indent=1, ensure_ascii=False) + "\n"


def markdown(extractor: str, boards: Sequence[Board]) -> str:
    """A table per board."""
    parts = [f"# {_cell(extractor)}, release by release"]
    for board in boards:
        names = headings(board)
        lines = [
            f"## {_cell(title(board))}",
            "",
            f"| {' | '.join(names)} |",
            f"| --- |{' ---: |' * (len(names) - 1)}",
        ]
        for release in board.releases:
            shown = cells(release)
            if release.reason is not None:
                shown += [f"not run: {release.reason}", *[""] * (len(names) - 2)]
            lines.append(f"| {' | '.join(map(_cell, shown))} |")
        lines += ["", f"{_cell(stated(board))}; `{board.signature}`"]
        parts.append("\n".join(lines))
    parts += map(_cell, notes(boards))
    others = [
        f"- {_cell(release.version)}: {_cell(moved(release.change))}"
        for release in boards[0].releases
        if release.change and release.change.packages
    ]
    if others:
        parts.append("\n".join(["## Other packages that changed with a release", "", *others]))
    return "\n\n".join(parts) + "\n"


def html(run: Run, extractor: str, boards: Sequence[Board]) -> str:
    """The page: one self-contained file, without a script, that loads nothing."""
    return _TEMPLATES.get_template("history.html").render(
        info=run.info,
        extractor=extractor,
        boards=[
            {
                "board": board,
                "title": title(board),
                "headings": headings(board),
                "rows": [(release, cells(release)) for release in board.releases],
                "stated": f"{stated(board)}; {board.signature}",
                "chart": chart(board),
            }
            for board in boards
        ],
        notes=notes(boards),
        moved=[
            (release.version, moved(release.change))
            for release in boards[0].releases
            if release.change and release.change.packages
        ],
    )


@dataclass(frozen=True, slots=True)
class Dot:
    """A release in one of the two parts: the places of its value and of its interval's ends, which
    are the same where it has none."""

    x: float
    y: float
    low: float
    high: float
    mark: str
    reading: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of the chart, from `top` to `bottom`; `ticks` are places with their labels."""

    title: str
    top: float
    bottom: float
    ticks: tuple[tuple[float, str], ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Scores above, CPU time below, over releases; all in the units of the SVG's view box."""

    width: float
    height: float
    left: float
    right: float
    panels: tuple[Panel, ...]
    releases: tuple[tuple[float, str], ...]


def chart(board: Board) -> Chart | None:
    """The board's chart, of the releases that could be run; None if there is none."""
    run = [release for release in board.releases if release.score]
    if not run:
        return None
    width = max(LEAST_WIDTH, LEFT + RIGHT + LEAST_STEP * len(run))
    step = (width - LEFT - RIGHT) / len(run)
    places = [LEFT + step * (at + 0.5) for at in range(len(run))]
    scores = _panel(
        headings(board)[1],
        TOP,
        TOP + SCORES,
        [
            (x, one, (one.score.value, one.score.low, one.score.high))
            for x, one in zip(places, run, strict=True)
            if one.score
        ],
        _plain,
    )
    panels, bottom = [scores], TOP + SCORES
    timed = [
        (x, one, (one.cpu_ms,) * 3)
        for x, one in zip(places, run, strict=True)
        if one.cpu_ms is not None
    ]
    if timed:
        top, bottom = bottom + GAP, bottom + GAP + COSTS
        panels.append(_panel("CPU ms", top, bottom, timed, _milliseconds))
    return Chart(
        width=width,
        height=bottom + LABELS,
        left=LEFT,
        right=width - RIGHT,
        panels=tuple(panels),
        releases=tuple((x, one.version) for x, one in zip(places, run, strict=True)),
    )


def _panel(
    title: str,
    top: float,
    bottom: float,
    shown: Sequence[tuple[float, Release, tuple[float, float, float]]],
    written: Callable[[float], str],
) -> Panel:
    """`shown` are places with releases, and with a value and the ends of its interval."""
    ticks = _ticks(min(low for *_, (_, low, _) in shown), max(high for *_, (_, _, high) in shown))

    def place(value: float) -> float:
        return bottom - (value - ticks[0]) / (ticks[-1] - ticks[0]) * (bottom - top)

    dots = tuple(
        Dot(
            x,
            place(value),
            place(low),
            place(high),
            release.change.mark if release.change and title != "CPU ms" else "",
            f"{release.version}: {title} {written(value)}"
            + (f", {written(low)} to {written(high)}" if low < high else ""),
        )
        for x, release, (value, low, high) in shown
    )
    decimals = max(0, -math.floor(math.log10(ticks[1] - ticks[0]) + 1e-9))
    return Panel(title, top, bottom, tuple((place(t), f"{t:.{decimals}f}") for t in ticks), dots)


def _ticks(low: float, high: float) -> list[float]:
    """Round values around all that is shown: steps of 1, 2 or 5, three to seven of them."""
    span = max(high - low, abs(high) * 1e-3, 1e-3)
    rough = 10 ** math.floor(math.log10(span / 2))
    step = next(rough * by for by in (1, 2, 5, 10) if span / (rough * by) <= 5)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [at * step for at in range(first, max(last, first + 1) + 1)]


def _changed(change: Change) -> list[str]:
    score = change.score
    return [
        f"{change.mark}{_signed(score.value)}",
        f"{_signed(score.low)}, {_signed(score.high)}",
        f"{change.texts}",
        f"{change.better}",
        f"{change.worse}",
    ]


def _times(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _milliseconds(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _plain(value: float) -> str:
    """`.871`, `1`: a share in four characters."""
    rounded = f"{value:.3f}"
    return "1" if rounded == "1.000" else rounded.replace("0.", ".", 1)


def _signed(value: float) -> str:
    """`+.004`, `−.012`, `0`: a difference."""
    return "0" if value == 0 else ("+" if value > 0 else "−") + _plain(abs(value))


def _cell(text: str) -> str:
    """Text in a table of Markdown: what came from elsewhere stays text."""
    return "".join(f"\\{c}" if c in "\\|<>[]`*_#&" else " " if c in "\r\n" else c for c in text)
