"""How training starts: equal units, whole-number weights, targets that the output cannot give, inputs far from 1."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.answering.wording import lines_text, shown_name
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.places import beginning_at, made_lines, named_line
from tui_backprop.scripts.reading.links import input_operands, roots
from tui_backprop.scripts.reading.residuals import target_value
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.replay.operations import SOURCES

_FAR = 20.0  # inputs beyond this saturate units whose weights are near 1
_SMALL_MATRIX = 2
_EXPONENTIALS = {"np.exp", "math.exp"}


def targets_out_of_range(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where a sigmoid or tanh output is to give numbers that it never reaches."""
    if case.reading is None:
        return []
    graph = case.reading.graph
    low, high, top, bottom, one = np.inf, -np.inf, -np.inf, np.inf, None
    for step in case.reading.steps:
        for residual in step.residuals:
            t = np.asarray(target_value(graph, residual, {}), dtype=float)
            low, high, one = min(low, float(t.min())), max(high, float(t.max())), residual
        kind = _output_range(case, step.residuals[0].prediction)
        if kind is None:
            return []
        bottom, top = kind
    if one is None or one.target < 0 or (low >= bottom - 1e-9 and high <= top + 1e-9):
        return []
    name, line = named_line(graph, one.target)
    own = graph.trace.line(one.record)
    lines = sorted({n for n in (line, own) if n is not None})
    sentence = (
        f"line {own}: the targets {name or ''} go from {low:.3g} to {high:.3g}, and the output's activation "
        f"gives only values between "
        f"{bottom:g} and {top:g}: it never reaches them. Scale the targets into that range, or use a linear output."
    )
    del answer
    return [
        Cause(
            "target-range",
            "warning" if case.learns else "error",
            line or own,
            lines,
            sentence,
            {"targets": [low, high], "output": [bottom, top]},
        )
    ]


def _output_range(case: Case, prediction: int) -> tuple[float, float] | None:
    """Return what an output's activation can give: (0, 1) for sigmoid and softmax, (−1, 1) for tanh."""
    assert case.reading is not None  # noqa: S101  (asked before)
    graph = case.reading.graph
    found = None
    for record in roots(graph, prediction):
        op = graph.ops[record]
        if op in ("np.tanh", "math.tanh"):
            found = (-1.0, 1.0)
        if op == "scipy.special.expit":
            found = (0.0, 1.0)
        if op == "truediv":
            below = graph.args[record][1]
            parts = {graph.ops[one] for one in graph.args[below]} | {graph.ops[below]}
            if graph.ops[below] == "add" and parts & _EXPONENTIALS:
                found = _fraction_range(graph, graph.args[record][0])
    return found


def _fraction_range(graph: Graph, above: int) -> tuple[float, float] | None:
    """Return the range of 1 / (1 + e^−z), e^z / (1 + e^z) and (e^2z − 1) / (e^2z + 1) by what is above; None for others."""
    if graph.ops[above] in _EXPONENTIALS or (graph.ops[above] in SOURCES and np.all(graph.value(above) == 1)):
        return 0.0, 1.0
    exponential = {graph.ops[one] for one in graph.args[above]} & _EXPONENTIALS
    return (-1.0, 1.0) if graph.ops[above] == "sub" and exponential else None


def equal_units(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where all units of a layer start equal, get equal gradients and stay equal."""
    if case.reading is None:
        return []
    names, lines = [], set()
    for name, first, last in _matrices(case):
        if np.ptp(first, axis=1).max() == 0 and np.ptp(last, axis=1).max() == 0:
            names.append(shown_name(name))
            lines |= set(made_lines(case, name))
    if not names:
        return []
    at = min(lines) if lines else None
    sentence = (
        f"{beginning_at(at)}all weights of {', '.join(names)} start with the same value (zeros or equal rows), "
        "so the units of this layer are all the same and stay so (symmetry): they learn as one unit. Start with small "
        "random numbers."
    )
    del answer
    severity = "warning" if case.learns else "error"
    return [Cause("equal-units", severity, at, sorted(lines), sentence, {"parameters": names})]


def _matrices(case: Case) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield each matrix of weights, (inputs, units), at its first update and at the last one that was read."""
    assert case.reading is not None  # noqa: S101  (asked before)
    graph, reading = case.reading.graph, case.reading
    begin, end = reading.steps[0], reading.steps[-1]
    starts = {reading.names[old]: old for old in begin.parameters}
    for old, new in end.parameters.items():
        name = reading.names[old]
        if name not in starts or min(np.shape(graph.value(old)), default=0) < _SMALL_MATRIX:
            continue
        first, last = (np.asarray(graph.value(one), dtype=float) for one in (starts[name], new))
        if first.ndim != _SMALL_MATRIX or last.shape != first.shape:
            continue
        sides = {
            graph.args[one].index(old) for one in graph.users[old] if one in end.forward and old in graph.args[one]
        }
        yield (name, first, last) if sides != {0} else (name, first.T, last.T)
    for path, records, shape in case.trace.paths:
        if len(shape) != _SMALL_MATRIX or min(shape) < _SMALL_MATRIX or path not in reading.names.values():
            continue
        if min(records) >= 0 and len(set(records)) == len(records) == np.prod(shape):
            values = np.array([float(np.ravel(graph.value(one))[0]) for one in records]).reshape(shape).T
            yield path, values, values


def far_inputs(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where inputs are so large that units saturate or steps explode."""
    if case.reading is None:
        return []
    graph = case.reading.graph
    largest, at = 0.0, -1
    for step in case.reading.steps:
        for record in input_operands(graph, step):
            size = float(np.max(np.abs(np.asarray(graph.value(record), dtype=float)), initial=0))
            if size > largest:
                largest, at = size, record
    if largest <= _FAR:
        return []
    name, line = named_line(graph, at)
    sentence = (
        f"{beginning_at(line)}the inputs {name or ''} go up to {largest:.4g}, far from unit scale "
        f"(unscaled): sigmoid and tanh units "
        "are saturated and their slopes vanish, or steps are far too large. Scale (normalise) them, by their "
        "mean and spread or their maximum."
    )
    del answer
    severity = "error" if case.learns is False else "warning"
    return [Cause("input-scale", severity, line, [line] if line else [], sentence, {"largest": largest})]


def whole_numbers(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where parameters are arrays of whole numbers, which cut every change."""
    if case.reading is None:
        return []
    graph = case.reading.graph
    found: dict[str, list[int]] = {}
    for step in case.reading.steps:
        for old in step.parameters:
            if np.asarray(graph.value(old)).dtype.kind in "iu" and np.ndim(graph.value(old)) > 0:
                name = case.reading.names[old]
                where = made_lines(case, name) or [one for one in (named_line(graph, old)[1],) if one is not None]
                found.setdefault(name, where)
    if not found:
        return []
    lines = sorted({line for where in found.values() for line in where})
    names, many = " and ".join(map(shown_name, found)), len(found) > 1
    sentence = (
        f"{f'{lines_text(lines)}: ' if lines else ''}{names} {'are arrays' if many else 'is an array'} of whole numbers "
        f"(integer dtype): each change is cut to a whole number and lost. Make {'them arrays' if many else 'it an array'} "
        "of floats."
    )
    evidence = {"parameter": next(iter(found)), "parameters": list(found)}
    return [Cause("whole-numbers", "error", lines[0] if lines else None, lines, sentence, evidence)]
