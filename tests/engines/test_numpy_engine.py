"""The NumPy engine makes the core's steps, fast and without new arrays."""

from __future__ import annotations

import itertools
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.trainings import assert_agree, assert_cut_anyhow, assert_flat_elu_learns, recipes, segment_of
from tui_backprop.core.objective import make_objective
from tui_backprop.core.operations.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.core.sampling import SAMPLINGS, Sampling
from tui_backprop.core.step import State, take_step
from tui_backprop.engines.numpy_engine import NumpyEngine
from tui_backprop.engines.numpy_plan.plan import has_plan
from tui_backprop.engines.reference_engine import ReferenceEngine
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session


@pytest.mark.parametrize(("activation", "optimizer"), [*itertools.product(HIDDEN_ACTIVATIONS, OPTIMIZERS)])
def test_every_activation_with_every_optimizer_is_the_cores(activation, optimizer):
    """1,000 steps on three layers give the core's parameters and slots to 1e-12."""
    segment = segment_of(
        suggested_recipe("moons", hidden=(4, 3), activation=activation, optimizer=optimizer, lr=0.003, batch_size=8)
    )
    assert has_plan(segment.training)
    assert_agree(NumpyEngine(), ReferenceEngine(), segment, 1000)


@given(recipes())
@settings(max_examples=40)
def test_any_recipe_gives_the_cores_states(recipe):
    """Losses, penalties, clipping, frozen entries, schedules and samplings in any combination, to 1e-12 after 200 steps."""
    segment = segment_of(recipe)
    assert has_plan(segment.training)
    assert_agree(NumpyEngine(), ReferenceEngine(), segment, 200)


PAIRS = [
    (activation, loss)
    for activation, loss in itertools.product(ACTIVATIONS, LOSSES)
    if activation in (LOSSES[loss].outputs or ACTIVATIONS)
]


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_every_output_with_every_loss_is_the_cores(activation, loss):
    """Every output activation with every loss that it can have gives the core's states to 1e-12."""
    assert make_objective(activation, loss)
    segment = segment_of(suggested_recipe("iris", output_activation=activation, loss=loss, lr=0.01, hidden=(3,)))
    assert_agree(NumpyEngine(), ReferenceEngine(), segment, 300)


@pytest.mark.parametrize("lr", [0.01, 0.3])
@pytest.mark.parametrize("soft", [False, True])
def test_classes_are_learned_as_the_core_learns_them(soft, lr):
    """Where a sample belongs to one class, and where it belongs to several in part, also where the network is quite sure."""
    segment = segment_of(suggested_recipe("iris", loss="cross-entropy", optimizer="sgd", lr=lr, hidden=(3,)))
    if soft:
        training = segment.training
        segment = replace(segment, training=replace(training, targets=0.9 * training.targets + 0.1 / 3))
    assert_agree(NumpyEngine(), ReferenceEngine(), segment, 100)


@given(recipes(), st.lists(st.integers(1, 90), min_size=1, max_size=6))
@settings(max_examples=25)
def test_however_the_steps_are_cut_the_bits_are_the_same(recipe, portions):
    """One call, several, and another engine object give the same state to the last bit."""
    assert_cut_anyhow(NumpyEngine, recipe, portions)


def test_a_state_that_was_given_is_left_alone():
    """The engine changes neither the state that it is given nor one that it gave."""
    segment = segment_of(suggested_recipe("xor", optimizer="adam"))
    engine = NumpyEngine()
    first = engine.advance(segment.training, segment.entry, 10)
    kept = State(first.step, first.parameters.copy(), first.slots.copy())
    entry = segment.entry.parameters.copy()
    engine.advance(segment.training, first, 10)
    assert first.same_values(kept)
    np.testing.assert_array_equal(segment.entry.parameters, entry)


@pytest.mark.parametrize("rule", ["posted", "weight-for-input"])
def test_another_rule_makes_the_cores_own_steps(rule):
    """A rule that is not the chain rule has no plan; its states are the core's to the last bit."""
    segment = segment_of(Recipe(rule=rule))
    assert not has_plan(segment.training)
    assert (
        NumpyEngine()
        .advance(segment.training, segment.entry, 50)
        .same_values(ReferenceEngine().advance(segment.training, segment.entry, 50))
    )


def test_a_run_that_overflows_breaks_where_the_cores_does():
    """With a rate that is far too large the parameters stop being finite at the core's step, without a warning."""
    recipe = suggested_recipe("sine", hidden=(4,), activation="relu", lr=1e4, optimizer="sgd")
    segment = segment_of(recipe)
    state, engine = segment.entry, NumpyEngine()
    for _ in range(200):
        following = engine.advance(segment.training, state, 1)
        expected = take_step(segment.training, state).after
        assert np.isfinite(following.parameters).all() == np.isfinite(expected.parameters).all()
        if not np.isfinite(following.parameters).all():
            return
        state = following
    pytest.fail("it never overflowed")


def test_the_loop_makes_no_arrays():
    """A thousand steps of a network with 0.4 MB of parameters need no more memory at their peak than a few states."""
    segment = segment_of(suggested_recipe("digits", hidden=(256, 128), optimizer="adam", batch_size=8))
    engine = NumpyEngine()
    state = engine.advance(segment.training, segment.entry, 300)  # more than an epoch: every batch size has come
    size = state.parameters.nbytes + state.slots.nbytes
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    state = engine.advance(segment.training, state, 300)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - before < 1.2 * size  # the state that is returned


@pytest.mark.parametrize("kind", SAMPLINGS)
@pytest.mark.parametrize("batch_size", [None, 1, 3, 7, 100])
def test_batches_drawn_together_are_those_drawn_one_by_one(kind, batch_size):
    """Rows of many steps at once are the rows of each step, whatever the limit."""
    sampling = Sampling(kind, 21, batch_size, 5)
    for limit in (1, 4, 10_000):
        step = 0
        while step < 6000:
            together = sampling.batches(step, limit)
            assert 1 <= len(together) <= limit
            for rows in together[:50]:
                np.testing.assert_array_equal(rows, sampling.batch(step))
                step += 1
            step += max(0, len(together) - 50)


def test_what_the_screen_shows_of_an_update_leads_to_the_state_that_is_kept():
    """The record of an update ends in the engine's own state, to the last bit."""
    session = Session(suggested_recipe("moons"))
    session.run(20)
    coming = session.current.next_record()
    session.step_once()
    assert session.state.same_values(coming.after)
    last = session.last_record()
    assert last is not None
    assert session.state.same_values(last.after)


def test_an_elu_far_below_zero_still_learns():
    """Its slope is computed from z, so that digits are left where it is nearly flat."""
    assert_flat_elu_learns(NumpyEngine())
