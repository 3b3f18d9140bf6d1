"""The clinic: somebody's own backward pass held against their own loss, and the mistake named.

What is right is decided by numbers: gradients against central differences of their loss. Where their network is recognised
as a multilayer perceptron, the mistake is searched for (`tui_backprop.diagnosis.search`) and told in their own names.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from tui_backprop.core.activations import ACTIVATIONS
from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.forward import forward
from tui_backprop.core.losses import LOSSES
from tui_backprop.core.network import Parameters
from tui_backprop.core.objective import Objective
from tui_backprop.core.turns import Given, Turn
from tui_backprop.diagnosis.formulas import Formulas, Names
from tui_backprop.diagnosis.recognition import Experiment, LossFound, Recognition, recognise, recognise_loss
from tui_backprop.diagnosis.sameness import TOLERANCE
from tui_backprop.diagnosis.search import Explanation, Observation, search
from tui_backprop.diagnosis.sentences import Diagnosis, diagnoses
from tui_backprop.session.checkup import Checkup, ParameterCheck, Recognised, Verdict
from tui_backprop.session.learner.network import Batch, Course, Learner, OwnGradient
from tui_backprop.session.learner.process import LearnerError
from tui_backprop.session.learner.samples import MOST_ROWS, batch_rows, draw_batch, own_batch

_SEED = 0  # of the parameters and samples that a check draws: the same file gives the same answer
_CHECKED = 4  # draws that the verdict is from
_SEARCHED = (4, 3, 5, 2, 4, 3)  # batches that the search is given
_SINGLE = 8  # samples that it is given where they come one at a time
_ENTRIES = (200, 25)  # of one parameter that are differentiated numerically, at their own θ and at drawn ones
_EXPERIMENTS = 4  # draws of θ that a network is recognised by
_EXPERIMENT_ROWS = 8
_LARGEST = 4000  # entries of θ up to which a network is recognised: each needs two predictions
_RELATIVE = 1e-5  # of a gradient by differences
_DOUBTED = 1e-3  # share of a gradient from which it is in doubt as a whole
_NOTHING = 1e-9  # length of a gradient that is 0 but for rounding
_HUGE = 1e100  # stands for what is not finite, where a length is taken


def check(learner: Learner) -> Checkup:
    """Check somebody's backward pass against their own forward pass and loss.

    Raises:
        LearnerError: the file cannot be used; one sentence.
    """
    return _Check(learner).made()


@dataclass(frozen=True, eq=False)
class _Differences:
    """∂L/∂θ of some entries from values of the loss alone, at one draw; each is (entries,)."""

    entries: Indices
    wanted: Array
    doubt: Array

    @property
    def is_sure(self) -> bool:
        """Whether the loss has a slope here that differences find: not where it is made of steps, by rounding."""
        return float(np.linalg.norm(self.doubt)) <= _DOUBTED * float(np.linalg.norm(self.wanted)) + _NOTHING

    def within(self, span: slice) -> _Differences:
        """Return those of one parameter."""
        here = (self.entries >= span.start) & (self.entries < span.stop)
        return _Differences(self.entries[here], self.wanted[here], self.doubt[here])


def _some(span: slice, most: int, random: np.random.Generator) -> Indices:
    entries = np.arange(span.start, span.stop)
    return entries if len(entries) <= most else np.sort(random.choice(entries, most, replace=False))


class _Check:
    """One check, and what it has found so far."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._random = np.random.default_rng(_SEED)
        self._rows = batch_rows(learner)
        self._notes: list[str] = []
        self._mistakes: list[Diagnosis] = []

    def made(self) -> Checkup:
        learner = self._learner
        draws = [(self._draw_theta(), self._draw_batch(self._rows)) for _ in range(_CHECKED)]
        own = (learner.theta, self._draw_batch(self._rows) if learner.data is None else own_batch(learner, self._rows))
        every = [own, *draws]
        numeric = [self._numeric(draw, theta, batch) for draw, (theta, batch) in enumerate(every)]
        finite = [i for i, one in enumerate(numeric) if np.isfinite(one.wanted).all()]
        if not finite:
            raise LearnerError(f"{learner.name}: its loss is NaN or infinite at its own parameters, and at drawn ones")
        usable = [i for i in finite if numeric[i].is_sure] or finite
        every, numeric = [every[i] for i in usable], [numeric[i] for i in usable]
        gradients = self._ask(every)
        recognition, loss = self._recognise([batch for _, batch in draws])
        parameters = self._parameters(numeric, gradients)
        verdict = _overall(parameters)
        broken = _not_finite(learner, gradients)
        self._mistakes += broken
        if verdict != "right" and not broken:
            self._name_mistakes(recognition, loss)
        recognised = None
        if recognition is not None:
            layout = _layout(learner, recognition)
            name = "its own" if loss is None else loss.name
            recognised = Recognised(recognition.network.sizes, recognition.network.activation_names, name, layout)
        if any(one.kind == "leftovers" or not one.harmless for one in self._mistakes):
            verdict = "wrong"
        if verdict in ("right", "scaled"):
            self._notes += _what_comes_next(learner, own[1])
        return Checkup(learner.name, verdict, parameters, tuple(self._mistakes), recognised, tuple(self._notes))

    # Their numbers.

    def _draw_theta(self) -> Array:
        parts = []
        for shape in self._learner.shapes:
            widest = max((1, *shape))
            parts.append(self._random.standard_normal(math.prod(shape)) * min(1.0, 2.0 / math.sqrt(widest)))
        return np.concatenate(parts)

    def _draw_batch(self, rows: int) -> Batch:
        return draw_batch(self._learner, self._random, rows)

    def _ask(self, calls: Sequence[tuple[Array, Batch]]) -> list[OwnGradient]:
        """Return their gradients, made free of what earlier calls left in them, which is noted as a mistake."""
        first, *_, last = calls
        self._learner.fresh()
        probes = self._learner.gradients([first, last, first, first])
        steady = [np.allclose(probes[0].vector, one.vector, rtol=1e-9, atol=0.0, equal_nan=True) for one in probes[2:]]
        self._learner.fresh()
        found = self._learner.gradients(calls)
        if not all(steady):
            added = probes[3].vector - probes[2].vector
            if not np.allclose(added, probes[0].vector, rtol=1e-6, atol=1e-12):
                raise LearnerError(
                    f"{self._learner.name}: it gives other numbers each time for the same sample: is something drawn in it?"
                )
            vectors = [one.vector for one in found]
            pure = [vectors[0], *(b - a for a, b in itertools.pairwise(vectors))]
            found = [replace(one, vector=vector) for one, vector in zip(found, pure, strict=True)]
            if not any(one.kind == "leftovers" for one in self._mistakes):
                self._mistakes.append(_left_over(self._learner))
        for name in sorted({name for one in found for name in one.transposed}):
            if not any(one.kind == "transposed-gradient" and name in one.parameters for one in self._mistakes):
                self._mistakes.append(_transposed(name))
        if any(one.changed for one in found):
            note = "backward changes the parameters that it is given; it should only return gradients"
            self._notes += [note] if note not in self._notes else []
        return found

    # Right or wrong.

    def _parameters(
        self, numeric: Sequence[_Differences], gradients: Sequence[OwnGradient]
    ) -> tuple[ParameterCheck, ...]:
        """Hold each parameter against central differences of their loss, draw by draw."""
        largest = max(float(np.abs(one.wanted).max()) for one in numeric)
        found = []
        for name, span in zip(self._learner.names, self._learner.spans, strict=True):
            parts = [one.within(span) for one in numeric]
            theirs = [one.vector[part.entries] for one, part in zip(gradients, parts, strict=True)]
            found.append(self._compare(name, theirs, parts, largest))
        return tuple(found)

    def _numeric(self, draw: int, theta: Array, batch: Batch) -> _Differences:
        """Return what differences give for some entries of each parameter, other ones in each draw."""
        random = np.random.default_rng((_SEED, draw))
        most = _ENTRIES[min(draw, 1)]
        entries = np.concatenate([_some(span, most, random) for span in self._learner.spans])
        return _Differences(entries, *self._learner.numeric(theta, batch, entries.tolist()))

    def _compare(
        self, name: str, each: Sequence[Array], parts: Sequence[_Differences], largest: float
    ) -> ParameterCheck:
        """Compare one parameter over all draws."""
        theirs, wanted = np.concatenate(each), np.concatenate([part.wanted for part in parts])
        doubt = np.concatenate([part.doubt for part in parts])
        if not np.isfinite(theirs).all():
            theirs = np.nan_to_num(theirs, nan=_HUGE, posinf=_HUGE, neginf=-_HUGE)
        size, gap = float(np.linalg.norm(wanted)), float(np.linalg.norm(theirs - wanted))
        slack = 10 * float(np.linalg.norm(doubt)) + 1e-8 * largest
        error = float(gap / max(float(np.linalg.norm(theirs)), size, 1e-300))
        scale = float(np.vdot(theirs, wanted) / size**2) if size > slack else None
        verdict: Literal["right", "scaled", "wrong"] = "wrong"
        if gap <= _RELATIVE * size + slack:
            verdict, scale = "right", 1.0
        elif (
            scale is not None
            and abs(scale) > _RELATIVE
            and np.linalg.norm(theirs - scale * wanted) <= _RELATIVE * np.linalg.norm(theirs) + slack * abs(scale)
        ):
            verdict = "scaled"
        else:
            scale = None
        draw = 0 if np.abs(parts[0].wanted).max() > 1e-12 else len(parts) - 1
        worst = int(np.abs(each[draw] - parts[draw].wanted).argmax())
        entry = self._learner.entry_name(int(parts[draw].entries[worst]))
        return ParameterCheck(
            name, verdict, error, scale, entry, float(each[draw][worst]), float(parts[draw].wanted[worst])
        )

    # Which network, and which mistake.

    def _recognise(self, batches: Sequence[Batch]) -> tuple[Recognition | None, LossFound | None]:
        learner = self._learner
        if len(learner.theta) > _LARGEST:
            self._notes.append(f"it has more than {_LARGEST:,} parameters, so the network was not recognised")
            return None, None
        experiments = [self._experiment() for _ in range(_EXPERIMENTS)]
        silent = np.all([~one.jacobian.any(axis=(1, 2)) for one in experiments], axis=0)
        if silent.any():  # a unit that was dead in all of them, or a parameter that does nothing
            experiments += [self._experiment() for _ in range(2 * _EXPERIMENTS)]
        recognition = recognise(experiments, learner.spans)
        predictions = [learner.predict(self._draw_theta(), inputs) for inputs, _ in batches]
        targets = [target for _, target in batches]
        values = learner.losses(list(zip(predictions, targets, strict=True)))
        loss = recognise_loss(predictions, targets, values) if np.isfinite(values).all() else None
        return recognition, loss

    def _experiment(self) -> Experiment:
        learner, theta = self._learner, self._draw_theta()
        inputs = self._random.standard_normal((_EXPERIMENT_ROWS, learner.inputs))
        return Experiment(theta, inputs, learner.predict(theta, inputs), learner.jacobian(theta, inputs))

    def _name_mistakes(self, recognition: Recognition | None, loss: LossFound | None) -> None:
        """Search for the mistake and say it, or say why it could not be found."""
        if recognition is None or loss is None:
            what = "the network is not a multilayer perceptron that is known here"
            if recognition is not None:
                what = "the loss is one of its own"
            self._notes.append(f"{what}, so the numbers were checked and the mistake was not searched for")
            return
        sizes = [_SEARCHED, (self._rows,) * len(_SEARCHED)] if self._learner.batches else [(1,) * _SINGLE]
        formulas = _formulas(self._learner, recognition, loss)
        found = None
        for batches in sizes:
            try:
                observations = self._observe(recognition, loss, batches)
            except LearnerError:
                if batches is sizes[-1]:
                    raise
                continue  # theirs takes no batch of another size than its own
            found = search(observations)
            if found.explanations:
                told = [_with_batch(one, self._rows) for one in found.explanations]
                self._mistakes += [one for one in diagnoses(told, formulas) if one not in self._mistakes]
                return
        if found is None or found.stuck_at is None:
            return
        names = formulas.names
        layer = [names.weights[found.stuck_at - 1], *filter(None, [names.biases[found.stuck_at - 1]])]
        if found.partial is not None and found.partial.all_turns():
            self._mistakes += list(diagnoses([_with_batch(found.partial, self._rows)], formulas))
        self._notes.append(
            f"no mistake that is known here, nor three together, gives the numbers of {' and '.join(layer)}; "
            "on the way back from the output that is the first layer that is wrong"
        )

    def _observe(self, recognition: Recognition, loss: LossFound, sizes: Sequence[int]) -> list[Observation]:
        """Return their gradients of fresh draws in our layout, with what our pass computes for them."""
        network = recognition.network
        objective = Objective(network.activations[-1], LOSSES[loss.name])
        calls = [(self._draw_theta(), self._draw_batch(rows)) for rows in sizes]
        observations = []
        for (theta, (inputs, targets)), theirs in zip(calls, self._ask(calls), strict=True):
            scale = loss.scale * (len(inputs) if loss.summed else 1)
            parameters = Parameters(network, recognition.theta(theta))
            vector = np.where(recognition.entries >= 0, theirs.vector[recognition.entries], 0.0) / scale
            ours = Parameters(network, vector)
            given = Given(network, objective, parameters, forward(network, parameters, inputs), targets)
            layers = range(1, network.depth + 1)
            biases = tuple(_biases(recognition, ours, layer) for layer in layers)
            observations.append(Observation(given, tuple(ours.w(layer) for layer in layers), biases))
        return observations


