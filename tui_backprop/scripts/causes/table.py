"""All causes, in the order in which they are looked for."""

from __future__ import annotations

from collections.abc import Callable

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.accumulated import sums_never_cleared
from tui_backprop.scripts.causes.answers import bias_needed, softmax_over_samples
from tui_backprop.scripts.causes.asked import asked_out_of_range
from tui_backprop.scripts.causes.broadcast import broadcast_targets, grown_parameters
from tui_backprop.scripts.causes.dropped import dropped_updates
from tui_backprop.scripts.causes.evaluation import broadcast_comparison, class_axis, untrained_weights
from tui_backprop.scripts.causes.fed import never_reached, one_sample, other_order
from tui_backprop.scripts.causes.mending import mend_cause
from tui_backprop.scripts.causes.model import monotone_floor
from tui_backprop.scripts.causes.optimizer import square_missing
from tui_backprop.scripts.causes.pace import rate_too_high, too_slow
from tui_backprop.scripts.causes.remade import made_again, no_effect, swapped_operator
from tui_backprop.scripts.causes.scaled import other_scale
from tui_backprop.scripts.causes.silent import dead_units
from tui_backprop.scripts.causes.start import equal_units, far_inputs, targets_out_of_range, whole_numbers
from tui_backprop.scripts.causes.unchanged import never_changed
from tui_backprop.scripts.causes.units import huge_weights, shared_rows, tiny_weights
from tui_backprop.scripts.parts import part

CAUSES: dict[str, Callable[[Case, Answer], list[Cause]]] = {
    "dropped": dropped_updates,
    "turned-sign": swapped_operator,
    "no-effect": no_effect,
    "never-changes": never_changed,
    "square-missing": square_missing,
    "other-scale": other_scale,
    "made-again": made_again,
    "shared-rows": shared_rows,
    "broadcast": broadcast_targets,
    "grown-parameter": grown_parameters,
    "softmax-axis": softmax_over_samples,
    "sums-never-cleared": sums_never_cleared,
    "whole-numbers": whole_numbers,
    "target-range": targets_out_of_range,
    "equal-units": equal_units,
    "huge-weights": huge_weights,
    "tiny-weights": tiny_weights,
    "dead-units": dead_units,
    "input-scale": far_inputs,
    "no-bias": bias_needed,
    "one-sample": one_sample,
    "never-reached": never_reached,
    "floor": monotone_floor,
    "asked-out-of-range": asked_out_of_range,
    "untrained-weights": untrained_weights,
    "class-axis": class_axis,
    "accuracy-shapes": broadcast_comparison,
    "rate-too-high": rate_too_high,
    "other-order": other_order,
    "too-slow": too_slow,
}
"""Each cause by its id, those that are seen in values before those that need trials."""


def find_causes(case: Case, answer: Answer) -> None:
    """Look for each cause and add what is found to the answer."""
    for name, look in CAUSES.items():
        found: list[Cause] = []
        with part(answer, f"The look for the cause {name}"):
            found = look(case, answer)
        for cause in found:
            if cause.fix is None:
                with part(answer, f"The search for a fix of {name}"):
                    mend_cause(case, answer, cause, look)
        answer.causes.extend(found)
