"""The clinic: every mistake of the gallery is named in code as people write it, and habits of code do not mislead it."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from tests.diagnosis.conftest import BATCHES, NETWORKS, same_numbers
from tests.own_files import ORIGINAL
from tests.scripts.clinic.own_code import ask_directly, right_code
from tui_backprop.core.forward import forward
from tui_backprop.core.mistakes.gallery import MISTAKES
from tui_backprop.core.mistakes.turns import BackwardInputs, backward_with
from tui_backprop.core.network import Parameters
from tui_backprop.core.objective import make_objective
from tui_backprop.scripts.clinic.check import check
from tui_backprop.scripts.clinic.checkup_text import checkup_text
from tui_backprop.scripts.functions.network import LearnerNetwork
from tui_backprop.scripts.functions.process import LearnerError, LearnerProcess
from tui_backprop.scripts.functions.rule_network import learner_in

# The gallery, written as the user's code.


def code_of(name, mistake):
    """The user's network with one mistake of the gallery, as arrays with samples as rows."""
    network, loss = NETWORKS[name]
    objective = make_objective(network.activation_names[-1], loss)

    def as_ours(p):
        return Parameters(network, np.concatenate([np.ravel(p[f"{kind}{n}"]) for n in layers for kind in "Wc"]))

    def own_loss(prediction, y):
        return float(objective.loss.value(prediction, y).mean())

    def backward(p, x, y):
        parameters = as_ours(p)
        given = BackwardInputs(network, objective, parameters, forward(network, parameters, x), y)
        found = backward_with(MISTAKES[mistake].turns, given).parameters
        return {f"{'W' if name[0] == 'w' else 'c'}{name[1:]}": part.copy() for name, part in found.by_name().items()}

    layers = range(1, network.depth + 1)
    rng, outputs = np.random.default_rng(3), network.sizes[-1]
    values = {}
    for n in layers:
        values[f"W{n}"] = rng.standard_normal(network.sizes[n - 1 : n + 1])
        values[f"c{n}"] = rng.standard_normal(network.sizes[n])
    y = np.eye(outputs)[rng.integers(outputs, size=4)] if outputs > 1 else rng.integers(2, size=(4, 1)) * 1.0
    return SimpleNamespace(
        parameters=values,
        forward=lambda p, x: forward(network, as_ours(p), x).prediction,
        loss=own_loss,
        backward=backward,
        data=(rng.standard_normal((4, network.sizes[0])), y),
    )


HARMLESS = {"half-the-gradient", "times-the-rate", "sum-over-batch", "mean-again"}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_of_the_gallery_is_named_in_code_with_arrays(mistake, name, monkeypatch):
    """Under its own name, or one that gives the same numbers there; what only scales the step is called scaled."""
    found = check(ask_directly(monkeypatch, code_of(name, mistake)))
    assert found.recognised is not None
    if same_numbers(name, MISTAKES[mistake].turns, (), BATCHES):
        assert found.verdict == "right"
        return
    assert found.verdict == ("scaled" if mistake in HARMLESS else "wrong")
    kinds = {kind for one in found.mistakes for kind in (one.kind, *one.also)}
    others = [turn for one in found.mistakes for turn in MISTAKES[one.kind].turns]
    assert mistake in kinds or same_numbers(name, MISTAKES[mistake].turns, others, BATCHES)


