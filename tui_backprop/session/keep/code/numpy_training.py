"""The training of a run as text for NumPy: loss, backward pass, update and the loop, in the notation of the textbook."""

from __future__ import annotations

from collections.abc import Iterator

from tui_backprop.core.network import Tensor
from tui_backprop.core.objective import FUSED
from tui_backprop.core.operations.activations import softmax_pull_back
from tui_backprop.core.operations.schedules import SCHEDULES
from tui_backprop.session.keep.code import outline
from tui_backprop.session.keep.code.operations import Operations
from tui_backprop.session.keep.code.training import TrainingHistory

CLIP_EPSILON = "1e-6"
"""What the length of a gradient that is shortened gets, as `core` has it."""

_DIGITS_COUNT = {"rmsprop"}
"""Optimizers whose first steps are so large that the last digit of a gradient may decide where the run goes."""


class Loop:
    """Writes what trains, with the functions of `core` that it needs."""

    def __init__(self, history: TrainingHistory, operations: Operations) -> None:
        self._history, self._operations = history, operations
        self._training, self._network = history.training, history.problem.network
        self.trained = [one for one in self._network.tensors if self._training.free[one.span].any()]
        """The tensors of which something is not frozen."""
        self._name = history.recipe.optimizer

    @property
    def clips(self) -> bool:
        """Whether the gradient has a largest length."""
        return self._training.clip is not None

    @property
    def _arguments(self) -> tuple[str, ...]:
        return self._operations.optimizer(self._training.optimizer, self._name)

    def settings(self) -> dict[str, float]:
        """Return the numbers of the training by name."""
        training, schedule = self._training, self._training.schedule
        found: dict[str, float] = {"STEPS": self._history.steps, "RATE": training.rate}
        if not schedule.is_constant:
            found |= {"PERIOD": schedule.period, "GAMMA": schedule.gamma, "WARMUP": schedule.warmup}
        found |= {name: value for name, value in (("L1", training.l1), ("L2", training.l2)) if value}
        return found if training.clip is None else found | {"CLIP": training.clip}

    def functions(self) -> Iterator[str]:
        """Yield the functions: loss, backward, and the rate where it is not constant."""
        yield "\n".join(self._loss())
        yield "\n".join(self._backward())
        yield from self.rate()

    def rate(self) -> Iterator[str]:
        """Yield the function of the rate where it is not constant."""
        if not self._training.schedule.is_constant:
            yield "\n".join(self._rate())

    def text(self) -> str:
        """Return the loop, and a line that tells the loss where the file is run."""
        return "\n".join([*self._beginning(), *self._loop(), "", 'if __name__ == "__main__":', *self._end()])

    def _loss(self) -> Iterator[str]:
        objective, last = self._training.objective, self._network.depth
        yield "def loss(x, y):"
        yield '    """Return L, a mean over the rows."""'
        if objective.fused:
            value, _ = FUSED[objective.activation.name, objective.loss.name]
            yield f"    *_, z{last}, _ = forward(x)"
            yield f"    return {self._operations.function(value)}(z{last}, y).mean()"
        else:
            yield f"    *_, a{last} = forward(x)"
            yield f"    return {self._operations.function(objective.loss.value)}(a{last}, y).mean()"

    def _backward(self) -> Iterator[str]:
        network, depth = self._network, self._network.depth
        layers = range(1, depth + 1)
        yield "def backward(x, y):"
        yield '    """Return ∂L/∂w and ∂L/∂b of each layer; delta is ∂L/∂z, from the last layer to the first."""'
        tape = [part for layer in layers for part in (f"z{layer}", f"a{layer}")]
        if self._training.objective.fused or self._training.objective.activation.name == "softmax":
            tape[-1 if self._name in _DIGITS_COUNT and self._training.objective.fused else -2] = "_"
        yield f"    {', '.join(tape)} = forward(x)"
        yield f"    delta{depth} = {self._last_delta()}"
        for layer in reversed(layers):
            if layer < depth:
                slope = self._operations.function(network.activation(layer).slope)
                yield f"    delta{layer} = (delta{layer + 1} @ w{layer + 1}.T) * {slope}(z{layer}, a{layer})"
            before = "x" if layer == 1 else f"a{layer - 1}"
            yield f"    dw{layer}, db{layer} = {before}.T @ delta{layer}, delta{layer}.sum(axis=0)"
        yield f"    return {', '.join(f'dw{layer}, db{layer}' for layer in layers)}"

    def _last_delta(self) -> str:
        objective, last = self._training.objective, self._network.depth
        name = self._operations.function
        if objective.fused and self._name in _DIGITS_COUNT:
            _, delta = FUSED[objective.activation.name, objective.loss.name]
            return f"{name(delta)}(z{last}, y) / len(x)"
        if objective.fused:  # as the textbook has it: one factor cancels the other
            return f"(a{last} - y) / len(x)"
        error = f"{name(objective.loss.slope)}(a{last}, y) / len(x)"
        if objective.activation.name == "softmax":
            return f"{name(softmax_pull_back)}(a{last}, {error})"
        return f"{error} * {name(objective.activation.slope)}(z{last}, a{last})"

    def _rate(self) -> Iterator[str]:
        shape = self._operations.function(SCHEDULES[self._training.schedule.kind].factor, "schedule")
        yield "def rate_at(step):"
        yield '    """η at a step, from 0: it follows its schedule, after it has risen in a straight line."""'
        yield "    rise = min(1.0, (step + 1) / (WARMUP + 1))"
        yield f"    return RATE * (rise * {shape}(step, PERIOD, GAMMA))"

    def _beginning(self) -> Iterator[str]:
        targets = outline.scaled(self._history.problem.target_scaler, "TARGET", "TARGETS")
        everything = self._history.batches is None
        yield f"{'x, y' if everything else 'all_x, all_y'} = prepare(SAMPLES), {targets}"
        if "slots" in self._arguments:
            count = len(self._training.optimizer.slots)
            for one in self.trained:
                yield f"slots_{one.name} = np.zeros(({count}, *{one.name}.shape))"

    def _loop(self) -> Iterator[str]:
        training, tensors = self._training, self._network.tensors
        yield "for step in range(STEPS):"
        if self._history.batches is not None:
            yield "    x, y = all_x[BATCHES[step]], all_y[BATCHES[step]]"
        yield f"    {', '.join(f'd{one.name}' for one in tensors)} = backward(x, y)"
        for one in self.trained:
            if one.is_weight and (training.l1 or training.l2):
                yield f"    d{one.name} = d{one.name} + {self._penalty(one)}"
        for one in self.trained:
            if self._masked(one):
                yield f"    d{one.name} = np.where({one.name.upper()}_FREE, d{one.name}, 0.0)"
        if self.clips:
            yield from self._clipping()
        for one in self.trained:
            yield from self._update(one)

    def _penalty(self, one: Tensor) -> str:
        parts = [f"L1 * np.sign({one.name})"] if self._training.l1 else []
        parts += [f"L2 * {one.name}"] if self._training.l2 else []
        return f"({' + '.join(parts)})" if len(parts) > 1 else parts[0]

    def _clipping(self) -> Iterator[str]:
        names = [f"d{one.name}" for one in self.trained]
        listed = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
        yield f"    length = math.sqrt(sum((slope * slope).sum() for slope in {listed}))"
        yield "    if length > CLIP:"
        yield f"        shorter = min(1.0, CLIP / (length + {CLIP_EPSILON}))"
        yield from (f"        {name} = {name} * shorter" for name in names)

    def _update(self, one: Tensor) -> Iterator[str]:
        rate = "RATE" if self._training.schedule.is_constant else "rate_at(step)"
        given = {
            "theta": one.name,
            "gradient": f"d{one.name}",
            "slots": f"slots_{one.name}",
            "count": "step + 1",
            "rate": rate,
        }
        call = f"{self._name}({', '.join(given[argument] for argument in self._arguments)})"
        new = f"new_{one.name}" if self._masked(one) else one.name
        yield f"    {new}, slots_{one.name} = {call}" if "slots" in self._arguments else f"    {new} = {call}"
        if self._masked(one):
            yield f"    {one.name} = np.where({one.name.upper()}_FREE, {new}, {one.name})"

    def _masked(self, one: Tensor) -> bool:
        return self._history.mask(one.name) is not None

    def _end(self) -> Iterator[str]:
        x, y = ("x", "y") if self._history.batches is None else ("all_x", "all_y")
        yield f'    print(f"loss after {{STEPS}} steps: {{loss({x}, {y}):.6g}}")'
