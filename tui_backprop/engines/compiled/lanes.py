"""Four numbers in one register: loops over the samples of a batch go on by four, without a remainder.

LLVM makes of such a quadruple what the processor has: one register of AVX, two of SSE or NEON.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model

from tui_backprop.engines.compiled.jit import FLOATS

LANES = 4
"""Samples that are computed at once."""

_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_ANY_ORDER = ("contract",)  # a·b + c in one rounding, as everywhere here


class _Lanes(types.Opaque):
    """The type of such a quadruple."""


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):
    """It is kept as LLVM's vector."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)  # type: ignore[no-untyped-call]


_lanes: Any = _Lanes("Lanes")


def _made(generate: Any, result: Any, *given: Any) -> tuple[Any, Any]:
    return result(*given), lambda _context, builder, _signature, values: generate(builder, *values)


def _place(builder: Any, pointer: Any, place: Any) -> Any:
    return builder.bitcast(builder.gep(pointer, [place]), _VECTOR.as_pointer())


def _all(builder: Any, number: Any) -> Any:
    one = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(_VECTOR, ir.Undefined), mask)


def _operations() -> tuple[Any, ...]:
    @intrinsic
    def load(_context: Any, pointer: Any, place: Any) -> Any:
        def generate(builder: Any, numbers: Any, at: Any) -> Any:
            return builder.load(_place(builder, numbers, at), align=8)

        return _made(generate, _lanes, FLOATS, place)

    @intrinsic
    def store(_context: Any, pointer: Any, place: Any, value: Any) -> Any:
        def generate(builder: Any, numbers: Any, at: Any, lanes: Any) -> Any:
            builder.store(lanes, _place(builder, numbers, at), align=8)
            return ir.Constant(ir.PointerType(ir.IntType(8)), None)

        return _made(generate, types.void, FLOATS, place, _lanes)

    @intrinsic
    def every(_context: Any, number: Any) -> Any:
        return _made(_all, _lanes, types.float64)

    @intrinsic
    def add_product(_context: Any, total: Any, left: Any, right: Any) -> Any:
        def generate(builder: Any, before: Any, one: Any, other: Any) -> Any:
            return builder.fadd(before, builder.fmul(one, other, _ANY_ORDER), _ANY_ORDER)

        return _made(generate, _lanes, _lanes, _lanes, _lanes)

    @intrinsic
    def total_of(_context: Any, value: Any) -> Any:
        def generate(builder: Any, lanes: Any) -> Any:
            a, b, c, d = (builder.extract_element(lanes, ir.Constant(ir.IntType(32), k)) for k in range(LANES))
            return builder.fadd(builder.fadd(a, c), builder.fadd(b, d))

        return _made(generate, types.float64, _lanes)

    return load, store, every, add_product, total_of


load, store, every, add_product, total_of = _operations()
"""For machine code: four numbers from (pointer, place) on; writing them there; one number four times; total + left·right;
and their sum."""