FLOATS = """
import math
parameters = {{"a": 0.3, "b": -0.2, "c": 0.8, "d": 0.1}}
data = [(0.2, 0.0), (0.7, 1.0), (0.9, 0.0)]
def s(z): return 1 / (1 + math.exp(-z))
def t(z): return math.tanh(z)
def forward(p, x): return s(p["c"] * s(p["a"] * x + p["b"]) + p["d"])
def backward(p, x, y):
    z1 = p["a"] * x + p["b"]
    h = s(z1)
    z2 = p["c"] * h + p["d"]
    o = s(z2)
    e = 2 * (o - y)
    d2 = e * o * (1 - o)
    d1 = d2 * p["c"] * h * (1 - h)
    g = {{"c": d2 * h, "d": d2, "a": d1 * x, "b": d1}}
    {wrong}
    return g
"""
AS_FLOATS = {
    "weight-for-input": 'g["c"], g["a"] = d2 * p["c"], d1 * p["a"]',
    "z-for-input": 'g["c"] = d2 * z1',
    "raw-input": 'g["c"] = d2 * x',
    "own-output": 'g["c"], g["a"] = d2 * o, d1 * h',
    "no-input": 'g["c"], g["a"] = d2, d1',
    "no-output-slope": 'd1 = e * p["c"] * h * (1 - h); g = {"c": e * h, "d": e, "a": d1 * x, "b": d1}',
    "no-hidden-slope": 'd1 = d2 * p["c"]; g["a"], g["b"] = d1 * x, d1',
    "output-slope-twice": "g = {k: v * o * (1 - o) for k, v in g.items()}",
    "hidden-slope-twice": 'd1 *= h * (1 - h); g["a"], g["b"] = d1 * x, d1',
    "slope-of-activation": (
        "d2 = e * s(o) * (1 - s(o)); d1 = d2 * p['c'] * s(h) * (1 - s(h)); "
        "g = {'c': d2 * h, 'd': d2, 'a': d1 * x, 'b': d1}"
    ),
    "slope-fed-with-z": (
        "d2 = e * z2 * (1 - z2); d1 = d2 * p['c'] * z1 * (1 - z1); g = {'c': d2 * h, 'd': d2, 'a': d1 * x, 'b': d1}"
    ),
    "activation-for-slope": 'd1 = d2 * p["c"] * h; g["a"], g["b"] = d1 * x, d1',
    "slope-of-another-layer": 'd1 = d2 * p["c"] * o * (1 - o); g["a"], g["b"] = d1 * x, d1',
    "slope-of-another-activation": 'd1 = d2 * p["c"] * (1 - h * h); g["a"], g["b"] = d1 * x, d1',
    "error-carried-back": 'd1 = e * p["c"] * h * (1 - h); g["a"], g["b"] = d1 * x, d1',
    "raw-error-carried-back": 'd1 = e * h * (1 - h); g["a"], g["b"] = d1 * x, d1',
    "not-through-weights": 'd1 = d2 * h * (1 - h); g["a"], g["b"] = d1 * x, d1',
    "through-another-layers-weights": 'd1 = d2 * p["a"] * h * (1 - h); g["a"], g["b"] = d1 * x, d1',
    "through-updated-weights": 'd1 = d2 * (p["c"] - 0.5 * d2 * h) * h * (1 - h); g["a"], g["b"] = d1 * x, d1',
    "wrong-sign": "g = {k: -v for k, v in g.items()}",
    "half-the-gradient": "g = {k: v / 2 for k, v in g.items()}",
    "times-the-rate": "g = {k: v * 0.03 for k, v in g.items()}",
    "loss-of-another-kind": (
        "d2 = math.copysign(1, o - y) * o * (1 - o); d1 = d2 * p['c'] * h * (1 - h); "
        "g = {'c': d2 * h, 'd': d2, 'a': d1 * x, 'b': d1}"
    ),
    "no-bias-gradient": 'g["d"] = g["b"] = 0.0',
    "bias-times-input": 'g["d"], g["b"] = d2 * h, d1 * x',
    "layer-never-updated": 'g["a"] = g["b"] = 0.0',
}


def floats(wrong):
    namespace = {}
    exec(FLOATS.format(wrong=wrong), namespace)  # noqa: S102  (a test's own text)
    return SimpleNamespace(**{key: namespace[key] for key in ("parameters", "data", "forward", "backward")})


@pytest.mark.parametrize("mistake", AS_FLOATS)
def test_every_mistake_of_the_gallery_is_named_in_code_with_plain_floats(mistake, monkeypatch):
    """1-1-1, four parameters with names of one letter."""
    found = check(ask_directly(monkeypatch, floats(AS_FLOATS[mistake])))
    assert found.verdict == ("scaled" if mistake in HARMLESS else "wrong")
    assert {one.kind for one in found.mistakes} == {mistake}


def test_the_gallery_has_no_mistake_that_floats_leave_out_without_a_reason():
    """What is about batches, and what needs more than one unit, cannot be made there."""
    batches = {"sum-over-batch", "mean-again", "last-sample-only", "leftovers", "bias-mean-again", "bias-sum"}
    assert set(MISTAKES) - set(AS_FLOATS) == batches | {"through-transposed-weights", "transposed-gradient"}


