"""Parts of a check that may fail without taking the rest of the answer with them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.answering.answer import Answer

RAISE = "TUI_BACKPROP_RAISE"
"""The variable of the environment with which a failing part is raised; the tests and their scorer set it."""


@contextmanager
def part(answer: Answer, what: str) -> Iterator[None]:
    """Do a part of a check; where it fails unexpectedly, say so in the answer and go on.

    Raises:
        InputError: the script cannot be used.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        if os.environ.get(RAISE):
            raise
        answer.notes.append(
            f"{what} failed ({type(error).__name__}), which is a mistake in tui-backprop, not in your script; "
            "the rest of the answer does not depend on it."
        )
