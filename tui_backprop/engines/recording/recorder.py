"""A computation written down as the NumPy calls that it makes, to be made again into the same arrays.

The formulas stay where they are: they are run once on arrays that note every call, and those calls, made again, give the
same bits for new contents of the arrays that they begin with. For a few hundred numbers at a time, what Python does between
the calls, and the new arrays, cost several times as much as the calls.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.engines.recording.notes import Note, choose, copy, copy_some, root
from tui_backprop.engines.recording.rewriting import cheaper


class CannotRecord(Exception):  # noqa: N818  (a caller asked whether it can)
    """A computation does something that would not be the same calls for other numbers."""


class CallRecorder:
    """Notes the calls that are made with the arrays that it watches, and with all that comes of them."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        """In order, as they were made."""
        self.temporaries: list[Array] = []
        """What the calls made themselves, and what was said to be of no use after them."""
        self.powers: list[tuple[float, Array]] = []
        """(β, where βᵗ must be put before the calls of update t), as `count` was used."""

    def watch(self, array: Array, *, spent: bool = False) -> Array:
        """Return a view of an array whose calls are noted; `spent` says that its contents are not needed after them."""
        if spent:
            self.temporaries.append(array)
        watched = array.view(_Watched)
        watched.recorder = self
        return watched

    def count(self) -> int:
        """Return what stands for the number of an update; a number to its power is all that can be computed from it."""
        return cast(int, _AnyCount(self))

    def made(self, array: Array) -> Array:
        """Watch an array that a call has made."""
        return self.watch(array, spent=True)

    def cheaper_notes(self, *kept: Array) -> list[Note]:
        """Return fewer calls that leave the same in the arrays that were watched, and in `kept`, which came of them."""
        needed = {id(root(one)) for one in kept}
        return cheaper(self.notes, [one for one in self.temporaries if id(root(one)) not in needed])


class _Watched(np.ndarray):
    """An array that belongs to a recording."""

    recorder: CallRecorder

    def __array_finalize__(self, source: object) -> None:
        if isinstance(source, _Watched):
            self.recorder = source.recorder

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        """Make the call, and note it with the array that its result is in."""
        reads = tuple(_plain(one) for one in inputs)
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        result = np.asarray(
            function(*reads, **options) if out is None else function(*reads, out=_plain(out[0]), **options)
        )
        plain_call = method == "__call__" and not options
        noted = ufunc if plain_call else partial(_with_out, function, **options)
        self.recorder.notes.append(Note(noted, reads, result, keeps="where" in options))
        return self.recorder.made(result) if out is None else self.recorder.watch(result)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        """Note the functions that are none of the calls above; what is made of those notes them itself."""
        if function is np.copyto:
            (to, source), where = (_plain(one) for one in arguments), _plain(options.get("where"))
            np.copyto(to, source, where=True if where is None else where)
            if where is None:
                self.recorder.notes.append(Note(copy, (source,), to))
            else:
                self.recorder.notes.append(Note(copy_some, (source, where), to, keeps=True))
            return None
        if function is np.where:
            condition, *others = (_plain(one) for one in arguments)
            result = np.where(condition, *others)
            self.recorder.notes.append(Note(choose, (condition, *others), result))
            return self.recorder.made(result)
        if function is np.stack and not options:
            (parts,) = arguments
            stacked = self.recorder.made(np.empty((len(parts), *parts[0].shape)))
            for row, part in zip(stacked, parts, strict=True):
                np.copyto(row, part)
            return stacked
        if function is np.ones_like:  # it does not depend on what it is like
            return np.broadcast_to(1.0, _plain(arguments[0]).shape)
        if function is np.clip:
            return super().__array_function__(function, types, arguments, options)
        raise CannotRecord(function.__name__)

    def __getitem__(self, key: Any) -> Any:
        """Return a view; what would be a copy of some entries is no call."""
        part = super().__getitem__(key)
        if np.size(_plain(part)) and not np.may_share_memory(_plain(part), _plain(self)):
            raise CannotRecord("entries by number")
        return part

    def astype(self, dtype: Any, *_arguments: Any, **_options: Any) -> Any:
        """Note the copy into an array of that kind."""
        result = self.recorder.made(np.empty(self.shape, dtype))
        np.copyto(result, self)
        return result

    def copy(self, *_arguments: Any, **_options: Any) -> Any:
        """Note the copy."""
        return self.astype(self.dtype)

    def argmax(self, *_arguments: Any, **_options: Any) -> Any:
        """Be nothing that can be written down: it says which call comes next."""
        raise CannotRecord("argmax")


class _AnyCount:
    """The number of an update, whichever it is: what is computed from it is as much noted as what comes of an array."""

    def __init__(self, recorder: CallRecorder) -> None:
        self._recorder = recorder

    def __rpow__(self, base: float, _modulo: Any = None) -> Any:
        power = np.array(base, dtype=np.float64)
        self._recorder.powers.append((base, power))
        return self._recorder.watch(power)


def _with_out(function: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """Call a function whose result may not be given by its place."""
    function(*arguments[:-1], out=arguments[-1], **options)


def _plain(one: Any) -> Any:
    """Return the array without its recorder; anything else as it is."""
    return one.view(np.ndarray) if isinstance(one, _Watched) else one