def test_scales_are_numbers_that_can_be_read_off(monkeypatch):
    """A rate inside is the scale of every parameter; a sign is −1 and is not harmless."""
    found = check(ask_directly(monkeypatch, floats("g = {k: v * 0.03 for k, v in g.items()}")))
    assert [one.scale for one in found.parameters] == pytest.approx([0.03] * 4)
    assert [one.verdict for one in found.parameters] == ["scaled"] * 4
    found = check(ask_directly(monkeypatch, floats("g = {k: -v for k, v in g.items()}")))
    assert [one.scale for one in found.parameters] == pytest.approx([-1.0] * 4)


# Habits of code.


def test_gradients_left_over_from_the_call_before_are_noticed(tmp_path):
    """They are added up in something that is never set to 0; apart from that the formulas are right, and so it is said."""
    path = tmp_path / "my_net.py"
    adding = "for k, v in g.items(): total[k] += v\n    return total"
    text = "total = dict.fromkeys('abcd', 0.0)\n" + FLOATS.format(wrong=adding)
    path.write_text(text, encoding="utf-8")
    learner = LearnerNetwork(str(path))
    found = check(learner)
    learner.close()
    assert found.verdict == "wrong"
    assert [one.kind for one in found.mistakes] == ["leftovers"]
    assert [one.verdict for one in found.parameters] == ["right"] * 4


def test_numbers_that_are_drawn_anew_each_time_cannot_be_checked(monkeypatch):
    """One sentence says so."""
    module, rng = floats(""), np.random.default_rng(0)
    right = module.backward
    module.backward = lambda p, x, y: {name: value * rng.uniform() for name, value in right(p, x, y).items()}
    with pytest.raises(LearnerError, match="other numbers each time"):
        check(ask_directly(monkeypatch, module))


def test_what_forward_keeps_is_there_for_backward(monkeypatch):
    """Code that stores its activations in forward and takes them from there is right."""
    module, kept = floats(""), {}
    right_forward, right_backward = module.forward, module.backward

    def keeping(p, x):
        kept["x"] = x
        return right_forward(p, x)

    module.forward = keeping
    module.backward = lambda p, _x, y: right_backward(p, kept["x"], y)
    assert check(ask_directly(monkeypatch, module)).verdict == "right"


def test_a_backward_pass_that_updates_the_parameters_too_is_told_not_to(monkeypatch):
    """Its gradients are checked all the same."""
    module = floats("")
    right = module.backward

    def backward(p, x, y):
        found = right(p, x, y)
        for name in p:
            p[name] -= 0.1 * found[name]
        return found

    module.backward = backward
    found = check(ask_directly(monkeypatch, module))
    assert found.verdict == "right"
    assert any("changes the parameters" in note for note in found.notes)


def test_a_gradient_of_the_shape_the_wrong_way_round_is_called_transposed(monkeypatch):
    """And nothing else is wrong with it."""
    module = right_code((2, 3, 1), ("tanh", "sigmoid"), "squared")
    right = module.backward
    module.backward = lambda p, x, y: {**(found := right(p, x, y)), "W1": found["W1"].T}
    found = check(ask_directly(monkeypatch, module))
    assert found.verdict == "wrong"
    assert [(one.kind, one.parameters) for one in found.mistakes] == [("transposed-gradient", ("W1",))]


def test_missing_gradients_of_biases_are_called_missing(monkeypatch):
    """A name that is left out counts as 0."""
    module = right_code((2, 3, 1), ("tanh", "sigmoid"), "squared")
    right = module.backward
    module.backward = lambda p, x, y: {name: part for name, part in right(p, x, y).items() if name[0] == "W"}
    found = check(ask_directly(monkeypatch, module))
    assert {one.kind for one in found.mistakes} == {"no-bias-gradient"}


def test_an_update_that_carries_the_error_through_new_weights_is_named(monkeypatch):
    """The weights of the last layer are changed before the error goes back through them."""
    module = floats("")
    del module.backward

    def update(p, x, y, lr):
        new = dict(p)
        h = 1 / (1 + math.exp(-(p["a"] * x + p["b"])))
        o = 1 / (1 + math.exp(-(p["c"] * h + p["d"])))
        d2 = 2 * (o - y) * o * (1 - o)
        new["c"] -= lr * d2 * h
        new["d"] -= lr * d2
        d1 = d2 * new["c"] * h * (1 - h)
        new["a"] -= lr * d1 * x
        new["b"] -= lr * d1
        return new

    module.update = update
    found = check(ask_directly(monkeypatch, module))
    assert [one.kind for one in found.mistakes] == ["through-updated-weights"]


