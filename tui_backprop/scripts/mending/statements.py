"""Edits of whole statements: their order, copies before an update, sums that were overwritten, results that were dropped."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.mending.patches import node_edit
from tui_backprop.text.syntax import parsed

Body = list[ast.stmt]
_DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Lines:
    """A file's text with the lines that a backward pass runs through."""

    path: str
    text: str
    lines: frozenset[int]
    wrong: frozenset[int]
    """Those that are known to be wrong."""
    updates: frozenset[int]
    """Those that change parameters."""


def statement_edits(file: Lines) -> list[list[SourceEdit]]:
    """Return edits of statements, those near a wrong line first; those of one list belong together."""
    tree = parsed(file.text)
    found: list[list[SourceEdit]] = []
    for body in _bodies(tree):
        if any(_spans(one, file.lines) for one in body):
            found += _in_body(file, body)
    found += list(_overwritten(file, tree))
    return sorted(found, key=lambda edits: edits[0].cost + 0.1 * min(10, _distance(edits, file.wrong)))


def _distance(edits: list[SourceEdit], wrong: frozenset[int]) -> int:
    inside = any(edit.start[0] <= line <= edit.end[0] for edit in edits for line in wrong)
    return 0 if inside or not wrong else 1 + min(abs(edit.start[0] - line) for edit in edits for line in wrong)


