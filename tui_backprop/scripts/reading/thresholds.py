"""The perceptron rule: a prediction that only says on which side of a threshold a sum of weights is, and has no slope."""

from __future__ import annotations

from collections import defaultdict

from tui_backprop.scripts.reading.links import origin
from tui_backprop.scripts.replay.graph import Graph

_THRESHOLDS = {"lt", "le", "gt", "ge", "np.sign", "np.heaviside"}
_PRODUCTS = {"mul", "dot", "matmul", "np.inner", "np.vdot"}


def threshold_line(graph: Graph) -> int | None:
    """Return the line where a product of values that are changed again and again is compared with a threshold, if any."""
    changed = _changed(graph)
    if not changed:
        return None
    last = len(graph.ops) - 1
    products = [one for one in graph.affected(changed, 0, last) if graph.ops[one] in _PRODUCTS]
    products = [one for one in products if any(origin(graph, a) in changed for a in graph.args[one])]
    for record in sorted(graph.affected(products, 0, last) if products else ()):
        if graph.ops[record].rsplit(":", 1)[-1] in _THRESHOLDS and graph.trace.line(record) is not None:
            return graph.trace.line(record)
    return None


def _changed(graph: Graph) -> set[int]:
    """Return the sums of which each is added to what the one before at its place made."""
    by_place: dict[int, list[int]] = defaultdict(list)
    for record, op in enumerate(graph.ops):
        if op in ("add", "sub") and graph.trace.where[record] >= 0:
            by_place[graph.trace.where[record]].append(record)
    found: set[int] = set()
    for records in by_place.values():
        members = set(records)
        if sum(any(origin(graph, a) in members for a in graph.args[one]) for one in records) > 1:
            found |= members
    return found