def _biases(recognition: Recognition, ours: Parameters, layer: int) -> Array | None:
    """Return a layer's bias gradient: None where there is no bias, one number where the units share it."""
    entries = recognition.entries[recognition.network.tensors[2 * layer - 1].span]
    if entries[0] < 0:
        return None
    shared = len(entries) > 1 and len(set(entries.tolist())) == 1
    return ours.b(layer)[:1] if shared else ours.b(layer)


def _overall(parameters: Sequence[ParameterCheck]) -> Verdict:
    """Return right, scaled where all are scaled alike and uphill is not taken for downhill, or wrong."""
    if all(one.verdict == "right" for one in parameters):
        return "right"
    scales = [one.scale for one in parameters if one.relative_error > 0.0 or one.numeric != 0.0]
    if any(scale is None for scale in scales):
        return "wrong"
    known = [scale for scale in scales if scale is not None]
    alike = all(abs(scale - known[0]) <= 1e-4 * abs(known[0]) for scale in known)
    return "scaled" if alike and known[0] > 0.0 else "wrong"


def _with_batch(explanation: Explanation, rows: int) -> Explanation:
    """Read a factor that is the size of the batch as what it is: a sum for a mean, or a mean taken twice."""
    for way, factor in (("sum", float(rows)), ("mean again", 1.0 / rows)):
        if rows > 2 and abs(explanation.factor - factor) <= TOLERANCE * factor:
            return Explanation((Turn("batch", way), *explanation.turns), 1.0)
    return explanation


