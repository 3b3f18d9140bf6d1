"""What every app has: how it ends after a crash, notices one at a time, and the keys that leave it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import App, ScreenStackError
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.message import Message
from textual.notifications import Notification
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from tui_backprop.core.errors import CrashError
from tui_backprop.system.settings import Settings, SettingsError
from tui_backprop.text.unknown import unknown
from tui_backprop.ui.bars.status import StatusLine
from tui_backprop.ui.keys import Key
from tui_backprop.ui.screens.dialog import Palette
from tui_backprop.ui.theme import SIXTEEN
from tui_backprop.ui.toolkit.glyphs import GlyphFilter
from tui_backprop.ui.toolkit.list_gaps import close_gaps


class BaseApp(App[None]):
    """An app that ends quietly after a crash, and shows one notice at a time."""

    TITLE = "tui-backprop"
    KEYS: ClassVar[Sequence[Key]] = ()
    """The keys, from which bindings, footer, help and palette are made."""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "help_quit", show=False, system=True, priority=True)]
    ALLOW_IN_MAXIMIZED_VIEW = "#header, #tabs, #said, #news, #timeline, StatusLine, Footer"

    def __init__(self) -> None:
        super().__init__()
        close_gaps()
        if self.console.color_system == "standard":
            self.set_reactive(App.ansi_theme_dark, SIXTEEN)
            self.set_reactive(App.ansi_theme_light, SIXTEEN)
            self._refresh_truecolor_filter(SIXTEEN)
        self._glyphs: tuple[LineFilter, ...] = ()
        self._newest: Notification | None = None
        self._ending = False
        self._forget: Timer | None = None

    def on_mount(self) -> None:
        """Hear of `fg`."""
        self.app_resume_signal.subscribe(self, self._repaint)

    def _repaint(self, _: object) -> None:
        """Paint all again after `fg`: the shell has written on the terminal, and Textual paints only what changes."""
        for screen in self.screen_stack:
            for widget in screen.walk_children(with_self=True):
                widget.refresh()

    # Settings.

    def apply_settings(self, settings: Settings) -> None:
        """Apply the user's settings, before the app runs.

        Raises:
            SettingsError: there is no such theme.
        """
        if settings.theme not in self.available_themes:
            raise SettingsError(f"settings: {unknown('theme', settings.theme, self.available_themes)}")
        self.theme = settings.theme
        self._glyphs = () if settings.glyphs == "braille" else (GlyphFilter(settings.glyphs),)
        self.KEYS = tuple(key.on(settings.keys.get(key.id, key.key)) for key in self.KEYS)  # type: ignore[misc]
        self.set_keymap(dict(settings.keys))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return the filters of every line: to the colours and the characters that the terminal has."""
        return [*super().get_line_filters(), *self._glyphs]

    # Crashes.

    def run(self, **options: Any) -> None:
        """Run until the user leaves.

        Raises:
            CrashError: it crashed; the terminal is as it was before.
            MemoryError: there was not enough memory.
        """
        super().run(**options)
        if isinstance(self._exception, MemoryError):
            raise self._exception
        if self._exception is not None:
            raise CrashError from self._exception

    def _handle_exception(self, error: Exception) -> None:
        """End at once and keep the error for `run`; Textual would write it on the terminal, with all values around it.

        While the screens are taken apart, a widget that was being made misses its parts: that is no crash.
        """
        if self._ending:
            return
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    async def _shutdown(self) -> None:
        self._ending = True
        await super()._shutdown()

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; keys and sizes are ignored while the screens are taken apart."""
        if self._ending and isinstance(event, events.InputEvent | events.Resize | events.Paste):
            return
        if isinstance(event, events.MouseDown) and self._is_gone(event.x, event.y):
            return
        await super().on_event(event)

    def _is_gone(self, x: int, y: int) -> bool:
        """Return whether what is seen at a place is being taken away; Textual would look for what it is in."""
        seen, _ = self.screen.get_widget_and_offset_at(x, y)
        return seen is not None and seen.parent is None and not isinstance(seen, Screen)

    async def _on_message(self, message: Message) -> None:
        """Handle a message; of those that come while the screens are taken apart, only Textual's own, which ends by them."""
        if not self._ending or type(message).__module__ in ("textual.events", "textual.messages"):
            await super()._on_message(message)

    # Notices.

    def tell(self, text: str) -> None:
        """Show a notice."""
        self.notify(text, markup=False)

    def refuse(self, error: Exception) -> None:
        """Show why something cannot be; all goes on as it was."""
        self.notify(str(error), severity="error", markup=False)

    def _refresh_notifications(self) -> None:
        """Show the newest notice in the status line of the screen on top; Textual would stack them over the panels."""
        newest = max(self._notifications, key=lambda one: one.raised_at, default=None)
        if newest is not None and (self._newest is None or newest.raised_at >= self._newest.raised_at):
            self._newest = newest
        shown = self._newest if self._newest is not None and self._newest in self._notifications else None
        if self._forget is not None:
            self._forget.stop()
        self._forget = (
            None if shown is None else self.set_timer(max(0.01, shown.time_left), self._refresh_notifications)
        )
        for line in self._status_lines():
            line.tell(shown)

    def _status_lines(self) -> Sequence[StatusLine]:
        """Return those of the uppermost screen that has any."""
        try:
            stack = self.screen_stack
        except ScreenStackError:
            return ()
        return next((found for screen in reversed(stack) if (found := tuple(screen.query(StatusLine)))), ())

    # Keys.

    def action_command_palette(self) -> None:
        """Open the palette of commands."""
        if self.use_command_palette and not any(isinstance(one, Palette) for one in self.screen_stack):
            self.push_screen(Palette())

    def action_help_quit(self) -> None:
        """Say which key leaves, for those who press `ctrl+c` to do so; selected text is copied as well."""
        field = self.focused if isinstance(self.focused, Input) else None
        selected = field.selected_text if field is not None else self.screen.get_selected_text()
        if selected:
            self.copy_to_clipboard(selected)
        leaves = next(key.shown for key in self.KEYS if key.action == "quit")
        first = "esc closes this, then " if field is not None else ""
        self.tell(f"{'copied; ' if selected else ''}{first}{leaves} leaves")
