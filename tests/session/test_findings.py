"""Findings: each is raised by a run that has the trouble, and not by one like it that has not."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np
import pytest

from tui_backprop.diagnosis.findings.finding import SEVERITIES
from tui_backprop.diagnosis.findings.table import BY_ID, KINDS, told_as_one
from tui_backprop.records.spacing import Spacing
from tui_backprop.session.conditions import Condition
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.run.examination import course_steps
from tui_backprop.session.session import Session

WIDE = {"hidden": (8,), "activation": "tanh", "optimizer": "adam", "lr": 0.03, "batch_size": None}
DEEP = {"hidden": (8,) * 6}
NOISY = {"test_fraction": 0.7, "label_noise": 0.2, "hidden": (64, 64), "lr": 0.01}

# id: (the trouble: source, fields, steps), (one like it without), (a threshold that lets the trouble pass)
CASES = {
    "wrong-gradient": (("parity", {"rule": "posted"}, 50), ("parity", {}, 50), 2.0),
    "non-finite": (("line", {"lr": 1e3}, 500), ("line", {"lr": 0.1}, 500), None),
    "vanishing-gradients": (
        ("moons", {**DEEP, "activation": "sigmoid"}, 0),
        ("moons", {**DEEP, "activation": "tanh"}, 0),
        1e-9,
    ),
    "exploding-gradients": (
        ("moons", {"hidden": (32,) * 8, "activation": "relu", "init": "normal"}, 0),
        ("moons", {"hidden": (32,) * 8, "activation": "relu", "init": "he"}, 0),
        1e9,
    ),
    "cannot-do-better": (("parity", {}, 500), ("parity", WIDE, 500), 1.0),
    "targets-out-of-range": (("sine", {"output_activation": "sigmoid"}, 10), ("sine", {}, 10), 0.9),
    "output-and-loss": (("moons", {"output_activation": "tanh"}, 10), ("moons", {}, 10), 2.0),
    "frozen-parameters": (("moons", {"freeze": ("w1", "b1", "w2", "b2")}, 50), ("moons", {"freeze": ("w1",)}, 50), None),
    "rate-faded": (("moons", {"schedule": "exponential:0.9"}, 200), ("moons", {"schedule": "cosine:3000"}, 200), 1e-300),
    "saturated-units": (("moons", {"scale_inputs": "large", "init": "normal"}, 10), ("moons", {}, 10), 1.0),
    "dead-units": (("digits", {"lr": 1.0}, 30), ("digits", {}, 30), 1.0),
    "copied-units": (("xor", {"init": "zeros"}, 50), ("xor", {}, 50), None),
    "same-answer": (("parity", {}, 2000), ("parity", WIDE, 2000), 0.001),
    "loss-rising": (("parity", {"lr": 10.0, "seed": 1}, 500), ("parity", {"lr": 0.1, "seed": 1}, 500), 9.0),
    "rate-above-limit": (("line", {"lr": 1.5}, 5), ("line", {"lr": 0.5}, 5), 9.0),
    "loss-oscillating": (("parity", {"lr": 30.0, "batch_size": None}, 200), ("parity", {"batch_size": None}, 200), 9.0),
    "rate-too-low": (("moons", {"lr": 1e-7}, 300), ("moons", {}, 300), 1e-9),
    "stuck-at-constant": (("xor", {"init": "zeros"}, 600), ("xor", {}, 600), None),
    "plateau": (("xor", {"seed": 6}, 2000), ("xor", {"seed": 0}, 2000), 1e-9),
    "slow": (("moons", {"optimizer": "sgd", "lr": 0.03}, 1000), ("moons", {}, 1000), 1e9),
    "overfitting": (("moons", NOISY, 1500), ("moons", {**NOISY, "label_noise": 0.0}, 1500), 9.0),
    "done": (("line", {}, 300), ("line", {}, 3), None),
    "probe-out-of-range": (("parity", {"probe": ((16.0,),)}, 0), ("parity", {"probe": ((5.0,),)}, 0), 0.9),
    "input-scales": (("scales", {"scale_inputs": "none"}, 0), ("scales", {"scale_inputs": "standard"}, 0), 1e6),
    "target-scales": (("far", {"scale_targets": "none"}, 0), ("far", {}, 0), 1e6),
    "class-imbalance": (("rare", {}, 0), ("moons", {}, 0), 0.01),
    "batch-larger-than-set": (("xor", {"batch_size": 5}, 0), ("xor", {"batch_size": 4}, 0), 2.0),
    "constant-input": (("constant", {}, 0), ("scales", {}, 0), None),
    "duplicate-inputs": (("twice", {}, 0), ("scales", {}, 0), 1.0),
}  # fmt: skip


@pytest.fixture
def begin(tmp_path):
    """Make a session on a built-in set, or on a table that has some trouble with its columns."""
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal(60), rng.standard_normal(60)
    tables = {
        "scales": (("a", "b", "y"), (a, 1000 * b, a + b)),
        "constant": (("a", "b", "y"), (a, np.full(60, 7.0), a)),
        "twice": (("a", "b", "y"), (a, 2 * a + 0.001 * b, a)),
        "rare": (("a", "b", "y"), (a, b, (np.arange(60) < 3).astype(int))),
        "far": (("a", "b", "y"), (a, b, 5000 + 100 * a)),
    }

    def start(source, fields, steps, **more):
        fields = {**fields, **more}
        if fields.get("scale_inputs") == "large":
            fields |= {"scale_inputs": "none", "set": tuple((f"w1[0,{unit}]", 90.0) for unit in range(8))}
        if source in tables:
            path = tmp_path / f"{source}.csv"
            names, columns = tables[source]
            rows = [",".join(map(str, row)) for row in zip(*columns, strict=True)]
            path.write_text("\n".join([",".join(names), *rows]) + "\n")
            source = str(path)
        session = Session(suggested_recipe(source, **fields))
        session.run(steps)
        return session

    return start


def found(session, name):
    return next((one for one in session.findings() if one.id == name), None)


def test_every_kind_has_a_case():
    """No finding is without a run that must raise it and one that must not."""
    assert set(CASES) == set(BY_ID)
    assert len(BY_ID) == len(KINDS)


@pytest.mark.parametrize("name", CASES)
def test_the_trouble_is_found(begin, name):
    """It is said in one line with its threshold, with numbers that JSON has, and with a remedy and an explanation."""
    finding = found(begin(*CASES[name][0]), name)
    assert finding is not None
    kind = BY_ID[name]
    assert finding.severity == kind.severity
    assert finding.message.endswith(f"(threshold: {kind.threshold.text(kind.threshold.default)})")
    assert "\n" not in finding.message + finding.remedy
    assert finding.remedy
    assert finding.explanation.count(".") >= 2
    json.dumps(dict(finding.evidence), allow_nan=False)


@pytest.mark.parametrize("name", CASES)
def test_without_the_trouble_nothing_is_said(begin, name):
    """A run like it that has not the trouble does not raise it."""
    assert found(begin(*CASES[name][1]), name) is None


LEARNING = {
    "a deep stack that falls steeply": ("moons", {**DEEP, "activation": "tanh", "optimizer": "sgd", "lr": 0.1}, 500),
    "parity on its way down": ("parity", WIDE, 2000),
    "parity a little later": ("parity", WIDE, 3000),
    "a few noisy points, early": ("sine", {"hidden": (32,), "test_fraction": 0.7, "label_noise": 0.3}, 400),
}  # fmt: skip


@pytest.mark.parametrize("name", LEARNING)
def test_a_run_that_learns_raises_no_alarm(begin, name):
    """A loss that falls has not risen, however steeply; nor has the test loss where it is lowest."""
    raised = {finding.id for finding in begin(*LEARNING[name]).findings() if finding.severity != "info"}
    assert raised <= {"probe-out-of-range"}


def test_overfitting_is_seen_where_both_losses_are_small(begin):
    """Thirty noisy points learned by heart: 9 times the best test loss, and yet far below the best constant's loss."""
    session = begin("sine", {"hidden": (32,), "test_fraction": 0.7, "label_noise": 0.3, "seed": 1}, 3000)
    finding = found(session, "overfitting")
    assert finding.evidence["times"] > 8
    assert finding.evidence["lowest_step"] < 600
    session.go_to(finding.evidence["lowest_step"])
    assert found(session, "overfitting") is None


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[2] is not None])
def test_a_threshold_of_the_recipe_decides(begin, name):
    """With a threshold out of reach the same run raises nothing more than an info."""
    finding = found(begin(*CASES[name][0], thresholds=((name, CASES[name][2]),)), name)
    assert finding is None or finding.severity == "info"


