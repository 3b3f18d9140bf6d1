"""The table of keys: bindings, footer, help, palette and manual are all made from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from textual.binding import Binding

from tui_backprop.ui.layout import PANELS


@dataclass(frozen=True)
class Key:
    """One key and what it does."""

    key: str
    """As Textual calls it; several with commas between."""
    shown: str
    """As people write it."""
    action: str
    """The app's action."""
    label: str
    """A word or two, for the footer and the palette."""
    help: str
    """One sentence."""
    in_footer: bool = False
    anywhere: bool = False
    """Whether it works over every screen, and where one types."""
    begins: str = ""
    """The group of keys that it is the first of."""

    @property
    def id(self) -> str:
        """What the settings call it: its label with hyphens, behind `panel-` where it leads to one."""
        name = self.label.lower().replace(" ", "-")
        return f"panel-{name}" if self.action.startswith("panel(") else name

    def on(self, key: str) -> Key:
        """Return the same on another key."""
        return self if key == self.key else replace(self, key=key, shown=key.partition(",")[0])

    def binding(self) -> Binding:
        """Return it as Textual wants it."""
        return Binding(
            self.key,
            self.action,
            self.label,
            key_display=self.shown,
            show=self.in_footer,
            tooltip=self.help,
            priority=self.anywhere,
            id=self.id,
        )


SAVE = Key("S", "S", "save", "save picture", "Save a picture of the screen or of one panel: SVG, PNG or text.")
"""Every app of panels has it."""
SUSPEND = Key(
    "ctrl+z", "^z", "suspend_process", "suspend", "Go back to the shell; its `fg` returns here.", anywhere=True
)
"""Every app has it."""
LEAVE = Key("q", "q", "quit", "quit", "Leave.")

