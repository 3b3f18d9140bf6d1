"""The check of a script: run, read, judged, its wrong lines found and mended, and other causes looked for."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tui_backprop.scripts.answering.answer import Answer, BackwardLine
from tui_backprop.scripts.answering.text import derivative_text
from tui_backprop.scripts.answering.wording import (
    expression_at,
    file_text,
    lines_text,
    mistake_at,
    module_of,
    named_place,
    shown_name,
    value_name,
)
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.table import find_causes
from tui_backprop.scripts.examining import examined
from tui_backprop.scripts.mending.fix import mend_mistakes
from tui_backprop.scripts.parts import part
from tui_backprop.scripts.reading.errors import NoTrainingError, UnreadableError
from tui_backprop.scripts.reading.read_trace import read
from tui_backprop.scripts.reading.reading import Reading, parameters_by_name
from tui_backprop.scripts.reading.thresholds import threshold_line
from tui_backprop.scripts.recognition.perceptron import perceptron_of
from tui_backprop.scripts.recognition.samples import command_for, perceptron_samples
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.running.processes import ScriptProcesses
from tui_backprop.scripts.running.run import ScriptOptions, ScriptRun
from tui_backprop.scripts.source.foreign import left_to_a_library, surroundings
from tui_backprop.scripts.source.source import ScriptError, Source
from tui_backprop.scripts.source.trainings import trainings
from tui_backprop.scripts.training.constants import rate_constant
from tui_backprop.scripts.training.telling import follow_training, tell_training
from tui_backprop.scripts.verdict.comparison import SAME
from tui_backprop.scripts.verdict.differences import loss_difference_line

_NAMES, _FORMULA = 12, 40
"""Parameters that are named, and characters of a loss's formula that is shown."""


def check_script(
    source: Source, setting: ScriptOptions, *, mend: bool = True, begun: ScriptRun | None = None
) -> Answer:
    """Check a script; `begun` is its run, where it has begun already.

    Raises:
        ScriptError: it cannot be used.
        NoTrainingError: nothing is trained in it.
    """
    with _bounded(setting) as bounded:
        return answer_to(examined(source, bounded, begun=begun), mend=mend)


def checked_case(case: Case) -> Answer:
    """Answer a case that was examined, within the time and with the processes of a check of its own.

    Raises:
        NoTrainingError: nothing is trained in it.
    """
    usual = case.setting
    with _bounded(usual) as bounded:
        case.setting = bounded
        try:
            return answer_to(case)
        finally:
            case.setting = usual


@contextlib.contextmanager
def _bounded(setting: ScriptOptions) -> Iterator[ScriptOptions]:
    """Give a setting an end, and processes that wait for the next run until then; no number gives a warning."""
    with contextlib.ExitStack() as stack:
        processes = setting.processes or stack.enter_context(ScriptProcesses())
        until = min(setting.until, time.monotonic() + setting.limits.timeout)
        stack.enter_context(np.errstate(all="ignore"))  # what a diverging script computes is no warning of ours
        yield replace(setting, until=until, processes=processes)


def answer_to(case: Case, *, mend: bool = True) -> Answer:
    """Return the answer to a case that was examined.

    Raises:
        NoTrainingError: nothing is trained in it.
    """
    source = case.source
    answer = Answer(source.name)
    answer.notes += [*source.notes, *case.trace.notes, *surroundings(source.text)]
    if case.reading is None or case.examination is None:
        find_causes(case, answer)
        said = "no update of a parameter was followed" if answer.causes else _missing(case)
        if not answer.causes:
            answer.notes.insert(0, said)
        answer.summary = [said]
        return answer
    by_differences = loss_difference_line(case.reading)
    if by_differences is not None:
        raise NoTrainingError(
            f"line {by_differences} takes its gradient by differences of the loss: there is no backward pass in it to check"
        )
    _describe(case, answer)
    if case.examination.wrong:
        _explain(case, answer)
        if mend:
            with part(answer, "The search for a fix"):
                mend_mistakes(case, answer)
    with part(answer, "Running its own training on"):
        follow_training(case, answer)
    answer.summary.append(_followed_text(case, answer))
    _complete_samples(case, answer)
    find_causes(case, answer)
    with part(answer, "Telling what its own training does"):
        tell_training(case, answer)
    return answer


def _complete_samples(case: Case, answer: Answer) -> None:
    """Take the samples for all that there are, where its whole training met no others."""
    samples, followed = answer.samples, None if case.training is None else case.training.course.followed
    if samples is None or followed is None or samples.whole:
        return
    if followed.ended and followed.known == len(samples.inputs):
        answer.samples = replace(samples, whole=True)
        answer.recipe = command_for(answer.network, answer.samples, None)


