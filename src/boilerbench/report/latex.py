"""The scoreboard as LaTeX: tables for a paper, which need the package booktabs and nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from boilerbench.ranking import Ranked, Ranking
from boilerbench.report.tables import NONE, Table, failures
from boilerbench.stats import ALPHA

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "|": r"\textbar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "·": r"\textperiodcentered{}",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
}

_LAST = 0x17F
"""Of the letters that every LaTeX of this century typesets: Latin, with those of Central Europe."""

_FIGURES = {"precision": "P", "recall": "R", "f1": "F1"}


def latex(rankings: Sequence[Ranking]) -> str:
    """A table for each ranking, with what the preamble must hold as a comment above."""
    head = "% \\usepackage{booktabs,textcomp}\n% \\usepackage[T1]{fontenc}\n"
    return "\n".join([head, *map(_table, rankings)])


def escaped(text: str) -> str:
    """Any text, so that LaTeX prints it as it is; a character that it cannot print by its number,
    one that prints nothing not at all."""
    out = []
    for sign in text:
        if sign in _SPECIAL:
            out.append(_SPECIAL[sign])
        elif sign.isspace():
            out.append(" ")
        elif unicodedata.category(sign)[0] == "C":
            continue
        elif ord(sign) > _LAST or 0x7F <= ord(sign) < 0xC0:
            out.append(f"U+{ord(sign):04X}")
        else:
            out.append(sign)
    return "".join(out)


def _table(ranking: Ranking) -> str:
    figures = [
        (name, heading)
        for name, heading in _FIGURES.items()
        if any(getattr(one.row, name) is not None for one in ranking.ranked)
    ]
    columns = [
        "Extractor",
        "Version",
        *(heading for _, heading in figures),
        r"95\,\% of " + _FIGURES[ranking.figure],
        "Failures",
    ]
    if _measured(ranking):
        columns.append("CPU ms")
    lines = [
        r"\begin{table}",
        r"\centering\footnotesize\setlength{\tabcolsep}{3pt}",
        rf"\caption{{{_caption(ranking)}}}",
        rf"\label{{tab:{_label(ranking)}}}",
        rf"\begin{{tabular}}{{ll{'r' * len(figures)}cl{'r' * _measured(ranking)}}}",
        r"\toprule",
        " & ".join(columns) + r" \\",
        r"\midrule",
        *(_row(one, figures, ranking) for one in ranking.ranked),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
        "",
    ]
    return "\n".join(lines)


def _measured(ranking: Ranking) -> bool:
    return any(one.row.cpu_ms is not None for one in ranking.ranked)


def _row(one: Ranked, figures: Sequence[tuple[str, str]], ranking: Ranking) -> str:
    cells = [escaped(one.row.extractor), escaped(one.row.version or "--")]
    for name, _ in figures:
        value = getattr(one.row, name)
        cell = NONE.replace("–", "--") if value is None else f"{value:.3f}"
        if name == ranking.figure:
            cell = rf"\textbf{{{cell}}}" if one.best else cell
            cell += rf"\textsuperscript{{{escaped(one.letters)}}}" if one.letters else ""
        cells.append(cell)
    around = one.intervals.get(ranking.figure)
    cells.append(f"[{around.low:.3f}, {around.high:.3f}]" if around else "--")
    cells.append(escaped(failures(one.row.failures)))
    if _measured(ranking):
        cells.append("--" if one.row.cpu_ms is None else f"{one.row.cpu_ms:.1f}")
    return " & ".join(cells) + r" \\"


def _caption(ranking: Ranking) -> str:
    row = ranking.ranked[0].row
    corpus = " ".join(filter(None, (ranking.corpus, row.corpus_version, ranking.part)))
    protocol = f", protocol {ranking.protocol}" if ranking.protocol else ""
    parts = [
        f"{escaped(corpus)}, {ranking.pages} pages ({escaped(row.corpus_digest[:19])})",
        rf"Metric {escaped(ranking.metric)}{escaped(protocol)}: "
        rf"\texttt{{{_breakable(ranking.signature)}}}",
        escaped(_begun(Table(ranking, ranking.metric).footer()[0])),
        rf"Intervals (95\,\%) by bootstrap: {escaped(ranking.resampled)}",
    ]
    if any(one.letters for one in ranking.ranked):
        parts.append(
            "Extractors that share a letter are not told apart by a "
            rf"{escaped(ranking.tested)} (\(\alpha = {ALPHA:g}\)); bold: the best, and what "
            "is not told apart from it"
        )
    elif ranking.pairs:
        parts.append(escaped(_begun(ranking.tested)))
    return ". ".join(parts) + "."


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _breakable(signature: str) -> str:
    """A signature is one long word: lines may end between its parts."""
    return (
        escaped("|")
        .join(map(escaped, signature.split("|")))
        .replace(r"\textbar{}", r"\textbar{}\allowbreak{}")
    )


def _label(ranking: Ranking) -> str:
    name = "-".join(filter(None, (ranking.corpus, ranking.part, ranking.metric)))
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name)
