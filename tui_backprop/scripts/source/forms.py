"""Whether a file is functions to be asked (the two forms), or a script to be run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tui_backprop.core.errors import InputError
from tui_backprop.system.inputs import read_python
from tui_backprop.text.syntax import parsed

_FORMS = (
    {"forward": 2, "backward": 3},
    {"forward": 2, "update": 4},
    {"backward": 4},
)
_PARTS = (("forward", 2), ("backward", 3), ("backward", 4), ("update", 4))


def is_functions(path: str, *, as_main: bool = False) -> bool:
    """Return whether a file has functions of one of the two forms, and no loop that trains.

    `as_main` says that what is below `if __name__ == "__main__"` runs as well: a loop there is one.
    """
    if path == "-" or Path(path).suffix == ".ipynb" or Path(path).is_dir():
        return False
    try:
        tree = parsed(read_python(Path(path)))
    except (SyntaxError, InputError, ValueError, OSError, RecursionError):
        return False
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    counts = {name: len(node.args.args) + len(node.args.posonlyargs) for name, node in functions.items()}
    whole = any(all(counts.get(name) == number for name, number in form.items()) for form in _FORMS)
    assigned = (target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets)
    parameters = any(isinstance(target, ast.Name) and target.id == "parameters" for target in assigned)
    part = parameters and any(counts.get(name) == number for name, number in _PARTS)
    guarded = parameters and whole and not as_main  # what is guarded does not run where its functions are asked
    return (whole or part) and not any(_trains(loop) for loop in _loops_that_run(tree, functions, guarded=guarded))


def _loops_that_run(
    tree: ast.Module, functions: dict[str, ast.FunctionDef], *, guarded: bool
) -> Iterator[ast.For | ast.While]:
    """Yield the loops that run when the file does: those of the module, and of functions that it calls."""
    todo: list[ast.AST] = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    if guarded:
        todo = [node for node in todo if not (isinstance(node, ast.If) and "__name__" in ast.unparse(node.test))]
    seen = set(_OWN)
    while todo:
        for node in ast.walk(todo.pop()):
            if isinstance(node, ast.For | ast.While):
                yield node
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in seen:
                seen.add(node.func.id)
                if node.func.id in functions:
                    todo.append(functions[node.func.id])


def _trains(loop: ast.For | ast.While) -> bool:
    """Return whether a loop calls a backward pass or changes something by a step."""
    for node in ast.walk(loop):
        match node:
            case ast.Call(func=ast.Name(id="backward" | "update" | "train")):
                return True
            case ast.AugAssign(op=ast.Sub() | ast.Add(), value=value) if not isinstance(value, ast.Constant):
                return True
    return False


_OWN = {"forward", "backward", "update", "loss", "parameters", "data"}
