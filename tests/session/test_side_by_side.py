"""Two runs side by side: in step, and apart from the session that they came from."""

from __future__ import annotations

import numpy as np
import pytest

from tui_backprop.core.rules import RULES
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.session.side_by_side import beside_branch, beside_rule


def caught_up(pair, portion=37):
    while pair.catch_up(portion):
        pass
    return pair


def picture_of(session):
    """All of a session that could have changed."""
    return [
        (branch, branch.name, branch.run, branch.run.step, branch.run.last_step, branch.run.edits,
         branch.run.state.parameters.tobytes(), branch.run.curve.steps.tolist())
        for branch in session.branches
    ] + [session.branch, session.recipe]  # fmt: skip


@pytest.mark.parametrize("rule", [name for name in RULES if name != "exact"])
def test_every_rule_of_the_gallery_stands_beside_the_exact_one(rule):
    """The other run is bit for bit the run of that rule from step 0 on, wherever the session stands."""
    session = Session(suggested_recipe("xor"))
    session.run(60)
    before = picture_of(session)
    pair = beside_rule(session, rule)
    assert pair.behind == 60
    caught_up(pair)
    pair.advance(15)
    alone = Session(suggested_recipe("xor", rule=rule))
    alone.run(75)
    exact = Session(suggested_recipe("xor"))
    exact.run(75)
    assert [side.branch.name for side in pair.sides] == ["exact", rule]
    assert pair.sides[0].run.state.same_values(exact.state)
    assert pair.sides[1].run.state.same_values(alone.state)
    assert picture_of(session) == before


def test_the_edits_are_made_in_both_but_for_the_rule():
    """Rate, parameters and data change at their steps on both sides, also those that still lie ahead."""
    session = Session(Recipe())
    session.run(20)
    session.change(lr=1.0)
    session.run(20)
    session.change({"w1": 2.5})
    session.change(rule="no-hidden-slope")
    session.run(20)
    session.go_to(30)
    pair = caught_up(beside_rule(session, "posted"))
    assert [side.run.step for side in pair.sides] == [30, 30]
    pair.advance(25)
    other = Session(Recipe(rule="posted"))
    other.run(20)
    other.change(lr=1.0)
    other.run(20)
    other.change({"w1": 2.5})
    other.run(15)
    assert pair.sides[1].run.state.same_values(other.state)
    assert [edit.step for edit in pair.sides[1].run.edits] == [20, 40]
    assert (session.step, session.last_step) == (30, 60)


def test_a_branch_stands_beside_the_one_it_left():
    """They part at the edit; the shorter one goes on as it would have, and both move together."""
    session = Session(Recipe())
    session.run(100)
    session.go_to(40)
    session.change(lr=1.0)
    session.run(10)
    before = picture_of(session)
    pair = caught_up(beside_branch(session, session.branches[0]))
    assert [side.run.step for side in pair.sides] == [50, 50]
    found = pair.comparison()
    assert found.first_difference == 41
    assert set(found.tensors) == {"w1", "b1", "w2", "b2"}
    pair.advance(70)
    plain = Session(Recipe())
    plain.run(120)
    assert pair.sides[1].run.state.same_values(plain.state)
    assert picture_of(session) == before


def test_both_go_back_and_on_again():
    """Back, to a step, to the end of the epoch; what lies ahead is still known."""
    session = Session(Recipe())
    session.run(20)
    pair = caught_up(beside_rule(session, "posted"))
    states = [side.run.state for side in pair.sides]
    pair.back()
    assert [side.run.step for side in pair.sides] == [19, 19]
    assert pair.last_step == 20
    pair.go_to(3)
    pair.advance_epoch()
    assert (pair.step, pair.sides[1].run.step) == (9, 9)
    pair.advance(11)
    assert all(side.run.state.same_values(state) for side, state in zip(pair.sides, states, strict=True))
    pair.go_to(0)
    with pytest.raises(ValueError, match="step 0"):
        pair.back()
    with pytest.raises(ValueError, match="21"):
        pair.go_to(21)


def test_where_they_part_and_by_how_much():
    """For the posted formulas everything but the output's bias differs after the first step; the numbers are of now."""
    session = Session(Recipe())
    session.run(30)
    pair = caught_up(beside_rule(session, "posted"))
    found = pair.comparison()
    one, other = (side.run for side in pair.sides)
    assert (found.first_difference, found.tensors) == (1, ("w1", "b1", "w2"))
    difference = np.abs(one.state.parameters - other.state.parameters)
    assert found.parameter == (one.problem.network.entry_names[difference.argmax()], difference.max())
    assert found.losses == tuple(run.problem.loss(run.state.parameters, run.problem.train) for run in (one, other))
    answers = [run.problem.predict(run.state.parameters, run.problem.train.raw) for run in (one, other)]
    assert found.answer == np.abs(answers[0] - answers[1]).max()


