"""The check of a script: run, read, judged, its wrong lines found and mended, and other causes looked for."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_backprop.scripts.answer import Answer, BackwardLine
from tui_backprop.scripts.backward import Backward, WrongPlace, backward_of, wrong_places
from tui_backprop.scripts.causes.table import find_causes
from tui_backprop.scripts.reading.reading import Reading, UnreadableError, grouped, read
from tui_backprop.scripts.running import Setting, run_trace
from tui_backprop.scripts.source import ScriptError, Source
from tui_backprop.scripts.trace import Trace
from tui_backprop.scripts.verdict import Examination, best_examination, draws_of
from tui_backprop.scripts.wording import mistake_at, shown_name, value_name


@dataclass(slots=True)
class Case:
    """What is known of a script after its gradients were judged."""

    source: Source
    setting: Setting
    trace: Trace
    reading: Reading | None = None
    examination: Examination | None = None
    backward: Backward | None = None
    wrong: list[WrongPlace] | None = None


def check_script(source: Source, setting: Setting, *, mend: bool = True, line: int | None = None) -> Answer:
    """Check a script.

    Raises:
        ScriptError: it cannot be used.
    """
    case = examined(source, setting)
    answer = Answer(source.name)
    answer.notes += [*source.notes, *case.trace.notes]
    if case.reading is None or case.examination is None:
        find_causes(case, answer)
        if not answer.causes:
            answer.notes.insert(0, _missing(case))
        answer.summary = [_missing(case)]
        return answer
    _describe(case, answer)
    if case.examination.wrong:
        _explain(case, answer)
        if mend:
            from tui_backprop.scripts.fix import mend_mistakes

            mend_mistakes(case, answer)
    find_causes(case, answer)
    return answer


def examined(source: Source, setting: Setting) -> Case:
    """Run a script, read its trace and judge its parameters."""
    try:
        ast.parse(source.text)
    except SyntaxError as error:
        raise ScriptError(f"{source.name}:{error.lineno}: this is not Python: {error.msg}") from None
    trace = run_trace(source, setting)
    case = Case(source, setting, trace)
    _usable(case)
    try:
        case.reading = read(trace)
    except UnreadableError:
        return case
    draws, problems = draws_of(case.reading)
    case.examination = best_examination(case.reading, draws)
    trace.notes.extend(f"It could not be computed again at other values: {one}." for one in problems[:1])
    if case.examination is not None and case.examination.wrong:
        case.backward = backward_of(case.reading, case.examination)
        if case.backward is not None:
            case.wrong = wrong_places(case.backward, case.examination)
    elif case.examination is not None:
        case.backward = backward_of(case.reading, case.examination)
    return case


def _usable(case: Case) -> None:
    """Refuse a script that failed before it trained.

    Raises:
        ScriptError: with what failed and what to do.
    """
    error = case.trace.error
    if error is None or len(case.trace) > 200:
        if error is not None:
            where = f"line {error['line']}" if error["line"] else "its run"
            case.trace.notes.append(f"It ended with an error in {where}: {error['type']}: {error['text']}")
        return
    place = f"{case.source.name}:{error['line']}" if error["line"] else case.source.name
    if error["type"] in ("ModuleNotFoundError", "ImportError") and error["module"]:
        raise ScriptError(
            f"{place}: it needs the module {error['module']}, which is not here; run it with your own interpreter: --python PATH"
        )
    if error["type"] == "FileNotFoundError":
        raise ScriptError(f"{place}: a file that it reads is not there ({error['text']}); put it beside the script")
    raise ScriptError(f"{place}: it ends with {error['type']}: {error['text']}")


def _missing(case: Case) -> str:
    if case.reading is None:
        try:
            read(case.trace)
        except UnreadableError as error:
            return str(error)
    return "no loss of its prediction has derivatives that could be computed"


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
    rate = f", rate {examination.rate:.4g}" if np.isfinite(examination.rate) else ""
    said = "inferred from its error" if loss.inferred else f"line {line}"
    answer.summary = [
        f"{loss.name} ({said}){rate}",
        f"followed {len(reading.passes)} of its updates, with its random numbers seeded ({case.setting.seed}); "
        f"parameters {', '.join(shown_name(n) for n in list(grouped(reading, reading.steps[-1]))[:12])}, changed in "
        f"{_lines_text({line for line in lines.values() if line})}",
    ]
    answer.notes += examination.notes
    if case.backward is not None:
        answer.backward = _backward_lines(case)


def _lines_text(lines: set[int]) -> str:
    return f"line{'s' if len(lines) > 1 else ''} " + ", ".join(map(str, sorted(lines)))


def _update_line(reading: Reading, name: str) -> int | None:
    for step in reading.steps:
        for old, new in step.parameters.items():
            if reading.names[old] == name:
                for one in (new, *(update.record for update in step.updates)):
                    if reading.trace.line(one) is not None:
                        return reading.trace.line(one)
    return None


def _backward_lines(case: Case) -> list[BackwardLine]:
    """Return the named values of the backward pass, each with what it is."""
    backward, trace = case.backward, case.trace
    assert backward is not None  # noqa: S101  (asked before)
    wrong = {trace.line(w.records[0]): w for w in case.wrong or []}
    out: dict[int, BackwardLine] = {}
    for record in backward.records:
        labels = trace.labels.get(record)
        line = trace.line(record)
        if not labels or line is None:
            continue
        label = labels[0][0]
        if any(record == update.record for update in backward.step.updates):
            continue
        found = backward.matches.get(record)
        source = case.source.line(line) if trace.place(record).file == 0 else label  # type: ignore[union-attr]
        if line in wrong:
            target = wrong[line].targets[0]
            out[line] = BackwardLine(line, label, source, f"∂L/∂{value_name(case, target)}", None, False)
        elif found is not None and line not in out:
            name = value_name(case, found.forward)
            out[line] = BackwardLine(line, label, source, f"∂L/∂{name}", found.factor, True)
        elif line not in out:
            out[line] = BackwardLine(line, label, source, None, None, None)
    return [out[line] for line in sorted(out)]


def _explain(case: Case, answer: Answer) -> None:
    answer.mistakes += [mistake_at(case, place) for place in case.wrong or []]


__all__ = ["Any", "Case", "check_script", "examined"]
