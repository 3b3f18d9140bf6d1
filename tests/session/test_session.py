"""A session without a screen: every step is what it was, however it is reached."""

from __future__ import annotations

import numpy as np
import pytest

from tui_backprop.records.curve import CURVE_POINTS, CurveRecorder
from tui_backprop.records.spacing import Spacing
from tui_backprop.session.conditions import Condition, ConditionError
from tui_backprop.session.recipe.recipe import Recipe, RecipeError
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

RECIPES = [
    Recipe(),
    Recipe(rule="posted", seed=3),
    suggested_recipe("xor"),
    suggested_recipe("iris", optimizer="nesterov", l2=0.01, clip=1.0, schedule="step:20,0.5", warmup=5),
]


@pytest.mark.parametrize("recipe", RECIPES, ids=["parity", "posted", "xor", "iris"])
def test_stepping_running_and_rewinding_give_the_same_bits(recipe):
    """300 steps at once, one by one, in odd portions, and after going back are the same to the last bit."""
    whole, single, portions, back = (Session(recipe) for _ in range(4))
    whole.run(300)
    for _ in range(300):
        single.step_once()
    for portion in (1, 7, 100, 64, 128):
        portions.run(portion)
    back.run(250)
    for step in (249, 3, 0, 120):
        back.go_to(step)
    back.run(180)
    assert whole.step == single.step == portions.step == back.step == 300
    assert all(whole.state.same_values(other.state) for other in (single, portions, back))


def test_back_after_a_long_run_is_what_it_was():
    """Any step of 20,000 is reached again, within a small memory budget."""
    session = Session(Recipe(), memory=20_000)
    seen = {}
    for step in (0, 1, 777, 9_999, 20_000):
        session.run(step - session.step)
        seen[step] = session.state
    for step, state in reversed(seen.items()):
        session.go_to(step)
        assert session.state.same_values(state)
    with pytest.raises(ValueError, match="between 0 and 20,000"):
        session.go_to(20_001)


def test_back_at_step_0_is_refused():
    """There is nothing before step 0."""
    with pytest.raises(ValueError, match="step 0"):
        Session(Recipe()).back()


def test_another_data_set_rebuilds_the_network_and_says_so():
    """Parity has one input and xor two: the network is rebuilt, the settings stay."""
    session = Session(Recipe(lr=0.5))
    session.run(10)
    notice = session.change(source="xor").notice
    assert "rebuilt as 2-1-1" in notice
    assert "at step 10" in notice
    assert session.recipe.lr == 0.5
    assert session.step == 10
    assert session.frame().last is None


def test_a_data_set_of_the_same_shape_keeps_the_parameters():
    """From and to or the network goes on learning."""
    session = Session(suggested_recipe("and"))
    session.run(50)
    theta = session.state.parameters
    assert "rebuilt" not in session.change(source="or").notice
    np.testing.assert_array_equal(session.state.parameters, theta)


def test_a_loss_that_cannot_hold_for_new_data_is_given_up_and_said():
    """From classes to numbers, cross-entropy makes way."""
    session = Session(suggested_recipe("iris", loss="cross-entropy"))
    assert "chosen again" in session.change(source="sine").notice
    assert session.recipe.loss == "squared"


def test_a_wrong_change_leaves_the_session_as_it_was():
    """Every problem is said at once, and nothing is changed."""
    session = Session(Recipe())
    session.run(5)
    with pytest.raises(RecipeError) as caught:
        session.change(lr=-1.0, optimizer="magic")
    assert len(caught.value.problems) == 2
    with pytest.raises(RecipeError):
        session.change(parameters={"w7": 1.0})
    with pytest.raises(ValueError, match="neither"):
        session.change(source="nothing")
    assert session.recipe == Session(Recipe()).recipe
    assert session.current.edits == ()
    session.run(5)


def test_a_change_that_cannot_be_in_flight_begins_anew():
    """Another network is another run."""
    session = Session(Recipe())
    session.run(5)
    assert session.change(hidden=(3,)).restarted
    assert session.step == 0
    assert session.problem.network.name == "1-3-1"


def test_a_probe_that_is_added_leaves_the_samples_as_they_are():
    """After a change of the seed on the way, too: no sample that was kept for testing is trained on from then on."""
    session = Session(suggested_recipe("moons", test_fraction=0.5))
    kept = session.problem.test.rows.tolist()
    session.run(10)
    session.change(seed=5)
    session.change(probe=((0.5, 0.5),))
    assert session.problem.test.rows.tolist() == kept
    assert [probe.input for probe in session.frame().probes] == [(0.5, 0.5)]
    with pytest.raises(RecipeError, match="expected 2 numbers"):
        session.change(probe=((0.5,),))


def test_reset_keeps_the_settings_and_may_take_another_seed():
    """`reset` begins the run again with what is in force."""
    session = Session(Recipe())
    first = session.state
    session.run(5)
    session.change(lr=1.0)
    session.reset()
    assert session.state.same_values(first)
    assert session.recipe.lr == 1.0
    assert session.current.edits == ()
    session.reset(seed=1)
    assert not session.state.same_values(first)


