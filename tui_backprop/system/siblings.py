"""In the process of a user's file: the modules that lie beside it, and nothing that only has the name of something else."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

_OURS = frozenset({"numpy", "tui_backprop"})


class _Siblings(MetaPathFinder):
    """Finds modules in a folder, except for names that the standard library, NumPy or this program has."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is not None or fullname in _OURS or fullname in sys.stdlib_module_names:
            return None
        return PathFinder.find_spec(fullname, [self.folder], target)


def find_beside(path: str) -> None:
    """Let the file at `path` import the modules beside it, as it may where Python runs it.

    A `random.py` that happens to lie there is not taken for Python's own, by the file or by whatever the file imports.
    """
    folder = str(Path(path).resolve().parent)
    if not any(isinstance(finder, _Siblings) and finder.folder == folder for finder in sys.meta_path):
        sys.meta_path.insert(sys.meta_path.index(PathFinder), _Siblings(folder))
