"""The user's own network, asked from outside: θ is one vector, samples are rows."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.judge import Truth
from tui_backprop.scripts.functions.answers import (
    course_reader,
    description,
    gradients_of,
    nothing,
    numbers_of,
    truth,
    truth_reader,
)
from tui_backprop.scripts.functions.forms import Form
from tui_backprop.scripts.functions.process import LearnerProcess
from tui_backprop.scripts.running.limits import TIMEOUT
from tui_backprop.text.cleaning import clean

Batch = tuple[Array, Array]
"""Inputs (samples, inputs) and targets (samples, outputs)."""

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class OwnGradient:
    """A gradient as the user's file gave it."""

    vector: Array
    """∂L/∂θ, (entries,); 0 where it gave none."""
    missing: tuple[str, ...]
    """Parameters that it gave none for."""
    transposed: tuple[str, ...]
    """Parameters whose gradient had the shape the wrong way round."""
    changed: bool
    """Whether the parameters that it was given were changed by it."""
    spread: tuple[tuple[str, Shape, Shape], ...] = ()
    """Name, shape of the gradient and of the parameter, where NumPy repeats a gradient that is too small."""
    grown: tuple[tuple[str, Shape, Shape], ...] = ()
    """Name, shape of the gradient and of the parameter, where an update makes the parameter larger."""
    unsummed: tuple[str, ...] = ()
    """Those of them whose gradient has numbers for each sample, or unit, that are to be summed."""


@dataclass(frozen=True, eq=False)
class TrainingOrder:
    """Updates to be made in a row."""

    samples: Batch
    """What the batches are of, and the loss of the first `live` of them."""
    batches: Sequence[Indices]
    """Row numbers of each update's samples."""
    rate: float
    live: int = 0
    points: Sequence[int] = ()
    """Numbers of updates, 1 for the first, after which the loss over the live samples is wanted."""
    within: float = math.inf
    """Seconds after which it ends, with the update that is being made."""

    def asked(self) -> dict[str, Any]:
        """Return it as the process wants it."""
        x, y = self.samples
        return {
            "x": x.tolist(),
            "y": y.tolist(),
            "batches": [rows.tolist() for rows in self.batches],
            "rate": self.rate,
            "live": self.live,
            "points": list(self.points),
            "within": min(self.within, 1e9),
        }


@dataclass(frozen=True, eq=False)
class Trained:
    """How far a course went: all of it, or to where its time was over or the next update cannot be made."""

    theta: Array
    """θ after the last update that was made, (entries,)."""
    made: int
    """Updates that were made."""
    losses: tuple[tuple[int, float], ...]
    """(number of the update, loss over the live samples after it) of the points that were reached."""
    before: Array | None
    """θ before the last update; None where none was to be made."""
    gradient: Array | None
    """The gradient by their formulas that the last update was made with."""

    @classmethod
    def reader(cls, size: int, updates: int) -> Callable[[Any], Trained]:
        """Return what reads how so many updates of a θ of so many entries went from the answer of a process."""
        read = course_reader(size, updates)
        return lambda answer: cls(**read(answer))


class Learner(ABC):
    """Whatever has a forward pass and the user's own backward pass. Every question may raise a `LearnerError`."""

    process: LearnerProcess
    """Where the file runs."""
    name: str
    """The file, as messages call it."""
    names: tuple[str, ...]
    """Of its parameters, in the order of θ."""
    shapes: tuple[tuple[int, ...], ...]
    theta: Array
    """Its first values, (entries,)."""
    own_loss: bool
    """Whether the file has a loss of its own; otherwise it is the squared error."""
    inputs: int
    outputs: int
    x_form: Form
    y_form: Form
    batches: bool
    """Whether its functions take several samples at once."""
    data: Batch | None
    """The file's own samples."""
    whole: tuple[str, ...] = ()
    """Parameters that are arrays of whole numbers."""
    unlike: tuple[Shape, Shape] | None = None
    """Shapes of predictions and targets of a batch, where its functions compare every prediction with every target."""

    @property
    def spans(self) -> tuple[slice, ...]:
        """Where the entries of each parameter lie in θ."""
        sizes = [math.prod(shape) for shape in self.shapes]
        ends = np.cumsum(sizes)
        return tuple(slice(int(end) - size, int(end)) for end, size in zip(ends, sizes, strict=True))

    def entry_name(self, entry: int) -> str:
        """Name of an entry of θ: `w`, or `W1[0,2]` where there are several."""
        i = next(i for i, span in enumerate(self.spans) if entry < span.stop)
        if math.prod(self.shapes[i]) == 1:
            return self.names[i]
        index = np.unravel_index(entry - self.spans[i].start, self.shapes[i])
        return f"{self.names[i]}[{','.join(str(j) for j in index)}]"

    def loss(self, theta: Array, batch: Batch) -> float:
        """Mean loss of θ over a batch."""
        return self.losses([(self.predict(theta, batch[0]), batch[1])])[0]

    @abstractmethod
    def fresh(self) -> None:
        """Load the file again, as if nothing had been asked yet."""

    @abstractmethod
    def predict(self, theta: Array, inputs: Array) -> Array:
        """ŷ, (samples, outputs)."""

    @abstractmethod
    def jacobian(self, theta: Array, inputs: Array) -> Array:
        """∂ŷ/∂θ by central differences, (entries, samples, outputs)."""

    @abstractmethod
    def losses(self, batches: Sequence[Batch]) -> list[float]:
        """Mean loss of each batch of predictions and targets, by their own loss or squared errors."""

    @abstractmethod
    def numeric(
        self, theta: Array, batch: Batch, entries: Sequence[int], named: tuple[str, float] | None = None
    ) -> Truth:
        """∂L/∂θ of some entries from values of the loss alone, in their order.

        `named` is one of our losses in place of theirs, and what its mean is multiplied with.
        """

    @abstractmethod
    def gradients(self, calls: Sequence[tuple[Array, Batch]]) -> list[OwnGradient]:
        """Their gradient at each θ and batch, asked in that order."""

    @abstractmethod
    def train(self, theta: Array, course: TrainingOrder) -> Trained:
        """Make one update by their formulas for each batch; what stops the very first is raised."""

    def cut(self, batch: Batch, rate: float) -> bool:
        """Whether their own update does less than its formulas say, since parameters of whole numbers cut it."""
        return False

    def close(self) -> None:
        """End the process that the file runs in."""
        self.process.close()


