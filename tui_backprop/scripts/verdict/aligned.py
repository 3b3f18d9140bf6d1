"""Steps that do the same operations at the same places, put over each other: one record's values at several samples."""

from __future__ import annotations

from typing import Any

from tui_backprop.scripts.reading.reading import Reading, Step
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.replay.operations import SOURCES
from tui_backprop.scripts.verdict.judgement import Draw

_LONGEST = 30_000


def aligned(graph: Graph, first: Step, other: Step) -> dict[int, int] | None:
    """Return for each record of a step, and each that it is made from, the one of another step; None where they differ."""
    a, b = _made(graph, first), _made(graph, other)
    if len(a) != len(b) or len(a) > _LONGEST:
        return None
    pairs: dict[int, int] = {}
    for left, right in zip(a, b, strict=True):
        same = graph.ops[left] == graph.ops[right] and graph.trace.where[left] == graph.trace.where[right]
        if not same or len(graph.args[left]) != len(graph.args[right]) or graph.shape(left) != graph.shape(right):
            return None
        pairs[left] = right
        for one, two in zip(graph.args[left], graph.args[right], strict=True):
            if pairs.setdefault(one, two) != two and graph.ops[one] != "const":
                return None
    return pairs


def _made(graph: Graph, step: Step) -> list[int]:
    return [one for one in range(step.start + 1, step.end + 1) if graph.ops[one] not in SOURCES]


def renumbered(
    reading: Reading, draw: Draw, gradients: dict[int, Any], step: Step, pairs: dict[int, int]
) -> tuple[Draw, dict[int, Any]]:
    """Return a draw of another step under the record numbers of `step`."""
    graph = reading.graph
    values = {one: draw.values[two] if two in draw.values else graph.value(two) for one, two in pairs.items()}
    back: dict[int, Any] = {one: gradients[two] for one, two in pairs.items() if two in gradients}
    return Draw(step, values, {}, {}), back
