"""Other expressions for a statement, computed in the script's own frame where it is about to run."""

from __future__ import annotations

import math
import random
import time
import types
from typing import Any

import numpy as np

_CLOSE = 1e-7


class Attempts:
    """Compares what each expression gives with what is right there, at the occurrences in some passes."""

    def __init__(self, tries: list[dict[str, Any]]) -> None:
        self.tries = tries
        self.left = 3.0  # seconds
        self.seen: dict[tuple[int, int], int] = {}
        self.ratios: list[dict[int, list[Any]]] = [{n: [] for n in range(len(one["expressions"]))} for one in tries]
        self.codes: list[list[Any]] = [[_compiled(text) for text in one["expressions"]] for one in tries]

    def make(self, number: int, at: int, frame: types.FrameType) -> None:
        """Compute the expressions of a try, where the records so far are those of one of its passes."""
        one = self.tries[number]
        for n, (start, end) in enumerate(one["passes"]):
            if start < at <= end + 1:
                occurrence = self.seen.get((number, n), 0)
                self.seen[number, n] = occurrence + 1
                expected = one["expected"][n]
                if occurrence < len(expected):
                    self._compare(number, np.asarray(expected[occurrence], dtype=float), frame)

    def _compare(self, number: int, right: np.ndarray, frame: types.FrameType) -> None:
        state, own = random.getstate(), np.random.get_state()
        names = {**frame.f_globals, **frame.f_locals}
        began = time.monotonic()
        for n, code in enumerate(self.codes[number]):
            if code is None or time.monotonic() - began > self.left:
                continue
            try:
                with np.errstate(all="ignore"):
                    value = np.asarray(eval(code, names), dtype=float)  # noqa: S307  (an edit of the script's own line, in its process)
                ratio = _ratio(value, right)
            except Exception:
                ratio = None
            self.ratios[number][n].append(ratio)
        self.left -= time.monotonic() - began
        random.setstate(state)
        np.random.set_state(own)

    def results(self) -> list[list[list[float]]]:
        """Return for each try the expressions that are right more often than the script's own, which is the first.

        Each has its number, its factor, and at how many occurrences it is right: what is computed from a wrong value of an
        earlier moment cannot be right, whatever the expression.
        """
        out = []
        for ratios in self.ratios:
            own, _ = _steady(ratios.get(0, []))
            good = []
            for n, found in ratios.items():
                right, factor = _steady(found)
                if right > own:
                    good.append([n, factor, right])
            most = max((one[2] for one in good), default=0)
            out.append([one for one in good if one[2] == most])
        return out


def _steady(found: list[Any]) -> tuple[int, float]:
    """Return at how many occurrences a value is the same positive multiple of what is right, and that multiple."""
    known = [one for one in found if one is not None and one > 0]
    empty = sum(one is not None and math.isnan(one) for one in found)
    best, factor = 0, 1.0
    for one in known[:20]:
        count = sum(abs(other - one) <= 1e-6 * one for other in known)
        if count > best:
            best, factor = count, one
    return best + empty, factor


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


def _compiled(text: str) -> Any:
    try:
        return compile(text, "<edit>", "eval")
    except SyntaxError:
        return None
