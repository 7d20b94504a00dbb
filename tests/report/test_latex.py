"""The LaTeX table compiles as it is, whatever the names in it."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilerbench as bb
from boilerbench.ranking import rankings
from boilerbench.report.bibliography import bibtex
from boilerbench.report.latex import escaped, latex
from boilerbench.store import Run

DOCUMENT = r"""\documentclass{article}
\usepackage{booktabs,textcomp,url}
\usepackage[T1]{fontenc}
\begin{document}
%s
\nocite{*}\bibliographystyle{plain}\bibliography{cited}
\end{document}
"""

HOSTILE = r"a\b{}$&#%_~^|<>\"'`·–—…é村" + "\u202e\x00\n"


def compiled(tmp_path: Path, body: str, cited: str) -> str:
    """What LaTeX and BibTeX said; skips where they are absent."""
    if not shutil.which("pdflatex"):
        pytest.skip("no pdflatex: install texlive-latex-recommended")
    (tmp_path / "paper.tex").write_text(DOCUMENT % body, encoding="utf-8")
    (tmp_path / "cited.bib").write_text(cited, encoding="utf-8")
    said = ""
    for command in (
        ["pdflatex", "-interaction=nonstopmode", "paper"],
        ["bibtex", "paper"],
        ["pdflatex", "-interaction=nonstopmode", "paper"],
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper"],
    ):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        said += done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, said[-2000:]
    assert (tmp_path / "paper.pdf").stat().st_size > 10_000
    return said


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Two extractors, one with a name that LaTeX would choke on."""
    made = tmp_path / "mine.py"
    made.write_text("def extract(page):\n    return 'a few words'\n")
    return bb.run(
        "gazette",
        [f"50_%+x ={made}:extract".replace("%", ""), "everything"],
        selection=bb.Selection(sample=20),
        output=tmp_path / "run",
    )


def test_a_paper_compiles_with_tables_and_references(tmp_path: Path, run: Run) -> None:
    tables = latex(rankings(run))
    said = compiled(tmp_path, tables + escaped(HOSTILE), bibtex(run))
    assert "!" not in {line[:1] for line in said.splitlines()}
    assert "Warning--" not in said
    assert tables.count(r"\toprule") == 2
    assert r"50\_+x" in tables


def test_the_caption_states_metric_pages_and_test(run: Run) -> None:
    ranking = rankings(run)[0]
    table = latex([ranking]).replace(r"\allowbreak{}", "").replace(r"\textbar{}", "|")
    assert ranking.signature in table.replace(r"\_", "_")
    assert "20 pages" in table
    assert "permutation test" in table
    assert "seed 0" in table


def test_the_best_is_bold(run: Run) -> None:
    ranking = rankings(run)[0]
    lines = latex([ranking]).splitlines()
    for one in ranking.ranked:
        [line] = [line for line in lines if line.startswith(escaped(one.row.extractor) + " &")]
        assert (r"\textbf" in line) == one.best


@given(st.text())
def test_nothing_escapes(text: str) -> None:
    plain = escaped(text)
    assert plain.isprintable()
    for sign in "{}$&#%_~^\\":
        bare = plain
        for known in (r"\textbackslash{}", r"\textasciitilde{}", r"\textasciicircum{}"):
            bare = bare.replace(known, "")
        for known in (r"\textbar{}", r"\textless{}", r"\textgreater{}", r"\textquotedbl{}"):
            bare = bare.replace(known, "")
        for known in (r"\textquotesingle{}", r"\textasciigrave{}", r"\textperiodcentered{}"):
            bare = bare.replace(known, "")
        bare = bare.replace(r"\ldots{}", "")
        for known in (r"\{", r"\}", r"\$", r"\&", r"\#", r"\%", r"\_"):
            bare = bare.replace(known, "")
        assert sign not in bare


def test_references_name_releases_and_publications(run: Run) -> None:
    cited = bibtex(run)
    assert "@misc{corpus:gazette," in cited
    assert "@misc{boilerbench," in cited