def test_runs_that_part_late_are_told_the_very_step():
    """A branch that was changed and changed back differs from the step where the change took hold."""
    session = Session(Recipe(freeze=("w1", "b1", "w2", "b2")))
    session.run(900)
    session.go_to(700)
    session.change(freeze=())
    session.run(200)
    late = caught_up(beside_branch(session, session.branches[0]))
    assert late.comparison().first_difference == 701
    frozen = Session(Recipe(freeze=("w1", "b1", "w2", "b2")))
    frozen.run(1000)
    pair = caught_up(beside_rule(frozen, "posted"))
    assert pair.comparison().first_difference is None
    frozen.change(freeze=("w1", "b1"))
    frozen.run(30)
    pair = caught_up(beside_rule(frozen, "posted"))
    assert pair.comparison().first_difference == 1001  # far beyond what is looked through step by step
    assert pair.comparison().tensors == ("w2",)


def test_one_that_breaks_stands_still_and_the_other_goes_on():
    """It stays at its last finite step and says why; when both have broken nothing goes on."""
    session = Session(suggested_recipe("line", lr=0.01, steps=0))
    session.run(5)
    session.go_to(2)
    session.change(lr=1e6)
    pair = caught_up(beside_branch(session, session.branches[0]))
    assert pair.advance(2000)
    broken, sound = pair.sides
    assert "diverged" in broken.stopped
    assert not sound.stopped
    assert broken.run.step < pair.step == sound.run.step == 2002
    assert pair.behind == 0
    both = caught_up(beside_branch(session, session.branch))
    assert not both.advance(2000)
    assert both.step == both.sides[0].run.step == broken.run.step


def test_networks_that_differ_are_still_side_by_side():
    """Of other sizes they have no entries to hold against each other, but losses and answers."""
    session = Session(Recipe())
    session.run(10)
    session.change(hidden=(3,))
    session.run(10)
    pair = caught_up(beside_branch(session, session.branches[0]))
    found = pair.comparison()
    assert (found.first_difference, found.tensors, found.parameter) == (0, (), None)
    assert found.answer > 0


def test_frames_of_both_know_each_other():
    """Each frame has both curves, its own marked."""
    session = Session(Recipe())
    session.run(20)
    pair = caught_up(beside_rule(session, "posted"))
    one, other = pair.frames()
    assert [branch.name for branch in one.branches] == ["exact", "posted"]
    assert [branch.active for branch in one.branches] == [True, False]
    assert [branch.active for branch in other.branches] == [False, True]
    assert (one.recipe.rule, other.recipe.rule) == ("exact", "posted")


def test_an_edit_that_cannot_be_made_there_is_said(tmp_path):
    """A data set that is no longer there stops the other side where it was brought in."""
    file = tmp_path / "d.csv"
    file.write_text("x,y\n1,0\n2,1\n3,0\n")
    session = Session(Recipe())
    session.run(5)
    session.change(source=str(file))
    session.run(5)
    file.unlink()
    pair = caught_up(beside_rule(session, "posted"))
    assert "cannot be made here" in pair.sides[1].stopped
    assert pair.sides[1].run.step == 5
    assert pair.sides[0].run.step == 10


def test_a_rule_that_is_wrong_below_the_output_parts_there_alone():
    """Rounding in another order does not count: at the first step the output layer's parameters are the same."""
    session = Session(suggested_recipe("moons"))
    session.run(20)
    pair = caught_up(beside_rule(session, "no-hidden-slope"))
    found = pair.comparison()
    assert (found.first_difference, found.tensors) == (1, ("w1", "b1"))


def test_both_go_through_the_phases_of_a_step_and_back():
    """Each shows its own update in progress, at the same phase; after the last one both have made it."""
    session = Session(suggested_recipe("parity"))
    session.run(3)
    pair = caught_up(beside_rule(session, "posted"))
    thetas = [side.run.state.parameters.copy() for side in pair.sides]
    titles = []
    while True:
        pair.phase_forward()
        if pair.phase is None:
            break
        frames = pair.frames()
        assert frames[0].inside == frames[1].inside
        assert frames[0].coming is not None
        assert frames[1].coming is not None
        titles.append(frames[0].inside.stage)
    assert titles[0] == "sample"
    assert titles[-1] == "update"
    assert pair.step == 4
    for side, before in zip(pair.sides, thetas, strict=True):
        assert side.run.step == 4
        assert (side.run.state.parameters != before).any()
    pair.phase_back()
    assert pair.step == 3
    assert pair.frames()[1].inside.stage == "update"
    pair.back()
    assert (pair.step, pair.phase) == (3, None)
    pair.phase_forward()
    pair.phase_back()
    assert pair.phase is None
    pair.go_to(0)
    with pytest.raises(ValueError, match="step 0"):
        pair.phase_back()


def test_the_shallower_network_waits_before_its_update():
    """Where one has more layers both make their updates together, after the last phase of the deeper one."""
    session = Session(suggested_recipe("parity"))
    session.run(2)
    session.change(hidden=(2, 2))
    pair = caught_up(beside_branch(session, session.branches[0]))
    seen = []
    for _ in range(40):
        pair.phase_forward()
        if pair.phase is None:
            break
        seen.append(tuple(frame.inside.stage for frame in pair.frames()))
    assert seen[-1] == ("update", "update")
