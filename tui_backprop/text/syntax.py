"""The syntax tree of Python text, from any thread."""

from __future__ import annotations

import ast
import contextlib
import functools
import threading
from typing import Any

# Releases of Python 3.11 count the depth of a tree once for all threads: two that build one end in a SystemError.
_ONE_AT_A_TIME = threading.Lock()
_TRIES = 5
_TEXTS = 8  # whose trees are kept: a script, the modules beside it, and how it is with some edits


def parsed(text: str) -> ast.Module:
    """Return the tree of a file's text: to be read only, all who ask for the same text get the same tree.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is not Python, or too deep, as from `ast.parse`.
    """
    with _ONE_AT_A_TIME:
        return _tree(text)


def simple_statements(text: str) -> list[ast.stmt]:
    """Return the statements of a file that have no others within, as `ast.walk` finds them; to be read only.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `parsed`.
    """
    with _ONE_AT_A_TIME:
        return _simple_statements(text)


@functools.lru_cache(maxsize=_TEXTS)
def _tree(text: str) -> ast.Module:
    tree: ast.Module = _built(text, "exec")
    return tree


@functools.lru_cache(maxsize=_TEXTS)
def _simple_statements(text: str) -> list[ast.stmt]:
    return [node for node in ast.walk(_tree(text)) if isinstance(node, ast.stmt) and not hasattr(node, "body")]


def parsed_expression(text: str) -> ast.Expression:
    """Return the tree of one expression.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is not one, or too deep, as from `ast.parse`.
    """
    with _ONE_AT_A_TIME:
        tree: ast.Expression = _built(text, "eval")
    return tree


def _built(text: str, mode: str) -> Any:
    """Build a tree; again where another thread built one meanwhile: Textual reads the arguments of a key's action so."""
    for _ in range(_TRIES):
        with contextlib.suppress(SystemError):
            return ast.parse(text, mode=mode)
    return ast.parse(text, mode=mode)
