"""Which statements of a script train something: where there are several, one is followed and the others are named."""

from __future__ import annotations

import ast

from tui_backprop.text.syntax import parsed

_LOOPS = (ast.For, ast.While)


def beginning(text: str, line: int) -> tuple[int, int] | None:
    """Return where the training that a line belongs to begins: the outermost loop around it, or the statement itself.

    Lines count from 1, columns in bytes from 0. None where the line has no statement.
    """
    body: list[ast.stmt] = parsed(text).body
    found: ast.stmt | None = None
    while True:
        inside = next((one for one in body if _start(one) <= line <= (one.end_lineno or one.lineno)), None)
        if inside is None:
            return None if found is None else (found.lineno, found.col_offset)
        found = inside
        if isinstance(inside, _LOOPS) or not isinstance(getattr(inside, "body", None), list):
            return inside.lineno, inside.col_offset
        body = [*inside.body, *getattr(inside, "orelse", []), *getattr(inside, "finalbody", [])]  # type: ignore[attr-defined]


def _start(statement: ast.stmt) -> int:
    lines: list[int] = [one.lineno for one in getattr(statement, "decorator_list", [])]
    return min([statement.lineno, *lines])


def trainings(text: str, updates: set[int]) -> list[int]:
    """Return the lines of the statements that train as the one does whose updates are in some lines, that one among them."""
    tree = parsed(text)
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    holders = {name for name, node in functions.items() if _includes(node, updates - _nested(node))}
    while True:  # functions that call those that train
        more = {name for name, node in functions.items() if name not in holders and _called(node) & holders}
        if not more:
            break
        holders |= more
    found = []
    for statement in _run(tree.body):
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
            continue
        own = isinstance(statement, _LOOPS) and (_includes(statement, updates) or _updates(statement))
        if own or _called(statement) & holders:
            found.append(statement.lineno)
    return found


def _run(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements that run with the module, those under `if __name__ == "__main__"` and of a plain main() too."""
    out: list[ast.stmt] = []
    functions = {one.name: one for one in body if isinstance(one, ast.FunctionDef)}
    for one in body:
        if isinstance(one, ast.If | ast.Try | ast.With):
            out += _run(one.body)
        elif isinstance(one, ast.Expr) and isinstance(one.value, ast.Call) and ast.unparse(one.value.func) == "main":
            out += _run(functions["main"].body) if "main" in functions else [one]
        else:
            out.append(one)
    return out


def _includes(node: ast.stmt, lines: set[int]) -> bool:
    return any(node.lineno <= line <= (node.end_lineno or node.lineno) for line in lines)


def _nested(function: ast.FunctionDef) -> set[int]:
    """Return the lines of the functions in a function: they run where they are called, and not where it is."""
    inner = (one for one in ast.walk(function) if isinstance(one, ast.FunctionDef) and one is not function)
    return {line for one in inner for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)}


def _called(node: ast.AST) -> set[str]:
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    return {
        one.attr if isinstance(one, ast.Attribute) else one.id
        for one in calls
        if isinstance(one, ast.Attribute | ast.Name)
    }


def _updates(loop: ast.stmt) -> bool:
    """Return whether a loop subtracts a product from something: what an update by hand looks like."""
    for node in ast.walk(loop):
        match node:
            case ast.AugAssign(op=ast.Sub(), value=ast.BinOp(op=ast.Mult() | ast.MatMult() | ast.Div())):
                return True
            case ast.Assign(targets=[target], value=ast.BinOp(left=left, op=ast.Sub(), right=ast.BinOp(op=ast.Mult()))):
                if ast.unparse(target) == ast.unparse(left):
                    return True
    return False
