"""Pictures of what a network predicts, held against the network itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tui_backprop.records.prediction_curve import PredictionCurve
from tui_backprop.session.pictures.prediction import (
    Confusion,
    DecisionSurface,
    PredictionView,
    Scatter,
    prediction_picture,
)
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session


def frame_of(source, steps=30, **fields):
    session = Session(suggested_recipe(source, **fields))
    session.run(steps)
    return session.frame()


def answers_on(picture, frame, others):
    """What the network itself predicts on the picture's grid, the other inputs at `others`."""
    grid = np.tile(others, (len(picture.x2), len(picture.x1), 1))
    grid[:, :, picture.inputs[0]] = picture.x1
    grid[:, :, picture.inputs[1]] = picture.x2[:, np.newaxis]
    flat = frame.problem.predict(frame.state.parameters, grid.reshape(-1, len(others)))
    return flat.reshape(len(picture.x2), len(picture.x1), -1)


def test_a_curve_shows_the_network_now_and_at_the_start():
    """It reaches over the samples and the probes, and knows where training ended."""
    frame = frame_of("parity")
    picture = prediction_picture(frame, 50, 0)
    assert isinstance(picture, PredictionCurve)
    assert (picture.x[0], picture.x[-1]) == (1, 16)
    assert picture.trained == (1, 9)
    raw = picture.x[:, np.newaxis]
    assert np.array_equal(picture.now, frame.problem.predict(frame.state.parameters, raw)[:, 0])
    assert np.array_equal(picture.before, frame.problem.predict(frame.first_parameters, raw)[:, 0])
    wrong = frame.problem.answers(frame.problem.predict(frame.state.parameters, frame.problem.train.raw)) != [
        0, 1, 0, 1, 0, 1, 0, 1, 0,
    ]  # fmt: skip
    assert picture.train.wrong.tolist() == wrong.astype(int).tolist()


def test_a_surface_is_the_prediction_at_each_of_its_points():
    """Share, answer, and the bands that end at 25, 50 and 75 %."""
    frame = frame_of("moons", 300)
    picture = prediction_picture(frame, 20, 12)
    assert isinstance(picture, DecisionSurface)
    expected = answers_on(picture, frame, np.zeros(2))[:, :, 0]
    assert np.allclose(picture.share, np.clip(expected, 0, 1))
    assert np.array_equal(picture.answer, expected > 0.5)
    assert set(np.unique(picture.band)) == {0, 1, 2, 3}
    assert np.array_equal(picture.band >= 2, expected > 0.5)
    assert np.array_equal(picture.band == 3, expected > 0.75)
    assert picture.held is None
    assert len(picture.train) == len(frame.problem.train)
    assert len(picture.test) == len(frame.problem.test)


def test_classes_have_the_largest_output_and_how_sure_it_is():
    """The answer is the class, the share its probability, and a band is a class and whether it has 75 %."""
    frame = frame_of("spirals3", 200)
    picture = prediction_picture(frame, 20, 12)
    expected = answers_on(picture, frame, np.zeros(2))
    assert np.array_equal(picture.answer, expected.argmax(axis=2))
    assert np.allclose(picture.share, expected.max(axis=2))
    assert np.array_equal(picture.band % 2, (expected.max(axis=2) >= 0.75))


def test_two_inputs_of_a_larger_set_with_the_others_held_at_a_sample():
    """Any two inputs, in either order, and any training sample for the rest; where it lies is known."""
    frame = frame_of("iris", 100)
    assert isinstance(prediction_picture(frame, 20, 12), Confusion)
    for inputs, held in (((2, 3), 0), ((3, 0), 7)):
        picture = prediction_picture(frame, 20, 12, PredictionView(surface=True, inputs=inputs, held=held))
        sample = frame.problem.train.raw[held]
        assert picture.inputs == inputs
        assert picture.held == (sample[inputs[0]], sample[inputs[1]])
        assert np.array_equal(picture.answer, answers_on(picture, frame, sample).argmax(axis=2))


def test_every_input_can_be_turned_to():
    """From any two inputs the arrows go through all the others and never take one input twice."""
    problem = frame_of("iris", 0).problem
    look, seen = PredictionView(surface=True), set()
    for axis, by in [(0, 1)] * 6 + [(1, -1)] * 6 + [(0, -1)] * 5:
        look = look.turned(problem, axis, by)
        assert len(set(look.inputs)) == 2
        seen.add(look.inputs)
    assert {i for pair in seen for i in pair} == {0, 1, 2, 3}


