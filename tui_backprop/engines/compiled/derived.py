"""Machine code that is derived from the core's own formulas, for what no loop was written by hand.

The formulas are for arrays, and hold for one number as well. So numba compiles them as they are, with the functions that
they call; exponentials are this folder's own. What numba cannot compile ends the loading of a piece with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from tui_backprop.core.operations import activations
from tui_backprop.engines.compiled import exponentials
from tui_backprop.engines.compiled.jit import inlined

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
