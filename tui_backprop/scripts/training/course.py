"""The course of a training: its loss over its own updates, and whether it learns."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.reading.losses import FORMULAS, Formula

Array = np.ndarray
_ARITHMETIC = ("OverflowError", "ZeroDivisionError", "FloatingPointError", "SystemExit")
_BINS = 10
_LAST = 4  # bins whose scatter is the noise of one
_LEARNED = 0.9  # of the loss of the best constant answer
_AT_FLOOR = 1.05
_ENOUGH = 500  # updates
_REMADE = 10  # times: parameters that are made again more often belong to one training
_ALONE = 50  # updates that a training of its own has
_ARRAYS = 3000
_OFTEN = 5  # times that each sample was seen, on average


@dataclass(frozen=True, slots=True)
class Asked:
    """An input that the network was asked about, without a target."""

    stack: list[tuple[bool, int, str]]
    """The script's own frames, the outermost first: whether it is in the script itself, line, function."""
    row: list[float]
    """What the first layer read: the input, again for each further unit where these read it one by one."""
    updates: int
    """Made before."""
    trained: bool
    """Whether it is one of the samples."""
    beyond: float
    """How far it is out of the range of the samples, in widths of this range."""


@dataclass(slots=True)
class FollowedTraining:
    """What a process saw of a training."""

    reason: str
    """Why it stopped looking: "end" of the script, "error", "time", "enough" updates, "diverged"."""
    updates: int
    seconds: float
    """How much of a processor's time the updates took."""
    pairs: list[tuple[int, list[tuple[Array, Array]]]]
    """Updates with their predictions and targets, a sample of all."""
    samples: list[int]
    """For each of these a key of its sample; 0 for a batch, or where that is not known."""
    resets: list[int]
    """Updates before which a parameter had changed otherwise than by an update."""
    stack: list[Any]
    finite: bool
    error: dict[str, Any] | None
    seen: list[list[Any]]
    known: int
    """How many samples it was trained on that differ."""
    asked: list[Asked]
    low: Array | None
    """The smallest value of each input, as `Asked.row`; None where inputs were not seen."""
    high: Array | None

    @property
    def ended(self) -> bool:
        """Whether the training was followed to its end: an error that is not one of arithmetic interrupts it."""
        arithmetic = self.error is not None and self.error.get("type") in _ARITHMETIC
        return self.reason in ("end", "diverged") or (self.reason == "error" and arithmetic)

    def inputs_of(self, one: Asked) -> list[float]:
        """Return the input that was asked about, once, also where each unit of the first layer read it again."""
        rows = [other.row for other in self.asked]
        length = min(map(len, rows))
        for size in range(1, length // 2 + 1):
            if all(row[:length] == (row[:size] * length)[:length] for row in rows):
                return one.row[:size]
        return one.row[:length]


def load_followed(path: Path) -> FollowedTraining:
    """Read what a process wrote.

    Raises:
        InputError: it is not that.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            numbers, meta = file["numbers"], json.loads(file["meta"].tobytes().decode())
        pairs, samples, at = [], [], 0
        for update, shapes, sample in meta["kept"]:
            here = []
            for p_shape, t_shape in shapes:
                parts = []
                for shape in (p_shape, t_shape):
                    size = int(np.prod(shape, dtype=int))
                    parts.append(numbers[at : at + size].reshape(shape))
                    at += size
                here.append((parts[0], parts[1]))
            pairs.append((int(update), here))
            samples.append(int(sample))
        low, high = (None if meta[key] is None else np.asarray(meta[key], dtype=float) for key in ("low", "high"))
        return FollowedTraining(
            str(meta["reason"]),
            int(meta["updates"]),
            float(meta["seconds"]),
            pairs,
            samples,
            [int(one) for one in meta["resets"]],
            meta["stack"],
            bool(meta["finite"]),
            meta["error"],
            [one for _, one in meta["seen"]],
            int(meta["known"]),
            [Asked([tuple(line) for line in stack], *rest) for stack, *rest in meta["asked"]],
            low,
            high,
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as error:
        raise InputError(f"what the script's process sent is no training ({type(error).__name__})") from None


@dataclass(slots=True)
class Course:
    """The loss of a training over its updates."""

    followed: FollowedTraining
    loss: str
    """What is measured: the name of the loss."""
    updates: Array
    values: Array
    constant: float
    """The loss of the best constant answer."""
    whole: bool
    """Whether each update has the same targets: all samples."""
    bins: Array = field(default_factory=lambda: np.zeros(0))

    @property
    def start(self) -> float:
        """Return the loss at the beginning."""
        count = 1 if self.whole else max(1, min(len(self.values) // 50, 200))
        return self._mean(slice(0, count))

    @property
    def end(self) -> float:
        """Return the loss at the end; infinite where it left the numbers."""
        if not self.followed.finite or not np.isfinite(self.values[-1]):
            return float("inf")
        if self.whole:
            return float(self.values[-1])
        return self._mean(slice(len(self.values) - max(1, len(self.values) // 10), None))

    def _mean(self, part: slice) -> float:
        """Return the mean loss of some updates, each sample with the same weight where it is known which one it was."""
        values, samples = self.values[part], np.array(self.followed.samples[: len(self.values)])[part]
        names = np.unique(samples)
        if not samples.all() or len(values) < _OFTEN * len(names):
            return float(values.mean())
        return float(np.mean([values[samples == one].mean() for one in names]))

    @property
    def floor(self) -> float:
        """Return the lowest loss that it had for a while."""
        return float(np.min(self.bins))

    def reaches(self, loss: float) -> int | None:
        """Return after how many updates its loss is as low as `loss`, its samples' noise averaged out; None if never."""
        width = 1 if self.whole else max(1, min(len(self.values) // 20, 200))
        means = np.convolve(self.values, np.full(width, 1 / width), mode="valid")
        low = np.flatnonzero(means <= loss)
        return int(self.updates[low[0] + width - 1]) + 1 if low.size else None

    @property
    def falls(self) -> bool:
        """Whether it still falls at the end, by more than the noise of its samples."""
        last = self.values[-max(2, len(self.values) // 5) :]
        first, second = np.array_split(last, 2)
        drop = float(first.mean() - second.mean())
        return drop > 2 * self.noise(len(second)) + 1e-4 * abs(float(second.mean()))

    def noise(self, count: int) -> float:
        """Return the standard error of the mean loss of so many updates at the end: their samples differ."""
        last = self.values[-max(2, len(self.values) // 5) :]
        return 0.0 if self.whole else float(last.std()) / float(np.sqrt(max(1, count)))

    @property
    def learned(self) -> bool:
        """Whether it ends well below the best constant answer, and near the lowest that it had or still falling."""
        noise = 0.0 if self.whole else float(np.std(self.bins[-_LAST:]))
        near = self.end <= _AT_FLOOR * self.floor + 2 * noise + 1e-3 * self.constant
        return self.end < _LEARNED * self.constant and (near or self.falls)

    @property
    def learns(self) -> bool | None:
        """Return whether the script's own training learns; None where it was not followed far enough to say."""
        if self.learned:
            return True
        if self.followed.ended:
            return False
        if self.followed.updates < _ENOUGH or self.falls or self.end < _LEARNED * self.constant:
            return None  # it goes on, and may still get there
        return False

    @property
    def stuck(self) -> bool:
        """Whether it ends no better than a constant answer, without growing."""
        return not self.diverges and self.end >= _LEARNED * self.constant

    @property
    def diverges(self) -> bool:
        """Whether the loss grows beyond where it began and beyond a constant answer, or leaves the numbers."""
        return not self.end <= 2 * max(self.start, self.constant)


def course_of(followed: FollowedTraining, name: str, formula: Formula | None, factor: float) -> Course | None:
    """Return the loss of what was followed, by a formula times a factor; None where nothing was kept."""
    formula = formula or FORMULAS[0]
    _end_at_next(followed)
    updates, values = [], []
    with np.errstate(all="ignore"):
        for update, pairs in followed.pairs:
            numbers = [formula.value(*_same(p, t)) for p, t in _joined(pairs)]
            updates.append(update)
            values.append(factor * float(np.mean(numbers)))
    if len(values) < 2:
        return None
    constant, whole = _best_constant(followed, formula)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        followed.finite = False
        updates, values = updates[: max(2, bad[0])], values[: max(2, bad[0])]
    course = Course(followed, name, np.array(updates), np.nan_to_num(np.array(values)), factor * constant, whole)
    course.bins = np.array([one.mean() for one in np.array_split(course.values, min(_BINS, len(course.values)))])
    return course


def _end_at_next(followed: FollowedTraining) -> None:
    """End a training where the next one begins: where its parameters are made again, once or a few times."""
    if not 0 < len(followed.resets) < _REMADE or followed.resets[0] < _ALONE:
        return
    last = followed.resets[0]
    count = sum(update < last for update, _ in followed.pairs)
    followed.pairs, followed.samples = followed.pairs[:count], followed.samples[:count]
    followed.updates, followed.reason = last, "end"


def _joined(pairs: list[tuple[Array, Array]]) -> list[tuple[Array, Array]]:
    """Return single numbers as one array, and arrays as they are."""
    if all(p.ndim == 0 for p, _ in pairs):
        return [(np.array([float(p) for p, _ in pairs]), np.array([float(np.ravel(t)[0]) for _, t in pairs]))]
    return pairs


def _same(p: Array, t: Array) -> tuple[Array, Array]:
    """Return a prediction and its target in one shape; what is broadcast in the script is so here."""
    if p.shape != t.shape and p.size == t.size and p.ndim == t.ndim:
        t = t.reshape(p.shape)
    p, t = np.broadcast_arrays(p, t)
    if p.ndim == 2 and min(p.shape) > 1 and _sample_axis(t):
        return p.T, t.T
    return p, t


def _best_constant(followed: FollowedTraining, formula: Formula) -> tuple[float, bool]:
    """Return the loss of the best constant answer, and whether all updates have the same targets."""
    many = [[_same(p, t) for p, t in _joined(pairs)] for _, pairs in followed.pairs]
    targets = [np.concatenate([t.ravel() for _, t in pairs]) for pairs in many]
    whole = all(one.shape == targets[0].shape and (one == targets[0]).all() for one in targets[:200])
    if whole:
        many, targets = many[:1], targets[:1]
    shape = many[0][0][0].shape
    if len(shape) == 2 and min(shape) > 1:
        rows = np.concatenate([t for pairs in many for _, t in pairs if t.ndim == 2][:_ARRAYS])
    elif whole or len({one.size for one in targets}) > 1 or len(shape) == 2:
        rows = np.concatenate(targets)[:, None]
    else:
        rows = np.stack(targets)
    if all(followed.samples) and len(rows) == len(followed.samples):
        first, group = np.unique(followed.samples, return_index=True, return_inverse=True)[1:]
        if (rows == rows[first][group]).all():
            rows = rows[first]  # each sample once
    if len(rows) > _ARRAYS:
        rows = rows[np.random.default_rng(0).choice(len(rows), _ARRAYS, replace=False)]
    centre = np.median(rows, axis=0) if formula.name == "absolute error" else rows.mean(axis=0)
    with np.errstate(all="ignore"):
        if rows.shape[1] == 1:
            return formula.value(np.broadcast_to(centre, rows.shape), rows), whole
        each = [(centre[None], row[None]) if len(shape) == 2 else (centre, row) for row in rows]
        return float(np.mean([formula.value(p, t) for p, t in each])), whole


def _sample_axis(t: Array) -> int:
    """Return the axis of the samples of some targets: not that along which they add up to 1."""
    return 1 if np.allclose(t.sum(axis=0), 1) and not np.allclose(t.sum(axis=1), 1) else 0
