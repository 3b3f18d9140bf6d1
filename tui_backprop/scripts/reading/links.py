"""Following a value back through what only carries it, and to the version of it before an update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.replay.operations import index_of

CARRIERS = {
    "item",
    "view",
    "copy",
    "transpose",
    "float",
    "method:reshape",
    "np.reshape",
    "np.asarray",
    "method:astype",
    "method:ravel",
    "method:flatten",
    "np.ravel",
    "np.squeeze",
    "method:squeeze",
    "np.atleast_2d",
    "np.atleast_1d",
    "method:view",
    "method:swapaxes",
    "np.expand_dims",
    "method:item",
    "np.asanyarray",
    "np.asmatrix",
}
_VERSIONS = {
    *("add", "sub", "mul", "truediv", "neg", "pos", "copy", "float", "view", "item", "transpose", "set", "put"),
    *("at:add", "at:subtract", "np.clip", "method:clip", "np.where", "np.asarray", "np.array", "method:astype"),
    *("np.reshape", "method:reshape"),
}
"""What may come between a value and its next version."""
WRITES = {
    "set",
    "put",
    "at:add",
    "at:subtract",
}
_LIMIT = 3000


def is_argument(graph: Graph, record: int) -> bool:
    """Return whether a record is the array that a call made of a list, which is no value of the script's own."""
    return graph.ops[record] == "np.array" and graph.trace.where[record] < 0


def takes_one_element(graph: Graph, record: int) -> bool:
    """Return whether a record is the number in an array of one element."""
    return graph.ops[record] == "item" and graph.shape(record) == () and _size(graph, graph.args[record][0]) == 1


def _size(graph: Graph, record: int) -> int:
    return int(np.prod(graph.shape(record), dtype=int))


def origin(graph: Graph, record: int) -> int:
    """Return the record that a value was taken from unchanged, through reads of parts and past writes of other parts."""
    at = record
    for _ in range(_LIMIT):
        op = graph.ops[at]
        if op == "item":
            base = graph.args[at][0]
            found = _element(graph, base, graph.trace.attrs[at])
            if found is None:
                return at if graph.ops[base] in WRITES else origin(graph, base) if graph.ops[base] in CARRIERS else at
            if found == base and _size(graph, base) != 1:  # else its one element is all of it
                return at
            at = found
        elif op in CARRIERS and graph.args[at]:
            at = graph.args[at][0]
        else:
            return at
    return at


def _element(graph: Graph, base: int, spec: Any) -> int | None:
    """Return what was written last at an index of an array, or the array where nothing was; None if unsure.

    It is followed to what a part is a part of (`w[0][1]`), and into a part that was written as a whole.
    """
    at, wanted = base, None
    for _ in range(_LIMIT):
        op, operands, own = graph.ops[at], graph.args[at], graph.trace.attrs.get(at)
        if op == "set" and wanted is None and _whole(own) and _whole(spec):  # without the places, which take long
            if own == spec:
                return operands[1]
            at = operands[0]
        elif op == "copy":
            at = operands[0]
        elif op in ("set", "put", "item"):
            wanted = _positions(graph.shape(at), spec) if wanted is None else wanted
            touched = _touched(graph, at)
            if wanted is None or touched is None:
                return at if op == "item" else None
            if op == "item":
                wanted, at = touched.ravel()[wanted], operands[0]
                continue
            inside = np.isin(wanted, touched)
            if inside.any():
                same = np.array_equal(wanted.ravel(), touched.ravel()) and graph.ops[operands[1]] not in WRITES
                if same or not inside.all() or graph.shape(operands[1]) != touched.shape:
                    return operands[1] if same else None
                wanted, at = _places(wanted, touched), operands[1]
            else:
                at = operands[0]
        else:
            return at
    return None


def _touched(graph: Graph, record: int) -> np.ndarray | None:
    """Return the places of an array that a record reads or writes; None where that is not known."""
    operands = graph.args[record]
    if graph.ops[record] == "put":
        return np.asarray(graph.value(operands[2]))
    found = _positions(graph.shape(operands[0]), graph.trace.attrs[record])
    return None if found is None else np.asarray(found)


