"""The rules of operations with several operands, or with more than one number to a result: what each operand gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tui_backprop.scripts.replay.contractions import contracted_axes, contraction_gradients, convolution_gradients
from tui_backprop.scripts.replay.operations import index_of

Array = np.ndarray


def unbroadcast(g: Array, shape: tuple[int, ...]) -> Array:
    """Return a gradient summed over what was broadcast."""
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    axes = tuple(n for n, size in enumerate(shape) if size == 1 and g.shape[n] != 1)
    return g.sum(axis=axes, keepdims=True).reshape(shape) if axes else g.reshape(shape)


class Operation:
    """One operation: operands x, result y, its gradient g, and how the call was arranged."""

    __slots__ = ("args", "attr", "g", "named", "wanted", "x", "y")

    def __init__(
        self, x: list[Array], y: Array, g: Array, args: list[Any], named: dict[str, Any], wanted: list[bool], attr: Any
    ) -> None:
        self.x, self.y, self.g, self.args, self.named, self.wanted, self.attr = x, y, g, args, named, wanted, attr

    def axis(self) -> Any:
        """Return the axis that a reduction was called with."""
        if "axis" in self.named:
            return self.named["axis"]
        return self.args[1] if len(self.args) > 1 else None

    def spread(self, g: Array) -> Array:
        """Return a reduction's gradient in the shape of its operand, to be broadcast."""
        axis = self.axis()
        if axis is None or np.ndim(g) == self.x[0].ndim:
            return np.asarray(g) if np.ndim(g) == self.x[0].ndim else np.asarray(g).reshape((1,) * self.x[0].ndim)
        axes = axis if isinstance(axis, tuple) else (int(axis),)
        return np.expand_dims(g, tuple(int(one) for one in axes))


def _product(a: Array, b: Array, g: Array) -> list[Array | None]:
    """Return the gradients of a matrix product of one- or two-dimensional operands (more: stacks of matrices)."""
    if a.ndim == 0 or b.ndim == 0:
        return [g * b, g * a]
    if a.ndim == 1 and b.ndim == 1:
        return [g * b, g * a]
    if a.ndim == 1:
        return [(b @ g[..., None])[..., 0], a[:, None] * g[..., None, :]]
    if b.ndim == 1:
        return [g[..., None] * b, np.swapaxes(a, -1, -2) @ g[..., None] if a.ndim > 2 else a.T @ g]
    return [g @ np.swapaxes(b, -1, -2), np.swapaxes(a, -1, -2) @ g]


def _matmul(c: Operation) -> list[Array | None]:
    a, b = c.x
    ga, gb = _product(a, b, c.g)
    if b.ndim == 1 and gb is not None and gb.ndim > 1:
        gb = gb[..., 0].reshape(-1, b.size).sum(axis=0)
    return [ga, gb]


def _dot(c: Operation) -> list[Array | None] | None:
    if c.x[0].ndim > 2 or c.x[1].ndim > 2:
        a, b = c.x
        if b.ndim == 1:
            return [c.g[..., None] * b, (a * c.g[..., None]).reshape(-1, b.size).sum(axis=0)]
        if b.ndim == 2:
            return [c.g @ b.T, a.reshape(-1, a.shape[-1]).T @ c.g.reshape(-1, b.shape[1])]
        return None
    return _matmul(c)


def _extreme(c: Operation) -> list[Array | None]:
    chosen = c.x[0] == (c.spread(c.y))
    share = chosen / chosen.sum(axis=c.axis() if c.axis() is None else _axes(c.axis()), keepdims=True)
    return [np.broadcast_to(c.spread(c.g), c.x[0].shape) * share, *[np.zeros(one.shape) for one in c.x[1:]]]


def _axes(axis: Any) -> Any:
    return tuple(int(one) for one in axis) if isinstance(axis, (tuple, list)) else int(axis)


def _mean(c: Operation) -> list[Array | None]:
    count = c.x[0].size / max(c.y.size, 1)
    return [np.broadcast_to(c.spread(c.g), c.x[0].shape) / count, *[np.zeros(one.shape) for one in c.x[1:]]]


