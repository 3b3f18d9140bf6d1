"""What the conditions of a lesson can name: all that a run's can, and what the reader has done and set."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from tui_backprop.session.conditions import Expression, Word
from tui_backprop.session.recipe.fields import BY_NAME
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.run.moment import OF_GRADIENTS, RunMoment
from tui_backprop.session.session import Session

_RUN = {"loss", "accuracy", "test_loss", "test_accuracy", "step", "epoch", "rate", "parameters", *OF_GRADIENTS}
_ARRAY = re.compile(r"(w|b|z|a|delta)[1-9][0-9]*")
_OWN = {
    "branches", "diverged", "edits", "findings", "inside", "last_step", "lowest_test_loss", "panel", "pressed", "probe",
    "wrong_gradients",
}  # fmt: skip
_FIELDS = {"source", *BY_NAME} - _RUN - _OWN  # loss and probe are the run's, not what the recipe says
_KNOWN = _RUN | _OWN | _FIELDS


class LessonMoment:
    """One moment of a session as the checks of a lesson see it.

    Beside what a run's conditions may name there are the recipe's fields, as numbers or as words (`lr == 0.1`,
    `rule == "exact"`, `hidden == "8,8"`; `loss` and `probe` are the run's);
    `panel`, the panel that was gone to, and `pressed`, the keys pressed since the screen began (`"c" in pressed`);
    `probe`, ŷ of each input asked about, (probes,) or (probes, outputs); `inside`, the phase in progress, or `"none"`;
    `wrong_gradients`, how many entries of the update to look at are wrong;
    `findings`, the ids of what can be said of the run (`"non-finite" in findings`); `diverged`;
    `lowest_test_loss` of the curve; `last_step`, and `branches` and `edits`, counted.
    """

    def __init__(self, session: Session, panel: str, pressed: frozenset[str], run: RunMoment | None = None) -> None:
        self._session, self._panel, self._pressed = session, panel, pressed
        now = session.current
        self._run = run or RunMoment(now.segment, now.state, now.moment, live=True)

    @property
    def names(self) -> tuple[str, ...]:
        """What a condition may name."""
        return (*self._run.names, *sorted(_FIELDS | _OWN))

    def value(self, name: str) -> Any:
        """Return what a name stands for: a number, an array, a word, or a set of words."""
        session = self._session
        if name in _FIELDS:
            return _field(session.recipe, name)
        match name:
            case "branches":
                return len(session.branches)
            case "edits":
                return len(session.current.edits)
            case "diverged":
                return session.current.divergence is not None
            case "findings":
                return frozenset(Word(finding.id) for finding in session.findings())
            case "inside":
                return Word("none" if session.inside is None else session.inside.title)
            case "last_step":
                return session.last_step
            case "lowest_test_loss":
                test = session.curve.test
                return float("nan") if test is None else float(np.nanmin(test))
            case "panel":
                return Word(self._panel)
            case "pressed":
                return frozenset(map(Word, self._pressed))
            case "probe":
                answers = np.array([probe.now for probe in session.frame().probes])
                return answers[:, 0] if answers.ndim == 2 and answers.shape[1] == 1 else answers
            case "wrong_gradients":
                return session.judgement().counts()["wrong"]
        return self._run.value(name)

    def epochs_ago(self, count: int) -> LessonMoment | None:
        """Return the moment at the end of an earlier epoch, 0 for the last that ended; None where there is none."""
        earlier = self._run.epochs_ago(count)
        return None if earlier is None else LessonMoment(self._session, self._panel, self._pressed, earlier)


def _field(recipe: Recipe, name: str) -> float | Word:
    value = getattr(recipe, name)
    return value if isinstance(value, int | float) else Word(value if name == "source" else BY_NAME[name].write(value))


def unknown_names(expression: Expression) -> list[str]:
    """Return the names in it that no moment of a lesson has, whatever the network."""
    return sorted(name for name in expression.names if name not in _KNOWN and not _ARRAY.fullmatch(name))