def _followed_text(case: Case, answer: Answer) -> str:
    """Return how much was followed of what, and where its parameters change."""
    assert case.reading is not None  # noqa: S101  (there are parameters)
    reading, course = case.reading, None if case.training is None else case.training.course
    whole = "" if course is None or course.followed.reason != "end" else f"{course.followed.updates:,} "
    names = [shown_name(name) for name in parameters_by_name(reading, reading.steps[-1])]
    shown = ", ".join(names[:_NAMES]) + (f" and {len(names) - _NAMES} more" if len(names) > _NAMES else "")
    lines = {one["line"] for one in answer.parameters.values() if one["line"]}
    return (
        f"followed {len(reading.passes)} of its {whole}updates, with its random numbers seeded ({case.setting.seed}); "
        f"parameters {shown}, changed in {lines_text(lines)}"
    )


def _line_and_code(case: Case, line: int | None, record: int | None) -> str:
    """Return where a loss is computed, with its formula where that is short."""
    code = expression_at(case, case.trace.where[record]) if record is not None else None
    return f"line {line}" + (f": {code}" if code is not None and len(code) <= _FORMULA else "")


def _batch_text(batch: int) -> str:
    return "one sample a step" if batch == 1 else f"{batch} samples a step"


def _missing(case: Case) -> str:
    if case.reading is None:
        return unread_text(case)
    return _no_slope(case) or "no loss of its prediction has derivatives that could be computed"


def unread_text(case: Case) -> str:
    """Return why no training was recognised in a script.

    Raises:
        NoTrainingError: nothing is trained in it.
        ScriptError: it goes on without training anything.
    """
    if case.trace.reason == "time":
        limits = case.setting.limits
        raise ScriptError(
            f"{case.source.where(case.trace.more.get('line'))}: after {limits.seconds + limits.patience:g} s it is still "
            "here, and no training was seen: does a loop never end?"
        )
    try:
        read(case.trace)
    except NoTrainingError as error:
        raise NoTrainingError(_nothing_trained(case, str(error))) from None
    except UnreadableError as error:
        without_slope = _no_slope(case)
        if without_slope is not None:
            raise NoTrainingError(without_slope) from None
        return str(error)
    return "its training was not recognised"


def _nothing_trained(case: Case, said: str) -> str:
    library = left_to_a_library(case.source)
    if library is not None:
        return library.split(": ", 1)[1]
    if case.setting.line is not None:
        return f"--line {case.setting.line}: no training begins there, or none was seen; leave it out for the first one"
    return _no_slope(case) or said


def _no_slope(case: Case) -> str | None:
    """Return what is said of a perceptron rule; None where there is none."""
    line = threshold_line(Graph(case.trace))
    if line is None:
        return None
    return (
        f"line {line} takes for its prediction only on which side of a threshold a weighted sum is, which has no slope: "
        "this is the perceptron rule and not backpropagation, so there is no gradient to compare its updates with"
    )


def _which(case: Case, updates: set[int]) -> list[str]:
    """Return a note on which training was followed, where the script has several."""
    lines = trainings(case.source.text, updates)
    if len(lines) < 2:
        return []
    shown = ", ".join(map(str, lines))
    if case.setting.line is not None:
        return [f"It trains {len(lines)} times (lines {shown}); the one of line {case.setting.line} was followed."]
    return [f"It trains {len(lines)} times (lines {shown}); the first was followed, --line {lines[1]} takes another."]


def _describe(case: Case, answer: Answer) -> None:
    assert case.reading is not None  # noqa: S101  (asked before)
    assert case.examination is not None  # noqa: S101
    reading, examination, trace = case.reading, case.examination, case.trace
    answer.verdict = examination.verdict
    loss = examination.loss
    line = trace.line(loss.record) if loss.record is not None else None
    answer.loss = {"name": loss.name, "line": line, "inferred": loss.inferred}
    lines = {name: _update_line(reading, name) for name in examination.parameters}
    for name, one in examination.parameters.items():
        answer.parameters[shown_name(name)] = {
            "verdict": one.verdict,
            "relative_error": float(np.nan_to_num(one.error, nan=1.0, posinf=1e308)),
            "scale": one.scale if one.scale is not None and np.isfinite(one.scale) else None,
            "line": lines[name],
        }
    own_rate = _own_rate(case)
    said = "inferred from its error" if loss.inferred else _line_and_code(case, line, loss.record)
    answer.summary = [f"{loss.name} ({said})"]
    answer.notes += [*examination.notes, *_decays(case, own_rate)]
    answer.network = perceptron_of(case)
    if answer.network is not None:
        answer.samples = perceptron_samples(case, answer.network)
        answer.recipe = command_for(answer.network, answer.samples, None)
        answer.summary[0] = f"{answer.network.line}, {answer.summary[0]}, {_batch_text(answer.network.batch)}"
    if np.isfinite(own_rate) and not reading.steps[-1].feeds:  # else what was judged is no change with a rate
        answer.summary[0] += f", rate {own_rate:.4g}"
    made = [trace.place(update.record) for step in reading.steps for update in step.updates]
    answer.notes += _which(case, {at.line for at in made if at is not None and at.file == 0})
    if case.backward is not None:
        answer.backward = _backward_lines(case)


