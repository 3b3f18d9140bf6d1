"""Machine code that is derived from the core's own formulas, for what no loop was written by hand.

The formulas are for arrays, and hold for one number as well. So numba compiles them as they are, with the functions that
they call; exponentials are this folder's own. What numba cannot compile ends the loading of the engine with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations import activations
from tui_backprop.core.operations.losses import Loss
from tui_backprop.core.operations.optimizers import Optimizer
from tui_backprop.engines.compiled import exponentials
from tui_backprop.engines.compiled.jit import at, inlined

_OURS: dict[Any, Any] = {activations.sigmoid: exponentials.sigmoid}


@inlined
def _where(condition: bool, yes: float, no: float) -> float:
    return yes if condition else no


@inlined
def _clip(x: float, low: float, high: float) -> float:
    return min(max(x, low), high)


def _numpy_for_one_number() -> ModuleType:
    """Return NumPy with this folder's own functions, and without the arrays that numba makes for one number."""
    module = ModuleType("numpy")
    module.__dict__.update(np.__dict__)
    for name, function in (("exp", exponentials.exp), ("expm1", exponentials.expm1), ("tanh", exponentials.tanh)):
        setattr(module, name, function)
    module.where, module.clip = _where, _clip  # type: ignore[attr-defined]
    return module


_NUMPY = _numpy_for_one_number()


def for_one_number(formula: Callable[..., Any]) -> Any:
    """Compile a formula, and the functions of Python that it calls."""
    if formula in _OURS:
        return _OURS[formula]
    if not isinstance(formula, FunctionType):  # one of NumPy's own
        own = getattr(_NUMPY, formula.__name__)
        return inlined(lambda z: own(z))  # noqa: PLW0108  (numba knows it where it is called)
    names = dict(formula.__globals__)
    for name in formula.__code__.co_names:
        if isinstance(names.get(name), FunctionType):
            names[name] = for_one_number(names[name])
        elif names.get(name) is np:
            names[name] = _NUMPY
    return inlined(FunctionType(formula.__code__, names, formula.__name__, closure=formula.__closure__))


def chosen(numbered: Mapping[int, Any], otherwise: Callable[..., Any]) -> Any:
    """Return a function of a code and arguments that calls the one of this code; without one it is `otherwise`."""

    def before(own: int, function: Any, rest: Any) -> Any:
        @inlined
        def choose(code: int, *arguments: Any) -> Any:
            if code == own:
                return function(*arguments)
            return rest(code, *arguments)

        return choose

    last = inlined(otherwise)
    chain: Any = inlined(lambda code, *arguments: last(*arguments))
    for code, function in numbered.items():
        chain = before(code, function, chain)
    return chain


def nothing(*_arguments: Any) -> None:
    """Do nothing, where a code always has a loop of its own."""


def value_loop(activation: activations.Activation) -> Any:
    """Return the loop that fills a from z, both flat, from `lower` up to `upper`."""
    value = for_one_number(activation.value)

    @inlined
    def loop(z: Array, a: Array, lower: int, upper: int) -> None:
        for i in range(lower, upper):
            k = at(i)
            a[k] = value(z[k])

    return loop


def pull_loop(activation: activations.Activation) -> Any:
    """Return the loop that multiplies delta with the slope."""
    slope = for_one_number(activation.slope)

    @inlined
    def loop(z: Array, a: Array, delta: Array, lower: int, upper: int) -> None:
        for i in range(lower, upper):
            k = at(i)
            delta[k] *= slope(z[k], a[k])

    return loop


def error_loop(loss: Loss) -> Any:
    """Return the loop that fills delta with ∂L/∂ŷ; `share` is one sample's in the mean."""
    slope = for_one_number(loss.slope)

    @inlined
    def loop(a: Array, y: Array, delta: Array, lower: int, upper: int, share: float) -> None:
        for i in range(lower, upper):
            k = at(i)
            delta[k] = slope(a[k], y[at(i - lower)]) * share

    return loop


def update_loop(optimizer: type[Optimizer]) -> Any:
    """Return the loop that updates θ and the slots; `settings` is one record of the optimizer's settings."""
    new_values = for_one_number(optimizer.new_values)

    @inlined
    def loop(theta: Array, g: Array, slots: Array, count: int, rate: float, settings: Array) -> None:
        for k in range(len(theta)):
            theta[k], new = new_values(settings[0], theta[k], g[k], slots[:, k], count, rate)
            for i in range(len(new)):
                slots[i, k] = new[i]

    return loop
