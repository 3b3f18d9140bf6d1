"""The user's own network, trained by their own formulas from where the file was loaded.

It is a pure function of the text of the file, the first state, the seed and the rates, as far as their functions are: which
samples a step sees follows from (seed, step) alone, so any step is reached again by replay, bit for bit.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from dataclasses import replace

import numpy as np

from tui_backprop.core.arrays import Array, Indices, distinct
from tui_backprop.core.judge import judge
from tui_backprop.core.network import Tensor
from tui_backprop.core.randomness import key_of
from tui_backprop.core.sampling import Sampling
from tui_backprop.core.step import State
from tui_backprop.datasets.scaling import fit_scaler
from tui_backprop.datasets.source import open_source
from tui_backprop.records.checkpoints import Checkpoints
from tui_backprop.records.curve import CurveRecorder
from tui_backprop.records.prediction_curve import Points, PredictionCurve
from tui_backprop.records.spacing import Spacing
from tui_backprop.scripts.clinic.frame import OwnFrame, OwnPrediction, OwnUpdate
from tui_backprop.scripts.functions.network import Batch, Learner, Trained, TrainingOrder
from tui_backprop.scripts.functions.process import LearnerError
from tui_backprop.scripts.functions.samples import draw_batch

SHOWN = 256
"""Samples that losses and predictions are of, and samples of one batch, at the most."""

_MEMORY = 16 * 2**20  # bytes for earlier states
_SPACING = Spacing(16, 16)  # steps between two points of the curve, and between two kept states, at first
_MOST_AT_ONCE = 4096  # updates in one question
_AROUND = 64  # steps before one that was gone back to from which the next ones are replayed
_EXERCISES = ("parity", "xor")  # data sets for a file that has none
_DRAWN = 24  # samples that are drawn where the file has none
_DIFFERENTIATED = 200  # entries of θ whose true gradient is computed, at the most
_QUICK = 0.05  # seconds that the true gradient may take to be computed while it runs
_XS = 121  # points of a curve over x
_HISTORY = 12  # points of a parameter's past

Last = tuple[State, Array]
"""The state before the last update, and the gradient by their formulas that it was made with."""


class OwnTraining:
    """One loading of the file, and all that was done with it. Every method may raise a `LearnerError`."""

    def __init__(self, learner: Learner, entry: State, *, rate: float, seed: int, curve: CurveRecorder | None) -> None:
        self.learner = learner
        self.entry = entry
        """Where it begins."""
        (self._inputs, self._targets), self._called = samples_of(learner, seed)
        count = len(self._inputs)
        size = min(count, SHOWN) if learner.batches else 1
        self._sampling = Sampling("random", count, None if size == count else size, seed)
        self._shown = distinct(np.linspace(0, count - 1, min(count, SHOWN)).astype(np.int64))
        self._rates: list[tuple[int, float]] = [(entry.step, rate)]
        self._curve = CurveRecorder(_SPACING) if curve is None else curve
        self._kept = Checkpoints(_SPACING, _MEMORY)
        self._last_kept = entry.step
        self._tensors = _tensors(learner)
        self._slow = False  # whether the true gradient takes long
        self.state, self.last_step = entry, entry.step
        self._last: Last | None = None
        self._first_answers = self._answers(entry.parameters)
        self.frame = self.look()

    @property
    def curve(self) -> CurveRecorder:
        """The loss curve so far."""
        return self._curve

    @property
    def rate(self) -> float:
        """η of the next update."""
        return self._rate_at(self.state.step)

    def _rate_at(self, step: int) -> float:
        return self._rates[bisect_right(self._rates, step, key=lambda pair: pair[0]) - 1][1]

    # Moving.

    def advance(self, steps: int, seconds: float) -> None:
        """Make `steps` updates, or as many as there is time for; where one cannot be made it stands before it.

        Raises:
            LearnerError: why the next one cannot be made.
        """
        end = time.monotonic() + seconds
        target = self.state.step + steps
        while self.state.step < target:
            self._advance(min(target, self._boundary(self.state.step)), max(0.0, end - time.monotonic()))
            if time.monotonic() >= end:
                return

    def _advance(self, to: int, seconds: float) -> None:
        """Go on within one question."""
        start = self.state
        wanted, points = start.step, []
        while (wanted := self._curve.next_wanted(wanted)) <= to:
            points.append(wanted - start.step)
        trained = self._train(start, to, points, seconds)
        for made, loss in trained.losses:
            if np.isfinite(loss):
                self._curve.add(start.step + made, loss, None)
        self._stand(start, trained)
        self.last_step = max(self.last_step, self.state.step)
        if self.state.step >= self._last_kept + self._kept.spacing.at(self._last_kept):
            self._kept.add(self.state)
            self._last_kept = self.state.step

    def _boundary(self, step: int) -> int:
        """Return how far one question may go: the rate is the same, and it is not too long."""
        return min([step + _MOST_AT_ONCE, *(start for start, _ in self._rates if start > step)])

    def _train(self, start: State, to: int, points: list[int], seconds: float) -> Trained:
        """Ask for the updates from one state to a step with one rate."""
        batches = [self._sampling.batch(step) for step in range(start.step, to)]
        rows = np.concatenate([self._shown, np.setdiff1d(np.concatenate(batches), self._shown)])
        place = np.empty(len(self._inputs), dtype=np.int64)
        place[rows] = np.arange(len(rows))
        course = TrainingOrder(
            (self._inputs[rows], self._targets[rows]),
            [place[batch] for batch in batches],
            self._rate_at(start.step),
            len(self._shown),
            points,
            seconds,
        )
        return self.learner.train(start.parameters, course)

    def _stand(self, start: State, trained: Trained) -> None:
        """Stand where updates from a state led to."""
        self.state = _state(start.step + trained.made, trained.theta)
        assert trained.before is not None  # noqa: S101  (at least one update was made)
        assert trained.gradient is not None  # noqa: S101  (the same)
        self._last = _state(self.state.step - 1, trained.before), trained.gradient
        self._kept.remember(self.state)

    def go_to(self, step: int) -> None:
        """Stand at a step that was reached since the file was loaded; it is bit for bit what it was.

        Raises:
            LearnerError: their functions do not give the same numbers again.
        """
        origin = self.state
        if step == self.entry.step:
            self.state, self._last = self.entry, None
            return
        known = self._kept.nearest(step - 1)
        start = self.entry if known is None else known
        exact = self._kept.nearest(step)
        state, trained = start, None
        while state.step < step:
            start = state
            around = step - _AROUND  # a user who goes back one step often goes back another
            to = around if start.step < around else step
            trained = self._train(start, min(to, self._boundary(start.step)), [], np.inf)
            state = _state(start.step + trained.made, trained.theta)
            self._kept.remember(state)
        same = exact is None or exact.step != step or exact.same_values(state)
        if same and origin.step == step + 1:  # one more update must lead to where we are
            again = self._train(state, origin.step, [], np.inf)
            same = _state(origin.step, again.theta).same_values(origin)
        if not same:
            raise LearnerError(
                f"{self.learner.name}: its functions do not give the same numbers again, so it cannot go back to step "
                f"{step:,}: do they keep or draw something?"
            )
        if trained is not None:
            self._stand(start, trained)

    def set_rate(self, rate: float) -> None:
        """Take another rate from here on; what was recorded after this step is forgotten."""
        step = self.state.step
        self._rates = [*((start, old) for start, old in self._rates if start < step), (step, rate)]
        self._kept.forget_after(step)
        self._curve.forget_after(step)
        self._last_kept = min(self._last_kept, step)
        self.last_step = step
        self.frame = replace(
            self.frame, rate=rate, last_step=step, marks=self._marks, curve=self._curve.snapshot(with_test=False)
        )

    def stand_as_seen(self) -> None:
        """Stand again where the newest frame was taken."""
        update = self.frame.update
        self.state, self._last = self.frame.state, None if update is None else (update.before, update.gradient)

    # Looking.

    def look(self, *, resting: bool = True) -> OwnFrame:
        """Ask for all that there is to see, and keep it as `frame`; what takes long is asked only at rest."""
        now, curve = self._answers(self.state.parameters)
        first, first_curve = self._first_answers
        inputs, targets = self._inputs[self._shown], self._targets[self._shown]
        loss = self.learner.losses([(now, targets)])[0]
        if resting and np.isfinite(loss):
            self._curve.add(self.state.step, loss, None)
        picture = None
        if first_curve is not None and curve is not None:
            ends, points = (float(inputs.min()), float(inputs.max())), Points.of(inputs[:, 0], targets[:, 0])
            nothing = Points.of(inputs[:0, 0], targets[:0, 0])
            picture = PredictionCurve(self._xs, first_curve[:, 0], curve[:, 0], ends, points, nothing)
        steps = self._kept.spread(self.entry.step + 1, self.state.step - 1, _HISTORY - 2)
        past = [self.entry, *steps, *([self.state] if self.state.step > self.entry.step else [])]
        self.frame = OwnFrame(
            file=self.learner.name,
            tensors=self._tensors,
            data=self._called,
            batch=self._sampling.largest_batch,
            state=self.state,
            first_step=self.entry.step,
            last_step=self.last_step,
            rate=self.rate,
            loss=loss,
            update=self._update(resting=resting),
            prediction=OwnPrediction(self._shown, inputs, targets, first, now, picture),
            curve=self._curve.snapshot(with_test=False),
            marks=self._marks,
            history=np.stack([state.parameters for state in past]),
        )
        return self.frame

    @property
    def _marks(self) -> tuple[int, ...]:
        return tuple(step for step, _ in self._rates if step > 0)

    @property
    def _xs(self) -> Array:
        low, high = float(self._inputs.min()), float(self._inputs.max())
        room = (high - low) * 0.1 if high > low else 1.0
        return np.linspace(low - room, high + room, _XS)

    def _answers(self, theta: Array) -> tuple[Array, Array | None]:
        """Return ŷ of the shown samples, and over a range of x where there is one input."""
        shown = self._inputs[self._shown]
        if self.learner.inputs != 1:
            return self.learner.predict(theta, shown), None
        found = self.learner.predict(theta, np.concatenate([shown, self._xs[:, np.newaxis]]))
        return found[: len(shown)], found[len(shown) :]

    def _update(self, *, resting: bool) -> OwnUpdate | None:
        """Return the last update with what is true of it."""
        if self._last is None:
            return None
        before, gradient = self._last
        rows = self._sampling.batch(before.step)
        judgement = None
        if resting or not self._slow:
            started = time.monotonic()
            entries = _spread(len(gradient), _DIFFERENTIATED)
            batch: Batch = self._inputs[rows], self._targets[rows]
            truth = self.learner.numeric(before.parameters, batch, entries.tolist())
            judgement = judge(gradient, truth.spread_over(len(gradient), entries))
            self._slow = time.monotonic() - started > _QUICK
        return OwnUpdate(before, rows, self._rate_at(before.step), gradient, judgement)


def samples_of(learner: Learner, seed: int) -> tuple[Batch, str]:
    """Return what a network is trained on, and what that is called: its data, a built-in set that fits, or drawn ones."""
    if learner.data is not None:
        count = len(learner.data[0])
        return learner.data, f"{count:,} sample{'' if count == 1 else 's'} of its own"
    for name in _EXERCISES:
        dataset = open_source(name)
        if (dataset.n_inputs, dataset.n_outputs) == (learner.inputs, learner.outputs):
            return (fit_scaler(dataset.inputs, "max").transform(dataset.inputs), dataset.targets), name
    return draw_batch(
        learner, np.random.default_rng(key_of(seed, "own samples")), _DRAWN
    ), f"{_DRAWN} samples that were drawn"


def _state(step: int, theta: Array) -> State:
    return State(step, theta, np.zeros((0, len(theta))))


def first_state(theta: Array, step: int = 0) -> State:
    """Return a state to begin with."""
    return _state(step, theta.copy())


def _tensors(learner: Learner) -> tuple[Tensor, ...]:
    return tuple(
        Tensor(name, layer, span.start, shape)
        for layer, (name, shape, span) in enumerate(zip(learner.names, learner.shapes, learner.spans, strict=True), 1)
    )


def _spread(count: int, most: int) -> Indices:
    """Return at most `most` of the numbers 0 … count − 1, evenly spread."""
    return distinct(np.linspace(0, count - 1, min(count, most)).astype(np.int64))
