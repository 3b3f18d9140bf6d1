"""Random numbers: the published hash, the same bits in every form, and the distributions that they are meant to have."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_backprop.core import randomness
from tui_backprop.core.randomness import PURPOSES, Stream, hash_of, key_of, word, words

SEEDS = st.integers(0, 2**64 - 1)

UNLIKELY = 1e-6
"""Probability below which a statistic of a true random source is taken for a fault; the seeds are fixed."""


@pytest.fixture(scope="module")
def compiled_word():
    """The hash as the compiled engine has it."""
    numba = pytest.importorskip("numba")  # here, since every worker would wait for it to be imported
    return numba.njit(hash_of(np.uint64))


def assert_uniform(counts) -> None:
    """All of these outcomes, two or more, are equally probable."""
    from scipy import stats  # noqa: PLC0415  (every worker would wait for it to be imported)

    assert stats.chisquare(np.ravel(counts)).pvalue > UNLIKELY


def test_the_hash_is_splitmix64():
    """The first five words of the generator in state 1234567, as they are published with it."""
    published = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert [word(1234567, place) for place in range(5)] == published


@given(SEEDS, SEEDS)
def test_every_form_of_the_hash_gives_the_same_bits(compiled_word, key, place):
    """Python's integers, arrays and machine code."""
    expected = word(key, place)
    assert words(np.array([key], np.uint64), np.array([place], np.uint64)).tolist() == [expected]
    assert int(compiled_word(np.uint64(key), np.uint64(place))) == expected


@given(SEEDS, st.integers(1, 100), st.integers(0, 10**12), st.integers(1, 50))
def test_a_place_does_not_depend_on_what_else_is_asked_for(seed, limit, first, count):
    """A number is the same alone, among its neighbours, and beside other seeds."""
    stream, several = Stream.of(seed, "random"), Stream.of([7, seed, 8], "random")
    place = first + count - 1
    for numbers in (Stream.words, Stream.unit, Stream.normal):
        assert numbers(stream, first, count)[-1] == numbers(stream, place, 1)[0] == numbers(several, place, 1)[0, 1]
    together = stream.below(limit, first, count)
    assert together[-1] == stream.below(limit, place, 1)[0] == several.below(limit, place, 1)[0, 1]
    orders = stream.permutations(limit, first, 3)
    np.testing.assert_array_equal(orders[2], stream.permutations(limit, first + 2, 1)[0])
    np.testing.assert_array_equal(orders, several.permutations(limit, first, 3)[1])


def test_streams_of_other_purposes_seeds_and_steps_are_other_streams():
    """No two keys of a thousand neighbouring seeds and steps of every purpose are equal."""
    keys = [
        key_of(seed, purpose, step) for purpose in PURPOSES for seed in range(100) for step in (*range(10), 2**64 - 1)
    ]
    assert len(set(keys)) == len(keys)


def test_an_unknown_purpose_is_an_error():
    """A misspelt purpose must not share another one's numbers."""
    with pytest.raises(KeyError):
        key_of(0, "initial")


def test_purposes_have_numbers_of_their_own():
    """Two purposes with one number would draw the same."""
    assert len(set(PURPOSES.values())) == len(PURPOSES)


@pytest.mark.parametrize("limits", [range(first, first + 250) for first in range(1, 2001, 250)], ids=str)
def test_draws_below_each_limit_are_uniform(limits):
    """For 1 … 2,000 rows each row is as probable as the others."""
    for limit in limits:
        drawn = Stream.of(limit, "random").below(limit, 0, 20 * limit)
        assert 0 <= drawn.min() <= drawn.max() < limit
        if limit > 1:
            assert_uniform(np.bincount(drawn, minlength=limit))


@pytest.mark.parametrize("limit", [3 * 2**30, 2**32 - 1, 2**32])
def test_draws_below_large_limits_have_no_bias(limit):
    """Where up to a quarter of all halves is refused, what replaces them is uniform as well."""
    drawn = Stream.of(5, "random").below(limit, 1, 200_000)
    assert drawn.max() < limit
    assert_uniform(np.bincount(drawn * 12 // limit, minlength=12))


def test_draws_of_many_seeds_are_uniform_across_seeds_and_steps():
    """Neighbouring seeds, steps and both together: no pair of rows is more frequent than another."""
    drawn = Stream.of(range(500), "random").below(7, 0, 400)
    for one, other in ((drawn[1:], drawn[:-1]), (drawn[:, 1:], drawn[:, :-1]), (drawn[1:, 1:], drawn[:-1, :-1])):
        assert_uniform(np.bincount((7 * one + other).ravel(), minlength=49))


def test_purposes_are_independent():
    """The same seed's numbers for two purposes are not related."""
    for one, other in itertools.combinations(PURPOSES, 2):
        pairs = 8 * Stream.of(3, one).below(8, 0, 6_400) + Stream.of(3, other).below(8, 0, 6_400)
        assert_uniform(np.bincount(pairs, minlength=64))


def test_neighbouring_streams_differ_in_half_of_their_bits():
    """Seeds and steps that differ by one give words that are as different as those of any two seeds."""
    for keys in ([key_of(seed, "init") for seed in range(2_000)], [key_of(0, "init", step) for step in range(2_000)]):
        bits = [(word(one, 0) ^ word(other, 0)).bit_count() for one, other in itertools.pairwise(keys)]
        assert abs(np.mean(bits) - 32) < 5 * 4 / math.sqrt(len(bits))


@pytest.mark.parametrize("seeds", [1, 24])
def test_each_permutation_of_four_rows_is_equally_often(seeds):
    """24 orders, over the epochs of one seed and over the seeds."""
    orders = Stream.of(range(seeds), "shuffle").permutations(4, 0, 48_000 // seeds).reshape(-1, 4)
    counts = dict.fromkeys(itertools.permutations(range(4)), 0)
    for order in map(tuple, orders.tolist()):
        counts[order] += 1
    assert_uniform(list(counts.values()))


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 2000])
def test_permutations_have_every_number_once(size):
    """Whatever the number of rows."""
    orders = Stream.of(1, "shuffle").permutations(size, 10, 200)
    np.testing.assert_array_equal(np.sort(orders, axis=1), np.broadcast_to(np.arange(size), orders.shape))


@pytest.mark.parametrize("place", [0, 7, 19])
def test_each_row_is_equally_often_at_a_place_of_the_order(place):
    """Twenty rows, over many epochs."""
    orders = Stream.of(1, "shuffle").permutations(20, 0, 5_000)
    assert_uniform(np.bincount(orders[:, place], minlength=20))


def test_units_and_normal_numbers_have_their_distributions():
    """Against the distribution functions, over one seed and over many."""
    from scipy import stats  # noqa: PLC0415  (as above)

    for seeds in (1, 1_000):
        stream = Stream.of(range(seeds), "init")
        count = 100_000 // seeds
        assert stats.kstest(stream.unit(0, count).ravel(), "uniform").pvalue > UNLIKELY
        normal = stream.normal(0, count).ravel()
        assert stats.kstest(normal, "norm").pvalue > UNLIKELY
        assert 4 < np.abs(normal).max() < 6


def test_the_largest_and_the_smallest_word_give_finite_numbers(monkeypatch):
    """A quantile at 0 or 1 would be infinite."""
    for bits in (0, 2**64 - 1):
        monkeypatch.setattr(randomness, "words", lambda _key, places, bits=bits: np.full(places.shape, bits, np.uint64))
        stream = Stream.of(0, "init")
        assert 0 <= stream.unit(0, 1)[0] < 1
        assert 8 < abs(stream.normal(0, 1)[0]) < 9
