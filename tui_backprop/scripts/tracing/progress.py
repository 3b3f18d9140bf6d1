"""How many updates a trace has already, as far as that is seen while it is made."""

from __future__ import annotations

from .store import Store

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


def chain(store: Store) -> int:
    """Return the length of the longest chain of sums in which each is made from the one before and something it led to."""
    best = 0
    used = {one for operands in store.args for one in operands}
    for records in list(store.sums.values()):
        if len(records) < 2:
            continue
        members = set(records)
        for last in records[-1:-6:-2]:
            for old in store.args[last]:
                roots = _roots(store, old)
                other = [one for one in store.args[last] if one != old]
                if other and _reaches(store, other, roots):
                    length, at = 1, last
                    while at >= 0 and length < 400:
                        at = next(
                            (one for operand in store.args[at] for one in _roots(store, operand) if one in members), -1
                        )
                        length += at >= 0
                    dropped = length == 1 and last not in used
                    best = max(best, sum(one not in used for one in records) if dropped else length)
    return best


def _roots(store: Store, record: int) -> set[int]:
    """Return a record and those that it carries on unchanged."""
    found = {record}
    at, steps = record, 0
    while steps < 400:
        name = store.name(at)
        if (name in _CARRIERS and store.args[at]) or (name in ("set", "put") and store.args[at]):
            at = store.args[at][0]
        else:
            break
        found.add(at)
        steps += 1
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
