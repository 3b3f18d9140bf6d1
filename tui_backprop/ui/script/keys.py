"""The keys and panels of a script's screen; where the trainer has the same, they are the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tui_backprop.ui.keys import KEYS as TRAINER_KEYS
from tui_backprop.ui.keys import Key
from tui_backprop.ui.layout import Layout, PanelName, Places

PANELS: tuple[PanelName, ...] = (
    PanelName("source", "1", "Source", "Source"),
    PanelName("prediction", "2", "Prediction", "Predict"),
    PanelName("parameters", "3", "Parameters", "Params"),
    PanelName("gradients", "4", "Gradients", "Grads"),
    PanelName("step", "5", "Step", "Step"),
    PanelName("findings", "6", "Findings", "Finds"),
    PanelName("loss", "7", "Loss", "Loss"),
    PanelName("watches", "W", "Watches", "Watch"),
)
"""Every panel, in the order of the tab bar."""

_OTHERS = ("step", "findings", "gradients", "parameters", "loss", "prediction", "watches")
PLACES: Mapping[Layout, Places] = {
    "tiny": (),
    "tabs": (("source",), _OTHERS),
    "grid": (("source",), ("step",), ("gradients", "parameters"), ("loss", "prediction"), ("findings", "watches")),
    "large": (
        ("source",),
        ("step",),
        ("gradients",),
        ("parameters",),
        ("loss",),
        ("prediction",),
        ("findings", "watches"),
    ),
}
"""Source is in sight in every layout; a small terminal has one other panel below it."""


def _as_in_trainer(key: str) -> Key:
    """Return the trainer's key as it is there; the groups are the trainer's alone."""
    return replace(next(one for one in TRAINER_KEYS if one.key == key), begins="")


KEYS: tuple[Key, ...] = (
    Key("space", "space", "toggle_run", "run", "Run the script's own loop, or pause.", in_footer=True),
    Key("n", "n", "step", "step", "Make one update of the script.", in_footer=True),
    Key("p", "p", "phase", "line", "Go one line on, into functions that are called.", in_footer=True),
    Key("P", "P", "phase_back", "line back", "Go one line back."),
    Key("b", "b", "step_back", "back", "Go one update back: it is run again, and compared.", in_footer=True),
    Key("exclamation_mark", "!", "remedy", "fix", "Apply the fix of the selected finding, in memory.", in_footer=True),
    Key(
        "D",
        "D",
        "difference",
        "difference",
        "Show all that was changed, and write it as NAME.fixed.py.",
        in_footer=True,
    ),
    _as_in_trainer("question_mark"),
    Key("u", "u", "undo", "undo", "Undo the last fix or rate."),
    Key("plus,equals_sign", "+", "rate(1)", "rate up", "Train functions at a higher rate, from the start."),
    Key("minus", "-", "rate(-1)", "rate down", "Train functions at a lower rate, from the start."),
    Key("l", "l", "type_rate", "rate", "Type the rate that functions are trained at."),
    Key("U", "U", "redo", "redo", "Redo what was undone."),
    Key("T", "T", "carry_over", "to trainer", "Open a recognised network in the trainer."),
    Key("s", "s", "reload_rule", "reload", "Load the saved file again; the current line stays."),
    Key(
        "k",
        "k",
        "breakpoints",
        "breakpoints",
        "In Source: halt at this line, or no longer. Elsewhere: breakpoints and watches.",
    ),
    Key("g", "g", "go_to", "go to", "Go to an update by number."),
    Key("home", "home", "first", "first step", "Go to the first update."),
    Key("end", "end", "last", "last step", "Go to the last update that was reached."),
    *map(_as_in_trainer, ("shift+left", "shift+right", "left_square_bracket", "right_square_bracket")),
    Key("L", "L", "lessons", "lessons", "Leave the lesson that is open."),
    *map(_as_in_trainer, ("m", "M", "y", "z", "S")),
    *(Key(one.key, one.key, f"panel('{one.id}')", one.name, f"Go to the panel {one.name}.") for one in PANELS),
    *map(_as_in_trainer, ("ctrl+z", "q")),
)
"""Every key of a script's screen. The palette itself is ^p, which is Textual's own."""
