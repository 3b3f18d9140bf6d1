"""Numbers, names and columns as the text of a program."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

from tui_backprop.session.conditions import Expression
from tui_backprop.session.recipe.features import Features, variable_names
from tui_backprop.text.syntax import parsed_expression

WIDTH = 88
"""Columns of a line, as formatters of Python have it."""

_OPERATORS: dict[type[ast.operator], str] = {ast.Div: "np.divide", ast.Mod: "np.mod", ast.Pow: "np.float_power"}
_JOINED: dict[type[ast.boolop], str] = {ast.And: "np.logical_and", ast.Or: "np.logical_or"}


def quoted(text: str) -> str:
    """Return a text as Python writes it; what cannot be printed is escaped."""
    return f'"{"".join(map(_character, text))}"'


def _character(one: str) -> str:
    if one in '"\\':
        return f"\\{one}"
    return one if one.isprintable() else one.encode("unicode_escape").decode()


def array(values: NDArray[Any], call: str) -> str:
    """Return `call([…])` with every number to its last digit, in rows as the array has them."""
    literal = _nested(values.tolist(), "")
    return f"{call}({literal})"


def _nested(values: Any, indent: str) -> str:
    if not isinstance(values, list):
        return repr(values)
    line = f"[{', '.join(_nested(one, '') for one in values)}]" if not _is_deep(values) else ""
    if line and len(indent) + len(line) < WIDTH - (0 if indent else 24):
        return line
    inner = indent + "    "
    if _is_deep(values):
        lines = [f"{inner}{_nested(one, inner)}," for one in values]
    else:
        numbers = ", ".join(map(repr, values)) + ","
        lines = textwrap.wrap(numbers, WIDTH, initial_indent=inner, subsequent_indent=inner)
    return "\n".join(["[", *lines, f"{indent}]"])


def _is_deep(values: Sequence[Any]) -> bool:
    return any(isinstance(one, list) for one in values)


def names(given: Iterable[str]) -> str:
    """Return a list of texts, in lines where it is long."""
    parts = [quoted(one) for one in given]
    line = f"[{', '.join(parts)}]"
    return line if len(line) <= WIDTH - 12 else "\n".join(["[", *(f"    {part}," for part in parts), "]"])


def unformatted(lines: Iterable[str]) -> str:
    """Return lines that a formatter is to leave as they are."""
    return "\n".join(["# fmt: off", *lines, "# fmt: on"])


def feature_columns(features: Features) -> list[str]:
    """Return each feature as NumPy has it, for `x` (rows, columns)."""
    names = {name: i for i, name in enumerate(variable_names(features.columns))}
    names |= {f"x{i + 1}": i for i in range(len(features.columns))}
    return [_feature(one, names) for one in features.expressions]


def _feature(expression: Expression, names: dict[str, int]) -> str:
    tree = _InNumpy(names).visit(parsed_expression(expression.text).body)
    text = ast.unparse(tree)
    return text if expression.names else f"np.full(len(x), {text})"


class _InNumpy(ast.NodeTransformer):
    """Writes an expression over columns for NumPy, as expressions compute it."""

    def __init__(self, names: dict[str, int]) -> None:
        self._names = names

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """Numbers are all of one kind."""
        return ast.Constant(float(node.value)) if type(node.value) is int else node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A column."""
        return _expression(f"x[:, {self._names[node.id]}]")

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """NumPy's functions have the same names."""
        return ast.Call(_expression(f"np.{ast.unparse(node.func)}"), [self.visit(one) for one in node.args], [])

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """Python's `not` takes one value."""
        inner = self.visit(node.operand)
        return (
            ast.Call(_expression("np.logical_not"), [inner], [])
            if isinstance(node.op, ast.Not)
            else ast.UnaryOp(node.op, inner)
        )

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Where Python's operator does something else with plain numbers it is NumPy's function."""
        left, right = self.visit(node.left), self.visit(node.right)
        plain = isinstance(node.op, ast.Pow) or not any(isinstance(one, ast.Name) for one in ast.walk(node))
        if plain and type(node.op) in _OPERATORS:
            return ast.Call(_expression(_OPERATORS[type(node.op)]), [left, right], [])
        return ast.BinOp(left, node.op, right)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """Python's `and` takes one value."""
        first: ast.expr
        first, *others = (self.visit(one) for one in node.values)
        for other in others:
            first = ast.Call(_expression(_JOINED[type(node.op)]), [first, other], [])
        return first

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """A chain is several comparisons."""
        sides = [node.left, *node.comparators]
        pairs = [
            ast.Compare(self.visit(left), [op], [self.visit(right)])
            for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
        ]
        first: ast.expr = pairs[0]
        for other in pairs[1:]:
            first = ast.Call(_expression("np.logical_and"), [first, other], [])
        return first


def _expression(text: str) -> ast.expr:
    return parsed_expression(text).body
