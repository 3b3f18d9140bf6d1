"""How values are spread in each layer, as arrays."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest

from tui_backprop.core.forward import forward
from tui_backprop.core.network import Parameters
from tui_backprop.core.step import take_step
from tui_backprop.session.pictures import distributions
from tui_backprop.session.pictures.distributions import FEW, QUANTITIES, Distributions
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

BY_ID = {quantity.id: quantity for quantity in QUANTITIES}


def ran(source="parity", steps=50, **fields):
    session = Session(suggested_recipe(source, **fields))
    session.run(steps)
    return session


def picture(session, quantity, bins=20, bands=8, columns=16):
    return Distributions().picture(session.frame(), BY_ID[quantity], bins, bands, columns)


@pytest.mark.parametrize("quantity", [quantity.id for quantity in QUANTITIES])
@pytest.mark.parametrize("source", ["parity", "and", "iris", "spirals3", "digits"])
def test_every_quantity_of_every_layer_has_its_picture(source, quantity):
    """Shares are 0 … 1, the fullest bin is 1, and each layer has as many values as it should."""
    session = ran(source)
    seen = picture(session, quantity)
    network = session.problem.network
    assert len(seen.layers) == network.depth
    for layer in seen.layers:
        assert layer.histogram.shape == (20,)
        assert layer.over_time.shape == (8, len(seen.steps)) == (8, len(layer.medians))
        assert layer.histogram.max() == layer.over_time.max() == 1
        units = network.sizes[layer.layer]
        rows = int(seen.over.split(" of ")[0]) if " of " in seen.over else 0
        many = rows * units if quantity in ("activations", "deltas") else units * network.sizes[layer.layer - 1]
        assert layer.count == many
        assert (layer.few is not None) == (many <= FEW)
    assert seen.steps[-1] == session.step


def test_the_original_case_shows_its_numbers_one_by_one():
    """1-1-1 has one weight a layer, and nine activations."""
    session = ran()
    theta = session.state.parameters
    assert [layer.few.tolist() for layer in picture(session, "weights").layers] == [[theta[0]], [theta[2]]]
    tape = forward(session.problem.network, Parameters(session.problem.network, theta), session.problem.train.inputs)
    shown = picture(session, "activations").layers
    for layer, activations in zip(shown, tape.a[1:], strict=True):
        np.testing.assert_allclose(layer.few, np.sort(activations.ravel()))


def test_a_large_layers_past_is_that_of_an_even_share_of_its_values():
    """Of 16,384 weights some four thousand say where the median was, and how many lay where, to a few hundredths."""
    session = ran("digits", hidden=(256,))
    layer = picture(session, "weights").layers[0]
    theta = session.current.timeline.state_at(int(picture(session, "weights").steps[0])).parameters
    weights = Parameters(session.problem.network, theta).w(1)
    assert weights.size > distributions._SKETCHED
    assert layer.medians[0] == pytest.approx(np.median(weights), abs=0.1 * weights.std())
    counts, _ = np.histogram(weights, 8, layer.axis)
    np.testing.assert_allclose(layer.over_time[:, 0], counts / counts.max(), atol=0.15)


def test_a_histogram_counts():
    """NumPy counts the same."""
    session = ran("digits")
    layer = picture(session, "weights", bins=31).layers[0]
    weights = Parameters(session.problem.network, session.state.parameters).w(1)
    counts, _ = np.histogram(weights, 31, layer.axis)
    np.testing.assert_allclose(layer.histogram, counts / counts.max())
    assert layer.spread == pytest.approx(tuple(np.quantile(weights, (0.1, 0.9))))
    assert layer.medians[-1] == pytest.approx(np.median(weights), abs=0.01)


def test_gradients_and_deltas_are_those_of_the_runs_rule():
    """With the posted rule one sees what the posted rule gives, and δ is that of a sample, not a ninth of it."""
    session = ran(rule="posted")
    training, theta = session.current.segment.training, session.state.parameters
    parameters = Parameters(training.network, theta)
    tape = forward(training.network, parameters, training.inputs)
    found = training.rule(training.network, training.objective, parameters, tape, training.targets)
    gradients, deltas = picture(session, "gradients").layers, picture(session, "deltas").layers
    for layer in (1, 2):
        assert gradients[layer - 1].few == pytest.approx(np.log10(np.abs(found.parameters.w(layer))).ravel())
        expected = np.sort(np.log10(np.abs(9 * found.deltas[layer - 1])).ravel())
        np.testing.assert_allclose(deltas[layer - 1].few, expected)


def test_updates_are_held_against_the_weights():
    """|Δw| / |w| of the coming update, which is then made."""
    session = ran("xor", 10)
    shown = picture(session, "ratios").layers[1]
    record = take_step(session.current.segment.training, session.state)
    w, after = (Parameters(session.problem.network, s.parameters).w(2) for s in (record.before, record.after))
    np.testing.assert_allclose(shown.few, np.sort(np.log10(np.abs((after - w) / w)).ravel()))


def test_vanishing_gradients_are_seen():
    """In a deep stack of sigmoid units the median falls from the last layer to the first, all on one axis."""
    session = ran("moons", 0, hidden=(8, 8, 8, 8, 8), activation="sigmoid", seed=6)
    layers = picture(session, "gradients").layers
    assert len({layer.axis for layer in layers}) == 1
    medians = [float(layer.medians[-1]) for layer in layers]
    assert medians[-1] - medians[0] > 3  # decades
    well = picture(ran("moons", 0, hidden=(8, 8, 8, 8, 8), seed=6), "gradients").layers
    assert abs(float(well[-1].medians[-1] - well[0].medians[-1])) < 1.5


def test_values_near_the_ends_of_a_range_are_counted():
    """Large weights drive tanh to its ends; small ones do not."""
    small = ran("circle", 0)
    large = ran("circle", 0, set=(("w1", 50.0),))
    assert picture(small, "activations").layers[0].near_ends < 0.2
    assert picture(large, "activations").layers[0].near_ends > 0.9
    assert picture(large, "weights").layers[0].near_ends is None


def test_a_certain_answer_is_not_saturation():
    """With cross-entropy an output near 0 or 1 is what is wanted; with the squared loss it learns no more."""
    trained = ran("iris", 500)
    assert picture(trained, "activations").layers[-1].near_ends is None
    assert picture(ran("parity"), "activations").layers[-1].near_ends == 0


def test_dead_units_are_counted():
    """A relu unit that is 0 for every sample is dead, and its gradients are exactly 0."""
    session = ran("circle", 0, activation="relu", hidden=(6,), set=(("b1[2]", -100.0), ("b1[4]", -100.0)))
    assert picture(session, "activations").layers[0].dead == 2
    assert picture(session, "gradients").layers[0].zeros >= 2 / 6


def test_a_column_over_time_is_what_it_was_then():
    """Going back to a step shows the same medians as its column did."""
    session = ran("iris", 200)
    seen = picture(session, "activations", columns=8)
    assert 4 <= len(seen.steps) <= 8
    for column, step in enumerate(seen.steps.tolist()):
        session.go_to(step)
        then = picture(session, "activations", columns=8)
        assert then.steps[-1] == step
        for now, before in zip(then.layers, seen.layers, strict=True):
            assert now.medians[-1] == before.medians[column]


def test_while_it_runs_earlier_steps_are_not_computed_again(monkeypatch):
    """A picture costs a few moments of the run, not all of them again."""
    session, made = ran("xor", 5000), Distributions()
    asked = []
    raw = distributions._raw
    monkeypatch.setattr(distributions, "_raw", lambda *args: asked.append(1) or raw(*args))

    def cost():
        asked.clear()
        made.picture(session.frame(), BY_ID["gradients"], 20, 8, 64)
        return len(asked)

    assert cost() > 20
    costs = []
    for _ in range(100):
        session.run(7)
        costs.append(cost())
    assert sum(costs) < 3 * len(costs)
    assert max(costs) < 10


def test_a_run_of_nothing_but_zeros_is_drawn():
    """All weights 0: no ratio has a size, no gradient but the last one is."""
    session = ran("xor", 0, init="zeros", hidden=(3, 3))
    for quantity in QUANTITIES:
        seen = picture(session, quantity.id)
        assert all(np.isfinite(layer.axis).all() and layer.axis[0] < layer.axis[1] for layer in seen.layers)
    first = picture(session, "gradients").layers[0]
    assert (first.zeros, np.isnan(first.medians[-1])) == (1, True)


def test_a_file_is_asked_for_nothing_but_the_runs_own_updates(tmp_path):
    """A rule of the user's own that fails on any other batch than the run's still draws, and the run goes on as it was."""
    rule = (resources.files("tui_backprop.cli.templates") / "own_rule.py").read_text(encoding="utf-8")
    picky = rule.replace("    gradients = {}", "    assert len(y) <= 2\n    gradients = {}")
    path = tmp_path / "rule.py"
    path.write_text(picky, encoding="utf-8")
    session = ran(steps=5, rule=str(path))
    for quantity in QUANTITIES:
        seen = picture(session, quantity.id)
        assert all(np.isfinite(layer.medians).all() for layer in seen.layers)
    assert picture(session, "gradients").over == "the coming update’s batch"
    session.run(5)
    assert (session.step, session.current.divergence) == (10, None)
