"""A script's syntax tree, with each operation sent through the recorder and nothing else about it changed."""

from __future__ import annotations

import ast
from typing import Any

NAME = "__tracer__"
"""What rewritten code calls the recorder; a name of Python's own form, so that classes do not mangle it."""

_PLAIN_CALLS = {
    "super",
    "locals",
    "globals",
    "vars",
    "dir",
    "eval",
    "exec",
    "print",
    "isinstance",
    "len",
    "range",
    "type",
}
_ATTRIBUTES = {"T", "mT", "flat", "A1", "A", "real"}
OPERATORS = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
}
_COMPARISONS = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"}
_UNARY = {ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert"}


class Places:
    """The places in the source that rewritten operations refer to by number."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.rows: list[tuple[int, int, int, int, int, str]] = []
        """(file, line, column, last line, last column, kind); lines from 1, columns in characters from 0."""

    def add_file(self, name: str) -> int:
        """Return the number of a file."""
        self.files.append(name)
        return len(self.files) - 1

    def add(self, file: int, node: Any, kind: str) -> int:
        """Return the number of a node's place."""
        end = node.end_lineno or node.lineno
        self.rows.append((file, node.lineno, node.col_offset, end, node.end_col_offset or 0, kind))
        return len(self.rows) - 1


Span = tuple[int, int, int, int]
"""First line, its column, last line, the column after it."""


def rewrite(
    tree: ast.Module, places: Places, file: int, stops: dict[Span, list[int]] | None = None, begin: Any = None
) -> ast.Module:
    """Return the tree with recording calls in it; lines and columns stay those of the source.

    `stops` has the expressions after which attempts are made, with their numbers; `begin` is the line and the column of the
    statement before which recording begins.
    """
    changed = Rewriter(places, file, stops, begin).visit(tree)
    return ast.fix_missing_locations(changed)


class Rewriter(ast.NodeTransformer):
    """Sends each operation through the recorder."""

    def __init__(
        self, places: Places, file: int, stops: dict[Span, list[int]] | None = None, begin: Any = None
    ) -> None:
        self.places = places
        self.file = file
        self.stops = stops or {}
        self.begin = begin
        self.arguments: set[str] = set()

    def visit(self, node: Any) -> Any:
        """Rewrite a node; where other expressions are tried in its place, its value goes by there."""
        numbers: list[int] = []
        if self.stops and isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            span = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
            numbers = self.stops.pop(span, [])
        changed = super().visit(node)
        if self.begin is not None and isinstance(node, ast.stmt) and [node.lineno, node.col_offset] == self.begin:
            start = _located(ast.Expr(self._hook(node, "begin")), node)
            return [start, *(changed if isinstance(changed, list) else [changed])]
        for number in numbers:
            changed = self._hook(node, "attempt", ast.Constant(number), changed)
        return changed

    # helpers

    def _place(self, node: Any, kind: str) -> ast.Constant:
        return ast.Constant(self.places.add(self.file, node, kind))

    def _hook(self, node: Any, name: str, *arguments: ast.expr) -> ast.Call:
        hook = ast.Attribute(ast.Name(NAME, ast.Load()), name, ast.Load())
        return _located(ast.Call(hook, list(arguments), []), node)

    # expressions

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        place = self._place(node, type(node.op).__name__)
        literal = ast.Constant(isinstance(node.left, ast.Constant) + 2 * isinstance(node.right, ast.Constant))
        self.generic_visit(node)
        return self._hook(node, "binary", place, ast.Constant(OPERATORS[type(node.op)]), node.left, node.right, literal)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        if isinstance(node.op, ast.Not) or isinstance(node.operand, ast.Constant):
            return self.generic_visit(node)
        place = self._place(node, "unary")
        self.generic_visit(node)
        return self._hook(node, "unary", place, ast.Constant(_UNARY[type(node.op)]), node.operand)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if len(node.ops) > 1 or type(node.ops[0]) not in _COMPARISONS:
            return self.generic_visit(node)
        place = self._place(node, "compare")
        name = _COMPARISONS[type(node.ops[0])]
        self.generic_visit(node)
        return self._hook(node, "compare", place, ast.Constant(name), node.left, node.comparators[0])

    def visit_Call(self, node: ast.Call) -> ast.AST:
        plain = isinstance(node.func, ast.Name) and node.func.id in _PLAIN_CALLS
        if (
            isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == NAME
        ):
            return node
        place = self._place(node, "call")
        self.generic_visit(node)
        node.args = [self._numbered(one) for one in node.args]
        for one in node.keywords:
            one.value = self._numbered(one.value)
        if plain:
            return node
        hook = ast.Attribute(ast.Name(NAME, ast.Load()), "call", ast.Load())
        return _located(ast.Call(hook, [place, node.func, *node.args], node.keywords), node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        place = self._place(node, "subscript")
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            return node
        return self._hook(node, "item", place, node.value, index_expression(node.slice))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        wanted = isinstance(node.ctx, ast.Load) and node.attr in _ATTRIBUTES
        place = self._place(node, "attribute") if wanted else None
        self.generic_visit(node)
        if place is None:
            return node
        return self._hook(node, "attribute", place, node.value, ast.Constant(node.attr))

    def _comprehension(self, node: Any) -> ast.AST:
        for generator in node.generators:
            place = self._place(generator.iter, "iterate")
            generator.iter = self._hook(generator.iter, "iterate", place, self.visit(generator.iter))
            generator.ifs = [self.visit(one) for one in generator.ifs]
        for field in ("elt", "key", "value"):
            if hasattr(node, field):
                setattr(node, field, self._numbered(self.visit(getattr(node, field))))
        return node  # type: ignore[no-any-return]

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension

    def visit_List(self, node: Any) -> Any:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            node.elts = [self._numbered(one) for one in node.elts]
        return node

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        self.generic_visit(node)
        node.values = [self._numbered(one) for one in node.values]
        return node

    def _numbered(self, node: Any) -> Any:
        """Make a number that is written in the source an object of its own: Python has one for all equal ones of a file."""
        number = isinstance(node, ast.Constant) and isinstance(node.value, float)
        return self._hook(node, "number", node) if number else node

    visit_Tuple = visit_List

    # statements

    def visit_FunctionDef(self, node: Any) -> ast.AST:
        outer, self.arguments = self.arguments, {one.arg for one in node.args.args}
        entered = ast.Expr(self._hook(node, "enter", self._place(node, "function")))
        node.body = [self.visit(one) for one in node.body]
        node.args.defaults = [self.visit(one) for one in node.args.defaults]
        node.body = [ast.copy_location(entered, node), *_flat(node.body)]
        self.arguments = outer
        return node  # type: ignore[no-any-return]

    def visit_Return(self, node: ast.Return) -> ast.AST:
        """Note an argument that is given back: as it came, or changed in place."""
        if isinstance(node.value, ast.Name) and node.value.id in self.arguments:
            node.value = self._hook(node, "given_back", self._place(node, "return"), node.value)
            return node
        return self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_For(self, node: ast.For) -> ast.AST:
        place = self._place(node, "for")
        source = self._hook(node.iter, "loop", place, self.visit(node.iter))
        node.iter = source
        node.body = _flat([self.visit(one) for one in node.body])
        node.orelse = _flat([self.visit(one) for one in node.orelse])
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        head = self._hook(node, "head", self._place(node, "while"))
        node.test = _located(ast.BoolOp(ast.And(), [head, self.visit(node.test)]), node.test)
        node.body = _flat([self.visit(one) for one in node.body])
        node.orelse = _flat([self.visit(one) for one in node.orelse])
        return node

    def visit_Assign(self, node: ast.Assign) -> Any:
        value = self._numbered(self.visit(node.value))
        tail: list[ast.stmt] = []
        if len(node.targets) == 1 and isinstance(node.targets[0], (ast.Tuple, ast.List)):
            value = self._unpacked(node, value, tail)
        else:
            for target in node.targets:
                if not isinstance(target, (ast.Tuple, ast.List, ast.Starred)):
                    value = self._named(node, target, value)
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0]
            call = self._hook(
                node,
                "set_item",
                self._place(node, "set"),
                value,
                self.visit(target.value),
                index_expression(self.visit(target.slice)),
            )
            return _located(ast.Expr(call), node)
        node.value = value
        node.targets = [self._target(one, node) for one in node.targets]
        return [node, *tail]

    def _target(self, target: Any, node: ast.stmt) -> Any:
        """Return a target whose own parts (the object of an attribute, the index) are recorded."""
        return self.visit(target)

    def _named(self, node: Any, target: Any, value: ast.expr) -> ast.Call:
        label = ast.unparse(target)
        return self._hook(node, "named", self._place(node, "assign"), ast.Constant(label), value)

    def _unpacked(self, node: ast.Assign, value: Any, tail: list[ast.stmt]) -> Any:
        target = node.targets[0]
        assert isinstance(target, (ast.Tuple, ast.List))  # noqa: S101  (asked before)
        if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
            if not any(isinstance(one, ast.Starred) for one in [*value.elts, *target.elts]):
                value.elts = [self._named(node, to, one) for to, one in zip(target.elts, value.elts)]
            return value
        for one in target.elts:
            if isinstance(one, ast.Name):
                call = self._hook(
                    node, "named", self._place(node, "unpack"), ast.Constant(one.id), ast.Name(one.id, ast.Load())
                )
                tail.append(_located(ast.Expr(call), node))
        return self._hook(node, "unpack", self._place(node, "unpack"), value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self._named(node, node.target, self._numbered(self.visit(node.value)))
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        operator = ast.Constant(OPERATORS[type(node.op)])
        place, label = self._place(node, "augment"), ast.Constant(ast.unparse(node.target))
        literal = ast.Constant(2 * isinstance(node.value, ast.Constant))
        value, target = self.visit(node.value), node.target
        if isinstance(target, ast.Name):
            call = self._hook(node, "augment", place, operator, label, ast.Name(target.id, ast.Load()), value, literal)
            return _located(ast.Assign([target], call), node)
        if isinstance(target, ast.Attribute):
            pair = self._hook(node, "pair_attribute", self.visit(target.value), ast.Constant(target.attr))
            return _located(
                ast.Expr(self._hook(node, "augment_attribute", place, operator, label, pair, value, literal)), node
            )
        inner = self._place(target, "subscript")
        pair = self._hook(
            node, "pair_item", inner, self.visit(target.value), index_expression(self.visit(target.slice))
        )
        return _located(ast.Expr(self._hook(node, "augment_item", place, operator, label, pair, value, literal)), node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Mark a call whose result is dropped."""
        dropped = isinstance(node.value, ast.Call)
        place = self._place(node, "dropped")
        self.generic_visit(node)
        if dropped:
            node.value = self._hook(node, "dropped", place, node.value)
        return node

    def visit_AsyncFor(self, node: Any) -> Any:
        return self.generic_visit(node)

    def visit_Delete(self, node: ast.Delete) -> ast.AST:
        return node

    def visit_Match(self, node: Any) -> Any:
        node.subject = self.visit(node.subject)
        for case in node.cases:
            case.body = _flat([self.visit(one) for one in case.body])
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        node.defaults = [self.visit(one) for one in node.defaults]
        return node


def _flat(body: list[Any]) -> list[Any]:
    out: list[Any] = []
    for one in body:
        out.extend(one if isinstance(one, list) else [one])
    return out


def _located(new: Any, old: Any) -> Any:
    return ast.copy_location(new, old)


def index_expression(node: Any) -> ast.expr:
    """Return a subscript's index as an expression: slices become calls of `slice`."""
    if isinstance(node, ast.Slice):
        parts = [part or ast.Constant(None) for part in (node.lower, node.upper, node.step)]
        hook = ast.Attribute(ast.Name(NAME, ast.Load()), "slice", ast.Load())
        return ast.Call(hook, parts, [])  # type: ignore[arg-type]
    if isinstance(node, ast.Tuple):
        return ast.Tuple([index_expression(one) for one in node.elts], ast.Load())
    return node  # type: ignore[no-any-return]
