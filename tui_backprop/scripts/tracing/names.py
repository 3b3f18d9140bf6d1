"""Where the numbers of a trace are found at its end: paths through the script's own names."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from .store import Store

_DEPTH = 7
_OBJECTS = 20_000
_SKIPPED = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, str, bytes)


class NumberNames:
    """Collects (path, records, shape) for arrays, numbers, and nested lists of numbers."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.found: list[tuple[str, list[int], list[int]]] = []
        self._seen: set[int] = set()
        self._left = _OBJECTS

    def scope(self, names: dict[str, Any]) -> None:
        """Collect from the names of a function or of the module."""
        for name, thing in list(names.items()):
            if not name.startswith("__"):
                self._visit(name, thing, 0)

    def _visit(self, path: str, thing: Any, depth: int) -> None:
        if isinstance(thing, types.FunctionType) and thing.__closure__ and depth < _DEPTH:
            self._kept_by(path, thing, depth)
            return
        if isinstance(thing, (int, bool, complex)) or thing is None or isinstance(thing, _SKIPPED):
            return
        if isinstance(thing, float) or isinstance(thing, np.generic):
            record = self.store.known(thing)
            if record >= 0:
                self.found.append((path, [record], []))
            return
        self._left -= 1
        if id(thing) in self._seen or depth > _DEPTH or self._left < 0:
            return
        self._seen.add(id(thing))
        if isinstance(thing, np.ndarray) and thing.dtype != object:
            record = self.store.known(thing)
            if record >= 0:
                self.found.append((path, [record], list(thing.shape)))
            return
        self._inside(path, thing, depth)

    def _inside(self, path: str, thing: Any, depth: int) -> None:
        if isinstance(thing, (list, tuple)):
            shape = _shape(thing)
            if shape is not None and len(shape) <= 2:
                records = [self.store.known(one) for one in _flat(thing)]
                if any(one >= 0 for one in records):
                    self.found.append((path, records, shape))
                return
            if len(thing) > 2000:
                return
        if isinstance(thing, (list, tuple)) or (isinstance(thing, np.ndarray) and thing.ndim == 1):
            for n, one in enumerate(thing):
                self._visit(f"{path}[{n}]", one, depth + 1)
        elif isinstance(thing, dict):
            for key, one in list(thing.items())[:2000]:
                if isinstance(key, (str, int)):
                    self._visit(f"{path}[{key!r}]", one, depth + 1)
        elif isinstance(thing, type):
            if getattr(thing, "__module__", "") in ("__main__",):
                self.scope_of(path, thing, depth)
        elif hasattr(thing, "__dict__"):
            for name, one in list(vars(thing).items()):
                self._visit(f"{path}.{name}", one, depth + 1)
        elif hasattr(type(thing), "__slots__"):
            for name in type(thing).__slots__:
                if hasattr(thing, name):
                    self._visit(f"{path}.{name}", getattr(thing, name), depth + 1)

    def _kept_by(self, path: str, function: types.FunctionType, depth: int) -> None:
        """Collect what a function shares with the one that made it: `w` of `layer` is called layer.w."""
        self._left -= 1
        if id(function) in self._seen or self._left < 0:
            return
        self._seen.add(id(function))
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            try:
                self._visit(f"{path}.{name}", cell.cell_contents, depth + 1)
            except ValueError:  # nothing is in it yet
                continue

    def scope_of(self, path: str, thing: type, depth: int) -> None:
        """Collect from what a class of the script's keeps itself."""
        for name, one in list(vars(thing).items()):
            if not name.startswith("__"):
                self._visit(f"{path}.{name}", one, depth + 1)


def _shape(thing: Any) -> list[int] | None:
    """Return the shape of a list of numbers or of equally long lists of them; None where it is no such thing."""
    if not thing:
        return None
    if all(isinstance(one, (float, int, np.generic)) for one in thing):
        return [len(thing)]
    if all(isinstance(one, (list, tuple)) for one in thing):
        inner = [_shape(one) for one in thing]
        if all(one is not None and len(one) == 1 for one in inner):
            if len({one[0] for one in inner if one}) == 1:
                return [len(thing), inner[0][0]]  # type: ignore[index]
    return None


def _flat(thing: Any) -> list[Any]:
    out: list[Any] = []
    for one in thing:
        out.extend(_flat(one) if isinstance(one, (list, tuple)) else [one])
    return out


def collect(store: Store, frames: list[types.FrameType]) -> list[tuple[str, list[int], list[int]]]:
    """Return the paths of all numbers that can be reached from frames, the module's first."""
    names = NumberNames(store)
    seen: set[int] = set()
    for frame in frames:
        if id(frame.f_globals) not in seen:
            seen.add(id(frame.f_globals))
            names.scope(frame.f_globals)
    for frame in frames:
        if frame.f_locals is not frame.f_globals:
            names.scope(dict(frame.f_locals))
    return names.found