def test_classes_may_be_numbers(monkeypatch):
    """Targets 0, 1, 2 for three outputs, and a loss that takes the output of that number."""
    module = right_code((2, 4, 3), ("sigmoid", "softmax"), "cross-entropy", samples="vector")
    one_hot = module.backward
    module.data = [(x, int(np.argmax(y))) for x, y in module.data]
    module.loss = lambda prediction, y: -math.log(prediction[y])
    module.backward = lambda p, x, y: one_hot(p, x, np.eye(3)[y])
    found = check(ask_directly(monkeypatch, module))
    assert found.verdict == "right"
    assert found.recognised is not None
    assert found.recognised.loss == "cross-entropy"


def test_a_network_that_is_not_a_perceptron_is_checked_by_numbers_alone(monkeypatch):
    """A product of two parameters: the wrong one is marked, and no mistake is guessed."""
    module = SimpleNamespace(
        parameters={"u": 0.5, "v": 0.3},
        forward=lambda p, x: p["u"] * p["v"] * x,
        backward=lambda p, x, y: {
            "u": 2 * (p["u"] * p["v"] * x - y) * p["v"] * x,
            "v": 2 * (p["u"] * p["v"] * x - y) * p["v"] * x,
        },
        data=[(0.5, 1.0), (1.5, 0.0)],
    )
    found = check(ask_directly(monkeypatch, module))
    assert [one.verdict for one in found.parameters] == ["right", "wrong"]
    assert found.verdict == "wrong"
    assert found.mistakes == () or found.recognised is not None


def test_biases_that_the_units_of_a_layer_share_are_recognised(monkeypatch):
    """A textbook example has one bias for each layer and its weights in a row."""

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def passed(p, x):
        w, (i1, i2) = p["w"], x
        h = [sigmoid(w[0] * i1 + w[1] * i2 + p["b1"]), sigmoid(w[2] * i1 + w[3] * i2 + p["b1"])]
        return h, [sigmoid(w[4] * h[0] + w[5] * h[1] + p["b2"]), sigmoid(w[6] * h[0] + w[7] * h[1] + p["b2"])]

    def backward(p, x, y):
        w, (h, o) = p["w"], passed(p, x)
        d = [2 * (o[k] - y[k]) * o[k] * (1 - o[k]) for k in (0, 1)]
        e = [(d[0] * w[4 + j] + d[1] * w[6 + j]) * h[j] for j in (0, 1)]  # the slope is h alone: 1 − h is forgotten
        return {
            "w": [
                e[0] * x[0],
                e[0] * x[1],
                e[1] * x[0],
                e[1] * x[1],
                d[0] * h[0],
                d[0] * h[1],
                d[1] * h[0],
                d[1] * h[1],
            ],
            "b1": e[0] + e[1],
            "b2": d[0] + d[1],
        }

    weights = [0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55]
    module = SimpleNamespace(
        parameters={"w": weights, "b1": 0.35, "b2": 0.6},
        forward=lambda p, x: passed(p, x)[1],
        backward=backward,
        data=[([0.05, 0.1], [0.01, 0.99])],
    )
    found = check(ask_directly(monkeypatch, module))
    assert found.recognised is not None
    assert found.recognised.layers == (2, 2, 2)
    assert [one.verdict for one in found.parameters] == ["wrong", "wrong", "right"]
    assert [one.sentence for one in found.mistakes] == [
        "w and b1: you take h for the slope of h; the chain rule has σ′(z1)"
    ]


def test_a_checkup_fits_the_width_that_it_is_given(tmp_path):
    """Where the table has no room, the relative error is left out; a long formula goes on below."""
    path = tmp_path / "my_net.py"
    path.write_text(ORIGINAL, encoding="utf-8")
    learner = learner_in(LearnerProcess(str(path)))
    try:
        found = check(learner)
    finally:
        learner.close()
    for width in (120, 80, 68, 55, 45):
        lines = ["".join(span.text for span in line) for line in checkup_text(found, width)]
        assert max(map(len, lines)) <= max(width, 53)
        assert any("relative error" in line for line in lines) == (width >= 68)
        assert any(line.endswith("~ scaled ×0.1") for line in lines)
        assert "2(ŷ−y)·σ′(z2)·w_out·σ′(z1)·x" in "".join(line.strip() for line in lines)
