"""How many updates a trace has already, as far as that is seen while it is made."""

from __future__ import annotations

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
    """Return a record and those that it carries on unchanged; of an array also what its last changed parts were given."""
    found, todo = {record}, [record]
    while todo and len(found) < 400:
        at = todo.pop()
        name, operands = store.name(at), store.args[at]
        before: tuple[int, ...] = ()
        if operands and name in _CARRIERS:
            before = operands[:1]
        elif operands and name in ("set", "put"):
            before = operands[:2]
        elif name == "mul" and len(operands) == 2 and "const" in [store.name(one) for one in operands]:
            before = (operands[store.name(operands[0]) == "const"],)  # a decay
        todo += [one for one in before if one not in found]
        found.update(before)
    return found


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
