"""Calls as the trace has them: the function's name, its operands, and how they were arranged."""

from __future__ import annotations

import copy
import types
from typing import Any

import numpy as np

from .functions import ITERATING, JOINING, METHODS, WRITERS, WRITING_METHODS
from .noting import LISTED, Notes, arrange, index_spec, list_record, note_write
from .store import plain_number


def call(recorder: Notes, place: int, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a function and note what came of it."""
    if isinstance(function, types.FunctionType) and function.__code__.co_filename in recorder.traced:
        return function(*args, **kwargs)
    own = getattr(function, "__self__", None)
    if isinstance(own, np.ndarray) and own.dtype != object and isinstance(function, types.BuiltinFunctionType):
        return _method(recorder, place, function, own, args, kwargs)
    if isinstance(own, np.generic) and function.__name__ in METHODS:
        return _known(recorder, place, function, f"method:{function.__name__}", (own, *args), kwargs, args)
    if isinstance(own, np.ufunc):
        return _ufunc_method(recorder, place, function, own, args, kwargs)
    name = recorder.name_of(function)
    if name is not None:
        if name.startswith("math."):
            args = tuple(recorder.single(place, one) for one in args)
        if name in _SPECIAL:
            return _SPECIAL[name](recorder, place, function, args, kwargs)
        return _known(recorder, place, function, name, args, kwargs, args)
    if isinstance(function, type):
        return _type(recorder, place, function, args, kwargs)
    if function is sum and args:
        return _sum(recorder, place, args, kwargs)
    if (function is min or function is max) and args:
        return _extreme(recorder, place, function, args, kwargs)
    if function in (any, all, sorted, iter) and args:
        return function(*[recorder.iterate(place, one) for one in args], **kwargs)
    if isinstance(function, np.vectorize):
        return _vectorized(recorder, place, function, args, kwargs)
    if function is copy.deepcopy or function is copy.copy:
        return _copied(recorder, place, function, args)
    if function in _writers():
        before = recorder.store.before_write(args[0]) if isinstance(args[0], np.ndarray) else -1
        result = function(*args, **kwargs)
        note_write(recorder.store, place, f"opaque:{function.__name__}", args[0], before)
        return result
    return _unknown(recorder, place, function, args, kwargs)


def _writers() -> tuple[Any, ...]:
    return tuple(getattr(np, one.split(".")[1]) for one in WRITERS)


def _type(recorder: Notes, place: int, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if function in ITERATING and args:
        return function(*[recorder.iterate(place, one) for one in args], **kwargs)
    result = function(*args, **kwargs)
    if function is int and len(args) == 1 and not isinstance(args[0], (int, str)):
        _frozen(recorder, place, args[0], result)
    elif issubclass(function, np.generic) and args and recorder.store.known(args[0]) >= 0:
        kind = {"a": [["r", 0], ["d", np.dtype(function).str]], "k": {}}
        if isinstance(result, np.ndarray):
            record = recorder.store.find(args[0])
            recorder.store.bind(
                result, recorder.store.add("method:astype", (record,), place, plain_number(result), kind)
            )
        else:
            _frozen(recorder, place, args[0], result)
    elif isinstance(result, (np.ndarray, np.generic)):
        return _opaque(recorder, place, function.__name__, list(args), result)
    return result


def _frozen(recorder: Notes, place: int, source: Any, result: Any) -> None:
    """Note that a whole number was made from a value: a replay in which it would be another is no replay of this run."""
    record = recorder.store.known(source)
    if record >= 0:
        kept = recorder.store.constant(float(result))
        recorder.store.add("branch:whole", (record, kept), place, True)


def _method(recorder: Notes, place: int, function: Any, own: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    name = function.__name__
    if name in WRITING_METHODS:
        before = recorder.store.before_write(own)
        result = function(*args, **kwargs)
        if name == "fill":
            value = recorder.store.find(args[0])
            record = recorder.store.add("fill", (before, value), place, plain_number(own))
            recorder.store.written(own, record)
        else:
            note_write(recorder.store, place, f"opaque:{name}", own, before)
        return result
    if name == "tolist":
        return _unlist(recorder, place, own, function())
    if name in METHODS:
        return _known(recorder, place, function, f"method:{name}", (own, *args), kwargs, args)
    return _unknown(recorder, place, function, args, kwargs)


def _unlist(recorder: Notes, place: int, own: Any, result: Any) -> Any:
    if own.size > LISTED or own.dtype.kind != "f":
        return result
    base = recorder.store.find(own)

    def bind(part: Any, index: list[int]) -> None:
        if isinstance(part, list):
            for n, one in enumerate(part):
                bind(one, [*index, n])
        else:
            spec = ["t", [["i", n] for n in index]]
            recorder.store.bind(part, recorder.store.add("item", (base,), place, part, spec))

    bind(result, [])
    return result


def _ufunc_method(
    recorder: Notes, place: int, function: Any, own: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    name = function.__name__
    if name == "at":
        store = recorder.store
        before = store.before_write(args[0])
        function(*args, **kwargs)
        operands = [before, store.find(args[2]) if len(args) > 2 else -1]
        spec = index_spec(recorder.store, args[1], operands)
        if min(operands) >= 0 and spec is not None:
            record = store.add(f"at:{own.__name__}", tuple(operands), place, plain_number(args[0]), spec)
            store.written(args[0], record)
        return None
    if name in ("outer", "reduce", "accumulate"):
        return _known(recorder, place, function, f"np.{own.__name__}.{name}", args, kwargs, args)
    return _unknown(recorder, place, function, args, kwargs)


def _known(
    recorder: Notes,
    place: int,
    function: Any,
    name: str,
    operands: tuple[Any, ...],
    kwargs: dict[str, Any],
    args: tuple[Any, ...],
) -> Any:
    """Call a function that a replay can call too; `operands` are its arguments, an object's own array first."""
    out = kwargs.get("out")
    if isinstance(out, tuple):
        out = out[0]
    if out is None and name.startswith("np.") and isinstance(function, np.ufunc) and len(args) > function.nin:
        out = args[function.nin]
        operands = operands[: function.nin]
    if isinstance(out, np.ndarray):
        recorder.store.before_write(out)
    records: list[int] = []
    if name.startswith("np.") and name not in JOINING:
        operands = tuple(_array(recorder, one) for one in operands)
    shape = arrange(recorder.store, operands, records)
    named = {key: arrange(recorder.store, value, records) for key, value in kwargs.items() if key != "out"}
    result = function(*args, **kwargs)
    if shape is None or any(one is None for one in named.values()):
        return result if result is None else _opaque(recorder, place, name, [*operands, *kwargs.values()], result)
    attr = {"a": shape[1], "k": named} if named or shape[1] != [["r", n] for n in range(len(records))] else None
    if isinstance(out, np.ndarray):
        record = recorder.store.add(name, tuple(records), place, plain_number(out), attr)
        recorder.store.written(out, record)
        return result
    _results(recorder, place, name, records, attr, result)
    return result


def _array(recorder: Notes, thing: Any) -> Any:
    """Return a list of numbers as the array that a function makes of it, whose parts are known; anything else as it is."""
    if not isinstance(thing, (list, tuple)) or not _has_float(thing):
        return thing
    record = list_record(recorder.store, -1, thing)  # it is made by the call, not at a place of its own
    if record < 0:
        return thing
    array = np.array(recorder.store.values[record])
    recorder.store.bind(array, record)
    return array


def _has_float(thing: Any) -> bool:
    if isinstance(thing, (list, tuple)):
        return any(_has_float(one) for one in thing)
    return isinstance(thing, (float, np.floating)) or (isinstance(thing, np.ndarray) and thing.dtype.kind == "f")


def _results(recorder: Notes, place: int, name: str, records: list[int], attr: Any, result: Any) -> None:
    store = recorder.store
    if isinstance(result, (tuple, list)):
        for n, one in enumerate(result):
            if isinstance(one, (np.ndarray, np.generic)):
                record = store.add(
                    name, tuple(records), place, plain_number(one), {**(attr or _straight(records)), "out": n}
                )
                store.bind(one, record)
        return
    if not (type(result) is float or isinstance(result, (np.ndarray, np.generic))):
        return
    if (isinstance(result, np.ndarray) and result.dtype.kind not in "fiub") or isinstance(result, np.bool_):
        return
    if any(store.known(result) == one for one in records):
        return
    store.bind(result, store.add(name, tuple(records), place, plain_number(result), attr))


def _straight(records: list[int]) -> dict[str, Any]:
    return {"a": [["r", n] for n in range(len(records))], "k": {}}


def _opaque(recorder: Notes, place: int, name: str, things: list[Any], result: Any) -> Any:
    """Note a result whose making cannot be repeated, with what it may depend on."""
    store = recorder.store
    flat: list[Any] = []
    for one in things:
        flat.extend(one if isinstance(one, (list, tuple)) else [one])
    records = [record for record in (store.known(one) for one in flat[:1000]) if record >= 0]
    if not records:
        return result
    for one in result if isinstance(result, (tuple, list)) else [result]:
        if (type(one) is float or isinstance(one, (np.ndarray, np.generic))) and store.known(one) < 0:
            if isinstance(one, np.ndarray) and one.dtype.kind not in "fiub":
                continue
            store.bind(one, store.add(f"opaque:{name}", tuple(records), place, plain_number(one)))
    return result


def _unknown(recorder: Notes, place: int, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    result = function(*args, **kwargs)
    own = getattr(function, "__self__", None)
    if isinstance(own, (np.random.RandomState, np.random.Generator)) or type(own).__module__ == "random":
        return result
    if isinstance(function, types.MethodType) and isinstance(function.__func__, types.FunctionType):
        if function.__func__.__code__.co_filename in recorder.traced:
            return result
    if isinstance(own, (list, dict)):
        return result
    call_code = getattr(getattr(type(function), "__call__", None), "__code__", None)
    if call_code is not None and call_code.co_filename in recorder.traced:
        return result
    return _opaque(recorder, place, getattr(function, "__name__", "call"), [*args, *kwargs.values()], result)


def _sum(recorder: Notes, place: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    items = list(recorder.iterate(place, args[0]))
    result = sum(items, *args[1:], **kwargs)
    if type(result) is float or isinstance(result, (np.ndarray, np.generic)):
        start = [*args[1:], *kwargs.values()]
        if not (len(items) == 1 and result is items[0]):
            recorder.note("sum", place, (*items, *start), result)
    return result


def _extreme(recorder: Notes, place: int, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    items = list(recorder.iterate(place, args[0])) if len(args) == 1 else list(args)
    if kwargs or not items or not any(type(one) is float or isinstance(one, np.floating) for one in items):
        return function(items, **kwargs) if len(args) == 1 else function(*items, **kwargs)
    result = function(items)
    records = [recorder.store.find(one) for one in items]
    if min(records) >= 0 and len(records) < 100:
        chosen = next(n for n, one in enumerate(items) if one is result)
        recorder.store.add(f"choice:{function.__name__}", tuple(records), place, chosen)
    return result


def _vectorized(recorder: Notes, place: int, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    expected = function(*args, **kwargs)
    if kwargs or not isinstance(expected, np.ndarray) or expected.size > LISTED or expected.dtype.kind not in "fiub":
        return _opaque(recorder, place, "vectorize", list(args), expected)
    arrays = [recorder.item(place, one, ...) if isinstance(one, np.ndarray) else np.asarray(one) for one in args]
    parts, flat = [], []
    for one in arrays:
        whole = np.broadcast_to(one, expected.shape)
        record = recorder.store.find(one)
        spec = {"a": [["r", 0], ["t", [["c", n] for n in expected.shape]]], "k": {}}
        recorder.store.bind(whole, recorder.store.add("np.broadcast_to", (record,), place, plain_number(whole), spec))
        parts.append(whole)
    for index in np.ndindex(*expected.shape):
        flat.append(
            call(recorder, place, function.pyfunc, tuple(recorder.item(place, one, index) for one in parts), {})
        )
    records: list[int] = []
    shape = arrange(recorder.store, [float(x) if isinstance(x, int) else x for x in flat], records)
    if shape is None:
        return expected
    size = ["t", [["c", n] for n in expected.shape]]
    result = np.array(flat, dtype=expected.dtype).reshape(expected.shape)
    first = recorder.store.add("np.array", tuple(records), place, plain_number(result.ravel()), {"a": [shape], "k": {}})
    recorder.store.bind(
        result,
        recorder.store.add("np.reshape", (first,), place, plain_number(result), {"a": [["r", 0], size], "k": {}}),
    )
    return result


def _copied(recorder: Notes, place: int, function: Any, args: tuple[Any, ...]) -> Any:
    if function is copy.deepcopy:
        return _deep_copy(recorder, place, args[0])
    result = copy.copy(args[0])
    if isinstance(result, np.ndarray):
        recorder.note("copy", place, (args[0],), result)
    return result


def _deep_copy(recorder: Notes, place: int, thing: Any) -> Any:
    """Copy like `copy.deepcopy`, and say of each array what it is a copy of."""
    result = copy.deepcopy(thing)
    _match(recorder, place, thing, result, 0)
    return result


def _match(recorder: Notes, place: int, old: Any, new: Any, depth: int) -> None:
    if depth > 6 or old is new:
        return
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        recorder.note("copy", place, (old,), new)
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in old:
            if key in new:
                _match(recorder, place, old[key], new[key], depth + 1)
    elif isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        for a, b in zip(old, new):
            _match(recorder, place, a, b, depth + 1)
    elif hasattr(old, "__dict__") and hasattr(new, "__dict__"):
        _match(recorder, place, vars(old), vars(new), depth + 1)


def _float(recorder: Notes, place: int, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if function is float and args:
        args = (recorder.single(place, args[0]),)
    result = function(*args, **kwargs)
    if len(args) == 1 and result is not args[0] and not isinstance(args[0], str):
        recorder.note("float", place, (args[0],), result)
    return result


_SPECIAL = {"float": _float}
