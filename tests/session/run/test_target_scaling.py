"""Targets that are numbers, scaled for the training and shown as the data have them."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from tui_backprop.cli.main import main
from tui_backprop.core.gradient_check import check_update
from tui_backprop.records.prediction_curve import PredictionCurve
from tui_backprop.session.pictures.prediction import Scatter, prediction_picture
from tui_backprop.session.recipe.recipe import RecipeError
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

KINDS = ("max", "standard", "minmax")


@pytest.fixture
def prices(tmp_path):
    """A table whose targets are far from the scale 1: prices, and the same in millions of millions."""

    def write(rows=60, columns=1, factor=1.0):
        rng = np.random.default_rng(5)
        inputs = rng.uniform(0, 10, (rows, columns))
        price = factor * (200_000 + 15_000 * inputs.sum(axis=1))
        path = tmp_path / f"prices-{columns}-{factor:g}.csv"
        table = [(*row, y) for row, y in zip(inputs.tolist(), price.tolist(), strict=True)]
        names = [*(f"x{i}" for i in range(columns)), "price"]
        path.write_text("\n".join(",".join(map(str, row)) for row in [names, *table]) + "\n")
        return str(path)

    return write


@pytest.mark.parametrize("kind", KINDS)
def test_the_scaling_is_learned_on_the_training_part_alone(prices, kind):
    """The test samples are scaled by what the training samples show, and both can be had back."""
    problem = Session(suggested_recipe(prices(), scale_targets=kind)).problem
    train, scaler = problem.train, problem.target_scaler
    assert len(problem.test)
    expected = {
        "max": train.raw_targets / np.abs(train.raw_targets).max(),
        "standard": (train.raw_targets - train.raw_targets.mean()) / train.raw_targets.std(),
        "minmax": (train.raw_targets - train.raw_targets.min()) / np.ptp(train.raw_targets),
    }[kind]
    np.testing.assert_allclose(train.targets, expected)
    for part in (train, problem.test):
        np.testing.assert_allclose(scaler.inverse(part.targets), part.raw_targets)
        assert np.array_equal(part.raw_targets, problem.dataset.targets[part.rows])


def test_far_targets_are_scaled_unless_the_recipe_says_no(prices):
    """A table of prices is suggested with scaled targets; numbers near 1, labels and built-in sets are not."""
    assert suggested_recipe(prices()).scale_targets == "standard"
    assert suggested_recipe(prices(factor=1e-12)).scale_targets == "standard"
    assert suggested_recipe(prices(factor=1e-5)).scale_targets == "none"
    assert suggested_recipe(prices(), scale_targets="none").scale_targets == "none"
    for source in ("line", "sine", "ravine", "textbook", "moons", "iris"):
        assert suggested_recipe(source).scale_targets == "none"


def test_what_is_shown_is_in_the_units_of_the_data(prices):
    """Predictions, probes and the points of the picture are prices; the losses are those of the scaled ones."""
    session = Session(suggested_recipe(prices(), probe=((5.0,),)))
    session.run(1500)
    frame, problem = session.frame(), session.problem
    assert frame.probes[0].now[0] == pytest.approx(275_000, rel=0.02)
    assert abs(frame.probes[0].before[0] - problem.train.raw_targets.mean()) < 5 * problem.train.raw_targets.std()
    picture = prediction_picture(frame, 40, 0)
    assert isinstance(picture, PredictionCurve)
    assert np.array_equal(np.sort(picture.train.y), np.sort(problem.train.raw_targets[:, 0]))
    assert 190_000 < picture.now[0] < picture.now[-1] < 360_000
    assert frame.train_score.loss < 0.02
    assert next(line.loss for line in frame.reference if line.key == "constant") == pytest.approx(1.0)
    missed = problem.predict(session.state.parameters, problem.train.raw) - problem.train.raw_targets
    own_units = float((missed**2).mean())
    assert own_units == pytest.approx(frame.train_score.loss * problem.target_scaler.divisor[0] ** 2, rel=1e-9)


def test_a_scatter_compares_true_and_predicted_prices(prices):
    """Of three inputs, both axes have the units of the data."""
    session = Session(suggested_recipe(prices(columns=3)))
    session.run(1500)
    picture = prediction_picture(session.frame(), 20, 20)
    assert isinstance(picture, Scatter)
    assert picture.target.min() > 200_000
    assert np.abs(picture.prediction / picture.target - 1).max() < 0.1


def test_a_sample_of_ones_own_is_given_and_scaled_as_the_data_are(prices):
    """A price that the network answers makes no error, and the gradient check of such a run is right."""
    session = Session(suggested_recipe(prices()))
    session.run(100)
    answer = session.problem.predict(session.state.parameters, np.array([[3.0]]))[0, 0]
    assert session.what_if([3.0], [answer]).loss == pytest.approx(0.0, abs=1e-20)
    assert session.what_if([3.0], [answer + session.problem.target_scaler.divisor[0]]).loss == pytest.approx(1.0)
    assert session.what_if([3.0]).loss == pytest.approx(0.0, abs=1e-20)
    assert not check_update(session.what_if([3.0], [300_000.0])).judgement.wrong.any()


def test_predictions_and_json_have_both(prices, tmp_path, capsys):
    """`--predictions` has prices; `--json` names the scaling in the recipe, and beside the losses what they are of."""
    path = tmp_path / "answers.csv"
    assert main(["run", prices(), "--steps", "1500", "--predictions", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["recipe"]["scale_targets"] == "standard"
    assert found["loss"]["targets"]["scaling"] == "standard"
    assert found["loss"]["targets"]["offset"][0] == pytest.approx(275_000, rel=0.1)
    assert found["loss"]["final"]["train"] < 0.02
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert all(abs(float(row["prediction price"]) / float(row["target price"]) - 1) < 0.1 for row in rows)
    assert {row["part"] for row in rows} == {"train", "test"}
    assert main(["run", prices(), "--steps", "10"]) == 0
    assert "of scaled targets: (price − 2" in capsys.readouterr().out
    assert main(["run", prices(), "--steps", "10", "--scale-targets", "none"]) == 0
    assert "scaled targets:" not in capsys.readouterr().out


def test_labels_are_not_scaled():
    """Classes and 0/1 targets are refused in one sentence."""
    for source in ("moons", "iris"):
        with pytest.raises(RecipeError, match=r"scale-targets: expected none, for .* has .*, not .standard."):
            Session(suggested_recipe(source, scale_targets="standard"))


def test_another_data_set_brings_its_own_scaling(prices):
    """From prices to labels and back: the scaling follows the data, and undo brings it back."""
    session = Session(suggested_recipe(prices()))
    session.run(20)
    session.change(source="moons")
    assert session.recipe.scale_targets == "none"
    session.change(source=prices())
    assert session.recipe.scale_targets == "standard"
    session.change(scale_targets="minmax")
    assert session.problem.train.targets.max() == 1.0
    session.undo()
    assert session.recipe.scale_targets == "standard"


def test_the_finding_says_so_and_its_remedy_learns(prices):
    """Without scaling, prices are learned by no usual rate; the remedy is one edit, after which they are."""
    session = Session(suggested_recipe(prices(), scale_targets="none"))
    session.run(1000)
    finding = next(one for one in session.findings() if one.id == "target-scales")
    assert finding.changes == {"scale_targets": "standard"}
    assert finding.where == "price"
    session.change(**finding.changes)
    session.run(1500)
    said = {one.id for one in session.findings()}
    assert "target-scales" not in said
    assert "done" in said


def test_an_output_with_ends_gets_targets_between_them(prices):
    """A sigmoid output reaches 0 to 1, so its targets are scaled to that."""
    recipe = suggested_recipe(prices(), scale_targets="none", output_activation="sigmoid")
    finding = next(one for one in Session(recipe).findings() if one.id == "target-scales")
    assert finding.changes == {"scale_targets": "minmax"}
