"""The built-in data: described truly, and made again to the byte."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tui_backprop.datasets.catalogue import catalogue, data_folder
from tui_backprop.datasets.scaling import SCALINGS, fit_scaler
from tui_backprop.datasets.source import open_source
from tui_backprop.datasets.splits import add_noise, split
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

NAMES = [entry.name for entry in catalogue()]


@pytest.mark.parametrize("entry", catalogue(), ids=NAMES)
def test_the_catalogue_tells_the_truth(entry):
    """Rows, inputs, outputs, task and classes are those of the file."""
    data = open_source(entry.name)
    assert (data.rows, data.n_inputs, data.n_outputs) == (entry.rows, entry.inputs, entry.outputs)
    assert (data.task, data.classes) == (entry.task, entry.classes)
    assert entry.description
    assert entry.source
    assert entry.licence


def test_no_file_is_without_an_entry():
    """The folder holds what the catalogue names and nothing else."""
    assert {path.stem for path in data_folder().glob("*.csv")} == set(NAMES)


def test_the_synthetic_sets_are_made_again_to_the_byte(tmp_path):
    """The script gives the very files that are shipped."""
    subprocess.run([sys.executable, data_folder() / "make.py", "--out", tmp_path], check=True)
    made = list(tmp_path.iterdir())
    assert len(made) == len(NAMES) - 2
    for path in made:
        assert path.read_bytes() == (data_folder() / path.name).read_bytes()


REACHES = {
    "xor": 1.0, "circle": 0.95, "moons": 0.95, "spiral": 0.95, "iris": 0.93, "digits": 0.96, "and": 1.0, "or": 1.0,
    "gauss": 0.95, "spirals3": 0.95, "checkerboard": 0.95,
}  # fmt: skip


@pytest.mark.parametrize("name", REACHES)
def test_the_suggested_recipe_learns_its_set(name):
    """Each suggested recipe reaches the accuracy that it is there for, on the test part where there is one."""
    session = Session(suggested_recipe(name))
    session.run(session.recipe.steps)
    frame = session.frame()
    assert (frame.test_score or frame.train_score).accuracy >= REACHES[name]


def test_the_suggested_recipe_learns_the_sine():
    """The test loss is at most a hundredth of the target's variance."""
    session = Session(suggested_recipe("sine"))
    session.run(session.recipe.steps)
    assert session.frame().test_score.loss <= 0.01 * session.problem.dataset.targets.var()


@pytest.mark.parametrize("kind", SCALINGS)
def test_scaling_can_be_undone_and_divides_by_nothing(kind):
    """Raw inputs come back, and a constant column gives no NaN."""
    raw = np.array([[1.0, 5.0, 0.0], [3.0, 5.0, 0.0]])
    scaler = fit_scaler(raw, kind)
    scaled = scaler.transform(raw)
    assert np.isfinite(scaled).all()
    np.testing.assert_allclose(scaler.inverse(scaled), raw)


def test_a_split_is_disjoint_complete_and_keeps_the_shares():
    """A third of each class is kept for testing, from the seed alone."""
    strata = np.repeat([0.0, 1.0], [60, 30])
    train, test = split(90, 1 / 3, 5, strata)
    assert sorted([*train, *test]) == list(range(90))
    assert [int((strata[test] == value).sum()) for value in (0, 1)] == [20, 10]
    np.testing.assert_array_equal(test, split(90, 1 / 3, 5, strata)[1])
    assert not np.array_equal(test, split(90, 1 / 3, 6, strata)[1])


def test_label_noise_flips_about_its_share():
    """A tenth of the labels become another one, and no noise leaves the arrays alone."""
    inputs, targets = np.zeros((2000, 1)), np.eye(3)[np.arange(2000) % 3]
    _, noisy = add_noise(inputs, targets, "classes", noise=0, label_noise=0.1, seed=0)
    changed = (noisy.argmax(axis=1) != targets.argmax(axis=1)).mean()
    assert 0.07 < changed < 0.13
    assert add_noise(inputs, targets, "classes", noise=0, label_noise=0, seed=0)[1] is targets
