"""The records as a graph: cones, descendants, replays and reverse sweeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tui_backprop.scripts.replay.derivatives import derivative
from tui_backprop.scripts.replay.operations import RENAMED, SOURCES, CannotReplayError, compute
from tui_backprop.scripts.trace import Trace, Value


class BranchError(Exception):
    """With these values the script would have taken another branch."""


class Graph:
    """A trace with what is asked of it."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.ops = [
            RENAMED.get(op, op) if n not in trace.attrs or "a" not in _mapping(trace.attrs[n]) else op
            for n, op in enumerate(trace.ops)
        ]
        self.args = trace.args
        self.values = trace.values
        self._users: list[list[int]] | None = None
        self._shapes: dict[int, tuple[int, ...]] = {}

    @property
    def users(self) -> list[list[int]]:
        """For each record, those that it is an operand of."""
        if self._users is None:
            users: list[list[int]] = [[] for _ in self.args]
            for record, operands in enumerate(self.args):
                for one in operands:
                    users[one].append(record)
            self._users = users
        return self._users

    def value(self, record: int) -> Value:
        """Return a record's value; one that was not kept is computed from its operands, along its chain of writes."""
        found = self.values[record]
        if found is not None:
            return found
        todo = [record]
        while self.values[self.args[todo[-1]][0]] is None and self.ops[self.args[todo[-1]][0]] in ("set", "put"):
            todo.append(self.args[todo[-1]][0])
        for one in reversed(todo):
            self.values[one] = compute(
                self.ops[one], [self.value(a) for a in self.args[one]], self.trace.attrs.get(one)
            )
        return self.values[record]

    def shape(self, record: int) -> tuple[int, ...]:
        """Return the shape of a record's value; () for a number."""
        chain = []
        while (value := self.values[record]) is None and record not in self._shapes:
            chain.append(record)
            record = self.args[record][0]
        shape = self._shapes[record] if value is None else value.shape if isinstance(value, np.ndarray) else ()
        self._shapes.update(dict.fromkeys(chain, shape))
        return shape

    # sets of records

    def cone(self, starts: Iterable[int], after: int = -1) -> set[int]:
        """Return the records that some are made from, themselves included, down to those made at or before `after`."""
        seen = {one for one in starts if one > after}
        todo = list(seen)
        while todo:
            for one in self.args[todo.pop()]:
                if one > after and one not in seen:
                    seen.add(one)
                    todo.append(one)
        return seen

    def frontier(self, cone: set[int], after: int) -> set[int]:
        """Return the operands of a cone that were made at or before `after`."""
        return {one for record in cone for one in self.args[record] if one <= after}

    def affected(self, starts: Iterable[int], first: int, last: int) -> set[int]:
        """Return the records from `first` to `last` that depend on some others."""
        users = self.users
        out: set[int] = set()
        todo = list(starts)
        while todo:
            for one in users[todo.pop()]:
                if first <= one <= last and one not in out:
                    out.add(one)
                    todo.append(one)
        return out

    # computing again

    def replay(self, given: Mapping[int, Value], records: Iterable[int], *, check: bool = True) -> dict[int, Value]:
        """Return the values of some records, in order, where others have the values that are given.

        Raises:
            CannotReplayError: an operation is unknown or fails.
            BranchError: a comparison has another outcome than in the trace.
        """
        out: dict[int, Value] = dict(given)
        ops, args, attrs, values = self.ops, self.args, self.trace.attrs, self.values
        with np.errstate(all="ignore"):
            for record in records:
                if record in given:
                    continue
                op = ops[record]
                if op in SOURCES:
                    continue
                operands = []
                for one in args[record]:
                    known = out[one] if one in out else values[one]
                    operands.append(self.value(one) if known is None else known)
                if op.startswith(("branch:", "choice:")):
                    if check:
                        self._same_branch(record, op, operands)
                    continue
                if op.startswith("opaque:"):
                    raise CannotReplayError(op)
                try:
                    value = compute(op, operands, attrs.get(record))
                except (CannotReplayError, BranchError):
                    raise
                except Exception as error:
                    raise CannotReplayError(op) from error
                out[record] = self._like(record, value)
        return out

    def _like(self, record: int, value: Value) -> Value:
        before = self.values[record]
        if not isinstance(before, np.ndarray) or (isinstance(value, np.ndarray) and value.shape == before.shape):
            return value
        if np.shape(value) != before.shape and np.size(value) == before.size:
            return np.asarray(value).reshape(before.shape)
        return value

    def _same_branch(self, record: int, op: str, operands: list[Value]) -> None:
        before = self.values[record]
        if op == "branch:whole":
            now = int(float(np.asarray(operands[0]).reshape(-1)[0])) == int(operands[1])
        elif op.startswith("branch:"):
            now = bool(np.all(compute(op[7:], operands, None)))
        else:
            numbers = [float(np.asarray(one).reshape(-1)[0]) for one in operands]
            now = int(np.argmax(numbers) if op == "choice:max" else np.argmin(numbers))  # type: ignore[assignment]
        if now != before:
            raise BranchError(op)

    def sweep(self, seeds: Mapping[int, Value], records: Iterable[int], given: Mapping[int, Value]) -> dict[int, Any]:
        """Return ∂L/∂value for each record of a set (in any order) and its operands, from the gradients at `seeds`.

        `given` has the values of a replay; what it lacks is as in the trace.

        Raises:
            CannotReplayError: a derivative is not known.
        """
        gradients: dict[int, Any] = {}
        for record, g in seeds.items():
            gradients[record] = np.asarray(g, dtype=float).reshape(
                np.shape(given[record] if record in given else self.value(record))
            )
        order = sorted(set(records), reverse=True)
        inside = set(order)
        for record in order:
            g = gradients.get(record)
            if g is None or self.ops[record] in SOURCES:
                continue
            operands = [given[one] if one in given else self.value(one) for one in self.args[record]]
            value = given[record] if record in given else self.value(record)
            kinds = [np.asarray(one).dtype.kind == "f" or one in inside for one in self.args[record]]
            wanted = [np.asarray(v).dtype.kind == "f" for v in operands] if operands else kinds
            if not any(wanted):
                continue
            try:
                parts = derivative(self.ops[record], operands, value, self.trace.attrs.get(record), wanted, g)
            except CannotReplayError:
                raise
            except Exception as error:
                raise CannotReplayError(self.ops[record]) from error
            for one, part in zip(self.args[record], parts, strict=True):
                if part is not None:
                    gradients[one] = gradients[one] + part if one in gradients else part
        return gradients


def _mapping(attr: Any) -> dict[str, Any]:
    return attr if isinstance(attr, dict) else {}
