"""One statement of an update explained: its expression with the numbers put in, and where each operand came from."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_backprop.scripts.answering.wording import statement_at
from tui_backprop.scripts.stepping.window import Event, Meaning, StatementValue, Window
from tui_backprop.session.anatomy.expressions import number_text
from tui_backprop.text.syntax import parsed

_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_SHOWN = 4  # numbers of an array that are put into an expression
_OPERANDS = 10


@dataclass(frozen=True)
class Operand:
    """Something that a statement's value was made from."""

    text: str
    """As the source has it."""
    value: Any
    event: int | None
    """The statement of this update that made it; None where it is older."""
    meaning: Meaning | None


@dataclass(frozen=True)
class StatementExplanation:
    """What there is to say of a statement."""

    event: Event
    source: str
    """The statement, on one line."""
    numbers: str
    """Its expression with the numbers put in; empty where there are none."""
    value: Any
    """What it made; None where that is no number."""
    made: str
    """The name that the value was given; empty where it has none."""
    several: tuple[tuple[str, Any, Meaning | None], ...]
    """Name, value and meaning of each number that it made, where it made several at once."""
    text: str
    """What it made, where that is no number."""
    meaning: Meaning | None
    theirs: Any
    """The value that the meaning is of; it may be a part of the expression."""
    derivative: Any
    """∂L/∂ of a value of the forward pass; None for any other."""
    operands: tuple[Operand, ...]
    calls: tuple[Event, ...]
    """The statements that called, the nearest first."""


def explain_statement(window: Window, at: int, text: str) -> StatementExplanation:
    """Explain a statement of an update; `text` is the source of its file."""
    event = window.events[at]
    statement = statement_of(text, event)
    record = window.records.get(at)
    made = window.made.get(at, [])
    marked = window.backward.get(at)
    found = _Operands(window, event, statement, record)
    shown = "" if statement is None or event.count else " ".join(ast.unparse(_head(statement)).split())
    value = None if record is None else window.graph.value(record)
    return StatementExplanation(
        event=event,
        source=shown or text.splitlines()[event.line - 1].strip(),
        numbers=found.numbers(),
        value=value,
        made=", ".join(one.name for one in made if one.name not in ("return", "if")),
        several=tuple(_several(window, made)),
        text=" ".join(one.text for one in made if one.text),
        meaning=None if marked is None else window.meanings[marked],
        theirs=None if marked is None else window.graph.value(marked),
        derivative=None if record is None or marked is not None else window.gradients.get(record),
        operands=tuple(found.operands()),
        calls=tuple(_calls(window, at)),
    )


def _several(window: Window, made: Sequence[StatementValue]) -> list[tuple[str, Any, Meaning | None]]:
    numbers = [one for one in made if one.record >= 0]
    if len(numbers) < 2:
        return []
    return [(one.name, window.graph.value(one.record), window.meanings.get(one.record)) for one in numbers]


def statement_of(text: str, event: Event) -> ast.stmt | None:
    """Return the statement that an event is of."""
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.stmt) and (node.lineno, node.col_offset) == (event.line, event.column):
            return node
    return statement_at(text, event.line)


def _head(statement: ast.stmt) -> ast.stmt:
    """Return a statement without the statements within it."""
    if not hasattr(statement, "body"):
        return statement
    found: Any = copy.copy(statement)
    found.body = [ast.Pass()]
    if hasattr(found, "orelse"):
        found.orelse = []
    return found  # type: ignore[no-any-return]


def _calls(window: Window, at: int) -> list[Event]:
    out = []
    depth = window.events[at].depth
    for earlier in reversed(window.events[:at]):
        if earlier.depth < depth:
            out.append(earlier)
            depth = earlier.depth
    return out


