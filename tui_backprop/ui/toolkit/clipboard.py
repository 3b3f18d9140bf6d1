"""The clipboard: by the terminal's own escape sequence, which works over ssh, and by the system's where there is one."""

from __future__ import annotations

import contextlib
from typing import Any

from textual.app import App


def to_clipboard(app: App[Any], text: str) -> None:
    """Put a text on the clipboard of the terminal's user."""
    app.copy_to_clipboard(text)
    if app.is_headless or app.is_web:
        return
    import pyperclip  # noqa: PLC0415  (it looks for programs when it is loaded)

    with contextlib.suppress(
        pyperclip.PyperclipException
    ):  # no such program here: the terminal may still have taken it
        pyperclip.copy(text)