def _cleaned(said: Sequence[tuple[str, Shape, Shape]]) -> tuple[tuple[str, Shape, Shape], ...]:
    """Return names with two shapes each, the names fit to be shown."""
    return tuple((clean(name), one, other) for name, one, other in said)


class LearnerNetwork(Learner):
    """A file with `parameters`, `forward` and `backward` or `update`.

    Raises:
        LearnerError: the file cannot be used; one sentence.
    """

    def __init__(self, path: str, timeout: float = TIMEOUT, process: LearnerProcess | None = None) -> None:
        self.process = LearnerProcess(path, timeout) if process is None else process
        self.name = self.process.name
        found = self.process.ask("describe", description)
        self.names = tuple(clean(name) for name in found["names"])
        self.shapes = tuple(found["shapes"])
        self.theta = found["theta"]
        self.own_loss = found["own_loss"]
        self.inputs, self.outputs = found["inputs"], found["outputs"]
        self._forms = found["forms"]
        self.x_form, self.y_form, self.batches = (self._forms[key] for key in ("x", "y", "several"))
        self.whole = tuple(map(clean, found["whole"]))
        self.unlike = found["unlike"]
        self.data = found["data"]

    def fresh(self) -> None:
        self.process.ask("fresh", nothing)
        self.process.ask("take_forms", nothing, forms=self._forms)

    def predict(self, theta: Array, inputs: Array) -> Array:
        shape = numbers_of(len(inputs), self.outputs)
        return self.process.ask("predict", shape, theta=theta.tolist(), x=inputs.tolist())

    def jacobian(self, theta: Array, inputs: Array) -> Array:
        shape = numbers_of(len(theta), len(inputs), self.outputs)
        return self.process.ask("jacobian", shape, theta=theta.tolist(), x=inputs.tolist())

    def losses(self, batches: Sequence[Batch]) -> list[float]:
        calls = [{"prediction": p.tolist(), "y": y.tolist()} for p, y in batches]
        return self.process.ask("losses", numbers_of(len(calls)), calls=calls).tolist()  # type: ignore[no-any-return]

    def numeric(
        self, theta: Array, batch: Batch, entries: Sequence[int], named: tuple[str, float] | None = None
    ) -> Truth:
        x, y = batch
        return self.process.ask(
            "numeric",
            truth_reader(len(entries)),
            theta=theta.tolist(),
            x=x.tolist(),
            y=y.tolist(),
            entries=list(entries),
            named=named,
        )

    def cut(self, batch: Batch, rate: float) -> bool:
        x, y = batch
        return self.process.ask("cut", truth, x=x.tolist(), y=y.tolist(), rate=rate)

    def gradients(self, calls: Sequence[tuple[Array, Batch]]) -> list[OwnGradient]:
        asked = [{"theta": theta.tolist(), "x": x.tolist(), "y": y.tolist()} for theta, (x, y) in calls]
        return [
            OwnGradient(
                one["gradient"],
                tuple(map(clean, one["missing"])),
                tuple(map(clean, one["transposed"])),
                one["changed"],
                _cleaned(one["spread"]),
                _cleaned(one["grown"]),
                tuple(map(clean, one["unsummed"])),
            )
            for one in self.process.ask("gradients", gradients_of(len(self.theta), len(calls)), calls=asked)
        ]

    def train(self, theta: Array, course: TrainingOrder) -> Trained:
        read = Trained.reader(len(theta), len(course.batches))
        return self.process.ask("train", read, theta=theta.tolist(), **course.asked())
