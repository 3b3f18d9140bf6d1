"""In the process of a user's file: many updates by its rule, made as the core makes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import exact
from tui_backprop.core.network import Network
from tui_backprop.core.objective import make_objective
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.core.operations.schedules import Schedule
from tui_backprop.core.sampling import Sampling
from tui_backprop.core.step import State, Training, updated
from tui_backprop.scripts.functions.own_rule import OwnRule

_WITHIN = 0.25  # seconds of updates for one question: who asks goes on, or does something else
_BETWEEN = 1024  # calls from one that is compared with a fresh one to the next


def training_as_told(training: Training) -> dict[str, Any] | None:
    """Return a training as JSON has it; None for one with an optimizer that has no name."""
    momentum = getattr(training.optimizer, "momentum", 0.0)
    name = next((name for name, make in OPTIMIZERS.items() if make(momentum) == training.optimizer), None)
    if name is None:
        return None
    sampling, schedule = training.sampling, training.schedule
    return {
        "sizes": training.network.sizes,
        "activations": training.network.activation_names,
        "loss": training.objective.loss.name,
        "inputs": training.inputs.tolist(),
        "targets": training.targets.tolist(),
        "sampling": [sampling.kind, sampling.rows, sampling.batch_size, sampling.seed],
        "optimizer": [name, momentum],
        "rate": training.rate,
        "free": training.free.tolist(),
        "schedule": [schedule.kind, schedule.period, schedule.gamma, schedule.warmup],
        "l1": training.l1,
        "l2": training.l2,
        "clip": training.clip,
        "slots_since": training.slots_since,
    }


def _training_from(told: Mapping[str, Any]) -> Training:
    network = Network(tuple(told["sizes"]), tuple(told["activations"]))
    optimizer, momentum = told["optimizer"]
    return Training(
        network=network,
        objective=make_objective(network.activation_names[-1], told["loss"]),
        inputs=np.array(told["inputs"]),
        targets=np.array(told["targets"]),
        sampling=Sampling(*told["sampling"]),
        rule=exact,  # which is not called here
        optimizer=OPTIMIZERS[optimizer](momentum),
        rate=told["rate"],
        free=np.array(told["free"]),
        schedule=Schedule(*told["schedule"]),
        l1=told["l1"],
        l2=told["l2"],
        clip=told["clip"],
        slots_since=told["slots_since"],
    )


class RuleSteps:
    """Makes updates by the rule of a file that is loaded once for each question."""

    def __init__(self, load: Callable[[], OwnRule]) -> None:
        self._load = load
        self._training: Training | None = None

    def take(self, told: Mapping[str, Any]) -> None:
        """Take a training that updates will be asked for."""
        self._training = _training_from(told)

    def steps(self, step: int, theta: list[float], slots: list[list[float]], count: int, every: int) -> dict[str, Any]:
        """Make `count` updates, or as many as there is time for; return the state after each `every` of them and the last.

        Say as well whether sampled calls gave what fresh ones give. It ends before a call that raises something: who asks
        makes that one alone, and is told why.
        """
        assert self._training is not None  # noqa: S101  (it was sent before)
        training, end, until = self._training, step + count, time.monotonic() + _WITHIN
        state = State(step, np.array(theta), np.array(slots).reshape(-1, training.network.size))
        rule, same, states = self._load(), True, []
        called: tuple[State, Array] | None = None  # the newest call
        while state.step < end and time.monotonic() < until:
            try:
                gradient = _gradient(rule, training, state)
            except Exception:
                break
            called, state = (state, gradient), updated(training, state, gradient)[1]
            if (state.step - step) % every == 0:
                states.append(state)
            if (state.step - step) % _BETWEEN == 0 and not self._is_fresh(training, *called):
                same = False
                break
        if called is not None and same:
            same = self._is_fresh(training, *called)
        if state.step > step and (not states or states[-1] is not state):
            states.append(state)
        return {
            "steps": [one.step for one in states],
            "thetas": [one.parameters.tolist() for one in states],
            "slots": [one.slots.tolist() for one in states],
            "same": same,
        }

    def _is_fresh(self, training: Training, state: State, gradient: Array) -> bool:
        """Return whether a rule that was just loaded gives the same bits."""
        again = _gradient(self._load(), training, state)
        return again.tobytes() == gradient.tobytes()


def _gradient(rule: OwnRule, training: Training, state: State) -> Array:
    """Return ∂L/∂θ of the batch of a step; the arrays that the rule is given are its own."""
    rows = training.sampling.batch(state.step)
    return rule.of_batch(training.network, state.parameters, training.inputs[rows], training.targets[rows])
