"""Optimizers by hand: the running mean under the square root has to be one of squares."""

from __future__ import annotations

import ast

import numpy as np

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.answering.wording import file_text, statement_at
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.mending.patches import node_edit
from tui_backprop.scripts.reading.reading import Step
from tui_backprop.scripts.replay.operations import CannotReplayError
from tui_backprop.text.syntax import parsed

_ROOTS = ("np.sqrt", "math.sqrt", "pow")


def square_missing(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where Adam or RMSprop averages gradients, and not their squares, and takes the root of that."""
    if case.reading is None:
        return []
    for step in case.reading.steps[-1:]:
        for old, (feed, _) in step.feeds.items():
            record = _plain_mean(case, step, step.parameters[old], feed)
            line = None if record is None else case.trace.line(record)
            if line is None:
                continue
            code = ast.unparse(statement_at(case.source.text, line) or ast.Pass())
            sentence = (
                f"line {line}: `{code}` averages the gradient, and its square root is divided by afterwards: Adam and "
                "RMSprop average the square of the gradient there (g ** 2), which is never negative."
            )
            return [Cause("square-missing", "error", line, [line], sentence, {"power": 1})]
    return []


def _plain_mean(case: Case, step: Step, new: int, feed: int) -> int | None:
    """Return the sum of a memory and a multiple of the gradient, of which a square root is taken; None without one."""
    graph = case.reading.graph  # type: ignore[union-attr]
    follows = graph.affected([feed], feed + 1, step.end)
    try:
        doubled = graph.replay({feed: 2 * np.asarray(graph.value(feed))}, sorted(follows), check=False)
    except CannotReplayError:
        return None
    for root in sorted(graph.cone([new], step.start) & follows):
        if graph.ops[root] not in _ROOTS or (graph.ops[root] == "pow" and graph.value(graph.args[root][1]) != 0.5):
            continue
        for record in sorted(graph.cone([root], feed) & follows):
            inside = [one for one in graph.args[record] if one in follows or one == feed]
            if graph.ops[record] != "add" or len(inside) != 1 or inside[0] == feed:
                continue
            once, twice = np.asarray(graph.value(inside[0])), np.asarray(doubled[inside[0]])
            if np.any(once) and np.allclose(twice, 2 * once, rtol=1e-9, atol=0):
                return int(record)
    return None


def square_edits(case: Case, cause: Cause) -> list[list[SourceEdit]]:
    """Return edits that square a factor of the line's last product."""
    statement = statement_at(file_text(case, 0), cause.line or 0)
    found = []
    for node in ast.walk(parsed(case.source.text)):
        inside = statement is not None and statement.lineno <= getattr(node, "lineno", 0) <= (statement.end_lineno or 0)
        if inside and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            parts = [
                one for one in (node.right, node.left) if isinstance(one, ast.Name | ast.Attribute | ast.Subscript)
            ]
            found += [[node_edit(part, f"{ast.unparse(part)} ** 2", "square", cost=1.0)] for part in parts]
    return found[::-1]
