"""Numbers in a script's source that training depends on: its rate, and how often its loops go round."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

import numpy as np

from tui_backprop.scripts.case import Case
from tui_backprop.scripts.training.places import parameter_updates
from tui_backprop.text.syntax import parsed

_RATE = re.compile(
    r"^(l_r|a|n|gamma|epsilon|eps|mu|nu|h)\d?$|rate|learn|step_?size|^step$|eta\d?$|alpha\d?$|^lr|lr\d?$", re.IGNORECASE
)
_OTHER = re.compile(r"decay|regul|lambda|momentum|beta", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Constant:
    """A number in the source, and where."""

    value: float
    line: int
    start: tuple[int, int]
    end: tuple[int, int]
    name: str
    """The name that it is given; "" for a number in the middle of a formula."""


def rate_constant(case: Case) -> tuple[Constant | None, list[int]]:
    """Return the constant that is the rate of the updates, where one is found, and the lines of the rate and the updates."""
    reading = case.reading
    assert reading is not None  # noqa: S101  (there is a training)
    graph, trace = reading.graph, case.trace
    values: set[float] = set()
    lines: set[int] = set()
    for step in reading.steps[-2:]:
        for update in parameter_updates(reading, step):
            line = trace.line(update.record)
            if line is not None and (place := trace.place(update.record)) is not None and place.file == 0:
                lines.add(line)
            for one in graph.cone([update.step, update.record], step.start) | {update.step}:
                numbers = (a for a in (one, *graph.args[one]) if graph.ops[a] in ("leaf", "const"))
                values |= {float(np.ravel(graph.value(a))[0]) for a in numbers if graph.shape(a) == ()}
    found = [one for one in source_constants(case.source.text) if one.value in values and one.value > 0]
    named = [one for one in found if one.name and _RATE.search(one.name)]
    named = [one for one in named if not _OTHER.search(one.name)]
    inline = [one for one in found if not one.name and one.line in lines]
    best = next(iter(sorted(named, key=lambda one: -len(one.name)) or inline), None)
    return best, sorted(lines | ({best.line} if best is not None else set()))


def source_constants(text: str) -> list[Constant]:
    """Return the numbers of a source with the names that they are given, by assignment, keyword, default or position."""
    tree = parsed(text)
    functions: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            functions.setdefault(node.name, [one.arg for one in node.args.args if one.arg != "self"])
        if isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, ast.FunctionDef) and one.name == "__init__":
                    functions[node.name] = [arg.arg for arg in one.args.args[1:]]
    names: dict[ast.AST, str] = {}
    for node in ast.walk(tree):
        names.update(_named(node, functions))
    out = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | int) and not isinstance(node.value, bool):
            end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
            out.append(
                Constant(float(node.value), node.lineno, (node.lineno, node.col_offset), end, names.get(node, ""))
            )
    return out


def _named(node: ast.AST, functions: dict[str, list[str]]) -> dict[ast.AST, str]:
    out: dict[ast.AST, str] = {}
    match node:
        case ast.Assign(targets=[target], value=value):
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = list(zip(target.elts, value.elts, strict=False))
            out |= {b: ast.unparse(a).split(".")[-1] for a, b in pairs}
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            out[value] = ast.unparse(target).split(".")[-1]
        case ast.Call(func=function, args=args, keywords=keywords):
            out |= {one.value: one.arg or "" for one in keywords}
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            out |= dict(zip(args, functions.get(name, []), strict=False))
        case ast.FunctionDef(args=given):
            if given.defaults:
                out |= {b: a.arg for a, b in zip(given.args[-len(given.defaults) :], given.defaults, strict=True)}
        case ast.Dict(keys=keys, values=values):
            texts = [(a, b) for a, b in zip(keys, values, strict=True) if isinstance(a, ast.Constant)]
            out |= {b: str(a.value) for a, b in texts}
    return out


def rounds_constant(case: Case, stack: list[list[object]]) -> tuple[Constant | None, list[int]]:
    """Return the constant that says how often the outermost loop of a training goes round, and the lines of both.

    `stack` has the lines of the script's frames at the first update, the outermost first.
    """
    tree = parsed(case.source.text)
    for own, line, _ in stack:
        if not own or not isinstance(line, int):
            continue
        loops = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.For)
            and node.lineno <= line <= (node.end_lineno or 0)
            and node.body[0].lineno <= line
        ]
        for loop in sorted(loops, key=lambda node: node.lineno):
            match loop.iter:
                case (
                    ast.Call(func=ast.Name(id="range" | "trange"), args=[*_, last])
                    | ast.Call(args=[ast.Call(func=ast.Name(id="range"), args=[*_, last])])
                ):
                    found = _constant_of(case.source.text, last)
                    lines = {loop.lineno} | ({found.line} if found else set())
                    return found, sorted(lines)
    return None, []


def _constant_of(text: str, node: ast.expr) -> Constant | None:
    known = source_constants(text)
    at = {one.start: one for one in known}
    if isinstance(node, ast.Constant):
        return at.get((node.lineno, node.col_offset))
    name = ast.unparse(node).split(".")[-1]
    named = [one for one in known if one.name == name]
    return named[-1] if named else None
