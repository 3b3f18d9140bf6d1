"""Which loss a script descends, and whether its changes are gradients of it, in both directions."""

from __future__ import annotations

import pytest

from tests.scripts.generated import STYLES, scripts_of
from tui_backprop.core.judge import RELATIVE
from tui_backprop.scripts.answering.wording import mistake_at
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.checking import answer_to
from tui_backprop.scripts.examining import examined, explained
from tui_backprop.scripts.running.run import ScriptOptions
from tui_backprop.scripts.source.source import read_source

DEEP = """\
import numpy as np

np.random.seed(2)
X = np.random.rand(12, 2)
T = (X.sum(axis=1, keepdims=True) > 1) * 1.0
c = 0.0
W1, b1 = np.random.randn(2, 4), np.zeros(4)
W2, b2 = np.random.randn(4, 3), np.zeros(3)
W3 = np.random.randn(3, 1)


def squash(z):
    return 1 / (1 + np.exp(-z))


for epoch in range(40):
    a1 = squash(X @ W1 + b1)
    a2 = squash(a1 @ W2 + b2)
    p = squash(a2 @ W3 + c)
    cost = 0.5 * np.mean((p - T) ** 2)
    own = (p - T) / 12
    d3 = own * p * (1 - p)
    d2 = d3 @ W3.T * a2 * (1 - a2)
    d1 = d2 @ W2.T * a1 * (1 - a1)
    W3[:] = W3 - 0.5 * a2.T @ d3
    c = c - 0.5 * d3.sum()
    W2 -= 0.5 * a1.T @ d2
    b2 -= 0.5 * d2.sum(axis=0)
    W1 -= 0.5 * X.T @ d1
    b1 -= 0.5 * d1.sum(axis=0)
print(cost)
"""
OWN = "own = (p - T) / 12"
COST = "    cost = 0.5 * np.mean((p - T) ** 2)\n"
ENTROPY = "    cost = -np.mean(T * np.log(p + 1e-9) + (1 - T) * np.log(1 - p + 1e-9))\n"


def judged(tmp_path, *changes: tuple[str, str], text=DEEP) -> Case:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "deep.py"
    path.write_text(text, encoding="utf-8")
    return examined(read_source(str(path)), ScriptOptions(), explain=False)


NO_COST = (COST, "    cost = 0\n")
RAW_BACK = ("d2 = d3 @ W3.T", "d2 = own @ W3.T")
RAW = ("d3 = own * p * (1 - p)", "d3 = own")


@pytest.mark.parametrize(
    ("changes", "loss", "inferred", "wrong", "noted"),
    [
        ([], "squared error", False, set(), False),
        # the error carried back raw: one mistake under squared error; under cross-entropy fewer parameters would be wrong
        ([RAW_BACK], "squared error", False, {"W1", "b1", "W2", "b2"}, False),
        ([NO_COST, RAW_BACK], "squared error", True, {"W1", "b1", "W2", "b2"}, False),
        ([RAW, (COST, ENTROPY)], "cross-entropy", False, set(), False),
        ([RAW], "cross-entropy", True, set(), True),
        ([RAW, ("a1.T @ d2", "a1.T @ d2 * 2 * a2[:1]")], "cross-entropy", True, {"W2"}, True),
        (
            [("own = (p - T)", "own = np.sign(p - T)")],
            "squared error",
            False,
            {"W1", "b1", "W2", "b2", "W3", "c"},
            False,
        ),
        # a slope that is too much for cross-entropy, in one place
        ([RAW, (COST, ENTROPY), ("a2.T @ d3", "a2.T @ (d3 * p * (1 - p))")], "cross-entropy", False, {"W3"}, False),
    ],
)
def test_a_computed_loss_is_the_loss_unless_another_one_explains_the_gradients(
    tmp_path, changes, loss, inferred, wrong, noted
):
    examination = judged(tmp_path, *changes).examination
    assert examination is not None
    assert (examination.loss.name, examination.loss.inferred) == (loss, inferred)
    assert set(examination.wrong) == wrong
    assert (
        any("computes the loss squared error, but the backward pass descends" in n for n in examination.notes) == noted
    )


def test_an_error_that_is_carried_back_is_no_loss_whatever_its_name(tmp_path):
    """With one input, what goes back is one number for each sample, made from all predictions."""
    back = "err = sum(float(a) for a in (d3 @ W3.T).ravel())\n    d2 = err * 0 + d3 @ W3.T"
    turned = ("own = (p - T)", "own = (T - p)")
    examination = judged(tmp_path, NO_COST, turned, ("d2 = d3 @ W3.T", back)).examination
    assert examination is not None
    assert (examination.loss.name, examination.loss.inferred) == ("squared error", True)
    assert [one.scale for one in examination.parameters.values()] == pytest.approx([-1.0] * 6)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("a1.T @ d2", "((a1 + 3e3).T @ d2 - 3e3 * d2.sum(axis=0))"), set()),  # right, but digits are lost
        (("a1.T @ d2", "a1.T @ d2 * np.r_[1, 1, 1 + 1e-5]"), {"W2"}),
        (("W1 -= 0.5 * X.T @ d1", "W1 -= 0.5 * (X.T @ d1) * (1 + 1e-5 * (abs(W1) < 0.5))"), {"W1"}),
    ],
)
def test_rounding_is_measured_and_a_mistake_as_small_is_found(tmp_path, change, wrong):
    examination = judged(tmp_path, change).examination
    assert examination is not None
    assert set(examination.wrong) == wrong
    right = [one.error for one in examination.parameters.values() if one.verdict != "wrong"]
    assert max(right) < RELATIVE


