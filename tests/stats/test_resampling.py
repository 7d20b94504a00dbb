import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.stats import units
from boilerbench.stats.resampling import (
    FEWEST_GROUPS,
    every_exchange,
    exchanged,
    exchanges,
    generator,
    resampled,
)


@given(st.integers(1, 40), st.integers(1, 300), st.integers(0, 5))
def test_as_many_rows_are_drawn_as_there_are(rows, resamples, seed):
    counted = resampled(np.ones((rows, 1)), resamples, seed)
    assert counted.shape == (resamples, 1)
    assert (counted == rows).all()


def test_columns_that_are_alike_give_the_same_sums_in_their_places():
    columns = np.random.default_rng(0).random((30, 3))[:, [0, 1, 0, 2, 2]]
    found = resampled(columns, 50, 0)
    one_by_one = [resampled(columns[:, [at]], 50, 0)[:, 0] for at in range(5)]
    assert found == pytest.approx(np.stack(one_by_one, axis=1))
    swapped = exchanges(30, 20, generator(1))
    assert exchanged(swapped, columns) == pytest.approx(swapped.astype(float) @ columns)


def test_an_exchange_is_a_fair_coin_for_each_row():
    swapped = exchanges(13, 4000, generator(4))
    assert swapped.shape == (4000, 13)
    assert np.isin(swapped, (0, 1)).all()
    assert np.abs(swapped.mean(axis=0) - 0.5).max() < 5 * 0.5 / np.sqrt(4000)
    assert np.abs(np.corrcoef(swapped.T) - np.eye(13)).max() < 5 / np.sqrt(4000)


@given(st.integers(0, 8))
def test_every_exchange_is_there_once(rows):
    ways = every_exchange(rows)
    assert ways.shape == (2**rows, rows)
    assert len({tuple(way) for way in ways.tolist()}) == 2**rows


def test_streams_of_a_seed():
    one, again, other = (generator(7, stream).random(4).tolist() for stream in ((), (), (1,)))
    assert one == again == np.random.default_rng(7).random(4).tolist()
    assert one != other


@pytest.mark.parametrize(
    ("sites", "count", "noun"),
    [
        ([f"s{n // 2}" for n in range(2 * FEWEST_GROUPS)], FEWEST_GROUPS, "sites"),
        ([f"s{n // 2}" for n in range(2 * FEWEST_GROUPS - 2)], 2 * FEWEST_GROUPS - 2, "pages"),
        ([f"s{n}" for n in range(20)], 20, "pages"),
        ([None] * 20, 20, "pages"),
        (["s"] * 5 + [None] * FEWEST_GROUPS, FEWEST_GROUPS + 1, "sites"),
        ([None], 1, "page"),
        ([], 0, "pages"),
    ],
)
def test_sites_are_drawn_where_they_have_several_pages_and_are_enough(sites, count, noun):
    groups, found, called = units(sites)
    assert (found, called) == (count, noun)
    assert (groups is not None) == (noun == "sites")
    if groups is not None:
        assert len(set(groups.tolist())) == count
