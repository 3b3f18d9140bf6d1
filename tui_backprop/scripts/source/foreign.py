"""What is said of scripts that leave their gradients to a library, open windows, wait, or start threads and processes."""

from __future__ import annotations

import ast

from tui_backprop.text.syntax import parsed

_LIBRARIES = {
    "torch": "PyTorch",
    "pytorch_lightning": "PyTorch",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "jax": "JAX",
    "flax": "JAX",
    "sklearn": "scikit-learn",
    "theano": "Theano",
    "autograd": "autograd",
    "mxnet": "MXNet",
    "paddle": "PaddlePaddle",
    "tinygrad": "tinygrad",
}
_SURROUNDINGS = (
    (("tkinter", "pygame", "turtle", "cv2", "matplotlib", "pylab", "plotly"), "opens no window"),
    (
        ("threading", "concurrent", "asyncio", "multiprocessing", "joblib", "ray"),
        "does not follow threads and processes",
    ),
    (("subprocess",), "starts no program"),
)


def left_to_a_library(text: str, name: str) -> str | None:
    """Return a sentence about the library that a script imports for its gradients; None where it imports none."""
    for node, top in _imports(parsed(text)):
        if top in _LIBRARIES:
            return (
                f"{name}:{node.lineno}: it leaves its gradients to {_LIBRARIES[top]}, which computes them itself; this "
                "program checks backward passes that are written by hand, and found none in this file; "
                "`tui-backprop new-check FILE.py` writes one to begin with"
            )
    return None


def surroundings(text: str) -> list[str]:
    """Return a note on what a script does beside its training and the check does not; empty where that is nothing."""
    tree = parsed(text)
    tops = {top for _, top in _imports(tree)}
    said = [what for names, what in _SURROUNDINGS if tops & set(names) and (what != "opens no window" or _shows(tree))]
    if any(isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep") for node in ast.walk(tree)):
        said.append("does not sleep")
    return [f"The check {_listed(said)}; the rest of the script runs as it is."] if said else []


def _imports(tree: ast.Module) -> list[tuple[ast.stmt, str]]:
    found: list[tuple[ast.stmt, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node, alias.name.split(".", 1)[0]) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append((node, node.module.split(".", 1)[0]))
    return found


def _shows(tree: ast.Module) -> bool:
    """Return whether a window would open: a figure that is shown, or a library that has nothing else."""
    called = {ast.unparse(node.func).rsplit(".", 1)[-1] for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return bool(called & {"show", "mainloop", "pause", "imshow", "Tk", "Screen", "set_mode", "done"})


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
