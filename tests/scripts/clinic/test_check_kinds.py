"""Kinds of code that a check has to see through: layouts, networks, losses, shapes, and what is left over."""

from __future__ import annotations

import types

import pytest

from tests.scripts.clinic.own_code import ask_directly
from tui_backprop.scripts.clinic.check import check
from tui_backprop.scripts.clinic.checkup_text import checkup_text
from tui_backprop.scripts.functions.network import LearnerNetwork

# Networks as text: what is in braces is put in.

COLUMNS = """
import numpy as np
parameters = {{"W1": np.array([[0.5], [-0.3]]), "b1": np.array([[0.1], [0.2]]),
              "W2": np.array([[0.7, -0.4]]), "b2": np.array([[0.05]])}}
def forward(p, x): return p["W2"] @ np.tanh(p["W1"] @ x + p["b1"]) + p["b2"]
def loss(q, y): return np.sum((q - y) ** 2) / q.shape[1]
def backward(p, x, y):
    h = np.tanh(p["W1"] @ x + p["b1"])
    d2 = 2 * (p["W2"] @ h + p["b2"] - y) / x.shape[1]
    d1 = p["W2"].T @ d2 * (1 - h ** 2)
    s = lambda d: d.sum(axis=1, keepdims=True)
    return {{"W2": d2 @ h.T, "b2": s(d2){wrong}, "W1": d1 @ x.T, "b1": s(d1){wrong}}}
"""

ROWS = """
import numpy as np
rng = np.random.default_rng({seed})
parameters = {{"W1": rng.normal(size=(3, 4)), "b1": rng.normal(size=4),
              "W2": rng.normal(size=(4, {out})), "b2": np.ones({out})}}
def f(z): return {f}
def g(z): return {g}
def slope(z): return {slope}
def forward(p, x): return g(f(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"])
def loss(q, y): return {loss}
def backward(p, x, y):
    z = x @ p["W1"] + p["b1"]
    h = f(z)
    q = g(h @ p["W2"] + p["b2"])
    d2 = {delta}
    e = d2 @ p["W2"].T
    d1 = {back}
    return {{"W2": h.T @ d2, "b2": d2.sum(0), "W1": x.T @ d1, "b1": d1.sum(0)}}
"""
SQUARED = {
    "out": 1,
    "seed": 0,
    "g": "z",
    "loss": "np.sum((q - y) ** 2) / len(q)",
    "delta": "2 * (q - y) / len(x)",
    "back": "e * slope(z)",
}
SOFTMAX = "np.exp(z - z.max(1, keepdims=True)) / np.exp(z - z.max(1, keepdims=True)).sum(1, keepdims=True)"


def module_of(text):
    """The user's file as a module in this process."""
    module = types.ModuleType("my_net")
    exec(text, module.__dict__)  # noqa: S102  (a test's own text)
    return module


def checked(monkeypatch, text):
    return check(ask_directly(monkeypatch, module_of(text)))


def words(found):
    return " ".join(" ".join("".join(span.text for span in line) for line in checkup_text(found, 80)).split())


# Batches and what is left over.


def test_a_batch_as_columns_is_found_without_data(monkeypatch):
    """One input, arrays (1, samples): a mistake that batches alone show is seen."""
    found = checked(monkeypatch, COLUMNS.format(wrong=" * x.shape[1]"))
    assert {one.kind for one in found.mistakes} == {"bias-sum"}
    assert checked(monkeypatch, COLUMNS.format(wrong="")).verdict == "right"


LEFT_OVER = """
import math
parameters = {"a": 0.15, "b": 0.2}
total = {"a": 0.0, "b": 0.0}
def forward(p, x): return math.tanh(p["a"] * x + p["b"])
def backward(p, x, y):
    o = forward(p, x)
    d = 2 * (o - y) * (1 - o * o)
    total["a"] += d * x
    total["b"] += d
    return dict(total)
"""


