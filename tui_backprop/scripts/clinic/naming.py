"""Naming the mistake: their gradients of fresh draws in our layout, and the search for what gives these numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import Gradients as Pass
from tui_backprop.core.forward import forward
from tui_backprop.core.mistakes.turns import BackwardInputs, backward_with
from tui_backprop.core.mistakes.ways import Turn, Way
from tui_backprop.core.network import Parameters
from tui_backprop.core.objective import Objective
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.operations.other_activations import activation_called
from tui_backprop.diagnosis.formulas import Formulas
from tui_backprop.diagnosis.loss_recognition import LossFound
from tui_backprop.diagnosis.recognition import Recognition
from tui_backprop.diagnosis.sameness import TOLERANCE
from tui_backprop.diagnosis.search import MistakeFound, Observation, Searched, search
from tui_backprop.diagnosis.sentences import Diagnosis, diagnoses
from tui_backprop.scripts.clinic.comparison import Compared
from tui_backprop.scripts.clinic.gradients import AskedGradients, GradientCall
from tui_backprop.scripts.clinic.layout import names_of
from tui_backprop.scripts.functions.network import Learner
from tui_backprop.scripts.functions.process import LearnerError
from tui_backprop.text.minus import minus

_SEARCHED = (4, 3, 5, 2, 4, 3)  # batches that the search is given
_SINGLE = 8  # samples that it is given where they come one at a time
_DRAWS = 40  # draws of which one is taken for each batch, so that no layer is dead
_ALIVE = 1e-9  # of a gradient that is not 0


class Naming:
    """The search for the mistake of one file."""

    def __init__(
        self,
        learner: Learner,
        gradients: AskedGradients,
        rows: int,
        draw: Callable[[int], GradientCall],
        shown: Sequence[GradientCall],
    ) -> None:
        self._learner, self._gradients, self._rows, self._draw = learner, gradients, rows, draw
        self._shown = shown

    def named(
        self, recognition: Recognition | None, loss: LossFound | None, compared: Sequence[Compared]
    ) -> tuple[list[Diagnosis], list[str]]:
        """Return the mistakes that explain their gradients, and a note where they explain them in part or not at all."""
        wrong = [one.check.name for one in compared if one.check.verdict in ("wrong", "scaled")]
        if recognition is None or loss is None:
            what = "the network was not recognised as a multilayer perceptron"
            if recognition is not None:
                what = "the loss was not recognised"
            return [], [f"{what}, so the numbers were checked and the mistake was not searched for"]
        formulas = self._formulas(recognition, loss)
        found = None
        for alive in (True, False, False):  # a relu's slope that is left out is seen where it is dead alone
            found = self._searched(recognition, loss, alive=alive)
            if found is None or not found.explanations or found.explanations[0].all_turns():
                break
        if found is not None and found.explanations:
            told = diagnoses([_with_batch(one, self._rows) for one in found.explanations], formulas)
            missed = (
                f"At drawn parameters the gradient of {in_words(wrong)} is right: it is wrong where it is shown above"
            )
            return list(told), [] if told else [missed]
        partial = found.partial if found is not None else None
        told = () if partial is None else diagnoses([_with_batch(partial, self._rows)], formulas)
        return list(told), [self._unexplained(found, formulas, compared, wrong)]

    def _unexplained(
        self, found: Searched | None, formulas: Formulas, compared: Sequence[Compared], wrong: Sequence[str]
    ) -> str:
        """Say which gradients nothing explains: those of the first layer on the way back that are wrong, or all that are."""
        stuck: list[str] = []
        if found is not None and found.stuck_at is not None:
            names = formulas.names.weights[found.stuck_at - 1], formulas.names.biases[found.stuck_at - 1]
            bad = [one.check.name for one in compared if one.check.verdict in ("wrong", "scaled")]
            stuck = [name for name in bad if any(name in known for known in names)]
        where = "; on the way back from the output it is the first that is wrong" if stuck else ""
        return f"No known mistake, or combination of up to three, explains the gradient of {in_words(stuck or wrong)}{where}"

    def _formulas(self, recognition: Recognition, loss: LossFound) -> Formulas:
        network = recognition.network
        objective = Objective(activation_called(network.activation_names[-1]), LOSSES[loss.name])
        return Formulas(network, objective, names_of(self._learner, recognition))

    def _searched(self, recognition: Recognition, loss: LossFound, *, alive: bool) -> Searched | None:
        """Search with batches of several sizes, and where nothing is found, or theirs takes none, of their own size."""
        sizes = [_SEARCHED, (self._rows,) * len(_SEARCHED)] if self._learner.batches else [(1,) * _SINGLE]
        found = None
        for batches in sizes:
            try:
                found = search(self._observe(recognition, loss, batches, _DRAWS if alive else 1))
            except LearnerError:
                self._learner.fresh()
                continue
            if found.explanations:
                return found
        return found

    def _observe(
        self, recognition: Recognition, loss: LossFound, sizes: Sequence[int], draws: int
    ) -> list[Observation]:
        """Return their gradients of fresh draws in our layout, with what our pass computes for them."""
        network = recognition.network
        objective = Objective(network.activations[-1], LOSSES[loss.name])
        chosen = [self._alive(recognition, objective, rows, draws) for rows in sizes]
        chosen += [(call, _given(recognition, objective, call)) for call in self._shown]
        observations = []
        for (call, given), theirs in zip(chosen, self._gradients.ask([call for call, _ in chosen]), strict=True):
            scale = loss.factor(len(call[1][0]))
            vector = np.where(recognition.entries >= 0, theirs.vector[recognition.entries], 0.0) / scale
            ours = Parameters(network, vector)
            layers = range(1, network.depth + 1)
            biases = tuple(_biases(recognition, ours, layer) for layer in layers)
            observations.append(Observation(given, tuple(ours.w(layer) for layer in layers), biases, scale))
        return observations

    def _alive(
        self, recognition: Recognition, objective: Objective, rows: int, draws: int
    ) -> tuple[GradientCall, BackwardInputs]:
        """Draw until the gradient of no layer is 0, as where relus are dead; return the best draw."""
        best: tuple[int, GradientCall, BackwardInputs] | None = None
        for _ in range(draws):
            call = self._draw(rows)
            given = _given(recognition, objective, call)
            with np.errstate(all="ignore"):
                alive = _layers_alive(backward_with((), given))
            if best is None or alive > best[0]:
                best = alive, call, given
            if alive == recognition.network.depth:
                break
        assert best is not None  # noqa: S101  (something was drawn)
        return best[1:]


def _given(recognition: Recognition, objective: Objective, call: GradientCall) -> BackwardInputs:
    """Return what our pass is given at a draw."""
    theta, (inputs, targets) = call
    parameters = Parameters(recognition.network, recognition.theta(theta))
    with np.errstate(all="ignore"):
        tape = forward(recognition.network, parameters, inputs)
    return BackwardInputs(recognition.network, objective, parameters, tape, targets)


def _layers_alive(made: Pass) -> int:
    network = made.parameters.network
    return sum(bool(np.abs(made.parameters.w(layer)).max() > _ALIVE) for layer in range(1, network.depth + 1))


def _biases(recognition: Recognition, ours: Parameters, layer: int) -> Array | None:
    """Return a layer's bias gradient: None where there is no bias, one number where the units share it."""
    entries = recognition.entries[recognition.network.tensors[2 * layer - 1].span]
    if entries[0] < 0:
        return None
    shared = len(entries) > 1 and len(set(entries.tolist())) == 1
    return ours.b(layer)[:1] if shared else ours.b(layer)


def _with_batch(explanation: MistakeFound, rows: int) -> MistakeFound:
    """Read a factor that is the size of the batch as what it is: a sum for a mean, or a mean taken twice."""
    for way, factor in (("sum", float(rows)), ("mean again", 1.0 / rows)):
        if rows > 2 and abs(explanation.factor - factor) <= TOLERANCE * factor:
            return MistakeFound((Turn("batch", Way(way)), *explanation.turns), 1.0)
    return explanation


def name_penalties(compared: Sequence[Compared]) -> list[Diagnosis]:
    """Name the parameters that are in their own gradient, as a penalty puts them there that the loss has not."""
    found = []
    for one in compared:
        if one.penalty:
            name, term = one.check.name, minus(f"{one.penalty:.4g}·{one.check.name}")
            sentence = (
                f"{name}: the gradient has {term} that the loss has not: a penalty is missing in loss, or too many here"
            )
            as_is, right = f"∂L/∂{name} = slope of your loss + {term}", f"∂L/∂{name} = slope of your loss"
            found.append(Diagnosis((name,), "penalty-not-in-loss", sentence, as_is, right))
    return found


def in_words(names: Sequence[str]) -> str:
    """Write names as a list in a sentence, at most three of many."""
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
