"""All causes, in the order in which they are looked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_backprop.scripts.answer import Answer, Cause

if TYPE_CHECKING:
    from tui_backprop.scripts.checking import Case

CAUSES: dict[str, Callable[[Case, Answer], list[Cause]]] = {}
"""Each cause by its id."""


def find_causes(case: Case, answer: Answer) -> None:
    """Look for each cause and add what is found to the answer."""
    for look in CAUSES.values():
        answer.causes.extend(look(case, answer))
