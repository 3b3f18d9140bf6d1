"""Weights with which units cannot learn: huge ones that saturate, tiny ones, rows that are one and the same list."""

from __future__ import annotations

import math

import numpy as np

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.answering.wording import shown_name
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.places import beginning_at, made_lines, named_line
from tui_backprop.scripts.reading.links import input_operands

_HUGE = 8.0  # times what 1 / √fan-in gives
_SATURATED = 0.75
_NEAR = 1e-3
_TINY = 1e-4
_TANH = ("np.tanh", "math.tanh")


def huge_weights(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where initial weights are so large that most units are saturated, and it does not learn."""
    if case.reading is None or case.learns is not False:
        return []
    share = saturated_share(case)
    if share is None or share < _SATURATED:
        return []
    graph = case.reading.graph
    sizes = {one: _size(graph.value(one)) for one in _initial(case)}
    huge = [one for one, size in sizes.items() if size > _HUGE]
    inputs = [graph.value(one) for one in input_operands(graph, case.reading.steps[0])]
    reach = max((float(np.abs(np.asarray(x, dtype=float)).max(initial=0)) for x in inputs), default=0.0)
    if not huge or reach > max(20.0, *sizes.values()):
        return []
    names, lines = _names_lines(case, huge)
    sentence = (
        f"{beginning_at(*lines)}"
        f"the initial weights {', '.join(names)} are too large (about {max(sizes[one] for one in huge):.3g}): "
        f"{share:.0%} of the units are saturated, where their slope is nearly 0, and learn nothing. Start with weights of "
        "about 1 / √(number of inputs)."
    )
    return [_cause("huge-weights", lines, sentence, {"size": max(sizes.values()), "saturated": share})]


def tiny_weights(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where all initial weights are nearly zero, and it does not learn."""
    if case.reading is None or case.learns is not False:
        return []
    graph = case.reading.graph
    olds = _initial(case)
    matrices = [one for one in olds if np.ndim(graph.value(one)) == 2 and min(np.shape(graph.value(one))) > 0]
    sizes = [float(np.abs(np.asarray(graph.value(one), dtype=float)).max()) for one in matrices]
    if len(matrices) < 2 or not all(0 < size < _TINY for size in sizes):
        return []
    names, lines = _names_lines(case, matrices)
    sentence = (
        f"{beginning_at(*lines)}"
        f"the initial weights {', '.join(names)} are tiny (below {max(sizes):.1g}): what goes forward and back "
        "through them is nearly 0, so they hardly move. Start with weights of about 1 / √(number of inputs)."
    )
    return [_cause("tiny-weights", lines, sentence, {"size": max(sizes)})]


def _initial(case: Case) -> list[int]:
    """Return the values of parameters before the first update."""
    assert case.reading is not None  # noqa: S101  (asked before)
    return sorted({update.old for update in case.reading.passes[0].updates})


def _size(value: object) -> float:
    return float(np.sqrt(np.mean(np.square(np.asarray(value, dtype=float)))))


def saturated_share(case: Case) -> float | None:
    """Return which share of the sigmoid and tanh values is at their ends at first; None without such units."""
    if case.reading is None:
        return None
    graph, first = case.reading.graph, case.reading.passes[0]
    ends, count = 0, 0
    for record in range(first.start + 1, first.end + 1):
        op = graph.ops[record]
        below = -1.0 if op in _TANH else 0.0 if op == "scipy.special.expit" or _is_sigmoid(case, record) else None
        if below is None:
            continue
        values = np.ravel(np.asarray(graph.value(record), dtype=float))
        ends += int(((values - below < _NEAR) | (1 - values < _NEAR)).sum())
        count += values.size
    return ends / count if count else None


def _is_sigmoid(case: Case, record: int) -> bool:
    assert case.reading is not None  # noqa: S101  (asked before)
    graph = case.reading.graph
    if graph.ops[record] != "truediv":
        return False
    above, below = graph.args[record]
    one = np.ravel(np.asarray(graph.value(above), dtype=float))
    return (
        bool((one == 1).all()) and graph.ops[below] == "add" and any("exp" in graph.ops[a] for a in graph.args[below])
    )


def shared_rows(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where the rows of a list of weights are one and the same list."""
    for path, records, shape in case.trace.paths:
        if len(shape) != 2 or shape[0] < 2 or len(records) != math.prod(shape):
            continue
        rows = {tuple(records[n * shape[1] : (n + 1) * shape[1]]) for n in range(shape[0])}
        if len(rows) > 1 or min(records) < 0:
            continue
        lines = made_lines(case, path)
        sentence = (
            f"{beginning_at(*lines)}"
            f"the {shape[0]} rows of {shown_name(path)} are the very same list (one object, repeated with `*`): "
            "all units share one row of weights, and each change is made to all of them. Make a list for each unit, with a "
            "comprehension."
        )
        return [_cause("shared-rows", lines, sentence, {"rows": shape[0], "parameter": path})]
    return []


def _names_lines(case: Case, records: list[int]) -> tuple[list[str], list[int]]:
    """Return the names of parameters, and the lines that made them."""
    assert case.reading is not None  # noqa: S101  (asked before)
    graph, names, lines = case.reading.graph, [], set()
    by_record = {update.old: update.record for update in case.reading.passes[0].updates}
    for one in records:
        name, line = named_line(graph, one)
        name = case.reading.names.get(one) or case.reading.names.get(by_record.get(one, one)) or name or "a weight"
        names.append(shown_name(name))
        lines |= set(made_lines(case, name)) or ({line} if line is not None else set())
    return list(dict.fromkeys(names)), sorted(lines)


def _cause(name: str, lines: list[int], sentence: str, evidence: dict[str, object]) -> Cause:
    return Cause(name, "error", lines[0] if lines else None, lines, sentence, evidence)
