"""What is noted of the script's operations: results, parts of arrays, and how operands are put together from records."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .functions import JOINED, known_functions, scipy_functions
from .store import Store, plain_number

LISTED = 20_000
"""Numbers in a list that become operands of one record, at the most."""


class Notes:
    """The records of a run, while they are kept."""

    def __init__(self) -> None:
        self.on = True
        self.store = Store()
        self.traced: set[str] = set()
        """The files whose code is recorded."""
        self.known = known_functions()
        self.remarks: list[str] = []
        """What is to be told of the run."""
        self._modules = 0

    def note(self, name: str, place: int, operands: tuple[Any, ...], result: Any, attr: Any = None) -> int:
        """Record a result, unless it is one of the operands or an operand is no number."""
        found = []
        for one in operands:
            record = self.store.find(one)
            if record < 0:
                record = list_record(self.store, place, one)
                if record < 0:
                    return -1
            found.append(record)
        if isinstance(result, np.ndarray) and result.dtype.kind not in "fiub":
            return -1
        record = self.store.add(name, tuple(found), place, plain_number(result), attr)
        self.store.bind(result, record)
        return record

    def item(self, place: int, thing: Any, index: Any) -> Any:
        """Read a part of an array, or of anything else."""
        result = thing[index]
        if self.on and isinstance(thing, np.ndarray) and thing.dtype != object:
            note_item(self.store, place, thing, index, result)
        elif self.on and id(thing) in JOINED:
            _note_joined(self.store, place, JOINED[id(thing)], index, result)
        return result

    def write(self, place: int, thing: Any, index: Any, value: Any) -> Any:
        """Write a part of an array, or of anything else, and return what was written."""
        try:
            thing[index] = value
        except (TypeError, ValueError):
            single = self.single(place, value)
            if single is value:
                raise
            thing[index] = value = single
        return value

    def single(self, place: int, value: Any, *, noted: bool = True) -> Any:
        """Return the number in an array of one element, as NumPy before 2.4 takes it for one; anything else as it is.

        It is a part of the trace where it is computed with, not where it is only printed.
        """
        if not isinstance(value, np.ndarray) or value.size != 1 or not value.ndim or value.dtype.kind not in "fiu":
            return value
        said = (
            "It takes an array of one element for a number, which NumPy 2.4 and later refuse: the check does as earlier "
            "versions did. Take the number out of it: value.item()."
        )
        if said not in self.remarks:
            self.remarks.append(said)
        return self.item(place, value, (0,) * value.ndim) if noted else value.item()

    def name_of(self, function: Any) -> str | None:
        """Return what a function is called in the trace."""
        if self._modules != len(sys.modules):
            self._modules = len(sys.modules)
            self.known.update(scipy_functions(sys.modules))
        found = self.known.get(id(function))
        return None if found is None else found[1]

    def iterate(self, place: int, source: Any) -> Any:
        """Return what a loop goes over; the items of an array are noted."""
        if self.on and isinstance(source, np.ndarray) and source.ndim and source.dtype != object:
            return (self.item(place, source, n) for n in range(len(source)))
        return source


def arrange(store: Store, thing: Any, records: list[int]) -> Any:
    """Return how an argument is put together from records; None where it has something that is no data."""
    record = store.find(thing) if type(thing) not in (int, bool) else -1
    if record >= 0:
        records.append(record)
        return ["r", len(records) - 1]
    if thing is None or isinstance(thing, (int, bool, str)):
        return ["c", thing]
    if thing is Ellipsis or thing is np.newaxis:
        return ["c", None]
    if isinstance(thing, (list, tuple)):
        if len(thing) > LISTED:
            return None
        parts = [arrange(store, one, records) for one in thing]
        if any(one is None for one in parts):
            return None
        return ["l" if isinstance(thing, list) else "t", parts]
    if isinstance(thing, (type, np.dtype)):
        try:
            return ["d", np.dtype(thing).str]
        except TypeError:
            return None
    return None


def list_record(store: Store, place: int, thing: Any) -> int:
    """Return the record of a list of numbers that an operation takes as an array; -1 for anything else."""
    if not isinstance(thing, (list, tuple)) or not thing or len(thing) > LISTED:
        return -1
    records: list[int] = []
    shape = arrange(store, thing, records)
    if shape is None:
        return -1
    try:
        value = np.array(thing)
    except ValueError:
        return -1
    if value.dtype.kind not in "fiub":
        return -1
    return store.add("np.array", tuple(records), place, value, {"a": [shape], "k": {}})


def index_spec(store: Store, index: Any, records: list[int]) -> Any:
    """Return an index as data; arrays in it are added to the operands."""
    if isinstance(index, tuple):
        parts = [index_spec(store, one, records) for one in index]
        return None if any(one is None for one in parts) else ["t", parts]
    if isinstance(index, slice):
        ends = [index.start, index.stop, index.step]
        return ["s", *[None if one is None else int(one) for one in ends]]
    if index is None:
        return ["n"]
    if index is Ellipsis:
        return ["e"]
    if isinstance(index, (bool, np.bool_)):
        return None
    if isinstance(index, np.integer) and store.known(index) >= 0:
        records.append(store.known(index))
        return ["a", len(records) - 1]
    if isinstance(index, (int, np.integer)):
        return ["i", int(index)]
    if isinstance(index, (list, range)):
        index = np.array(index)
        if index.dtype.kind not in "iub":
            return None
        records.append(store.constant(index))
        return ["a", len(records) - 1]
    if isinstance(index, np.ndarray) and index.dtype.kind in "iub":
        records.append(store.find(index))
        return ["a", len(records) - 1]
    return None


def note_item(store: Store, place: int, thing: Any, index: Any, result: Any) -> None:
    """Record that a part of an array was read."""
    if not isinstance(result, (np.ndarray, np.generic)) or isinstance(result, np.bool_):
        return
    records = [store.find(thing)]
    spec = index_spec(store, index, records)
    if spec is None or min(records) < 0:
        return
    store.bind(result, store.add("item", tuple(records), place, plain_number(result), spec))


def _note_joined(store: Store, place: int, name: str, index: Any, result: np.ndarray) -> None:
    """Record what `np.c_[…]` or `np.r_[…]` joined."""
    records: list[int] = []
    parts = arrange(store, index if isinstance(index, tuple) else (index,), records)
    if parts is not None and records and result.dtype.kind in "fiub":
        store.bind(result, store.add(name, tuple(records), place, plain_number(result), {"a": parts[1], "k": {}}))


def note_set(store: Store, place: int, thing: Any, index: Any, value: Any, before: int) -> None:
    """Record that a part of an array was written."""
    right = store.find(value)
    if right < 0:
        right = list_record(store, place, value)
    records = [before, right]
    spec = index_spec(store, index, records)
    if min(records) < 0 or spec is None:
        note_write(store, place, "opaque:set", thing, before)
        return
    value_kept = plain_number(thing) if thing.size <= 64 else None
    store.written(thing, store.add("set", tuple(records), place, value_kept, spec))


def note_write(store: Store, place: int, name: str, thing: Any, before: int) -> None:
    """Record that an array was written to in a way that cannot be repeated."""
    if isinstance(thing, np.ndarray) and before >= 0:
        record = store.add(name, (before,), place, plain_number(thing))
        store.written(thing, record)
