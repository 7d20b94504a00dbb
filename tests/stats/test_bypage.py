import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from boilerbench.stats import TIE_MARGIN, by_page, groups_of, wilcoxon

ROSE = np.array([0.3, -0.1, 0.0, 0.0005, math.nan, -0.0005, 0.2, 0.001, -0.001, 0.0011])


def test_wins_ties_and_losses_by_the_margin():
    found = by_page(ROSE)
    assert TIE_MARGIN == 0.001
    assert (found.wins, found.ties, found.losses) == (3, 5, 1)
    strict = by_page(ROSE, margin=0.0)
    assert (strict.wins, strict.ties, strict.losses) == (5, 1, 3)
    wide = by_page(ROSE, margin=0.15)
    assert (wide.wins, wide.ties, wide.losses) == (2, 7, 0)


def test_a_margin_is_not_undone_by_rounding():
    assert by_page(np.array([0.3 - 0.2]), margin=0.1).ties == 1
    assert by_page(np.array([0.1 + 0.2 - 0.3]), margin=0.0).ties == 1


@given(st.lists(st.floats(-1, 1) | st.just(math.nan), max_size=20))
def test_the_other_way_round_wins_are_losses(values):
    one, other = by_page(np.array(values)), by_page(-np.array(values))
    assert (one.wins, one.ties, one.losses) == (other.losses, other.ties, other.wins)
    assert one.wins + one.ties + one.losses == sum(not math.isnan(v) for v in values)
    assert one.effect == pytest.approx(-other.effect, nan_ok=True)


def test_the_effect_is_the_mean_by_the_deviation():
    known = ROSE[~np.isnan(ROSE)]
    t = stats.ttest_1samp(known, 0).statistic
    assert by_page(ROSE).effect == pytest.approx(t / math.sqrt(len(known)))


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], 0), ([0.0, 0.0], 0), ([math.nan], 0), ([0.5], math.nan), ([0.5, 0.5], math.nan)],
)
def test_an_effect_without_variation(values, expected):
    assert by_page(np.array(values)).effect == pytest.approx(expected, nan_ok=True)


def test_wilcoxon_is_scipys_of_what_differs():
    rose = np.random.default_rng(0).normal(0.02, 0.1, 80)
    rose[:10] = 0
    expected = stats.wilcoxon(rose, zero_method="wilcox").pvalue
    assert wilcoxon(rose) == pytest.approx(expected, rel=1e-9)
    assert wilcoxon(np.append(rose, math.nan)) == pytest.approx(expected, rel=1e-9)
    assert wilcoxon(-rose) == pytest.approx(expected, rel=1e-9)


def test_wilcoxon_of_nothing_that_differs():
    assert wilcoxon(np.zeros(5)) == 1
    assert wilcoxon(np.array([math.nan])) == 1


def test_wilcoxon_takes_a_site_for_one():
    rose = np.random.default_rng(3).normal(0.05, 0.1, 12)
    pages = np.repeat(rose, 4) + np.tile([0.01, -0.01, 0.02, -0.02], 12)
    sites = groups_of(np.repeat(np.arange(12), 4).tolist())
    assert wilcoxon(pages, sites) == pytest.approx(stats.wilcoxon(rose).pvalue)
    assert wilcoxon(pages) < wilcoxon(pages, sites)
