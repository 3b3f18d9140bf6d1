"""What a trace says about a script: its passes, parameters, residuals, losses and the rule of its updates."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_backprop.scripts.reading.passes import Pass
from tui_backprop.scripts.reading.residuals import Residual
from tui_backprop.scripts.reading.updates import Update
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.trace import Trace


@dataclass(slots=True)
class Step:
    """A pass as it is judged: its parameters, what it makes of them, and where its prediction meets the target."""

    number: int
    start: int
    end: int
    updates: list[Update]
    parameters: dict[int, int]
    """Each parameter's record before the pass, and its record after it."""
    residuals: list[Residual]
    learned: set[int]
    """The records of the pass that depend on its parameters."""
    forward: set[int]
    """Those that its predictions are made from."""
    fixed: set[int]
    """Values from before the pass that the prediction is made from and that are no parameters: the samples."""
    feeds: dict[int, tuple[int, float]] = field(default_factory=dict)
    """For each parameter the record of the gradient that an optimizer was given and its sign; none: the change itself."""
    memory: set[int] = field(default_factory=set)
    """What is remembered from earlier passes and added to gradients; it is left out where they are judged."""


@dataclass(slots=True)
class Reading:
    """What is known of a script before anything is judged."""

    graph: Graph
    used: bool
    """Whether what the updates make is used; else every new value is dropped."""
    passes: list[Pass]
    steps: list[Step]
    names: dict[int, str]
    """For parameter records, the path that the script reaches them by."""

    @property
    def trace(self) -> Trace:
        """Return the trace."""
        return self.graph.trace


def parameters_by_name(reading: Reading, step: Step) -> dict[str, list[int]]:
    """Return a step's parameter records by name, in the order in which the prediction first needs them."""
    out: dict[str, list[int]] = defaultdict(list)
    for old in step.parameters:
        out[reading.names[old]].append(old)
    first: dict[str, Any] = {}
    users = reading.graph.users
    for name, records in out.items():
        uses = [one for r in records for one in users[r] if one in step.forward]
        first[name] = min(uses) if uses else np.inf
    return {name: out[name] for name in sorted(out, key=lambda one: first[one])}
