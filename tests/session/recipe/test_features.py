"""Input features: expressions over the columns that the network gets instead of them."""

from pathlib import Path

import numpy as np
import pytest

from tui_backprop.session.keep.session_file import session_from_text
from tui_backprop.session.keep.sitting import restored, saved
from tui_backprop.session.pictures.network import response_surfaces
from tui_backprop.session.recipe.features import features_of, read_feature
from tui_backprop.session.recipe.recipe import RecipeError
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session


def test_a_product_lets_a_network_without_hidden_units_learn_xor():
    """x1·x2 separates what the columns alone cannot."""
    session = Session(suggested_recipe("xor", features=("x1", "x2", "x1*x2"), hidden=(), steps=3000))
    session.run(3000)
    assert session.problem.network.sizes == (3, 1)
    assert session.problem.accuracy(session.state.parameters, session.problem.train) == 1.0


def test_predictions_take_raw_inputs():
    """What is asked has the data's columns; features and scaling are the network's own affair."""
    session = Session(suggested_recipe("moons", features=("x1", "x2**2", "sin(3*x1)"), scale_inputs="standard"))
    problem = session.problem
    assert np.allclose(problem.encode(problem.train.raw), problem.train.inputs)
    raw = problem.train.raw
    made = np.stack([raw[:, 0], raw[:, 1] ** 2, np.sin(3 * raw[:, 0])], axis=1)
    assert np.allclose(problem.train.inputs, (made - made.mean(axis=0)) / made.std(axis=0))
    assert problem.predict(session.state.parameters, raw[:4]).shape == (4, 1)
    assert problem.features.names == ("x1", "x2**2", "sin(3*x1)")


def test_the_first_units_are_drawn_as_the_features_that_they_are():
    """The surface of a product over the plane is not that of a column."""
    session = Session(suggested_recipe("xor", features=("x1", "x1*x2"), hidden=(2,)))
    surfaces = response_surfaces(session.frame(), [(5, 5), None, None])
    assert surfaces[0] is not None
    first, product = surfaces[0]
    assert np.allclose(first, first[0])
    assert not np.allclose(product, product[0])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x1,x9", "unknown name x9; available: x1, x2"),
        ("log(x1 - 5)", "has no value for row"),
        ("1 / x1", "has no value for row"),
    ],
)
def test_features_that_cannot_be_are_one_sentence(text, why):
    """A name that there is not, and an expression without a value."""
    with pytest.raises(RecipeError, match=why):
        Session(suggested_recipe("xor", features=tuple(text.split(","))))


@pytest.mark.parametrize("text", ["max(x1)", "x1[0]", "__import__('os')", "x1; x2", "lambda: 1", "x1 if x2 else 0"])
def test_only_what_is_a_number_for_each_sample_is_a_feature(text):
    """Nothing is ever evaluated by Python itself."""
    with pytest.raises(ValueError, match=r"expected x1|is not a(llowed)?|not allowed"):
        read_feature(text)


def test_columns_are_named_or_numbered():
    """A name that is a word can be used; every column has its number."""
    features = features_of(["width", "x1 + x2"], ["petal length", "width"])
    assert features.of(np.array([[1.0, 2.0], [3.0, 5.0]])).tolist() == [[2.0, 3.0], [5.0, 8.0]]
    with pytest.raises(ValueError, match="available: x1, x2, width"):
        features_of(["length"], ["petal length", "width"])


def test_another_data_set_brings_its_own_columns_and_a_session_file_keeps_features():
    """Features of the old columns are given up; saved ones come back."""
    session = Session(suggested_recipe("xor", features=("x1", "x1*x2")))
    session.run(5)
    twin = restored(session_from_text(saved(session).as_text()), Path())
    assert twin.state.same_values(session.state)
    session.change(source="iris")
    assert session.recipe.features == ()
    assert session.problem.network.sizes[0] == 4
