"""A script's own training followed at nearly its own speed: predictions with their targets, updates, and inputs."""

from __future__ import annotations

import _thread
import ast
import json
import math
import threading
import time
import types
from typing import Any

import numpy as np

from .hooks import hooked
from .inputs import Inputs, own_frames, stack_from
from .recorder import BINARY, IN_PLACE
from .rewrite import Span
from .traced_run import TracedRun, leave

_KEPT = 4000  # updates
_NUMBERS = 1_500_000  # of predictions and targets
_ROWS = 200  # of one array
_RESETS = 4000
_GRACE = 0.5  # seconds of a processor's time for what comes after a training that was left early
_PATIENCE = 5.0  # seconds for which that is waited for
_LOOK = 0.02  # seconds between two looks at the time

_start_thread = _thread.start_new_thread


class TrainingWatch:
    """What the hooks call: each does what the script asked for, and notes what is wanted of it."""

    slice = slice

    def __init__(self, run: WatchedTraining, request: dict[str, Any]) -> None:
        self.run = run
        self.roles: list[list[Any]] = request["places"]
        self.per_pass: int = request["per_pass"]
        self.per_sample: int = request["per_sample"]
        self.seconds: float = request["seconds"]
        self.most: int = request.get("most", 10**9)
        self.scale: float = request.get("scale", 1.0)
        self.momentum: float = request.get("momentum", 0.0)
        self.until = math.inf
        self.updates = 0
        self.hits = 0
        self.stride = 1
        self.numbers = 0
        self.keep = True
        self.now: list[tuple[Any, Any]] = []
        self.kept: list[tuple[int, list[tuple[Any, Any]], int]] = []
        self.sample = 0
        self.velocity: dict[int, Any] = {}
        self.last: dict[int, Any] = {}
        self.resets: list[int] = []
        self.stack: list[tuple[bool, int, str]] = []
        self.inputs = Inputs(self.per_sample)
        self.leaving = ""
        """Why the loops of the training are being left before their end; the first statement of each looks at it."""
        self.spent = 0.0
        self.seen: dict[str, list[Any]] = {}
        self.finite = True

    # operations

    def binary(self, number: int, op: str, a: Any, b: Any) -> Any:
        """Do a binary operation."""
        role = self.roles[number][0]
        if role == "update":
            return self._update(number, BINARY[op], a, b)
        result = BINARY[op](a, b)
        self._noted(number, role, (a, b))
        return result

    def call(self, number: int, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a function; the receiver of an array's method is its first operand."""
        own = getattr(function, "__self__", None)
        operands = (own, *args) if isinstance(own, np.ndarray) else args
        role = self.roles[number][0]
        if role == "update" and len(operands) > 1 and own is None:
            return self._update(number, lambda x, y: function(x, y, *args[2:], **kwargs), args[0], args[1])
        result = function(*args, **kwargs)
        self._noted(number, role, operands)
        return result

    def augment(self, number: int, op: str, old: Any, value: Any) -> Any:
        """Do `old op= value`."""
        role = self.roles[number][0]
        if role == "update":
            return self._update(number, IN_PLACE[op], old, value)
        self._noted(number, role, (np.array(old) if isinstance(old, np.ndarray) else old, value))
        return IN_PLACE[op](old, value)

    def augment_attribute(self, number: int, op: str, thing: Any, name: str, value: Any) -> None:
        """Do `thing.name op= value`."""
        setattr(thing, name, self.augment(number, op, getattr(thing, name), value))

    def augment_item(self, number: int, op: str, thing: Any, index: Any, value: Any) -> None:
        """Do `thing[index] op= value`."""
        if self.roles[number][0] == "one hot" and isinstance(thing, np.ndarray):
            before = thing.copy()
            thing[index] = IN_PLACE[op](thing[index], value)
            self.met(before, before - thing)
        else:
            thing[index] = self.augment(number, op, thing[index], value)

    def set_item(self, number: int, value: Any, thing: Any, index: Any) -> None:
        """Do `thing[index] = value`."""
        before = thing.copy() if isinstance(thing, np.ndarray) else None
        thing[index] = value
        if before is not None:
            self.met(before, before - thing)

    def argmax(self, line: int, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call argmax, and note the shape and the axis."""
        own = getattr(function, "__self__", None)
        rest = args if isinstance(own, np.ndarray) else args[1:]
        thing = own if isinstance(own, np.ndarray) else args[0] if args else None
        axis = kwargs.get("axis", rest[0] if rest else None)
        if isinstance(thing, np.ndarray):
            self.seen.setdefault(f"argmax {line}", [line, list(thing.shape), axis if isinstance(axis, int) else None])
        return function(*args, **kwargs)

    def equal(self, line: int, a: Any, b: Any) -> Any:
        """Compare, and note the shapes."""
        result = a == b
        if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
            self.seen.setdefault(f"equal {line}", [line, list(a.shape), list(b.shape), list(np.shape(result))])
        return result

    def _noted(self, number: int, role: str, operands: tuple[Any, ...]) -> None:
        if role == "residual":
            side = self.roles[number][1]
            self.met(operands[side], operands[1 - side])
        elif role == "input":
            _, at, weight = self.roles[number]
            if self.per_sample and max(at, weight) < len(operands):
                self.inputs.read(operands[at], operands[weight], at)
        elif role == "elsewhere":
            self.inputs.read_elsewhere(operands)

    # what is kept

    def met(self, prediction: Any, target: Any) -> None:
        """Keep a prediction with its target."""
        sample = self.inputs.trained(self.keep)
        if self.keep and not self.leaving:
            self.now.append((_thinned(prediction), _thinned(target)))
            self.sample = sample or self.sample

    def _update(self, number: int, make: Any, a: Any, b: Any) -> Any:
        """Make an update, its step scaled or with momentum where that is asked for; the last place ends a pass."""
        side = self.roles[number][1]
        old = b if side else a
        if self.scale != 1.0 or self.momentum:
            step = (a if side else b) * self.scale
            if self.momentum:
                key = number * 100_000 + self.roles[number][2]
                self.roles[number][2] += 1
                if key in self.velocity:
                    step = step + self.momentum * self.velocity[key]
                self.velocity[key] = step
            a, b = (step, b) if side else (a, step)
        ends = self.roles[number][3]
        if ends:
            self._continued(old)
        result = make(a, b)
        self.inputs.updated(old, result)
        if not ends:
            return result
        self.last[self.hits] = result.copy() if isinstance(result, np.ndarray) and result.size <= 256 else _ends(result)
        self.hits += 1
        if self.hits >= self.per_pass:
            self.passed()
        return result

    def _continued(self, old: Any) -> None:
        """Note where a parameter is no longer what the last update made of it."""
        before = self.last.get(self.hits)
        now = old if not isinstance(old, np.ndarray) or old.size <= 256 else _ends(old)
        if before is None or np.shape(before) != np.shape(now):
            return
        if isinstance(before, float):
            other = abs(before - now) > 0.3 * (abs(before) + abs(now))
        else:
            size = float(np.linalg.norm(before)) + float(np.linalg.norm(now))
            other = float(np.linalg.norm(np.asarray(now) - before)) > 0.3 * size
        if other and len(self.resets) < _RESETS and (not self.resets or self.resets[-1] != self.updates):
            self.resets.append(self.updates)

    def passed(self) -> None:
        """End a pass: keep what it showed, and stop where enough was seen."""
        if self.leaving:
            return
        if self.updates == 0:
            self.until = time.process_time() + self.seconds
            self.stack = own_frames(stack_from(1), self.run.recorder.traced, self.run.path)
        if self.now:
            self.kept.append((self.updates, self.now, self.sample))
            self.numbers += sum(np.size(p) + np.size(t) for p, t in self.now)
            self.finite = self.finite and all(_finite(p) for p, _ in self.now)
        self.now, self.hits, self.sample = [], 0, 0
        for role in self.roles:
            if role[0] == "update":
                role[2] = 0
        self.updates += 1
        self.inputs.passed()
        if len(self.kept) > _KEPT or self.numbers > _NUMBERS:
            self.stride *= 2
            self.kept = [one for one in self.kept if self._wanted(one[0])]
            self.numbers = sum(np.size(p) + np.size(t) for _, pairs, _ in self.kept for p, t in pairs)
        self.keep = self._wanted(self.updates)
        if self.updates >= self.most:
            self.run.finish("enough")
        if self.updates % 16 == 0 or self.numbers > 10_000:
            if not self.finite:
                self.run.finish("diverged")
            if time.process_time() > self.until:
                self.run.leave_training("time")

    def _wanted(self, update: int) -> bool:
        return ((update * 2654435761 & 0xFFFFFFFF) >> 8) % self.stride == 0


class WatchedTraining(TracedRun):
    """One run of a script in which its training is followed to its end, or until there was enough of it."""

    def __init__(self, request: dict[str, Any]) -> None:
        super().__init__(request)
        follow = request["follow"]
        self.watch = self.hooks = TrainingWatch(self, follow)
        self.by_file: dict[str, dict[Span, int]] = {}
        for number, one in enumerate(follow["where"]):
            self.by_file.setdefault(one[0], {})[tuple(one[1:])] = number  # type: ignore[index]
        self.loops: dict[str, set[Span]] = {}
        for one in follow.get("loops", []):
            self.loops.setdefault(one[0], set()).add(tuple(one[1:]))  # type: ignore[arg-type]
        self._one_end = threading.Lock()

    def compile(self, source: str, path: str) -> types.CodeType:
        """Return a source file as code in which the wanted places have hooks."""
        self.recorder.traced.add(path)
        tree = hooked(ast.parse(source, path), self.by_file.get(path, {}), self.loops.get(path, set()))
        return compile(tree, path, "exec", dont_inherit=True)

    def leave_training(self, reason: str) -> None:
        """Leave the loops of the training, to see for a moment what comes after it; end where there is no loop."""
        if not self.loops:
            self.finish(reason)
        self.watch.spent, self.watch.leaving = self._spent(), reason
        _start_thread(self._end_soon, ())

    def _spent(self) -> float:
        """Return how much of a processor's time the updates took."""
        watch = self.watch
        return max(0.0, time.process_time() - watch.until + watch.seconds) if watch.updates else 0.0

    def _end_soon(self) -> None:
        """End the process where what comes after the training takes too long."""
        wait = threading.Event().wait
        spent, began = time.process_time() + _GRACE, time.monotonic()
        while time.process_time() < spent and time.monotonic() < began + _PATIENCE:
            wait(_LOOK)
        self.finish(self.watch.leaving)

    def finish(self, reason: str, error: BaseException | None = None) -> None:
        """Write what was seen and end the process."""
        self._one_end.acquire()  # and never released: a second thread that ends waits for the first
        watch = self.watch
        if watch.leaving:
            reason, error = watch.leaving, None
        else:
            watch.spent = self._spent()
        watch.inputs.end()
        numbers: list[np.ndarray] = []
        kept: list[list[Any]] = []
        for update, pairs, sample in watch.kept:
            shapes = []
            for two in pairs:
                arrays = [np.asarray(one, dtype=float) for one in two]
                shapes.append([list(one.shape) for one in arrays])
                numbers += [one.ravel() for one in arrays]
            kept.append([update, shapes, sample])
        inputs = watch.inputs
        ranged = inputs.low is not None
        meta = {
            "reason": reason,
            "updates": watch.updates,
            "seconds": watch.spent,
            "kept": kept,
            "resets": watch.resets,
            "stack": watch.stack,
            "finite": watch.finite,
            "error": self._described(error) if error is not None else None,
            "seen": list(watch.seen.items()),
            "known": len(inputs.known),
            "asked": list(inputs.told(self.recorder.traced, self.path)),
            "low": inputs.low.ravel()[:2000].tolist() if ranged else None,
            "high": inputs.high.ravel()[:2000].tolist() if ranged else None,
        }
        flat = np.concatenate(numbers) if numbers else np.zeros(0)
        np.savez(
            self.request["answer"],
            numbers=flat,
            meta=np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8),
        )
        leave(0)


def _thinned(value: Any) -> Any:
    """Return a copy, of large arrays some rows along the longer axis."""
    if not isinstance(value, np.ndarray):
        return value
    if value.size <= 20 * _ROWS or value.ndim == 0:
        return value.copy()
    axis = int(np.argmax(value.shape))
    places = np.linspace(0, value.shape[axis] - 1, _ROWS).astype(int)
    return np.take(value, places, axis=axis)


def _ends(value: Any) -> Any:
    return value.ravel()[:: max(1, value.size // 256)].copy() if isinstance(value, np.ndarray) else float(value)


def _finite(value: Any) -> bool:
    return bool(np.isfinite(np.asarray(value, dtype=float)).all())
