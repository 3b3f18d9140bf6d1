"""The clinic: the user's own backward pass compared with their own loss, and the mistake named.

What is right is decided by numbers: gradients against the slope of their loss (`tui_backprop.core.judge`). Where their
network is recognised as a multilayer perceptron, the mistake is searched for (`tui_backprop.scripts.clinic.naming`) and
told in their names.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.judge import Truth
from tui_backprop.diagnosis.experiments import Experiment
from tui_backprop.diagnosis.loss_recognition import LossFound, recognise_loss
from tui_backprop.diagnosis.recognition import Recognition, recognise
from tui_backprop.diagnosis.sentences import Diagnosis
from tui_backprop.scripts.clinic.checkup import Checkup, ParameterCheck, Recognised, Verdict
from tui_backprop.scripts.clinic.comparison import Compared, Seen, compare_parameter, overall
from tui_backprop.scripts.clinic.gradients import (
    AskedGradients,
    GradientCall,
    alike,
    not_finite,
    note_whole_numbers,
    repeated,
    unlike_targets,
)
from tui_backprop.scripts.clinic.layout import groups_of, layout_of
from tui_backprop.scripts.clinic.naming import Naming, in_words, name_penalties
from tui_backprop.scripts.clinic.trial import RATE, trial
from tui_backprop.scripts.functions.network import Batch, Learner, OwnGradient
from tui_backprop.scripts.functions.process import LearnerError
from tui_backprop.scripts.functions.samples import batch_rows, draw_batch, own_batch

_SEED = 0  # of the parameters and samples that a check draws: the same file gives the same answer
_CHECKED = 4  # draws that the verdict is from, besides their own parameters
_MORE_DRAWS = 3  # times that as many are drawn again, where a gradient was 0 at all of them
_SHOWN = 2  # draws at which a mistake was seen that the search for it is given too
_ENTRIES = (200, 25)  # of one parameter that are differentiated numerically, at their own θ and at drawn ones
_EXPERIMENTS = 4  # draws of θ that a network is recognised by
_EXPERIMENT_ROWS = (8, 64)
_ROUNDS = 4  # times that a network is recognised again, with more experiments, until it predicts what it has not seen
_LOSSES = (4, 3, 5, 2)  # samples of the batches that a loss is recognised by
_LARGEST = 4000  # entries of θ up to which a network is recognised: each needs two predictions
_STRETCH = 1e-5  # of the inputs


def check(learner: Learner) -> Checkup:
    """Check the user's backward pass against their own forward pass and loss.

    Raises:
        LearnerError: the file cannot be used; one sentence.
    """
    return _Check(learner).checked()


def _some(span: slice, most: int, random: np.random.Generator) -> Indices:
    entries = np.arange(span.start, span.stop)
    return entries if len(entries) <= most else np.sort(random.choice(entries, most, replace=False))


class _Check:
    """One check, and what it has found so far."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._random = np.random.default_rng(_SEED)
        self._rows = batch_rows(learner)
        self._gradients = AskedGradients(learner)
        self._asked: list[OwnGradient] = []
        self._notes: list[str] = []

    def checked(self) -> Checkup:
        """Make the check: judge the gradients, name the mistakes, and try whether it learns.

        Raises:
            LearnerError: nothing can be told.
        """
        own = self._own_call()
        drawn = [self._draw(self._rows) for _ in range(_CHECKED)]
        recognition, loss = self._recognise()
        seen, compared = self._judged([own, *drawn], loss)
        parameters = tuple(one.check for one in compared)
        if all(one.verdict == "unsure" for one in parameters):
            raise LearnerError(f"{self._learner.name}: nothing can be told of any gradient: {compared[0].reason}")
        shown = [(one.theta, one.batch) for one in seen[1:] if one.judged(0).wrong.any()]
        mistakes, notes = self._mistakes(compared, shown, recognition, loss)
        verdict = _verdict(parameters, mistakes)
        recognised, learns = self._recognised(recognition, loss), None
        if verdict in ("right", "scaled"):
            tried = trial(self._learner, self._rows, recognised)
            learns, notes = tried.learns, [*notes, *tried.notes]
        notes = [*self._notes, *self._gradients.notes, *notes]
        return Checkup(self._learner.name, verdict, parameters, tuple(mistakes), recognised, tuple(notes), learns)

    def _own_call(self) -> GradientCall:
        """Return their own parameters, with their own batch where there is one."""
        learner = self._learner
        return learner.theta, self._draw_batch(self._rows) if learner.data is None else own_batch(learner, self._rows)

    def _judged(self, calls: Sequence[GradientCall], loss: LossFound | None) -> tuple[list[Seen], list[Compared]]:
        """Ask for the gradients and judge them; ask for more draws while something cannot be told."""
        seen = self._seen(calls, loss)
        compared = self._compared(seen)
        for _ in range(_MORE_DRAWS):
            if all(one.check.verdict != "unsure" for one in compared):
                break
            seen += self._seen([self._draw(self._rows) for _ in range(_CHECKED)], loss, first=len(seen))
            compared = self._compared(seen)
        return seen, compared

    # Their numbers.

    def _draw_theta(self) -> Array:
        parts = []
        for shape in self._learner.shapes:
            widest = max((1, *shape))
            parts.append(self._random.standard_normal(math.prod(shape)) * min(1.0, 2.0 / math.sqrt(widest)))
        return np.concatenate(parts)

    def _draw_batch(self, rows: int) -> Batch:
        return draw_batch(self._learner, self._random, rows)

    def _draw(self, rows: int) -> GradientCall:
        return self._draw_theta(), self._draw_batch(rows)

    def _compared(self, seen: Sequence[Seen]) -> list[Compared]:
        learner = self._learner
        entry_names = [learner.entry_name(entry) for entry in range(len(learner.theta))]
        return [
            compare_parameter(name, [one.within(span) for one in seen], entry_names)
            for name, span in zip(learner.names, learner.spans, strict=True)
        ]

    def _seen(self, calls: Sequence[GradientCall], loss: LossFound | None, first: int = 0) -> list[Seen]:
        """Return their gradients and the true ones at the draws where the loss is finite; `first` draws were before these.

        Raises:
            LearnerError: there is no such draw, or their functions raise something at each.
        """
        usable, problem = [], None
        for draw, (theta, batch) in enumerate(calls, start=first):
            try:
                entries, truths = self._true(draw, theta, batch, loss)
            except LearnerError as error:
                problem = problem or error
                self._learner.fresh()
                continue
            if np.isfinite(truths[0].low).any():
                usable.append(((theta, batch), entries, truths))
        if not usable and first:
            return []
        if not usable:
            raise problem or LearnerError(
                f"{self._learner.name}: its loss is NaN or infinite at its own parameters, and at drawn ones"
            )
        asked = self._gradients.ask([call for call, _, _ in usable])
        self._asked += asked
        return [
            Seen(*call, one.vector, entries, truths, float(np.nanmax(np.abs(truths[0].low))))
            for (call, entries, truths), one in zip(usable, asked, strict=True)
        ]

    def _true(self, draw: int, theta: Array, batch: Batch, loss: LossFound | None) -> tuple[Indices, tuple[Truth, ...]]:
        """Return some entries of each parameter, other ones in each draw, and what the slope of the loss is there."""
        random = np.random.default_rng((_SEED, draw))
        most = _ENTRIES[min(draw, 1)]
        entries = np.concatenate([_some(span, most, random) for span in self._learner.spans])
        truths = [self._learner.numeric(theta, batch, entries.tolist())]
        if loss is not None and loss.guard > 0.0:
            meant = loss.name, loss.factor(len(batch[0]))
            truths.append(self._learner.numeric(theta, batch, entries.tolist(), meant))
        return entries, tuple(truths)

    # Which network.

    def _recognise(self) -> tuple[Recognition | None, LossFound | None]:
        """Return which network and which loss it is, as far as they are known here and their functions can be asked."""
        learner, recognition = self._learner, None
        if len(learner.theta) > _LARGEST:
            self._notes.append(f"it has more than {_LARGEST:,} parameters, so the network was not recognised")
        else:
            try:
                recognition = self._recognised_network()
            except LearnerError:  # it runs into something at drawn parameters
                learner.fresh()
        try:
            sizes = _LOSSES if learner.batches and learner.data is None else [self._rows] * len(_LOSSES)
            return recognition, recognise_loss(self._losses, [self._draw_batch(rows)[1] for rows in sizes])
        except LearnerError:
            learner.fresh()
            return recognition, None

    def _losses(self, batches: Sequence[Batch]) -> list[float]:
        """Return their loss of batches of predictions and targets; ∞ where it raises something, as log 0 does."""
        try:
            return self._learner.losses(batches)
        except LearnerError:
            self._learner.fresh()
            return [math.inf] * len(batches)

    def _recognised_network(self) -> Recognition | None:
        """Recognise the network, and look whether it predicts what it has not been shown, each layer turned round too."""
        experiments = [self._experiment(self._draw_theta()) for _ in range(_EXPERIMENTS)]
        silent = np.all([~one.jacobian.any(axis=(1, 2)) for one in experiments], axis=0)
        if silent.any():  # a unit that was dead in all of them, or a parameter that does nothing
            experiments += [self._experiment(self._draw_theta()) for _ in range(2 * _EXPERIMENTS)]
        groups, recognition = groups_of(self._learner), None
        for _ in range(_ROUNDS):
            recognition = recognise(experiments, groups)
            unlike = self._unlike(recognition)
            if not unlike:
                return recognition
            experiments += [self._experiment(theta) for theta in unlike]
        return None

    def _unlike(self, recognition: Recognition | None) -> list[Array]:
        """Return θ at which a recognised network does not predict what theirs does; drawn ones where none was recognised."""
        drawn = [self._draw_theta() for _ in range(2)]
        if recognition is None:
            return drawn
        turned = [
            recognition.with_layer_turned(theta, layer)
            for theta in drawn
            for layer in range(1, recognition.network.depth + 1)
        ]
        found = []
        for theta in (*drawn, *turned):
            inputs = self._random.standard_normal((_EXPERIMENT_ROWS[0], self._learner.inputs))
            if not recognition.predicts(theta, inputs, self._learner.predict(theta, inputs)):
                found.append(theta)
        return found[: _EXPERIMENTS + 2]

    def _experiment(self, theta: Array) -> Experiment:
        learner = self._learner
        rows = int(np.clip(len(theta) // 2, *_EXPERIMENT_ROWS)) if learner.inputs == 1 else _EXPERIMENT_ROWS[0]
        inputs = self._random.standard_normal((rows, learner.inputs))
        ends = [learner.predict(theta, inputs * (1.0 + way * _STRETCH)) for way in (1, -1)]
        return Experiment(
            theta,
            inputs,
            learner.predict(theta, inputs),
            learner.jacobian(theta, inputs),
            (ends[0] - ends[1]) / (2 * _STRETCH),
        )

    def _recognised(self, recognition: Recognition | None, loss: LossFound | None) -> Recognised | None:
        if recognition is None:
            return None
        name = "its own" if loss is None else loss.name
        network = recognition.network
        return Recognised(network.sizes, network.activation_names, name, layout_of(self._learner, recognition))

    # Which mistake.

    def _mistakes(
        self,
        compared: Sequence[Compared],
        shown: Sequence[GradientCall],
        recognition: Recognition | None,
        loss: LossFound | None,
    ) -> tuple[list[Diagnosis], list[str]]:
        """Return the mistakes, and notes on what could not be told."""
        learner, rows = self._learner, [one.check for one in compared]
        wrong = {one.name for one in rows if one.verdict == "wrong"}
        own = learner.data if learner.data is not None else self._draw_batch(self._rows)
        whole, notes = note_whole_numbers(learner, own, RATE)
        odd = [*unlike_targets(learner), *whole, *repeated(self._asked, wrong)]
        broken = not_finite(learner, self._asked)
        if overall(rows) != "right" and not broken:
            naming = Naming(learner, self._gradients, self._rows, self._draw, shown[:_SHOWN])
            named, said = naming.named(recognition, loss, compared)
            if not named and (others := [*name_penalties(compared), *alike(learner, self._asked, wrong)]):
                named, said = others, []
            if wrong and wrong <= {name for one in odd for name in one.parameters}:
                said = []  # it is explained
            odd, notes = [*odd, *named], [*notes, *said]
        unsure = [one for one in compared if one.check.verdict == "unsure"]
        if unsure:
            notes.append(f"{in_words([one.check.name for one in unsure])}: cannot tell: {unsure[0].reason}")
        mistakes = [*self._gradients.mistakes, *broken, *odd]
        return list(dict.fromkeys(mistakes)), [*notes, *_guarded(compared, loss)]


def _verdict(parameters: Sequence[ParameterCheck], mistakes: Sequence[Diagnosis]) -> Verdict:
    """Return the verdict on all: a mistake that does more than scale makes it wrong, whatever the numbers say."""
    if any(one.kind == "leftovers" or not one.harmless for one in mistakes):
        return "wrong"
    return overall(parameters)


def _guarded(compared: Sequence[Compared], loss: LossFound | None) -> list[str]:
    """Say that the ε in a logarithm is all that a gradient and the slope of its loss differ by."""
    if loss is None or not any(one.truth for one in compared):
        return []
    return [
        f"its loss keeps ε = {loss.guard:.1g} between it and log 0, and its gradient is the one without ε: the two "
        "differ by ε alone, which is harmless"
    ]
