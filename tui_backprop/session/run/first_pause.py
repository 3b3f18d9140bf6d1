"""Where the first run of a sitting pauses by itself: at something that a newcomer would run past."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui_backprop.diagnosis.findings.finding import Finding

_TURNS = {"plateau", "stuck-at-constant", "done"}  # beside all that are errors


def reason_to_pause(findings: Sequence[Finding], known: Iterable[str]) -> Finding | None:
    """Return the first new finding that is an error, a plateau or the end of learning; None where there is none.

    Args:
        findings: those of the present step, the worst first.
        known: ids of those that were there when the run set out.
    """
    before = set(known)
    return next(
        (one for one in findings if (one.severity == "error" or one.id in _TURNS) and one.id not in before), None
    )
