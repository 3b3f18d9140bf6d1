"""The user's backward rule in a Python file, as a rule that the trainer trains by."""

from __future__ import annotations

import weakref
from collections import OrderedDict, deque

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import Gradients, exact
from tui_backprop.core.forward import Tape
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective
from tui_backprop.core.step import State, Training
from tui_backprop.scripts.functions.answers import nothing, numbers_of, states_of, truth
from tui_backprop.scripts.functions.outside import OutsideRule
from tui_backprop.scripts.functions.process import LearnerError, LearnerProcess
from tui_backprop.scripts.functions.rule_steps import training_as_told
from tui_backprop.scripts.running.limits import TIMEOUT

_TOGETHER = 3  # updates from which on they are quicker together: the file is loaded twice for them
_AHEAD = 512  # updates that are made for one question at the most, where the run goes on and on
_KEPT = 256  # gradients that are remembered: a frame asks again for what a step has just computed


class FileRule(OutsideRule):
    """A file's `backward(network, parameters, tape, y)`, called like every other rule.

    The file is read once, and each call begins with it as it was loaded, so that nothing is left over from another call and
    the same step gives the same bits however it is reached. Whatever the file does, a call raises nothing: its gradients
    are NaN then, at which a run stops, and `problem` says why.

    Raises:
        LearnerError: the file cannot be used, or has no such function; one sentence.
    """

    def __init__(self, path: str, timeout: float = TIMEOUT) -> None:
        self._process = LearnerProcess(path, timeout)
        self._known: OrderedDict[tuple[bytes, ...], tuple[Array, str]] = OrderedDict()
        self._broken = ""
        self._told: Training | None = None  # the training that the process knows
        self._ahead: deque[State] = deque()  # states that are known already, after those of `_reached`
        self._reached: State | None = None  # the state that was returned last
        self._rounds = 1  # how many times as many updates as are wanted are asked for
        self._pure = True  # whether no call was seen that depends on those before it
        weakref.finalize(self, self._process.close)
        if not self._process.ask("is_rule", truth):
            self._process.close()
            raise LearnerError(f"{self._process.name}: there is no function backward(network, parameters, tape, y)")

    def __call__(
        self, network: Network, objective: Objective, parameters: Parameters, tape: Tape, target: Array
    ) -> Gradients:
        """Return their ∂L/∂θ; the δ are the chain rule's, since theirs are not given away."""
        key = (parameters.vector.tobytes(), tape.a[0].tobytes(), target.tobytes())
        if key not in self._known:
            while len(self._known) >= _KEPT:
                self._known.popitem(last=False)
            self._known[key] = self._asked(network, parameters, tape.a[0], target)
        vector, self.problem = self._known[key]
        return Gradients(Parameters(network, vector.copy()), exact(network, objective, parameters, tape, target).deltas)

    def advance(self, training: Training, state: State, steps: int) -> State:
        """Make `steps` updates in the process of the file, or fewer: none where the next call has to be made alone.

        The file is loaded once for them, which is many times quicker. Some calls are compared with fresh ones, and a rule
        whose calls depend on those before them is asked call by call from then on: every step keeps its bits.
        """
        if state is not self._reached or training is not self._told:
            self._ahead, self._rounds = deque(), 1
        end = state.step + steps
        if self._ahead and self._ahead[0].step > end:  # it stops before the next known state, which stays one
            made = self._made(training, state, steps, steps)
        else:
            if not self._ahead or self._ahead[0].step != end:
                self._ahead = self._made(training, state, steps, steps * self._rounds)
                self._rounds = max(1, min(2 * self._rounds, _AHEAD // steps))
            made = self._ahead
        self._reached = made.popleft() if made else state
        return self._reached

    def _made(self, training: Training, state: State, every: int, count: int) -> deque[State]:
        """Return the states after each `every` of `count` updates, or of fewer."""
        if every < _TOGETHER or not self._pure or self._broken:
            return deque()
        self._process.renew()
        try:
            if self._told is not training or not self._process.alive:
                told = training_as_told(training)
                if told is None:
                    return deque()
                self._process.ask("take_training", nothing, training=told)
                self._told = training
            states, self._pure = self._process.ask(
                "steps",
                states_of(state, count),
                step=state.step,
                theta=state.parameters.tolist(),
                slots=state.slots.tolist(),
                count=count,
                every=every,
            )
        except LearnerError:  # the call that is made alone says why
            self._told = None
            return deque()
        return deque(states if self._pure else ())

    def try_on(self, network: Network) -> None:
        """Call it once for a network, with two samples.

        Raises:
            LearnerError: it gives no gradients; one sentence.
        """
        theta = Parameters(network, np.full(network.size, 0.5))
        _, problem = self._asked(network, theta, np.ones((2, network.sizes[0])), np.ones((2, network.sizes[-1])))
        if problem:
            raise LearnerError(problem)

    def _asked(self, network: Network, parameters: Parameters, inputs: Array, target: Array) -> tuple[Array, str]:
        """Return their gradient, and why there is none."""
        nothing = np.full(network.size, np.nan)
        if self._broken:  # it would only crash, or take all its time, again
            return nothing, self._broken
        self._process.renew()
        try:
            found = self._process.ask(
                "rule",
                numbers_of(network.size),
                fresh=True,
                sizes=network.sizes,
                activations=network.activation_names,
                theta=parameters.vector.tolist(),
                x=inputs.tolist(),
                y=target.tolist(),
            )
        except LearnerError as error:
            self._told = None  # another process will not know it
            self._broken = "" if self._process.alive else str(error)
            return nothing, str(error)
        return found, ""
