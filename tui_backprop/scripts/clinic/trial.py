"""A trial training where the formulas are right: does the network learn its own data by them, and if not, what keeps it?

What it says is about data, model and settings, never about formulas. It depends on the file alone: how many updates are made
at which rates is fixed, unless one takes very long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Network
from tui_backprop.core.objective import make_objective
from tui_backprop.diagnosis.floors import floors_of
from tui_backprop.scripts.clinic.checkup import Recognised
from tui_backprop.scripts.functions.network import Batch, Learner, TrainingOrder
from tui_backprop.scripts.functions.process import LearnerError
from tui_backprop.scripts.functions.samples import MOST_ROWS

RATE = 0.1
"""A usual rate: that of the original case."""

_RATES = (10.0, 1.0, RATE, 0.01, 0.001)
_LOWER_RATES = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8)  # tried where the others run away
_TRIED = 40  # updates at each rate
_FIRST = 2  # rates that are gone on with
_UPDATES = 400  # at each of them
_MORE = 2000  # where that was not enough
_SECONDS = 2.0  # that some updates may take: few take so long, so the same file gets the same answer
_LEARNED = 0.95  # share of the loss of the best constant answer below which something was learned
_LARGE = 30.0  # size of targets or inputs from which it is worth a word
_SEED = 0


@dataclass(frozen=True)
class Trial:
    """What came of it."""

    learns: bool | None
    """Whether the network learns its own data; None where it brings none, or could not be tried."""
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Tried:
    """Updates from the first parameters at one rate."""

    rate: float
    made: int
    theta: Array
    loss: float
    """∞ where it ran away."""


def trial(learner: Learner, rows: int, recognised: Recognised | None) -> Trial:
    """Train a network on its own data, and say whether it learns them and what to look at.

    Args:
        learner: a network whose gradients are right, or only scaled.
        rows: samples of one update.
        recognised: which network it is, where that is known.
    """
    if learner.data is None:
        return Trial(
            None, ("if it still does not learn, it is the model, the data or the settings: look with `tui-backprop`",)
        )
    try:
        return _Training(learner, learner.data, rows).trial(recognised)
    except LearnerError as error:
        return Trial(None, (f"it could not be trained on its own data to the end: {error}",))


class _Training:
    def __init__(self, learner: Learner, data: Batch, rows: int) -> None:
        self._learner, self._data, self._rows = learner, data, rows
        self._whole = data[0][:MOST_ROWS], data[1][:MOST_ROWS]
        self._before = learner.loss(learner.theta, self._whole)
        constant = np.tile(data[1].mean(axis=0), (len(self._whole[1]), 1))
        self._constant = self._loss_of(constant)

    def _loss_of(self, predictions: Array) -> float:
        try:
            (loss,) = self._learner.losses([(predictions, self._whole[1])])
        except LearnerError:
            return np.inf
        return loss if np.isfinite(loss) else np.inf

    def trial(self, recognised: Recognised | None) -> Trial:
        tried = list(self._tried())
        gone_on: list[_Tried] = []
        for one in sorted(tried, key=lambda one: one.loss):  # what falls first may stop first, or run away later
            further = self._on(one, _UPDATES)
            gone_on += [further] if np.isfinite(further.loss) else []
            if len(gone_on) == _FIRST or (gone_on and self._learned(gone_on[-1])):
                break
        name = self._learner.name
        if not gone_on:
            rates = f"{tried[0].rate:g} to {tried[-1].rate:g}"
            why = self._scales() or ["look at the sizes of your data and of your first parameters"]
            return Trial(False, (f"its loss, {self._before:.4g}, runs away at every rate tried, {rates}", *why))
        best = min(gone_on, key=lambda one: one.loss)
        limits = [] if self._learned(best) else self._limits(recognised)
        if not (self._learned(best) or limits):
            best = min(best, self._on(best, _MORE), key=lambda one: one.loss)
        rates = f"the best of {', '.join(f'{one.rate:g}' for one in tried)}"
        fall = f"from {self._before:.4g} to {best.loss:.4g}"
        went = f"{best.made:,} updates at rate {best.rate:g} ({rates}) take its loss {fall}"
        if self._learned(best):
            more = "if that is not enough, it is the model, the data or the settings"
            return Trial(True, (f"{went}; {more}: `tui-backprop {name}`", *self._scales()))
        constant = f", and the best constant answer has {self._constant:.4g}" if np.isfinite(self._constant) else ""
        why = [*limits, *self._scales()]
        look = [] if why else [f"look with `tui-backprop {name}`"]
        return Trial(
            False,
            (
                f"{went}{constant}: it did not learn its own data, so it is the model, the data or the settings",
                *why,
                *look,
            ),
        )

    def _tried(self) -> Iterator[_Tried]:
        """Yield short trainings at several rates; lower ones where all of these run away."""
        ran_away = True
        for rate in (*_RATES, *_LOWER_RATES):
            if rate in _LOWER_RATES and not ran_away:
                return
            one = self._on(_Tried(rate, 0, self._learner.theta, self._before), _TRIED)
            ran_away = ran_away and not one.loss < self._before
            yield one

    def _on(self, one: _Tried, updates: int) -> _Tried:
        """Go on with a training; where it runs away or fails, its loss is ∞."""
        random = np.random.default_rng((_SEED, one.made))
        order = random.integers(len(self._data[0]), size=(updates, self._rows))
        if self._rows >= len(self._data[0]):
            order = np.tile(np.arange(len(self._data[0])), (updates, 1))
        course = TrainingOrder(self._data, list(order), one.rate, within=_SECONDS)
        try:
            trained = self._learner.train(one.theta, course)
            loss = self._learner.loss(trained.theta, self._whole)
            if trained.made < updates:  # its time is over, or the next one fails
                self._learner.train(trained.theta, replace(course, batches=course.batches[:1]))
        except LearnerError:
            self._learner.fresh()
            return _Tried(one.rate, one.made, one.theta, np.inf)
        loss = loss if np.isfinite(loss) else np.inf
        return _Tried(one.rate, one.made + trained.made, trained.theta, loss)

    def _learned(self, one: _Tried) -> bool:
        """Whether the loss has come below what an answer without inputs has, or is next to nothing."""
        return one.loss < _LEARNED * min(self._constant, self._before) or one.loss < 1e-6 * max(self._before, 1e-300)

    # What keeps it from learning.

    def _limits(self, recognised: Recognised | None) -> list[str]:
        """Say what no training can change: the lowest loss that this network can have, where that is known."""
        if recognised is None:
            return []
        try:
            objective = make_objective(recognised.activations[-1], recognised.loss)
            network = Network(recognised.layers, recognised.activations)
        except (KeyError, ValueError):  # none of the trainer's
            return []
        floor = floors_of(network, objective, *self._data, "x").highest
        if floor is None or not floor.loss > _LEARNED * self._constant * 0.8:
            return []
        return [f"whatever the formulas, {floor.reason}, so its loss cannot go below {floor.loss:.4g}"]

    def _scales(self) -> list[str]:
        """Say that targets or inputs are too large, where they are."""
        found = []
        for what, values, effect in (
            ("targets", self._data[1], "updates as large as these errors drive hidden units to their ends"),
            ("inputs", self._data[0], "hidden units that get them are at their ends from the start"),
        ):
            largest = float(np.abs(values).max())
            if largest > _LARGE:
                found.append(
                    f"its {what} go up to {largest:,.6g}: {effect}, so scale them (subtract the mean, divide by the spread)"
                )
        return found
