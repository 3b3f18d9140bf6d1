"""A script's syntax tree in which only a few places go through hooks: its training runs at nearly its own speed."""

from __future__ import annotations

import ast
from typing import Any

from .rewrite import NAME, OPERATORS, Span, index_expression

_MEANS = {"mean", "sum", "average", "count_nonzero"}


def hooked(tree: ast.Module, wanted: dict[Span, int], loops: set[Span]) -> ast.Module:
    """Return the tree with a hook at each wanted place, and its number; each pass of `loops` asks whether to leave."""
    return ast.fix_missing_locations(_Hooks(wanted, loops).visit(tree))


class _Hooks(ast.NodeTransformer):
    def __init__(self, wanted: dict[Span, int], loops: set[Span]) -> None:
        self.wanted = wanted
        self.loops = loops
        self.inside_mean = 0

    def _number(self, node: Any) -> Any:
        return self.wanted.get(_span(node))

    def _hook(self, node: Any, name: str, *arguments: Any) -> ast.Call:
        function = ast.Attribute(ast.Name(NAME, ast.Load()), name, ast.Load())
        return ast.copy_location(ast.Call(function, list(arguments), []), node)

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._loop(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._loop(node)

    def _loop(self, node: Any) -> ast.AST:
        left = _span(node) in self.loops
        self.generic_visit(node)
        if left:
            leaving = ast.Attribute(ast.Name(NAME, ast.Load()), "leaving", ast.Load())
            node.body.insert(0, ast.copy_location(ast.If(leaving, [ast.Break()], []), node.body[0]))
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        number = self._number(node)
        self.generic_visit(node)
        if number is None or type(node.op) not in OPERATORS:
            return node
        operator = ast.Constant(OPERATORS[type(node.op)])
        return self._hook(node, "binary", ast.Constant(number), operator, node.left, node.right)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        number = self._number(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        self.inside_mean += name in _MEANS
        self.generic_visit(node)
        self.inside_mean -= name in _MEANS
        if name == "argmax":
            hook = self._hook(node, "argmax", ast.Constant(node.lineno), node.func, *node.args)
        elif number is not None:
            hook = self._hook(node, "call", ast.Constant(number), node.func, *node.args)
        else:
            return node
        hook.keywords = node.keywords
        return hook

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        line = node.lineno
        counted = self.inside_mean > 0
        self.generic_visit(node)
        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq) or not counted:
            return node
        return self._hook(node, "equal", ast.Constant(line), node.left, node.comparators[0])

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        number = self._number(node)
        self.generic_visit(node)
        if number is None or type(node.op) not in OPERATORS:
            return node
        start = [ast.Constant(number), ast.Constant(OPERATORS[type(node.op)])]
        target = node.target
        if isinstance(target, ast.Name):
            value = self._hook(node, "augment", *start, ast.Name(target.id, ast.Load()), node.value)
            return ast.copy_location(ast.Assign([target], value), node)
        if isinstance(target, ast.Attribute):
            call = self._hook(node, "augment_attribute", *start, target.value, ast.Constant(target.attr), node.value)
        else:
            call = self._hook(node, "augment_item", *start, target.value, index_expression(target.slice), node.value)
        return ast.copy_location(ast.Expr(call), node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        number = self._number(node)
        self.generic_visit(node)
        target = node.targets[0]
        if number is None or len(node.targets) != 1 or not isinstance(target, ast.Subscript):
            return node
        call = self._hook(
            node, "set_item", ast.Constant(number), node.value, target.value, index_expression(target.slice)
        )
        return ast.copy_location(ast.Expr(call), node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node


def _span(node: Any) -> Span:
    return (node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0)
