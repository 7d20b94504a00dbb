"""The report's first page: a static site that opens from disk and loads nothing from elsewhere.

    RUN/report/index.html           the page; its first table is there without scripts, too
    RUN/report/assets/data.js       all rankings, and where extractors go wrong
    RUN/report/assets/figures.js    the charts, which charts.js draws with vega.js
    RUN/report/pages/               the views of single pages (`pageviews`)

Every name, text and error is untrusted: the template escapes, and scripts put texts in as texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from boilerbench.ranking import Ranking
from boilerbench.report import bibliography, figures, vega
from boilerbench.report.address import address
from boilerbench.report.scoreboards import RANKS, scoreboards
from boilerbench.report.script import assigned
from boilerbench.report.tables import FIGURES
from boilerbench.report.wrong import Looked
from boilerbench.scoring import misses
from boilerbench.store import Run, write_text
from boilerbench.types import Selection

MISSES_SHOWN = 50

_SCRIPTS = ("theme", "signs", "parts", "site", "board", "pages", "charts")
_ASSETS = ("site.css", *(f"{name}.js" for name in _SCRIPTS))

_CONTROLS = {
    "\u061c": "ALM", "\u200e": "LRM", "\u200f": "RLM", "\u202a": "LRE", "\u202b": "RLE",
    "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO", "\u2066": "LRI", "\u2067": "RLI",
    "\u2068": "FSI", "\u2069": "PDI",
}  # fmt: skip
"""Characters that change the direction of what stands around them: shown, not obeyed."""


def write(
    run: Run, rankings: Sequence[Ranking], looked: Looked | None, missing: Mapping[str, str]
) -> Path:
    """Write the site, its first page last; the path of that. `looked` says which pages have a view
    and what goes wrong there, `missing` which corpora are not at hand, with the reasons."""
    report = run.path / "report"
    assets = report / "assets"
    assets.mkdir(parents=True, exist_ok=True)
    drawn = figures.figures(run, rankings)
    boards = scoreboards(rankings, references(run))
    data = {**boards, "groups": looked.groups if looked else []}
    write_text(assets / "data.js", assigned("boilerbenchSite", data))
    write_text(assets / "figures.js", figures.script(drawn))
    write_text(assets / "vega.js", vega.bundle())
    package = files("boilerbench.report")
    for name in _ASSETS:
        write_text(assets / name, (package / "assets" / name).read_text("utf-8"))
    index = report / "index.html"
    write_text(index, html(run, boards, drawn, looked, missing))
    return index


def html(
    run: Run,
    boards: Mapping[str, Any],
    drawn: Mapping[str, figures.Figure],
    looked: Looked | None,
    missing: Mapping[str, str],
) -> str:
    """The first page."""
    missed = misses(run)
    info = run.info
    pages = looked.pages if looked else {}
    return (
        _templates()
        .get_template("index.html")
        .render(
            info=info,
            title=", ".join(entry["name"] for entry in info["corpora"]),
            boards=boards,
            board=boards["boards"][boards["shown"]],
            charts=_by_corpus(drawn.values()),
            ranks=RANKS,
            pages=pages,
            wrong=looked is not None and bool(looked.groups),
            viewed={corpus for corpus, _ in pages},
            missing=missing,
            missed=[_miss(row, pages) for row in missed.head(MISSES_SHOWN).iter_rows(named=True)],
            missed_in_all=missed.height,
            selections={
                corpus["name"]: str(Selection.stored(corpus.get("selection") or {}))
                for corpus in info["corpora"]
            },
            bibtex=bibliography.bibtex(run),
        )
    )


def references(run: Run) -> set[str]:
    """The extractors that take all of a page, or nothing, for the others to be read by."""
    return {
        entry["spec"]
        for entry in run.info["extractors"]
        if entry["name"] in ("everything", "nothing") and "given" in entry
    }


def shown(text: object) -> Markup:
    """A text of anyone's for the page: escaped, with a direction of its own, and with characters
    that would change it made visible."""
    safe = str(escape(text))
    for sign, name in _CONTROLS.items():
        title = f"U+{ord(sign):04X}"
        safe = safe.replace(sign, f'<span class="control" title="{title}">{name}</span>')
    return Markup(f"<bdi>{safe}</bdi>")  # noqa: S704 - escaped above


def heading(column: str) -> str:
    """What stands above a column of figures."""
    return FIGURES.get(column) or column.replace("_", " ").capitalize()


def bar(figure: Sequence[float], scale: Sequence[float]) -> dict[str, float] | None:
    """Where a figure and its interval lie on a line from 0 to 100; None beside it."""
    start, end = scale
    value, low, high = (round(100 * (one - start) / (end - start), 2) for one in figure)
    if low < 0 or high > 100:
        return None
    return {"at": value, "low": low, "wide": round(high - low, 2)}


def _by_corpus(drawn: Iterable[figures.Figure]) -> dict[str | None, list[figures.Figure]]:
    """The figures of each corpus, and under None those of several; all are of the only one where
    there is one."""
    found: dict[str | None, list[figures.Figure]] = {}
    for figure in drawn:
        found.setdefault(figure.corpus, []).append(figure)
    if len(found) == 2:
        return {None: [figure for of in found.values() for figure in of]}
    return found


def _miss(row: Mapping[str, Any], pages: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    reason, _, detail = (row["error"] or "").partition("\n")
    key = row["corpus"], row["page_id"]
    link = address(*key, row["extractor"]) if key in pages else None
    return {**row, "reason": reason, "detail": detail, "link": link}


def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("boilerbench.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters |= {"shown": shown, "heading": heading, "bar": bar}
    return made
