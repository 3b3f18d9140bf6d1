"""Other expressions in place of one of the script's, computed in its own frame where it was just computed."""

from __future__ import annotations

import base64
import math
import random
import time
import types
from typing import Any

import numpy as np

_CLOSE = 1e-7
_LOOKED = 3  # occurrences after which an expression that was never right is left
_SENT = 1_500_000  # numbers that are sent back in all
_TELLING = 16  # numbers of which equal ones are no chance
_LARGEST = 20_000  # numbers of one value that is sent back


class Attempts:
    """Compares what each expression gives with what is right there, or sends back what it gives.

    A try has `expressions`, the script's own first; and either `right`, what each record should be, or `records`, those
    whose values are wanted.
    """

    def __init__(self, tries: list[dict[str, Any]], forgets: int) -> None:
        self.forgets = forgets
        self.last = max(
            int(one) for request in tries for one in (*request.get("right", ()), *request.get("records", ()))
        )
        self.tries = [_Comparison(one) if "right" in one else _ValuesTry(one) for one in tries]
        self.left = 3.0  # seconds of computing
        self.room = [_SENT // max(len(tries), 1)] * len(tries)

    def is_past(self, records: int, forgets: int) -> bool:
        """Return whether a run has made all records that are asked for; it counts from 0 again when it forgets."""
        return forgets == self.forgets and records > self.last

    def make(self, number: int, record: int, frame: types.FrameType) -> None:
        """Compute the expressions of a try in place of the one that gave a record."""
        one = self.tries[number]
        if not one.wants(record):
            return
        state, own = random.getstate(), np.random.get_state()
        names = _names(frame)
        locked = _locked(names)
        began = time.process_time()
        for n in one.open():
            if time.process_time() - began > self.left:
                break
            code = one.code(n)
            try:
                with np.errstate(all="ignore"):
                    value = np.asarray(eval(code, names), dtype=float)  # noqa: S307  (an edit of the script's own line, in its process)
            except Exception:
                value = None
            self.room[number] -= one.take(n, record, value, self.room[number])
        self.left -= time.process_time() - began
        for array in locked:
            array.flags.writeable = True
        random.setstate(state)
        np.random.set_state(own)

    def results(self) -> list[Any]:
        """Return what came of each try."""
        return [one.results() for one in self.tries]


class _Try:
    def __init__(self, request: dict[str, Any]) -> None:
        self.texts: list[str] = request["expressions"]
        self.codes: dict[int, Any] = {}
        self.dropped: set[int] = set()

    def open(self) -> list[int]:
        """Return the expressions that are still in question."""
        return [n for n in range(len(self.texts)) if n not in self.dropped]

    def code(self, n: int) -> Any:
        if n not in self.codes:
            try:
                self.codes[n] = compile(self.texts[n], "<edit>", "eval")
            except SyntaxError:
                self.codes[n] = None
        return self.codes[n]


class _Comparison(_Try):
    def __init__(self, request: dict[str, Any]) -> None:
        super().__init__(request)
        self.right = {int(record): np.asarray(value, dtype=float) for record, value in request["right"].items()}
        self.ratios: dict[int, list[Any]] = {n: [] for n in range(len(self.texts))}

    def wants(self, record: int) -> bool:
        return record in self.right

    def take(self, n: int, record: int, value: Any, room: int) -> int:
        found = self.ratios[n]
        found.append(None if value is None else _ratio(value, self.right[record]))
        if n and len(found) >= _LOOKED and not any(one is not None and one > 0 for one in found):
            self.dropped.add(n)
        return 0

    def results(self) -> list[list[float]]:
        """Return the expressions that are right more often than the script's own, which is the first.

        Each has its number, its factor, and at how many occurrences it is right: what is computed from a wrong value of an
        earlier moment cannot be right, whatever the expression.
        """
        own, _ = _steady(self.ratios[0])
        good = []
        for n, found in self.ratios.items():
            right, factor = _steady(found)
            if right > own:
                good.append([n, factor, right])
        most = max((one[2] for one in good), default=0)
        return [one for one in good if one[2] == most]


class _ValuesTry(_Try):
    def __init__(self, request: dict[str, Any]) -> None:
        super().__init__(request)
        self.records = set(request["records"])
        self.found: dict[int, dict[str, Any]] = {}
        self.first: dict[bytes, int] = {}
        self.own: Any = None
        self.began = True

    def wants(self, record: int) -> bool:
        return record in self.records

    def take(self, n: int, record: int, value: Any, room: int) -> int:
        if n == 0:
            self.own = value
            self.began = not self.found
        fits = value is not None and self.own is not None and value.size <= _LARGEST and np.isfinite(value).all()
        if (
            not fits
            or (value.shape != self.own.shape and value.size != self.own.size and self.own.size > 1)
            or value.size > room
        ):
            self.dropped.add(n)
            self.found.pop(n, None)
            return 0
        if self.began and value.size >= _TELLING and value.any():
            if self.first.setdefault(np.round(value, 12).tobytes(), n) != n:  # the same as a cheaper one
                self.dropped.add(n)
                return 0
        if n == 0:
            return 0
        numbers = base64.b64encode(value.tobytes()).decode("ascii")
        self.found.setdefault(n, {})[str(record)] = [list(value.shape), numbers]
        return int(value.size)

    def results(self) -> dict[str, Any]:
        """Return for each expression its value in place of each record, those that gave one wherever it was asked for."""
        most = max((len(one) for one in self.found.values()), default=0)
        whole = {repr(one): n for n, one in reversed(self.found.items()) if len(one) == most}
        return {str(n): self.found[n] for n in sorted(whole.values())}


def _names(frame: Any) -> dict[str, Any]:
    """Return the names that an expression in a frame can use; a comprehension has those around it too."""
    around = [frame]
    while around[-1].f_code.co_name.startswith("<") and around[-1].f_back is not None and len(around) < 5:
        if around[-1].f_code.co_name == "<module>":
            break
        around.append(around[-1].f_back)
    names: dict[str, Any] = dict(frame.f_globals)
    for one in reversed(around):
        if one.f_code.co_filename == frame.f_code.co_filename:
            names.update(one.f_locals)
    return names


def _locked(names: dict[str, Any]) -> list[Any]:
    """Protect the arrays that names have from being changed by an expression, and return them."""
    found = [one for one in names.values() if isinstance(one, np.ndarray) and one.flags.writeable]
    for one in found:
        one.flags.writeable = False
    return [one for one in found if one.base is None] + [one for one in found if one.base is not None]


def _steady(found: list[Any]) -> tuple[int, float]:
    """Return at how many occurrences a value is the same positive multiple of what is right, and that multiple."""
    known = [one for one in found if one is not None and one > 0]
    empty = sum(one is not None and math.isnan(one) for one in found)
    best, factor = 0, 1.0
    for one in known[:20]:
        count = sum(abs(other - one) <= 1e-6 * one for other in known)
        if count > best:
            best, factor = count, one
    return (best + empty, factor) if best else (0, factor)


def _ratio(value: np.ndarray, right: np.ndarray) -> Any:
    """Return by what factor a value is right; NaN where both are zero, None where it is wrong."""
    if value.shape != right.shape:
        if value.size != right.size or (value.ndim != right.ndim and min(value.ndim, right.ndim) > 0):
            return None
        value = value.reshape(right.shape)
    size, want = float(np.linalg.norm(value)), float(np.linalg.norm(right))
    if want == 0:
        return float("nan") if size <= 1e-12 else None
    ratio = float(np.sum(value * right)) / (want * want)
    return ratio if float(np.linalg.norm(value - ratio * right)) <= _CLOSE * max(size, 1e-300) else None
