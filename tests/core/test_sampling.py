"""Batches as a pure function of the seed and the step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.operations.initializers import INITIALIZERS, initial_parameters
from tui_backprop.core.sampling import SAMPLINGS, Sampling, _random_block, _shuffled_block


@given(
    st.sampled_from(SAMPLINGS),
    st.integers(1, 50),
    st.one_of(st.none(), st.integers(1, 60)),
    st.integers(0, 2**64 - 1),
    st.lists(st.integers(0, 20_000), min_size=1, max_size=10),
)
def test_a_batch_does_not_depend_on_how_its_step_was_reached(kind, rows, size, seed, steps):
    """Asked in any order, or after everything was forgotten, the batch of a step is the same."""
    sampling = Sampling(kind, rows, size, seed)
    first = [sampling.batch(step).copy() for step in steps]
    _random_block.cache_clear()
    _shuffled_block.cache_clear()
    again = [sampling.batch(step).copy() for step in reversed(steps)][::-1]
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.min() >= 0
        assert a.max() < rows


@pytest.mark.parametrize("kind", ["shuffle", "sequential"])
def test_an_epoch_sees_every_sample_once(kind):
    """Without replacement ten rows in batches of four are four, four and two, each row once."""
    sampling = Sampling(kind, 10, 4, seed=3)
    batches = [sampling.batch(step) for step in range(3, 6)]
    assert [len(batch) for batch in batches] == [4, 4, 2]
    assert sorted(np.concatenate(batches)) == list(range(10))
    assert sampling.steps_per_epoch == 3


def test_every_epoch_has_its_own_order():
    """A new permutation every epoch."""
    sampling = Sampling("shuffle", 50, 50, seed=0)
    assert not np.array_equal(sampling.batch(0), sampling.batch(1))


def test_the_full_batch_is_every_row_in_order():
    """Full means full, whatever the kind of sampling."""
    for kind in SAMPLINGS:
        np.testing.assert_array_equal(Sampling(kind, 5, None, seed=1).batch(7), range(5))


def test_random_draws_are_uniform():
    """Each of nine rows comes about as often as any other."""
    sampling = Sampling("random", 9, 1, seed=0)
    counts = np.bincount(np.concatenate([sampling.batch(step) for step in range(9000)]), minlength=9)
    assert counts.min() > 850
    assert counts.max() < 1150


@pytest.mark.parametrize("init", INITIALIZERS)
def test_first_parameters_come_from_the_seed_alone(init):
    """The same seed gives the same weights, another seed others (zeros apart), and biases are 0."""
    network = Network((3, 4, 2), ("tanh", "linear"))
    first, again, other = (initial_parameters(network, init, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (init == "zeros") == np.array_equal(first, other)
    assert not Parameters(network, first).b(1).any()


def test_uniform_fills_its_interval():
    """The original case's weights are spread over (−1, 1)."""
    weights = Parameters(n := Network((64, 64), ("linear",)), initial_parameters(n, "uniform", 0)).w(1)
    assert -1 < weights.min() < -0.99
    assert 0.99 < weights.max() < 1
