"""Whether a file is functions to be asked (the two forms), or a script to be run."""

from __future__ import annotations

import ast
from pathlib import Path

from tui_backprop.core.errors import InputError
from tui_backprop.system.inputs import read_python

_FORMS = (
    {"forward": 2, "backward": 3},
    {"forward": 2, "update": 4},
    {"backward": 4},
)
_OWN = {"forward", "backward", "update", "loss", "parameters", "data"}


def is_functions(path: str) -> bool:
    """Return whether a file has the functions of one of the two forms, and no loop outside them that could train."""
    if path == "-" or Path(path).suffix == ".ipynb" or Path(path).is_dir():
        return False
    try:
        tree = ast.parse(read_python(Path(path)))
    except (SyntaxError, InputError, ValueError, OSError, RecursionError):
        return False
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    counts = {name: len(node.args.args) + len(node.args.posonlyargs) for name, node in functions.items()}
    if not any(all(counts.get(name) == number for name, number in form.items()) for form in _FORMS):
        return False
    rest = [node for node in tree.body if not (isinstance(node, ast.FunctionDef) and node.name in _OWN)]
    return not any(_trains(loop) for node in rest for loop in ast.walk(node) if isinstance(loop, (ast.For, ast.While)))


def _trains(loop: ast.For | ast.While) -> bool:
    """Return whether a loop calls a backward pass or changes something by a step."""
    for node in ast.walk(loop):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("backward", "update", "train")
        ):
            return True
        if (
            isinstance(node, ast.AugAssign)
            and isinstance(node.op, (ast.Sub, ast.Add))
            and not isinstance(node.value, ast.Constant)
        ):
            return True
    return False
