"""The rule of an update: what is added to a parameter, or the gradient that an optimizer was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tui_backprop.scripts.reading.reading import Reading, Step

_LIMITERS = {"np.sign", "np.clip", "method:clip"}
"""What rules apply to a gradient that they use the sign or a limited size of."""
_SHAPED = {"np.zeros_like", "np.ones_like", "np.empty_like"}
"""What has only its shape from its operand, and depends on none of its numbers."""
_NORMS = {"np.sqrt", "math.sqrt", "np.linalg.norm", "math.hypot", "pow"}
"""What the size of a gradient is computed with, by which it is limited as a whole."""
_ROUNDING = 8 * float(np.finfo(float).eps)


def change_of(reading: Reading, step: Step, old: int, new: int, values: Mapping[int, Any]) -> tuple[Any, float]:
    """Return what an update adds to a parameter (up to a positive factor), and how much of it may be rounding."""
    graph = reading.graph

    def value(record: int) -> Any:
        return values[record] if record in values else graph.value(record)

    feed = step.feeds.get(old)
    if feed is not None:
        return -feed[1] * np.asarray(value(feed[0]), dtype=float), 0.0
    for update in step.updates:
        whole = update.record == new and update.root == old and graph.ops[new] in ("add", "sub")
        if whole and graph.shape(update.step) == graph.shape(old):
            amount = np.asarray(value(update.step), dtype=float)
            return (amount if graph.ops[new] == "add" else -amount), 0.0
    first, last = np.asarray(value(old), dtype=float), np.asarray(value(new), dtype=float)
    if last.shape != first.shape:
        return (last - first if last.size == first.size else np.full(first.shape, np.nan)), 0.0
    return last - first, _ROUNDING * float(max(abs(first).max(initial=0), abs(last).max(initial=0)))


def find_feeds(reading: Reading, step: Step, remembered: set[int]) -> None:
    """Find for each parameter the gradient that an optimizer with a memory was given.

    `remembered` has the records that depend on any earlier update: what comes from before the pass, is among them and is no
    parameter is an optimizer's memory.
    """
    graph = reading.graph
    for old, new in step.parameters.items():
        cone = graph.cone([new], step.start)
        frontier = graph.frontier(cone, step.start)
        limited = _limited(graph, cone, step, old)
        if limited is not None:
            step.feeds[old] = (limited, _sign(reading, step, old, new, limited))
            continue
        memory = {one for one in frontier if one in remembered and one not in step.parameters and one not in step.fixed}
        if not memory:
            continue
        after = _after(graph, memory, cone)
        edge = {
            one
            for one in cone
            if one in step.learned
            and one not in after
            and any(user in after and user in cone for user in graph.users[one])
        }
        feed = _gate(graph, edge, step, old)
        if feed is not None:
            step.feeds[old] = (feed, _sign(reading, step, old, new, feed))
        else:
            step.memory |= memory


def _limited(graph: Any, cone: set[int], step: Step, old: int) -> int | None:
    """Return the gradient that an update takes only the sign or a limited size of, by itself or with all others."""
    led = _after(graph, {r.record for r in step.residuals}, cone)
    for record in sorted(cone & led, reverse=True):
        if graph.ops[record] in _LIMITERS and graph.shape(record) == graph.shape(old) and graph.args[record][0] in led:
            return int(graph.args[record][0])
        if graph.ops[record] in ("mul", "truediv") and graph.shape(record) == graph.shape(old):
            gradient, size = sorted(graph.args[record], key=lambda one: graph.shape(one) == ())
            if gradient in led and size in led and graph.shape(size) == () and _measures(graph, size, gradient, cone):
                return int(gradient)
    return None


def _measures(graph: Any, size: int, gradient: int, cone: set[int]) -> bool:
    """Return whether a number is made from the size of a gradient, its norm: what is clipped as a whole is divided by it."""
    follows = graph.affected([gradient], gradient + 1, size) & cone
    return size in follows and any(graph.ops[one] in _NORMS for one in graph.cone([size], gradient) & follows)


def uses_sign(reading: Reading, step: Step, old: int) -> bool:
    """Return whether an update takes the sign of something that an error led to, and it is not known which.

    The sign of the error itself is no rule of an update: it is the slope of the absolute error.
    """
    graph = reading.graph
    cone = graph.cone([step.parameters[old]], step.start)
    errors = {r.record for r in step.residuals}
    led = _after(graph, errors, cone) - errors
    signed = (one for one in cone & led if graph.ops[one] in ("np.sign", "math.copysign"))
    return old not in step.feeds and any(graph.args[one][0] in led for one in signed)


def _after(graph: Any, starts: set[int], cone: set[int]) -> set[int]:
    found = set(starts)
    for record in sorted(cone):
        if graph.ops[record] not in _SHAPED and any(one in found for one in graph.args[record]):
            found.add(record)
    return found


def _gate(graph: Any, edge: set[int], step: Step, old: int) -> int | None:
    """Return the record that all of an optimizer's inputs are made from: the gradient itself."""
    if not edge:
        return None
    shape = graph.shape(old)
    candidates = [
        one for one in sorted(graph.cone(edge, step.start) & step.learned, reverse=True) if graph.shape(one) == shape
    ]
    best = None
    for gate in candidates:
        seen, todo, closed = set(edge), list(edge), True
        while todo and closed:
            at = todo.pop()
            if at == gate:
                continue
            for one in graph.args[at]:
                if one in step.parameters and not _decays(graph, at, one):
                    closed = False
                    break
                if one <= step.start or one in seen:
                    continue
                if one in step.learned and one < gate:
                    closed = False
                    break
                seen.add(one)
                todo.append(one)
        if closed and gate in seen:
            best = gate
            break
    return best


def _decays(graph: Any, product: int, parameter: int) -> bool:
    """Return whether a product is a parameter times a single number, as weight decay has it."""
    others = [one for one in graph.args[product] if one != parameter]
    return graph.ops[product] in ("mul", "truediv") and all(graph.shape(one) == () for one in others)


def _sign(reading: Reading, step: Step, old: int, new: int, feed: int) -> float:
    """Return 1 where a larger value of the gradient makes the parameter smaller, else −1."""
    graph = reading.graph
    value = graph.value(feed)
    nudge = (np.abs(value) + 1e-6) * 1e-3
    given = {feed: value + nudge}
    try:
        values = graph.replay(given, sorted(graph.affected([feed], feed + 1, step.end)), check=False)
    except Exception:
        return 1.0
    after = values.get(new, graph.value(new))
    moved = float(np.sum(np.asarray(after, dtype=float) - np.asarray(graph.value(new), dtype=float)))
    return -1.0 if moved > 0 else 1.0
