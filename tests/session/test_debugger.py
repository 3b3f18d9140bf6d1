"""What a debugger does, without a screen: phases, the way back, branches, undo, breakpoints, watches."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from tui_backprop.session.anatomy.phases import phases
from tui_backprop.session.branches.comparison import compare_branches
from tui_backprop.session.conditions import Condition, ConditionError, Expression
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.run.breakpoints import Breakpoint, Watch
from tui_backprop.session.session import Session


def test_phases_go_forward_through_a_step_and_back_again():
    """Eleven phases, then the update is made; the way back passes the same places."""
    session, whole = Session(Recipe()), Session(Recipe())
    whole.step_once()
    order = phases(session.problem.network)
    for phase in order:
        assert session.phase_forward() is None
        assert session.inside == phase
        assert session.step == 0
    assert session.phase_forward().reason == "steps"
    assert session.inside is None
    assert session.state.same_values(whole.state)
    for phase in reversed(order):
        session.phase_back()
        assert (session.inside, session.step) == (phase, 0)
    session.phase_back()
    assert session.inside is None
    with pytest.raises(ValueError, match="step 0"):
        session.phase_back()


def test_n_finishes_a_step_and_b_leaves_it():
    """From inside a step, one step makes the update, and back goes to the step's beginning."""
    session = Session(Recipe())
    session.run(3)
    session.phase_forward()
    session.back()
    assert (session.inside, session.step) == (None, 3)
    session.phase_forward()
    session.step_once()
    assert (session.inside, session.step) == (None, 4)


def test_a_frame_knows_only_what_has_happened():
    """In the loss phase the forward pass is known and the gradients are not."""
    session = Session(Recipe())
    for _ in range(6):
        session.phase_forward()
    frame = session.frame()
    assert frame.inside.kind == "loss"
    assert frame.happened("a", 2)
    assert not frame.happened("delta", 2)
    assert not frame.happened("gradients", 1)
    assert frame.record.before.step == 0


def test_an_edit_in_the_past_begins_a_branch_and_keeps_the_old_one():
    """Both runs go on as recipe and edits say, and each can be gone back to."""
    session = Session(Recipe())
    session.run(400)
    old = session.state
    session.go_to(100)
    assert "new branch" in session.change(lr=1.0).notice
    session.run(50)
    assert [branch.title for branch in session.branches] == [
        "parity 1-1-1 η 0.1 · first run",
        "parity 1-1-1 η 1 · η 0.1 → 1 at step 100",
    ]
    assert [one.beside for one in session.frame().branches] == [True, False]
    assert [one.label for one in session.frame().branches] == ["1-1-1 η 0.1", "1-1-1 η 1"]
    first = session.branches[0]
    session.switch(first)
    session.go_to(400)
    assert session.state.same_values(old)
    assert session.current.edits == ()
    with pytest.raises(ValueError, match="current branch"):
        session.delete(first)
    session.switch(session.branches[1])
    session.delete(first)
    assert len(session.branches) == 1


def test_a_change_that_begins_anew_keeps_the_run_that_was():
    """Another network is another run beside the first."""
    session = Session(Recipe())
    session.run(20)
    session.change(hidden=(3,))
    assert [branch.run.problem.network.name for branch in session.branches] == ["1-1-1", "1-3-1"]


def test_two_branches_are_compared_where_both_have_been():
    """They first differ one step after the rate was changed."""
    session = Session(Recipe(probe=((5.0,), (16.0,))))
    session.run(300)
    session.go_to(100)
    session.change(lr=1.0)
    session.run(100)
    found = compare_branches(session.branch, session.branches[0])
    assert found.step == 200
    assert found.first_difference == 101
    fresh = Session(Recipe(probe=((5.0,), (16.0,))))
    fresh.run(200)
    assert [entry[2] for entry in found.parameters] == fresh.state.parameters.tolist()
    assert [entry[0] for entry in found.predictions] == ["5", "16"]
    assert found.losses[0] != found.losses[1]
    assert compare_branches(session.branches[0], session.branches[0]).first_difference is None


def test_undo_and_redo_bring_back_both_sides_of_an_edit():
    """Edits at the end of a run, in its past, and a reset are undone one after the other."""
    session = Session(Recipe())
    session.run(50)
    session.change(lr=1.0)
    session.run(50)
    after = session.state
    session.go_to(20)
    session.change(parameters={"w1": 0.5})
    session.reset()
    session.undo()
    assert session.state.parameters[0] == 0.5
    session.undo()
    assert (session.step, session.last_step, len(session.branches)) == (20, 100, 1)
    session.undo()
    assert (session.step, session.recipe.lr, session.current.edits) == (50, 0.1, ())
    with pytest.raises(ValueError, match="undo"):
        session.undo()
    session.redo()
    session.go_to(100)
    assert session.state.same_values(after)
    session.redo()
    assert session.state.parameters[0] == 0.5
    session.change(lr=3.0)
    with pytest.raises(ValueError, match="redo"):
        session.redo()


def test_the_trail_leads_back_and_forward_along_what_was_seen():
    """As in a browser: back, back, forward, and a new way forgets what was ahead."""
    session = Session(Recipe())
    session.run(100)
    session.go_to(40)
    session.go_to(7)
    session.seen_back()
    assert session.step == 40
    session.seen_back()
    assert session.step == 100
    session.seen_forward()
    session.seen_forward()
    assert session.step == 7
    with pytest.raises(ValueError, match="after"):
        session.seen_forward()