def test_divergence_stands_at_the_last_finite_step_and_names_what_broke():
    """However the run is cut into portions, it stops at the same step."""
    recipe = suggested_recipe("line", lr=1e3)
    whole, single = Session(recipe), Session(recipe)
    assert whole.run(10_000).reason == "diverged"
    while single.run(1).reason == "steps":
        pass
    assert whole.state.same_values(single.state)
    assert np.isfinite(whole.state.parameters).all()
    assert whole.current.divergence == single.current.divergence
    assert whole.frame().divergence is not None
    whole.change(lr=0.1)
    assert whole.current.divergence is None


def test_the_update_before_is_known_where_the_very_next_one_breaks():
    """After a look at the step, whose loss is then known, the run breaks at once: what led there is still shown."""
    session = Session(suggested_recipe("line"))
    session.run(5)
    session.change(lr=1e307, optimizer="momentum")
    session.frame()
    assert session.run(10).reason == "diverged"
    assert session.step == 5
    last = session.frame().last
    assert last is not None
    assert last.before.step == 4


def test_an_epoch_ends_where_every_sample_was_seen():
    """Ten samples in batches of four are three steps, and the second epoch ends at six."""
    session = Session(suggested_recipe("iris", batch_size=40))
    session.advance_epoch()
    assert session.step == 3
    session.run(1)
    session.advance_epoch()
    assert session.step == 6
    assert session.frame(examine=False).epoch == 2


def test_a_frame_does_not_change_with_the_session():
    """What is on the screen is a picture of one moment."""
    session = Session(Recipe())
    session.run(20)
    frame = session.frame()
    before = frame.state.parameters.copy()
    session.run(500)
    np.testing.assert_array_equal(frame.state.parameters, before)
    assert frame.step == 20
    assert frame.curve.steps[-1] == 20


def test_a_frame_tells_wrong_gradients_from_true_ones():
    """With the posted rule the true gradient stands beside the wrong one."""
    session = Session(Recipe(rule="posted"))
    session.run(3)
    frame = session.frame()
    theirs = frame.last.gradients.parameters.vector
    assert np.abs(theirs - frame.judgement.true).max() > 1e-3
    assert frame.judgement.wrong.tolist() == [True, True, True, False]
    assert Session(Recipe()).frame().judgement is None  # no update yet


def test_a_curve_stays_within_its_budget_and_spread_evenly():
    """After a million points are offered, at most 4,096 are kept, from the first to nearly the last."""
    recorder = CurveRecorder(Spacing(1, 1))
    step = 0
    while step < 1_000_000:
        recorder.add(step, 1.0, None)
        step = recorder.next_wanted(step)
    curve = recorder.snapshot(with_test=False)
    assert len(curve.steps) <= CURVE_POINTS
    assert curve.steps[0] == 0
    assert curve.steps[-1] > 990_000
    gaps = np.diff(curve.steps)
    assert gaps.max() <= 2 * np.median(gaps)


def test_scaling_is_learned_from_the_training_part_alone():
    """The test part has no say in the scaling."""
    problem = Session(suggested_recipe("iris")).problem
    np.testing.assert_allclose(problem.train.inputs.mean(axis=0), 0, atol=1e-12)
    assert np.abs(problem.test.inputs.mean(axis=0)).max() > 1e-3


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("step == 8", True),
        ("0 < loss < 1 and epoch > 0.5", True),
        ("abs(w1) > 100 or accuracy >= 2", False),
        ("any(isnan(parameters))", False),
        ("not step % 4", True),
        ("w1[0,0] == w1[0, 0] and max(b1) - 2**2 < 0", True),
        ("grad_norm > 0", True),
        ("curvature > 0 and abs(stable_rate - 2 / curvature) < 1e-9 and noise_scale > 0", True),
    ],
)
def test_conditions_read_as_they_are_written(text, holds):
    """Comparisons, arithmetic, entries and functions mean what they mean in Python."""
    session = Session(Recipe())
    session.run(8)
    text = text.replace("abs(w1)", "max(abs(w1))")
    assert (session.run(0, Condition(text)).reason == "until") == holds


@pytest.mark.parametrize(
    "text",
    ["", "loss", "loss <", "x < 1", "().__class__", "loss.real < 1", "[1][0] < 2", "w1[loss] > 0", "lambda: 1",
     "parameters > 0", "open('x')", "(" * 200, "9**9**9**9 > loss if 1 else 2", "abs(loss, 2) < 1", "'a' < 'b'"],
)  # fmt: skip
def test_what_is_no_condition_is_refused(text):
    """Anything outside the small language is refused, and nothing is ever evaluated."""
    with pytest.raises(ConditionError):
        Session(Recipe()).run(1, Condition(text))
