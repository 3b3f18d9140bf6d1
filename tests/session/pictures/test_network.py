"""What the drawing of a network shows at every moment of a step."""

from __future__ import annotations

import numpy as np
import pytest

from tui_backprop.core.forward import forward
from tui_backprop.core.network import Parameters
from tui_backprop.session.anatomy.phases import Phase, phases
from tui_backprop.session.pictures.network import network_picture, response_surfaces, signal_at, spread_of
from tui_backprop.session.pictures.prediction import input_grid
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session


def inside(session, phase):
    """A frame at a phase of the coming update."""
    while session.inside != phase:
        session.phase_forward()
    return session.frame()


def test_before_the_first_update_units_show_nothing_and_weights_their_values():
    """At step 0 no sample has been chosen, so only parameters are there."""
    frame = Session(suggested_recipe("xor")).frame()
    picture = network_picture(frame)
    assert all(units.values is None for units in picture.units)
    assert picture.target is None
    assert picture.signal is None
    assert [entries.shown for entries in picture.entries] == ["parameter", "parameter"]
    assert np.array_equal(picture.entries[0].weights, frame.parameters.w(1))


def test_units_show_the_newest_that_is_known_and_nothing_before_its_time():
    """z, then a, then δ, layer by layer; what has not happened is not there."""
    session = Session(suggested_recipe("moons"))
    session.run(5)
    order = phases(session.problem.network)
    for phase in order:
        frame = inside(session, phase)
        record, picture = frame.record, network_picture(frame, sample=2)
        tensors = {"z": record.tape.z, "a": record.tape.a, "delta": (None, *record.gradients.deltas)}
        assert np.array_equal(picture.units[0].values, record.tape.a[0][2])
        for units in picture.units[1:]:
            kinds = [kind for kind in tensors if order.index(Phase(kind, units.layer)) <= order.index(phase)]
            assert sorted(units.known) == sorted(kinds)
            assert units.shown == (kinds[-1] if kinds else None)
            for kind in kinds:
                assert np.array_equal(units.known[kind], tensors[kind][units.layer][2])
        assert np.array_equal(picture.target, record.targets[2])


def test_weights_show_values_then_gradients_then_the_change():
    """The gradient of a layer comes in its own phase, the change in the update; all of one kind share one scale."""
    session = Session(suggested_recipe("circle"))
    session.run(5)
    frame = inside(session, Phase("gradients", 2))
    picture = network_picture(frame)
    assert [entries.shown for entries in picture.entries] == ["parameter", "gradient"]
    assert np.array_equal(picture.entries[1].weights, frame.record.gradients.parameters.w(2))
    frame = inside(session, Phase("update"))
    picture = network_picture(frame)
    assert [entries.shown for entries in picture.entries] == ["change", "change"]
    change = Parameters(frame.network, frame.record.after.parameters - frame.record.before.parameters)
    assert np.array_equal(picture.entries[0].biases, change.b(1))
    assert picture.entries[0].scale == picture.entries[1].scale == max(abs(change.w(1)).max(), abs(change.w(2)).max())


def test_between_two_steps_units_show_the_last_forward_pass():
    """What flows back belongs to the phases."""
    session = Session(suggested_recipe("xor"))
    session.run(3)
    frame = session.frame()
    assert [units.shown for units in network_picture(frame).units] == ["a", "a", "a"]
    assert np.array_equal(network_picture(frame, sample=99).units[0].values, frame.record.tape.a[0][-1])


@pytest.mark.parametrize(
    ("phase", "layer", "crossing", "backward"),
    [("sample", 0, None, False), ("forward 1: z", 1, 1, False), ("forward 1: a", 1, None, False),
     ("loss", None, None, False), ("backward 2: δ", 2, None, True), ("backward 2: gradients", None, 2, True),
     ("backward 1: δ", 1, 2, True), ("update", None, None, False)],
)  # fmt: skip
def test_the_signal_is_where_the_phase_is(phase, layer, crossing, backward):
    """z comes through the weights of its layer, δ back through those of the layer above."""
    network = Session(suggested_recipe("xor")).problem.network
    found = signal_at(network, next(one for one in phases(network) if one.title == phase))
    assert (found.layer, found.crossing, found.backward) == (layer, crossing, backward)


def test_surfaces_are_what_each_unit_answers():
    """Over a grid of the data's span, in shares of the activation's range; without a range ½ is 0."""
    session = Session(suggested_recipe("circle", activation="relu"))
    session.run(50)
    frame = session.frame()
    assert response_surfaces(frame, (None, None, None)) == (None, None, None)
    _, hidden, output = response_surfaces(frame, (None, (6, 4), (8, 8)))
    grid = frame.problem.scaler.transform(input_grid(frame, 6, 4)[2])
    tape = forward(frame.network, frame.parameters, grid)
    largest = abs(tape.a[1]).max()
    assert hidden.shape == (6, 4, 6)
    for j in range(6):
        assert np.allclose(hidden[j], 0.5 + tape.a[1][:, j].reshape(4, 6) / (2 * largest))
    assert output.shape == (1, 8, 8)
    assert 0 <= output.min() <= output.max() <= 1


@pytest.mark.parametrize("values", [[], [np.nan], [3.0, 3.0], [0.0, 1.0, np.inf], [-1e308, 1e308], [1e-300, 2e-300]])
def test_any_values_have_a_spread(values):
    """Every finite value is counted once, whatever the values are."""
    found = spread_of(np.array(values), 7)
    assert found.count == len(values)
    assert found.counts.sum() == np.isfinite(values).sum()
    assert found.low < found.high