def _bodies(tree: ast.AST) -> Iterator[Body]:
    """Yield each list of statements."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                yield body


def _spans(node: ast.stmt, lines: frozenset[int]) -> bool:
    return any(node.lineno <= line <= (node.end_lineno or node.lineno) for line in lines)


def _in_body(file: Lines, body: Body) -> Iterator[list[SourceEdit]]:
    changed = set().union(*(_changed(file, one) for one in body))
    for n, statement in enumerate(body):
        if isinstance(statement, _DEFINITIONS):
            continue
        if _spans(statement, file.lines):
            yield from _alone(file, statement)
        yield from _aliased(file, statement, changed)
        for target in sorted(_changed(file, statement)):
            for m in range(n + 1, len(body)):
                if target in _loaded(body[m]) and not isinstance(body[m], _DEFINITIONS):
                    yield from _stale(file, body, n, m, target)
        if (
            n + 1 < len(body)
            and _loaded(statement) & _stored(body[n + 1])
            and not _stored(statement) & _loaded(body[n + 1])
            and _spans(statement, file.updates)
        ):
            yield [_moved(file, body, n, n + 1)]


def _changed(file: Lines, statement: ast.stmt) -> set[str]:
    """Return what a statement, or one inside of it, changes as parameters."""
    return {
        name
        for one in ast.walk(statement)
        if isinstance(one, ast.Assign | ast.AugAssign) and _spans(one, file.updates)
        for name in _stored(one)
    }


def _alone(file: Lines, statement: ast.stmt) -> Iterator[list[SourceEdit]]:
    """Yield edits of one statement."""
    written = ast.unparse
    match statement:
        case ast.AugAssign(target=target, op=ast.Add() | ast.Sub(), value=value):
            other = "-=" if isinstance(statement.op, ast.Add) else "+="
            yield [node_edit(statement, f"{written(target)} {other} {written(value)}", "sign", file.path, 2.9)]
            match target:
                case ast.Subscript(value=array, slice=index) if not isinstance(index, ast.Constant | ast.Slice):
                    new = f"np.add.at({written(array)}, {_index(index)}, {written(value)})"
                    yield [node_edit(statement, new, "add.at", file.path)]
                    yield from _rows(file, statement, array, index)
        case ast.Assign(targets=[ast.Name() | ast.Attribute() | ast.Subscript() as target], value=value):
            if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
                yield [node_edit(statement, f"{written(target)} -= {written(value.operand)}", "sum", file.path)]
            if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
                new = f"np.add.at({written(target.value)}, {_index(target.slice)}, {written(value)})"
                yield [node_edit(statement, new, "add.at", file.path, 2.4)]
        case ast.Expr(value=ast.BinOp() as value):
            yield from _dropped(file, statement, value)


def _aliased(file: Lines, statement: ast.stmt, changed: set[str]) -> Iterator[list[SourceEdit]]:
    """Copy a parameter where it is only given another name, which its update in place changes too."""
    match statement:
        case ast.Assign(targets=[target], value=ast.Name() | ast.Attribute() | ast.Subscript() as value):
            if ast.unparse(value) in changed:
                for copy, cost in (
                    (f"{ast.unparse(value)}.copy()", 1.8),
                    (f"[row[:] for row in {ast.unparse(value)}]", 2.3),
                ):
                    yield [node_edit(statement, f"{ast.unparse(target)} = {copy}", "copy", file.path, cost)]


def _index(index: ast.expr) -> str:
    return f"({ast.unparse(index)})" if isinstance(index, ast.Tuple) else ast.unparse(index)


def _rows(file: Lines, statement: ast.AugAssign, array: ast.expr, index: ast.expr) -> Iterator[list[SourceEdit]]:
    """Take of each row its own column, where a column was taken of all rows."""
    if isinstance(index, ast.Tuple) and len(index.elts) == 2 and isinstance(index.elts[0], ast.Slice):
        base, column = ast.unparse(array), ast.unparse(index.elts[1])
        sign = "+=" if isinstance(statement.op, ast.Add) else "-="
        new = f"{base}[range(len({base})), {column}] {sign} {ast.unparse(statement.value)}"
        yield [node_edit(statement, new, "index", file.path, 1.2)]


def _dropped(file: Lines, statement: ast.Expr, value: ast.BinOp) -> Iterator[list[SourceEdit]]:
    """Keep what a difference gives that no name was given to: a minus where = belongs."""
    first: ast.expr = value
    while isinstance(first, ast.BinOp) and isinstance(first.op, ast.Add | ast.Sub):
        inner, first = first, first.left
    if not isinstance(first, ast.Name | ast.Attribute | ast.Subscript):
        return
    whole, start = ast.unparse(value), ast.unparse(first)
    rest = whole[len(start) :].lstrip()
    yield [node_edit(statement, f"{start} = {rest[1:].lstrip()}", "result", file.path)]
    yield [node_edit(statement, f"{start} = {whole}", "result", file.path)]
    del inner


# sums that are overwritten


def _overwritten(file: Lines, tree: ast.Module) -> Iterator[list[SourceEdit]]:
    """Add up in loops what was set to a first value before them."""
    for owner in ast.walk(tree):
        body = getattr(owner, "body", None)
        if not isinstance(body, list):
            continue
        for n, statement in enumerate(body):
            if not isinstance(statement, ast.For | ast.While):
                continue
            before = {name for one in body[:n] if isinstance(one, ast.Assign) for name in _stored(one)}
            edits = [
                _summed(file, one)
                for one in ast.walk(statement)
                if isinstance(one, ast.Assign)
                and len(one.targets) == 1
                and ast.unparse(one.targets[0]) in before
                and ast.unparse(one.targets[0]) not in _loaded_in(one.value)
            ]
            if any(edit.start[0] in file.lines for edit in edits):
                yield edits
            if len(edits) > 1:
                yield from ([one] for one in edits)


def _summed(file: Lines, statement: ast.Assign) -> SourceEdit:
    new = f"{ast.unparse(statement.targets[0])} += {ast.unparse(statement.value)}"
    return node_edit(statement, new, "sum", file.path, 1.9)


# order


def _stale(file: Lines, body: Body, n: int, m: int, target: str) -> Iterator[list[SourceEdit]]:
    """Use a value as it was before its update: move what reads it, or the update, or keep a copy."""
    update, reader = body[n], body[m]
    between = body[n:m]
    if isinstance(reader, ast.Return):
        computes = any(isinstance(one, ast.BinOp | ast.Call) for one in ast.walk(reader))
        if reader.value is not None and computes and isinstance(update, ast.Assign | ast.AugAssign):
            indent = " " * update.col_offset
            region = _region(file, body, n, m - 1) if m - 1 > n else _source(file, update)
            new = f"carried = {ast.unparse(reader.value)}\n{indent}{region}\n{indent}return carried"
            yield [_region_edit(file, update, reader, new)]
        return
    stored = set().union(*(_stored(one) for one in between))
    if not (_loaded(reader) & stored) - {target} and not _stored(reader) & set().union(
        *(_loaded(one) for one in between)
    ) - {target}:
        yield [_moved(file, body, n, m)]
    last = max(k for k in range(len(body)) if target in _loaded(body[k]))
    if not any(_stored(body[k]) & _loaded(update) - {target} for k in range(n + 1, last + 1)) and not isinstance(
        body[last], ast.Return
    ):
        yield [_moved_down(file, body, n, last)]
    yield from _copied(file, update, reader, target)


def _copied(file: Lines, update: ast.stmt, reader: ast.stmt, target: str) -> Iterator[list[SourceEdit]]:
    old = "old_" + "".join(letter if letter.isalnum() else "_" for letter in target.removeprefix("self.")).strip("_")
    indent = " " * update.col_offset
    uses = [
        node
        for node in ast.walk(reader)
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
        and isinstance(node.ctx, ast.Load)
        and ast.unparse(node) == target
    ]
    for copy in (f"{target}.copy()", f"list({target})", f"[row[:] for row in {target}]", target):
        at = (update.lineno, update.col_offset)
        before = SourceEdit("order", "", f"{old} = {copy}\n{indent}", "", at, at, 2.5, file.path)
        used = [_renamed(one, old, file.path) for one in uses]
        if used:
            yield [*used, before]


def _renamed(node: ast.Name | ast.Attribute | ast.Subscript, name: str, path: str) -> SourceEdit:
    end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
    return SourceEdit("order", ast.unparse(node), name, "", (node.lineno, node.col_offset), end, 2.5, path)


def _moved(file: Lines, body: Body, n: int, m: int) -> SourceEdit:
    """Return the edit that moves a statement before an earlier one."""
    indent = " " * body[n].col_offset
    rest = _region(file, body, n, m - 1)
    return _region_edit(file, body[n], body[m], f"{_source(file, body[m])}\n{indent}{rest}")


def _moved_down(file: Lines, body: Body, n: int, m: int) -> SourceEdit:
    indent = " " * body[n].col_offset
    rest = _region(file, body, n + 1, m)
    return _region_edit(file, body[n], body[m], f"{rest}\n{indent}{_source(file, body[n])}")


def _region_edit(file: Lines, first: ast.stmt, last: ast.stmt, new: str) -> SourceEdit:
    start, end = (first.lineno, first.col_offset), (last.end_lineno or last.lineno, last.end_col_offset or 0)
    return SourceEdit("order", ast.unparse(last), new, "", start, end, 2.2, file.path)


def _region(file: Lines, body: Body, n: int, m: int) -> str:
    """Return the source from one statement to another, without the first one's indentation and with the last comment."""
    rest = file.text.encode().split(b"\n")[(body[m].end_lineno or body[m].lineno) - 1][body[m].end_col_offset or 0 :]
    comment = rest.decode().rstrip() if rest.lstrip().startswith(b"#") else ""
    return _between(file, body[n], body[m]) + comment


