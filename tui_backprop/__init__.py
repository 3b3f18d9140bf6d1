"""A debugger for backpropagation, in a terminal.

The names below are all that Python code needs to drive a run; each is loaded when it is first used.

    >>> from tui_backprop import Session, suggested_recipe
    >>> session = Session(suggested_recipe("parity", hidden=(1,)))
    >>> session.run(100).reason
    'steps'
"""

from __future__ import annotations

TYPE_CHECKING = False  # what typing calls so: loading it takes a third of the start of Python
if TYPE_CHECKING:
    from typing import Any

    from tui_backprop.core.backward import Gradients
    from tui_backprop.core.errors import InputError
    from tui_backprop.core.forward import Tape, forward
    from tui_backprop.core.network import Network, Parameters
    from tui_backprop.core.rules import RULES
    from tui_backprop.core.step import State, StepRecord, Training, take_step
    from tui_backprop.session.conditions import Condition
    from tui_backprop.session.frames.frame import Frame
    from tui_backprop.session.recipe.recipe import Recipe
    from tui_backprop.session.recipe.suggestion import suggested_recipe
    from tui_backprop.session.session import Session

__version__ = "0.1.0"

__all__ = [
    "RULES",
    "Condition",
    "Frame",
    "Gradients",
    "InputError",
    "Network",
    "Parameters",
    "Recipe",
    "Session",
    "State",
    "StepRecord",
    "Tape",
    "Training",
    "forward",
    "suggested_recipe",
    "take_step",
]

_HOMES = {
    "core.backward": ("Gradients",),
    "core.errors": ("InputError",),
    "core.forward": ("Tape", "forward"),
    "core.network": ("Network", "Parameters"),
    "core.rules": ("RULES",),
    "core.step": ("State", "StepRecord", "Training", "take_step"),
    "session.conditions": ("Condition",),
    "session.frames.frame": ("Frame",),
    "session.recipe.recipe": ("Recipe",),
    "session.session": ("Session",),
    "session.recipe.suggestion": ("suggested_recipe",),
}


def __getattr__(name: str) -> Any:
    import importlib  # noqa: PLC0415  (`--version` does without)

    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"tui_backprop.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
