"""What is wrong with a line, said by the edit that mends it."""

from __future__ import annotations

import ast

from tui_backprop.scripts.answering.answer import Mistake
from tui_backprop.scripts.answering.wording import value_name
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.verdict.places import WrongPlace
from tui_backprop.text.syntax import parsed_expression

_SHORT = 44  # characters


def sentence_for(case: Case, place: WrongPlace, edit: SourceEdit, mistake: Mistake) -> str:
    """Return one sentence for a learner: what the line has, what belongs there, and why."""
    target = value_name(case, place.targets[0])
    is_parameter = case.reading is not None and place.targets[0] in case.reading.names
    what = f"the gradient of {target}" if is_parameter else f"the derivative ∂L/∂{target}"
    start = f"{mistake.where}: "
    texts = {
        "name": f"`{edit.old}` is where `{edit.new}` belongs: {what} {_why_name(is_parameter, edit)}",
        "slope missing": f"the factor `{_added(edit)}` is missing: {what} lacks the slope (derivative) of the "
        f"activation",
        "factor missing": f"the factor `{_added(edit)}` is missing in {what}",
        "slope at activation": f"`{edit.old}` takes the slope (derivative) at `{_inner(edit.old)}`, which is an "
        f"activation already: "
        f"the function is applied twice. It wants the value before the activation; with the activation the "
        f"slope is `{edit.new}`",
        "slope of another function": f"`{edit.old}` is the slope (derivative) of another function than the one "
        f"that the forward pass uses; "
        f"{what} needs `{edit.new}`",
        "function": f"`{edit.old}` is another function than belongs there: {what} needs the slope (derivative) "
        f"`{edit.new}`",
        "function too many": f"`{edit.old}` applies a function once more: {what} needs `{edit.new}` itself",
        "factor too many": f"`{edit.old}` has a factor too many: {what} is `{edit.new}` there",
        "term too many": f"`{edit.old}` has a term too many: {what} is `{edit.new}` there",
        "term missing": f"`{_added(edit)}` is computed and never added: what comes back through it is missing "
        f"in {what}, "
        "so the error is not carried back through it (in a recurrent network: no time step back)",
        "sign": f"the sign is wrong: `{edit.old}` should be `{edit.new}`, or {target} goes up the slope of the "
        f"loss and not down",
        "transposed": f"`{edit.old}` has rows and columns (an operand or its transpose) exchanged: {what} needs "
        f"`{edit.new}`",
        "outer": f"`{edit.old}` is a single number (or a sum) where the outer product of the delta and the "
        f"layer's input belongs: "
        f"np.dot of two one-dimensional arrays is a scalar, which changes every weight alike; {what} is `{edit.new}`",
        "product": f"`{edit.old}` multiplies in another way (`*` is element by element, `@` a matrix product): "
        f"{what} needs `{edit.new}`",
        "multiply": f"`{edit.old}` multiplies in another way: {what} needs `{edit.new}`",
        "dot": f"`{edit.old}` multiplies in another way: {what} needs `{edit.new}`",
        "axis": f"`{edit.old}` sums over the wrong axis, or over none: {what} is `{edit.new}`",
        "index": f"`{edit.old}` is one place off: {what} needs `{edit.new}`",
        "number": f"`{edit.old}` is another number than belongs there: {what} needs `{edit.new}`",
        "order": f"a value is used after it was changed: {what} needs it as it was in the forward pass, so the update "
        "has to come later (or what reads it earlier)",
        "copy": f"`{_first_line(edit.old)}` only gives the array another name, which its update in place changes too: "
        f"{what} needs it as it was; `{_first_line(edit.new)}` copies it",
        "result": f"`{edit.old}` computes a value that no name is given to, so it is lost: `{edit.new}` keeps it",
        "softmax": f"`{edit.old}` takes the slope of softmax entry by entry, and its entries depend on each other (they "
        f"have the sum 1): {what} needs `{edit.new}`",
        "carried": f"`{edit.old}` takes an error as it is, and what reaches a hidden layer is what comes back from the next "
        f"layer through its weights (the error carried back): {what} is `{edit.new}`",
        "cost": f"`{edit.old}` is the cost (loss) itself, and the backward pass begins with its derivative: {what} needs "
        f"`{edit.new}`",
        "value for slope": f"`{edit.old}` is the activation itself, where its slope (derivative) belongs: `{edit.new}`",
        "gradient": f"`{edit.old}` is no gradient: {what} is `{edit.new}` (that of weights is the delta of their layer "
        f"times the layer's input, that of a bias the delta, summed over the samples)",
        "precedence": f"`{edit.old}` is read as a − (b · c), since * binds before −: brackets are missing; "
        f"{what} needs `{edit.new}`",
        "add.at": f"`{edit.old}` overwrites: an index that occurs several times keeps only its last value, "
        f"where all of them must be "
        f"added up in {what}; `{edit.new}` adds (accumulates) them",
        "sum": f"`{edit.old}` overwrites what was there, where {what} must be added up: `{edit.new}`",
    }
    return start + texts.get(edit.kind, f"`{edit.old}` should be `{edit.new}` in {what}") + "."


def short_for(edit: SourceEdit) -> str:
    """Return what is wrong in a few words: `has wb where hid belongs`."""
    added, old, new = _added(edit), edit.old, edit.new
    few = {
        "name": f"has {old} where {new} belongs",
        "slope missing": f"lacks {added}",
        "factor missing": f"lacks {added}",
        "term missing": f"lacks {added}",
        "sign": "has the wrong sign",
        "transposed": "rows and columns exchanged",
        "axis": "sums over the wrong axis",
        "factor too many": "has a factor too many",
        "term too many": "has a term too many",
        "order": "used after it was changed",
        "outer": "an outer product belongs here",
        "index": "one place off",
        "cost": "is the cost, not its slope",
        "carried": "not carried back by weights",
    }.get(edit.kind, "")
    return few if len(few) <= _SHORT else ""


def _why_name(is_parameter: bool, edit: SourceEdit) -> str:
    function = _function_of(edit) if edit.kind == "name" else ""
    if function:
        return f"takes `{function}` at `{edit.new}`, as the forward pass has it, and not at `{edit.old}`"
    if is_parameter:
        return f"is the delta behind it times the input of that weight, `{edit.new}`, instead of `{edit.old}`"
    return f"has `{edit.new}` by the chain rule, instead of `{edit.old}`"


def _function_of(edit: SourceEdit) -> str:
    """Return the script's own function that a name is put into; "" where it is a factor, or an operand of a product."""
    for node in ast.walk(parsed_expression(edit.expression)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            inside = (part for argument in node.args for part in ast.walk(argument))
            if any(ast.unparse(part) == edit.new for part in inside if isinstance(part, ast.expr)):
                return node.func.id
    return ""


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0]


def _added(edit: SourceEdit) -> str:
    """Return what an edit adds to the text that was there."""
    old, new = edit.old, edit.new
    for text in (old, f"({old})"):
        if new.startswith(text):
            return new[len(text) :].strip().lstrip("*+ ").strip()
    return new


def _inner(call: str) -> str:
    return call[call.find("(") + 1 : -1] if call.endswith(")") else call
