"""How a script tests what it trained: argmax over the samples, comparisons that broadcast, weights that were not trained."""

from __future__ import annotations

import ast

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.answering.wording import shown_name
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.mending.patches import fix_of
from tui_backprop.text.syntax import parsed

_ARGMAX = 3  # what is noted of one: line, shape, axis


def class_axis(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where argmax goes over the samples and not over the classes."""
    found = _classes(case)
    if case.training is None or found is None:
        return []
    axis, classes = found
    out = []
    for line, shape, over in (one for one in case.training.course.followed.seen if len(one) == _ARGMAX):
        if over is None or len(shape) != 2 or shape[axis] != classes or shape[1 - axis] == classes:
            continue
        if over % 2 == axis:
            continue
        sentence = (
            f"line {line}: argmax over axis {over} of an array {tuple(shape)} finds a sample for each class; the class of "
            f"each sample, which the accuracy needs, is along axis={axis}."
        )
        out.append(
            Cause(
                "class-axis",
                "error",
                line,
                [line],
                sentence,
                {"shape": shape, "axis": over},
                _axis_fix(case, line, axis),
            )
        )
    return out[:1]


def _classes(case: Case) -> tuple[int, int] | None:
    """Return the axis of the classes in predictions of several samples, and how many classes there are."""
    if case.training is None:
        return None
    for _, pairs in case.training.course.followed.pairs[:1]:
        for p, t in pairs:
            if p.ndim != 2 or p.shape != t.shape or min(p.shape) < 2:
                continue
            for axis in (0, 1):
                if abs(t.sum(axis=axis) - 1).max() < 1e-9 and abs(t.sum(axis=1 - axis) - 1).max() > 1e-9:
                    return axis, p.shape[axis]
    return None


def _axis_fix(case: Case, line: int, axis: int) -> dict[str, object] | None:
    """Return the fix that gives argmax the other axis, at each of its calls in a line."""
    edits = []
    for node in ast.walk(parsed(case.source.text)):
        if not isinstance(node, ast.Call) or node.lineno != line:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = [one.value for one in node.keywords if one.arg == "axis"] or node.args[-1:]
        if name == "argmax" and given and isinstance(given[0], ast.Constant):
            end = (given[0].end_lineno or line, given[0].end_col_offset or 0)
            edits.append(SourceEdit("axis", "", str(axis), str(axis), (given[0].lineno, given[0].col_offset), end, 1.0))
    return fix_of(case.source, edits) if edits else None


def broadcast_comparison(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where an accuracy compares each answer with every label, or with whole one-hot rows."""
    if case.training is None:
        return []
    for one in case.training.course.followed.seen:
        if len(one) == _ARGMAX:
            continue
        line, a, b, result = one
        if sorted((len(a), len(b))) != [1, 2]:
            continue
        flat, other = (a, b) if len(a) == 1 else (b, a)
        if flat[0] != other[0] or flat[0] < 2 or (other[1] == flat[0] and result == other):
            continue
        what = "a column" if other[1] == 1 else "one-hot rows"
        sentence = (
            f"line {line}: {tuple(a)} is compared with {tuple(b)}: answers (one a sample) against {what}, which NumPy "
            f"broadcasts to {tuple(result) if result else 'no array'}, so the accuracy means nothing. Give both the same "
            f"shape{', by argmax over axis=1 of the one-hot rows' if other[1] > 1 else ', by ravel()'}."
        )
        return [Cause("accuracy-shapes", "error", line, [line], sentence, {"shapes": [a, b]})]
    return []


def untrained_weights(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where a function trains copies and returns them, and what it returns is not kept."""
    if case.reading is None:
        return []
    tree = parsed(case.source.text)
    roots = {name.split(".")[0].split("[")[0] for name in case.reading.names.values()}
    places = (case.trace.place(new) for step in case.reading.steps for new in step.parameters.values())
    lines = {one.line for one in places if one is not None and one.file == 0}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        if not any(function.lineno <= line <= (function.end_lineno or 0) for line in lines):
            continue
        trained = roots & _made(function)
        if not trained or trained != roots & {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}:
            continue
        returned = [n for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None]
        if not trained & {n.id for one in returned for n in ast.walk(one) if isinstance(n, ast.Name)}:
            continue
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == function.name]
        dropped = [n.value for n in ast.walk(tree) if isinstance(n, ast.Expr) and n.value in calls]
        if not dropped or len(dropped) != len(calls):
            continue
        at = dropped[0].lineno
        own = sorted({n.lineno for n in ast.walk(function) if isinstance(n, ast.Assign) and _names(n) & trained})
        names = ", ".join(map(shown_name, sorted(trained)))
        sentence = (
            f"line {at}: `{ast.unparse(dropped[0])}` returns the trained weights ({names}) and its result is not kept "
            "(dropped): they are copies, so what is asked afterwards uses the initial, untrained weights. "
            "Assign what it returns."
        )
        return [Cause("untrained-weights", "error", at, sorted({at, *own}), sentence, {"parameters": sorted(trained)})]
    return []


def _made(function: ast.FunctionDef) -> set[str]:
    """Return the names that a function gives values of their own: by assignment, not in place."""
    made = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            made |= _names(node)
    declared = {
        name for node in ast.walk(function) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names
    }
    return made - declared


def _names(node: ast.Assign) -> set[str]:
    parts = [one for target in node.targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return {one.id for one in parts if isinstance(one, ast.Name)}
