import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from boilerbench.stats import across

CORPORA = [f"c{n}" for n in range(8)]
NAMES = ["w", "x", "y", "z"]


def figures(seed, corpora=8, shift=0.0):
    return np.random.default_rng(seed).random((corpora, 4)) + shift * np.arange(4)


def found_in(values):
    return across("token", "f1", CORPORA[: len(values)], NAMES, values)


def test_average_ranks_and_friedmans_test():
    values = figures(0, shift=0.3)
    found = found_in(values)
    ranks = stats.rankdata(-values, axis=1).mean(axis=0)
    assert found.extractors == tuple(np.array(NAMES)[np.argsort(ranks)])
    assert found.average_ranks == pytest.approx(sorted(ranks))
    expected = stats.friedmanchisquare(*values.T)
    assert (found.statistic, found.p) == pytest.approx(tuple(expected))


@pytest.mark.parametrize(("extractors", "q"), [(3, 2.343), (4, 2.569), (5, 2.728), (10, 3.164)])
def test_the_critical_difference_is_that_of_demsars_table(extractors, q):
    """Table 5 of Demšar 2006 has the quantiles for 5 %."""
    values = np.random.default_rng(1).random((14, extractors))
    names = [f"e{n}" for n in range(extractors)]
    found = across("token", "f1", [f"c{n}" for n in range(14)], names, values)
    expected = q * math.sqrt(extractors * (extractors + 1) / (6 * 14))
    assert found.critical_difference == pytest.approx(expected, rel=3e-4)


def test_nemenyis_test_is_that_of_scikit_posthocs():
    posthocs = pytest.importorskip("scikit_posthocs")
    values = figures(3, shift=0.2)
    found = found_in(values)
    theirs = posthocs.posthoc_nemenyi_friedman(values).to_numpy()
    order = [NAMES.index(name) for name in found.extractors]
    assert np.array(found.nemenyi) == pytest.approx(theirs[np.ix_(order, order)], abs=1e-6)


@given(st.integers(0, 200), st.sampled_from([0.0, 0.1, 0.3, 1.0]))
def test_groups_are_the_longest_runs_that_are_not_a_critical_difference_apart(seed, shift):
    found = found_in(figures(seed, shift=shift))
    if found.p >= 0.05:
        assert found.groups == (found.extractors,)
        return
    runs = [
        (start, end)
        for start, end in itertools.combinations(range(4), 2)
        if found.average_ranks[end] - found.average_ranks[start] < found.critical_difference
    ]
    longest = [
        (a, b) for a, b in runs if not any(c <= a and b <= d for c, d in runs if (c, d) != (a, b))
    ]
    assert [tuple(found.extractors[a : b + 1]) for a, b in longest] == list(found.groups)


def test_groups_and_nemenyi_say_the_same():
    found = found_in(figures(5, shift=0.5))
    assert found.p < 0.05
    for one, other in itertools.combinations(range(4), 2):
        pair = {found.extractors[one], found.extractors[other]}
        together = any(pair <= set(group) for group in found.groups)
        assert together == (found.nemenyi[one][other] > 0.05)


def test_all_equal_is_no_difference():
    found = found_in(np.ones((6, 4)))
    assert (found.statistic, found.p, found.average_ranks) == (0, 1, (2.5,) * 4)
    assert found.groups == (tuple(NAMES),)


@pytest.mark.parametrize(
    ("corpora", "extractors", "says"),
    [
        (1, 4, "takes each as one observation, and needs 5 of them at least: there is 1"),
        (4, 4, "needs 5 of them at least: there are 4"),
        (5, 2, "needs 3 extractors at least that have a figure on all of them: there are 2"),
        (5, 1, "there is 1"),
    ],
)
def test_with_too_few_it_says_so(corpora, extractors, says):
    values = np.random.default_rng(0).random((corpora, extractors))
    found = across("token", "f1", CORPORA[:corpora], NAMES[:extractors], values)
    assert isinstance(found, str)
    assert says in found