def _own_rate(case: Case) -> float:
    """Return the rate of the updates, as the script has it where an inferred loss is a multiple of the one that it means."""
    examination, reading = case.examination, case.reading
    assert examination is not None  # noqa: S101  (asked before)
    assert reading is not None  # noqa: S101
    found = rate_constant(case)[0] if examination.loss.inferred and np.isfinite(examination.rate) else None
    if found is None:
        return examination.rate
    shapes = [reading.graph.shape(one.prediction) for one in reading.steps[-1].residuals]
    sizes = {1, *(size for shape in shapes for size in shape)}  # of a batch, whose mean or sum the loss may be
    multiples = {size * factor for size in sizes for factor in (0.5, 1, 2)}
    ratio = found.value / examination.rate
    known = any(np.isclose(ratio, one, rtol=SAME) or np.isclose(ratio * one, 1, rtol=SAME) for one in multiples)
    return found.value if known else examination.rate


def _decays(case: Case, rate: float) -> list[str]:
    """Return a note on each share by which parameters shrink besides, as weight decay has it."""
    assert case.examination is not None  # noqa: S101  (asked before)
    shares: dict[str, list[str]] = {}
    for name, one in case.examination.parameters.items():
        if one.decay is not None:
            shares.setdefault(f"{one.decay:.3g} (weight decay, λ = {one.decay / rate:.3g})", []).append(
                shown_name(name)
            )
    return [
        f"Each update also shrinks {', '.join(names)} by a share of {share}, a penalty that its loss does not have."
        for share, names in shares.items()
    ]


def _update_line(reading: Reading, name: str) -> int | None:
    for step in reading.steps:
        for old, new in step.parameters.items():
            if reading.names[old] == name:
                for one in (new, *(update.record for update in step.updates)):
                    if reading.trace.line(one) is not None:
                        return reading.trace.line(one)
    return None


def _backward_lines(case: Case) -> list[BackwardLine]:
    """Return the named values of the backward pass, each with what it is, in the lines where they get their names."""
    backward, trace = case.backward, case.trace
    assert backward is not None  # noqa: S101  (asked before)
    wrong = {(at.file, at.line): w for w in case.wrong or [] for at in (trace.place(w.records[0]),) if at is not None}
    out: dict[tuple[int, int], BackwardLine] = {}
    for record in backward.records:
        labels = trace.labels.get(record)
        made = trace.place(record)
        if not labels or made is None or any(record == update.record for update in backward.step.updates):
            continue
        at = named_place(case, record) or made
        fault, key = wrong.get((made.file, made.line)), (at.file, at.line)
        found, later = backward.matches.get(record), backward.mended.get(record)
        text = file_text(case, at.file).splitlines()
        source = text[at.line - 1].strip() if at.line <= len(text) else labels[0][0]
        row = BackwardLine(at.line, labels[0][0], source, None, None, None, module_of(case, at.file))
        if fault is not None:
            # where only a part of the expression is wrong, what has the name is made from it
            meant = fault.targets[0] if later is None or record in fault.records else later.forward
            row.derivative, row.right = f"∂L/∂{value_name(case, meant)}", False
            if later is not None and later.forward == meant:
                row.factor = later.factor
        elif found is not None:
            row.derivative, row.factor, row.right = f"∂L/∂{value_name(case, found.forward)}", found.factor, True
        elif later is not None:
            row.later = derivative_text(f"∂L/∂{value_name(case, later.forward)}", later.factor)
        if key not in out or fault is not None or (found is not None and out[key].right is None):
            out[key] = row
    for row_key, row in _update_rows(case, {row.derivative for row in out.values()}):
        out.setdefault(row_key, row)
    return [out[key] for key in sorted(out)]


def _update_rows(case: Case, named: set[str | None]) -> Iterator[tuple[tuple[int, int], BackwardLine]]:
    """Yield the right updates in which a gradient is computed that has no name of its own, with their file and line."""
    backward, examination, trace = case.backward, case.examination, case.trace
    assert backward is not None  # noqa: S101  (asked before)
    assert examination is not None  # noqa: S101
    for old, new in backward.step.parameters.items():
        name, at = backward.reading.names[old], trace.place(new)
        judged, derivative = examination.parameters.get(name), f"∂L/∂{shown_name(name)}"
        known = judged is not None and judged.verdict in ("right", "scaled") and np.isfinite(examination.rate)
        if not known or at is None or derivative in named or old in backward.step.feeds:
            continue
        text = file_text(case, at.file).splitlines()
        if at.line <= len(text):
            factor = -examination.rate * ((judged.scale if judged is not None else None) or 1)
            source, module = text[at.line - 1].strip(), module_of(case, at.file)
            yield (at.file, at.line), BackwardLine(at.line, shown_name(name), source, derivative, factor, True, module)


def _explain(case: Case, answer: Answer) -> None:
    answer.mistakes += [mistake_at(case, place) for place in case.wrong or []]
