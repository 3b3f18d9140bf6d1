"""The report of a run as a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Parameters, Tensor
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.keep.one_line import command_of, differing
from tui_backprop.session.keep.page.html import Cell, command, html_page, html_table, paragraph, section
from tui_backprop.session.keep.page.pictures import loss_picture, network_figure, prediction_figures
from tui_backprop.session.keep.report import report
from tui_backprop.session.recipe.fields import FIELDS
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.run.run import Stop
from tui_backprop.session.session import Session
from tui_backprop.session.sweep.wording import counted
from tui_backprop.text.cleaning import clean
from tui_backprop.text.minus import minus

_ENTRIES = 400  # of a tensor that are all shown
_TEXT = 300  # characters of a text from outside
_DIGITS = 6


def exported(session: Session, suffix: str) -> bytes:
    """Return the report as a file; it has one form."""
    del suffix
    return run_page(session).encode()


def run_page(session: Session) -> str:
    """Return all that is known of a run at its present step, as one page of HTML."""
    frame = session.frame()
    found = report(session, Stop("steps", session.step), 0.0)
    name = clean(session.problem.dataset.name)
    parts = [
        *_summary(session, frame, found),
        section("To reproduce it", (command(line) for line in commands(session))),
        section("The loss", [loss_picture(frame)]),
        section("Findings", _findings(found)),
        section("What it answers", [*prediction_figures(frame), _probes(found)]),
        section("The network", [network_figure(frame)]),
        section("The recipe", [recipe_table(session.current.first_recipe, session.recipe), _edits(frame)]),
        section("Weights and biases", _parameters(frame)),
    ]
    return html_page(
        f"{name}: a network {session.problem.network.name} after {counted(session.step, 'step')}", filter(None, parts)
    )


def commands(session: Session) -> Iterator[str]:
    """Yield the command that opens this run in the trainer, and the one that makes it without a screen."""
    opened = command_of(session.current)
    yield opened
    steps = "" if session.step == session.recipe.steps else f" --steps {session.step}"
    yield f"{opened.replace('tui-backprop', 'tui-backprop run', 1)}{steps}"


def _summary(session: Session, frame: Frame, found: dict[str, Any]) -> Iterator[str]:
    recipe = session.recipe
    yield paragraph(
        f"{recipe.activation} → {recipe.output_activation}, loss {recipe.loss}, optimizer {recipe.optimizer} with "
        f"η {recipe.lr:g}, rule {clean(recipe.rule)}, seed {recipe.seed}; {found['epochs']:g} epochs."
    )
    rows = [
        [f"loss, {part}", _number(first), _number(found["loss"]["final"][part])]
        for part, first in found["loss"]["initial"].items()
        if first is not None or part == "train"
    ]
    rows += [
        [f"accuracy, {part}", "", f"{share:.1%}"] for part, share in found["accuracy"].items() if share is not None
    ]
    rows += [[f"loss, {line.name}", "", _number(line.loss)] for line in frame.reference]
    yield html_table(["", "at step 0", f"at step {session.step:,}"], rows, (1, 2))
    if session.problem.target_scaler.kind != "none":
        yield paragraph("Losses are those of the scaled targets; answers are in the units of the data.", "note")
    for notice in found["notes"]:
        yield paragraph(clean(notice, _TEXT), "note")


def _number(value: float | None) -> str:
    return "not finite" if value is None else minus(f"{value:.{_DIGITS}g}")


def _findings(found: dict[str, Any]) -> Iterator[str]:
    rows = [
        [
            (one["severity"], one["severity"]),
            one["id"],
            f"{_sentence(one['message'])} {_sentence(one['remedy'])}",
        ]
        for one in found["findings"]
    ]
    yield (
        html_table(["", "finding", "what was found, and what to do"], rows) if rows else paragraph("Nothing was found.")
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{clean(words[1:], _TEXT)}."


def _probes(found: dict[str, Any]) -> str:
    def listed(values: list[float | None]) -> str:
        return ", ".join(map(_number, values))

    rows = [[listed(one["input"]), listed(one["before"]), listed(one["after"])] for one in found["probes"]]
    return html_table(["asked", "at step 0", "now"], rows, (1, 2)) if rows else ""


def recipe_table(asked: Recipe, in_force: Recipe) -> str:
    """Return every field of a recipe; what was chosen differently from what the data set suggests is told."""
    chosen = differing(asked, suggested_recipe(asked.source, **vars(asked.reading)))
    rows = [["source", clean(asked.source, _TEXT), ""]]
    for field in FIELDS:
        text = field.write(getattr(in_force, field.name))
        rows.append([field.flag.removeprefix("--"), clean(text, _TEXT), "chosen" if field.name in chosen else ""])
    return html_table(["field", "value", ""], [row for row in rows if row[1]])


def _edits(frame: Frame) -> str:
    rows = [[f"{edit.step:,}", clean(edit.summary, _TEXT)] for edit in frame.edits]
    return html_table(["step", "change made on the way"], rows, (0,)) if rows else ""


def _parameters(frame: Frame) -> Iterator[str]:
    parameters = Parameters(frame.network, frame.state.parameters)
    rows = []
    for tensor in frame.network.tensors:
        values = parameters.vector[tensor.span]
        if tensor.size > _ENTRIES:
            rows.append(_in_short(tensor, values))
        else:
            yield _tensor(tensor, values.reshape(tensor.shape))
    if rows:
        yield html_table(["", "shape", "smallest", "mean", "largest"], rows, range(2, 5))
        yield paragraph(
            "All numbers of these: `tui-backprop run … --json`, or `tui-backprop export … --weights FILE.npz`.", "note"
        )


def _tensor(tensor: Tensor, values: Array) -> str:
    """Return a matrix with a row for each unit that it comes from, or a bias vector as one row."""
    matrix = np.atleast_2d(values)
    head = [tensor.name, *(f"to {j}" for j in range(matrix.shape[1]))]
    rows: list[list[Cell]] = [
        [
            (f"from {i}" if tensor.is_weight else "", "name"),
            *(minus(f"{value:.{_DIGITS}g}") for value in row),
        ]
        for i, row in enumerate(matrix.tolist())
    ]
    return html_table(head, rows, range(1, len(head)))


def _in_short(tensor: Tensor, values: Array) -> list[str]:
    numbers = (float(values.min()), float(values.mean()), float(values.max()))
    shape = " × ".join(map(str, tensor.shape))
    return [tensor.name, shape, *(minus(f"{value:.{_DIGITS}g}") for value in numbers)]
