"""The engines by name, and which one `auto` means."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tui_backprop.engines.compiled_engine import CompiledEngine, is_installed
from tui_backprop.engines.numpy_engine import NumpyEngine
from tui_backprop.engines.protocol import Engine
from tui_backprop.engines.reference_engine import ReferenceEngine
from tui_backprop.engines.work import Work

ENGINES: Mapping[str, Callable[[], Engine]] = {
    "numpy": NumpyEngine,
    "compiled": CompiledEngine,
    "reference": ReferenceEngine,
}
"""Every engine by name."""

LOADING_TIME = 1.5
"""Seconds that the compiled engine takes before its first step, about, where its machine code is on the disk."""

LARGEST_COMPILED = 16_000_000
"""Weights times samples of a step from which on NumPy is as fast: most of the time is then BLAS for both."""


def is_worth_compiling(work: Work, steps: float) -> bool:
    """Whether so many steps are done sooner by the compiled engine, its loading included."""
    return work.multiplications < LARGEST_COMPILED and (work.numpy - work.compiled) * steps > LOADING_TIME * 1e6


def choose_engine(asked: str, work: Work, steps: int, *, chain_rule: bool) -> str:
    """Return the name of the engine that makes a run.

    `auto` depends on the recipe and on what is installed alone, so the same recipe has the same engine wherever it is run.
    Backward rules other than the chain rule are the core's own, and run by NumPy where the compiled engine was asked for.

    Args:
        asked: `auto` or an engine's name.
        work: what a step has to do.
        steps: how many steps are meant to be made.
        chain_rule: whether the backward rule is the chain rule.
    """
    if asked == "auto":
        return "compiled" if chain_rule and is_installed() and is_worth_compiling(work, steps) else "numpy"
    return asked if chain_rule or asked != "compiled" else "numpy"


def make_engine(name: str) -> Engine:
    """Return a new engine.

    Raises:
        KeyError: there is no such engine.
    """
    return ENGINES[name]()
