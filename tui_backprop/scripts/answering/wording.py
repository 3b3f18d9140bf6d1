"""Names and sentences in the script's own words."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

import numpy as np

from tui_backprop.scripts.answering.answer import Mistake
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.reading.links import origin
from tui_backprop.scripts.trace import SourcePlace, Trace
from tui_backprop.scripts.verdict.places import WrongPlace
from tui_backprop.text.syntax import parsed, parsed_expression, simple_statements


def shown_name(name: str) -> str:
    """Return a parameter's name as the answer has it: `W1` for `params["W1"]`."""
    try:
        tree = parsed_expression(name).body
    except SyntaxError:
        return name
    match tree:
        case ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str(key))):
            return key
    return name


def mistake_at(case: Case, place: WrongPlace) -> Mistake:
    """Return the mistake at a wrong place, as far as it is known without a fix."""
    lines = wrong_lines(case, place)
    parameters = [shown_name(name) for name in place.explains]
    right = f"∂L/∂{value_name(case, place.targets[0])}"
    kind = (
        "updated before it is used" if place.early else "gradient of the pass before" if place.late else "wrong formula"
    )
    return Mistake(
        parameters,
        kind,
        _shown(case, place).line,
        lines,
        sentence_of(case, place),
        place_source(case, place),
        right,
        file=module_of(case, _shown(case, place).file),
    )


def module_of(case: Case, file: int) -> str | None:
    """Return the name of the module beside the script that a file is; None for the script itself."""
    return case.source.name_of(case.trace.files[file]) if file else None


def _shown(case: Case, place: WrongPlace) -> SourcePlace:
    """Return where a mistake is shown: the function of a wrong slope, else where the value got its name, else its place."""
    trace = case.trace
    if place.slope is not None:
        found = trace.place(place.slope)
        if found is not None:
            return found
    own = trace.places[place.place]
    given = other_name(case, place.records[0])
    if given is not None:
        return given
    words = set(re.findall(r"\w+", expression_at(case, place.place) or ""))
    for source in place.sources:
        other = [(name, trace.places[at]) for name, at in trace.labels.get(source, [])[1:] if at >= 0]
        for name, at in other:
            if name in words and at.file == own.file and at.line != trace.line(source):
                return at  # a right value under another name
    named = [trace.places[number] for _, number in trace.labels.get(place.records[0], []) if number >= 0]
    named = [one for one in named if one.kind != "unpack"]
    returned = case.reading is not None and case.reading.graph.ops[place.records[0]] == "copy"
    if named and not returned and own.file == named[0].file and not named[0].line <= own.line <= named[0].end_line:
        return named[0]  # a function's result: the call is wrong, not what is called
    return own


def other_name(case: Case, record: int) -> SourcePlace | None:
    """Return where a right value of the backward pass is given a second name, as which it is wrong: `delta = error`."""
    if case.backward is None or record not in case.backward.matches:
        return None
    places = [case.trace.places[at] for _, at in case.trace.labels.get(record, ()) if at >= 0]
    return next((at for at in places[1:] if at.kind == "assign" and at.line != places[0].line), None)


def named_place(case: Case, record: int) -> SourcePlace | None:
    """Return where a value that a function made got its name; None where it was made there, or got none."""
    made = case.trace.place(record)
    named = [case.trace.places[number] for _, number in case.trace.labels.get(record, ()) if number >= 0]
    named = [one for one in named if one.kind != "unpack"]
    if made is None or not named or named[0].line <= made.line <= named[0].end_line or named[0].file != made.file:
        return None
    return named[0]