def _places(wanted: np.ndarray, written: np.ndarray) -> np.ndarray:
    """Return where in `written` each of the numbers of `wanted` is."""
    order = np.argsort(written, axis=None)
    return np.asarray(order[np.searchsorted(written.ravel()[order], wanted)])


def _whole(spec: Any) -> bool:
    return bool(spec[0] == "i" or (spec[0] == "t" and all(one[0] == "i" for one in spec[1])))


def _positions(shape: tuple[int, ...], spec: Any) -> Any:
    try:
        size = int(np.prod(shape))
        return np.asarray(np.arange(size).reshape(shape)[index_of(spec, [])])
    except (IndexError, ValueError):
        return None


def roots(graph: Graph, record: int, floor: int = 0) -> set[int]:
    """Return a value's carriers back to where it was made, and the versions of arrays that it was read from.

    Those before the record `floor` are left out: an array that is written to again and again has as many versions.
    """
    found = {record}
    at = record
    for _ in range(_LIMIT):
        if at < floor:
            break
        op = graph.ops[at]
        if (op in CARRIERS or op in WRITES) and graph.args[at]:
            # What a whole array was given is the version before: w[:] = w - step, b[...] -= step.
            at = graph.args[at][1 if _writes_all(graph, at) else 0]
            found.add(at)
        elif op in ("mul", "truediv") and len(graph.args[at]) == 2:
            a, b = graph.args[at]
            scalar_b = _size(graph, b) == 1
            if op == "mul" and _size(graph, a) == 1 and not scalar_b:
                a, b = b, a
                scalar_b = True
            if not scalar_b or graph.ops[b] not in _FACTORS:
                break
            at = a
            found.add(at)
        else:
            break
    return found


def _writes_all(graph: Graph, record: int) -> bool:
    """Return whether a record gives a whole array new values."""
    if graph.ops[record] == "set":
        return _everything(graph.trace.attrs[record])
    shape = graph.shape(record)
    return graph.ops[record] == "put" and graph.shape(graph.args[record][1]) == shape != ()


def _everything(spec: Any) -> bool:
    """Return whether an index takes a whole array."""
    return spec in (["s", None, None, None], ["e"]) or (spec[0] == "t" and all(_everything(one) for one in spec[1]))


_FACTORS = {
    "leaf",
    "const",
    "sub",
    "mul",
    "add",
    "truediv",
}
"""What may make the factor of a decay."""


def before(
    graph: Graph,
    record: int,
    goals: set[int],
    floor: int,
    *,
    products: bool = True,
    olds: Mapping[int, int] | None = None,
) -> int | None:
    """Return which of `goals` a value is a new version of: through sums, writes and carriers, its shape kept.

    `floor` is the oldest record that is looked at; without `products` no factor may come in between. `olds` has for sums
    that are known as updates the operand that is the value before.
    """
    if record in goals:
        return record
    todo, seen = [record], {record}
    shape = graph.shape(record)
    while todo:
        at = todo.pop()
        op = graph.ops[at]
        if op in ("mul", "truediv") and not products:
            continue
        if op in _VERSIONS:
            operands = graph.args[at]
            if op in (*WRITES, "view", "item"):
                operands = operands[:1]
            if olds is not None and at in olds:
                operands = (olds[at],)
            for one in operands:
                if one in goals and (graph.shape(one) == shape or op in ("add", "sub")):
                    return one
                if one > floor and one not in seen:
                    seen.add(one)
                    todo.append(one)
        if len(seen) > _LIMIT:
            break
    return None


def input_operands(graph: Graph, step: Any) -> list[int]:
    """Return the values of a step's samples that meet a parameter: operands of the first layer."""
    out = []
    for record in sorted(step.forward):
        if graph.ops[record] not in ("mul", "matmul", "dot", "np.outer", "np.inner", "np.einsum", "sum"):
            continue
        args = graph.args[record]
        weights = [one for one in args if origin(graph, one) in step.parameters or one in step.parameters]
        others = [one for one in args if one not in weights and one not in step.learned]
        if weights and others:
            out += others
    return list(dict.fromkeys(out))
