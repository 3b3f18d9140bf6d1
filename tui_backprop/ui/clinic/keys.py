"""The keys and panels of the clinic; where the trainer has the same, they are the same."""

from __future__ import annotations

from collections.abc import Mapping

from tui_backprop.ui.keys import LEAVE, SAVE, SUSPEND, Key
from tui_backprop.ui.layout import Layout, PanelName, Places

PANELS: tuple[PanelName, ...] = (
    PanelName("loss", "1", "Loss", "Loss"),
    PanelName("prediction", "2", "Prediction", "Predict"),
    PanelName("parameters", "3", "Parameters", "Params"),
    PanelName("gradients", "4", "Gradients", "Grads"),
    PanelName("check", "5", "Check", "Check"),
)
"""Every panel, in the order of the tab bar."""

_EACH_ITS_OWN: Places = tuple((panel.id,) for panel in PANELS)
PLACES: Mapping[Layout, Places] = {
    "tiny": (),
    "tabs": (tuple(panel.id for panel in PANELS),),
    "grid": _EACH_ITS_OWN,
    "large": _EACH_ITS_OWN,
}

KEYS: tuple[Key, ...] = (
    Key("space", "space", "toggle_run", "run", "Run by your own formulas, or pause.", in_footer=True),
    Key("n", "n", "step", "step", "Make one step: one sample, or the whole batch.", in_footer=True),
    Key("b", "b", "step_back", "back", "Go back one step: it is bit for bit what it was.", in_footer=True),
    Key("s", "s", "load_anew", "reload", "Load the saved file again, and check it.", in_footer=True),
    Key("r", "r", "reset", "reset", "Begin again at step 0 with the file's own values.", in_footer=True),
    Key("question_mark", "?", "show_keys", "keys", "Show all keys.", in_footer=True),
    Key("plus,equals_sign", "+", "rate(1)", "rate up", "Raise the learning rate: 0.1, 0.3, 1, 3 …", in_footer=True),
    Key("minus", "-", "rate(-1)", "rate down", "Lower the learning rate.", in_footer=True),
    Key("l", "l", "type_rate", "rate", "Type the learning rate."),
    Key("y", "y", "log_axis", "log axis", "Draw the loss on a logarithmic axis, or a plain one."),
    Key("z", "z", "maximise", "maximise", "Show the focused panel on the whole screen, or show all panels again."),
    SAVE,
    *(Key(one.key, one.key, f"panel('{one.id}')", one.name, f"Go to the panel {one.name}.") for one in PANELS),
    SUSPEND,
    LEAVE,
)
"""Every key of the clinic. The palette itself is ^p, which is Textual's own."""