def test_thresholds_can_be_stricter(begin):
    """What is no trouble by default is one where the recipe says so."""
    assert found(begin("line", {}, 5, thresholds=(("non-finite", 1.0),)), "non-finite").where == "z1"
    assert found(begin("line", {}, 3, thresholds=(("done", 1.0),)), "done")
    assert found(begin("scales", {}, 0, thresholds=(("constant-input", 1.0),)), "constant-input") is None
    assert found(begin("xor", {}, 0, thresholds=(("copied-units", 1.0),)), "copied-units")
    softmax = {"hidden": (8,), "loss": "squared"}
    assert found(begin("iris", softmax, 0), "output-and-loss")
    assert found(begin("iris", softmax, 0, thresholds=(("output-and-loss", 2.0),)), "output-and-loss") is None


REMEDIED = [
    "wrong-gradient", "non-finite", "vanishing-gradients", "exploding-gradients", "cannot-do-better",
    "targets-out-of-range", "output-and-loss", "saturated-units", "copied-units", "same-answer", "loss-rising",
    "loss-oscillating", "rate-too-low", "stuck-at-constant", "plateau", "input-scales", "target-scales",
    "batch-larger-than-set", "constant-input", "duplicate-inputs", "frozen-parameters", "rate-faded",
]  # fmt: skip


