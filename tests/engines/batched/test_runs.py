"""Runs that train together are, bit for bit, the runs that they are alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui_backprop.core.operations.activations import HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.core.rules import RULES
from tui_backprop.core.sampling import SAMPLINGS
from tui_backprop.engines.batched.runs import BatchedRuns, shared_by
from tui_backprop.engines.choice import make_engine
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.run.changes import first_segment, read_data

OUTPUTS = {
    "parity": [("sigmoid", "squared"), ("sigmoid", "binary-cross-entropy"), ("tanh", "huber"), ("relu", "absolute")],
    "iris": [("softmax", "cross-entropy"), ("sigmoid", "binary-cross-entropy"), ("softmax", "half-squared")],
    "sine": [("linear", "squared"), ("sine", "half-squared"), ("linear", "absolute")],
    "xor": [("sigmoid", "squared"), ("gelu", "huber")],
}


@st.composite
def recipes(draw):
    """A shared recipe and what differs from run to run."""
    source = draw(st.sampled_from(sorted(OUTPUTS)))
    output, loss = draw(st.sampled_from(OUTPUTS[source]))
    penalised, clipped = draw(st.booleans()), draw(st.booleans())
    shared = Recipe(
        source=source,
        hidden=tuple(draw(st.lists(st.sampled_from([1, 2, 3, 8, 17]), max_size=3))),
        activation=draw(st.sampled_from(HIDDEN_ACTIVATIONS)),
        output_activation=output,
        loss=loss,
        optimizer=draw(st.sampled_from(sorted(OPTIMIZERS))),
        schedule=draw(st.sampled_from(["constant", "step:7,0.5", "exponential:0.99", "cosine:20"])),
        warmup=draw(st.sampled_from([0, 5])),
        batch_size=draw(st.sampled_from([1, 2, 4, 10, None])),
        sampling=draw(st.sampled_from(SAMPLINGS)),
        test_fraction=draw(st.sampled_from([0.0, 0.3])),
        noise=draw(st.sampled_from([0.0, 0.1])),
        rule=draw(st.sampled_from(["exact", "posted"])),
        freeze=draw(st.sampled_from([(), ("b1",)])),
    )
    own = st.builds(
        dict,
        seed=st.integers(0, 3),
        lr=st.sampled_from([0.001, 0.1, 3.0]),
        momentum=st.sampled_from([0.0, 0.5, 0.9]),
        l1=st.sampled_from([0.0, 0.01]) if penalised else st.just(0.0),
        l2=st.just(0.001) if penalised else st.just(0.0),
        clip=st.sampled_from([0.1, 1.0]) if clipped else st.none(),
        init=st.sampled_from(["uniform", "xavier", "he", "normal", "zeros"]),
    )
    return [shared.replace(**fields) for fields in draw(st.lists(own, min_size=1, max_size=5))]


def segments(runs):
    data = read_data(runs[0])
    return [first_segment(recipe, data) for recipe in runs]


SIGNED_ZERO = Recipe(source="xor", hidden=(1, 1), activation="sigmoid", output_activation="sigmoid", loss="squared")


@settings(max_examples=150)
@given(recipes(), st.integers(0, 30), st.integers(0, 30))
@example([SIGNED_ZERO.replace(optimizer="momentum", momentum=0.0, seed=seed) for seed in range(20)], 4, 26)
def test_a_run_among_others_has_the_bits_that_it_has_alone(runs, first, then):
    """Whatever the network, the data and the optimizer, and however the steps are cut into portions."""
    found = segments(runs)
    batch = BatchedRuns([one.training for one in found], [one.entry for one in found])
    batch.advance(first)
    batch.advance(then)
    for run, one in enumerate(found):
        alone = make_engine("reference").advance(one.training, one.entry, first + then)
        assert batch.state(run).same_values(alone)
        np.testing.assert_array_equal(batch.parameters[run], alone.parameters)


@pytest.mark.parametrize(("sampling", "batch_size"), [("random", 1), ("shuffle", 2), ("sequential", 3)])
def test_long_runs_keep_their_bits_over_many_blocks_of_draws(sampling, batch_size):
    """Ten thousand steps of the original case go through several blocks of draws and of gathered samples."""
    shared = Recipe(sampling=sampling, batch_size=batch_size)
    found = segments([shared.replace(seed=seed, lr=rate) for seed in (0, 5) for rate in (0.1, 10.0)])
    batch = BatchedRuns([one.training for one in found], [one.entry for one in found])
    batch.advance(10_000)
    for run, one in enumerate(found):
        assert batch.state(run).same_values(make_engine("reference").advance(one.training, one.entry, 10_000))


def test_every_one_of_many_seeds_has_its_own_draws():
    """There are more than are put in order at once; the first and the last have what they have alone."""
    found = segments([Recipe(seed=seed) for seed in range(300)])
    batch = BatchedRuns([one.training for one in found], [one.entry for one in found])
    batch.advance(100)
    for run in (0, 127, 128, 299):
        assert batch.state(run).same_values(
            make_engine("reference").advance(found[run].training, found[run].entry, 100)
        )


def test_a_run_that_overflows_leaves_the_others_alone():
    """One rate is far too large; the run beside it is what it is without it."""
    wild, tame = segments([Recipe(source="line", hidden=(), lr=rate, batch_size=None) for rate in (1e9, 0.1)])
    batch = BatchedRuns([wild.training, tame.training], [wild.entry, tame.entry])
    batch.advance(200)
    assert not np.isfinite(batch.parameters[0]).all()
    assert batch.state(1).same_values(make_engine("reference").advance(tame.training, tame.entry, 200))


@pytest.mark.parametrize(
    "fields", [{"hidden": (2,)}, {"optimizer": "adam"}, {"batch_size": 2}, {"rule": "posted"}, {"loss": "huber"},
               {"schedule": "cosine:9"}, {"freeze": ("w1",)}, {"clip": 1.0}, {"l2": 0.1}, {"sampling": "shuffle"}],
    ids=lambda fields: next(iter(fields)),
)  # fmt: skip
def test_runs_that_do_not_share_shapes_are_refused(fields):
    """They cannot be one computation, and nobody gets a wrong number for it."""
    found = segments([Recipe(), Recipe(**fields)])
    assert shared_by(found[0].training) != shared_by(found[1].training)
    with pytest.raises(ValueError, match="do not share"):
        BatchedRuns([one.training for one in found], [one.entry for one in found])


def test_single_mistakes_train_alone():
    """The rules of the gallery are not computed for many runs at once."""
    for name in RULES:
        (found,) = segments([Recipe(rule=name)])
        assert (shared_by(found.training) is None) == (name not in ("exact", "posted"))