def test_the_first_two_inputs_are_ones_that_vary(tmp_path):
    """Columns that are always the same are not what a surface begins with."""
    file = tmp_path / "some.csv"
    file.write_text("a,b,c,d,y\n" + "".join(f"1,{i},5,{i * i % 7},{i % 2}\n" for i in range(20)))
    session = Session(Recipe(source=str(file)))
    assert PredictionView().axes(session.problem) == (1, 3)


def test_a_look_fits_whatever_data_come_next():
    """Inputs, an output and a sample that the new data do not have are not asked for."""
    look = PredictionView(output=9, surface=True, inputs=(60, 63), held=1200)
    for source in ("parity", "moons", "iris", "sine"):
        assert prediction_picture(frame_of(source, 0), 20, 12, look) is not None


def test_numbers_lie_in_the_range_of_the_training_targets(tmp_path):
    """A surface of numbers has shares of that range, and each sample the tenth that its target lies in."""
    file = tmp_path / "plane.csv"
    rows = [(a, b, 10 * a + b) for a in range(5) for b in range(5)]
    file.write_text("a,b,y\n" + "".join(f"{a},{b},{y}.5\n" for a, b, y in rows))
    session = Session(Recipe(source=str(file), hidden=(), scale_inputs="standard"))
    session.run(2000)
    picture = prediction_picture(session.frame(), 20, 12)
    assert picture.share[0, 0] < 0.1
    assert picture.share[-1, -1] > 0.9
    assert picture.train.label.tolist() == [min(9, int((y - 0) / 44 * 10)) for _, _, y in rows]
    assert not picture.train.wrong.any()


@pytest.mark.parametrize("value", [1e300, np.inf, np.nan])
def test_what_is_not_finite_is_still_a_picture(value):
    """Parameters without bound give shares in 0 … 1 and no warning."""
    for source in ("moons", "spirals3", "parity"):
        frame = frame_of(source, 1)
        theta = np.full_like(frame.state.parameters, value)
        picture = prediction_picture(replace(frame, state=replace(frame.state, parameters=theta)), 20, 12)
        if isinstance(picture, DecisionSurface):
            assert ((picture.share >= 0) & (picture.share <= 1)).all()


def test_a_huge_network_is_asked_at_fewer_points(monkeypatch):
    """So that its surface is drawn in time; the picture has all its points, and the samples are all answered."""
    frame = frame_of("moons", 0, hidden=(256,) * 6)
    asked, predict = [], Problem.predict

    def counted(self, theta, raw):
        asked.append(len(raw))
        return predict(self, theta, raw)

    monkeypatch.setattr(Problem, "predict", counted)
    picture = prediction_picture(frame, 118, 66)
    assert picture.share.shape == picture.answer.shape == picture.band.shape == (66, 118)
    assert asked[0] < 118 * 66 / 20
    expected = answers_on(picture, frame, np.zeros(2))[:, :, 0]
    assert np.abs(picture.share - expected).max() < 0.2


def test_several_yes_or_no_outputs_are_looked_at_one_by_one(tmp_path):
    """A surface, its samples and its mistakes are of the output that is asked for."""
    file = tmp_path / "two.csv"
    file.write_text("a,b,p,q\n" + "".join(f"{a},{b},{int(a > 1)},{int(b > 1)}\n" for a in range(4) for b in range(4)))
    session = Session(Recipe(source=str(file), target=("p", "q"), hidden=(), lr=3.0, batch_size=None))
    session.run(3000)
    for output, axis in ((0, 1), (1, 0)):
        picture = prediction_picture(session.frame(), 20, 12, PredictionView(output=output))
        assert picture.train.label.tolist() == session.problem.train.targets[:, output].tolist()
        assert not picture.train.wrong.any()
        assert np.ptp(picture.answer, axis=axis).max() == 1
        assert np.ptp(picture.answer, axis=1 - axis).max() <= 1


def test_more_inputs_and_numbers_give_a_scatter(tmp_path):
    """Predicted against true, one output at a time."""
    file = tmp_path / "three.csv"
    file.write_text("a,b,c,y\n" + "".join(f"{i},{i % 3},{i % 5},{i / 7}\n" for i in range(20)))
    frame = Session(Recipe(source=str(file))).frame()
    picture = prediction_picture(frame, 20, 12)
    assert isinstance(picture, Scatter)
    assert np.array_equal(picture.target, frame.problem.train.targets[:, 0])
    assert isinstance(prediction_picture(frame, 20, 12, PredictionView(surface=True)), DecisionSurface)
