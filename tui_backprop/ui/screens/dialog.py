"""What every screen over the panels has: it ends once, and has a line for notices."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.css.query import NoMatches
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.worker import Worker

from tui_backprop.ui.status import StatusLine


class EndsOnce:
    """A screen whose first end counts.

    A key that was pressed before the screen was gone may reach it afterwards: the second of two quick `enter`. Textual would
    then end the screen below, and give the result twice.
    """

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """End with a result, unless it has ended already."""
        assert isinstance(self, Screen)  # noqa: S101  (it is one beside what it is mixed into)
        return Screen.dismiss(self, result) if self.app.screen is self else AwaitComplete.nothing()


class Dialog(EndsOnce, ModalScreen[ScreenResultType]):
    """A box over the panels."""

    CSS_PATH: ClassVar[str] = "screens.tcss"

    def on_mount(self) -> None:
        """Have a line for notices below the box."""
        self.mount(StatusLine())


class Palette(EndsOnce, CommandPalette):
    """Textual's palette of commands."""

    def run_worker(self, work: Callable[[], Awaitable[Any]], *args: Any, **options: Any) -> Worker[Any]:  # type: ignore[override]
        """Search for commands; Textual lets the app fall where the palette is closed before its search has begun."""

        async def search() -> None:
            with contextlib.suppress(NoMatches):
                await work()

        return super().run_worker(search, *args, **options)
