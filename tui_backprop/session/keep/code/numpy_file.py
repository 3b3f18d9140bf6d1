"""A network as a file for NumPy: forward, and where it is wanted backward and the loop, as a textbook writes them."""

from __future__ import annotations

from collections.abc import Iterator

from tui_backprop.core.network import Network
from tui_backprop.session.keep.code import outline
from tui_backprop.session.keep.code.numpy_training import Loop
from tui_backprop.session.keep.code.operations import Operations
from tui_backprop.session.keep.code.text import feature_columns, unformatted
from tui_backprop.session.keep.code.training import TrainingHistory, history_of
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.session import Session


def exported(session: Session, _suffix: str, *, with_training: bool) -> bytes:
    """Return the text of a file that answers as the run does, or that trains as it did and then answers.

    Raises:
        InputError: why there can be none, in one sentence.
    """
    return numpy_text(session, history_of(session) if with_training else None).encode()


def numpy_text(session: Session, history: TrainingHistory | None) -> str:
    """Return the text; with a history it begins at the parameters of step 0 and trains."""
    problem = session.problem
    operations = Operations()
    functions = [_prepare(problem), _forward(problem.network, operations)]
    loop = None if history is None else Loop(history, operations)
    training = ""
    if loop is not None:
        functions += loop.functions()
        training = f"\n\n{loop.text()}\n"
    functions.append(_predict(problem))
    theta = session.state.parameters if history is None else history.first
    assigned = [*outline.tensors(problem, theta, "np.array")]
    if history is not None:
        assigned += [*outline.sample_lines(history, "np.array"), *filter(None, [outline.order(history)])]
    numbers = operations.constants | (loop.settings() if loop else {})
    head = [
        outline.file_heading(session),
        "\n".join(
            [*(["import math\n"] if operations.needs_math or (loop and loop.clips) else []), "import numpy as np"]
        ),
        "\n".join(outline.name_lines(problem)),
        unformatted(assigned),
        "\n".join(f"{name} = {value!r}" for name, value in numbers.items()),
    ]
    return (
        "\n\n".join(filter(None, head))
        + "\n"
        + operations.text
        + "".join(f"\n\n{one}\n" for one in functions)
        + training
    )


def layers(network: Network) -> range:
    """Return the numbers of the layers, from 1."""
    return range(1, network.depth + 1)


def _prepare(problem: Problem) -> str:
    lines = ["def prepare(inputs):", '    """Return raw inputs (samples, columns) as the network gets them."""']
    lines.append("    x = np.asarray(inputs, dtype=float)")
    columns = feature_columns(problem.features)
    if columns:
        lines += [
            "    x = np.column_stack(",
            "        [",
            *(f"            {one}," for one in columns),
            "        ]",
            "    )",
        ]
    return "\n".join([*lines, f"    return {outline.scaled(problem.scaler, 'INPUT', 'x')}"])


def _forward(network: Network, operations: Operations) -> str:
    def lines() -> Iterator[str]:
        yield "def forward(x):"
        yield '    """Return z and a of each layer: z = a W + b of the layer before, and a = f(z)."""'
        for layer in layers(network):
            before = "x" if layer == 1 else f"a{layer - 1}"
            yield f"    z{layer} = {before} @ w{layer} + b{layer}"
            yield f"    a{layer} = {operations.function(network.activation(layer).value)}(z{layer})"
        yield f"    return {', '.join(f'z{layer}, a{layer}' for layer in layers(network))}"

    return "\n".join(lines())


def _predict(problem: Problem) -> str:
    last = f"a{problem.network.depth}"
    return "\n".join(
        [
            "def predict(inputs):",
            '    """Return the answers (samples, outputs) to raw inputs (samples, columns)."""',
            f"    *_, {last} = forward(prepare(inputs))",
            f"    return {outline.unscaled(problem.target_scaler, 'TARGET', last)}",
        ]
    )