@pytest.mark.parametrize("data", ["", "data = [(0.3, 1.0), (0.8, 0.0)]\n"], ids=["no data", "data"])
def test_gradients_left_over_are_named_with_data_and_without(tmp_path, data):
    """Finding out what the functions take leaves nothing behind."""
    path = tmp_path / "my_net.py"
    path.write_text(LEFT_OVER + data, encoding="utf-8")
    learner = LearnerNetwork(str(path))
    found = check(learner)
    learner.close()
    assert [one.kind for one in found.mistakes] == ["leftovers"]
    assert {one.verdict for one in found.parameters} == {"right"}


def test_momentum_is_no_mistake(tmp_path):
    """What an update keeps between calls is noted, and each gradient is that of the first call."""
    text = LEFT_OVER.replace('total["a"] += d * x', 'total["a"] = 0.9 * total["a"] + d * x')
    path = tmp_path / "my_net.py"
    path.write_text(text.replace('total["b"] += d', 'total["b"] = 0.9 * total["b"] + d'), encoding="utf-8")
    learner = LearnerNetwork(str(path))
    found = check(learner)
    learner.close()
    assert found.verdict == "right"
    assert any("momentum" in note for note in found.notes)


# Networks.

HIDDEN = {
    "leaky-relu(0.2)": ("np.where(z > 0, z, 0.2 * z)", "np.where(z > 0, 1, 0.2)"),
    "leaky-relu(0.333333333333)": ("np.where(z > 0, z, z / 3)", "np.where(z > 0, 1, 1 / 3)"),
    "elu(0.5)": ("np.where(z > 0, z, 0.5 * np.expm1(z))", "np.where(z > 0, 1, 0.5 * np.exp(z))"),
    "sigmoid(−z)": ("1 / (1 + np.exp(z))", "-f(z) * (1 - f(z))"),
    "swish": ("z / (1 + np.exp(-z))", "(lambda s: s + f(z) * (1 - s))(1 / (1 + np.exp(-z)))"),
    "softsign": ("z / (1 + abs(z))", "1 / (1 + abs(z)) ** 2"),
    "linear": ("z", "np.ones_like(z)"),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_hidden_layer_is_recognised_with_the_number_in_it(name, monkeypatch):
    """And with a wrong sign of its slope, that is what is named."""
    f, slope = HIDDEN[name]
    found = checked(monkeypatch, ROWS.format(f=f, slope=slope, **SQUARED))
    assert found.verdict == "right"
    assert found.recognised is not None
    assert found.recognised.activations == (name, "linear")
    wrong = checked(monkeypatch, ROWS.format(f=f, slope=slope, **{**SQUARED, "back": "-e * slope(z)"}))
    assert "wrong-sign" in {kind for one in wrong.mistakes for kind in (one.kind, *one.also)}


def test_a_softmax_inside_has_no_slope_element_by_element(monkeypatch):
    """The diagonal of its Jacobian is what people take; the whole one is right."""
    inside = {**SQUARED, "f": SOFTMAX, "slope": "f(z) * (1 - f(z))"}
    found = checked(monkeypatch, ROWS.format(**inside))
    (told,) = found.mistakes
    assert told.parameters == ("W1", "b1")
    assert "the diagonal of its Jacobian alone" in told.sentence
    whole = checked(monkeypatch, ROWS.format(**{**inside, "back": "h * (e - (e * h).sum(1, keepdims=True))"}))
    assert whole.verdict == "right"
    assert whole.recognised is not None
    assert whole.recognised.activations == ("softmax", "linear")


@pytest.mark.parametrize("seed", range(4))
def test_a_linear_output_that_was_positive_is_not_taken_for_relu(seed, monkeypatch):
    """The output is far above 0 wherever nothing turns it round."""
    text = ROWS.format(f="1 / (1 + np.exp(-z))", slope="f(z) * (1 - f(z))", **{**SQUARED, "seed": seed})
    text = text.replace("rng.normal(size=(4, 1))", "np.ones((4, 1))").replace('"b2": d2.sum(0)', '"b2": 0 * d2.sum(0)')
    found = checked(monkeypatch, text)
    assert found.recognised is not None
    assert found.recognised.activations == ("sigmoid", "linear")
    assert [one.kind for one in found.mistakes] == ["no-bias-gradient"]


SCALARS = """
import math
parameters = {names}
data = [(-1.0, 0.0), (0.5, 1.0), (0.2, 0.0)]
def forward(p, x):
    h = [{f} for z in (p["{a}0"] * x, p["{a}1"] * x)]
    return math.tanh(p["{b}0"] * h[0] + p["{b}1"] * h[1])
def backward(p, x, y):
    o = forward(p, x)
    d = {sign}2 * (o - y) * (1 - o * o)
    found = {{}}
    for i in "01":
        z = p["{a}" + i] * x
        found["{b}" + i] = d * ({f})
        found["{a}" + i] = d * p["{b}" + i] * ({slope}) * x
    return found
"""


@pytest.mark.parametrize(("f", "slope"), [("math.tanh(z)", "1 - math.tanh(z) ** 2"), ("max(z, 0.0)", "1.0 * (z > 0)")])
@pytest.mark.parametrize("names", [("w", "v"), ("k2_", "k1_")])
def test_numbers_without_biases_behind_one_input_are_recognised(f, slope, names, monkeypatch):
    """Each unit has one weight and nothing to compare it with; a relu is dead for half of the draws."""
    a, b = names
    values = {f"{b}0": 0.4, f"{b}1": -0.7, f"{a}0": 0.9, f"{a}1": -0.3}
    for sign, verdict in (("", "right"), ("-", "wrong")):
        found = checked(monkeypatch, SCALARS.format(names=values, f=f, slope=slope, a=a, b=b, sign=sign))
        assert found.verdict == verdict
        assert found.recognised is not None
        assert found.recognised.layers == (1, 2, 1)
        assert [one.kind for one in found.mistakes] == ["wrong-sign"] * bool(sign)


def test_lists_of_arrays_are_parameters(monkeypatch):
    """Named by index, whether NumPy's or plain lists; a mistake is told under such a name."""
    text = """
import numpy as np
parameters = {"W": [np.eye(2, 4) - 0.3, np.full((4, 1), 0.2)], "b": [np.zeros(4), np.zeros(1)]}
def forward(p, x): return np.tanh(x @ p["W"][0] + p["b"][0]) @ p["W"][1] + p["b"][1]
def backward(p, x, y):
    h = np.tanh(x @ p["W"][0] + p["b"][0])
    d = 2 * (h @ p["W"][1] + p["b"][1] - y) / len(x)
    e = d @ p["W"][1].T * (1 - h ** 2)
    return {"W": [x.T @ e, h.T @ d], "b": [e.sum(0), d.sum(0)]}
"""
    found = checked(monkeypatch, text)
    assert found.verdict == "right"
    assert [one.name for one in found.parameters] == ["W[0]", "W[1]", "b[0]", "b[1]"]
    found = checked(monkeypatch, text.replace("h.T @ d]", "None]"))
    assert [one.parameters for one in found.mistakes] == [("W[1]",)]


# Losses.

ENTROPY = {
    "out": 3,
    "seed": 1,
    "f": "np.tanh(z)",
    "slope": "1 - np.tanh(z) ** 2",
    "g": SOFTMAX,
    "delta": "(q - y) / len(x)",
    "back": "e * slope(z)",
}
GUARDS = {
    "added": "-np.sum(y * np.log(q + {eps})) / len(q)",
    "cut": "-np.sum(y * np.log(np.clip(q, {eps}, 1))) / len(q)",
}


@pytest.mark.parametrize("eps", ["1e-6", "1e-9", "1e-15"])
@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_in_the_logarithm_is_never_wrong(guard, eps, monkeypatch):
    """p − y is the gradient of log p: it differs from that of log(p + ε) by ε alone. A mistake beside it is found."""
    text = ROWS.format(**ENTROPY, loss=GUARDS[guard].format(eps=eps))
    text = text.replace("size=(4, 3))", "size=(4, 3)) * 6")  # so that some shares are tiny
    found = checked(monkeypatch, text)
    assert found.verdict == "right"
    assert not found.mistakes
    wrong = checked(monkeypatch, text.replace("e * slope(z)", "e"))
    assert [one.kind for one in wrong.mistakes] == ["no-hidden-slope"]


def test_a_penalty_that_the_loss_has_not_is_named(monkeypatch):
    """In the weights alone, with its λ; in a network that is not recognised too."""
    text = ROWS.format(f="np.tanh(z)", slope="1 - np.tanh(z) ** 2", **SQUARED)
    text = text.replace('"W2": h.T @ d2', '"W2": h.T @ d2 + 0.02 * p["W2"]')
    found = checked(monkeypatch, text)
    assert [(one.kind, one.parameters) for one in found.mistakes] == [("penalty-not-in-loss", ("W2",))]
    assert "0.02·W2" in found.mistakes[0].sentence
    odd = checked(
        monkeypatch,
        text.replace("def f(z): return np.tanh(z)", "def f(z): return z ** 3").replace(
            "def slope(z): return 1 - np.tanh(z) ** 2", "def slope(z): return 3 * z ** 2"
        ),
    )
    assert odd.recognised is None
    assert [(one.kind, one.parameters) for one in odd.mistakes] == [("penalty-not-in-loss", ("W2",))]


# Shapes.


def test_a_gradient_that_numpy_repeats_is_answered(monkeypatch):
    """One number for a bias of four is wrong, and is no refusal."""
    text = ROWS.format(f="np.tanh(z)", slope="1 - np.tanh(z) ** 2", **SQUARED)
    for wrong in ("d1.sum()", "d1.sum(keepdims=True)"):
        found = checked(monkeypatch, text.replace('"b1": d1.sum(0)', f'"b1": {wrong}'))
        assert found.verdict == "wrong"
        assert (found.mistakes[0].kind, found.mistakes[0].parameters) == ("gradient-repeated", ("b1",))


def test_an_update_that_gives_every_entry_the_same_is_told(monkeypatch):
    """There the gradient itself is not to be seen, but what it does."""
    text = ROWS.format(f="np.tanh(z)", slope="1 - np.tanh(z) ** 2", **SQUARED)
    text = text.replace("def backward", "def gradients").replace('"b1": d1.sum(0)', '"b1": d1.sum()')
    text += "def update(p, x, y, lr): return {k: p[k] - lr * g for k, g in gradients(p, x, y).items()}\n"
    found = checked(monkeypatch, text)
    assert [(one.kind, one.parameters) for one in found.mistakes] == [("gradient-repeated", ("b1",))]


def test_a_gradient_that_is_not_summed_over_the_samples_is_answered(monkeypatch):
    """NumPy would make the bias larger; without data it is code for one sample, which is right."""
    text = ROWS.format(f="np.tanh(z)", slope="1 - np.tanh(z) ** 2", **SQUARED)
    text = text.replace('"b1": d1.sum(0)', '"b1": d1').replace('"b2": d2.sum(0)', '"b2": d2')
    assert checked(monkeypatch, text).verdict == "right"
    found = checked(monkeypatch, text + "data = (rng.normal(size=(5, 3)), rng.normal(size=(5, 1)))\n")
    assert found.verdict == "wrong"
    assert {one.kind for one in found.mistakes} == {"gradient-not-summed"}


@pytest.mark.parametrize(
    ("forward", "targets", "own"),
    [("", "rng.normal(size=6)", True), ("[:, 0]", "rng.normal(size=(6, 1))", True), ("", "rng.normal(size=6)", False)],
    ids=["flat targets", "flat predictions", "without a loss"],
)
def test_every_prediction_compared_with_every_target_is_a_mistake(forward, targets, own, monkeypatch):
    """Where NumPy makes (n, n) of (n,) and (n, 1); with targets of the right shape there is none."""
    text = """
import numpy as np
rng = np.random.default_rng(0)
parameters = {"w": rng.normal(size=(2, 1)), "b": np.zeros(1)}
data = (rng.normal(size=(6, 2)), TARGETS)
def forward(p, x): return (np.tanh(x @ p["w"] + p["b"]))FORWARD
def loss(q, y): return np.mean((q - y) ** 2)
def backward(p, x, y):
    q = np.tanh(x @ p["w"] + p["b"])
    d = 2 * (q - y) * (1 - q ** 2)
    d = d.sum(axis=1, keepdims=True) / d.size if d.shape[1] > 1 else d / len(x)
    return {"w": x.T @ d, "b": d.sum(0)}
"""
    text = text if own else text.replace("def loss", "def unused")
    found = checked(monkeypatch, text.replace("TARGETS", targets).replace("FORWARD", forward))
    assert found.verdict == "wrong"
    assert found.mistakes[0].kind == "targets-broadcast"
    assert "6 × 6 pairs" in found.mistakes[0].sentence
    right = checked(monkeypatch, text.replace("TARGETS", "rng.normal(size=(6, 1))").replace("FORWARD", ""))
    assert right.verdict == "right"


def test_arrays_of_whole_numbers_cut_updates(monkeypatch):
    """Seen where there is an update, noted where there is none."""
    text = """
import numpy as np
parameters = {"w": np.array([2, 1]), "b": np.array([0])}
data = ([[0.5, 1.0], [1.5, -1.0]], [[1.0], [0.0]])
data = tuple(np.array(part) for part in data)
def forward(p, x): return (x @ p["w"] + p["b"])[:, None]
def backward(p, x, y):
    d = 2 * (forward(p, x) - y)[:, 0] / len(x)
    return {"w": x.T @ d, "b": d.sum(keepdims=True)}
"""
    found = checked(monkeypatch, text)
    assert found.verdict == "right"
    assert any("whole numbers" in note for note in found.notes)
    text = text.replace("def backward", "def gradients")
    update = """
def update(p, x, y, lr):
    for name, found in gradients(p, x, y).items():
        p[name][:] = p[name] - lr * found
"""
    found = checked(monkeypatch, text + update)
    assert found.verdict == "wrong"
    assert [one.kind for one in found.mistakes] == ["whole-numbers"]


# Words.


def test_a_gradient_uphill_is_wrong_in_the_table_too(monkeypatch):
    """With its scale, which is −1."""
    found = checked(monkeypatch, COLUMNS.format(wrong="").replace("d2 = 2 *", "d2 = -2 *"))
    assert {(one.verdict, round(one.scale, 6)) for one in found.parameters} == {("wrong", -1.0)}
    assert words(found).count("✗ wrong ×−1") == 4


def test_what_is_shown_of_a_wrong_parameter_is_wrong(monkeypatch):
    """A relu that is alive at their own parameters: there the numbers agree, and others are shown."""
    text = ROWS.format(f="np.maximum(z, 0)", slope="1.0 + 0 * z", **SQUARED)
    text += "parameters = {name: abs(value) for name, value in parameters.items()}\n"
    text += "data = (rng.uniform(0, 1, (5, 3)), rng.uniform(0, 1, (5, 1)))\n"
    found = checked(monkeypatch, text)
    wrong = [one for one in found.parameters if one.verdict == "wrong"]
    assert wrong
    assert all(abs(one.theirs - one.numeric) > 1e-6 * abs(one.theirs) for one in wrong)
    assert {kind for one in found.mistakes for kind in (one.kind, *one.also)} == {"no-hidden-slope"}


@pytest.mark.parametrize("f", ["np.tanh(z)", "z ** 3"], ids=["recognised", "not recognised"])
def test_what_nothing_explains_is_said(f, monkeypatch):
    """Never wrong without a sentence; it names parameters that the table calls wrong."""
    text = ROWS.format(f=f, slope="np.sin(3 * z) + 0.1 * z ** 2", **SQUARED)
    found = checked(monkeypatch, text)
    assert found.verdict == "wrong"
    assert not found.mistakes
    (note,) = found.notes
    if found.recognised is not None:
        assert note.startswith("No known mistake, or combination of up to three, explains the gradient of W1 and b1")
    assert "W2" not in note
