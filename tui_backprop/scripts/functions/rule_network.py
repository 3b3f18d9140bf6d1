"""The user's rule for the built-in network, put into a small network of ours so that it can be checked like their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.forward import predict
from tui_backprop.core.judge import Truth
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import make_objective
from tui_backprop.core.slopes import slopes_of_loss
from tui_backprop.scripts.functions.answers import nothing, numbers_of, truth
from tui_backprop.scripts.functions.forms import Form
from tui_backprop.scripts.functions.network import Batch, Learner, LearnerNetwork, OwnGradient, Trained, TrainingOrder
from tui_backprop.scripts.functions.process import LearnerError, LearnerProcess

_NETWORKS = (
    Network((2, 3, 1), ("sigmoid", "sigmoid")),
    Network((1, 1, 1), ("sigmoid", "sigmoid")),  # for formulas that are written for the original case alone
)
_OBJECTIVE = make_objective("sigmoid", "squared")
_STEP = 1e-5  # of a derivative of predictions, relative to the parameter


def learner_in(process: LearnerProcess) -> Learner:
    """Return what the file of a process has; where it cannot be used, the process is ended.

    Raises:
        LearnerError: the file cannot be used; one sentence.
    """
    try:
        return RuleNetwork(process) if process.ask("is_rule", truth) else LearnerNetwork(process.path, process=process)
    except LearnerError:
        process.close()
        raise


class RuleNetwork(Learner):
    """Our network with the user's `backward(network, parameters, tape, y)`.

    Raises:
        LearnerError: the rule gives no gradients of any of the networks that it is tried on.
    """

    own_loss = False
    x_form: Form = "rows"
    y_form: Form = "rows"
    batches = True
    data = None
    network: Network
    """The one of ours that the rule takes."""

    def __init__(self, process: LearnerProcess) -> None:
        self.process, self.name = process, process.name
        self.network = self._fitting()
        self.names = tuple(tensor.name for tensor in self.network.tensors)
        self.shapes = tuple(tensor.shape for tensor in self.network.tensors)
        self.theta = np.random.default_rng(0).uniform(-1.0, 1.0, self.network.size)
        self.inputs, self.outputs = self.network.sizes[0], self.network.sizes[-1]

    def _fitting(self) -> Network:
        """Return the first of our networks that the rule takes."""
        problem: LearnerError | None = None
        for network in _NETWORKS:
            self.network = network
            try:
                self.gradients([(np.full(network.size, 0.5), (np.ones((2, network.sizes[0])), np.ones((2, 1))))])
            except LearnerError as error:
                problem = problem or error
            else:
                return network
        assert problem is not None  # noqa: S101  (it is why the loop went through)
        raise problem

    def fresh(self) -> None:
        self.process.ask("fresh", nothing)

    def predict(self, theta: Array, inputs: Array) -> Array:
        return predict(self.network, Parameters(self.network, theta), inputs)

    def jacobian(self, theta: Array, inputs: Array) -> Array:
        moves = np.diag(_STEP * np.maximum(1.0, np.abs(theta)))
        ends = [(self.predict(theta + move, inputs), self.predict(theta - move, inputs)) for move in moves]
        return np.array([(above - below) / (2 * move.sum()) for (above, below), move in zip(ends, moves, strict=True)])

    def losses(self, batches: Sequence[Batch]) -> list[float]:
        return [float(_OBJECTIVE.loss.value(prediction, target).mean()) for prediction, target in batches]

    def numeric(
        self, theta: Array, batch: Batch, entries: Sequence[int], named: tuple[str, float] | None = None
    ) -> Truth:
        inputs, targets = batch

        def losses(moved: Array) -> Array:
            return _OBJECTIVE.loss.value(self.predict(moved, inputs), targets)

        return slopes_of_loss(losses, theta, np.array(entries, dtype=np.int64))

    def gradients(self, calls: Sequence[tuple[Array, Batch]]) -> list[OwnGradient]:
        found = []
        for theta, (inputs, targets) in calls:
            made = self.process.ask(
                "rule",
                numbers_of(self.network.size),
                sizes=self.network.sizes,
                activations=self.network.activation_names,
                theta=theta.tolist(),
                x=inputs.tolist(),
                y=targets.tolist(),
            )
            found.append(OwnGradient(made, (), (), changed=False))
        return found

    def train(self, theta: Array, course: TrainingOrder) -> Trained:
        return self.process.ask(
            "train_rule",
            Trained.reader(len(theta), len(course.batches)),
            sizes=self.network.sizes,
            activations=self.network.activation_names,
            loss=_OBJECTIVE.loss.name,
            theta=theta.tolist(),
            **course.asked(),
        )
