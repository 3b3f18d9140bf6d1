"""Points by hand: samples added to the data and taken away, as edits of the run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tui_backprop.core.errors import InputError
from tui_backprop.session.drawing import draw_points, erase_rows, rows_near
from tui_backprop.session.keep.one_line import command_of, recipe_string, run_from_string
from tui_backprop.session.keep.session_file import session_from_text
from tui_backprop.session.keep.sitting import restored, saved
from tui_backprop.session.recipe.fields import BY_NAME
from tui_backprop.session.recipe.points import Point
from tui_backprop.session.recipe.recipe import RecipeError
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session


def opened(source, **fields):
    return Session(suggested_recipe(source, **fields))


def test_a_point_is_an_edit_that_leaves_the_other_samples_and_the_network_as_they_are():
    """It comes last in its part; the split of the others stays, undo takes it away, before the last step it branches."""
    session = opened("moons")
    session.run(20)
    before, theta = session.problem, session.state.parameters
    change = draw_points(session, [Point((0.25, -0.5), (1.0,)), Point((3.0, 0.0), (0.0,), test=True)])
    assert "2 points drawn" in change.notice
    assert "points 0 → 2 at step 20" in change.notice
    after = session.problem
    assert after.train.raw[-1].tolist() == [0.25, -0.5]
    assert after.train.raw_targets[-1].tolist() == [1.0]
    assert after.test.raw[-1].tolist() == [3.0, 0.0]
    np.testing.assert_array_equal(after.train.raw[:-1], before.train.raw)
    np.testing.assert_array_equal(after.test.raw[:-1], before.test.raw)
    np.testing.assert_array_equal(session.state.parameters, theta)
    assert session.current.segment.training.sampling.rows == len(before.train) + 1
    session.undo()
    assert len(session.problem.train) == len(before.train)
    session.run(10)
    session.go_to(15)
    draw_points(session, [Point((0.0, 0.0), (1.0,))])
    assert len(session.branches) == 2


def test_a_drawn_point_is_forgotten_and_a_row_of_the_data_is_left_out():
    """Both by where the cursor is; the last training sample stays."""
    session = opened("xor")
    draw_points(session, [Point((0.5, 0.5), (1.0,)), Point((0.2, 0.7), (0.0,))])
    near = rows_near(session.problem, (0, 1), (0.52, 0.49), (0.05, 0.05))
    erase_rows(session, near)
    assert session.recipe.points == ("0.2,0.7=0",)
    erase_rows(session, rows_near(session.problem, (0, 1), (1.0, 1.0), (0.05, 0.05)))
    assert session.recipe.points == ("0.2,0.7=0", "drop 4")
    assert session.problem.train.raw.tolist() == [[0, 0], [0, 1], [1, 0], [0.2, 0.7]]
    assert rows_near(session.problem, (0, 1), (0.6, 0.6), (0.05, 0.05)) == ()
    with pytest.raises(InputError, match="no sample here"):
        erase_rows(session, ())
    with pytest.raises(RecipeError, match="last training sample"):
        erase_rows(session, [0, 1, 2, 4])


def test_classes_and_numbers_have_their_targets():
    """A class by its number, a number as it is; of one input the nearest sample is that on the plane of input and target."""
    session = opened("iris")
    draw_points(session, [Point((5.0, 3.0, 1.0, 0.2), (2.0,))])
    assert session.problem.train.targets[-1].tolist() == [0, 0, 1]
    session = opened("canvas-1d")
    draw_points(session, [Point((0.5,), (-0.25,))])
    assert rows_near(session.problem, (0, None), (0.5, -0.25), (0.01, 0.01)) == (2,)
    assert session.problem.train.raw_targets[-1].tolist() == [-0.25]


def test_a_drawn_run_is_made_again_by_its_command_and_its_string_bit_for_bit():
    """Points drawn one by one at a step are one edit in what is kept."""
    session = opened("canvas")
    session.run(10)
    for x in (0.1, 0.2, 0.3):
        draw_points(session, [Point((x, -x), (1.0,))])
    session.run(30)
    command = command_of(session.current)
    assert command.count("--edit") == 1
    assert "10:points=0.1,-0.1=1; 0.2,-0.2=1; 0.3,-0.3=1" in command
    assert run_from_string(recipe_string(session.current)).edits[0].step == 10
    again = restored(session_from_text(saved(session).as_text()), Path())
    np.testing.assert_array_equal(again.state.parameters, session.state.parameters)
    assert again.recipe.points == session.recipe.points


@pytest.mark.parametrize(
    ("text", "said"),
    [("0.5=1", "expected 2 numbers"), ("1,2=3", "expected 0 or 1"), ("drop 5", "no row 5"), ("1,2", "expected 0.5,0.2=1"),
     ("drop 0", "number of a row"), ("nan,1=1", "expected 0.5,0.2=1"), ("test 1,2=0,1", "expected 0 or 1")],
)  # fmt: skip
def test_what_is_no_point_is_said(text, said):
    """In one sentence, with what was expected."""
    with pytest.raises((RecipeError, ValueError), match=said):
        opened("xor", points=BY_NAME["points"].parse(text))


def test_points_are_read_as_they_are_written_and_another_data_set_has_none():
    """Spaces and zeros do not matter."""
    field = BY_NAME["points"]
    assert field.parse(" 0.50,2=1 ;test 1e-3,-2=0; drop 3") == ("0.5,2=1", "test 0.001,-2=0", "drop 3")
    session = opened("xor", points=("0.5,0.5=1",))
    assert len(session.problem.train) == 5
    session.change(source="and")
    assert session.recipe.points == ()
    assert len(session.problem.train) == 4
