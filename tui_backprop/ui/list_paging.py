"""A gap of Textual's lists is closed: they fall when a page is turned before they have their place on the screen."""

from __future__ import annotations

from typing import Literal

from textual.widgets import OptionList

_whole = OptionList._move_page


def _move_page(self: OptionList, direction: Literal[-1, 1]) -> None:
    """Turn a page once there are lines: `page down` may come before the first layout, or in a terminal of no rows."""
    if self.scrollable_content_region and self.highlighted is not None:
        _whole(self, direction)


def close_gap() -> None:
    """Let every list of the app, the palette's and those of selections included, keep still until it is laid out."""
    OptionList._move_page = _move_page  # type: ignore[method-assign]