def _left_over(learner: Learner) -> Diagnosis:
    return Diagnosis(
        learner.names,
        "leftovers",
        "each call adds to the gradients of the calls before: set them to 0 where backward begins",
        "gradient of this sample + those of the samples before",
        "gradient of this sample",
    )


def _not_finite(learner: Learner, gradients: Sequence[OwnGradient]) -> list[Diagnosis]:
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


def _transposed(name: str) -> Diagnosis:
    sentence = f"{name}: its gradient is given transposed"
    return Diagnosis((name,), "transposed-gradient", sentence, f"(∂L/∂{name})ᵀ", f"∂L/∂{name}")


def _formulas(learner: Learner, recognition: Recognition, loss: LossFound) -> Formulas:
    network = recognition.network
    objective = Objective(ACTIVATIONS[network.activation_names[-1]], LOSSES[loss.name])
    named = [_named(learner, recognition.entries[tensor.span]) for tensor in network.tensors]
    return Formulas(network, objective, Names(tuple(named[0::2]), tuple(named[1::2])))


def _named(learner: Learner, entries: Indices) -> str:
    """Return what somebody calls the parameters that some entries are of; empty where there are none."""
    names: list[str] = []
    for entry in entries.tolist():
        if entry >= 0:
            i = next(i for i, span in enumerate(learner.spans) if entry < span.stop)
            names += [learner.names[i]] if learner.names[i] not in names else []
    if len(names) < 2:
        return "".join(names)
    return f"({', '.join(names)})" if len(names) <= 4 else f"({names[0]} … {names[-1]})"


