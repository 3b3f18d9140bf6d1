"""Whether the program runs for a visitor of a web page: then no file of the machine is for the user to name."""

from __future__ import annotations

import os

from tui_backprop.core.errors import InputError

VARIABLE = "TUI_BACKPROP_VISITOR"
"""The environment variable that says so, set by `tui-backprop serve` for each visitor's process."""


class VisitorError(InputError):
    """Something that a visitor may not do; the text is one sentence."""


def is_visitor() -> bool:
    """Whether the user is a visitor."""
    return VARIABLE in os.environ


def refuse_visitor(what: str) -> None:
    """Refuse a visitor what reads, runs or writes files of the machine.

    Raises:
        VisitorError: the user is a visitor.
    """
    if is_visitor():
        raise VisitorError(f"{what}: not here: this page has the built-in data sets and no files of the machine")
