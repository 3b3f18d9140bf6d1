"""A script's syntax tree with each function and the training loop's body there twice: plain, and recording each line.

Which of the two runs is asked where a function begins and at each pass of the training loop; so what is not looked at runs
as fast as the plain script.
"""

from __future__ import annotations

import ast
import copy
from typing import Any

from .rewrite import NAME, Places, Rewriter

_SCOPES = (ast.Global, ast.Nonlocal)


def doubled(tree: ast.Module, places: Places, file: int, tick: Any) -> ast.Module:
    """Return the tree with both versions; `tick` is where the loop or function begins that makes an update."""
    tree = _Doubler(places, file, tick).visit(tree)
    return ast.fix_missing_locations(tree)


class LineRewriter(Rewriter):
    """Records operations, and says which statement is about to run."""

    def visit(self, node: ast.AST) -> Any:
        """Visit a node; a statement is announced before it runs."""
        if not isinstance(node, ast.stmt) or isinstance(node, (*_SCOPES, ast.Import, ast.ImportFrom)):
            return super().visit(node)
        announced = ast.Expr(self._hook(node, "line", self._place(node, "statement")))
        ast.copy_location(announced, node)
        changed = super().visit(node)
        return [announced, *(changed if isinstance(changed, list) else [changed])]

    def visit_If(self, node: ast.If) -> ast.AST:
        """Note how a condition came out."""
        self.generic_visit(node)
        node.test = self._hook(node.test, "tested", node.test)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        """Note what a function gives back."""
        self.generic_visit(node)
        if node.value is not None:
            node.value = self._hook(node, "returned", node.value)
        return node


class _Doubler(ast.NodeTransformer):
    def __init__(self, places: Places, file: int, tick: Any) -> None:
        self.places = places
        self.file = file
        self.tick = tick

    def _asked(self, node: Any, name: str) -> ast.expr:
        found: ast.expr = ast.Attribute(ast.Name(NAME, ast.Load()), name, ast.Load())
        if name != "on":
            found = ast.Call(found, [], [])
        return ast.copy_location(found, node)

    def _recorded(self, body: list[ast.stmt]) -> list[ast.stmt]:
        rewriter = LineRewriter(self.places, self.file)
        out: list[ast.stmt] = []
        for one in body:
            changed = rewriter.visit(copy.deepcopy(one))
            out.extend(changed if isinstance(changed, list) else [changed])
        return out

    def visit_FunctionDef(self, node: Any) -> Any:
        """Ask at the beginning of a function which version runs."""
        body = list(node.body)
        first = [body.pop(0)] if _is_text(body[0]) else []
        scopes = [one for one in ast.walk(ast.Module(body, [])) if isinstance(one, _SCOPES)] if body else []
        scopes = [one for one in scopes if _belongs(one, body)]
        stripped = [_Stripped().visit(one) for one in body]
        recorded = self._recorded(stripped)
        plain = [self.visit(one) for one in stripped]
        node.args.defaults = [self.visit(one) for one in node.args.defaults]
        if not plain:
            return node
        begins = (node.lineno, node.col_offset) == self.tick
        choice: ast.stmt = ast.If(self._asked(node, "tick" if begins else "on"), recorded, plain)
        ast.copy_location(choice, body[0])
        node.body = [*first, *scopes, self._guarded(choice) if begins else choice]
        return node

    def _guarded(self, node: ast.stmt) -> ast.stmt:
        """Return a statement after which an update ends, however that happens."""
        after = ast.copy_location(ast.Expr(self._asked(node, "left")), node)
        return ast.copy_location(ast.Try([node], [], [], [after]), node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """Ask the same in a lambda."""
        recorded = Rewriter(self.places, self.file).visit(copy.deepcopy(node.body))
        self.generic_visit(node)
        choice = ast.IfExp(self._asked(node.body, "on"), recorded, node.body)
        node.body = ast.copy_location(choice, node.body)
        return node

    def visit_List(self, node: Any) -> Any:
        """Make each number in a list an object of its own: equal inputs are not the same input."""
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            node.elts = [_own_number(one) for one in node.elts]
        return node

    visit_Tuple = visit_List

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Do the same with a number that is given a name: equal parameters are not the same parameter."""
        self.generic_visit(node)
        node.value = _own_number(node.value)
        return node

    def _loop(self, node: Any) -> Any:
        here = (node.lineno, node.col_offset) == self.tick
        recorded = self._recorded(node.body) if here else []
        self.generic_visit(node)
        if not here:
            return node
        choice = ast.If(self._asked(node, "tick"), recorded, node.body)
        node.body = [ast.copy_location(choice, node.body[0])]
        return self._guarded(node)

    visit_For = visit_While = _loop


def _own_number(node: ast.expr) -> ast.expr:
    """Return an expression that gives a number of the source as another object each time."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, float)):
        return node
    hook = ast.Attribute(ast.Name(NAME, ast.Load()), "number", ast.Load())
    return ast.copy_location(ast.Call(hook, [node], []), node)


class _Stripped(ast.NodeTransformer):
    """Takes `global` and `nonlocal` out of a function's statements, not out of functions within it."""

    def visit_Global(self, node: Any) -> ast.AST:
        """Put nothing in its place."""
        return ast.copy_location(ast.Pass(), node)

    visit_Nonlocal = visit_Global

    def visit_FunctionDef(self, node: Any) -> Any:
        """Leave a function within the function as it is."""
        return node

    visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = visit_FunctionDef


def _belongs(scope: ast.stmt, body: list[ast.stmt]) -> bool:
    """Return whether a `global` is a function's own, not that of a function within it."""
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop()
        if node is scope:
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            todo.extend(ast.iter_child_nodes(node))
    return False


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
