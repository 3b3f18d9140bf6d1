"""The gradients of the user's file, without what earlier calls left in them, and what is odd about them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.diagnosis.sentences import Diagnosis
from tui_backprop.scripts.functions.network import Batch, Learner, OwnGradient
from tui_backprop.scripts.functions.process import LearnerError

_SAME = 1e-9  # relative difference of entries that are the same

GradientCall = tuple[Array, Batch]
"""θ (entries,) and a batch."""


class AskedGradients:
    """Asks for gradients, and keeps the mistakes and notes that the way in which they come gives rise to."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self.mistakes: list[Diagnosis] = []
        self.notes: list[str] = []

    def ask(self, calls: Sequence[GradientCall]) -> list[OwnGradient]:
        """Return their gradients, without what earlier calls left in them.

        Raises:
            LearnerError: they cannot be had, or are others each time.
        """
        first, *_, last = calls
        probes = self._asked([first, last, first, first])
        if all(_alike(probes[0], one) for one in probes[2:]):
            found = self._asked(calls)
        elif _alike_vectors(probes[3].vector - probes[2].vector, probes[2].vector - probes[1].vector):
            summed = self._asked([first, *calls])
            found = [
                replace(after, vector=after.vector - before.vector) for before, after in itertools.pairwise(summed)
            ]
            self._add(_left_over(self._learner))
        else:
            found = [self._asked([call])[0] for call in calls]
            if not _alike(found[0], self._asked([first])[0]):
                raise LearnerError(
                    f"{self._learner.name}: it gives other numbers each time for the same sample: is something drawn in it?"
                )
            self._note(
                "each call changes what the next one gives (as momentum or a falling rate does), so every gradient was "
                "asked for with the file loaded again"
            )
        self._look_at(found)
        return found

    def _asked(self, calls: Sequence[GradientCall]) -> list[OwnGradient]:
        self._learner.fresh()
        return self._learner.gradients(calls)

    def _look_at(self, found: Sequence[OwnGradient]) -> None:
        """Remember what is odd about gradients."""
        for name in _each(one.transposed for one in found):
            self._add(_transposed(name))
        if any(one.changed for one in found):
            self._note("backward changes the parameters that it is given; it should only return gradients")
        unsummed = _each(one.unsummed for one in found)
        for name, made, shape in _each(one.grown for one in found):
            grown = np.broadcast_shapes(made, shape)
            if name in unsummed:
                self._add(_unsummed(name, made, shape))
                continue
            self._note(
                f"{name}: its gradient has the shape {made} and {name} has {shape}, so {name} − rate·gradient would have "
                f"{grown}; give it the shape of {name}"
            )

    def _add(self, mistake: Diagnosis) -> None:
        if not any((one.kind, one.parameters) == (mistake.kind, mistake.parameters) for one in self.mistakes):
            self.mistakes.append(mistake)

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def _each(parts: Iterable[Iterable[object]]) -> list:  # type: ignore[type-arg]  # of whatever the parts hold
    return list(dict.fromkeys(item for part in parts for item in part))


def _alike(one: OwnGradient, other: OwnGradient) -> bool:
    return np.allclose(one.vector, other.vector, rtol=1e-9, atol=0.0, equal_nan=True)


def _alike_vectors(one: Array, other: Array) -> bool:
    return np.allclose(one, other, rtol=1e-6, atol=1e-12) and bool(np.abs(one).max() > 0.0)


def _left_over(learner: Learner) -> Diagnosis:
    return Diagnosis(
        learner.names,
        "leftovers",
        "each call adds to the gradients of the calls before: set them to 0 where backward begins",
        "gradient of this sample + those of the samples before",
        "gradient of this sample",
    )


def _transposed(name: str) -> Diagnosis:
    sentence = f"{name}: its gradient is given transposed"
    return Diagnosis((name,), "transposed-gradient", sentence, f"(∂L/∂{name})ᵀ", f"∂L/∂{name}")


def _unsummed(name: str, made: tuple[int, ...], shape: tuple[int, ...]) -> Diagnosis:
    sentence = (
        f"{name}: its gradient has the shape {made} and {name} has {shape}: it is not summed over the samples, and in an "
        f"update NumPy makes {name} itself {made}"
    )
    return Diagnosis((name,), "gradient-not-summed", sentence, f"∂L/∂{name}: {made}", f"∂L/∂{name}: {shape}")


