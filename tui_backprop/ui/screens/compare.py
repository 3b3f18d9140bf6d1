"""Two runs side by side, in step, and the list of what a run can be compared with."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui_backprop.core.rules import RULES, describe
from tui_backprop.session.branches.branch import Branch, told_apart
from tui_backprop.session.branches.comparison import Comparison
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.session import Session
from tui_backprop.session.side_by_side import SideBySide
from tui_backprop.session.sweep.wording import counted
from tui_backprop.ui.bars.footer import KeysFooter
from tui_backprop.ui.bars.status import StatusLine
from tui_backprop.ui.drawing.numbers import four_digits, signed
from tui_backprop.ui.keys import SAVE, Key
from tui_backprop.ui.pacing import Pacer, keep_going
from tui_backprop.ui.panels.entries import EntriesPanel
from tui_backprop.ui.panels.gradients import GradientsPanel
from tui_backprop.ui.panels.losses import LossesPanel
from tui_backprop.ui.panels.network import NetworkPanel
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.panels.parameters import ParametersPanel
from tui_backprop.ui.panels.prediction import PredictionPanel
from tui_backprop.ui.panels.step import StepPanel
from tui_backprop.ui.screens.dialog import Dialog, EndsOnce
from tui_backprop.ui.screens.keys import KeysScreen
from tui_backprop.ui.toolkit.tasks import begin_task

_PAIRS: dict[str, type[Panel[Frame]]] = {
    "prediction": PredictionPanel,
    "parameters": ParametersPanel,
    "gradients": GradientsPanel,
    "step": StepPanel,
    "network": NetworkPanel,
}
"""Panels that there are two of, in the order in which they stand."""

KEYS: tuple[Key, ...] = (
    Key("escape", "esc", "leave(False)", "close", "Close: what was done here is forgotten.", in_footer=True),
    Key("space", "space", "toggle_run", "run", "Run both, or pause.", in_footer=True),
    Key("n", "n", "advance", "step", "Make one step in both.", in_footer=True),
    Key("question_mark", "?", "show_keys", "keys", "Show all keys.", in_footer=True),
    Key("2", "2", "pair('prediction')", "pred", "Show what each predicts.", in_footer=True),
    Key("3", "3", "pair('parameters')", "params", "Show the parameters of each.", in_footer=True),
    Key("4", "4", "pair('gradients')", "grads", "Show the gradients of each.", in_footer=True),
    Key("5", "5", "pair('step')", "step", "Show the last step of each, or the phase that it is in.", in_footer=True),
    Key("7", "7", "pair('network')", "net", "Show the network of each.", in_footer=True),
    Key("C", "C", "leave(True)", "another", "Compare with something else.", in_footer=True),
    Key("p", "p", "phase", "phase", "Go one phase on in both.", in_footer=True),
    Key("P", "P", "phase_back", "phase back", "Go one phase back in both."),
    Key("b", "b", "back", "back", "Go back one step in both.", in_footer=True),
    Key("e", "e", "epoch", "epoch", "Run both to the end of the epoch."),
    Key("home", "home", "go_to(0)", "first step", "Go to step 0 in both."),
    Key("end", "end", "go_to(-1)", "last step", "Go to the last step that one of them has reached."),
    Key("y", "y", "log_axis", "log axis", "Draw the losses on a logarithmic axis, or a plain one."),
    replace(SAVE, action="app.save"),
)
"""Every key of the comparison; where the trainer has the same, they are the same."""

_FIRST = ("step", "network", "parameters", "gradients", "prediction")
"""What is in sight at first, the most important last."""

_SIDES = ("left", "right")
_MIDDLE, _LARGE = 32, 50  # rows from which two pairs, and three, are in sight
_TENSORS = 4  # that are named where two runs part
_NAME = 44  # cells of a branch's name in the list


class CompareWithScreen(Dialog[Branch | str | None]):
    """Ends with the branch, or the name of the rule, to compare with, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,C", "dismiss", "leave it")]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._others = [branch for branch in session.branches if branch is not session.branch]
        self._rules = [name for name in RULES if name != session.recipe.rule]

    def compose(self) -> ComposeResult:
        """Show branches and rules, and below them what is highlighted."""
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = "Compare this run with"
            dialog.border_subtitle = "enter sets it beside   escape"
            branches = (Option(_branch_line(one), id=f"branch {i}") for i, one in enumerate(self._others))
            rules = (Option(Text(f"rule    {name}", no_wrap=True), id=f"rule {name}") for name in self._rules)
            yield OptionList(*branches, *rules)
            yield Static("", id="preview", markup=False)

    def _chosen(self, option: Option) -> Branch | str:
        kind, _, name = str(option.id).partition(" ")
        return self._others[int(name)] if kind == "branch" else name

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what would stand beside this run."""
        other = self._chosen(event.option)
        if isinstance(other, str):
            sentence, effect = describe(other)
            said = Text(sentence, style="bold").append(f"\n\nWhat comes of it: {effect}.", "not bold")
            said.append("\n\nThe same recipe and edits from step 0 on, by this rule.", "not bold")
        else:
            said = Text(other.title, style="bold").append("\n\nThe branch goes on from where it has been.", "not bold")
        self.query_one("#preview", Static).update(said)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it."""
        self.dismiss(self._chosen(event.option))


