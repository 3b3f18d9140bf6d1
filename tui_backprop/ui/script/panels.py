"""The other panels of a script's screen: parameters, gradients, loss, prediction and findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_backprop.core.network import Tensor
from tui_backprop.scripts.answering.answer import Mistake
from tui_backprop.scripts.stepping.template import Sample
from tui_backprop.scripts.stepping.window import ParameterValues, Window
from tui_backprop.session.script_run.fixes import problem_lines
from tui_backprop.session.script_run.frame import ScriptFrame
from tui_backprop.session.script_run.version import Problem
from tui_backprop.ui.drawing.canvas import Canvas, CanvasLine
from tui_backprop.ui.drawing.charts.chart import Series, draw_chart, words
from tui_backprop.ui.drawing.numbers import four_digits, signed, signed_change
from tui_backprop.ui.panels.entries import EntriesPanel, heading_text
from tui_backprop.ui.panels.panel import CanvasPanel, PicturePanel
from tui_backprop.ui.theme import NEGATIVE, POSITIVE, SEVERITY_MARKS, SEVERITY_STYLES, sign_color

_NAME = 18
_MARKS = {
    "right": ("✓", POSITIVE),
    "scaled": ("~", NEGATIVE),
    "wrong": ("✗", f"bold {NEGATIVE}"),
    "unsure": ("?", "dim"),
}
_NO_TENSORS = (Tensor("", 1, 0, (1,)),)


class ScriptEntriesPanel(EntriesPanel[ScriptFrame]):
    """A row for each entry of their parameters, under their own names."""

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._of: Window | None = None
        self._made_of: tuple[Tensor, ...] = _NO_TENSORS

    def tensors(self, frame: ScriptFrame) -> tuple[Tensor, ...]:
        """Return theirs."""
        if frame.window is not self._of:
            self._of = frame.window
            found = tensors_of(frame.window)
            if found != self._made_of:
                self._made_of = found
        return self._made_of

    def line_count(self, frame: ScriptFrame) -> int:
        """Return the number of rows; one that says why there is nothing."""
        return super().line_count(frame) if frame.window is not None and frame.window.parameters else 1

    def line_at(self, frame: ScriptFrame, row: int) -> Text:
        """Return a row."""
        if frame.window is None or not frame.window.parameters:
            return Text(frame.following or "its gradients could not be judged", style="dim")
        return super().line_at(frame, row)

    def values(self, frame: ScriptFrame, tensor: Tensor) -> ParameterValues:
        """Return the values of a tensor."""
        assert frame.window is not None  # noqa: S101  (there are rows)
        return frame.window.parameters[tensor.layer - 1]

    def named(self, tensor: Tensor, index: int) -> Text:
        """Return an entry's name, in as many cells as the longest needs."""
        longest = max(len(one.entry_name(one.size - 1)) for one in self._made_of)
        return Text(f"{tensor.entry_name(index):<{min(longest, _NAME)}} ", no_wrap=True)


def tensors_of(window: Window | None) -> tuple[Tensor, ...]:
    """Return the parameters of an update, one after the other."""
    if window is None or not window.parameters:
        return _NO_TENSORS
    out, start = [], 0
    for number, one in enumerate(window.parameters, start=1):
        out.append(Tensor(one.name, number, start, one.shape or (1,)))
        start += out[-1].size
    return tuple(out)


class ScriptParametersPanel(ScriptEntriesPanel):
    """Value and change of each parameter."""

    name_shown = "Parameters"
    explained = "new"

    def heading(self, frame: ScriptFrame, tensor: Tensor) -> Text:
        """Return name, shape and length."""
        return heading_text(tensor, f"norm {four_digits(float(np.linalg.norm(self.values(frame, tensor).value)))}")

    def entry(self, frame: ScriptFrame, tensor: Tensor, index: int) -> Text:
        """Return name, value and change."""
        found = self.values(frame, tensor)
        value, moved = float(found.value[index]), float(found.change[index])
        line = self.named(tensor, index).append(signed(value), sign_color(value))
        return line.append("  Δ ", "dim").append(signed_change(moved), sign_color(moved) or "dim")