def alike(learner: Learner, gradients: Sequence[OwnGradient], wrong: Collection[str]) -> list[Diagnosis]:
    """Name the wrong parameters of which every entry gets the same gradient, at every draw."""
    found = []
    for name, span in zip(learner.names, learner.spans, strict=True):
        parts = [one.vector[span] for one in gradients]
        same = all(np.ptp(part) <= _SAME * np.abs(part).max() for part in parts) and any(part.any() for part in parts)
        if name in wrong and span.stop - span.start > 1 and same:
            sentence = f"{name}: every entry gets the same gradient, as if it was summed over the units too"
            found.append(
                Diagnosis((name,), "gradient-repeated", sentence, f"∂L/∂{name}: one number", f"∂L/∂{name}: one each")
            )
    return found


def not_finite(learner: Learner, gradients: Sequence[OwnGradient]) -> list[Diagnosis]:
    """Name the parameters whose gradient is NaN or infinite where the loss is a number like others."""
    found = []
    for name, span in zip(learner.names, learner.spans, strict=True):
        bad = [value for one in gradients for value in one.vector[span].tolist() if not math.isfinite(value)]
        if bad:
            sentence = (
                f"{name}: its gradient is {bad[0]:g} where the loss has a slope like others: look for a division by 0, "
                "a logarithm of 0 or an overflow"
            )
            found.append(Diagnosis((name,), "non-finite", sentence, f"∂L/∂{name} = {bad[0]:g}", f"∂L/∂{name} finite"))
    return found


def repeated(gradients: Sequence[OwnGradient], wrong: Collection[str]) -> list[Diagnosis]:
    """Name the wrong parameters whose gradient is smaller than they are, so that NumPy repeats it."""
    found = []
    for name, made, shape in _each(one.spread for one in gradients):
        if name in wrong:
            sentence = (
                f"{name}: its gradient has the shape {made} and {name} has {shape}: NumPy repeats it, so entries of {name} "
                "get the same gradient that should have one each"
            )
            as_is, right = f"∂L/∂{name}: {made}", f"∂L/∂{name}: {shape}"
            found.append(Diagnosis((name,), "gradient-repeated", sentence, as_is, right))
    return found


def unlike_targets(learner: Learner) -> list[Diagnosis]:
    """Say that every prediction is compared with every target, where it is."""
    if learner.unlike is None or learner.data is None:
        return []
    predicted, wanted = (_written(shape) for shape in learner.unlike)
    count = len(learner.data[0])
    index = "y[:, None]" if len(learner.unlike[1]) == 1 else "y[:, 0]"
    sentence = (
        f"your targets have the shape {wanted} and your predictions {predicted}: NumPy compares every prediction with every "
        f"target, {count:,} × {count:,} pairs; give the targets the shape {predicted}, as {index} has"
    )
    return [Diagnosis(learner.names, "targets-broadcast", sentence, "ŷ − y: (n, n)", f"ŷ − y: {predicted}")]


def _written(shape: Sequence[int]) -> str:
    """Write the shape of a batch, with n for the samples."""
    sizes = ["1" if size == 1 else "n" for size in shape]
    return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"


def note_whole_numbers(learner: Learner, batch: Batch, rate: float) -> tuple[list[Diagnosis], list[str]]:
    """Say of arrays of whole numbers what they do to an update: a mistake where it is seen, and otherwise a note."""
    if not learner.whole:
        return [], []
    names = " and ".join(filter(None, [", ".join(learner.whole[:-1]), learner.whole[-1]]))
    are = "are arrays" if len(learner.whole) > 1 else "is an array"
    dtype = "write np.array(…, dtype=float)"
    if learner.cut(batch, rate):
        sentence = f"{names} {are} of whole numbers: each update is cut to whole numbers, or fails; {dtype}"
        return [Diagnosis(learner.whole, "whole-numbers", sentence, f"{names}: int", f"{names}: float64")], []
    return [], [f"{names} {are} of whole numbers, in which an update in place is cut or fails; {dtype}"]