def _branch_line(branch: Branch) -> Text:
    line = Text(f"branch  {branch.title}", no_wrap=True)
    line.truncate(_NAME, overflow="ellipsis", pad=True)
    return line.append(f"  {branch.run.last_step:>9,} steps")


class CompareScreen(EndsOnce, Screen[bool]):
    """Both losses on one chart, and below it panels in two columns; ends with whether to compare with something else."""

    CSS_PATH = "compare.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [key.binding() for key in KEYS]

    def __init__(self, pair: SideBySide) -> None:
        super().__init__()
        self._pair = pair
        self._going: asyncio.Task[None] | None = None
        self._chosen: tuple[str, ...] = _FIRST
        self._selected = 0  # position in θ of the entry that is selected on both sides

    def compose(self) -> ComposeResult:
        """What is compared, where they part, both losses, and every pair of panels."""
        yield Static(id="which")
        yield Static(id="parting")
        yield LossesPanel("losses")
        names = told_apart(*(side.branch for side in self._pair.sides))
        for name, kind in _PAIRS.items():
            with Horizontal(id=f"pair-{name}", classes="pair"):
                for place, side in zip(_SIDES, names, strict=True):
                    panel = kind(f"{place}-{name}")
                    panel.name_shown = f"{kind.name_shown} of {side}"
                    yield panel
        yield StatusLine()
        yield KeysFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Let the other run catch up."""
        for panel in self.query(Panel):
            panel.add_class("front")
        self.action_pair("prediction")
        if self._pair.behind:
            self._start()

    def on_unmount(self) -> None:
        """Let both rest."""
        self._pause()

    def on_resize(self, event: events.Resize) -> None:
        """Show as many pairs as there is room for."""
        self.set_class(event.size.height >= _MIDDLE, "middle")
        self.set_class(event.size.height >= _LARGE, "large")
        self._arrange(event.size.height)

    def _arrange(self, rows: int) -> None:
        count = 3 if rows >= _LARGE else 2 if rows >= _MIDDLE else 1
        for name in _PAIRS:
            self.query_one(f"#pair-{name}").set_class(name in self._chosen[-count:], "shown")
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Show both as they are now."""
        if self.ended:
            return
        pair = self._pair
        frames = dict(zip(_SIDES, pair.frames(), strict=True))
        for panel in self.query(Panel):
            if panel.is_on_screen:
                panel.show(frames["right" if str(panel.id).startswith("right") else "left"])
                self._mark(panel)
        one, other = told_apart(*(side.branch for side in pair.sides))
        state = "▶" if self._going else "‖ inside" if pair.phase is not None else "‖ paused"
        if pair.behind:
            state += f" catching up, {counted(pair.behind, 'step')} to go"
        which = Text.assemble((one, "bold"), "  beside  ", (other, "bold"), f"   step {pair.step:,}   {state}")
        which.truncate(max(10, self.size.width - 2), overflow="ellipsis")
        self.query_one("#which", Static).update(which)
        names = zip((one, other), pair.sides, strict=True)
        stopped = [f"{name} {side.stopped}" for name, side in names if side.stopped]
        sentence = _sentence(pair.comparison(), self.size.width - 2)
        self.query_one("#parting", Static).update(Text("\n".join([sentence, *stopped])))

    # Moving.

    def _pause(self) -> None:
        if self._going is not None:
            self._going.cancel()
            self._going = None

    def _start(self) -> None:
        """Let the lagging run catch up; if neither lags, let both run."""
        pair = self._pair
        advance = pair.catch_up if pair.behind else pair.advance

        async def go() -> None:
            await keep_going(Pacer(None), advance, lambda _: self.draw())
            self._going = None
            self.draw()

        if pair.behind or not pair.over:
            self._going = begin_task(self.app, go())

    def action_toggle_run(self) -> None:
        """Run both, or pause."""
        if self._going is not None:
            self._pause()
        else:
            self._start()
        self.draw()

    def action_advance(self) -> None:
        """Make one step in both."""
        if self._ready():
            self._pair.advance(1)
            self.draw()

    def action_phase(self) -> None:
        """Go one phase on in both."""
        if self._ready():
            self._pair.phase_forward()
            self.draw()

    def action_phase_back(self) -> None:
        """Go one phase back in both."""
        if self._ready() and (self._pair.step or self._pair.phase is not None):
            self._pair.phase_back()
            self.draw()

    def action_epoch(self) -> None:
        """Run both to the end of the epoch."""
        if self._ready():
            self._pair.advance_epoch()
            self.draw()

    def action_back(self) -> None:
        """Go back one step in both."""
        if self._ready() and (self._pair.step or self._pair.phase is not None):
            self._pair.back()
            self.draw()

    def action_go_to(self, step: int) -> None:
        """Go to the first step, or with −1 to the last."""
        if self._ready():
            self._pair.go_to(self._pair.last_step if step < 0 else step)
            self.draw()

    def _ready(self) -> bool:
        """Pause, and say whether both stand at the same step, as a step of both needs; else let the other catch up."""
        self._pause()
        if self._pair.behind:
            self._start()
        return not self._pair.behind

    # Looking.

    def action_pair(self, name: str) -> None:
        """Show a pair of panels, and let keys go to the left one."""
        self._chosen = (*(one for one in self._chosen if one != name), name)
        self._arrange(self.size.height)
        self.query_one(f"#left-{name}", Panel).focus()

    def action_log_axis(self) -> None:
        """Draw the losses on the other kind of axis."""
        panel = self.query_one(LossesPanel)
        panel.log_axis = not panel.log_axis

    def action_show_keys(self) -> None:
        """Open the list of keys."""
        panel = self.focused if isinstance(self.focused, Panel) else None
        self.app.push_screen(KeysScreen(KEYS, panel))

    def action_leave(self, again: bool) -> None:
        """Close; what was done here is forgotten."""
        self.dismiss(again)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep the focus of these panels from the trainer below."""
        event.stop()

    @on(Panel.Selected)
    def follow(self, message: Panel.Selected) -> None:
        """Select the same entry everywhere on both sides."""
        message.stop()
        if message.position is None:
            return
        self._selected = message.position
        for panel in self.query(Panel):
            if isinstance(panel, NetworkPanel) and panel is not message.panel:
                panel.mark(message.position)
            else:
                self._mark(panel)

    def _mark(self, panel: Panel[Frame]) -> None:
        """Select the selected entry in a list; one that is out of sight does so when it is drawn again."""
        if isinstance(panel, EntriesPanel) and panel.is_on_screen and panel.selected != self._selected:
            panel.select(self._selected)

    @on(PredictionPanel.Looked)
    def look(self, message: PredictionPanel.Looked) -> None:
        """Show the same of both predictions."""
        message.stop()
        for panel in self.query(PredictionPanel):
            panel.follow(message.look)


def _sentence(found: Comparison, columns: int) -> str:
    """Say in one line where two runs part first, and how far apart they are now: as much as there is room for."""
    if found.first_difference is None:
        return f"the same so far, but for rounding   loss {four_digits(found.losses[0])}"
    one, other = found.losses
    tensors = ", ".join(found.tensors[:_TENSORS]) + (" …" if len(found.tensors) > _TENSORS else "")
    parts = [f"they part at step {found.first_difference:,}" + (f" in {tensors}" if tensors else "")]
    parts.append(f"loss {four_digits(one)} and {four_digits(other)} ({signed(other - one, 0)})")
    if found.parameter is not None:
        parts.append(f"{found.parameter[0]} is {four_digits(found.parameter[1])} apart")
    if found.answer is not None:
        parts.append(f"answers up to {four_digits(found.answer)} apart")
    while len(parts) > 2 and len("   ".join(parts)) > columns:
        parts.pop()
    return "   ".join(parts)
