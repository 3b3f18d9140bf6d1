"""Inputs that are asked about and lie far outside of what training saw."""

from __future__ import annotations

import ast

import numpy as np

from tui_backprop.scripts.answer import Answer, Cause
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.reading.links import input_operands
from tui_backprop.text.syntax import parsed

_FAR = 5.0
"""Widths of the training inputs' range beyond it from which an answer means nothing."""
_FAR_SCALED = 1.0
"""The same where the inputs are scaled for training: so far out are those that were not scaled."""


def asked_out_of_range(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where the forward function is called with numbers that training never came near."""
    if case.reading is None:
        return []
    low, high = _range(case)
    if not np.isfinite([low, high]).all() or high <= low:
        return []
    functions = _forward_functions(case)
    asked: dict[int, float] = {}
    for node in _calls_outside(parsed(case.source.text)):
        name = (
            node.func.id
            if isinstance(node.func, ast.Name)
            else node.func.attr
            if isinstance(node.func, ast.Attribute)
            else ""
        )
        if name not in functions or not node.args:
            continue
        for value in _numbers(node.args[0]):
            if value > high + 0.5 * (high - low) or value < low - 0.5 * (high - low):
                asked[node.lineno] = value
    if not asked:
        return []
    lines = sorted(asked)
    scaling = _scaling_line(case)
    beyond = max(max(value - high, low - value) for value in asked.values()) / (high - low)
    wrong = beyond > (_FAR_SCALED if scaling else _FAR)
    advice = "ask with inputs that are scaled the same way" if wrong else "what it says there is a guess"
    values = " and ".join(f"{value:g}" for value in sorted(set(asked.values())))
    how = f" (scaled, divided in line {scaling})" if scaling else ""
    sentence = (
        f"lines {', '.join(map(str, lines))}: it is asked about {values}, out of the range of the inputs that "
        f"it was trained on, "
        f"{low:.3g} to {high:.3g}{how}: {advice}."
    )
    del answer
    return [
        Cause(
            "asked-out-of-range",
            "error" if wrong else "warning",
            lines[0],
            lines,
            sentence,
            {"low": low, "high": high, "asked": list(asked.values())},
        )
    ]


def _range(case: Case) -> tuple[float, float]:
    assert case.reading is not None  # noqa: S101  (asked before)
    graph = case.reading.graph
    places = set()
    for step in case.reading.steps:
        inputs = set(input_operands(graph, step))
        places |= {case.trace.where[record] for record in step.forward if inputs & set(graph.args[record])}
    values = []
    ends = {case.trace.where[r.record] for step in case.reading.steps for r in step.residuals}
    for one in case.reading.passes:
        residuals = [r for r in range(one.start + 1, one.end + 1) if case.trace.where[r] in ends]
        for record in graph.cone(residuals, one.start):
            if case.trace.where[record] in places:
                values += [graph.value(a) for a in graph.args[record] if a not in one.olds and not _learned(case, a)]
    flat = [np.asarray(v, dtype=float).ravel() for v in values if np.size(v)]
    if not flat:
        return float("nan"), float("nan")
    numbers = np.concatenate(flat)
    return float(numbers.min()), float(numbers.max())


def _learned(case: Case, record: int) -> bool:
    assert case.reading is not None  # noqa: S101
    return case.trace.ops[record] in ("add", "sub", "set") or record in case.reading.names


def _forward_functions(case: Case) -> set[str]:
    """Return the functions in which the first layer is computed."""
    assert case.reading is not None  # noqa: S101
    step = case.reading.steps[-1]
    lines = {case.trace.line(one) for one in step.forward if case.trace.line(one) is not None}
    out = set()
    for node in ast.walk(parsed(case.source.text)):
        if isinstance(node, ast.FunctionDef) and any(
            node.lineno <= line <= (node.end_lineno or 0) for line in lines if line
        ):
            out.add(node.name)
    return out


def _calls_outside(tree: ast.Module) -> list[ast.Call]:
    """Return the calls that are in no function."""
    found: list[ast.Call] = []
    todo: list[ast.AST] = [node for node in tree.body if not isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Call):
            found.append(node)
        todo += list(ast.iter_child_nodes(node))
    return found


def _numbers(node: ast.expr) -> list[float]:
    if isinstance(node, ast.Call) and node.args:
        return _numbers(node.args[0])
    try:
        value = np.asarray(ast.literal_eval(node), dtype=float)
    except (ValueError, TypeError, SyntaxError):
        return []
    return [float(one) for one in value.ravel()]


def _scaling_line(case: Case) -> int | None:
    """Return the line that divides the inputs, where there is one."""
    for node in ast.walk(parsed(case.source.text)):
        match node:
            case ast.AugAssign(op=ast.Div()):
                return node.lineno
            case ast.Assign(value=ast.BinOp(op=ast.Div(), right=right)) if "max" in ast.unparse(right):
                return node.lineno
    return None
