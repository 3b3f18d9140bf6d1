"""The parts that a file has in any library: its first lines, names, scaling, parameters and samples."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Parameters
from tui_backprop.datasets.scaling import Scaler
from tui_backprop.session.keep.code.text import WIDTH, array, names
from tui_backprop.session.keep.code.training import TrainingHistory
from tui_backprop.session.keep.one_line import command_of
from tui_backprop.session.keep.weights.about import output_names
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.session import Session
from tui_backprop.session.sweep.wording import counted
from tui_backprop.text.cleaning import clean

_LONGEST = 1000  # characters of a command


def file_heading(session: Session) -> str:
    """Return the first lines: what the file is, and the command that makes the run."""
    problem = session.problem
    return "\n".join(
        [
            f'"""A network {problem.network.name}, written by tui-backprop. `predict` answers raw inputs."""',
            "",
            f"# data: {clean(problem.dataset.name)}; trained for {counted(session.step, 'step')}:",
            f"# {clean(command_of(session.current), _LONGEST)}",
        ]
    )


def name_lines(problem: Problem) -> Iterator[str]:
    """Yield the names of inputs and outputs."""
    yield f"INPUTS = {names(problem.dataset.input_names)}"
    yield f"OUTPUTS = {names(output_names(problem))}"


def tensors(problem: Problem, theta: Array, call: str) -> Iterator[str]:
    """Yield the scaling and the parameters θ (size,) as assignments of arrays."""
    for name, scaler in (("INPUT", problem.scaler), ("TARGET", problem.target_scaler)):
        if scaler.kind != "none":
            if scaler.offset.any():
                yield f"{name}_OFFSET = {array(scaler.offset, call)}"
            yield f"{name}_DIVISOR = {array(scaler.divisor, call)}"
    for name, values in Parameters(problem.network, theta).by_name().items():
        yield f"{name} = {array(values, call)}"


def sample_lines(history: TrainingHistory, call: str) -> Iterator[str]:
    """Yield the training samples, the order of the batches and the masks of what is frozen, as assignments."""
    train = history.problem.train
    yield f"SAMPLES = {array(train.raw, call)}"
    yield f"TARGETS = {array(train.raw_targets, call)}"
    for tensor in history.problem.network.tensors:
        free = history.mask(tensor.name)
        if free is not None and free.any():
            yield f"{tensor.name.upper()}_FREE = {array(free, call)}"


def order(history: TrainingHistory) -> str:
    """Return the rows of each step's batch, as an assignment; nothing where every batch is all rows."""
    if history.batches is None:
        return ""
    rows = ", ".join(map(str, history.batches)) + ","
    lines = textwrap.wrap(rows, WIDTH, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(["BATCHES = [", *lines, "]"])


def scaled(scaler: Scaler, name: str, value: str) -> str:
    """Return a value scaled by the constants of a name."""
    if scaler.kind == "none":
        return value
    return f"({value} - {name}_OFFSET) / {name}_DIVISOR" if scaler.offset.any() else f"{value} / {name}_DIVISOR"


def unscaled(scaler: Scaler, name: str, value: str) -> str:
    """Return a scaled value in the units of the data."""
    if scaler.kind == "none":
        return value
    product = f"{value} * {name}_DIVISOR"
    return f"{product} + {name}_OFFSET" if scaler.offset.any() else product
