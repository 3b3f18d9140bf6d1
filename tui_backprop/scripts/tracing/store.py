"""The records of a trace: each a value, the operation that made it, its operands, and the place in the source."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

COPIED = 500_000  # elements: a larger array that was only read is kept as it is, and copied before its first change
CHECKED = 4096  # elements: a larger array is compared with its record by a sample

_KINDS = "fiub"


class Memory:
    """An array that owns its numbers, how often they were written, and the record of all of them."""

    __slots__ = ("owner", "record", "version")

    def __init__(self, owner: np.ndarray) -> None:
        self.owner = owner
        self.version = 0
        self.record = -1


class Store:
    """Records by number; numbers of objects by their identity, with the objects kept alive so that it lasts."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all records."""
        self.names: list[str] = getattr(self, "names", [])
        self.numbers: dict[str, int] = getattr(self, "numbers", {})
        self.ops: list[int] = []
        self.args: list[tuple[int, ...]] = []
        self.attrs: dict[int, Any] = {}
        self.where: list[int] = []
        self.values: list[Any] = []
        self.scalars: dict[int, tuple[Any, int]] = {}
        self.arrays: dict[int, tuple[np.ndarray, int, int]] = {}
        self.memories: dict[int, Memory] = {}
        self.sums: dict[int, list[int]] = {}
        self.size = 0

    def add(self, name: str, args: tuple[int, ...], where: int, value: Any, attr: Any = None) -> int:
        """Append a record and return its number."""
        number = self.numbers.get(name)
        if number is None:
            number = self.numbers[name] = len(self.names)
            self.names.append(name)
        record = len(self.ops)
        self.ops.append(number)
        self.args.append(args)
        self.where.append(where)
        self.values.append(value)
        if attr is not None:
            self.attrs[record] = attr
        if name in ("add", "sub"):
            self.sums.setdefault(where, []).append(record)
        if isinstance(value, np.ndarray):
            self.size += value.nbytes
        return record

    def name(self, record: int) -> str:
        """Return a record's operation."""
        return self.names[self.ops[record]]

    # objects

    def known(self, x: Any) -> int:
        """Return the record of an object that has one, else -1."""
        if isinstance(x, np.ndarray):
            if id(x) in self.arrays or (x.base is not None and id(_owner(x)) in self.memories):
                return self.read(x)
            return -1
        found = self.scalars.get(id(x))
        return -1 if found is None else found[1]

    def find(self, x: Any) -> int:
        """Return the record of a number or an array of numbers, a new one where it has none; -1 for anything else."""
        kind = type(x)
        if kind is float or (isinstance(x, np.generic) and x.dtype.kind in "fiu"):
            found = self.scalars.get(id(x))
            if found is not None:
                return found[1]
            record = self.add("leaf", (), -1, float(x) if kind is float else x.item())
            self.scalars[id(x)] = (x, record)
            return record
        if kind is int or kind is bool or isinstance(x, np.bool_):
            if kind is int and x.bit_length() > 60:
                return -1
            return self.add(
                "const", (), -1, x if kind is int else bool(x)
            )  # one each: equal samples are not the same sample
        if isinstance(x, np.ndarray):
            return self.read(x) if x.dtype.kind in _KINDS else -1
        return -1

    def bind(self, x: Any, record: int) -> None:
        """Say which record an object's value is."""
        if isinstance(x, np.ndarray):
            self.arrays[id(x)] = (x, record, self.memory(x).version)
            memory = self.memories[id(_owner(x))]
            if memory.owner is x:
                memory.record = record
        else:
            self.scalars[id(x)] = (x, record)

    # arrays

    def memory(self, x: np.ndarray) -> Memory:
        """Return the memory that an array is a view of."""
        owner = _owner(x)
        found = self.memories.get(id(owner))
        if found is None:
            found = self.memories[id(owner)] = Memory(owner)
        return found

    def read(self, x: np.ndarray) -> int:
        """Return the record of what an array contains now."""
        memory = self.memory(x)
        entry = self.arrays.get(id(x))
        if entry is not None and entry[2] == memory.version and self._same(x, entry[1]):
            return entry[1]
        if memory.owner is not x and memory.record >= 0 and x.dtype == memory.owner.dtype:
            if entry is None or entry[2] != memory.version:
                base = self.read(memory.owner)
                index = element_order(x, memory.owner)
                if index is not None:
                    record = self.add("view", (base, self.constant(index)), -1, x.copy())
                    self.arrays[id(x)] = (x, record, memory.version)
                    return record
        if memory.owner is x and memory.record >= 0 and self._same(x, memory.record):
            self.arrays[id(x)] = (x, memory.record, memory.version)
            return memory.record
        lost = entry is not None or memory.record >= 0
        if lost:
            memory.version += 1
        record = self.add("lost" if lost else "leaf", (), -1, x if x.size > COPIED else x.copy())
        self.arrays[id(x)] = (x, record, memory.version)
        if memory.owner is x:
            memory.record = record
        return record

    def constant(self, index: Any) -> int:
        """Return a new record of an array that is no object of the script's."""
        return self.add("leaf", (), -1, index)

    def _same(self, x: np.ndarray, record: int) -> bool:
        value = self.values[record]
        if value is None or value is x:
            return True
        if not isinstance(value, np.ndarray) or value.shape != x.shape:
            return isinstance(value, (float, int)) and x.size == 1
        if x.size > CHECKED:
            step = x.size // 512
            return x.flat[::step].tobytes() == value.flat[::step].tobytes()
        return x.tobytes() == value.tobytes()

    def before_write(self, x: np.ndarray) -> int:
        """Return the record of what an array contains before a change, and keep what would be lost."""
        owner = _owner(x)
        if owner is not x:
            self._keep(self.read(owner))
        record = self.read(x)
        self._keep(record)
        return record

    def _keep(self, record: int) -> None:
        value = self.values[record]
        if isinstance(value, np.ndarray) and value.size > COPIED:
            self.values[record] = value.copy()

    def written(self, x: np.ndarray, record: int) -> None:
        """Say that an array was changed and now contains what `record` says."""
        memory = self.memory(x)
        memory.version += 1
        if memory.owner is x:
            memory.record = record
        elif memory.record >= 0:
            index = element_order(x, memory.owner)
            if index is not None:
                memory.record = self.add("put", (memory.record, record, self.constant(index)), -1, None)
        self.arrays[id(x)] = (x, record, memory.version)