def _source(file: Lines, statement: ast.stmt) -> str:
    return _between(file, statement, statement)


def _between(file: Lines, first: ast.stmt, last: ast.stmt) -> str:
    lines = file.text.encode().split(b"\n")[first.lineno - 1 : last.end_lineno or last.lineno]
    lines[-1] = lines[-1][: last.end_col_offset]
    lines[0] = lines[0][first.col_offset :]
    return b"\n".join(lines).decode()


# what statements read and change


def _stored(statement: ast.stmt) -> set[str]:
    """Return what a statement, or one inside of it, assigns to: with `w[i]` also w."""
    found: set[str] = set()
    own = {
        id(one) for node in ast.walk(statement) if isinstance(node, ast.comprehension) for one in ast.walk(node.target)
    }
    for node in ast.walk(statement):
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            found |= _names_of(node) if id(node) not in own else set()
    return found


def _names_of(node: ast.expr) -> set[str]:
    found = {ast.unparse(node)}
    while isinstance(node, ast.Subscript):
        node = node.value
        found.add(ast.unparse(node))
    return found


def _loaded(statement: ast.stmt) -> set[str]:
    return _loaded_in(statement)


def _loaded_in(part: ast.AST) -> set[str]:
    return {
        ast.unparse(node)
        for node in ast.walk(part)
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Load)
    }
