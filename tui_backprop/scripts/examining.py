"""A script is run and its gradients are judged."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from typing import Any

from tui_backprop.scripts.answering.wording import file_text
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.reading.errors import UnreadableError
from tui_backprop.scripts.reading.read_trace import read
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.running.run import ScriptOptions, ScriptRun, run_trace
from tui_backprop.scripts.source.foreign import left_to_a_library
from tui_backprop.scripts.source.source import ScriptError, Source
from tui_backprop.scripts.trace import Trace
from tui_backprop.scripts.verdict.backward import backward_of
from tui_backprop.scripts.verdict.differences import allow_differences
from tui_backprop.scripts.verdict.verdict import best_examination, draws_of
from tui_backprop.scripts.verdict.wrong import wrong_places
from tui_backprop.text.syntax import parsed


def examined(source: Source, setting: ScriptOptions, *, explain: bool = True, begun: ScriptRun | None = None) -> Case:
    """Run a script, read its trace and judge its parameters; find the wrong places, unless only the verdict is wanted.

    `begun` is its run, where it has begun already.
    """
    try:
        parsed(source.text)
    except SyntaxError as error:
        raise ScriptError(f"{source.name}:{error.lineno}: not valid Python 3: {error.msg}") from None
    trace = run_trace(source, setting) if begun is None else begun.trace()
    case = Case(source, setting, trace)
    _usable(case)
    try:
        case.reading = read(trace)
    except UnreadableError:
        return case
    draws, problems = draws_of(case.reading)
    case.examination = best_examination(case.reading, draws)
    if case.examination is not None:
        allow_differences(case.reading, case.examination)
    trace.notes.extend(f"It could not be computed again at other values: {one}." for one in problems[:1])
    if explain:
        explained(case)
    return case


def explained(case: Case) -> None:
    """Find what each value of the backward pass is, and the places where wrong ones are made."""
    if case.reading is None or case.examination is None:
        return
    case.backward = backward_of(case.reading, case.examination)
    if case.backward is not None and case.examination.wrong:
        case.wrong = wrong_places(case.backward, case.examination, _functions(case))


def _functions(case: Case) -> dict[int, list[tuple[int, int]]]:
    """Return for each file of a script the first and last lines of its functions."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    found = {}
    for number in range(len(case.trace.files)):
        nodes = [node for node in ast.walk(parsed(file_text(case, number))) if isinstance(node, kinds)]
        found[number] = [(node.lineno, node.end_lineno or node.lineno) for node in nodes]
    return found


def _usable(case: Case) -> None:
    """Refuse a script that failed before it trained.

    Raises:
        ScriptError: with what failed and what to do.
    """
    error = case.trace.error
    if error is None or len(case.trace) > 200:
        if error is not None:
            where = f"line {error['line']}" if error["line"] else "its run"
            case.trace.notes.append(f"It ended with an error in {where}: {_said(error)}")
        return
    place = f"{case.source.name}:{error['line']}" if error["line"] else case.source.name
    library = left_to_a_library(case.source)
    missing = error["type"] == "ModuleNotFoundError" or "cannot import name" not in error["text"]
    if missing and error["type"] in ("ModuleNotFoundError", "ImportError") and error["module"]:
        if library is not None and error["module"].split(".", 1)[0] != "sklearn":  # which has data as well
            raise ScriptError(library)
        raise ScriptError(
            f"{place}: it needs the module {error['module']}, which is not here; run it with your own "
            f"interpreter: --python PATH"
        )
    if error["type"] == "FileNotFoundError":
        raise ScriptError(f"{place}: a file that it reads is not there ({error['text']}); put it beside the script")
    raise ScriptError(f"{place}: it ends with {_said(error)}{_grown(case.trace)}")


def _grown(trace: Trace) -> str:
    """Return what made a shape grow before an error, the last of them: a column beside a flat array; "" where none did."""
    graph = Graph(trace)
    for record in reversed(range(len(trace))):
        args, line = graph.args[record], trace.line(record)
        if graph.ops[record] not in ("add", "sub", "mul", "truediv") or len(args) != 2 or line is None:
            continue
        first, second, shape = *map(graph.shape, args), graph.shape(record)
        if len(first) != len(second) and math.prod(shape) > max(math.prod(first), math.prod(second)):
            return (
                f"; before that, line {line} broadcasts the shapes {first} and {second} to {shape}: give both the same "
                "shape, with reshape"
            )
    return ""


def _said(error: Mapping[str, Any]) -> str:
    """Return an error's type, and its text where it has one."""
    return f"{error['type']}: {error['text']}" if error["text"] else str(error["type"])
