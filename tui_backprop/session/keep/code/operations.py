"""The functions of `core` as the text of a file for NumPy: no types, and their constants beside them."""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any

import numpy as np

from tui_backprop.core.errors import IncompleteError
from tui_backprop.core.operations.optimizers import Optimizer
from tui_backprop.text.syntax import parsed

_MODULES = {"np": np, "math": math}
_WRAPPERS = ("np.asarray", "np.asanyarray")  # they tell types apart, and do nothing to an array


class Operations:
    """Functions that a file needs, each once, behind those that it calls."""

    def __init__(self) -> None:
        self.constants: dict[str, float] = {}
        """Numbers by the names that the functions have for them."""
        self._texts: dict[str, str] = {}

    @property
    def text(self) -> str:
        """All functions, two blank lines before each."""
        return "".join(f"\n\n{text}" for text in self._texts.values())

    @property
    def needs_math(self) -> bool:
        """Whether a function calls Python's own `math`."""
        return "math." in self.text

    def function(self, function: Callable[..., Any], name: str = "") -> str:
        """Add a function of `core`, and return what calls it: `sigmoid`, or `np.tanh` for one of NumPy's."""
        if isinstance(function, np.ufunc):
            return f"np.{function.__name__}"
        name = name or function.__name__.strip("_")
        if name not in self._texts:
            self._add(name, _source_of(function), inspect.getdoc(function) or "", {})
        return name

    def optimizer(self, optimizer: Optimizer, name: str) -> tuple[str, ...]:
        """Add an optimizer's update under a name, and return the names of its arguments.

        What it remembers is an argument only where there is something; so is each other one.
        """
        source = _source_of(type(optimizer).new_values)
        if name not in self._texts:
            own = {field.name: getattr(optimizer, field.name) for field in fields(optimizer)}
            self._add(name, source, (inspect.getdoc(type(optimizer)) or "").partition("\n\n")[0], own)
        return source.arguments

    def _add(self, name: str, source: _Source, says: str, own: Mapping[str, Any]) -> None:
        replaced = {}
        for field, value in own.items():
            if isinstance(value, Optimizer) and f"self.{field}.new_values" in source.text:
                inner = type(value).__name__.lower()
                self.optimizer(value, inner)
                replaced[f"self.{field}.new_values"] = inner
            elif f"self.{field}" in source.text:
                self.constants[field.upper()] = value
                replaced[f"self.{field}"] = field.upper()
        for called in source.names:
            found = source.known[called]
            if callable(found):
                replaced[called] = self.function(found)
            else:
                self.constants[called.strip("_")] = found
                replaced[called] = called.strip("_")
        self._texts[name] = source.written(name, says, replaced)


def definition(function: Callable[..., Any]) -> str:
    """Return a function of `core` as text for NumPy, with its constants and the functions that it calls."""
    operations = Operations()
    name = operations.function(function)
    numbers = "".join(f"{name} = {value!r}\n" for name, value in operations.constants.items())
    return f"{numbers}{operations.text}".strip() or name


class _Source:
    """A function's text and tree."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.text = textwrap.dedent(inspect.getsource(function))
        found = parsed(self.text).body[0]
        if not isinstance(found, ast.FunctionDef):
            raise IncompleteError(f"{function.__name__}: expected a function with a name, for its text")
        self.tree = found
        self.known = function.__globals__
        self._starts = [0]
        for line in self.text.encode().splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self.body = [node for node in self.tree.body if not _is_text(node)]

    @property
    def nodes(self) -> Iterable[ast.AST]:
        """All parts of what it does."""
        return (node for statement in self.body for node in ast.walk(statement))

    @property
    def names(self) -> tuple[str, ...]:
        """What it names of its module: constants and functions."""
        own = {argument.arg for argument in self.tree.args.args}
        own |= {node.id for node in self.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        used = (node.id for node in self.nodes if isinstance(node, ast.Name))
        return tuple(
            dict.fromkeys(name for name in used if name in self.known and name not in own and name not in _MODULES)
        )

    @property
    def arguments(self) -> tuple[str, ...]:
        """Its arguments, `self` left out; of an optimizer's those that it uses."""
        given = [argument.arg for argument in self.tree.args.args]
        if given[0] != "self":
            return tuple(given)
        used = {node.id for node in self.nodes if isinstance(node, ast.Name)}
        return tuple(name for name in given[1:] if name in used)

    def written(self, name: str, says: str, replaced: Mapping[str, str]) -> str:
        """Return its text with some names replaced, and with `says` as its docstring."""
        edits: list[tuple[int, int, str]] = []
        for node in self.nodes:
            start, end = self._span(node)
            whole = self._between(start, end)
            if isinstance(node, ast.Name | ast.Attribute) and whole in replaced:
                edits.append((start, end, replaced[whole]))
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in _WRAPPERS and len(node.args) == 1:
                first, last = self._span(node.args[0])
                edits += [(start, first, ""), (last, end, "")]
            elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and _is_nothing(node.elts[1]):
                edits.append((self._span(node.elts[0])[1], end, ""))  # it remembers nothing
        begin, end = self._span(self.body[0])[0], self._span(self.body[-1])[1]
        found = self.text.encode()
        for start, stop, text in sorted(edits, reverse=True):
            found = found[:start] + text.encode() + found[stop:]
            end += len(text.encode()) - (stop - start)
        body = found[begin:end].decode()
        return f"def {name}({', '.join(self.arguments)}):\n{_docstring(says)}    {body}\n"

    def _span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a part begins and ends, in bytes."""
        place: Any = node
        if not hasattr(node, "lineno"):
            return (0, 0)
        return (
            self._starts[place.lineno - 1] + place.col_offset,
            self._starts[place.end_lineno - 1] + place.end_col_offset,
        )

    def _between(self, start: int, end: int) -> str:
        return self.text.encode()[start:end].decode()


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Tuple) and not node.elts


@lru_cache(maxsize=256)
def _source_of(function: Callable[..., Any]) -> _Source:
    return _Source(function)


def _docstring(says: str) -> str:
    first, _, rest = says.partition("\n")
    more = f"\n{textwrap.indent(rest, '    ')}\n    " if rest.strip() else ""
    return f'    """{first}{more}"""\n' if first else ""
