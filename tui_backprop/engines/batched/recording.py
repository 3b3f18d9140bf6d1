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
from tui_backprop.engines.numpy_plan.calls import Call, chain, number


class CannotRecord(Exception):  # noqa: N818  (somebody asked whether it can)
    """A computation does something that would not be the same calls for other numbers."""


class Recorder:
    """Notes the calls that are made with the arrays that it watches, and with all that comes of them."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def watch(self, array: Array) -> Array:
        """Return a view of an array whose calls are noted."""
        watched = array.view(_Watched)
        watched.recorder = self
        return watched

    def note(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Note a call; a number becomes an array without dimensions, and arrays of one shape become flat where they can.

        Both are the same call in less time.
        """
        arrays = [one for one in arguments if isinstance(one, np.ndarray) and one.ndim]
        if _is_each(function) and len({one.shape for one in arrays}) == 1 and all(a.flags.c_contiguous for a in arrays):
            arguments = tuple(one.reshape(-1) if isinstance(one, np.ndarray) and one.ndim else one for one in arguments)
        numbers = [number(one) if type(one) in (int, float) else one for one in arguments]
        if isinstance(function, np.ufunc):
            self.calls += chain((function, *numbers))
        else:
            self.calls.append(partial(function, *numbers))


class _Watched(np.ndarray):
    """An array that belongs to a recording."""

    recorder: Recorder

    def __array_finalize__(self, source: object) -> None:
        if isinstance(source, _Watched):
            self.recorder = source.recorder

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        """Make the call, and note it with the array that its result is in."""
        arguments = [_plain(one) for one in inputs]
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        result = function(*arguments, **options) if out is None else function(*arguments, out=_plain(out[0]), **options)
        result = np.asarray(result)
        plain_call = method == "__call__" and not options
        self.recorder.note(ufunc if plain_call else partial(_with_out, function, **options), *arguments, result)
        return self.recorder.watch(result)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        """Note the two functions that are none of the calls above; what is made of those notes them itself."""
        if function is np.copyto:
            arguments, options = [_plain(one) for one in arguments], {k: _plain(v) for k, v in options.items()}
            function(*arguments, **options)
            self.recorder.note(*((_copy_some, *arguments, options["where"]) if options else (function, *arguments)))
            return None
        if function is np.where:
            condition, *others = (_plain(one) for one in arguments)
            result = np.where(condition, *others)
            self.recorder.note(_choose, condition, *others, result)
            return self.recorder.watch(result)
        if function is np.ones_like:  # it does not depend on what it is like
            return np.ones_like(_plain(arguments[0]))
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
        result = np.empty(self.shape, dtype)
        np.copyto(self.recorder.watch(result), self)
        return self.recorder.watch(result)

    def copy(self, *_arguments: Any, **_options: Any) -> Any:
        """Note the copy."""
        return self.astype(self.dtype)

    def argmax(self, *_arguments: Any, **_options: Any) -> Any:
        """Be nothing that can be written down: it says which call comes next."""
        raise CannotRecord("argmax")


class _AnyStep:
    """The number of an update where nobody may count on it."""

    def __rpow__(self, _base: Any, _modulo: Any = None) -> Any:
        raise CannotRecord("the number of the update")


ANY_STEP = cast(int, _AnyStep())
"""What a computation is given for the number of an update; one that needs it cannot be written down."""


def _with_out(function: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """Call a function whose result may not be given by its place."""
    function(*arguments[:-1], out=arguments[-1], **options)


def _copy_some(to: Array, source: Array, where: Array) -> None:
    np.copyto(to, source, where=where)


def _choose(condition: Array, yes: Array, no: Array, out: Array) -> None:
    """`np.where` into an array."""
    np.copyto(out, no)
    np.copyto(out, yes, where=condition)


def _is_each(function: object) -> bool:
    """Whether a function computes entry by entry."""
    return isinstance(function, np.ufunc) and function.signature is None


def _plain(one: Any) -> Any:
    """Return the array without its recorder; anything else as it is."""
    return one.view(np.ndarray) if isinstance(one, _Watched) else one