class _Operands:
    """Finds the records of the parts of an expression."""

    def __init__(self, window: Window, event: Event, statement: ast.stmt | None, record: int | None) -> None:
        self.window = window
        self.event = event
        self.statement = statement
        self.records: dict[ast.AST, int] = {}
        self.bound: set[str] = set()
        self.end = self._end()
        self.root = None if statement is None or event.count else _expression(statement)
        if self.root is not None:
            inner = [node for node in ast.walk(self.root) if isinstance(node, ast.comprehension)]
            self.bound = {one.id for node in inner for one in ast.walk(node.target) if isinstance(one, ast.Name)}
            simple = isinstance(statement, ast.Assign | ast.AnnAssign | ast.Return) and not _parts(self.root)
            self._visit(self.root, record if simple else None)

    def _end(self) -> int:
        """Return the record after the last one of the statement, calls included."""
        for later in self.window.events[self.event.number + 1 :]:
            if later.depth <= self.event.depth:
                return later.first
        return len(self.window.trace)

    def _visit(self, node: ast.AST, record: int | None) -> None:
        found = self._at(node)
        if found is not None:
            record = found
        if record is None and isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            record = self._named(ast.unparse(node))
        if record is not None:
            self.records[node] = record
        given = dict(zip(_children(node), self._arguments(node, found), strict=False))
        for child in ast.iter_child_nodes(node):
            self._visit(child, given.get(child))

    def _at(self, node: ast.AST) -> int | None:
        """Return the last record of this statement that a node made."""
        if not isinstance(node, ast.expr):
            return None
        span = (self.event.file, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
        here = [one for one in self.window.spans.get(span, ()) if self.event.first <= one < self.end]
        return here[-1] if here else None

    def _arguments(self, node: ast.AST, record: int | None) -> list[int]:
        if record is None or isinstance(node, ast.ListComp | ast.GeneratorExp):
            return []
        return list(self.window.graph.args[record])

    def _named(self, text: str) -> int | None:
        if text in self.bound:
            return None
        best = None
        for made in self.window.labelled.get(text, ()):
            if made[0] < self.event.number:
                best = made[1]
        return best

    def numbers(self) -> str:
        """Return the expression with the numbers put in."""
        if self.root is None or not self.records:
            return ""
        text = ast.unparse(_Numbers(self).visit(copy.deepcopy(self.root)))
        if isinstance(self.statement, ast.AugAssign):
            record = self.window.records.get(self.event.number)
            old = self.window.graph.args[record][:1] if record is not None else ()
            before = short_value(self.window.graph.value(old[0])) if old else ""
            return f"{before} {_SIGNS.get(type(self.statement.op), '?')} {text}" if before else ""
        alone = (
            isinstance(self.root, ast.Name | ast.Call) and self.root in self.records and not self._is_known(self.root)
        )
        return "" if alone or text == ast.unparse(self.root) else text

    def operands(self) -> list[Operand]:
        """Return the parts of the expression that were made before."""
        out: dict[str, Operand] = {}
        for node, record in self.records.items():
            if node is self.root and not isinstance(node, ast.Name):
                continue
            if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call) or self._is_known(node):
                continue
            text = " ".join(ast.unparse(node).split())
            event = self.window.event_of.get(record)
            if event is not None and event >= self.event.number and not isinstance(node, ast.Call):
                event = None
            meaning = self.window.meanings.get(record)
            out.setdefault(text, Operand(text, self.window.graph.value(record), event, meaning))
        return list(out.values())[:_OPERANDS]

    def _is_known(self, node: ast.AST) -> bool:
        """Return whether a call is one of a known function, whose own operands are told."""
        return isinstance(node, ast.Call) and self._at(node) is not None


class _Numbers(ast.NodeTransformer):
    def __init__(self, operands: _Operands) -> None:
        assert operands.root is not None  # noqa: S101  (asked before)
        self.values: dict[tuple[type[ast.expr], int, int, int | None, int | None], Any] = {
            (
                type(node),
                node.lineno,
                node.col_offset,
                node.end_lineno,
                node.end_col_offset,
            ): operands.window.graph.value(record)
            for node, record in operands.records.items()
            if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call) and not operands._is_known(node)
        }

    def visit(self, node: Any) -> Any:
        """Put the number in, where a part has one that is short."""
        if isinstance(node, ast.expr):
            key = (type(node), node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
            text = short_value(self.values.get(key))
            if text:
                return ast.Name(text, ast.Load())
        if isinstance(node, ast.Call):
            node.args = [self.visit(one) for one in node.args]
            return node
        return self.generic_visit(node)


def short_value(value: Any) -> str:
    """Return a number, or an array of a few, as an expression has it; nothing for what is longer."""
    if value is None or isinstance(value, bool):
        return ""
    flat = np.asarray(value)
    if flat.dtype.kind not in "fiu" or flat.size > _SHOWN or flat.size == 0:
        return ""
    texts = [number_text(float(one)) for one in flat.ravel()]
    if flat.ndim == 0:
        return texts[0] if not texts[0].startswith(("-", "−")) else f"({texts[0]})"
    return f"[{' '.join(texts)}]"


def _expression(statement: ast.stmt) -> ast.expr | None:
    match statement:
        case ast.If(test=test) | ast.While(test=test):
            return test
        case ast.For(iter=source):
            return source
    found = getattr(statement, "value", None)
    return found if isinstance(found, ast.expr) else None


def _parts(node: ast.expr) -> bool:
    return isinstance(node, ast.Tuple | ast.List | ast.ListComp)


def _children(node: ast.AST) -> list[ast.AST]:
    """Return the parts of an operation in the order of its operands."""
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.Attribute(value=value) | ast.Subscript(value=value):
            return [value]
        case ast.Call(func=ast.Attribute(value=value) as method, args=args):
            own = isinstance(value, ast.Name) and value.id in ("np", "numpy", "math")
            del method
            return list(args) if own else [value, *args]
        case ast.Call(args=args):
            return list(args)
    return []
