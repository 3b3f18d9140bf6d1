"""What every app of panels has: layouts, tabs, the panel that keys go to, and its keys as commands of the palette."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import SystemCommand
from textual.screen import Screen
from textual.widgets import Static

from tui_backprop.ui.base_app import BaseApp
from tui_backprop.ui.layout import (
    LAYOUTS,
    SMALLEST,
    Layout,
    PanelName,
    Places,
    behind,
    fitted_tabs,
    in_front,
    layout_for,
)
from tui_backprop.ui.panels.panel import Panel

_SWITCH = 0.0005  # seconds after which Python lets another thread in: Textual reads the keyboard in one


class PanelsApp(BaseApp):
    """Panels that share the screen: all at once where there is room, as tabs where there is not."""

    PANELS: ClassVar[Sequence[PanelName]] = ()
    """The panels, in the order of the tab bar."""
    PLACES: ClassVar[Mapping[Layout, Places]] = {}
    """Where they are in each layout."""

    def __init__(self) -> None:
        super().__init__()
        self.active = self.PANELS[0].id
        """The panel that keys go to."""
        self.chosen: tuple[str, ...] = (self.active,)
        """The panels that were gone to, the last one last: where several share a place, the last one is seen."""
        self._layout: Layout = "grid"
        self._columns = 0  # of the terminal, as it was laid out for: `size` may be the one before for a moment
        self._redraw_due = False
        self._dimmed: object = None

    def begin_panels(self) -> None:
        """Give the panels their places, and the keys to the first one; called once they are mounted."""
        sys.setswitchinterval(_SWITCH)
        self.lay_out(self.size.width, self.size.height)
        self.action_panel(self.active)

    @staticmethod
    def too_small() -> Static:
        """Return what is shown in place of the panels where the terminal is too small for them."""
        columns, rows = SMALLEST
        return Static(f"tui-backprop needs at least {columns} × {rows} characters", id="small", markup=False)

    def dim(self, state: object) -> None:
        """Let the footer dim what cannot be done now, if what decides that has changed: it takes long to build."""
        if state != self._dimmed:
            self._dimmed = state
            self.refresh_bindings()

    def redraw(self) -> None:
        """Take a frame and show it; what was due is done."""
        raise NotImplementedError

    def redraw_soon(self) -> None:
        """Draw once everything has its place, and once only however often it is asked for."""
        if not self._redraw_due:
            self._redraw_due = True
            self.call_after_refresh(self.redraw)

    def on_ready(self) -> None:
        """Take what was made for the start out of the collector's rounds: it stays, and one round over it is a frame late.

        Only the app that a terminal has: what it leaves behind when it ends is never collected.
        """
        if not self.is_headless:
            gc.collect()
            gc.freeze()

    # Where the panels are.

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout made for the new size."""
        self.lay_out(event.size.width, event.size.height)

    def layout_at(self, columns: int, rows: int) -> Layout:
        """Return the layout made for a size; tabs where the app has no place for four panels."""
        found = layout_for(columns, rows)
        return found if found in self.PLACES else "tabs"

    def lay_out(self, columns: int, rows: int) -> None:
        """Choose the layout made for a size."""
        self._layout, self._columns = self.layout_at(columns, rows), columns
        if self._layout == "tiny":
            self.screen_stack[0].minimize()
        for name in LAYOUTS:
            self.screen_stack[0].set_class(name == self._layout, f"size-{name}")
        self.arrange()

    def action_panel(self, name: str) -> None:
        """Go to a panel, and bring it to the front where others share its place."""
        self.active = name
        self.bring_to_front(name)
        self.screen_stack[0].query_one(f"#{name}", Panel).focus()

    def is_in_sight(self, panel: Panel[Any]) -> bool:
        """Whether a panel is seen, or will be as soon as it has been given its place in front."""
        maximised = self.screen_stack[0].maximized
        return panel.is_on_screen or (panel.has_class("front") if maximised is None else panel is maximised)

    def bring_to_front(self, name: str) -> None:
        """Let a panel be seen where others share its place; the keys go where they went before."""
        self.chosen = (*(one for one in self.chosen if one != name), name)
        self.arrange()

    def arrange(self) -> None:
        """Show the panels that are in front, each with the names of those behind it, and the tab bar."""
        base = self.screen_stack[0]
        tabs, places = self._layout in ("tabs", "small"), self.PLACES[self._layout]
        front = in_front(places, (*self.chosen, self.active) if self._layout == "tabs" else self.chosen)
        names = {panel.id: panel for panel in self.PANELS}
        panel: Panel[Any]
        for panel in base.query(Panel):
            name = str(panel.id)
            panel.set_class(name == self.active, "active")
            panel.set_class(name in front, "front")
            panel.behind = () if tabs else tuple(names[other] for other in behind(places, name))
            if base.maximized is not None and name == self.active:
                base.maximize(panel, container=False)
        styles = {one.id: "bold reverse" if one.id == self.active else "bold underline" for one in self.PANELS}
        shown = (Text(tab, style=styles[one.id] if one.id in front else "") for one, tab in self._tabs())
        base.query_one("#tabs", Static).update(Text(" ", no_wrap=True).join(shown))
        self.redraw_soon()

    def _tabs(self) -> list[tuple[PanelName, str]]:
        """Return the panels with what the tab bar has of each.

        Panels that are always in sight need no tab, except over a panel that has the whole screen.
        """
        places = self.PLACES[self._layout]
        shared = [one for one in self.PANELS if behind(places, one.id)]
        panels = shared if shared and self.screen_stack[0].maximized is None else list(self.PANELS)
        shown = fitted_tabs(panels, self._columns, " ", self.active) or [one.key for one in panels]
        return list(zip(panels, shown, strict=True))

    @on(events.Click, "#tabs")
    def choose_tab(self, event: events.Click) -> None:
        """Go to the tab that was clicked."""
        at = 0
        for panel, tab in self._tabs():
            at += len(tab) + 1
            if event.x < at:
                self.action_panel(panel.id)
                return

    @on(Panel.Wanted)
    def go_to_wanted(self, message: Panel.Wanted) -> None:
        """Go to the panel whose name was pressed in the border of one that shares its place."""
        self.action_panel(message.name)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep the active panel the focused one; the focus may have gone on while the event was on its way."""
        panel = event.widget
        if not self.screen_stack or panel is not self.screen_stack[0].focused:  # the first: it is about to end
            return
        if isinstance(panel, Panel) and panel.id is not None and panel.id != self.active:
            self.active = panel.id
            self.bring_to_front(panel.id)

    def action_maximise(self) -> None:
        """Give the focused panel the whole screen, or take it back."""
        screen = self.screen
        if screen.maximized is not None:
            screen.minimize()
        else:
            screen.maximize(self.screen_stack[0].query_one(f"#{self.active}", Panel))
        self.redraw_soon()

    # Keys.

    def action_show_keys(self) -> None:
        """Open the list of keys."""
        from tui_backprop.ui.screens.keys import KeysScreen  # noqa: PLC0415  (loaded when it is first opened)

        panel = self.focused if isinstance(self.focused, Panel) else None
        self.push_screen(KeysScreen(self.KEYS, panel))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep the panels' keys away from the screens over them."""
        own = {key.action.partition("(")[0] for key in self.KEYS} - {"quit", "save", "suspend_process"}
        return not (action in own and len(self.screen_stack) > 1)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every key by name."""
        yield from super().get_system_commands(screen)
        for key in self.KEYS:
            if key.action != "quit":
                yield SystemCommand(f"{key.label} ({key.shown})", key.help, lambda key=key: self._run_key(key.action))

    async def _run_key(self, action: str) -> None:
        await self.run_action(action)
