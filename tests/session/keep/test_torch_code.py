"""Files for PyTorch compute what the program does; each operation once, where PyTorch is installed."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tests.session.keep.test_code import OBJECTIVES, VARIANTS, run_text, trained
from tui_backprop.core.network import Parameters
from tui_backprop.core.operations.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.session.keep.code import torch_operations
from tui_backprop.session.keep.code.torch_file import exported


def test_every_operation_has_an_entry():
    """Also where PyTorch is not installed."""
    assert torch_operations.ACTIVATION_TEXTS.keys() == ACTIVATIONS.keys()
    assert torch_operations.LOSS_TEXTS.keys() == LOSSES.keys()
    assert torch_operations.OPTIMIZER_TEXTS.keys() == OPTIMIZERS.keys()


@pytest.mark.parametrize(
    "fields",
    [
        *({"activation": one} for one in HIDDEN_ACTIVATIONS),
        *({"loss": loss, "output_activation": output} for loss, output in OBJECTIVES),
        *({"optimizer": one} for one in OPTIMIZERS),
        {"optimizer": "nesterov", "momentum": 0.0},
        *VARIANTS,
    ],
    ids=lambda fields: " ".join(map(str, fields.values()))[:40],
)
def test_it_is_the_same_in_pytorch(fields):
    """Answers without training, parameters after it."""
    pytest.importorskip("torch", reason="PyTorch is not installed")
    source = "iris" if fields.get("output_activation") == "softmax" else "moons"
    session = trained(source, **{"hidden": (4,), "batch_size": None, "lr": 0.02, **fields})
    raw = session.problem.dataset.inputs.copy()  # PyTorch warns of what it may not write to
    answers = session.problem.predict(session.state.parameters, raw)
    found = run_text(session, with_training=False, module=exported)
    assert np.abs(found["predict"](raw).numpy() - answers).max() <= 1e-9
    found = run_text(session, with_training=True, module=exported)
    values = Parameters(session.problem.network, session.state.parameters).by_name()
    assert max(float(np.abs(found[name].numpy() - value).max()) for name, value in values.items()) <= 1e-9


@pytest.mark.parametrize("fields", [{}, {"optimizer": "lion", "schedule": "cosine:9", "batch_size": 3, "l1": 0.1}])
def test_it_is_formatted_and_without_findings_of_a_linter(tmp_path, fields):
    """As the file for NumPy is."""
    for with_training in (False, True):
        (tmp_path / "net.py").write_bytes(
            exported(trained("moons", steps=2, **fields), ".py", with_training=with_training)
        )
        for check in (["check"], ["format", "--check"]):
            subprocess.run([sys.executable, "-m", "ruff", *check, "--isolated", "net.py"], check=True, cwd=tmp_path)