def _layout(learner: Learner, recognition: Recognition) -> str:
    """Say how the arrays lie: weights (in, out) or (out, in), and samples."""
    network = recognition.network
    weights = "numbers" if all(shape == () for shape in learner.shapes) else "an order of its own"
    orders = set()
    for layer, tensor in enumerate(network.tensors[0::2], start=1):
        entries = recognition.entries[tensor.span].reshape(tensor.shape)
        shapes = {learner.shapes[i] for i, span in enumerate(learner.spans) if span.start <= entries[0, 0] < span.stop}
        shape = next(iter(shapes))
        if shape == (network.sizes[layer - 1], network.sizes[layer]) and (np.diff(entries.ravel()) == 1).all():
            orders.add("(in, out)")
        elif shape == (network.sizes[layer], network.sizes[layer - 1]) and (np.diff(entries.T.ravel()) == 1).all():
            orders.add("(out, in)")
    if len(orders) == 1:
        weights = f"weights {orders.pop()}"
    samples = {"rows": "samples as rows", "columns": "samples as columns", "flat": "samples along an array"}
    how = samples.get(learner.x_form, "one sample at a time") if learner.batches else "one sample at a time"
    return f"{weights}, {how}"


_TRAINING = 300  # updates that are tried where the formulas are right
_RATE = 0.1


def _what_comes_next(learner: Learner, batch: Batch) -> list[str]:
    """Say what is left where the formulas are right: whether it learns its own data by them, and where to look then."""
    if learner.data is None:
        return ["if it still does not learn, it is the model, the data or the settings: look with `tui-backprop`"]
    inputs, targets = learner.data
    rows = len(batch[0])
    order = np.random.default_rng(_SEED).integers(len(inputs), size=(_TRAINING, rows))
    trained = learner.train(learner.theta, Course((inputs, targets), list(order), _RATE))
    whole = (inputs[:MOST_ROWS], targets[:MOST_ROWS])
    before, after = learner.loss(learner.theta, whole), learner.loss(trained.theta, whole)
    if trained.made < _TRAINING or not np.isfinite(after):
        return [
            f"at rate {_RATE:g} its loss runs away from {before:.4g}: try a lower rate with `tui-backprop {learner.name}`"
        ]
    went = f"{_TRAINING} updates at rate {_RATE:g} take its loss from {before:.4g} to {after:.4g}"
    return [f"{went}; if that is not enough, it is the model, the data or the settings: `tui-backprop {learner.name}`"]