def wrong_lines(case: Case, place: WrongPlace) -> list[int]:
    """Return the lines that make a wrong value: its own, those of the functions that it calls, where it got its name."""
    assert case.reading is not None  # noqa: S101  (there is a wrong place)
    graph, shown = case.reading.graph, _shown(case, place)
    at = case.trace.places[place.place]
    found = {one.line for one in (shown, at) if one.file == shown.file}
    if place.early is not None:
        found |= {case.trace.line(place.early[1]) or shown.line}
    found |= _lines_of_factors(case, place)
    statement = statement_at(file_text(case, at.file), at.line)
    called = (
        {node.func.id for node in ast.walk(statement) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        if statement
        else set()
    )
    functions = [
        node
        for node in ast.walk(parsed(file_text(case, at.file)))
        if isinstance(node, ast.FunctionDef) and node.name in called
    ]
    first = place.records[0]
    for record in graph.cone([first], max(0, first - 40)) if at.file == shown.file else ():
        line = case.trace.line(record)
        if line is not None and any(node.lineno <= line <= (node.end_lineno or 0) for node in functions):
            found.add(line)
    return sorted(found)


def _lines_of_factors(case: Case, place: WrongPlace) -> set[int]:
    """Return the lines that made the factors of a wrong product, other than in the forward pass, or gave them a name."""
    assert case.reading is not None  # noqa: S101  (there is a wrong place)
    graph, trace, backward, found = case.reading.graph, case.trace, case.backward, set()
    own = trace.places[place.place]
    for factor in graph.args[place.records[0]] if graph.ops[place.records[0]] == "mul" else ():
        places = [trace.places[at] for _, at in trace.labels.get(factor, ()) if at >= 0]
        if backward is None or factor in backward.records or factor not in backward.step.learned or not places:
            continue
        if factor in backward.step.forward:
            places = places[1:]
        found |= {at.line for at in places[-1:] if at.file == own.file}
    return found


def value_name(case: Case, record: int) -> str:
    """Return what the script calls a forward value: its name, a parameter's path, or its expression."""
    assert case.reading is not None  # noqa: S101  (there are values to name)
    if case.backward is not None:
        record = case.backward.parts.get(record, record)
    while case.reading.graph.ops[record] == "neg":  # `-z`: what it is the negative of has a name
        record = case.reading.graph.args[record][0]
    if record in case.reading.names:
        return shown_name(case.reading.names[record])
    labels = case.trace.labels.get(record)
    if labels:
        return labels[0][0]
    made = expression_at(case, case.trace.where[record]) or "a value"
    return made if made == "a value" or _is_one_thing(made) else f"({made})"


def _is_one_thing(code: str) -> bool:
    """Return whether an expression needs no brackets behind a sign of ∂."""
    try:
        return isinstance(parsed_expression(code).body, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    except SyntaxError:  # it was cut off
        return False


def expression_at(case: Case, place: int) -> str | None:
    """Return the source text of a place, on one line."""
    if place < 0:
        return None
    at = case.trace.places[place]
    text = file_text(case, at.file)
    try:
        lines = text.encode().splitlines()
        rows = lines[at.line - 1 : at.end_line]
        if not rows:
            return None
        rows[-1] = rows[-1][: at.end_column]
        rows[0] = rows[0][at.column :]
        joined = b" ".join(one.strip() for one in rows).decode(errors="replace")
    except IndexError:
        return None
    return joined if len(joined) <= 60 else joined[:59] + "…"


def file_text(case: Case, file: int) -> str:
    """Return the text of one of the script's files."""
    return case.source.text_of("" if file == 0 else case.trace.files[file])


def statement_at(text: str, line: int, column: int | None = None) -> ast.stmt | None:
    """Return the smallest simple statement that includes a line, and where it is given a column in it."""
    found: ast.stmt | None = None
    for node in simple_statements(text):
        end = node.end_lineno or node.lineno
        here = node.lineno <= line <= end
        if here and column is not None:
            here = (node.lineno, node.col_offset) <= (line, column) < (end, node.end_col_offset or 0)
        if here and (found is None or node.lineno >= found.lineno):
            found = node
    return found


def place_source(case: Case, place: WrongPlace) -> str:
    """Return the statement of a wrong place."""
    at = _shown(case, place)
    statement = statement_at(file_text(case, at.file), at.line)
    return ast.unparse(statement).splitlines()[0] if statement is not None else ""


def sentence_of(case: Case, place: WrongPlace) -> str:
    """Return what is wrong at a place, where no fix says it better."""
    at = _shown(case, place)
    target = value_name(case, place.targets[0])
    code = place_source(case, place)
    module = module_of(case, at.file)
    where = f"{module}, line {at.line}" if module else f"line {at.line}"
    if place.zero:
        return f"{where}: `{code}` gives {target} a gradient of zeros, whatever the error is: it never changes."
    if place.late:
        return (
            f"{where}: `{code}` uses a gradient that was computed before this update's own pass: {target} is moved by "
            f"the sample before, and its own gradient comes one update too late."
        )
    if place.early is not None:
        name, update = shown_name(place.early[0]), case.trace.line(place.early[1])
        return (
            f"{where}: `{code}` uses {name} after it was already updated in line {update}: the gradient needs the value "
            f"from before the update, so compute it first, or keep a copy of {name}."
        )
    if place.slope is not None:
        call = case.trace.places[place.place].line
        turned = (
            "has the wrong sign"
            if place.sign
            else "is the slope (derivative) of another function, or at another value, than the forward pass has"
        )
        return f"{where}: `{code}` {turned}: with it the derivative ∂L/∂{target} in line {call} is wrong."
    if _meets_targets(case, place):
        return (
            f"{where}: `{code}` compares a hidden layer with the targets, and hidden layers have none: its error is what "
            f"comes back from the next layer through its weights (∂L/∂{target})."
        )
    if place.sign:
        return f"{where}: `{code}` has the wrong sign: with it {target} goes up the slope of the loss and not down."
    shapes = {case.reading.graph.shape(one) for one in place.records} if case.reading else set()
    belong = {np.shape(case.backward.gradients[0][one]) for one in place.targets} if case.backward else set()
    if shapes and belong and not shapes & belong and () in shapes:
        return (
            f"{where}: `{code}` has the shape {_shape(next(iter(shapes)))}, and the derivative of {target} that "
            f"belongs there {_shape(next(iter(belong)))}: a single number is broadcast over all of its weights."
        )
    return f"{where}: `{code}` is no multiple of the derivative ∂L/∂{target} that the chain rule has there."


def _meets_targets(case: Case, place: WrongPlace) -> bool:
    """Return whether a wrong value is made, in its own statement, from the difference of a target and a hidden layer."""
    if case.reading is None or case.backward is None:
        return False
    graph, step, own = case.reading.graph, case.backward.step, case.trace.place(place.records[0])
    if own is None:
        return False
    targets = {origin(graph, one.target) for one in step.residuals if one.target >= 0}
    for record in graph.cone(place.records[:1], step.start):
        at = case.trace.place(record)
        if graph.ops[record] != "sub" or at is None or (at.file, at.line) != (own.file, own.line):
            continue
        a, b = graph.args[record]
        for one, hidden in ((a, b), (b, a)):
            outputs = [r.prediction for r in step.residuals if r.prediction != hidden]
            if origin(graph, one) in targets and hidden in graph.cone(outputs, step.start):
                return True
    return False


def _shape(shape: tuple[int, ...]) -> str:
    return str(shape) if shape else "of a single number"


__all__ = ["Trace", "expression_at", "place_source", "sentence_of", "statement_at", "value_name"]


def lines_text(lines: Collection[int]) -> str:
    """Return `lines 5, 8-11` for some lines of the source."""
    runs: list[list[int]] = []
    for line in sorted(lines):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    shown = [f"{a}" if a == b else f"{a}, {b}" if b == a + 1 else f"{a}-{b}" for a, b in runs]
    return f"line{'s' if len(lines) > 1 else ''} {', '.join(shown)}"
