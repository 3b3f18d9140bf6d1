"""The curvature's picture, compared with the matrix of differences of gradients."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_backprop.core.backward import exact
from tui_backprop.core.forward import forward
from tui_backprop.core.network import Parameters
from tui_backprop.session.pictures.curvature import SHOWN, Curvatures
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session


def ran(source, steps=60, **fields):
    session = Session(suggested_recipe(source, **fields))
    session.run(steps)
    return session


def gradients(session, theta, rows):
    """∂L/∂θ of the mean loss of some training samples."""
    problem = session.problem
    tape = forward(problem.network, Parameters(problem.network, theta), problem.train.inputs[rows])
    return exact(
        problem.network, problem.objective, Parameters(problem.network, theta), tape, problem.train.targets[rows]
    ).parameters.vector


def test_eigenvalues_limit_noise_and_lengths_are_those_of_differences():
    """The Hessian is built here column by column, the samples' gradients one by one."""
    session = ran("xor", optimizer="sgd", lr=0.5, batch_size=2, hidden=(3,))
    picture = Curvatures().picture(session.frame())
    theta, everything, h = session.state.parameters, slice(None), 1e-5
    columns = [
        (gradients(session, theta + h * unit, everything) - gradients(session, theta - h * unit, everything)) / (2 * h)
        for unit in np.eye(len(theta))
    ]
    expected = np.linalg.eigvalsh(np.array(columns))[::-1][:SHOWN]
    found = picture.spectrum
    np.testing.assert_allclose(found.values, expected, atol=1e-7 * abs(expected[0]))
    assert picture.whole
    assert (picture.rate, picture.product, picture.batch) == (0.5, 2.0, 2)
    assert found.limit == pytest.approx(2 / expected[0])
    each = np.array([gradients(session, theta, [row]) for row in range(4)])
    mean = each.mean(axis=0)
    assert found.noise == pytest.approx(((each**2).sum(axis=1).mean() - mean @ mean) / (mean @ mean))
    record = session.last_record()
    own = [np.linalg.norm(gradients(session, record.before.parameters, [row])) for row in record.rows]
    np.testing.assert_allclose(picture.lengths, own)
    assert picture.mean == pytest.approx(np.linalg.norm(record.gradients.parameters.vector))


def test_a_large_network_is_spread_over_several_pictures_and_the_run_may_go_on():
    """The first have none; those that are found say of which step they are, until the present one is found."""
    session = ran("digits", steps=3)
    curvatures, frame = Curvatures(), session.frame()
    first = curvatures.picture(frame)
    assert first.spectrum is None
    assert 0 < first.share < 1
    session.run(2)
    for _ in range(40):
        frame = session.frame()
        picture = curvatures.picture(frame)
        if picture.spectrum is not None:
            break
    assert picture.spectrum.step == 3
    assert not picture.whole
    assert picture.spectrum.rows < picture.of_rows
    for _ in range(40):
        picture = curvatures.picture(frame)
    assert picture.spectrum.step == 5
    assert picture.whole
    assert (picture.spectrum.errors >= 0).all()


@pytest.mark.parametrize(
    ("fields", "limit"),
    [({"optimizer": "adam"}, math.nan), ({"optimizer": "sgd", "freeze": ("w1", "b1", "w2", "b2")}, math.inf)],
)
def test_without_a_limit_there_is_none(fields, limit):
    """Adam has none, and where nothing is trained the loss does not curve; before an update there are no lengths."""
    session = ran("parity", steps=0, **fields)
    picture = Curvatures().picture(session.frame())
    assert picture.spectrum.limit == pytest.approx(limit, nan_ok=True)
    assert not len(picture.lengths)


def test_a_change_of_the_data_or_of_the_penalty_begins_again():
    """What was found for others is not shown."""
    session = ran("xor")
    curvatures = Curvatures()
    before = curvatures.picture(session.frame()).spectrum.values
    session.change(l2=0.5)
    np.testing.assert_allclose(curvatures.picture(session.frame()).spectrum.values[0], before[0] + 0.5, atol=0.1)
