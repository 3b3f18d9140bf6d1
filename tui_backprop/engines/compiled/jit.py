"""How functions of this folder are compiled: in pieces, each when it is first used, and kept on the disk.

A piece is machine code that is called by its address. The loop that trains is one, and what it takes from a recipe (an
activation, a loss, an optimizer) is given to it as addresses of others. So a recipe costs the compiling of what it uses,
and nothing is compiled twice for other sizes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from tui_backprop.engines.machine_code import file_name, make_folder

AnyArray: TypeAlias = np.ndarray[Any, np.dtype[Any]]
"""An array of whatever machine code reads."""

Function = TypeVar("Function", bound=Callable[..., Any])

_pointer_to: Any = types.CPointer

FLOATS: Any = _pointer_to(types.float64)
"""The address of float64 numbers; reading `x[k]` has no check of any kind."""

INTEGERS: Any = _pointer_to(types.int64)
SMALL_INTEGERS: Any = _pointer_to(types.int32)
BYTES: Any = _pointer_to(types.uint8)
INTEGER: Any = types.int64
FLOAT: Any = types.float64
NOTHING: Any = types.void

_FLAGS: dict[str, Any] = {
    "error_model": "numpy",  # a division by 0 gives ±∞ or NaN, as in NumPy; a check would keep loops from being vectorised
    "fastmath": {"contract"},  # a·b + c in one rounding
    "_nrt": False,  # no array is made, so none is counted: to count costs as much as a small step
}


def inlined(function: Function) -> Function:
    """Compile a function into its caller, without what Python would need to call it."""
    flags = {**_FLAGS, "forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(Function, numba.njit(**flags)(function))


class Piece:
    """Machine code at an address; `call` calls it from Python, with the interpreter's lock released."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled  # keeps the code alive
        self.address: int = compiled.address
        self.call: Callable[..., Any] = compiled.ctypes
        self.was_kept: bool = compiled.cache_hits > 0


def piece(name: str, signature: Any, template: Callable[..., Any], **given: Any) -> Piece:
    """Compile a function whose global names stand for what is `given`, or load it where that was done before.

    Where nothing can be written the code is for this process. The name and the sources tell pieces on the disk apart.
    """
    source = cast(FunctionType, template)
    function = FunctionType(source.__code__, {**source.__globals__, **given}, file_name(name))
    function.__qualname__, function.__module__ = file_name(name), source.__module__
    config: Any = numba.config
    before = config.CACHE_DIR
    try:
        if "NUMBA_CACHE_DIR" not in os.environ:  # who sets it has a place in mind
            config.CACHE_DIR = str(make_folder())
        return Piece(numba.cfunc(signature, cache=True, **_FLAGS)(function))
    except (OSError, RuntimeError):
        return Piece(numba.cfunc(signature, **_FLAGS)(function))
    finally:
        config.CACHE_DIR = before


def caller(signature: Any) -> Any:
    """Return a function for machine code that calls the piece at an address, with arguments as the signature says."""

    @intrinsic
    def call(_context: Any, address: Any, arguments: Any) -> Any:
        def generate(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
            known = [context.get_value_type(one) for one in signature.args]
            result = (
                ir.VoidType() if signature.return_type == NOTHING else context.get_value_type(signature.return_type)
            )
            place = builder.inttoptr(values[0], ir.FunctionType(result, known).as_pointer())
            given = cgutils.unpack_tuple(builder, values[1])  # type: ignore[no-untyped-call]
            cast_to = zip(given, _signature.args[1], signature.args, strict=True)
            made = builder.call(place, [context.cast(builder, one, own, wanted) for one, own, wanted in cast_to])
            return context.get_dummy_value() if signature.return_type == NOTHING else made

        return signature.return_type(address, arguments), generate

    return call


def viewed(pointer: Any) -> Any:
    """Return a function for machine code that takes an address, a whole number, as one of these pointers."""

    @intrinsic
    def view(_context: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
            return builder.inttoptr(values[0], context.get_value_type(pointer))

        return pointer(address), generate

    return view


floats = viewed(FLOATS)
integers = viewed(INTEGERS)
small_integers = viewed(SMALL_INTEGERS)
letters = viewed(BYTES)


def record_viewed(kind: np.dtype[Any]) -> Any:
    """Return a function for machine code that takes an address as that of a record."""
    return viewed(numba.from_dtype(kind))


def _moving() -> Any:
    @intrinsic
    def move(_context: Any, pointer: Any, places: Any) -> Any:
        def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
            return builder.gep(values[0], [values[1]])

        return pointer(pointer, places), generate

    return move


moved = _moving()
"""For machine code: the pointer that is so many numbers further on."""