@pytest.mark.parametrize("whole", [True, False])
def test_an_array_that_is_written_as_a_whole_is_a_parameter_and_whole_numbers_are_a_cause(tmp_path, whole):
    numbers = "np.random.randint(-3, 3, (3, 1))" if whole else "np.random.randn(3, 1) * 1"
    case = judged(tmp_path, ("W3 = np.random.randn(3, 1)", f"W3 = {numbers}"))
    answer = answer_to(case, mend=False)
    assert answer.verdict == "right"
    assert set(answer.parameters) == {"W1", "b1", "W2", "b2", "W3", "c"}
    assert [(one.line, one.severity) for one in answer.causes if one.id == "whole-numbers"] == [(9, "error")] * whole
    assert (answer.network is None or answer.network.optimizer is None) == whole


def test_a_gradient_of_zeros_is_shown_where_the_zeros_are_made(tmp_path):
    case = judged(tmp_path, ("    W3[:] =", "    none = np.zeros_like(W2)\n    W3[:] ="), ("a1.T @ d2", "none"))
    explained(case)
    (mistake,) = answer_to(case, mend=False).mistakes
    assert (mistake.line, mistake.parameters) == (28, ["W2"])
    assert "a gradient of zeros" in mistake.sentence


def test_a_penalty_that_the_loss_does_not_have_is_told_and_trains_no_plain_network(tmp_path):
    decay = ("W2 -= 0.5 * a1.T @ d2", "W2 -= 0.5 * (a1.T @ d2 + 0.002 * W2)")
    answer = answer_to(judged(tmp_path, decay, NO_COST), mend=False)
    assert answer.verdict == "right"
    assert any("shrinks W2 by a share of 0.001 (weight decay, λ = 0.002)" in note for note in answer.notes)
    assert "rate 0.5" in answer.summary[0]
    assert answer.network is not None
    assert answer.network.optimizer is None
    assert answer.recipe is None


FILTERS = """\
import numpy as np

np.random.seed(0)
k, b, w = np.random.randn(2, 3), np.random.randn(2, 6) * 0.1, np.random.randn(1, 12) * 0.3
X = np.random.randn(12, 8)
T = (X[:, :4].sum(axis=1) > X[:, 4:].sum(axis=1)) * 1.0
for n in range(40):
    for x, t in zip(X, T):
        z = np.copy(b)
        for i in range(2):
            z[i] += np.correlate(x, k[i], "valid")
        a = np.tanh(z)
        e = w @ a.reshape(12, 1) - t
        dz = (w.T @ e).reshape(2, 6) * (1 - a ** 2)
        dk = np.zeros(k.shape)
        for i in range(2):
            dk[i] = np.correlate(x, dz[i], "valid")
        w -= 0.05 * e @ a.reshape(1, 12)
        k -= 0.05 * dk
        b -= 0.05 * dz
"""


@pytest.mark.parametrize(
    ("change", "wrong"), [(("", ""), set()), (("0.05 * dz", "0.05 * dz * a"), {"b"}), (("x, dz[i]", "dz[i], x"), {"k"})]
)
def test_biases_that_a_forward_pass_begins_with_a_copy_of_are_parameters(tmp_path, change, wrong):
    """The copy comes right after their update, and is no part of it."""
    examination = judged(tmp_path, change, text=FILTERS).examination
    assert examination is not None
    assert set(examination.parameters) == {"k", "b", "w"}
    assert set(examination.wrong) == wrong


@pytest.mark.parametrize(
    ("style", "mistake"),
    [
        ("layer_objects", "slope-of-another-layer"),  # a slope with a name of its own
        ("class_of_lists", "no-output-slope"),  # the error under a second name
        ("rows_in_a_loop", "transposed-gradient"),
        ("vectors_in_a_dict", "through-another-layers-weights"),  # what is wrong is added up in a loop over all names
    ],
)
def test_a_wrong_value_is_told_where_it_is_made_and_not_where_it_is_used(tmp_path, style, mistake):
    script = next(one for one in scripts_of(STYLES / f"{style}.py") if one.mistake == mistake)
    path = tmp_path / script.file_name
    path.write_text(script.text, encoding="utf-8")
    case = examined(read_source(str(path)), ScriptOptions())
    assert [mistake_at(case, place).line for place in case.wrong or []] == list(script.lines)


@pytest.mark.parametrize(
    ("own", "wrong"),
    [("own = (-T + p) / 12", 0), ("own = (p + -T) / 12", 0), ("own = (-p + T) / 12", 6), ("own = (-T - p) / 12", 6)],
)
def test_an_error_is_found_whatever_its_order_and_signs_are(tmp_path, own, wrong):
    examination = judged(tmp_path, (OWN, own)).examination
    assert examination is not None
    assert len(examination.wrong) == wrong