@pytest.mark.parametrize("name", REMEDIED)
def test_the_remedy_is_one_edit_that_helps_and_can_be_undone(begin, name):
    """After its changes and as many steps again the finding is gone; after undo it is back."""
    session = begin(*CASES[name][0])
    step, before = session.step, found(session, name)
    session.change(**before.changes)
    session.run(max(step, 600))
    assert found(session, name) is None
    session.undo()
    assert session.step == step
    assert found(session, name) == before


def test_the_remedy_of_the_chain_learns_parity():
    """From ten seeds, what cannot-do-better proposes answers all nine numbers rightly within 10,000 steps."""
    for seed in range(10):
        session = Session(suggested_recipe("parity", seed=seed))
        session.change(**found(session, "cannot-do-better").changes)
        session.run(10_000, Condition("accuracy == 1"))
        assert session.frame().train_score.accuracy == 1.0
        assert found(session, "done")


@pytest.mark.parametrize("rule", ["posted", "no-hidden-slope", "wrong-sign"])
def test_any_wrong_rule_is_found(rule):
    """So is a single mistake of the gallery, in a network small enough to measure and in a large one."""
    for source in ("moons", "spiral"):
        session = Session(suggested_recipe(source, rule=rule))
        session.run(20)
        finding = found(session, "wrong-gradient")
        assert finding.evidence["method"] == "the chain rule in higher precision"
        assert session.findings()[0] == finding


def test_an_optimum_is_no_wrong_gradient():
    """At the bottom of the valley the gradient is rounding, which is not held against the rule."""
    session = Session(suggested_recipe("line"))
    session.run(2000)
    assert found(session, "wrong-gradient") is None
    assert session.judgement().right.all()


def test_a_relu_at_its_kink_is_no_wrong_gradient():
    """Weights of 0 put every relu at its kink."""
    session = Session(suggested_recipe("digits", hidden=(2,), inputs=("p11", "p12"), init="zeros"))
    assert found(session, "wrong-gradient") is None


def test_the_original_case_is_told_all_three_causes(begin):
    """Wrong gradients, then the floor at 2/9 with the same answer for everything, and the probe that is out of range."""
    posted = begin("parity", {"rule": "posted"}, 10_000)
    assert next(one.id for one in posted.findings()) == "wrong-gradient"
    assert posted.findings()[0].evidence["wrong"] == 3
    posted.change(**posted.findings()[0].changes)
    posted.run(10_000)
    said = {one.id: one for one in posted.findings()}
    assert "wrong-gradient" not in said
    assert said["cannot-do-better"].evidence["floor"] == pytest.approx(2 / 9, abs=1e-15)
    assert said["same-answer"].changes == said["cannot-do-better"].changes
    probe = said["probe-out-of-range"]
    assert probe.where == "probe 16"
    assert "scaled 1.78" in probe.message
    assert "0.111 to 1" in probe.message
    assert probe.evidence["others"] == []


