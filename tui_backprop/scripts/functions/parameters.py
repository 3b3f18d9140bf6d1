"""The user's parameters, however they are put together: numbers, arrays, and lists and dicts of these, as one vector θ.

A leaf is one number or one array of numbers. It is named by the expression that reaches it: `w1`, `W[0]`, `layer1["W"]`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.scripts.functions.forms import UnusableError, numbers_in, what

_MOST_AXES = 2  # of a list of numbers that is one array; one with more is a list of them
_DEEPEST = 4  # lists and dicts within each other

Key = str | int


@dataclass(frozen=True)
class Leaf:
    """One number or array among the parameters."""

    name: str
    path: tuple[Key, ...]
    shape: tuple[int, ...]
    is_array: bool
    """Whether it is a NumPy array."""
    whole: bool
    """Whether it is an array of whole numbers."""

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)

    def of(self, values: Any) -> Any:
        """Return what is at this leaf's place in values that are put together alike; None where nothing is."""
        for key in self.path:
            try:
                values = values[key]
            except (KeyError, IndexError, TypeError):
                return None
            if values is None:
                return None
        return values


def leaves_of(parameters: Any) -> list[Leaf]:
    """Return the leaves of parameters, in the order in which they are written.

    Raises:
        UnusableError: they are not a dict of finite numbers or arrays, or of lists of these; one sentence.
    """
    if parameters is None:
        raise UnusableError(
            "there are no parameters: expected a dict of numbers or arrays by name, beside forward and backward; "
            "`tui-backprop new-check FILE.py` writes a file to begin with"
        )
    if isinstance(parameters, Mapping) and not parameters:
        raise UnusableError("parameters is empty: expected a dict of numbers or arrays by name")
    if not isinstance(parameters, Mapping):
        raise UnusableError(f"parameters is {what(parameters)}: expected a dict of numbers or arrays by name")
    found: list[Leaf] = []
    for name, value in parameters.items():
        found += _leaves(str(name), (name,), value)
    return found


def _leaves(name: str, path: tuple[Key, ...], value: Any) -> list[Leaf]:
    parts = _parts(value) if len(path) < _DEEPEST else None
    if parts is not None:
        found: list[Leaf] = []
        for key, part in parts:
            index = f'["{key}"]' if isinstance(key, str) else f"[{key}]"
            found += _leaves(name + index, (*path, key), part)
        return found
    try:
        numbers = numbers_in(value)
    except ValueError:
        raise UnusableError(f"{_place(path)} is {what(value)}: expected a number or an array") from None
    if not np.isfinite(numbers).all():
        raise UnusableError(f"{_place(path)} is not finite")
    whole = isinstance(value, np.ndarray) and value.dtype.kind in "iu"
    return [Leaf(name, path, numbers.shape, isinstance(value, np.ndarray), whole)]


def _place(path: tuple[Key, ...]) -> str:
    return "parameters" + "".join(f"[{key!r}]" for key in path)


def _parts(value: Any) -> list[tuple[Key, Any]] | None:
    """Return the items of a list or dict of several arrays; None where it is a number or one array of numbers."""
    if isinstance(value, Mapping) and value:
        return [(key if isinstance(key, int) else str(key), part) for key, part in value.items()]
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return list(enumerate(value.tolist())) if value.ndim == 1 and len(value) else None
    if not isinstance(value, list | tuple) or not value:
        return None
    if any(isinstance(part, np.ndarray) and part.ndim for part in value):
        return list(enumerate(value))
    try:
        one = np.asarray(value, dtype=np.float64).ndim <= _MOST_AXES
    except (TypeError, ValueError):
        one = not any(isinstance(part, list | tuple) for part in value)  # of rows that are not of one length
    return None if one else list(enumerate(value))


def flat(parameters: Any, leaves: Sequence[Leaf]) -> Array:
    """Return the parameters as θ, (entries,)."""
    return np.concatenate([np.asarray(leaf.of(parameters), dtype=np.float64).ravel() for leaf in leaves])


class Composer:
    """Puts parameters together from θ, as the user's are."""

    def __init__(self, parameters: Any, leaves: Sequence[Leaf]) -> None:
        self._like, self._flat = parameters, all(len(leaf.path) == 1 for leaf in leaves)
        ends = np.cumsum([leaf.size for leaf in leaves]).tolist()
        spans = (slice(end - leaf.size, end) for leaf, end in zip(leaves, ends, strict=True))
        self._parts = [(leaf.path, span, leaf.shape, leaf.is_array) for leaf, span in zip(leaves, spans, strict=True)]

    def unflat(self, theta: Sequence[float] | Array) -> dict[str, Any]:
        """Return new parameters with the values of θ, (entries,), each leaf of the kind that theirs is."""
        values = np.array(theta, dtype=np.float64)  # a copy, of which arrays are views
        parts: dict[tuple[Key, ...], Any] = {}
        for path, span, shape, is_array in self._parts:
            part = values[span].reshape(shape)
            parts[path] = part if is_array else part.tolist()
        if self._flat:
            return {str(path[0]): part for path, part in parts.items()}
        made: dict[str, Any] = _rebuilt(self._like, (), parts)
        return made


def _rebuilt(like: Any, path: tuple[Key, ...], parts: Mapping[tuple[Key, ...], Any]) -> Any:
    if path in parts:
        return parts[path]
    if isinstance(like, Mapping):
        return {key: _rebuilt(part, (*path, key), parts) for key, part in like.items()}
    items = [_rebuilt(part, (*path, i), parts) for i, part in enumerate(like)]
    if isinstance(like, np.ndarray):
        array = np.empty(len(items), dtype=object)
        array[:] = items
        return array
    return tuple(items) if isinstance(like, tuple) else items
