"""Activations, losses, optimizers and schedules that no engine was told of work in every engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from tests.engines.trainings import segment_of
from tui_backprop.core.errors import IncompleteError, require
from tui_backprop.core.operations.activations import ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.operations.optimizers import OPTIMIZERS, Optimizer
from tui_backprop.core.operations.schedules import SCHEDULES
from tui_backprop.core.step import take_step
from tui_backprop.engines.compiled_engine import is_installed
from tui_backprop.engines.numpy_plan import activations, objectives, updates
from tui_backprop.engines.numpy_plan.plan import Plan, has_plan
from tui_backprop.session.recipe.suggestion import suggested_recipe


@dataclass(frozen=True)
class Doubtful(Optimizer):
    """Two slots, a power of the count, a root, and a choice that no other optimizer has."""

    slots: ClassVar[tuple[str, ...]] = ("near", "far")
    decay: float = 0.8

    def new_values(self, theta, gradient, slots, count, rate):
        near = self.decay * slots[0] + (1.0 - self.decay) * np.abs(gradient)
        far = np.maximum(near, slots[1])
        return theta - rate * gradient / (np.sqrt(far / (1.0 - self.decay**count)) + 0.1), (near, far)


@dataclass(frozen=True)
class BySign(Optimizer):
    """No slots, as plain descent, whose update is written by hand."""

    slots: ClassVar[tuple[str, ...]] = ()

    def new_values(self, theta, gradient, slots, count, rate):
        return theta - rate * np.sign(gradient), ()


def reached_by_core(training, state, steps):
    for _ in range(steps):
        state = take_step(training, state).after
    return state


@pytest.mark.parametrize(
    "fields",
    [
        *({"activation": name, "batch_size": 3} for name in ("tanh", "leaky-relu", "elu", "softplus", "swish")),
        *({"loss": name, "output_activation": "tanh", "batch_size": 2} for name in ("squared", "huber", "absolute")),
        *({"optimizer": name} for name in OPTIMIZERS),
    ],
    ids=lambda one: next(iter(one.values())),
)
def test_calls_are_derived_where_none_are_written(fields, monkeypatch):
    """Without its table of calls the NumPy engine computes what the core does, from the core's own formulas."""
    monkeypatch.setattr(activations, "_BY_HAND", {})
    monkeypatch.setattr(updates, "_BY_HAND", {})
    monkeypatch.setattr(objectives, "_SLOPES", {})
    segment = segment_of(suggested_recipe("xor", hidden=(3,), lr=0.05, **fields))
    state = segment.training.first_state(segment.first_parameters)
    found, wanted = Plan(segment.training).advance(state, 40), reached_by_core(segment.training, state, 40)
    np.testing.assert_allclose(found.parameters, wanted.parameters, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.slots, wanted.slots, rtol=1e-9, atol=1e-12)


def test_an_optimizer_that_the_numpy_engine_never_saw_trains_as_the_core_says():
    """Its powers of the count and its two slots are found in its formula."""
    segment = segment_of(suggested_recipe("xor", hidden=(3,), lr=0.05))
    training = replace(segment.training, optimizer=Doubtful())
    state = training.first_state(segment.first_parameters)
    assert has_plan(training)
    plan, wanted = Plan(training), reached_by_core(training, state, 50)
    found = plan.advance(plan.advance(state, 20), 30)
    np.testing.assert_allclose(found.parameters, wanted.parameters, rtol=1e-9)
    np.testing.assert_allclose(found.slots, wanted.slots, rtol=1e-9)


@pytest.mark.skipif(not is_installed(), reason="needs the extra fast")
def test_machine_code_is_derived_from_formulas_for_arrays():
    """A formula that calls another one, a slope in both z and a, a loss, and a schedule, one number at a time."""
    import numba  # noqa: PLC0415  (it is needed)

    from tui_backprop.engines.compiled import derived  # noqa: PLC0415  (as above)

    def for_one_number(formula):
        own = derived.for_one_number(formula)
        return numba.njit(lambda *numbers: own(*numbers))  # noqa: PLW0108  (Python cannot call it directly)

    for name in ("swish", "tanh", "leaky-relu", "elu", "gelu"):
        entry = ACTIVATIONS[name]
        value, slope = for_one_number(entry.value), for_one_number(entry.slope)
        for z in (-3.0, -0.1, 0.7, 40.0):
            a = entry.value(np.array([z]))
            np.testing.assert_allclose(value(z), a[0], rtol=1e-12)
            np.testing.assert_allclose(slope(z, a[0]), entry.slope(np.array([z]), a)[0], rtol=1e-12)
    error = for_one_number(LOSSES["binary-cross-entropy"].slope)
    assert error(0.25, 1.0) == -4.0
    assert for_one_number(SCHEDULES["cosine"].factor)(50, 100, 0.0) == pytest.approx(0.5)


@pytest.mark.skipif(not is_installed(), reason="needs the extra fast")
def test_machine_code_is_derived_for_an_optimizer_without_slots(monkeypatch):
    """There is nothing to remember from step to step, and nothing to write."""
    from ctypes import POINTER, c_double  # noqa: PLC0415  (needed where numba is there)

    from tui_backprop.engines.compiled import updates as compiled_updates  # noqa: PLC0415  (as above)

    monkeypatch.setitem(compiled_updates.KINDS, "BySign", BySign)
    theta, gradient = np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.0, -7.0])
    numbers = [array.ctypes.data_as(POINTER(c_double)) for array in (theta, gradient, theta)]
    compiled_updates.make_update("BySign").call(*numbers, 3, 1, 0.25, 0)
    assert theta.tolist() == [0.75, 2.0, 3.25]


def test_a_table_that_lacks_an_entry_is_named():
    """What is missing, and in what, is one sentence."""
    with pytest.raises(IncompleteError, match="the list of colours: no entry for blue"):
        require("the list of colours", ["red"], ["red", "blue"])
