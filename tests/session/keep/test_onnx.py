"""ONNX models answer as the program does, by the format's own evaluator."""

from __future__ import annotations

import numpy as np
import pytest

from tests.session.keep.test_code import trained
from tui_backprop.core.errors import InputError
from tui_backprop.core.operations.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from tui_backprop.session.keep.code import onnx_file


def test_every_activation_has_an_entry():
    """Also where onnx is not installed."""
    assert onnx_file.GRAPHS.keys() == ACTIVATIONS.keys()


@pytest.mark.parametrize(
    "fields",
    [
        *({"activation": one} for one in HIDDEN_ACTIVATIONS),
        {"source": "iris", "scale_inputs": "standard"},
        {"source": "sine", "scale_targets": "standard", "hidden": (3, 2)},
        {"hidden": (), "scale_inputs": "none"},
    ],
    ids=lambda fields: " ".join(map(str, fields.values())),
)
def test_it_answers_as_the_program_does(fields):
    """In double precision, from raw rows."""
    pytest.importorskip("onnx", reason="the extra [onnx] is not installed")
    from onnx.reference import ReferenceEvaluator  # noqa: PLC0415

    fields = dict(fields)
    session = trained(fields.pop("source", "moons"), steps=20, **fields)
    raw = session.problem.dataset.inputs
    (answers,) = ReferenceEvaluator(onnx_file.exported(session, ".onnx")).run(None, {"inputs": raw})
    assert np.abs(answers - session.problem.predict(session.state.parameters, raw)).max() < 1e-12


def test_features_are_refused_in_one_sentence():
    """It says what has them."""
    pytest.importorskip("onnx", reason="the extra [onnx] is not installed")
    with pytest.raises(InputError, match="give --code or --torch"):
        onnx_file.exported(trained("moons", steps=1, features=("x1", "x2*x2")), ".onnx")
