"""Right code is never called wrong, in whatever layout it is written."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.scripts.clinic.own_code import ACTIVATIONS, ask_directly, right_code
from tui_backprop.scripts.clinic.check import check


@st.composite
def codes(draw):
    """Right code: sizes, activations, loss, layout."""
    hidden = draw(st.lists(st.integers(1, 4), max_size=3))
    output, loss = draw(
        st.sampled_from(
            [
                ("sigmoid", "squared"),
                ("sigmoid", "binary-cross-entropy"),
                ("linear", "half-squared"),
                ("tanh", "squared"),
                ("softmax", "cross-entropy"),
                ("softmax", "squared"),
            ]
        )
    )
    samples = draw(st.sampled_from(["rows", "columns", "vector", "list", "number"]))
    inputs = 1 if samples == "number" else draw(st.integers(1, 4))
    outputs = 1 if samples == "number" else draw(st.integers(1, 3))
    if output == "softmax":
        outputs = max(outputs, 2)
        samples = "vector" if samples == "number" else samples
    return {
        "sizes": (inputs, *hidden, outputs),
        "activations": (*(draw(st.sampled_from(sorted(ACTIVATIONS))) for _ in hidden), output),
        "loss": loss,
        "order": draw(st.sampled_from(["(in, out)", "(out, in)"])),
        "samples": samples,
        "biases": draw(st.booleans()),
        "scalars": draw(st.booleans()),
        "summed": draw(st.booleans()),
        "as_update": draw(st.booleans()),
        "with_data": draw(st.booleans()),
        "seed": draw(st.integers(0, 2**16)),
    }


@pytest.mark.parametrize("samples", ["rows", "columns"])
@pytest.mark.parametrize("order", ["(in, out)", "(out, in)"])
def test_one_input_is_not_taken_for_one_sample(order, samples, monkeypatch):
    """Arrays of shape (1, samples) or (samples, 1) hold samples of one input, whichever way they lie."""
    found = check(
        ask_directly(monkeypatch, right_code((1, 2, 1), ("tanh", "sigmoid"), "squared", order=order, samples=samples))
    )
    assert found.verdict == "right"
    assert found.recognised is not None
    assert found.recognised.layers == (1, 2, 1)
    assert found.recognised.layout == f"weights {order}, samples as {samples}"


def test_a_unit_at_its_kink_is_not_called_wrong(monkeypatch):
    """Where the slopes of the two sides differ, no difference is the gradient, and either side's is right."""
    module = SimpleNamespace(
        parameters={"w": 0.5, "v": 1.0},
        data=[(0.0, 1.0), (1.0, 0.3)],
        forward=lambda p, x: p["v"] * max(p["w"] * x - 0.5, 0.0),
    )

    def backward(p, x, y):
        z = p["w"] * x - 0.5
        error = 2 * (module.forward(p, x) - y)
        return {"w": error * p["v"] * (z >= 0) * x, "v": error * max(z, 0.0)}

    module.backward = backward
    assert check(ask_directly(monkeypatch, module)).verdict == "right"


DEEP = {
    "sizes": (3, 3, 2, 4, 3), "activations": ("relu", "leaky-relu", "leaky-relu", "sigmoid"), "loss": "binary-cross-entropy",
    "order": "(out, in)", "samples": "vector", "biases": True, "scalars": True, "summed": False, "as_update": True,
    "with_data": True, "seed": 0,
}  # fmt: skip


@settings(max_examples=40)
@example(DEEP)  # drawn where a prediction is 2e-7, of which ½(1 + tanh) leaves nine digits: the loss is made of steps
@example(
    {**DEEP, "sizes": (4, 4, 4, 2, 3), "samples": "rows", "biases": False, "as_update": False, "seed": 1}
)  # and 1 − 1e-13
@given(codes())
def test_right_code_is_never_called_wrong(code):
    """In any layout, with biases or without, floats or arrays, one sample or a batch, gradients or updates."""
    with pytest.MonkeyPatch.context() as patch:
        found = check(ask_directly(patch, right_code(**code)))
    assert found.verdict == "right", found
    assert not found.mistakes
    if found.recognised is not None and "relu" not in code["activations"]:  # a dead unit leaves no trace
        assert found.recognised.layers == code["sizes"]
