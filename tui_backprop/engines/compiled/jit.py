"""How functions of this folder are compiled. What is compiled once is kept on the disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from tui_backprop.engines.machine_code import make_folder

Function = TypeVar("Function", bound=Callable[..., Any])

_FLAGS: dict[str, Any] = {
    "error_model": "numpy",  # a division by 0 gives ±∞ or NaN, as in NumPy; a check would keep loops from being vectorised
    "fastmath": {"contract"},  # a·b + c in one rounding
    "nogil": True,
    "_nrt": False,  # no array is made, so none is counted: to count costs as much as a small step
}


def inlined(function: Function) -> Function:
    """Compile a function into its caller: a call with so many arrays would cost more than a small layer."""
    return cast(Function, numba.njit(forceinline=True, **_FLAGS)(function))


def summing(function: Function) -> Function:
    """Compile a function whose sums may be made in any order, so that several terms are added at once; NaN stays NaN."""
    return cast(
        Function, numba.njit(forceinline=True, **{**_FLAGS, "fastmath": {"contract", "reassoc", "nsz"}})(function)
    )


def counting(function: Function) -> Function:
    """Compile a function that NumPy's own functions are called in, which count the arrays that they are given."""
    return cast(Function, numba.njit(**{**_FLAGS, "_nrt": True})(function))


def entry(function: Function) -> Function:
    """Compile the function that Python calls, and keep its machine code; where nothing can be written, for this process."""
    config: Any = numba.config
    before = config.CACHE_DIR
    try:
        if "NUMBA_CACHE_DIR" not in os.environ:  # who sets it has a place in mind
            config.CACHE_DIR = str(make_folder())
        return cast(Function, numba.njit(cache=True, **_FLAGS)(function))
    except (OSError, RuntimeError):
        return cast(Function, numba.njit(**_FLAGS)(function))
    finally:
        config.CACHE_DIR = before


@inlined
def at(place: int) -> int:
    """Return a place in an array that is counted from its beginning: Python's −1, the last one, is never looked for.

    That saves a comparison each time, and slices, each of which costs as much as a small unit's step.
    """
    return np.uint64(place)  # type: ignore[return-value]  # machine code has a type for it
