"""What is said of scripts that leave their gradients to a library, open windows, wait, or start threads and processes."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tui_backprop.scripts.source.source import Source
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


_DATA_AND_MEASURES = {
    *("datasets", "utils", "preprocessing", "model_selection", "metrics", "decomposition", "impute", "pipeline"),
    *("feature_extraction", "feature_selection", "compose", "exceptions", "backend", "initializers"),
}
"""Parts of libraries that train nothing."""
_TRAINS = re.compile(
    r"\.backward\(|\boptim\b|\bgrad\(|value_and_grad|GradientTape|minimize\(|Sequential|\bDense\(|\bModule\b|"
    r"\.compile\(|\bkeras\.(models|layers)\b|\btorch\.nn\b|\.estimator"
)
"""What a script has that leaves its gradients to a library that it imports as a whole."""


def left_to_a_library(source: Source) -> str | None:
    """Return a sentence about the library that a script imports for its gradients; None where it imports none.

    A module of its own with a library's name is no library, and a library that only gives data trains nothing.
    """
    for node, whole in _imports(parsed(source.text)):
        top, *inner = whole.split(".")
        if top not in _LIBRARIES or _lies_beside(source, top) or set(inner) & _DATA_AND_MEASURES:
            continue
        if top == "sklearn" and not inner:
            continue  # what it is used for is seen where its parts are imported
        if not inner and not _TRAINS.search(source.text):
            continue
        return (
            f"{source.name}:{node.lineno}: it leaves its gradients to {_LIBRARIES[top]}, which computes them itself; this "
            "program checks backward passes that are written by hand, and found none in this file; "
            "`tui-backprop new-check FILE.py` writes one to begin with"
        )
    return None


def _lies_beside(source: Source, module: str) -> bool:
    """Return whether a script's own folder has a module of a name."""
    place = Path(source.folder) / module
    return place.is_dir() or place.with_suffix(".py").is_file()


def surroundings(text: str) -> list[str]:
    """Return a note on what a script does beside its training and the check does not; empty where that is nothing."""
    tree = parsed(text)
    tops = {whole.split(".", 1)[0] for _, whole in _imports(tree)}
    said = [what for names, what in _SURROUNDINGS if tops & set(names) and (what != "opens no window" or _shows(tree))]
    if any(isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep") for node in ast.walk(tree)):
        said.append("does not sleep")
    return [f"The check {_listed(said)}; the rest of the script runs as it is."] if said else []


def _imports(tree: ast.Module) -> list[tuple[ast.stmt, str]]:
    """Return the imports with the whole names of their modules: `sklearn.datasets` for `from sklearn import datasets`."""
    found: list[tuple[ast.stmt, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [(node, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def _shows(tree: ast.Module) -> bool:
    """Return whether a window would open: a figure that is shown, or a library that has nothing else."""
    called = {ast.unparse(node.func).rsplit(".", 1)[-1] for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return bool(called & {"show", "mainloop", "pause", "imshow", "Tk", "Screen", "set_mode", "done"})


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
