import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.stats import letters, rank_intervals


def maximal_sets(count, differ):
    """All largest sets of systems that do not differ, by trying every set."""
    alike = [
        set(chosen)
        for size in range(1, count + 1)
        for chosen in itertools.combinations(range(count), size)
        if not any(pair <= set(chosen) for pair in map(set, differ))
    ]
    return {frozenset(one) for one in alike if not any(one < other for other in alike)}


SOME = st.integers(1, 7).flatmap(
    lambda count: st.tuples(
        st.just(count), st.sets(st.sampled_from([*itertools.combinations(range(count), 2)]))
        if count > 1
        else st.just(set()),
    )
)  # fmt: skip


@given(SOME)
def test_two_share_a_letter_just_if_they_do_not_differ(some):
    count, differ = some
    shown = letters(count, differ)
    for one, other in itertools.combinations(range(count), 2):
        assert bool(set(shown[one]) & set(shown[other])) == ((one, other) not in differ)


@given(SOME)
def test_letters_are_the_largest_sets_and_no_others(some):
    count, differ = some
    sets = {}
    for system, word in enumerate(letters(count, differ)):
        assert word == "".join(sorted(word))
        for letter in word:
            sets.setdefault(letter, set()).add(system)
    assert {frozenset(one) for one in sets.values()} == maximal_sets(count, differ)
    assert len(sets) == len(maximal_sets(count, differ))


def test_letters_begin_at_the_top():
    assert letters(4, [(0, 2), (0, 3), (1, 3)]) == ["a", "ab", "bc", "c"]
    assert letters(3, []) == ["a", "a", "a"]
    assert letters(3, [(0, 1), (0, 2), (1, 2)]) == ["a", "b", "c"]
    assert letters(0, []) == []


def test_more_systems_than_letters():
    shown = letters(80, list(itertools.combinations(range(80), 2)))
    assert len(set(shown)) == 80
    assert {len(word) for word in shown} == {1}


def test_places_by_hand():
    # The first leads in 97 of 100 resamples, the third is always last.
    drawn = np.tile([0.9, 0.8, 0.1], (100, 1))
    drawn[:3, :2] = [0.7, 0.8]
    assert rank_intervals(drawn) == [(1, 2), (1, 2), (3, 3)]
    drawn[1:3, :2] = [0.9, 0.8]
    assert rank_intervals(drawn) == [(1, 1), (2, 2), (3, 3)]


def test_ties_share_the_places_that_they_take_up():
    drawn = np.tile([0.5, 0.5 + 1e-16, 0.2, np.nan], (50, 1))
    assert rank_intervals(drawn) == [(1, 2), (1, 2), (3, 3), (4, 4)]


@given(st.integers(1, 6), st.integers(0, 1000))
def test_places_are_in_range_and_follow_the_systems(count, seed):
    drawn = np.random.default_rng(seed).random((60, count))
    found = rank_intervals(drawn)
    assert all(1 <= low <= high <= count for low, high in found)
    order = np.random.default_rng(seed).permutation(count)
    assert rank_intervals(drawn[:, order]) == [found[at] for at in order]
