"""Parameters that never change, though the loss depends on them: their updates add zeros, or there are none."""

from __future__ import annotations

import ast
import re

import numpy as np

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.answering.wording import shown_name, statement_at
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.places import beginning_at, made_lines
from tui_backprop.scripts.reading.links import origin
from tui_backprop.text.syntax import parsed

_TWICE = 2  # updates that add nothing, at least
_NOTHING = 1e-9  # share of the largest derivative below which one is taken for zero
_ZERO = re.compile(r"0(\.0*)?|.*\bzeros(_like)?\(.*\)|0(\.0*)? \* .*|.* \* 0(\.0*)?|.* \* \(.* > 0\)")
_PRODUCTS = ("matmul", "dot", "mul", "sum")
_NUMBERED = re.compile(r"\d+|hidden|hid|output|out|input|in")


def never_changed(case: Case, answer: Answer) -> list[Cause]:
    """Return the causes where a number that the loss depends on stays as it was, beside parameters that change."""
    if case.reading is None or case.examination is None or not case.reading.used or answer.causes:
        return []  # what was found before, such as a statement without effect, says why
    names = set(case.reading.names.values())
    found = []
    for path, records, _ in case.trace.paths:
        if path in names or min(records, default=-1) < 0:
            continue
        chains = [_versions(case, one) for one in records]
        versions = {one for chain in chains for one in chain}
        if not _matters(case, versions):
            continue
        if all(len(chain) > _TWICE for chain in chains):
            found.append(_zeros_added(case, path, chains[0]))
        elif all(len(chain) == 1 for chain in chains) and _is_sibling(case, path, records, names):
            found.append(_left_out(case, path))
    return found[:2]


def _versions(case: Case, record: int) -> list[int]:
    """Return the versions of a number, the last first, as far as sums with zeros made one of the other."""
    graph = case.reading.graph  # type: ignore[union-attr]
    found = [origin(graph, record)]
    while graph.ops[found[-1]] in ("add", "sub") and len(graph.args[found[-1]]) == 2:
        before, added = graph.args[found[-1]]
        if np.any(graph.value(added)) or graph.shape(before) != graph.shape(found[-1]):
            break
        found.append(origin(graph, before))
    return found


def _matters(case: Case, versions: set[int]) -> bool:
    """Return whether the loss depends on a number: its derivative is not zero, in some draw."""
    assert case.examination is not None  # noqa: S101  (asked before)
    for gradients in case.examination.gradients:
        own = [float(np.abs(gradients[one]).max(initial=0)) for one in versions if one in gradients]
        if own and max(own) > _NOTHING * max(float(np.abs(one).max(initial=0)) for one in gradients.values()):
            return True
    return False


def _zeros_added(case: Case, path: str, chain: list[int]) -> Cause:
    graph, trace = case.reading.graph, case.trace  # type: ignore[union-attr]
    update = trace.line(chain[0])
    added = graph.args[chain[0]][1]
    made = [one for one in graph.cone([added], chain[1]) if one in trace.labels and not np.any(graph.value(one))]
    lines = {trace.places[trace.labels[one][0][1]].line for one in made[:1]} or set(_zero_lines(case, update))
    at = min(lines | ({update} if update is not None else set()), default=None)
    name = shown_name(path)
    sentence = (
        f"{beginning_at(at)}{name} never changes: its update adds zeros, whatever the error is, though the loss "
        f"depends on it (∂L/∂{name} is not 0)."
    )
    every = sorted(lines | ({update} if update is not None else set()))
    return Cause("never-changes", "error", at, every, sentence, {"parameter": path, "updates": len(chain) - 1})


def _zero_lines(case: Case, update: int | None) -> list[int]:
    """Return the lines that give zeros to what an update subtracts."""
    statement = statement_at(case.source.text, update or 0)
    value = getattr(statement, "value", None)
    used = {_root(ast.unparse(node)) for node in ast.walk(value)} if isinstance(value, ast.expr) else set()
    found = []
    for node in ast.walk(parsed(case.source.text)):
        if isinstance(node, ast.AugAssign) or (isinstance(node, ast.Assign) and len(node.targets) == 1):
            target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
            if _root(ast.unparse(target)) in used and _ZERO.fullmatch(ast.unparse(node.value)):
                found.append(node.lineno)
    return found


def _root(written: str) -> str:
    return written.split("[", maxsplit=1)[0]


def _is_sibling(case: Case, path: str, records: list[int], names: set[str]) -> bool:
    """Return whether a number that no update reaches is called like the parameters, or is added like a bias."""
    assert case.reading is not None  # noqa: S101  (asked before)
    graph = case.reading.graph
    begin = case.reading.passes[0].end
    if any(one > begin or np.asarray(graph.value(one)).dtype.kind != "f" for one in records):
        return False
    stem = _NUMBERED.sub("#", path)
    if "#" in stem and any(_NUMBERED.sub("#", name) == stem for name in names):
        return True
    return all(_is_bias(case, one) for one in records)


def _is_bias(case: Case, record: int) -> bool:
    """Return whether a number is only added, as one row or column, to what parameters are multiplied with."""
    assert case.reading is not None  # noqa: S101  (asked before)
    graph, step = case.reading.graph, case.reading.steps[-1]
    users = [one for one in graph.users[record] if one in step.forward]
    for user in users:
        others = [one for one in graph.args[user] if one != record]
        if graph.ops[user] != "add" or not others or graph.ops[others[0]] not in _PRODUCTS:
            return False
        if not set(graph.args[others[0]]) & set(step.parameters) or max(graph.shape(record), default=1) != np.size(
            graph.value(record)
        ):
            return False
    return bool(users)


def _left_out(case: Case, path: str) -> Cause:
    assert case.reading is not None  # noqa: S101  (asked before)
    made = {case.trace.line(one.record) for step in case.reading.steps for one in step.updates}
    updates = sorted(line for line in made if line is not None)
    name, short = shown_name(path), _short_loops(case.source.text, path)
    lines = sorted({*short, *made_lines(case, path)})
    at = short[0] if short else lines[0] if lines else None
    sentence = (
        f"{beginning_at(at)}{name} never changes: no update reaches it, though the loss depends on it "
        f"(∂L/∂{name} is not 0). The other parameters are changed in line{'s' if len(updates) > 1 else ''} "
        f"{', '.join(map(str, updates))}."
    )
    severity = "error" if case.learns is False else "warning"
    return Cause("never-changes", severity, at, sorted({*lines, *updates}), sentence, {"parameter": path, "updates": 0})


def _short_loops(text: str, path: str) -> list[int]:
    """Return the lines of loops that leave some of the layers out: over `layers[1:]`."""
    found = []
    for node in ast.walk(parsed(text)):
        if (
            isinstance(node, ast.For)
            and isinstance(node.iter, ast.Subscript)
            and isinstance(node.iter.slice, ast.Slice)
        ):
            part = node.iter.slice
            if ast.unparse(node.iter.value) == _root(path) and (part.lower or part.upper):
                found.append(node.lineno)
    return found
