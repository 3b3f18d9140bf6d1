"""A network as an ONNX model in double precision, made of basic operations that runtimes have for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.errors import InputError, require
from tui_backprop.core.network import Parameters
from tui_backprop.core.operations.activations import ACTIVATIONS, GELU_CUBIC, GELU_SATURATED, GELU_SCALE, LEAK
from tui_backprop.datasets.scaling import Scaler
from tui_backprop.session.keep.weights.about import output_names
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.session import Session

_OPERATIONS = 17  # their version: one that runtimes have known for long
_FORM = 8  # version of the file


def exported(session: Session, _suffix: str) -> bytes:
    """Return a model whose input `inputs` are raw rows and whose output `answers` are those of the program.

    Raises:
        InputError: onnx is not installed, or the network gets features.
    """
    try:
        import onnx  # noqa: PLC0415  (an extra)
    except ImportError:
        raise InputError("--onnx needs onnx: pip install 'tui-backprop[onnx]'") from None
    problem = session.problem
    if problem.features.expressions:
        raise InputError(
            "--onnx writes a network that gets the columns themselves, and this one gets --features: give --code or --torch"
        )
    graph = _Graph(onnx)
    value = graph.scaled("inputs", problem.scaler)
    parameters = Parameters(problem.network, session.state.parameters)
    for layer, activation in enumerate(problem.network.activations, start=1):
        product = graph.add("MatMul", value, graph.constant(parameters.w(layer), f"w{layer}"))
        z = graph.add("Add", product, graph.constant(parameters.b(layer), f"b{layer}"))
        value = GRAPHS[activation.name](graph, z)
    return graph.model(graph.unscaled(value, problem.target_scaler), problem)


class _Graph:
    """Operations and constants, each with a name."""

    def __init__(self, onnx: Any) -> None:
        self._onnx = onnx
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def add(self, operation: str, *reads: str, **settings: int) -> str:
        """Add an operation, and return the name of its result."""
        name = f"{operation.lower()}{len(self._nodes) + 1}"
        self._nodes.append(self._onnx.helper.make_node(operation, list(reads), [name], **settings))
        return name

    def constant(self, value: float | Array, name: str = "") -> str:
        """Add a number or an array, and return its name."""
        name = name or f"constant{len(self._constants) + 1}"
        array = np.array(value, dtype=np.float64)
        self._constants.append(self._onnx.numpy_helper.from_array(array, name))
        return name

    def scaled(self, value: str, scaler: Scaler) -> str:
        """Return a value as the network gets it."""
        if scaler.kind == "none":
            return value
        moved = self.add("Sub", value, self.constant(scaler.offset, "input_offset"))
        return self.add("Div", moved, self.constant(scaler.divisor, "input_divisor"))

    def unscaled(self, value: str, scaler: Scaler) -> str:
        """Return an answer in the units of the data."""
        if scaler.kind == "none":
            return value
        product = self.add("Mul", value, self.constant(scaler.divisor, "target_divisor"))
        return self.add("Add", product, self.constant(scaler.offset, "target_offset"))

    def model(self, value: str, problem: Problem) -> bytes:
        """Return the model that ends with a value."""
        helper, double = self._onnx.helper, self._onnx.TensorProto.DOUBLE
        self._nodes.append(helper.make_node("Identity", [value], ["answers"]))
        graph = helper.make_graph(
            self._nodes,
            "network",
            [helper.make_tensor_value_info("inputs", double, ["samples", problem.dataset.n_inputs])],
            [helper.make_tensor_value_info("answers", double, ["samples", problem.dataset.n_outputs])],
            self._constants,
        )
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPERATIONS)], ir_version=_FORM)
        made.producer_name = "tui-backprop"
        for key, names in (("inputs", problem.dataset.input_names), ("outputs", output_names(problem))):
            entry = made.metadata_props.add()
            entry.key, entry.value = key, ", ".join(names)
        self._onnx.checker.check_model(made)
        content: bytes = made.SerializeToString()
        return content


def _leaky_relu(graph: _Graph, z: str) -> str:
    return graph.add("Max", z, graph.add("Mul", z, graph.constant(LEAK)))


def _elu(graph: _Graph, z: str) -> str:
    zero = graph.constant(0.0)
    below = graph.add("Sub", graph.add("Exp", graph.add("Min", z, zero)), graph.constant(1.0))
    return graph.add("Where", graph.add("Greater", z, zero), z, below)


def _softplus(graph: _Graph, z: str) -> str:
    rest = graph.add("Exp", graph.add("Neg", graph.add("Abs", z)))
    rest = graph.add("Log", graph.add("Add", rest, graph.constant(1.0)))
    return graph.add("Add", graph.add("Max", z, graph.constant(0.0)), rest)


def _gelu(graph: _Graph, z: str) -> str:
    near = graph.add("Min", graph.add("Max", z, graph.constant(-GELU_SATURATED)), graph.constant(GELU_SATURATED))
    cube = graph.add("Mul", graph.add("Mul", near, near), near)
    inner = graph.add("Add", near, graph.add("Mul", cube, graph.constant(GELU_CUBIC)))
    t = graph.add("Tanh", graph.add("Mul", inner, graph.constant(GELU_SCALE)))
    return graph.add("Mul", graph.add("Mul", z, graph.constant(0.5)), graph.add("Add", t, graph.constant(1.0)))


GRAPHS: dict[str, Callable[[_Graph, str], str]] = {
    "sigmoid": lambda graph, z: graph.add("Sigmoid", z),
    "tanh": lambda graph, z: graph.add("Tanh", z),
    "relu": lambda graph, z: graph.add("Relu", z),
    "leaky-relu": _leaky_relu,
    "elu": _elu,
    "softplus": _softplus,
    "gelu": _gelu,
    "swish": lambda graph, z: graph.add("Mul", z, graph.add("Sigmoid", z)),
    "sine": lambda graph, z: graph.add("Sin", z),
    "linear": lambda _, z: z,
    "softmax": lambda graph, z: graph.add("Softmax", z, axis=1),
}
"""(graph, z) → a, for every activation."""

require("activations of ONNX", GRAPHS, tuple(ACTIVATIONS))
