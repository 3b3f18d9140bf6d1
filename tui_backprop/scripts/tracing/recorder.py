"""What rewritten code calls: each hook does what the script asked for, and notes it while the recorder is on."""

from __future__ import annotations

import functools
import operator
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .attempts import Attempts
from .calls import call
from .noting import Notes, list_record, note_set
from .progress import longest_chain
from .store import plain_number

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
    "matmul": operator.matmul,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "lshift": operator.lshift,
    "rshift": operator.rshift,
}
IN_PLACE: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.iadd,
    "sub": operator.isub,
    "mul": operator.imul,
    "truediv": operator.itruediv,
    "floordiv": operator.ifloordiv,
    "mod": operator.imod,
    "pow": operator.ipow,
    "matmul": operator.imatmul,
    "and": operator.iand,
    "or": operator.ior,
    "xor": operator.ixor,
    "lshift": operator.ilshift,
    "rshift": operator.irshift,
}
_UNARY: dict[str, Callable[[Any], Any]] = {"neg": operator.neg, "pos": operator.pos, "invert": operator.invert}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}

MOST_RECORDS, MOST_BYTES = 1_200_000, 400_000_000
"""How much is kept where one update alone makes more than is kept otherwise."""


class Recorder(Notes):
    """Performs the script's operations and keeps their records; `finish` is called once, when enough was seen."""

    slice = slice

    def __init__(
        self,
        finish: Callable[[str], None],
        updates: int,
        records: int,
        size: int,
        seconds: float,
        patience: float = 0.0,
    ) -> None:
        super().__init__()
        self.finish = finish
        self.updates = updates
        self.records = records
        self.size = size
        self.until = time.monotonic() + seconds
        self.patience = patience
        """Seconds for which the first updates are waited for beyond the time that is enough otherwise."""
        self.labels: list[tuple[int, str, int]] = []
        self.drops: list[tuple[int, list[int]]] = []
        self.passes: list[tuple[int, int]] = []
        self.trouble: str | None = None
        self._next = 1500
        self.observer: Callable[[int, str, Any], Any] | None = None
        self.attempts: Attempts | None = None
        self.forgets = 0
        self.waiting = False
        self.started = time.monotonic()

    # operations

    @staticmethod
    def number(x: float) -> float:
        """Return an equal number that is another object."""
        return x * 1.0

    def binary(self, place: int, op: str, a: Any, b: Any, literal: int = 0) -> Any:
        """Do a binary operation."""
        if not self.on:
            return BINARY[op](a, b)
        if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and (a.dtype == object or b.dtype == object):
            return self._objects(place, op, a, b)
        if (type(b) is np.ndarray and b.dtype == object) or (type(a) is np.ndarray and a.dtype == object):
            return self._objects(place, op, a, b)
        if op == "mod" and type(a) is str:
            return self._formatted(place, a, b)
        result = BINARY[op](a, b)
        if type(result) is float or isinstance(result, (np.ndarray, np.generic)):
            name = "matmul" if op == "mul" and isinstance(result, np.matrix) and _both_matrices(a, b) else op
            self.note(name, place, (a, b), result, {"literal": literal} if literal else None)
        elif op == "mul" and type(result) is list:  # `[0.0] * n`: equal numbers, but not the same parameter
            return [self.number(one) if type(one) is float and self.store.known(one) < 0 else one for one in result]
        return result

    def _formatted(self, place: int, text: str, values: Any) -> str:
        """Return a text with values in it."""
        try:
            return text % values
        except TypeError:
            several = values if isinstance(values, tuple) else (values,)
            return text % tuple(self.single(place, one, noted=False) for one in several)

    def _objects(self, place: int, op: str, a: Any, b: Any) -> Any:
        """Do an operation on arrays of objects one object at a time, as NumPy does."""
        if op == "matmul":
            return BINARY[op](a, b)
        a, b = np.broadcast_arrays(np.asarray(a, dtype=object), np.asarray(b, dtype=object))
        result = np.empty(a.shape, dtype=object)
        for index in np.ndindex(*a.shape):
            result[index] = self.binary(place, op, a[index], b[index])
        return result

    def unary(self, place: int, op: str, a: Any) -> Any:
        """Do a unary operation."""
        result = _UNARY[op](a)
        if self.on and (type(result) is float or isinstance(result, (np.ndarray, np.generic))):
            self.note(op, place, (a,), result)
        return result

    def compare(self, place: int, op: str, a: Any, b: Any) -> Any:
        """Compare; a comparison of single numbers is noted as a branch, whose outcome a replay must not change."""
        result = _COMPARE[op](a, b)
        if self.on:
            if isinstance(result, np.ndarray):
                self.note(op, place, (a, b), result)
            elif type(a) is float or type(b) is float or isinstance(a, np.floating) or isinstance(b, np.floating):
                ra, rb = self.store.find(a), self.store.find(b)
                if ra >= 0 and rb >= 0:
                    self.store.add(f"branch:{op}", (ra, rb), place, bool(result))
        return result

    # reading and writing parts

    def set_item(self, place: int, value: Any, thing: Any, index: Any) -> None:
        """Write a part of an array, or of anything else."""
        if not self.on or not isinstance(thing, np.ndarray) or thing.dtype == object:
            self.write(place, thing, index, value)
            return
        before = self.store.before_write(thing)
        value = self.write(place, thing, index, value)
        note_set(self.store, place, thing, index, value, before)

    def attribute(self, place: int, thing: Any, name: str) -> Any:
        """Read an attribute that is a view of an array."""
        result = getattr(thing, name)
        if self.on and isinstance(thing, np.ndarray) and isinstance(result, np.ndarray) and name in ("T", "mT"):
            self.note("transpose", place, (thing,), result)
        return result

    def augment(self, place: int, op: str, label: str, old: Any, value: Any, literal: int = 0) -> Any:
        """Do `old op= value`."""
        if not self.on:
            return IN_PLACE[op](old, value)
        if isinstance(old, np.ndarray) and old.dtype != object:
            before, right = self.store.before_write(old), self.store.find(value)
            if right < 0:
                right = list_record(self.store, place, value)
            result = IN_PLACE[op](old, value)
            if before < 0 or right < 0:
                return result
            if result is old:
                record = self.store.add(
                    op, (before, right), place, plain_number(result), {"in_place": 1, "literal": literal}
                )
                self.store.written(old, record)
            else:
                record = self.note(op, place, (old, value), result, {"literal": literal})
        else:
            if not hasattr(type(old), f"__i{op}__"):
                result = self.binary(place, op, old, value, literal)
            else:
                result = IN_PLACE[op](old, value)
            record = self.store.known(result)
        if record >= 0:
            self.labels.append((record, label, place))
        return result

    @staticmethod
    def pair_attribute(thing: Any, name: str) -> tuple[Any, str, Any]:
        """Return what an augmented attribute belongs to, and its value."""
        return thing, name, getattr(thing, name)

    def augment_attribute(
        self, place: int, op: str, label: str, pair: tuple[Any, str, Any], value: Any, literal: int
    ) -> None:
        """Do `thing.name op= value`."""
        thing, name, old = pair
        setattr(thing, name, self.augment(place, op, label, old, value, literal))

    def pair_item(self, place: int, thing: Any, index: Any) -> tuple[Any, Any, Any]:
        """Return what an augmented item belongs to, and its value."""
        return thing, index, self.item(place, thing, index)

    def augment_item(
        self, place: int, op: str, label: str, pair: tuple[Any, Any, Any], value: Any, literal: int
    ) -> None:
        """Do `thing[index] op= value`."""
        thing, index, old = pair
        new = self.augment(place, op, label, old, value, literal)
        if self.on and isinstance(thing, np.ndarray) and thing.dtype != object:
            if new is old and np.shares_memory(new, thing):
                thing[index] = new  # what it contains already
                return
            before = self.store.before_write(thing)
            new = self.write(place, thing, index, new)
            note_set(self.store, place, thing, index, new, before)
        else:
            thing[index] = new

    # calls

    def call(self, place: int, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a function; those that are known by name are noted."""
        if not self.on:
            return function(*args, **kwargs)
        if isinstance(function, functools.partial):
            return self.call(place, function.func, *function.args, *args, **{**function.keywords, **kwargs})
        return call(self, place, function, args, kwargs)

    # loops

    def loop(self, place: int, source: Any) -> Iterator[Any]:
        """Go over a `for` statement's items."""
        for one in self.iterate(place, source):
            self.head(place)
            yield one

    def head(self, place: int) -> bool:
        """Note that a pass of a loop begins."""
        if self.on:
            self.passes.append((place, len(self.store.ops)))
            if self.attempts is not None and self.attempts.is_past(len(self.store.ops), self.forgets):
                self.finish("enough")
            if len(self.store.ops) >= self._next or len(self.passes) % 4096 == 0:
                self._progress()
        return True

    def enter(self, place: int) -> None:
        """Note that a function of the script's begins."""
        if self.on:
            self.passes.append((place, len(self.store.ops)))

    def _progress(self) -> None:
        """Stop once there are enough updates; where there is too much before them, begin again here."""
        store = self.store
        length, now = longest_chain(store), time.monotonic()
        if length >= self.updates:
            self.finish("enough")
        elif now > self.until and (length >= 2 or now > self.until + self.patience):
            self.finish("time")
        elif len(store.ops) > self.records or store.size > self.size:
            if length >= 3 or len(store.ops) > 4 * self.records or store.size > 2 * self.size:
                self.finish("records")
            elif length < 2:
                self.forget()
                self.records, self.size = min(2 * self.records, MOST_RECORDS), min(2 * self.size, MOST_BYTES)
        self._next = max(1500, int(len(store.ops) * 1.6))

    def forget(self) -> None:
        """Drop all records: what was computed so far is what the trace begins with."""
        self.forgets += 1
        self.store.clear()
        self.labels.clear()
        self.drops.clear()
        self.passes.clear()

    def begin(self) -> None:
        """Begin to record, where that was to wait for a statement."""
        if self.waiting:
            self.waiting, self.on = False, True
            self.until += time.monotonic() - self.started

    def attempt(self, number: int, value: Any) -> Any:
        """Try other expressions in place of one that was just computed."""
        if self.attempts is not None and self.on and self.forgets == self.attempts.forgets:
            self.on = False
            try:
                self.attempts.make(number, self.store.known(value), sys._getframe(1))
            finally:
                self.on = True
        return value

    # names

    def named(self, place: int, label: str, value: Any) -> Any:
        """Note the name that a value is given."""
        if self.observer is not None:
            value = self.observer(place, label, value)
        if self.on:
            record = self.store.known(value)
            if record >= 0:
                self.labels.append((record, label, place))
        return value

    def given_back(self, place: int, value: Any) -> Any:
        """Note that a function gives an argument back."""
        if self.on:
            record = self.store.known(value)
            if record >= 0:
                self.store.bind(value, self.store.add("copy", (record,), place, plain_number(value)))
        return value

    def unpack(self, place: int, value: Any) -> Any:
        """Return what an assignment to several names takes apart."""
        return list(self.iterate(place, value)) if self.on and isinstance(value, np.ndarray) else value

    def dropped(self, place: int, value: Any) -> Any:
        """Note a result that a statement does not keep."""
        if self.on and value is not None:
            found = [self.store.known(one) for one in (value if isinstance(value, (tuple, list)) else [value])]
            if isinstance(value, dict):
                found = [self.store.known(one) for one in value.values()]
            found = [one for one in found if one >= 0]
            if found:
                self.drops.append((place, found))
        return value


def _both_matrices(a: Any, b: Any) -> bool:
    return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.ndim == 2 and b.ndim == 2
