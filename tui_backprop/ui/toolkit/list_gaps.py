"""Two faults of Textual's lists are mended.

They crash when a page is turned before they have their place on the screen, and at a click on a line that is there no more.
"""

from __future__ import annotations

from typing import Literal

from textual import events
from textual.widgets import OptionList

_whole, _clicked = OptionList._move_page, OptionList._on_click


def _move_page(self: OptionList, direction: Literal[-1, 1]) -> None:
    """Turn a page once there are lines: `page down` may come before the first layout, or in a terminal of no rows."""
    if self.scrollable_content_region and self.highlighted is not None:
        _whole(self, direction)


async def _on_click(self: OptionList, event: events.Click) -> None:
    """Choose the line that is clicked, unless the list has been filled again with fewer lines meanwhile."""
    if event.style.meta.get("option", -1) < self.option_count:
        await _clicked(self, event)


def close_gaps() -> None:
    """Mend every list of the app, those of the palette and of selections included."""
    OptionList._move_page = _move_page  # type: ignore[method-assign]
    OptionList._on_click = _on_click  # type: ignore[method-assign]
