"""The parameters of a run as a file of arrays: `.npz`, which NumPy reads, or `.safetensors`, which many libraries do."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.errors import InputError
from tui_backprop.core.network import Parameters
from tui_backprop.session.keep.weights.about import about, output_names
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.session import Session

FORMAT = "tui-backprop weights 1"
"""What files of weights say of themselves."""


def exported(session: Session, suffix: str) -> bytes:
    """Return the content of a file of weights in the form that its suffix says.

    Raises:
        InputError: the library of the form is not installed.
    """
    return weights_file(session.problem, session.state.parameters, suffix)


def weights_file(problem: Problem, theta: Array, suffix: str) -> bytes:
    """Return the content of a file with θ (size,) and what `predict` needs besides.

    Raises:
        InputError: the library of the form is not installed.
    """
    tensors = {name: np.array(values) for name, values in Parameters(problem.network, theta).by_name().items()}
    for name, scaler in (("input", problem.scaler), ("target", problem.target_scaler)):
        tensors |= {f"{name}_offset": scaler.offset, f"{name}_divisor": scaler.divisor}
    return _safetensors(tensors, problem) if suffix == ".safetensors" else _npz(tensors, problem)


def _npz(tensors: dict[str, Array], problem: Problem) -> bytes:
    """Return arrays that need no pickle: texts are arrays of characters."""
    found = about(problem)
    texts = {
        "format": FORMAT,
        "activations": [layer["activation"] for layer in found["layers"]],
        "input_names": found["inputs"]["names"],
        "features": found["inputs"]["features"],
        "output_names": list(output_names(problem)),
        "task": found["outputs"]["task"],
    }
    file = io.BytesIO()
    arrays: dict[str, Any] = {**tensors, **{name: np.array(text, dtype=np.str_) for name, text in texts.items()}}
    np.savez(file, **arrays)
    return file.getvalue()


def _safetensors(tensors: dict[str, Array], problem: Problem) -> bytes:
    """Return arrays with a text beside them, which is JSON."""
    try:
        from safetensors.numpy import save  # noqa: PLC0415  (an extra)
    except ImportError:
        raise InputError(
            "a .safetensors file needs safetensors: pip install 'tui-backprop[weights]', or name a .npz file"
        ) from None
    contiguous = {name: np.ascontiguousarray(values) for name, values in tensors.items()}
    return bytes(save(contiguous, {"format": FORMAT, "about": json.dumps(about(problem))}))
