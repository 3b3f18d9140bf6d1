"""All causes, in the order in which they are looked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_backprop.scripts.answer import Answer, Cause
from tui_backprop.scripts.causes.accumulated import sums_never_cleared
from tui_backprop.scripts.causes.asked import asked_out_of_range
from tui_backprop.scripts.causes.broadcast import broadcast_targets
from tui_backprop.scripts.causes.dropped import dropped_updates
from tui_backprop.scripts.causes.mending import mend_cause
from tui_backprop.scripts.causes.model import monotone_floor
from tui_backprop.scripts.causes.start import equal_units, far_inputs, targets_out_of_range, whole_numbers

if TYPE_CHECKING:
    from tui_backprop.scripts.case import Case

CAUSES: dict[str, Callable[[Case, Answer], list[Cause]]] = {
    "dropped": dropped_updates,
    "broadcast": broadcast_targets,
    "sums-never-cleared": sums_never_cleared,
    "whole-numbers": whole_numbers,
    "target-range": targets_out_of_range,
    "equal-units": equal_units,
    "input-scale": far_inputs,
    "floor": monotone_floor,
    "asked-out-of-range": asked_out_of_range,
}
"""Each cause by its id."""


def find_causes(case: Case, answer: Answer) -> None:
    """Look for each cause and add what is found to the answer."""
    for look in CAUSES.values():
        found = look(case, answer)
        for cause in found:
            mend_cause(case, answer, cause, look)
        answer.causes.extend(found)