def _sum(c: Operation) -> list[Array | None] | None:
    if c.attr is None and len(c.x) > 1:
        return [c.g for _ in c.x]
    return [np.broadcast_to(c.spread(c.g), c.x[0].shape), *[np.zeros(one.shape) for one in c.x[1:]]]


def _var(c: Operation) -> list[Array | None] | None:
    axis = None if c.axis() is None else _axes(c.axis())
    count = c.x[0].size / max(c.y.size, 1)
    if float(c.named.get("ddof", 0)):
        return None
    return [c.spread(c.g) * 2 * (c.x[0] - c.x[0].mean(axis=axis, keepdims=True)) / count]


def _std(c: Operation) -> list[Array | None] | None:
    found = _var(c)
    return None if found is None else [found[0] / (2 * c.spread(c.y))]  # type: ignore[operator]


def _power(c: Operation) -> list[Array | None]:
    a, b = c.x
    first = c.g * b * np.power(a, b - 1) if c.wanted[0] else None
    second = c.g * np.log(np.where(a > 0, a, 1)) * c.y if c.wanted[1] else None
    return [first, second]


def _where(c: Operation) -> list[Array | None] | None:
    if len(c.x) != 3:
        return None
    chosen = np.asarray(c.x[0], dtype=bool)
    return [np.zeros(c.x[0].shape), np.where(chosen, c.g, 0), np.where(chosen, 0, c.g)]


def _clip(c: Operation) -> list[Array | None]:
    return [c.g * (c.y == c.x[0]), *[np.zeros(one.shape) for one in c.x[1:]]]


def _outer(c: Operation) -> list[Array | None]:
    a, b = c.x
    g = c.g.reshape(a.size, b.size)
    return [(g @ b.ravel()).reshape(a.shape), (a.ravel() @ g).reshape(b.shape)]


def _at_add(c: Operation) -> list[Array | None]:
    g = c.g[index_of(c.attr, c.x)]
    return [c.g, g, *[np.zeros(one.shape) for one in c.x[2:]]]


def _item(c: Operation) -> list[Array | None]:
    out = np.zeros(c.x[0].shape)
    index = index_of(c.attr, c.x)
    if len(c.x) == 1:
        out[index] = c.g
    else:
        np.add.at(out, index, c.g)
    return [out, *[np.zeros(one.shape) for one in c.x[1:]]]


def _set(c: Operation) -> list[Array | None]:
    index = index_of(c.attr, c.x)
    first = c.g.copy()
    first[index] = 0
    return [first, unbroadcast(c.g[index], c.x[1].shape), *[np.zeros(one.shape) for one in c.x[2:]]]


def _einsum(c: Operation) -> list[Array | None] | None:
    text = c.args[0]
    if not isinstance(text, str) or "." in text or "->" not in text:
        return None
    text = text.replace(" ", "")
    inputs, output = text.split("->")
    letters = inputs.split(",")
    if len(letters) != len(c.x) or any(len(set(one)) != len(one) for one in letters):
        return None
    out: list[Array | None] = []
    for n, own in enumerate(letters):
        others = [(letters[m], c.x[m]) for m in range(len(c.x)) if m != n]
        missing = [one for one in own if one not in output and not any(one in name for name, _ in others)]
        extra = [("".join(missing), np.ones([c.x[n].shape[own.index(one)] for one in missing]))] if missing else []
        parts = [(output, c.g), *others, *extra]
        out.append(np.einsum(",".join(name for name, _ in parts) + "->" + own, *[value for _, value in parts]))
    return out


def _tensordot(c: Operation) -> list[Array | None] | None:
    if len(c.x) != 2:
        return None
    a, b = c.x
    axes = contracted_axes(a, b, c.named.get("axes", c.args[2] if len(c.args) > 2 else 2))
    return list(contraction_gradients(a, b, c.g, axes))


def _inner(c: Operation) -> list[Array | None] | None:
    if len(c.x) != 2 or min(one.ndim for one in c.x) == 0:
        return None
    a, b = c.x
    return list(contraction_gradients(a, b, c.g, ([a.ndim - 1], [b.ndim - 1])))


