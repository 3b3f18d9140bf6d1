"""A script's network carried over to the trainer: the same samples, loss, rate and parameters."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path

import numpy as np

from tui_backprop.scripts.answering.wording import shown_name
from tui_backprop.scripts.recognition.perceptron import layers_of
from tui_backprop.scripts.recognition.samples import command_for
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.texts import read_texts
from tui_backprop.session.script_run.opened import OpenedScript
from tui_backprop.session.session import Session

_MOST = 20_000  # parameters that are set one by one


def carried_over(script: OpenedScript, folder: Path) -> Session:
    """Return a session of the trainer with the script's network as it is before the update that is shown.

    `folder` is where its samples are written, where they are no built-in set.

    Raises:
        ValueError: why it is not possible, in one sentence.
        InputError: the trainer cannot run it.
    """
    answer = script.version.answer
    if answer is None:
        raise ValueError("the check is not over yet: what network it is will be known then")
    if answer.network is None or answer.samples is None:
        raise ValueError("it is not recognised as a perceptron with samples: it cannot be carried over")
    command = answer.recipe
    if command is None:
        file = folder / "samples.csv"
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([answer.samples.header, *answer.samples.rows])
        command = command_for(answer.network, answer.samples, str(file))
    if command is None:
        raise ValueError("the trainer has no run like it: its optimizer, its rate or its samples cannot be told")
    session = Session(_recipe(command))
    parameters = _parameters(script, session)
    if parameters:
        session.change(parameters)
    return session


def _recipe(command: str) -> Recipe:
    """Return the recipe of a command `tui-backprop SOURCE --option value …`."""
    source, *words = shlex.split(command)[1:]
    texts = {
        flag.removeprefix("--").replace("-", "_"): [text] for flag, text in zip(words[::2], words[1::2], strict=True)
    }
    return Recipe(source=source, **read_texts(texts))


def _parameters(script: OpenedScript, session: Session) -> dict[str, float]:
    """Return the values of the script's parameters, by the names of the trainer's."""
    window, case = script.frame.window, script.version.case
    if window is None or case is None or case.reading is None:
        return {}
    reading = case.reading
    values = {one.name: one.value for one in window.parameters}
    found: dict[str, float] = {}
    for number, layer in enumerate(layers_of(reading.graph, reading.steps[-1]), start=1):
        for name, record in ((f"w{number}", layer.weights), (f"b{number}", layer.bias)):
            theirs = values.get(shown_name(reading.names[record]))
            tensor = next(one for one in session.problem.network.tensors if one.name == name)
            if theirs is None or theirs.size != tensor.size or len(found) > _MOST:
                raise ValueError(f"the values of {name} cannot be told: it cannot be carried over")
            turned = tensor.is_weight and not layer.rows
            ours = np.reshape(theirs, tensor.shape[::-1]).T if turned else np.reshape(theirs, tensor.shape)
            found |= {tensor.entry_name(n): float(value) for n, value in enumerate(ours.ravel())}
    return found