KEYS: tuple[Key, ...] = (
    Key("space", "space", "toggle_run", "run", "Run, or pause.", in_footer=True, begins="Run"),
    Key("n", "n", "step", "step", "Make one step, or finish the one in progress.", in_footer=True),
    Key("p", "p", "phase", "phase", "Go one phase on: sample, forward, loss, backward, update.", in_footer=True),
    Key("P", "P", "phase_back", "phase back", "Go one phase back."),
    Key("b", "b", "step_back", "back", "Go back one step: it is bit for bit what it was.", in_footer=True),
    Key("question_mark", "?", "show_keys", "keys", "Show all keys.", in_footer=True),
    Key("e", "e", "epoch", "epoch", "Run to the end of the epoch."),
    Key(
        "plus,equals_sign",
        "+",
        "rate(1)",
        "rate up",
        "Raise the learning rate: 0.1, 0.3, 1, 3 …",
        in_footer=True,
        begins="Change",
    ),
    Key("minus", "-", "rate(-1)", "rate down", "Lower the learning rate.", in_footer=True),
    Key("l", "l", "type_rate", "rate", "Type the learning rate."),
    Key("d", "d", "choose_data", "data", "Choose another data set.", in_footer=True),
    Key("o", "o", "edit_recipe", "recipe", "Change the rest of the recipe.", in_footer=True),
    Key("x", "x", "choose_rule", "rule", "Choose the backward rule: the right one, or a mistake to learn from."),
    Key(
        "exclamation_mark",
        "!",
        "remedy",
        "remedy",
        "Follow the advice below the panels, in Findings the selected one's.",
    ),
    Key("s", "s", "reload_rule", "reload rule", "Load the file of your own rule again, as it is saved now."),
    Key(
        "k",
        "k",
        "breakpoints",
        "breakpoints",
        "Add, switch off or remove breakpoints and watches.",
        in_footer=True,
        begins="Debug",
    ),
    Key(
        "c",
        "c",
        "check_gradients",
        "check",
        "Check the gradients, and measure them by values of the loss alone.",
        in_footer=True,
    ),
    Key("i", "i", "own_sample", "own sample", "Type a sample of your own and see its update, without making it."),
    Key("g", "g", "go_to", "go to", "Go to a step by number.", begins="Go"),
    Key("home", "home", "first", "first step", "Go to step 0."),
    Key("end", "end", "last", "last step", "Go to the last step that was reached."),
    Key("shift+left", "shift+←", "jump(-1)", "earlier", "Go back by a fiftieth of the run."),
    Key("shift+right", "shift+→", "jump(1)", "later", "Go forward by a fiftieth of the run."),
    Key("left_square_bracket", "[", "seen_back", "seen before", "Go back to the place that you visited before."),
    Key(
        "right_square_bracket",
        "]",
        "seen_forward",
        "seen after",
        "Go forward again to the place that you visited next.",
    ),
    Key("w", "w", "sweep", "sweep", "Train many runs with some fields varied, and open any of them.", begins="Runs"),
    Key("u", "u", "undo", "undo", "Undo the last edit."),
    Key("U", "U", "redo", "redo", "Redo the edit that was undone."),
    Key("B", "B", "branches", "branches", "List the branches: switch, rename, delete, compare two."),
    Key(
        "C",
        "C",
        "compare",
        "compare",
        "Compare this run with a branch, or with the same run by another rule, side by side.",
    ),
    Key("v", "v", "set_parameter", "set value", "Type a value for the selected parameter.", begins="Parameter"),
    Key("shift+up", "shift+↑", "nudge(1)", "nudge up", "Raise the selected parameter by a hundredth."),
    Key("shift+down", "shift+↓", "nudge(-1)", "nudge down", "Lower the selected parameter by a hundredth."),
    Key("0", "0", "first_value", "first value", "Give the selected parameter the value that it began with."),
    Key("f", "f", "freeze", "freeze", "Freeze the selected parameter, or let it be trained again."),
    Key(
        "E",
        "E",
        "switch_part",
        "off or on",
        "Switch the selected link or unit off or on: see the loss without it.",
        begins="Network",
    ),
    Key("A", "A", "add_unit", "add unit", "Add a unit to the selected layer; the other weights are kept."),
    Key("J", "J", "add_layer", "add layer", "Add a layer after the selected one; the other weights are kept."),
    Key("D", "D", "remove_unit", "remove unit", "Remove the selected unit, or a layer with its only unit."),
    Key("I", "I", "draw_points", "draw", "Draw samples of your own in Prediction, or end drawing."),
    Key("h", "h", "history", "history", "Draw the history of the selected parameter and its gradient."),
    Key("r", "r", "reset", "reset", "Begin again at step 0 with the same seed.", begins="Again"),
    Key("R", "R", "new_seed", "new seed", "Begin again at step 0 with the next seed."),
    Key("less_than_sign", "<", "speed(-1)", "slower", "Slower: 1,000, 100, 10 steps a second, 1."),
    Key("greater_than_sign", ">", "speed(1)", "faster", "Faster, up to full speed."),
    Key(
        "L",
        "L",
        "lessons",
        "lessons",
        "Take a lesson beside the run, begin its run again, or leave it.",
        begins="Lesson",
    ),
    Key("m", "m", "read(1)", "read on", "Read on in the lesson: the rest of the text, then the next screen."),
    Key("M", "M", "read(-1)", "read back", "Read back in the lesson."),
    Key("y", "y", "log_axis", "log axis", "Draw the loss on a logarithmic axis, or a plain one.", begins="Charts"),
    Key("t", "t", "tail", "last tenth", "Draw only the last tenth of the run, or all of it."),
    Key("z", "z", "maximise", "maximise", "Show the focused panel on the whole screen, or show all panels again."),
    Key("F", "F", "files", "file", "Save, open, copy: what can be done with files.", begins="Files"),
    Key("K", "K", "save_session", "keep", "Save the sitting in a session file."),
    Key("O", "O", "open_file", "open", "Open a session file or a table."),
    Key("Y", "Y", "copy_line", "copy", "Copy the command that makes this run; in a panel, what is selected there."),
    SAVE,
    *(Key(one.key, one.key, f"panel('{one.id}')", one.name, f"Go to the panel {one.name}.") for one in PANELS),
    SUSPEND,
    LEAVE,
)
"""Every key of the trainer. The palette itself is ^p, which is Textual's own."""


def action_ids() -> Mapping[str, str]:
    """Return the ids by which settings name the trainer's actions, each with the key that it has."""
    return {key.id: key.key for key in KEYS}


IN_PANELS = ("enter", "escape", "up", "down", "left", "right", "backspace", "tab")
"""Keys that belong to the panel or dialog in front; a lesson may ask for them as well."""


def keys_markdown(keys: Sequence[Key] = KEYS) -> str:
    """Return a table of keys as Markdown, for the manual."""
    rows = [f"| `{key.shown}` | {key.help} |" for key in keys]
    return "\n".join(["| key | what it does |", "|---|---|", *rows, "| `^p` | Everything by name. |"])
