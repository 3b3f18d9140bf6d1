"""The backward rules by name: the chain rule, the formulas of the original case, and the gallery of single mistakes."""

from __future__ import annotations

from tui_backprop.core.backward import Rule, exact, posted
from tui_backprop.core.mistakes.gallery import MISTAKES

RULES: dict[str, Rule] = {"exact": exact, "posted": posted, **MISTAKES}
"""Every rule by name; only `exact` is right."""


def describe(name: str) -> tuple[str, str]:
    """Return what a rule does, and what comes of it, each in one sentence.

    Raises:
        KeyError: there is no such rule.
    """
    if name == "exact":
        return "the chain rule", "the gradient of the loss: every check agrees"
    if name == "posted":
        return (
            "the original case: weight-for-input and error-carried-back together",
            "whatever it is asked, it gives nearly the same answer",
        )
    mistake = MISTAKES[name]
    return mistake.sentence, mistake.effect
