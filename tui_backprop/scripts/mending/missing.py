"""What an expression may lack: a factor, the slope of an activation, a term, a sum over an axis, a sign."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tui_backprop.scripts.mending.scope import Scope
from tui_backprop.scripts.mending.writing import Writer

MODULES = ("np", "numpy", "math", "random")
NEAR = 25
"""How many names are tried as factors inside of an expression."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A part of an expression and what it may have been meant to be."""

    node: ast.expr
    new: str
    kind: str
    cost: float


def missing_parts(writer: Writer, node: ast.expr, scope: Scope) -> Iterator[Alternative]:
    """Add a factor, a slope, a term, a sum over an axis, or change the sign."""
    whole = node is writer.root
    text, product = writer.text(node), writer.closed(node)
    far = 0.0 if whole else 0.3
    yield Alternative(node, f"-{writer.atom(node)}", "sign", 1.35 + far)
    for n, name in enumerate(scope.names if whole else scope.names[:NEAR]):
        late = far + 0.001 * n
        for m, slope in enumerate(scope.slopes(name)):
            yield Alternative(node, f"{product} * {slope}", "slope missing", 1.4 + late + 0.0001 * m)
        yield Alternative(node, f"{product} * {name}", "factor missing", 1.7 + late)
        yield Alternative(node, f"{product} / {name}", "factor missing", 1.8 + late)
        if whole:
            yield Alternative(node, f"{text} + {name}", "term missing", 1.4 + late)
            yield Alternative(node, f"{text} - {name}", "term missing", 1.6 + late)
            yield Alternative(node, f"{product} @ {name}.T", "factor missing", 1.9 + late)
            yield Alternative(node, f"{product} @ {name}", "factor missing", 1.9 + late)
            yield Alternative(node, f"{name}.T @ {writer.atom(node)}", "factor missing", 1.9 + late)
    if whole:
        yield from _whole_gradients(node, scope)
        for function in ("sum", "mean"):
            for rest in ("axis=0", "axis=1", "axis=0, keepdims=True", "axis=1, keepdims=True"):
                yield Alternative(node, f"np.{function}({text}, {rest})", "axis", 1.9 + 0.05 * (function == "mean"))
        for near in scope.names[:10]:  # a term that is the outer or matrix product of two values
            for other in scope.names[:16]:
                for term in (f"{near} @ {other}.T", f"{near}.T @ {other}"):
                    yield Alternative(node, f"{text} + {term}", "term missing", 2.3)
        for keep in ("axis=0", "axis=-1, keepdims=True"):
            yield from _centred(writer, node, scope, keep)


def _whole_gradients(node: ast.expr, scope: Scope) -> Iterator[Alternative]:
    """Write the whole gradient of weights, from two values, or that of a bias, from one."""
    for n, delta in enumerate(scope.names[:NEAR]):
        late = 0.001 * n
        for axis in (0, 1):
            yield Alternative(node, f"{delta}.sum(axis={axis})", "gradient", 2.2 + late)
            yield Alternative(node, f"{delta}.sum(axis={axis}, keepdims=True)", "gradient", 2.25 + late)
        for given in scope.names[:NEAR]:
            if given != delta:
                yield Alternative(node, f"{given}.T @ {delta}", "gradient", 2.6 + late)
                yield Alternative(node, f"{delta} @ {given}.T", "gradient", 2.6 + late)
                yield Alternative(node, f"np.outer({delta}, {given})", "gradient", 2.65 + late)


def _centred(writer: Writer, node: ast.expr, scope: Scope, axis: str) -> Iterator[Alternative]:
    """Subtract a mean, or a value's share of it, as the derivatives of normalisations and of softmax have it."""
    for one in ast.walk(node):
        if not isinstance(one, ast.Name | ast.Subscript | ast.Attribute) or writer.text(one) in MODULES:
            continue
        parent = writer.parent(one)
        if isinstance(one.ctx, ast.Store) or (isinstance(parent, ast.Call) and parent.func is one):
            continue
        x = writer.text(one)
        yield Alternative(one, f"({x} - {x}.mean({axis}))", "term missing", 2.4)
        for other in scope.names[:NEAR]:
            yield Alternative(one, f"({x} - {other} * ({x} * {other}).mean({axis}))", "term missing", 2.5)
            yield Alternative(one, f"({x} - ({x} * {other}).sum({axis}))", "term missing", 2.5)
    if isinstance(node, ast.BinOp):
        for part in (node.left, node.right):
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub):
                first = writer.text(next((one for one in ast.walk(part) if isinstance(one, ast.Name)), part.left))
                yield Alternative(part, f"{writer.text(part)} - {first}.mean({axis})", "term missing", 2.4)
                for other in scope.names[:NEAR]:
                    term = f"{other} * ({first} * {other}).mean({axis})"
                    yield Alternative(part, f"{writer.text(part)} - {term}", "term missing", 2.5)
