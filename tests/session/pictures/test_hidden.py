"""The samples as a hidden layer sees them, compared with forward passes written here once more."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tui_backprop.session.pictures.hidden import (
    TURNS,
    HiddenSpace,
    HiddenView,
    NoHiddenSpaceError,
    Regions,
    UnitCurves,
    hidden_picture,
    principal,
)
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session


def ran(source, steps=30, **fields):
    session = Session(suggested_recipe(source, **fields))
    session.run(steps)
    return session


def activations(session, raw, layer):
    """a of a layer for raw inputs, by plain products."""
    problem, a = session.problem, session.problem.encode(raw)
    frame = session.frame()
    for at in range(1, layer + 1):
        z = a @ frame.parameters.w(at) + frame.parameters.b(at)
        a = problem.network.activation(at).value(z)
    return a


def test_two_units_are_the_coordinates_and_the_ground_is_the_answer():
    """Each sample lies at its activations, and each place has what the output layer makes of it."""
    session = ran("moons", hidden=(2,))
    picture = hidden_picture(session.frame(), HiddenView(), 20, 16)
    assert isinstance(picture, HiddenSpace)
    assert isinstance(picture.next_layer, Regions)
    expected = activations(session, session.problem.train.raw, 1)
    np.testing.assert_allclose(np.stack([picture.train.x, picture.train.y], axis=1), expected, atol=1e-12)
    left, right = picture.across
    low, high = picture.up
    column, row = 13, 4
    place = np.array([left + (right - left) * (column + 0.5) / 20, low + (high - low) * (row + 0.5) / 16])
    frame = session.frame()
    z = place @ frame.parameters.w(2) + frame.parameters.b(2)
    answer = session.problem.network.activation(2).value(z)[0]
    assert picture.next_layer.share[row, column] == pytest.approx(answer)
    wrong = session.problem.answers(session.problem.predict(session.state.parameters, session.problem.train.raw))
    assert picture.train.wrong.tolist() == (wrong != picture.train.label).tolist()


def test_between_hidden_layers_there_is_a_line_for_each_unit_of_the_next():
    """On the plane through the samples' middle, z of each next unit is what the line says."""
    session = ran("spirals3", hidden=(5, 3, 2))
    picture = hidden_picture(session.frame(), HiddenView(layer=1), 8, 8)
    assert len(picture.next_layer) == 3
    a = activations(session, session.problem.train.raw, 1)
    basis, shares = principal(a - a.mean(axis=0))
    assert picture.shares == shares
    point = a.mean(axis=0) + 0.3 * basis[0] - 0.2 * basis[1]
    frame = session.frame()
    z = point @ frame.parameters.w(2) + frame.parameters.b(2)
    said = [line.start + 0.3 * line.right - 0.2 * line.upward for line in picture.next_layer]
    np.testing.assert_allclose(said, z)


@pytest.mark.parametrize("units", [4, 64, 65, 200])
def test_principal_directions_are_those_of_the_singular_values(units):
    """Up to 64 units at once, of more by orthogonal iteration; the largest entry of each is positive."""
    rng = np.random.default_rng(units)
    away = rng.standard_normal((90, units)) * np.geomspace(5, 0.1, units)
    away -= away.mean(axis=0)
    _, singular, right = np.linalg.svd(away, full_matrices=False)
    basis, shares = principal(away)
    nearly = 1e-9 if units <= 64 else 1e-2
    np.testing.assert_allclose(np.abs((basis * right[:2]).sum(axis=1)), 1, atol=nearly)
    np.testing.assert_allclose(shares, singular[:2] ** 2 / (singular**2).sum(), rtol=nearly)
    assert (basis[[0, 1], np.abs(basis).argmax(axis=1)] > 0).all()
    assert principal(np.zeros((5, units)))[1] == (0.0, 0.0)


def test_three_units_are_seen_from_sides_that_turn_all_the_way_round():
    """Lengths are kept, a full turn is where it began, and every sample lies in the picture from any side."""
    session = ran("circle", hidden=(3,))
    frame = session.frame()
    seen = [hidden_picture(frame, HiddenView(turn=turn), 8, 8) for turn in (0, 5, TURNS)]
    np.testing.assert_allclose(seen[0].train.x, seen[2].train.x, atol=1e-12)
    assert not np.allclose(seen[0].train.x, seen[1].train.x)
    for picture in seen:
        assert [name for name, *_ in picture.axes] == ["a1[0]", "a1[1]", "a1[2]"]
        assert picture.across[0] <= picture.train.x.min() <= picture.train.x.max() <= picture.across[1]


def test_one_input_has_a_curve_for_each_unit_or_its_samples_in_space():
    """The curves are the activations over the range of the data; enter shows the samples in their space."""
    session = ran("sine", hidden=(12, 2))
    frame = session.frame()
    curves = hidden_picture(frame, HiddenView(layer=1), 40, 2)
    assert isinstance(curves, UnitCurves)
    assert curves.count == 12
    np.testing.assert_allclose(curves.units, activations(session, curves.x[:, np.newaxis], 1).T[:8], atol=1e-12)
    space = hidden_picture(frame, HiddenView(points=True), 8, 8)
    assert isinstance(space, HiddenSpace)
    assert (space.layer, space.names) == (2, ("a2[0]", "a2[1]"))


def test_one_unit_has_the_answer_beside_it():
    """Across is the unit, up is ŷ in the units of the data."""
    session = ran("parity")
    picture = hidden_picture(session.frame(), HiddenView(points=True), 8, 8)
    raw = session.problem.train.raw
    np.testing.assert_allclose(picture.train.x, activations(session, raw, 1)[:, 0], atol=1e-12)
    np.testing.assert_allclose(picture.train.y, session.problem.predict(session.state.parameters, raw)[:, 0])


def test_where_there_is_nothing_to_see_it_is_said_why():
    """Without a hidden layer, and where the activations are not finite."""
    with pytest.raises(NoHiddenSpaceError, match="no hidden layer"):
        hidden_picture(ran("and", hidden=()).frame(), HiddenView(), 8, 8)
    frame = ran("line", hidden=(4,), activation="relu").frame()
    broken = dataclasses.replace(frame.state, parameters=np.full(frame.network.size, np.inf))
    for view in (HiddenView(), HiddenView(points=True)):
        with pytest.raises(NoHiddenSpaceError, match="not finite"):
            hidden_picture(dataclasses.replace(frame, state=broken), view, 8, 8)


def test_a_wide_network_takes_fewer_samples():
    """So that it is drawn in time; the panel says so."""
    session = ran("digits", steps=1, hidden=(256, 256))
    picture = hidden_picture(session.frame(), HiddenView(), 8, 8)
    assert picture.shown < len(session.problem.train)
