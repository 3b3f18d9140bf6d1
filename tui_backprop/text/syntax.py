"""The syntax tree of Python text, from any thread."""

from __future__ import annotations

import ast
import threading

# Releases of Python 3.11 count the depth of a tree once for all threads: two that build one end in a SystemError.
_ONE_AT_A_TIME = threading.Lock()


def parsed(text: str) -> ast.Module:
    """Return the tree of a file's text.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is not Python, or too deep, as from `ast.parse`.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(text)


def parsed_expression(text: str) -> ast.Expression:
    """Return the tree of one expression.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is not one, or too deep, as from `ast.parse`.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(text, mode="eval")
