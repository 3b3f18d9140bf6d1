"""What every screen over the panels has: it ends once, and has a line for notices."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.css.query import NoMatches
from textual.message import Message
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widget import Widget
from textual.worker import Worker

from tui_backprop.ui.bars.status import StatusLine


class EndsOnce:
    """A screen whose first end counts.

    A key that was pressed before the screen was gone may reach it afterwards: the second of two quick `enter`. Textual would
    then end the screen below, and give the result twice.
    """

    ended = False
    """Whether it is gone, or about to be: what its widgets still say is not needed then."""

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """End with a result, unless it has ended already."""
        assert isinstance(self, Screen)  # noqa: S101  (it is one beside what it is mixed into)
        if self.app.screen is not self:
            return AwaitComplete()
        self.ended = True
        return Screen.dismiss(self, result)

    async def _on_message(self, message: Message) -> None:
        assert isinstance(self, Screen)  # noqa: S101  (it is one beside what it is mixed into)
        gone = self._closing or self._pruning
        from_a_widget = isinstance(message._sender, Widget) and not isinstance(message._sender, Screen)
        if gone and isinstance(message, events.Mount):  # the app ends: it was given no widgets
            return
        if not ((gone or self.ended) and from_a_widget):
            await super()._on_message(message)  # type: ignore[misc]


class Dialog(EndsOnce, ModalScreen[ScreenResultType]):
    """A box over the panels."""

    CSS_PATH: ClassVar[str] = str(Path(__file__).with_name("screens.tcss"))  # dialogs are in other folders as well

    def on_mount(self) -> None:
        """Have a line for notices below the box."""
        self.mount(StatusLine())


class Palette(EndsOnce, CommandPalette):
    """Textual's palette of commands."""

    def run_worker(self, work: Callable[[], Awaitable[Any]], *args: Any, **options: Any) -> Worker[Any]:  # type: ignore[override]
        """Search for commands; Textual lets the app crash where the palette is closed before its search has begun."""

        async def search() -> None:
            with contextlib.suppress(NoMatches):
                await work()

        return super().run_worker(search, *args, **options)
