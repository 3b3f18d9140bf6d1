"""Small edits of an expression, smallest first: what a wrong line may have been meant to be."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_MOST = 1500


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit: the part of the expression that is replaced, by what, and of which kind it is."""

    kind: str
    old: str
    new: str
    expression: str
    """The whole expression with the edit."""
    start: tuple[int, int]
    end: tuple[int, int]
    """Where the replaced part is: line and column in bytes."""
    cost: float


@dataclass(frozen=True, slots=True)
class Scope:
    """What edits may use."""

    names: tuple[str, ...]
    """Names and attributes with values, the nearest first."""
    functions: tuple[str, ...]
    """The script's own functions of one argument."""


def edits_of(expression: ast.expr, scope: Scope) -> list[Edit]:
    """Return the edits of an expression, cheapest first."""
    found: dict[str, Edit] = {}
    for edit in _all(expression, scope):
        known = found.get(edit.expression)
        if known is None or edit.cost < known.cost:
            found[edit.expression] = edit
    return sorted(found.values(), key=lambda one: one.cost)[:_MOST]


def _all(expression: ast.expr, scope: Scope) -> Iterator[Edit]:
    parents = {id(child): node for node in ast.walk(expression) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(expression):
        if not isinstance(node, ast.expr) or isinstance(node, ast.Constant):
            continue
        if _is_function(node, parents):
            yield from _other_function(expression, node, scope)
            continue
        yield from _names(expression, node, scope)
        yield from _parts(expression, node)
        yield from _slopes(expression, node)
    yield from _whole(expression, scope)


def _is_function(node: ast.expr, parents: dict[int, ast.AST]) -> bool:
    parent = parents.get(id(node))
    return isinstance(parent, ast.Call) and parent.func is node


def _edit(expression: ast.expr, node: ast.expr, new: str, kind: str, cost: float) -> Iterator[Edit]:
    try:
        fresh = ast.parse(new, mode="eval").body
    except SyntaxError:
        return
    whole = _replaced(expression, node, fresh)
    old = ast.unparse(node)
    if ast.unparse(whole) != ast.unparse(expression):
        end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
        yield Edit(kind, old, new, ast.unparse(whole), (node.lineno, node.col_offset), end, cost)


def _replaced(expression: ast.expr, node: ast.expr, fresh: ast.expr) -> ast.expr:
    if expression is node:
        return fresh
    memo = {id(node): fresh}
    return copy.deepcopy(expression, memo)


def _names(expression: ast.expr, node: ast.expr, scope: Scope) -> Iterator[Edit]:
    if not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) or not isinstance(node.ctx, ast.Load):
        return
    old = ast.unparse(node)
    for n, name in enumerate(scope.names):
        if name != old:
            near = 0.0 if isinstance(node, ast.Name) == name.isidentifier() else 0.3
            yield from _edit(expression, node, name, "name", 1 + near + 0.001 * n)
            yield from _edit(expression, node, f"{name}.T", "name", 1.6 + near + 0.001 * n)
    if isinstance(node, ast.Subscript):
        yield from _indices(expression, node)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield from _edit(expression, node, ast.unparse(node.value), "transposed", 1.1)
        for n, name in enumerate(scope.names):
            yield from _edit(expression, node, f"{name}.T", "name", 1.2 + 0.001 * n)
    elif not isinstance(node, ast.Attribute) or node.attr != "T":
        yield from _edit(expression, node, f"{old}.T", "transposed", 1.1)


def _indices(expression: ast.expr, node: ast.Subscript) -> Iterator[Edit]:
    base, index = ast.unparse(node.value), ast.unparse(node.slice)
    if isinstance(node.slice, (ast.Slice, ast.Tuple)):
        return
    for other in (f"{index} + 1", f"{index} - 1"):
        simple = ast.unparse(ast.parse(other, mode="eval"))
        for a, b in ((" + 1 - 1", ""), (" - 1 + 1", ""), ("-1 - 1", "-2"), ("-2 + 1", "-1"), ("-l - 1", "-l - 1")):
            simple = simple.replace(a, b)
        yield from _edit(expression, node, f"{base}[{simple}]", "index", 1.2)