class ScriptGradientsPanel(ScriptEntriesPanel):
    """The gradient that their update descended, and the true one beside it."""

    name_shown = "Gradients"
    explained = "gradient"

    def prepare(self, frame: ScriptFrame) -> None:
        """Count the parameters that are wrong."""
        super().prepare(frame)
        found = [] if frame.window is None else frame.window.parameters
        wrong = sum(one.verdict == "wrong" for one in found)
        self.note(f"{wrong} of {len(found)} ✗" if wrong else f"✓ all {len(found)}" if found else "")

    def heading(self, frame: ScriptFrame, tensor: Tensor) -> Text:
        """Return name, shape, length and verdict."""
        found = self.values(frame, tensor)
        mark, style = _MARKS[found.verdict]
        return heading_text(tensor, f"norm {four_digits(float(np.linalg.norm(found.theirs)))}  ").append(mark, style)

    def entry(self, frame: ScriptFrame, tensor: Tensor, index: int) -> Text:
        """Return name, theirs, the true one, and the verdict on the parameter."""
        found = self.values(frame, tensor)
        theirs, true = float(found.theirs[index]), float(found.true[index])
        line = self.named(tensor, index).append(signed(theirs), sign_color(theirs)).append(" true ", "dim")
        line.append("        ·" if np.isnan(true) else signed(true), sign_color(true) if np.isfinite(true) else "dim")
        mark, style = _MARKS[found.verdict]
        return line.append(f"  {mark}", style)


class ScriptLossPanel(CanvasPanel[ScriptFrame]):
    """The loss over their samples: of this run, and dimmed those of the texts before."""

    name_shown = "Loss"

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self.log_axis = False
        """Whether the loss axis is logarithmic."""

    def canvas(self, frame: ScriptFrame) -> Canvas:
        """Draw the curves, and a mark where the update that is looked at is not the last."""
        marks = [frame.update] if 0 < frame.update < frame.last else []
        others = [Series(one.name, one.curve.steps, one.curve.train) for one in frame.others]
        loss = None if frame.answer is None else frame.answer.loss
        place = "" if loss is None or loss["inferred"] else f"line {frame.place(loss['line'], frame.script)}"
        named = [] if loss is None else [str(loss["name"]), place or "inferred"]
        self.note("  ".join([*named, *(["log"] if self.log_axis else [])]))
        size = (self.size.width, self.size.height)
        if frame.following:
            return words(size, frame.following)
        series = [Series("loss", frame.curve.steps, frame.curve.train)]
        references = _floors(frame)
        colored = self.drawn_in != "none"
        return draw_chart(series, references, marks, size, log=self.log_axis, others=others, colored=colored)


def _floors(frame: ScriptFrame) -> list[tuple[str, float]]:
    """Return what the model cannot go below, and the loss of one constant answer, where a cause tells them."""
    for one in frame.problems:
        evidence = getattr(one, "evidence", {})
        if "floor" in evidence and "constant" in evidence:
            return [("best constant", float(evidence["constant"])), ("floor", float(evidence["floor"]))]
    return []


class ScriptPredictionPanel(PicturePanel[ScriptFrame]):
    """What their network answers to the samples that it is trained on."""

    name_shown = "Prediction"

    def draw(self, frame: ScriptFrame) -> Sequence[CanvasLine]:
        """Write a row for each sample, and what it is asked about afterwards."""
        window = frame.window
        if window is None or not window.answers:
            self.note("")
            return [Text(frame.following or "its answers could not be computed again", style="dim")]
        lines: list[CanvasLine] = []
        for sample, predictions, _ in sorted(window.answers, key=_first_input):
            lines += _sample_lines(tuple(sample.inputs.values()), predictions, sample.targets)
        for one in frame.problems:
            if getattr(one, "id", "") == "asked-out-of-range":
                lines.append(Text(one.sentence, style=NEGATIVE))
        self.note(f"{len(lines):,} rows, scroll" if len(lines) > self.size.height else "")
        folded: list[CanvasLine] = []
        for line in lines:
            plainly = isinstance(line, Text) and not line.no_wrap
            folded += line.wrap(self.app.console, max(10, self.columns)) if plainly else [line]  # type: ignore[union-attr]
        return folded


def _first_input(answer: tuple[Sample, list[np.ndarray], float]) -> float:
    """Return what samples of one input are listed by; others keep their order."""
    inputs = list(answer[0].inputs.values())
    return float(inputs[0]) if len(inputs) == 1 and np.ndim(inputs[0]) == 0 else 0.0


_ROWS = 200  # rows of batches that are listed


def _sample_lines(
    inputs: tuple[Any, ...], predictions: list[np.ndarray], targets: tuple[np.ndarray, ...]
) -> list[Text]:
    out = []
    for prediction, target in zip(predictions, targets, strict=True):
        rows = prediction.reshape(len(prediction), -1) if prediction.ndim else prediction.reshape(1, 1)
        wanted = np.broadcast_to(target, prediction.shape).reshape(rows.shape)
        single = len(rows) == 1 or len(predictions) > 1
        for n in range(min(len(rows), _ROWS)):
            line = (
                Text("ŷ ", no_wrap=True)
                .append(_few(rows[n]), POSITIVE)
                .append("  y ", "dim")
                .append(_few(wanted[n]), "bold")
            )
            shown = (
                inputs if single else tuple(one for one in inputs if np.ndim(one) and len(np.asarray(one)) == len(rows))
            )
            flat = [np.ravel(np.asarray(one if single else np.asarray(one)[n], dtype=float)) for one in shown]
            if flat:
                line.append(f"  x {_few(np.concatenate(flat))}", "dim")
            out.append(line)
    return out