def test_the_floor_is_an_info_until_the_loss_is_near_it():
    """From the start it is said what cannot be reached; it is a warning once most of the loss is out of reach."""
    session = Session(suggested_recipe("parity", set=(("b2", 3.0),)))
    assert found(session, "cannot-do-better").severity == "info"
    session.run(2000)
    assert found(session, "cannot-do-better").severity == "warning"


def test_of_a_rate_far_too_high_the_rate_is_told_first_and_explains_the_rest():
    """It comes before the units that it saturated, and all that comes of it has the same remedy, which works."""
    for rate, first in ((1.0, "saturated-units"), (5.0, "loss-rising"), (50.0, "loss-rising")):
        session = Session(suggested_recipe("xor", lr=rate))
        session.run(2200)
        listed = session.findings()
        assert listed[0].id == first
        assert "the rate threw them there" in found(session, "saturated-units").message
        assert [one.changes for one in listed] == [listed[0].changes] * len(listed)
        assert told_as_one(listed) == (listed,)
        assert (
            found(session, "same-answer") is None or "0.5, and the best constant answer has 0.25" in listed[2].message
        )
        session.change(**listed[0].changes)
        session.run(2200)
        assert session.frame().train_score.accuracy == 1.0


def test_two_units_on_the_spiral_are_told_that_they_are_too_few():
    """The loss wavers near that of the best constant for thousands of steps; the remedies, one after another, solve it."""
    session = Session(suggested_recipe("parity"))
    session.change(source="spiral")
    session.change(hidden=(2,))
    session.run(2500)
    for _ in range(4):
        stuck = next(one for one in session.findings() if one.severity != "info" or one.id == "slow")
        session.change(**stuck.changes)
        session.run(2500)
        if session.frame().train_score.accuracy > 0.95:
            break
    assert session.frame().train_score.accuracy > 0.95


def test_at_a_floor_the_end_of_training_is_not_called_trained():
    """The chain on parity from where it can do no better: no weights do better, and both numbers are said."""
    session = Session(suggested_recipe("parity", thresholds=(("done", 1.0),)))
    assert "no weights do better: the loss " in found(session, "done").message


def test_the_worst_comes_first_and_the_order_is_that_of_the_table(begin):
    """Errors, then warnings, then infos; causes before what comes of them."""
    listed = begin("parity", {"rule": "posted", "thresholds": (("done", 1.0),)}, 1000).findings()
    order = [(SEVERITIES.index(one.severity), [kind.id for kind in KINDS].index(one.id)) for one in listed]
    assert order == sorted(order)
    assert {one.severity for one in listed} == set(SEVERITIES)


@pytest.mark.parametrize("source", ["parity", "moons", "line", "iris"])
def test_the_same_run_has_the_same_findings_however_it_was_reached(source):
    """At once, step by step with pictures taken, and after going back and forth: the same, to the last digit."""
    recipe = suggested_recipe(source, lr=0.9, rule="posted" if source == "parity" else "exact")
    whole, single, back = (Session(recipe) for _ in range(3))
    whole.run(700)
    for _ in range(700):
        single.step_once()
        if single.step % 97 == 0:
            single.frame()
            single.findings()
    back.run(1500)
    for step in np.random.default_rng(1).integers(1500, size=20).tolist():
        back.go_to(step)
        back.findings()
    back.go_to(700)
    assert whole.step == single.step == back.step
    assert whole.findings() == single.findings() == back.findings()


def test_a_run_that_broke_has_the_same_finding_before_one_knew(begin):
    """At the last finite step the coming break is seen before the update is made, and after."""
    broken = begin("line", {"lr": 1e3}, 500)
    step = broken.step
    early = Session(suggested_recipe("line", lr=1e3))
    early.run(step)
    assert early.current.divergence is None
    assert early.findings() == broken.findings()
    assert broken.findings()[0].id == "non-finite"
    assert broken.findings()[0].evidence["tensor"] == broken.current.divergence.tensor


def test_an_edit_begins_the_course_anew_and_a_threshold_does_not(begin):
    """After a smaller rate the old rise is no longer held against the run; changing a threshold forgets nothing."""
    session = begin("parity", {"lr": 10.0}, 500)
    risen = found(session, "loss-rising")
    session.change(thresholds=(("same-answer", 0.2),))
    assert found(session, "loss-rising") == risen
    session.change(lr=0.01)
    assert found(session, "loss-rising") is None


