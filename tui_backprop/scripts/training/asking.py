"""Where a script may ask its network besides: products outside of its updates, and the loops of its training."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tui_backprop.scripts.reading.reading import Reading
from tui_backprop.scripts.source.source import Source
from tui_backprop.text.syntax import parsed

Row = list["str | int"]
"""A place in the source: file, line, column, last line, last column."""

_PRODUCTS = ("dot", "matmul")


def products_elsewhere(reading: Reading, source: Source) -> list[Row]:
    """Return the places of products that no update that was followed has: there, other inputs may meet the weights."""
    trace = reading.trace
    used = {trace.where[r] for step in reading.steps for r in range(step.start + 1, step.end + 1)}
    places = [trace.places[where] for where in used if where >= 0]
    seen = {(trace.files[p.file], p.line, p.column, p.end_line, p.end_column) for p in places}
    rows = (_of(node, file) for file, tree in _trees(reading, source) for node in ast.walk(tree) if _is_product(node))
    return [list(row) for row in rows if row not in seen]


def training_loops(reading: Reading, source: Source) -> list[Row]:
    """Return the loops around the updates: those that have one in them, or a call that leads to one."""
    trace = reading.trace
    updates = {(p.file, p.line) for step in reading.steps for p in map(trace.place, step.parameters.values()) if p}
    trees = list(_trees(reading, source))
    lines = {(trace.files[file], line) for file, line in updates}
    names: set[str] = set()
    while True:
        inside = {
            node.name
            for file, tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and _leads(node, file, lines, names)
        }
        if inside <= names:
            break
        names |= inside
    loops = ((file, node) for file, tree in trees for node in ast.walk(tree) if isinstance(node, ast.For | ast.While))
    return [list(_of(node, file)) for file, node in loops if _leads(node, file, lines, names)]


def _leads(node: ast.AST, file: str, lines: set[tuple[str, int]], names: set[str]) -> bool:
    """Return whether there is an update in a part of the source, or a call of a function that has one."""
    for part in ast.walk(node):
        if (file, getattr(part, "lineno", 0)) in lines:
            return True
        if isinstance(part, ast.Call):
            name = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
            if name in names:
                return True
    return False


def _trees(reading: Reading, source: Source) -> Iterator[tuple[str, ast.Module]]:
    for number, file in enumerate(reading.trace.files):
        yield file, parsed(source.text_of(file if number else ""))


def _is_product(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.MatMult(), right=right):
            return not isinstance(left, ast.Constant) and not isinstance(right, ast.Constant)
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name in _PRODUCTS
    return False


def _of(node: ast.AST, file: str) -> tuple[str, int, int, int, int]:
    line = node.lineno  # type: ignore[attr-defined]
    column, end = node.col_offset, node.end_lineno or line  # type: ignore[attr-defined]
    return (file, line, column, end, node.end_col_offset or 0)  # type: ignore[attr-defined]
