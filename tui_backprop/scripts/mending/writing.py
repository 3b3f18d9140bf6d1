"""The source of an expression, with one part of it written otherwise, in the style that it has."""

from __future__ import annotations

import ast

_ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant, ast.Tuple, ast.List, ast.ListComp)
_TIMES = (ast.Mult, ast.Div, ast.MatMult)


class Writer:
    """Reads and replaces parts of one expression of a text."""

    def __init__(self, text: str, root: ast.expr) -> None:
        self.source = text.encode()
        self.starts = [0]
        for line in self.source.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.root = root
        self.parents = {id(child): node for node in ast.walk(root) for child in ast.iter_child_nodes(node)}

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return what a part belongs to; None for the whole."""
        return self.parents.get(id(node))

    def text(self, node: ast.AST) -> str:
        """Return a part as it is written, on one line."""
        start, end = self._span(node)
        found = self.source[start:end].decode()
        return ast.unparse(node) if "\n" in found else found

    def closed(self, node: ast.AST) -> str:
        """Return a part as it is written, in brackets where it is an operand of `*`."""
        times = isinstance(node, ast.BinOp) and isinstance(node.op, _TIMES)
        return self.text(node) if isinstance(node, _ATOMS) or times else f"({self.text(node)})"

    def atom(self, node: ast.AST) -> str:
        """Return a part as it is written, in brackets where something may follow it that binds more closely."""
        return self.text(node) if isinstance(node, _ATOMS) else f"({self.text(node)})"

    def whole(self, node: ast.AST, new: str) -> str:
        """Return the whole expression with a part replaced, in brackets."""
        (first, last), (start, end) = self._span(self.root), self._span(node)
        return "(" + self.source[first:start].decode() + new + self.source[end:last].decode() + ")"

    def fitting(self, node: ast.AST, fresh: ast.expr, new: str) -> str:
        """Return a replacement, in brackets where it would be read otherwise without them."""
        parent = self.parent(node)
        if isinstance(fresh, _ATOMS) or parent is None or self._in_brackets(node):
            return new
        binary = isinstance(fresh, ast.BinOp) and isinstance(fresh.op, _TIMES)
        if isinstance(parent, ast.BinOp):
            plain = isinstance(parent.op, ast.Add | ast.Sub)
            left = parent.left is node and isinstance(parent.op, _TIMES)
            return new if binary and (plain or left) else f"({new})"
        closing = isinstance(parent, ast.UnaryOp | ast.Compare | ast.Attribute | ast.Starred) or (
            isinstance(parent, ast.Subscript | ast.Call)
            and node in (getattr(parent, "value", 0), getattr(parent, "func", 0))
        )
        return f"({new})" if closing else new

    def _in_brackets(self, node: ast.AST) -> bool:
        start, end = self._span(node)
        before, after = self.source[start - 1 : start], self.source[end : end + 1]
        return before == b"(" and after == b")"

    def _span(self, node: ast.AST) -> tuple[int, int]:
        first, left = node.lineno, node.col_offset  # type: ignore[attr-defined]
        last, right = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return self.starts[first - 1] + left, self.starts[last - 1] + right
