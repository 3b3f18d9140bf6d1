"""How many updates a trace has already, as far as that is seen while it is made."""

from __future__ import annotations

from typing import Any

import numpy as np

from .store import Store

_LATEST = 8  # sums before one, of other parts of an array among them
_CARRIERS = {
    "item",
    "view",
    "copy",
    "transpose",
    "method:copy",
    "method:reshape",
    "np.reshape",
    "np.array",
    "np.copy",
    "float",
}


def longest_chain(store: Store) -> int:
    """Return the length of the longest chain of sums in which each is made from the one before and something it led to."""
    best = 0
    used = {one for operands in store.args for one in operands}
    chains = _Chains(store)
    for records in list(store.sums.values()):
        if len(records) < 2:
            continue
        members = set(records)
        for last in records[-1:-6:-2]:
            if chains.continues(last, members):
                length = chains.length(last, members)
                dropped = length == 1 and last not in used
                best = max(best, sum(one not in used for one in records) if dropped else length)
    return best


class _Chains:
    """Follows sums back through a trace as it is now."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, set[int]] = {}

    def continues(self, record: int, members: set[int]) -> bool:
        """Return whether one operand of a sum led to the other one."""
        for old in self._store.args[record]:
            other = [one for one in self._store.args[record] if one != old]
            if other and _reaches(self._store, other, self._versions(old, members)):
                return True
        return False

    def length(self, last: int, members: set[int]) -> int:
        """Return how many of the sums that lead to one add something that the value before led to.

        Sums over samples do not.
        """
        length, at, steps = 1, last, 0
        while steps < 2000 and length < 60:
            steps += 1
            operands = self._store.args[at]
            at = max((one for operand in operands for one in self._roots(operand) & members), default=-1)
            if at < 0:
                break
            length += self.continues(at, members)
        return length

    def _versions(self, old: int, members: set[int]) -> set[int]:
        """Return what carries a value, and a few values before it: what is added may be late."""
        found = last = self._roots(old)
        for _ in range(2):
            sums = sorted(last & members)[-_LATEST:]
            last = set().union(*(self._roots(one) for at in sums for one in self._store.args[at][:1]))
            found = found | last
        return found

    def _roots(self, record: int) -> set[int]:
        """Return what a record carries on, kept for the next time."""
        if record not in self._known:
            self._known[record] = _roots(self._store, record)
        return self._known[record]


def _roots(store: Store, record: int) -> set[int]:
    """Return a record and those that it carries on unchanged; of an array also what its last changed parts were given.

    A part is followed to the last write of the same part: what was written to others is not what it was before.
    """
    found: set[int] = set()
    seen: set[tuple[int, Any]] = set()
    todo: list[tuple[int, Any]] = [(record, None)]
    while todo and len(found) < 400:
        at, part = todo.pop()
        if (at, part) in seen:
            continue
        seen.add((at, part))
        found.add(at)
        name, operands = store.name(at), store.args[at]
        if not operands:
            continue
        if name in ("set", "put"):
            own = _written(store, at, part)
            if part is None or own in (None, part):
                todo.append((operands[1], None))
            if part is None or own != part:
                todo.append((operands[0], part))
        elif name == "item":
            todo.append((operands[0], _part(store, at) if part is None else part))
        elif name in _CARRIERS:
            todo.append((operands[0], None))
        elif name == "mul" and len(operands) == 2 and "const" in [store.name(one) for one in operands]:
            todo.append((operands[store.name(operands[0]) == "const"], part))  # a decay
    return found


def _part(store: Store, item: int) -> Any:
    """Return which part of an array was read: the first place and the count of a row, else how it was written."""
    attr, size = store.attrs.get(item), np.size(store.values[item])
    row = _row(store, item, attr)
    return repr(attr) if row is None else (row * size, size)


def _written(store: Store, write: int, part: Any) -> Any:
    """Return which part was written, in the way of `part`; None where that is not known."""
    operands = store.args[write]
    if store.name(write) == "put":
        places = store.values[operands[2]] if isinstance(part, tuple) and len(operands) > 2 else None
        return None if places is None or np.size(places) == 0 else (int(np.ravel(places)[0]), int(np.size(places)))
    row = _row(store, write, store.attrs.get(write))
    return repr(store.attrs.get(write)) if row is None or not isinstance(part, tuple) else (row * part[1], part[1])


def _row(store: Store, record: int, attr: Any) -> int | None:
    """Return a row's number where an index is one whole number, written in the script or computed."""
    kind = attr[0] if isinstance(attr, (list, tuple)) and attr else None
    if kind == "i":
        return int(attr[1])
    found = store.values[store.args[record][attr[1]]] if kind == "a" else None
    return int(found) if isinstance(found, (int, np.integer)) else None


def _reaches(store: Store, starts: list[int], goals: set[int]) -> bool:
    floor, seen, todo = min(goals), set(starts), list(starts)
    while todo and len(seen) < 20_000:
        at = todo.pop()
        if at in goals:
            return True
        for one in store.args[at]:
            if one >= floor and one not in seen:
                seen.add(one)
                todo.append(one)
    return False
