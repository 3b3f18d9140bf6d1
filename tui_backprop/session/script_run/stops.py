"""Where a script halts: lines, and conditions over its names."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_backprop.scripts.source.source import Source
from tui_backprop.scripts.stepping.window import Window
from tui_backprop.session.conditions import Condition, ConditionError, Expression
from tui_backprop.text.syntax import parsed, parsed_expression

WORDS = (
    "abs", "min", "max", "sum", "len", "any", "all", "isnan", "isinf", "isfinite", "mean", "norm", "sqrt", "exp", "log",
    "inf", "nan",
)  # fmt: skip
"""Functions and numbers that a condition may use beside the script's own names."""

_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.Name, ast.Attribute, ast.Subscript, ast.Constant,
    ast.Slice, ast.Tuple, ast.Load, ast.boolop, ast.unaryop, ast.operator, ast.cmpop,
)  # fmt: skip
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LONGEST = 300
_OURS = {"loss", "update"}


@dataclass(eq=False)
class LineStop:
    """A line at which a run halts."""

    file: str
    line: int
    enabled: bool = True
    hits: int = 0

    def text(self, source: Source) -> str:
        """Return it as the list has it, for the script's present text."""
        return f"line {source.place_of(self.line) if self.file == source.path else self.line}"


@dataclass(eq=False)
class ConditionStop:
    """A condition over the script's names at which a run halts, where it comes true."""

    condition: str
    enabled: bool = True
    hits: int = 0
    ours: Condition | None = field(default=None, repr=False)
    """The condition where it is over the loss and the update alone."""

    def text(self, source: Source) -> str:
        """Return it as the list has it, which is the same for every text."""
        return self.condition


def condition_stop(text: str, names: frozenset[str]) -> ConditionStop:
    """Return a stop from what was typed; `names` are those of the script.

    Raises:
        ConditionError: it is no condition over names of the script.
    """
    tree = checked(text)
    used = _used(tree)
    if used and used <= _OURS - names:
        return ConditionStop(text, ours=Condition(text))
    _known(used, names)
    return ConditionStop(text)


def _used(tree: ast.Expression) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - set(WORDS)


def _known(used: set[str], names: frozenset[str]) -> None:
    """Check that all names that are used are the script's."""
    unknown = sorted(used - names)
    if unknown:
        raise ConditionError(f"unknown name {unknown[0]}; an update begins with {', '.join(sorted(names)[:12])}")


@dataclass(frozen=True)
class ScriptWatch:
    """An expression that is shown at each update."""

    expression: str
    ours: Expression | None = field(default=None, repr=False)
    """The expression where it is over the loss and the update alone."""

    def value_in(self, window: Window) -> Any:
        """Return what it is at the beginning of an update; None where that was recorded without it."""
        if self.ours is None:
            return window.watched.get(self.expression)
        try:
            return self.ours.number(UpdateMoment(window.loss, window.update))
        except ConditionError as error:
            return str(error)


def stop_or_watch(text: str, names: frozenset[str]) -> ConditionStop | ScriptWatch:
    """Return what was typed: what is true or false halts a run, what is a number is watched.

    Raises:
        ConditionError: it is no expression over names of the script.
    """
    tree = checked(text)
    if _is_condition(tree.body):
        return condition_stop(text, names)
    used = _used(tree)
    if used and used <= _OURS - names:
        return ScriptWatch(text, Expression(text))
    _known(used, names)
    return ScriptWatch(text)


def _is_condition(node: ast.expr) -> bool:
    match node:
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Call(func=ast.Name(id="any" | "all" | "isnan" | "isinf" | "isfinite")):
            return True
    return False


def visible_names(text: str, line: int) -> frozenset[str]:
    """Return the names that a statement at a line of a source can use."""
    out: set[str] = set()
    todo: list[ast.AST] = list(parsed(text).body)
    while todo:
        node = todo.pop()
        if isinstance(node, _SCOPES) and not node.lineno <= line <= (node.end_lineno or 0):
            continue
        if isinstance(node, ast.arg):
            out.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            out.add(node.id)
        todo.extend(ast.iter_child_nodes(node))
    return frozenset(out)


def checked(text: str) -> ast.Expression:
    """Return an expression that only computes: names, numbers, parts, comparisons, and the known functions.

    Raises:
        ConditionError: it is something else; one sentence.
    """
    if len(text) > _LONGEST:
        raise ConditionError(f"a condition has at most {_LONGEST} characters")
    try:
        tree = parsed_expression(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ConditionError("expected a condition such as loss < 0.1 or abs(w1) > 5") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            known = isinstance(node.func, ast.Name) and node.func.id in WORDS and not node.keywords
            if not known:
                raise ConditionError(f"a condition may call {', '.join(WORDS[:-2])}, nothing else")
        elif not isinstance(node, _ALLOWED):
            raise ConditionError("a condition compares values: names, numbers, parts, and - + * / ** % @")
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            raise ConditionError(f"{node.attr}: names that begin with _ cannot be used here")
    return tree


@dataclass(frozen=True)
class UpdateMoment:
    """What a condition over the loss and the update sees."""

    loss: float
    update: int

    @property
    def names(self) -> tuple[str, ...]:
        """What it may name."""
        return ("loss", "update")

    def value(self, name: str) -> Any:
        """Return what a name is."""
        return np.float64(getattr(self, name))

    def epochs_ago(self, count: int) -> None:
        """Return nothing: there are no epochs."""