def _convolved(default: str, *, turned: bool, same: str = "same") -> Callable[[Operation], list[Array | None] | None]:
    def rule(c: Operation) -> list[Array | None] | None:
        mode = c.named.get("mode", c.args[2] if len(c.args) > 2 else default)
        if len(c.x) != 2 or len(c.args) > 3 or set(c.named) - {"mode"}:
            return None
        a, kernel = c.x
        found = convolution_gradients(a, kernel, c.g, same if mode == "same" else mode, turned=turned)
        return None if found is None else list(found)

    return rule


def _cumsum(c: Operation) -> list[Array | None]:
    axis = c.axis()
    if axis is None:
        return [np.flip(np.cumsum(np.flip(c.g))).reshape(c.x[0].shape)]
    return [np.flip(np.cumsum(np.flip(c.g, int(axis)), int(axis)), int(axis))]


def _norm(c: Operation) -> list[Array | None] | None:
    order = c.named.get("ord", c.args[1] if len(c.args) > 1 else None)
    if order is not None or len(c.args) > 2 or len(c.x) != 1:
        return None
    g, y = (np.reshape(one, np.shape(np.sum(c.x[0], axis=c.named.get("axis"), keepdims=True))) for one in (c.g, c.y))
    return [g * c.x[0] / np.where(y == 0, 1, y)]


def _pair(first: Callable[[Array, Array, Array], Array], second: Callable[[Array, Array, Array], Array]) -> Any:
    def rule(c: Operation) -> list[Array | None] | None:
        if len(c.x) != 2:
            return None
        a, b = c.x
        return [c.g * first(a, b, c.y), c.g * second(a, b, c.y)]

    return rule


RULES: dict[str, Callable[[Operation], list[Array | None] | None]] = {
    "add": _pair(lambda a, b, y: np.ones_like(y), lambda a, b, y: np.ones_like(y)),
    "sub": _pair(lambda a, b, y: np.ones_like(y), lambda a, b, y: -np.ones_like(y)),
    "mul": _pair(lambda a, b, y: b, lambda a, b, y: a),
    "truediv": _pair(lambda a, b, y: 1 / b, lambda a, b, y: -y / b),
    "maximum": _pair(lambda a, b, y: (a > b) + 0.5 * (a == b), lambda a, b, y: (b > a) + 0.5 * (a == b)),
    "minimum": _pair(lambda a, b, y: (a < b) + 0.5 * (a == b), lambda a, b, y: (b < a) + 0.5 * (a == b)),
    "logaddexp": _pair(lambda a, b, y: np.exp(a - y), lambda a, b, y: np.exp(b - y)),
    "mod": _pair(lambda a, b, y: np.ones_like(y), lambda a, b, y: np.zeros_like(y)),
    "pow": _power,
    "matmul": _matmul,
    "dot": _dot,
    "sum": _sum,
    "mean": _mean,
    "average": lambda c: _mean(c) if len(c.x) == 1 and "weights" not in c.named else None,
    "max": _extreme,
    "min": _extreme,
    "amax": _extreme,
    "amin": _extreme,
    "var": _var,
    "std": _std,
    "where": _where,
    "clip": _clip,
    "outer": _outer,
    "at:add": _at_add,
    "item": _item,
    "set": _set,
    "einsum": _einsum,
    "tensordot": _tensordot,
    "inner": _inner,
    "convolve": _convolved("full", turned=False),
    "convolve2d": _convolved("full", turned=False),
    "correlate": _convolved("valid", turned=True),
    "scipy.signal.correlate": _convolved("full", turned=True),
    "correlate2d": _convolved("full", turned=True, same="same, later"),
    "cumsum": _cumsum,
    "norm": _norm,
    "fill": lambda c: [np.zeros_like(c.g), c.g.sum()],
    "nan_to_num": lambda c: [c.g * np.isfinite(c.x[0])],
}
"""By the name of the function, or by its whole name where two have the same."""