def test_findings_are_kept_until_the_run_moves_on(begin):
    """Asking twice costs nothing; a step, an edit or another branch asks again."""
    session = begin("xor", {"batch_size": 5}, 50)
    first = session.findings()
    assert session.findings() is first
    assert session.examiner.pause > 0
    session.change(batch_size=4)
    assert found(session, "batch-larger-than-set") is None
    session.undo()
    assert found(session, "batch-larger-than-set")


def test_a_course_is_spread_evenly_and_bounded():
    """At most 66 steps, the first and the last among them, the others multiples of one power of two."""
    for first, last in ((0, 0), (0, 1), (3, 10), (0, 999), (17, 10_000), (5, 10**7)):
        steps = course_steps(first, last, Spacing(16, 1024))
        assert steps[0] == first
        assert steps[-1] == last
        assert len(steps) <= 66
        assert steps == sorted(set(steps))
        stride = math.gcd(*steps[1:-1]) if len(steps) > 3 else 1
        assert all(later - earlier == stride for earlier, later in pairwise(steps[1:-1]))


def test_a_course_has_fewer_points_where_losses_are_expensive():
    """Sixteen or more where they may be computed; where they may not those of the curve, but some eight at the least."""
    curve = Spacing(16, 2048, 2)
    assert len(course_steps(0, 1000, curve)) > 16
    assert 8 <= len(course_steps(0, 1000, curve, 0)) <= 16
    assert len(course_steps(0, 1000, Spacing(16, 64), 0)) > 16


def test_frozen_and_absent_parts_do_no_harm(begin):
    """Everything frozen, one sample, no hidden layer, a test part of its own: no rule fails."""
    for source, fields in (
        ("xor", {"freeze": ("w1", "b1", "w2", "b2")}),
        ("iris", {"hidden": ()}),
        ("line", {"test_fraction": 0.95}),
        ("constant", {"scale_inputs": "none", "loss": "huber"}),
        ("rare", {"loss": "binary-cross-entropy", "schedule": "cosine:50"}),
        ("moons", {"clip": 0.1, "l2": 0.1, "activation": "gelu"}),
    ):
        for steps in (0, 1, 9, 150):
            begin(source, fields, steps).findings()


@pytest.mark.parametrize(
    ("source", "steps", "fields"),
    [
        ("sine", 0, {"activation": "relu", "set": (("w1", 0.0),)}),  # all samples at the kink of every unit
        ("moons", 0, {"activation": "relu", "set": (("w1", 0.0),)}),
        ("moons", 1, {"activation": "relu", "hidden": (6,), "loss": "squared", "set": (("b2", -15.0),)}),  # saturated
        ("xor", 1, {"hidden": (2,), "set": (("w1", -2000.0),)}),  # e⁻ᶻ overflows
        ("xor", 1, {"activation": "elu", "set": (("b1", -36.0),)}),
        ("line", 100, {}),  # converged
        ("ravine", 300, {}),
        ("moons", 5, {"activation": "relu", "init": "normal", "set": (("w1", 1e6),)}),
        ("sine", 5, {"loss": "huber", "activation": "relu", "set": (("b2", 5e5),)}),  # losses of 5·10⁵
    ],
)
def test_the_exact_rule_is_right_wherever_a_run_is(source, steps, fields):
    """Neither finding nor check nor panel says otherwise, at kinks, saturated, converged, huge."""
    session = Session(suggested_recipe(source, **fields))
    session.run(steps)
    assert found(session, "wrong-gradient") is None
    assert session.judgement().right.all()
    if steps:
        assert session.frame().judgement.right.all()


def test_a_wrong_gradient_of_the_first_of_many_layers_is_found_however_small():
    """Six sigmoid layers with the slope squared: what is −1.7e-6 is given as −3e-10."""
    session = Session(
        suggested_recipe("moons", hidden=(8,) * 6, activation="sigmoid", rule="hidden-slope-twice", init="xavier")
    )
    session.run(3)
    network, judgement = session.problem.network, session.frame().judgement
    first = network.tensors[0].span
    assert np.abs(judgement.true[first]).max() < 1e-3 * np.abs(judgement.true).max()
    assert judgement.wrong[first].all()
    assert judgement.right[network.tensors[-1].span].all()
    assert found(session, "wrong-gradient").evidence["wrong"] == judgement.counts()["wrong"]
