"""A place where a backward pass goes wrong, and whether a parameter's changes are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_backprop.scripts.reading.rule import change_of
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.verdict.backward import Backward
from tui_backprop.scripts.verdict.comparison import is_multiple

Array = np.ndarray


@dataclass(slots=True)
class WrongPlace:
    """A place whose values are wrong though what they are made from is right."""

    place: int
    """The number of the place in the trace."""
    records: list[int]
    targets: list[int]
    """For each record, the forward value whose derivative belongs there."""
    factor: float
    """The multiple of it that belongs there."""
    explains: list[str]
    """The parameters that come right with the right values there."""
    sources: list[int]
    """The right backward values that it is made from."""
    sign: bool = False
    """Whether nothing but its sign is wrong."""
    early: tuple[str, int] | None = None
    """The parameter that is used there after its update, and the record of this update."""
    late: bool = False
    """Whether an update uses what an earlier pass made."""
    zero: bool = False
    """Whether a parameter gets a gradient of zeros that no error led to."""
    slope: int | None = None
    """The record, made in a function of the script's, that is the wrong factor there."""


def comes_right(backward: Backward, values: list[dict[int, Any]], name: str, sign: int = -1) -> bool:
    """Return whether a parameter's changes are a negative multiple of its gradient (with `sign` 1, a positive one)."""
    changes, truths = [], []
    for put, gradients in zip(values, backward.gradients, strict=True):
        for old, new in backward.step.parameters.items():
            if backward.reading.names[old] != name:
                continue
            change = np.asarray(change_of(backward.reading, backward.step, old, new, put)[0], dtype=float)
            truth = np.asarray(gradients.get(old, np.zeros(backward.graph.shape(old))))
            if change.size != truth.size:
                try:
                    change = np.broadcast_to(change, truth.shape)
                except ValueError:
                    return False
            changes.append(change.ravel())
            truths.append(truth.ravel())
    return is_multiple(np.concatenate(changes), sign * np.concatenate(truths))


def replayed(backward: Backward, base: dict[int, Any], put: dict[int, Any]) -> dict[int, Any]:
    """Return the values of a draw with some others in place of what was computed, and all that follows from these."""
    graph, step = backward.graph, backward.step
    affected = sorted(graph.affected(put, min(put) + 1, step.end))
    drop = set(affected)
    kept = {record: value for record, value in base.items() if record not in drop}
    return {**base, **graph.replay({**kept, **put}, affected, check=False)}


def like(graph: Graph, record: int, value: Array) -> Any:
    """Return a derivative in the shape of a backward value."""
    shape = graph.shape(record)
    if value.shape != shape and value.size == int(np.prod(shape)):
        return value.T.reshape(shape) if value.ndim == 2 and value.T.shape == shape else value.reshape(shape)
    return value