def test_the_seed_can_change_from_here_on():
    """In a run it decides which samples come; at step 0 it begins the run again."""
    session, other = Session(Recipe()), Session(Recipe(seed=9))
    session.change(seed=9)
    assert session.state.same_values(other.state)
    session.run(30)
    before = session.state
    session.change(seed=3)
    assert session.state.same_values(before)
    session.run(30)
    other.run(60)
    assert not session.state.same_values(other.state)


CONDITIONS = [
    ("loss < 0.248", "moons"),
    ("test_loss falls 3 epochs", "moons"),
    ("grad_norm > 0.01", "parity"),
    ("abs(w1[0,0]) > 0.9", "xor"),
    ("step == 400", "parity"),
    ("epoch > 1 and epoch % 10 == 0", "parity"),
    ("accuracy >= 0.8", "moons"),
    ("max(abs(delta1)) < 1", "parity"),
]


@pytest.mark.parametrize(("text", "source"), CONDITIONS)
def test_a_breakpoint_halts_where_its_condition_becomes_true(text, source):
    """The same step however the run is cut, the hit is counted, and going on goes on."""
    stops = []
    for portion in (2000, 7):
        session = Session(suggested_recipe(source))
        session.breakpoints.append(Breakpoint(Condition(f"step > 1 and ({text})" if "falls" not in text else text)))
        stop = session.run(portion)
        while stop.reason == "steps" and session.step < 2000:
            stop = session.run(portion)
        assert stop.reason == "breakpoint"
        assert session.breakpoints[0].hits == 1
        stops.append(session.step)
        assert session.run(1).reason == "steps"
    assert stops[0] == stops[1]


def test_a_trend_is_what_the_curve_shows():
    """`loss rises 2 epochs` holds where the losses at the last three epochs' ends go up."""
    recipe = Recipe(lr=3.0)
    session = Session(recipe)
    stop = session.run(2000, Condition("loss rises 2 epochs"))
    assert stop.reason == "until"
    assert session.step % 9 == 0
    losses = []
    other = Session(recipe)
    for step in (session.step - 18, session.step - 9, session.step):
        other.run(step - other.step)
        losses.append(other.problem.loss(other.state.parameters, other.problem.train))
    assert losses[0] < losses[1] < losses[2]


def test_a_trend_is_looked_at_where_every_epoch_ends():
    """Also where an epoch is no whole number of steps, and however the run is cut: nine samples, four a step, is 2¼."""
    recipe = Recipe(lr=3.0, batch_size=4)
    session = Session(recipe)
    session.run(90)
    losses = [session.current.moment(math.ceil(2.25 * epoch)).value("loss") for epoch in range(41)]
    true = [False, *(later > earlier for earlier, later in itertools.pairwise(losses))]
    expected = [math.ceil(2.25 * epoch) for epoch in range(1, 41) if true[epoch] and not true[epoch - 1]]
    for portion in (90, 7):
        session, halts = Session(recipe), []
        session.breakpoints.append(Breakpoint(Condition("loss rises 1 epochs")))
        while session.step < 90:
            if session.run(min(portion, 90 - session.step)).reason == "breakpoint":
                halts.append(session.step)
        assert halts == expected


def test_breakpoints_can_be_off_and_hit_only_once():
    """A disabled one is passed; one that is for once disables itself."""
    session = Session(Recipe())
    off, once = Breakpoint(Condition("step == 5"), enabled=False), Breakpoint(Condition("step % 4 == 0"), once=True)
    session.breakpoints += [off, once]
    assert session.run(20).step == 4
    assert (once.enabled, once.hits, off.hits) == (False, 1, 0)
    assert session.run(20).reason == "steps"


def test_a_breakpoint_whose_data_has_gone_says_so():
    """After a swap to a set without classes, accuracy is no longer known; the run goes on."""
    session = Session(suggested_recipe("xor"))
    session.breakpoints.append(Breakpoint(Condition("accuracy >= 2")))
    session.run(5)
    assert not session.breakpoints[0].problem
    session.change(source="sine")
    assert session.run(5).reason == "steps"
    assert "unknown name accuracy" in session.frame().breakpoints[0].problem


def test_watches_show_a_value_and_its_past():
    """The last value is the present one, the others are those of earlier steps."""
    session = Session(Recipe())
    session.watches.append(Watch(Expression("max(abs(w1))"), on_chart=True))
    session.run(500)
    watch = session.frame().watches[0]
    assert watch.value == abs(session.state.parameters[0])
    for step, value in zip(watch.trace.steps.tolist(), watch.trace.values.tolist(), strict=True):
        session.go_to(step)
        assert value == abs(session.state.parameters[0])


def test_a_watch_that_has_no_value_says_nothing():
    """On other data the value is NaN, and the session goes on."""
    session = Session(suggested_recipe("xor"))
    session.watches.append(Watch(Expression("accuracy")))
    session.change(source="sine")
    assert np.isnan(session.frame().watches[0].value)


@pytest.mark.parametrize("text", ["w1 + ", "w1", "__import__('os')", "loss rises 0 epochs", "rises(loss)", "w9"])
def test_what_is_no_expression_is_refused(text):
    """One sentence, before anything runs."""
    with pytest.raises(ConditionError):
        Expression(text).check(Session(suggested_recipe("xor")).current.moment())


def test_histories_are_what_the_steps_were():
    """Parameters and gradients of the past, as they were."""
    session = Session(Recipe())
    session.run(300)
    history = session.frame().history
    for step, theta, gradient in zip(history.steps.tolist(), history.parameters, history.gradients, strict=True):
        session.go_to(step)
        np.testing.assert_array_equal(session.state.parameters, theta)
        np.testing.assert_array_equal(session.current.next_record().gradients.parameters.vector, gradient)