def _few(values: np.ndarray) -> str:
    few = [four_digits(float(value)) for value in values[:4]]
    return " ".join([*few, *(["…"] if len(values) > 4 else [])])


class ScriptFindingsPanel(PicturePanel[ScriptFrame]):
    """Mistakes, then what else keeps it from learning, the worst first; the selected one in full."""

    name_shown = "Findings"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "finding before", show=False),
        Binding("down", "move(1)", "finding after", show=False),
        Binding("enter", "choose", "go to its line", show=False),
    ]

    class Chosen(Message):
        """The line of a finding is wanted."""

        def __init__(self, problem: Problem) -> None:
            super().__init__()
            self.problem = problem

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._selected = ""

    def choose(self, frame: ScriptFrame) -> Problem | None:
        """Return the finding of a frame that the keys go to: the selected one, or else the worst."""
        return frame.problems[self._position(frame)] if frame.problems else None

    def _position(self, frame: ScriptFrame) -> int:
        keys = [one.sentence for one in frame.problems]
        return keys.index(self._selected) if self._selected in keys else 0

    def draw(self, frame: ScriptFrame) -> list[Text]:
        """Write the list, and below it the selected finding with its fix."""
        width = max(10, self.columns)
        notes = [folded for one in frame.notes for folded in Text(one, style="dim").wrap(self.app.console, width)]
        chosen = self.choose(frame)
        if chosen is None:
            self.note("")
            searched = "not checked" if frame.answer is None else "no problems found"
            waiting = "searching for mistakes and causes …" if frame.checking else searched
            return [Text(frame.following or waiting, style="dim"), *notes]
        self.note("enter goes to its line" + ("   ! applies the fix" if chosen.fix else ""))
        lines = []
        for one in frame.problems:
            line = _problem_line(frame, one)
            if one is chosen:
                line.stylize("reverse" if self.has_focus else "underline", 2, max(3, line.plain.find("  ", 2)))
            lines.append(line)
        detail = [folded for one in _detail(chosen) for folded in one.wrap(self.app.console, width)]
        return [*lines, Text("─" * width, style="dim"), *detail, *notes]

    def action_move(self, by: int) -> None:
        """Select another finding."""
        if self.frame is not None and self.frame.problems:
            at = min(max(self._position(self.frame) + by, 0), len(self.frame.problems) - 1)
            self._selected = self.frame.problems[at].sentence
            self.redraw()
            self.reveal(at)

    def action_choose(self) -> None:
        """Ask for the line of the selected finding."""
        chosen = None if self.frame is None else self.choose(self.frame)
        if chosen is not None:
            self.post_message(self.Chosen(chosen))

    def on_click(self, event: events.Click) -> None:
        """Select the finding that was clicked; a second click goes to its line."""
        row = self.scroll_offset.y + event.get_content_offset_capture(self).y
        if self.frame is not None and 0 <= row < len(self.frame.problems):
            again = self.frame.problems[row].sentence == self._selected
            self._selected = self.frame.problems[row].sentence
            self.redraw()
            if again:
                self.action_choose()


def _problem_line(frame: ScriptFrame, one: Problem) -> Text:
    severity = "error" if isinstance(one, Mistake) else one.severity
    lines = problem_lines(one)
    name = one.kind if isinstance(one, Mistake) else one.id
    file = one.file if isinstance(one, Mistake) else None  # a module of the script's
    place = "model" if name == "floor" else name
    if lines:
        place = f"line {frame.place(lines[0], frame.script)}" if file is None else f"{file}:{lines[0]}"
    sentence = one.sentence.partition(": ")[2] or one.sentence
    text = Text(no_wrap=True).append(f"{SEVERITY_MARKS[severity]} {place}", SEVERITY_STYLES[severity])
    return text.append(f"  {sentence}", "dim" if severity == "info" else "")


def _detail(one: Problem) -> list[Text]:
    """Return the sentence of a problem, and the lines of its fix before and after."""
    out = [Text(one.sentence)]
    for edit in one.fix["edits"] if one.fix else ():
        out += [Text(f"- {line}", NEGATIVE) for line in str(edit["old"]).split("\n")]
        out += [Text(f"+ {line}", POSITIVE) for line in str(edit["new"]).split("\n")]
    return out
