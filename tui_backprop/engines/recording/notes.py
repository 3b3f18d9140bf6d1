"""A call as it is noted: a function, what it reads, and the array that it leaves its result in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array
from tui_backprop.engines.calls import Call, call_sequence, scalar

_CACHE_LINE = 64  # bytes; a vector instruction that crosses a line's end costs two


@dataclass(frozen=True, eq=False)
class Note:
    """`function(*reads, out)`."""

    function: Callable[..., Any]
    reads: tuple[Any, ...]
    """Arrays, and numbers that are the same at every call."""
    out: Array
    keeps: bool = False
    """Whether some of what was in `out` stays there."""

    @property
    def each(self) -> bool:
        """Whether it computes entry by entry, so that the result may replace what it is computed from."""
        return isinstance(self.function, np.ufunc) and self.function.signature is None

    @property
    def arrays(self) -> Iterator[Array]:
        """All arrays that it touches, its result last."""
        yield from (one for one in self.reads if isinstance(one, np.ndarray))
        yield self.out

    def moved(self, change: Callable[[Array], Array]) -> Note:
        """Return the same call with other arrays in place of its own."""
        reads = tuple(change(one) if isinstance(one, np.ndarray) else one for one in self.reads)
        return replace(self, reads=reads, out=change(self.out))

    def touches(self, parts: Sequence[Array]) -> bool:
        """Whether any of its arrays is a view of the same memory as one of these."""
        roots = [root(part) for part in parts]
        return any(root(one) is whole for one in self.arrays for whole in roots)

    def at_place(self, place: int, parts: Sequence[Array]) -> Note:
        """Return the call that does with `part[place]`, for each of the parts, what this one does with `part[0]`."""

        def there(array: Array) -> Array:
            part = next((part for part in parts if root(part) is root(array)), None)
            return array if part is None else view_in(array, part[0], part[place])

        return self.moved(there)

    def bound(self) -> Call:
        """Return the call itself, in the form that takes least time.

        A number becomes an array without dimensions, arrays of one shape become flat where they can, and what is replaced by
        the result is the very object that the result goes to: NumPy then need not find out whether the two overlap.
        """
        if self.function is copy:
            return partial(np.copyto, self.out, self.reads[0])
        arrays = [scalar(one) if type(one) in (int, float) else one for one in (*self.reads, self.out)]
        if not isinstance(self.function, np.ufunc):
            return partial(self.function, *arrays)
        sized = [one for one in arrays if one.ndim]
        if self.each and len({one.shape for one in sized}) == 1 and all(one.flags.c_contiguous for one in sized):
            arrays = [one.reshape(-1) if one.ndim else one for one in arrays]
        out = arrays[-1]
        return call_sequence((self.function, *(out if same_place(one, out) else one for one in arrays)))[0]


def copy(source: Array, out: Array) -> None:
    """Copy one array into another."""
    np.copyto(out, source)


def copy_some(source: Array, where: Array, out: Array) -> None:
    """Copy the entries for which `where` is true."""
    np.copyto(out, source, where=where)


def choose(condition: Array, yes: Array, no: Array, out: Array) -> None:
    """`np.where` into an array."""
    np.copyto(out, no)
    np.copyto(out, yes, where=condition)


def root(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array that has the memory which this one is a view of."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def address(array: NDArray[Any]) -> int:
    """Return where the first entry lies."""
    found: int = array.__array_interface__["data"][0]
    return found


def same_place(array: Array, other: Array) -> bool:
    """Whether two views have the same entries of the same memory in the same order."""
    return (address(array), array.shape, array.strides, array.dtype) == (
        address(other), other.shape, other.strides, other.dtype,
    )  # fmt: skip


def view_in(array: Array, old: Array, new: NDArray[Any]) -> Array:
    """Return a view that lies in `new` as `array` lies in `old`; both are in one piece, and `new` is not smaller."""
    offset = address(array) - address(old)
    return np.ndarray(array.shape, array.dtype, new.reshape(-1), offset, array.strides)


def aligned_memory(size: int) -> NDArray[np.uint8]:
    """Return so many bytes of 0 that begin at a cache line."""
    memory = np.zeros(size + _CACHE_LINE, dtype=np.uint8)
    first = -address(memory) % _CACHE_LINE
    return memory[first : first + size]


def aligned_zeros(*shape: int) -> Array:
    """Return zeros that begin at a cache line."""
    return aligned_memory(8 * math.prod(shape)).view(np.float64).reshape(shape)