def _slopes(expression: ast.expr, node: ast.expr) -> Iterator[Edit]:
    """Replace a slope by that of another activation, or by one that is taken at the right place."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        inner = ast.unparse(node.args[0])
        yield from _edit(expression, node, f"({inner} * (1 - {inner}))", "slope at activation", 1.3)
        yield from _edit(expression, node, f"(1 - {inner} ** 2)", "slope at activation", 1.3)
        yield from _edit(expression, node, f"({inner} > 0)", "slope of another function", 1.5)
        yield from _edit(expression, node, inner, "function too many", 1.5)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Sub, ast.Mult, ast.Pow)):
        for name in {
            ast.unparse(one) for one in ast.walk(node) if isinstance(one, (ast.Name, ast.Attribute, ast.Subscript))
        }:
            for slope in (f"({name} * (1 - {name}))", f"(1 - {name} ** 2)", f"({name} > 0)"):
                yield from _edit(expression, node, slope, "slope of another function", 1.8)


def _other_function(expression: ast.expr, node: ast.expr, scope: Scope) -> Iterator[Edit]:
    for function in scope.functions:
        yield from _edit(expression, node, function, "function", 1.4)
    if isinstance(node, ast.Attribute) and node.attr in ("dot", "multiply", "matmul", "inner"):
        base = ast.unparse(node.value)
        for other in ("outer", "multiply", "dot"):
            if other != node.attr and base in ("np", "numpy"):
                yield from _edit(expression, node, f"{base}.{other}", other, 1.3)


def _parts(expression: ast.expr, node: ast.expr) -> Iterator[Edit]:  # noqa: PLR0912  (one branch a kind of expression)
    text = ast.unparse(node)
    if isinstance(node, ast.BinOp):
        a, b = ast.unparse(node.left), ast.unparse(node.right)
        if isinstance(node.op, (ast.Mult, ast.Div)):
            yield from _edit(expression, node, a, "factor too many", 1.2)
            if isinstance(node.op, ast.Mult):
                yield from _edit(expression, node, b, "factor too many", 1.2)
                yield from _edit(expression, node, f"({a}) @ ({b})", "product", 1.4)
                yield from _edit(expression, node, f"({b}) @ ({a})", "product", 1.6)
                yield from _edit(expression, node, f"np.outer({a}, {b})", "outer", 1.6)
        elif isinstance(node.op, ast.Sub):
            yield from _edit(expression, node, f"({b} - {a})", "sign", 1.3)
            yield from _edit(expression, node, f"{a} + {b}", "sign", 1.3)
            yield from _edit(expression, node, a, "term too many", 1.5)
            if isinstance(node.right, ast.BinOp) and isinstance(node.right.op, ast.Mult):
                left, right = ast.unparse(node.right.left), ast.unparse(node.right.right)
                yield from _edit(expression, node, f"(({a} - {left}) * {right})", "precedence", 1.3)
        elif isinstance(node.op, ast.Add):
            yield from _edit(expression, node, f"{a} - {b}", "sign", 1.3)
            yield from _edit(expression, node, a, "term too many", 1.5)
            yield from _edit(expression, node, b, "term too many", 1.5)
        elif isinstance(node.op, ast.MatMult):
            yield from _edit(expression, node, f"({a}) * ({b})", "product", 1.4)
            yield from _edit(expression, node, f"({b}) @ ({a})", "product", 1.4)
            yield from _edit(expression, node, f"np.outer({a}, {b})", "outer", 1.5)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from _edit(expression, node, ast.unparse(node.operand), "sign", 1.2)
    if isinstance(node, ast.Call) and len(node.args) == 2 and text.startswith(("np.dot(", "np.matmul(", "numpy.dot(")):
        a, b = (ast.unparse(one) for one in node.args)
        for new in (
            f"np.dot({b}, {a})",
            f"np.dot({a}.T, {b})",
            f"np.dot({a}, {b}.T)",
            f"np.dot({b}.T, {a})",
            f"np.dot({b}, {a}.T)",
        ):
            yield from _edit(expression, node, new, "transposed", 1.6)
        for right in (b, b.removesuffix(".T")):
            yield from _edit(expression, node, f"np.outer({a}, {right})", "outer", 1.4)
            for shifted in _shifted(right):
                yield from _edit(expression, node, f"np.outer({a}, {shifted})", "outer", 2.2)
    if isinstance(node, ast.Call) and (".sum(" in text or ".mean(" in text or "sum(" in text):
        yield from _axes(expression, node)


def _shifted(text: str) -> list[str]:
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        return []
    if not isinstance(node, ast.Subscript):
        return []
    base, index = ast.unparse(node.value), ast.unparse(node.slice)
    return (
        [f"{base}[{index.removesuffix(' + 1')}]"]
        if index.endswith(" + 1")
        else [f"{base}[{index} + 1]", f"{base}[{index} - 1]"]
    )


def _axes(expression: ast.expr, node: ast.Call) -> Iterator[Edit]:
    call = copy.deepcopy(node)
    for keyword in call.keywords:
        if keyword.arg == "axis":
            for axis in (0, 1, -1):
                keyword.value = ast.Constant(axis)
                yield from _edit(expression, node, ast.unparse(call), "axis", 1.2)
    if not any(keyword.arg == "axis" for keyword in node.keywords):
        inner = ast.unparse(node).removesuffix(")")
        comma = "" if inner.endswith("(") else ", "
        for rest in ("axis=0", "axis=1", "axis=0, keepdims=True", "axis=1, keepdims=True"):
            yield from _edit(expression, node, f"{inner}{comma}{rest})", "axis", 1.3)


def _whole(expression: ast.expr, scope: Scope) -> Iterator[Edit]:
    """Edits of the whole expression: a factor or a term more, its sign, its sum over an axis."""
    text = ast.unparse(expression)
    closed = text if isinstance(expression, (ast.Name, ast.Call, ast.Attribute, ast.Subscript)) else f"({text})"
    product = (
        text if isinstance(expression, ast.BinOp) and isinstance(expression.op, (ast.Mult, ast.MatMult)) else closed
    )
    yield from _edit(expression, expression, f"-{closed}", "sign", 1.3)
    for n, name in enumerate(scope.names):
        yield from _edit(expression, expression, f"{text} + {name}", "term missing", 1.4 + 0.001 * n)
        for slope in (f"{name} * (1 - {name})", f"(1 - {name} ** 2)", f"({name} > 0)"):
            yield from _edit(expression, expression, f"{product} * {slope}", "slope missing", 1.5 + 0.001 * n)
        for function in scope.functions:
            yield from _edit(
                expression, expression, f"{product} * {function}({name})", "slope missing", 1.4 + 0.001 * n
            )
        yield from _edit(expression, expression, f"{product} * {name}", "factor missing", 1.7 + 0.001 * n)
    for rest in ("axis=0", "axis=1", "axis=0, keepdims=True", "axis=1, keepdims=True"):
        yield from _edit(expression, expression, f"np.sum({text}, {rest})", "axis", 1.9)
    # the same for the first factor of a product with the rate: `rate * delta` and the like
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, (ast.Mult, ast.Sub, ast.Add)):
        for part in (expression.left, expression.right):
            yield from (
                one
                for name in scope.names[:20]
                for slope in (f"{name} * (1 - {name})", f"(1 - {name} ** 2)", name)
                for one in _edit(
                    expression,
                    part,
                    f"{ast.unparse(part)} * {slope}"
                    if isinstance(part, (ast.Name, ast.Call))
                    else f"({ast.unparse(part)}) * {slope}",
                    "factor missing",
                    2.0,
                )
            )
