"""The samples that a training is fed: all the same, one never reached, inputs put in another order than targets."""

from __future__ import annotations

import ast

import numpy as np

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.kept import keep_fix
from tui_backprop.scripts.causes.places import beginning_at, named_line
from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.mending.patches import fix_of, node_edit, patched
from tui_backprop.scripts.reading.links import input_operands
from tui_backprop.scripts.training.follow import follow_fixed
from tui_backprop.scripts.training.telling import loss_text
from tui_backprop.text.syntax import parsed

_UPDATES = 20
_SHOWN = 8  # numbers of an input
_FEW = 12  # samples: of so few each one counts
_TRIED = 3
_BETTER = 0.6
_REORDERS = {"shuffle", "sort", "reverse"}
_REORDERED = {"permutation", "shuffled", "sorted", "reversed", "flip", "flipud", "roll", "sample", "sort"}


def one_sample(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where every update has the same input and the targets differ."""
    if case.training is None or case.reading is None:
        return []
    followed = case.training.course.followed
    if followed.updates < _UPDATES or followed.known != 1 or case.training.course.whole:
        return []
    graph, step = case.reading.graph, case.reading.steps[-1]
    operands = input_operands(graph, step)
    if not operands:
        return []
    lines = _origin_lines(case, operands[0])
    name = named_line(graph, operands[0])[0]
    sentence = (
        f"line {lines[-1]}: the input {name or ''} is always the same: all {followed.updates:,} updates that were "
        "followed have one and the same input, and targets that differ, so one answer is learned for all. "
        "Does an index (such as [0]) always take the first sample?"
    )
    return [Cause("one-sample", "error", lines[-1], lines, sentence, {"updates": followed.updates, "inputs": 1})]


def never_reached(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where a sample that is asked about, between others, is never trained on."""
    if case.training is None or case.reading is None:
        return []
    followed = case.training.course.followed
    asked = {tuple(one.row): one for one in followed.asked}.values()
    known = [one for one in asked if one.trained]
    missed = [one for one in asked if not one.trained]
    if (
        len(missed) != 1
        or len(known) < 2
        or len(known) != followed.known
        or followed.known > _FEW
        or not followed.ended
        or followed.updates < 20 * followed.known
    ):
        return []
    row = np.asarray(missed[0].row)
    if followed.low is None or followed.high is None or row.shape != followed.low.shape:
        return []
    if (row < followed.low).any() or (row > followed.high).any():
        return []
    lines = _drawing_lines(case) or _origin_lines(case, input_operands(case.reading.graph, case.reading.steps[-1])[0])
    shown = ", ".join(f"{value:g}" for value in followed.inputs_of(missed[0])[:_SHOWN])
    sentence = (
        f"{beginning_at(*lines)}one sample is never reached: in {followed.updates:,} updates it is never "
        f"trained on ({shown}), though {followed.known} others are and it is asked about. Does the index that is drawn "
        "stop before the last sample?"
    )
    return [Cause("never-reached", "error", lines[0] if lines else None, lines, sentence, {"sample": row.tolist()})]


def _drawing_lines(case: Case) -> list[int]:
    """Return the lines that draw an index of a sample, or go over a range that stops short."""
    found = []
    for node in ast.walk(parsed(case.source.text)):
        match node:
            case ast.Call(func=ast.Attribute(attr="randint" | "randrange" | "integers" | "choice")):
                found.append(node.lineno)
    return sorted(set(found))


def _origin_lines(case: Case, operand: int) -> list[int]:
    """Return the lines at which an input was taken from the samples."""
    assert case.reading is not None  # noqa: S101  (there is an input)
    graph, trace = case.reading.graph, case.trace
    lines = []
    at = operand
    for _ in range(20):
        line = trace.line(at)
        labels = trace.labels.get(at)
        if labels:
            line = trace.places[labels[0][1]].line
        if line is not None:
            lines.append(line)
        if not graph.args[at]:
            break
        at = graph.args[at][0]
    user = min((one for one in graph.users[operand]), default=None)
    if not lines and user is not None and trace.line(user) is not None:
        lines.append(trace.line(user) or 0)
    return sorted(set(lines)) or [1]


def other_order(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where a statement puts the samples in another order, and without it the training learns more."""
    training = case.judged
    if training is None or training.course.learned or answer.fixed_source is not None:
        return []
    course = training.course
    for statement, edit, name in _reordering(case)[:_TRIED]:
        source = patched(case.source, [edit])
        other = follow_fixed(case, training, source)
        if other is None or not other.course.learned or other.course.end > _BETTER * course.end:
            continue
        line = statement.lineno
        sentence = (
            f"line {line}: `{ast.unparse(statement)}` puts {name} in another order (shuffled alone): inputs and their "
            f"targets (labels) no longer belong together. As it is the loss ends at {loss_text(course.end)}, without this "
            f"line at {loss_text(other.course.end)}. Draw one order (a permutation) and use it for both."
        )
        keep_fix(case, answer, source, other)
        evidence = {"loss": course.end, "loss_without": other.course.end}
        return [Cause("other-order", "error", line, [line], sentence, evidence, fix_of(case.source, [edit]))]
    return []


def _reordering(case: Case) -> list[tuple[ast.stmt, SourceEdit, str]]:
    """Return the statements that put one thing in another order, each with an edit that does not."""
    found: list[tuple[ast.stmt, SourceEdit, str]] = []
    for node in ast.walk(parsed(case.source.text)):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=attr, value=owner), args=args)) if attr in _REORDERS:
                name = ast.unparse(args[0]) if args and attr == "shuffle" else ast.unparse(owner)
                found.append((node, node_edit(node, "pass", "order"), name))
            case ast.Assign(targets=[target], value=ast.Call(func=function, args=[first, *_])):
                called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                if called in _REORDERED and not isinstance(first, ast.Constant):
                    to = f"{ast.unparse(target)} = {ast.unparse(first)}"
                    found.append((node, node_edit(node, to, "order"), ast.unparse(first)))
            case ast.Assign(targets=[ast.Name() as target], value=ast.Subscript(value=ast.Name() as base)):
                if target.id == base.id:
                    found.append((node, node_edit(node, "pass", "order"), target.id))
    return found
