"""Lines and names of values, as causes tell them."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from tui_backprop.scripts.answering.wording import shown_name
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.reading.links import input_operands, origin, roots
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.text.syntax import parsed

_KEY = re.compile(r"""\[['"](\w+)['"]\]$""")


def named_line(graph: Graph, record: int) -> tuple[str | None, int | None]:
    """Return the name of a value, or of what it was taken from, and the line that gave it."""
    for one in (record, origin(graph, record), *sorted(roots(graph, record), reverse=True)):
        labels = graph.trace.labels.get(one)
        if labels:
            return labels[0][0], graph.trace.places[labels[0][1]].line
    for path, records, _ in graph.trace.paths:
        if record in records or origin(graph, record) in records:
            return path, None
    return None, None


def beginning_at(*lines: int | None) -> str:
    """Return how a sentence begins that is about lines, by the first of them: `line 5: `; empty where there is none."""
    first = lines[0] if lines else None
    return "" if first is None else f"line {first}: "


def assignments(text: str, name: str) -> list[int]:
    """Return the lines that assign to a name, an attribute or an item as it is written."""
    return sorted({line for written, line in _assigned(text) if written == name})


def _assigned(text: str) -> Iterator[tuple[str, int]]:
    """Yield what each assignment gives a value to, as it is written, and its line."""
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for one in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
                    yield ast.unparse(one), node.lineno


def made_lines(case: Case, path: str) -> list[int]:
    """Return the line that first gives a value to what a path names: to `W1` of `params["W1"]`, `self.w` of `net.w[0]`."""
    last = path.rsplit(".", maxsplit=1)[-1]
    key = _KEY.search(path)
    names = {last, last.split("[")[0], shown_name(path)}
    keyed = []
    assigned: dict[str, list[int]] = defaultdict(list)
    for written, line in _assigned(case.source.text):
        assigned[written.split(".")[-1]].append(line)
    for node in ast.walk(parsed(case.source.text)):
        if not isinstance(node, ast.Dict) or key is None:
            continue
        for own, value in zip(node.keys, node.values, strict=True):
            if isinstance(own, ast.Constant) and own.value == key[1]:
                before = [line for line in assigned.get(ast.unparse(value), []) if line <= own.lineno]
                keyed.append(max(before, default=own.lineno))  # a name was given its value before it was put there
    lines = keyed or [line for name in names for line in assigned.get(name, [])]
    return [min(lines)] if lines else []


def distinct_samples(case: Case) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the distinct pairs (input, target) that were trained on; None where they are not single numbers."""
    assert case.reading is not None  # noqa: S101  (causes of a training ask after there is one)
    graph, reading = case.reading.graph, case.reading
    step = reading.steps[-1]
    inputs = input_operands(graph, step)
    if len(inputs) != 1 or len(step.residuals) != 1 or step.residuals[0].target < 0:
        return None
    user = min(one for one in graph.users[inputs[0]] if one in step.forward)
    first, side = graph.trace.where[user], graph.args[user].index(inputs[0])
    last = graph.trace.where[step.residuals[0].record]
    other = graph.args[step.residuals[0].record].index(step.residuals[0].target)
    seen: dict[tuple[float, float], None] = {}
    for one in reading.passes:
        x = t = None
        ends = [r for r in range(one.start + 1, one.end + 1) if graph.trace.where[r] == last]
        for record in sorted(graph.cone(ends[-1:], one.start)):
            if graph.trace.where[record] == first and x is None:
                x = np.asarray(graph.value(graph.args[record][side]), dtype=float)
            if graph.trace.where[record] == last and t is None:
                t = np.asarray(graph.value(graph.args[record][other]), dtype=float)
        if x is not None and t is not None and x.size == t.size:
            seen.update({(float(a), float(b)): None for a, b in zip(x.ravel(), t.ravel(), strict=True)})
    pairs = np.array(list(seen))
    return (pairs[:, 0], pairs[:, 1]) if len(pairs) else None
