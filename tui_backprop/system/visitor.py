"""Whether the program runs for a visitor of a web page: then no file of the machine is for the user to name.

What the visitor brought is in a folder of its own, which the environment variable names, and may be read.
"""

from __future__ import annotations

import os

from tui_backprop.core.errors import InputError

VARIABLE = "TUI_BACKPROP_VISITOR"
"""The environment variable that says so, set by `tui-backprop serve`: the visitor's folder, or 1 where there is none."""


class VisitorError(InputError):
    """Something that a visitor may not do; the text is one sentence."""


def is_visitor() -> bool:
    """Whether the user is a visitor."""
    return VARIABLE in os.environ


def refuse_visitor(what: str, path: str = "") -> None:
    """Refuse a visitor what reads, runs or writes files of the machine.

    Args:
        what: what it is, for the sentence.
        path: what would be read; the visitor's own file is.

    Raises:
        VisitorError: the user is a visitor.
    """
    if is_visitor() and not (path and _is_own(path)):
        raise VisitorError(
            f"{what}: not here: this page has the built-in data sets and what you upload, and no other files"
        )


def _is_own(path: str) -> bool:
    """Whether a file is in the visitor's folder, or one of the program's own."""
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120  (pathlib takes long to load)
    folders = [package, os.path.join(os.path.dirname(package), "data")]  # noqa: PTH118, PTH120
    if os.path.isabs(os.environ[VARIABLE]):  # noqa: PTH117
        folders.append(os.path.realpath(os.environ[VARIABLE]))
    return any(os.path.realpath(path).startswith(folder + os.sep) for folder in folders)
