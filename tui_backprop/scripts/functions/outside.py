"""What is known of a rule that is not ours, without the process that it runs in."""

from __future__ import annotations

from tui_backprop.core.backward import Rule


class OutsideRule:
    """A backward rule of the user's own, of which nothing is known but its gradients."""

    problem: str = ""
    """Why the newest call gave no gradients, one sentence; empty if it did."""


def problem_of(rule: Rule) -> str:
    """Return why a rule gave no gradients; empty where it did, and for every rule of ours."""
    return rule.problem if isinstance(rule, OutsideRule) else ""