def _owner(x: np.ndarray) -> np.ndarray:
    while isinstance(x.base, np.ndarray):
        x = x.base
    return x


def element_order(x: np.ndarray, owner: np.ndarray) -> np.ndarray | None:
    """Return for each element of a view its number in the owner's own order; None where they do not match."""
    size = owner.itemsize
    start = x.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    if x.dtype != owner.dtype or start % size or any(s % size for s in x.strides):
        return None
    places = _offsets(x) + start // size
    if not owner.flags.c_contiguous:
        own = _offsets(owner).ravel()
        order = {int(p): n for n, p in enumerate(own)}
        places = np.array([order.get(int(p), -1) for p in places.ravel()], dtype=np.int64).reshape(x.shape)
    if places.size and (places.min() < 0 or places.max() >= owner.size):
        return None
    return places


def _offsets(x: np.ndarray) -> np.ndarray:
    out = np.zeros(x.shape, dtype=np.int64)
    for axis, (length, stride) in enumerate(zip(x.shape, x.strides)):
        steps = np.arange(length, dtype=np.int64) * (stride // x.itemsize)
        out += steps.reshape([-1 if n == axis else 1 for n in range(x.ndim)])
    return out


def plain_number(value: Any) -> Any:
    """Return a number as the trace keeps it."""
    if isinstance(value, np.ndarray):
        return np.array(value, copy=True, subok=False)
    if isinstance(value, np.generic):
        return value.item()
    return value if not isinstance(value, float) or math.isfinite(value) else float(value)
