"""Whether gazette ranks extractors as real pages do; corpora/gazette/README.md has all figures."""

import pytest
from scipy.stats import kendalltau

from boilerbench.api import run
from boilerbench.scoring import scoreboard
from boilerbench.types import Selection

EXTRACTORS = (
    "trafilatura",
    "trafilatura[favor_precision=true]",
    "trafilatura[favor_recall=true]",
    "trafilatura[fast=true]",
    "readability-lxml",
    "justext",
    "everything",
)


def f1(corpus, output, **more):
    done = run(corpus, EXTRACTORS, metrics="token", output=output, timeout=120, **more)
    return {row.extractor: row.f1 for row in scoreboard(done)}


@pytest.mark.slow
def test_gazette_ranks_extractors_as_wcxb_does(upstream, tmp_path):
    on_gazette = f1("gazette", tmp_path / "gazette")
    on_wcxb = f1(
        "wcxb:dev",
        tmp_path / "wcxb",
        source=upstream("wcxb-dev"),
        selection=Selection(sample=400, seed=1),
    )
    figures = [[found[name] for name in EXTRACTORS] for found in (on_gazette, on_wcxb)]
    assert kendalltau(*figures).statistic >= 0.6
    assert all(
        0.5 < on_gazette[name] < 0.97 for name in ("trafilatura", "readability-lxml", "justext")
    )
