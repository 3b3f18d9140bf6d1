"""The network changed in place: what is kept, what the answers are then, and that each is an edit like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tui_backprop.core.errors import InputError
from tui_backprop.session.keep.one_line import command_of
from tui_backprop.session.keep.session_file import session_from_text
from tui_backprop.session.keep.sitting import restored, saved
from tui_backprop.session.network_edits import add_layer, add_unit, remove_unit, switch, switch_unit
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session


@pytest.fixture
def session():
    """Return xor after some steps, 2-4-1."""
    session = Session(suggested_recipe("xor", activation="relu"))
    session.run(40)
    return session


def answers(session):
    problem = session.problem
    return problem.answers(session.state.parameters, problem.live_train.inputs)


def loss(session):
    return session.problem.loss(session.state.parameters, session.problem.live_train)


@pytest.mark.parametrize("layer", [0, 1])
def test_a_layer_of_relus_is_added_without_changing_an_answer(session, layer):
    """Each new unit passes on one unit; after the inputs the same, as those of xor are not negative."""
    before = loss(session)
    notice = add_layer(session, layer).notice
    assert session.problem.network.sizes == ((2, 2, 4, 1) if layer == 0 else (2, 4, 4, 1))
    assert loss(session) == pytest.approx(before, rel=1e-12)
    assert f"loss {before:.4g} → {before:.4g}" in notice
    assert session.step == 40


def test_an_added_unit_changes_no_answer_and_then_learns(session):
    """Its links on are 0; its own weights are not, so that they get a gradient."""
    before, kept = loss(session), session.state.parameters.copy()
    add_unit(session, 1)
    network, theta = session.problem.network, session.state.parameters
    assert network.sizes == (2, 5, 1)
    assert loss(session) == before
    assert set(kept) <= set(theta)
    assert theta[network.positions("w1[0,4]")].any()
    session.run(5)
    assert session.state.parameters[network.positions("w2[4,0]")].any()


def test_a_removed_unit_takes_its_links_along_and_no_other(session):
    """What is left is what a network without it has; the answers are those with it switched off."""
    switch_unit(session, 1, 1)
    without = loss(session)
    session.undo()
    weights = session.state.parameters[:8].reshape(2, 4)
    remove_unit(session, 1, 1)
    assert session.problem.network.sizes == (2, 3, 1)
    assert np.array_equal(session.state.parameters[:6].reshape(2, 3), np.delete(weights, 1, axis=1))
    assert loss(session) == pytest.approx(without, rel=1e-12)


def test_a_layer_goes_with_its_only_unit():
    """The links are multiplied out: with linear units the answers stay."""
    session = Session(suggested_recipe("parity", activation="linear"))
    session.run(10)
    before = loss(session)
    remove_unit(session, 1, 0)
    assert session.problem.network.sizes == (1, 1)
    assert loss(session) == pytest.approx(before, rel=1e-12)


def test_what_is_off_stays_off_until_it_is_switched_on(session):
    """A link that is off is 0 through training; on again it has the value of before, and what was frozen is as it was."""
    session.change(freeze=("b2",))
    value = session.state.parameters[0]
    assert "w1[0,0] is off" in switch(session, 0).notice
    session.run(20)
    assert session.state.parameters[0] == 0.0
    assert "w1[0,0] is on again" in switch(session, 0).notice
    assert session.state.parameters[0] == value
    assert session.recipe.freeze == ("b2",)
    session.run(1)
    assert session.state.parameters[0] != value


def test_what_is_off_or_frozen_is_so_in_the_changed_network_too(session):
    """Names move with their entries."""
    switch_unit(session, 1, 3)
    remove_unit(session, 1, 0)
    assert session.recipe.freeze == ("w2[2,0]",)
    add_layer(session, 1)
    assert session.recipe.freeze == ("w3[2,0]",)
    add_unit(session, 1)
    assert session.recipe.freeze == ("w3[2,0]",)


def test_each_is_undone_and_kept_in_a_session_file_and_on_a_command_line(session):
    """The same bits, later steps included."""
    first = session.state
    add_unit(session, 1)
    session.run(10)
    switch_unit(session, 1, 0)
    session.run(10)
    kept = session_from_text(saved(session).as_text())
    assert restored(kept, Path()).state.same_values(session.state)
    assert "--edit 40:hidden=5" in command_of(session.current)
    session.undo()
    session.undo()
    assert session.state.same_values(first)


def test_after_going_back_it_begins_a_branch(session):
    """What was there stays."""
    session.go_to(20)
    assert "new branch" in add_unit(session, 1).notice
    assert [branch.run.problem.network.sizes for branch in session.branches] == [(2, 4, 1), (2, 5, 1)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda session: switch_unit(session, 2, 0), "an output cannot be switched off"),
        (lambda session: add_unit(session, 2), "a hidden layer"),
        (lambda session: remove_unit(session, 0, 0), "a hidden layer"),
        (lambda session: add_layer(session, 2), "nothing comes after the outputs"),
        (lambda session: [add_layer(session, 1) for _ in range(9)], "at most 8 hidden layers"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(session, change, sentence):
    """The data say how many inputs and outputs there are."""
    with pytest.raises(InputError, match=sentence):
        change(session)
    assert session.problem.network.sizes[:: len(session.problem.network.sizes) - 1] == (2, 1)
