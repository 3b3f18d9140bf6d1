"""In the process of the user's file: a training loop for its functions, written as Python that follows the file's own lines.

With it a file of functions is a script like any other: it is run, traced, judged and stepped as one. One statement moves one
parameter, so that each line of an update can be read by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.scripts.functions.form_search import Samples
from tui_backprop.scripts.functions.forms import given_as
from tui_backprop.scripts.functions.own_functions import OwnFunctions
from tui_backprop.scripts.functions.parameters import Leaf
from tui_backprop.scripts.source.source import LOOP_MARK

UPDATES = 10_000
_DIGITS = 6  # of samples that are drawn


def loop_text(functions: OwnFunctions, samples: Samples, rows: tuple[Array, Array], rate: float) -> str:
    """Return the loop as text.

    `rows` are inputs and targets; they are written into the loop where the file brings no samples.
    """
    head, pair = _samples(functions, samples, rows)
    update = _update(functions, rows)
    loss = ["        lost = loss(prediction, y)"] if functions.function("loss") is not None else []
    body = [
        f"    for step in range({UPDATES}):",
        f"        {pair}",
        "        prediction = forward(parameters, x)",
        *loss,
        *(f"        {line}" for line in update),
    ]
    name = free_name("train", functions.names)
    lists = [f"    {line}" for line in _as_lists(functions.parameters, "parameters")]
    call = f"{name}(parameters, rate={rate!r})"
    return "\n".join([LOOP_MARK, f"def {name}(parameters, rate):", *head, *lists, *body, "", "", call, ""])


def _as_lists(holder: Any, name: str) -> list[str]:
    """Return statements that make lists of the tuples among the parameters: an entry of a tuple cannot be moved."""
    out = []
    pairs = (
        holder.items() if isinstance(holder, Mapping) else enumerate(holder) if isinstance(holder, list | tuple) else ()
    )
    for key, value in pairs:
        part = f"{name}[{key!r}]"
        if isinstance(value, tuple):
            out.append(f"{part} = list({part})")
        out += _as_lists(value, part)
    return out


def free_name(wanted: str, taken: Collection[str]) -> str:
    """Return a name that the file does not use."""
    while wanted in taken:
        wanted += "_"
    return wanted


def _samples(functions: OwnFunctions, samples: Samples, rows: tuple[Array, Array]) -> tuple[list[str], str]:
    """Return lines before the loop, and the one that takes the samples of an update."""
    forms = functions.forms
    if samples is None:
        x, y = (np.round(part, _DIGITS) for part in rows)
        if forms.several:
            arrays = (
                f"array({np.asarray(given_as(form, part)).tolist()})" for form, part in ((forms.x, x), (forms.y, y))
            )
            return ["    from numpy import array", "", f"    samples = {', '.join(arrays)}"], "x, y = samples"
        pairs = [_pair(functions, x[i : i + 1], y[i : i + 1]) for i in range(len(x))]
        head = ["    from numpy import array", ""] if any("array(" in one for one in pairs) else []
        return [*head, f"    samples = [{', '.join(pairs)}]"], "x, y = samples[step % len(samples)]"
    if isinstance(samples, list):
        return [], "x, y = data[step % len(data)]"
    if forms.several:
        return _whole_batch(functions, samples)
    x_part = _one_of("data[0][step % len(data[0])]", forms.x)
    return [], f"x, y = {x_part}, {_one_of('data[1][step % len(data[0])]', forms.y)}"


def _whole_batch(functions: OwnFunctions, samples: tuple[Any, Any]) -> tuple[list[str], str]:
    """Return what takes all samples at once, in the form in which the functions take them."""
    parts = []
    for n, form in enumerate((functions.forms.x, functions.forms.y)):
        given = np.ndim(samples[n])
        text = f"asarray(data[{n}], dtype={'int' if form == 'labels' else 'float'})"
        if form in ("rows", "columns") and given == 1:
            text += ".reshape(-1, 1)" if form == "rows" else ".reshape(1, -1)"
        elif form == "flat" and given == 2:
            text += ".ravel()"
        parts.append(text)
    return ["    from numpy import asarray", "", f"    samples = {', '.join(parts)}"], "x, y = samples"


def _one_of(text: str, form: str) -> str:
    """Return one sample of an array in a form."""
    if form == "number":
        return f"float({text})"
    if form == "label":
        return f"int({text})"
    return f"list({text})" if form == "list" else text


def _pair(functions: OwnFunctions, x: Array, y: Array) -> str:
    def part(form: Any, rows: Array) -> str:
        value = given_as(form, rows)
        return f"array({value.tolist()})" if isinstance(value, np.ndarray) else repr(value)

    return f"({part(functions.forms.x, x)}, {part(functions.forms.y, y)})"


def _update(functions: OwnFunctions, rows: tuple[Array, Array]) -> list[str]:
    """Return the lines that move the parameters."""
    if functions.function("backward") is None:
        return [
            "moved = update(parameters, x, y, rate)",
            "parameters = parameters if moved is None else moved",
        ]
    found = functions.gradient(functions.theta, *rows)
    grown = {name for name, _, _ in found.grown}
    lines = ["gradients = backward(parameters, x, y)"]
    for leaf in functions.leaves:
        if leaf.name in found.missing:
            continue
        path = "".join(f"[{key!r}]" for key in leaf.path)
        gradient = f"gradients{path}"
        if leaf.name in found.transposed:
            gradient += ".T"
        elif leaf.name in found.unsummed:
            gradient = f"{gradient}.sum(axis=0)"
        elif leaf.name in grown:
            gradient = f"{gradient}.reshape({leaf.shape!r})"
        lines.append(_moved(functions, leaf, f"parameters{path}", gradient))
    return lines


def _moved(functions: OwnFunctions, leaf: Leaf, value: str, gradient: str) -> str:
    """Return the statement that moves a parameter."""
    if leaf.is_array or not isinstance(leaf.of(functions.parameters), list | tuple):
        return f"{value} = {value} - rate * {gradient}"
    if len(leaf.shape) == 1:
        return f"{value} = [w - rate * g for w, g in zip({value}, {gradient})]"
    row = "[w - rate * g for w, g in zip(row, slopes)]"
    return f"{value} = [{row} for row, slopes in zip({value}, {gradient})]"
