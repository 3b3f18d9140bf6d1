"""Trainings that engines are compared on, made as a session makes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from tui_backprop.core.operations.activations import HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.core.sampling import SAMPLINGS
from tui_backprop.core.step import State, take_step
from tui_backprop.engines.protocol import Engine
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.run.changes import first_segment, read_data
from tui_backprop.session.run.timeline import Segment

TOLERANCE = 1e-12
"""Largest difference between parameters reached in two ways, relative to the largest."""


def segment_of(recipe: Recipe) -> Segment:
    """The first segment of a run."""
    return first_segment(recipe, read_data(recipe))


def assert_agree(engine: Engine, other: Engine, recipe_or_segment: Recipe | Segment, steps: int) -> None:
    """Two engines make the same parameters and slots, but for rounding.

    Where a training makes more of a rounding, as adaptive optimizers do of gradients that cancel, they may differ by as much
    as what the other engine makes of the last bits of the first parameters.
    """
    segment = recipe_or_segment if isinstance(recipe_or_segment, Segment) else segment_of(recipe_or_segment)
    found, expected = (one.advance(segment.training, segment.entry, steps) for one in (engine, other))
    assert found.step == expected.step
    largest = np.abs(expected.parameters).max()
    nudged: list[State] = []
    for name, relative, absolute in (
        ("parameters", TOLERANCE, TOLERANCE * largest),
        ("slots", 100 * TOLERANCE, TOLERANCE),  # they hold sums of gradients that may cancel, where parameters do not
    ):
        one, two = getattr(found, name), getattr(expected, name)
        room = 0.0
        if not np.allclose(one, two, relative, absolute):
            nudged = nudged or [other.advance(segment.training, _nudged(segment.entry, i), steps) for i in range(4)]
            room = 10 * max(np.abs(getattr(way, name) - two).max() for way in nudged)
        np.testing.assert_allclose(one, two, rtol=relative, atol=absolute + room)


def _nudged(state: State, seed: int) -> State:
    """The state with the last bits of its parameters changed."""
    bits = np.random.default_rng(seed).integers(-2, 3, state.parameters.shape)
    return replace(state, parameters=state.parameters + bits * np.spacing(state.parameters))


def assert_cut_anyhow(make: Callable[[], Engine], recipe: Recipe, portions: list[int]) -> None:
    """An engine's bits are the same for one call, for several, and for another engine object."""
    segment = segment_of(recipe)
    whole = make().advance(segment.training, segment.entry, sum(portions))
    engine, state = make(), segment.entry
    for portion in portions:
        state = engine.advance(segment.training, state, portion)
        engine.advance(segment.training, segment.entry, 3)  # the user looks elsewhere in between
    assert state.same_values(whole)


def assert_flat_elu_learns(engine: Engine) -> None:
    """At z = −40 the slope of elu is e⁻⁴⁰; the textbook's a + 1 is 0 there. Weights that begin at 0 show what is added."""
    segment = segment_of(suggested_recipe("moons", hidden=(3,), activation="elu", optimizer="sgd", lr=1.0))
    network, theta = segment.training.network, segment.entry.parameters.copy()
    span = network.tensor("w1").span
    theta[span] = 0.0
    theta[network.tensor("b1").span] = -40.0
    first = replace(segment.entry, parameters=theta)
    there = take_step(segment.training, first).after.parameters[span]
    np.testing.assert_allclose(engine.advance(segment.training, first, 1).parameters[span], there, rtol=1e-9)
    assert (there != 0.0).all()
    assert np.abs(there).max() < 1e-15


LOSSES_FOR = {
    "parity": ("squared", "half-squared", "huber", "absolute", "binary-cross-entropy"),
    "iris": ("squared", "cross-entropy", "huber"),
    "sine": ("squared", "half-squared", "huber", "absolute"),
}
"""Data sets with one 0/1 target, with classes and with numbers, and losses for them."""


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """Any recipe by the chain rule: every activation, loss, optimizer, sampling, penalty and schedule."""
    source = draw(st.sampled_from(sorted(LOSSES_FOR)))
    loss = draw(st.sampled_from(LOSSES_FOR[source]))
    batch_size = draw(st.sampled_from([None, 1, 4, 7]))
    # Over all samples gradients may cancel, as signs do: of the rounding that is left an adaptive optimizer makes a step.
    cancels = batch_size is None or loss == "absolute"
    optimizers = ("sgd", "momentum", "nesterov") if cancels else tuple(OPTIMIZERS)
    return suggested_recipe(
        source,
        loss=loss,
        output_activation="auto",
        hidden=tuple(draw(st.lists(st.integers(1, 5), max_size=3))),
        activation=draw(st.sampled_from(HIDDEN_ACTIVATIONS)),
        optimizer=draw(st.sampled_from(optimizers)),
        lr=draw(st.sampled_from([0.001, 0.003])),
        schedule=draw(st.sampled_from(["constant", "step:100,0.5", "exponential:0.999", "cosine:700"])),
        warmup=draw(st.sampled_from([0, 20])),
        l1=draw(st.sampled_from([0.0, 0.001])),
        l2=draw(st.sampled_from([0.0, 0.01])),
        clip=draw(st.sampled_from([None, 0.5])),
        freeze=draw(st.sampled_from([(), ("b1",), ("w1[0,0]",)])),
        batch_size=batch_size,
        sampling=draw(st.sampled_from(SAMPLINGS)),
        seed=draw(st.integers(0, 2**64 - 1)),
    )
