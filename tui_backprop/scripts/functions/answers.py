"""What the process of a user's file may answer: each answer is checked for its shape before anything is done with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, get_args

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.judge import Truth
from tui_backprop.core.step import State
from tui_backprop.scripts.functions.forms import Form
from tui_backprop.scripts.functions.process import AnswerError
from tui_backprop.text.cleaning import clean

MOST_NUMBERS = 2**24
"""Numbers of a network's parameters, or of one sample, at the most."""

_FORMS = get_args(Form)

Item = TypeVar("Item")


def nothing(value: Any) -> None:
    """Read the answer to what is only to be done."""
    if value is not None:
        raise AnswerError("expected none")


def truth(value: Any) -> bool:
    """Read yes or no."""
    if not isinstance(value, bool):
        raise AnswerError("expected true or false")
    return value


def read_whole(value: Any, low: int, high: int) -> int:
    """Read a whole number from `low` to `high`."""
    if type(value) is not int or not low <= value <= high:
        raise AnswerError(f"expected a whole number from {low:,} to {high:,}")
    return value


def numbers(value: Any, shape: Sequence[int | None]) -> Array:
    """Read an array; None in its shape is any length. NaN and infinities are numbers."""
    wanted = f"expected numbers of shape ({', '.join('n' if n is None else str(n) for n in shape)})"
    try:
        found = np.array(value)
    except (ValueError, OverflowError, RecursionError):
        raise AnswerError(wanted) from None
    fits = found.ndim == len(shape) and all(n in (None, m) for n, m in zip(shape, found.shape, strict=True))
    if not fits or (found.dtype.kind not in "iuf" and found.size):
        raise AnswerError(wanted)
    return found.astype(np.float64)


def numbers_of(*shape: int | None) -> Callable[[Any], Array]:
    """Return what reads an array of a shape."""
    return lambda value: numbers(value, shape)


def states_of(first: State, most: int) -> Callable[[Any], tuple[list[State], bool]]:
    """Return what reads states after up to `most` updates from `first`, and whether calls were like fresh ones."""
    keys = ("steps", "thetas", "slots", "same")

    def read(value: Any) -> tuple[list[State], bool]:
        if not (isinstance(value, dict) and value.keys() == set(keys) and isinstance(value["steps"], list)):
            raise AnswerError("expected states")
        steps = [read_whole(step, first.step + 1, first.step + most) for step in value["steps"]]
        if steps != sorted(set(steps)):
            raise AnswerError("expected states in order")
        if not steps:
            return [], truth(value["same"])
        thetas = numbers(value["thetas"], (len(steps), *first.parameters.shape))
        slots = (
            numbers(value["slots"], (len(steps), *first.slots.shape))
            if first.slots.size
            else [first.slots] * len(steps)
        )
        return list(map(State, steps, thetas, slots)), truth(value["same"])

    return read


def read_number(value: Any) -> float:
    """Read a number; NaN and infinities are numbers."""
    if type(value) not in (int, float):
        raise AnswerError("expected a number")
    try:
        return float(value)
    except OverflowError:
        raise AnswerError("expected a number that float64 has") from None


def read_list(value: Any, read: Callable[[Any], Item], count: int | None = None) -> list[Item]:
    """Read a list, of so many items if that is known."""
    if not isinstance(value, list) or (count is not None and len(value) != count):
        raise AnswerError(f"expected a list of {'values' if count is None else count}")
    return [read(item) for item in value]


def named(value: Any, **members: Callable[[Any], Any]) -> dict[str, Any]:
    """Read an object with just these members."""
    if not isinstance(value, dict) or set(value) != set(members):
        raise AnswerError(f"expected {', '.join(members)}")
    return {name: read(value[name]) for name, read in members.items()}


def maybe(read: Callable[[Any], Item]) -> Callable[[Any], Item | None]:
    """Return what reads null as well."""
    return lambda value: None if value is None else read(value)


def read_name(value: Any) -> str:
    """Read a name, which a file may have made of a number."""
    if type(value) not in (str, int, float, bool):
        raise AnswerError("expected a text")
    return str(value)


def _shape(value: Any) -> tuple[int, ...]:
    return tuple(read_list(value, lambda n: read_whole(n, 0, MOST_NUMBERS)))


def _shapes(value: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    one, other = read_list(value, _shape, 2)
    return one, other


def _odd_shapes(value: Any) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    """Read names, each with the shape of its gradient and its own."""
    found = []
    for name, *shapes in read_list(value, lambda item: read_list(item, lambda part: part, 3)):
        found.append((read_name(name), *_shapes(shapes)))
    return found


def _form(value: Any) -> Form:
    if value not in _FORMS:
        raise AnswerError("expected the form of a sample")
    return value  # type: ignore[no-any-return]


def description(value: Any) -> dict[str, Any]:
    """Read what a network of the user's own is."""
    found = named(
        value,
        names=lambda names: read_list(names, read_name),
        shapes=lambda shapes: read_list(shapes, _shape),
        theta=numbers_of(None),
        own_loss=truth,
        inputs=lambda count: read_whole(count, 1, MOST_NUMBERS),
        outputs=lambda count: read_whole(count, 1, MOST_NUMBERS),
        forms=lambda forms: named(forms, x=_form, y=_form, prediction=_form, several=truth),
        whole=lambda names: read_list(names, read_name),
        unlike=maybe(_shapes),
        data=lambda data: data,
    )
    shapes: list[tuple[int, ...]] = found["shapes"]
    if len(found["names"]) != len(shapes) or sum(map(math.prod, shapes)) != len(found["theta"]):
        raise AnswerError("expected a name, a shape and the values of each parameter")
    if found["data"] is not None:
        data = named(found["data"], x=numbers_of(None, found["inputs"]), y=numbers_of(None, found["outputs"]))
        if len(data["x"]) != len(data["y"]):
            raise AnswerError("expected a target for each sample")
        found["data"] = (data["x"], data["y"])
    return found


def gradients_of(size: int, count: int) -> Callable[[Any], list[Mapping[str, Any]]]:
    """Return what reads so many gradients of a θ of so many entries."""

    def names(value: Any) -> tuple[str, ...]:
        return tuple(read_list(value, read_name))

    def one(value: Any) -> Mapping[str, Any]:
        return named(
            value,
            gradient=numbers_of(size),
            missing=names,
            transposed=names,
            spread=_odd_shapes,
            grown=_odd_shapes,
            unsummed=names,
            changed=truth,
        )

    return lambda value: read_list(value, one, count)


def truth_reader(count: int) -> Callable[[Any], Truth]:
    """Return what reads what so many entries of a gradient should be."""

    def reason(value: Any) -> tuple[int, str]:
        entry, why = read_list(value, lambda item: item, 2)
        return read_whole(entry, 0, count - 1), clean(read_name(why))

    def read(value: Any) -> Truth:
        each = numbers_of(count)
        found = named(
            value,
            low=each,
            high=each,
            floor=each,
            blur=each,
            method=read_name,
            reasons=lambda reasons: read_list(reasons, reason),
        )
        return Truth(**{**found, "method": clean(found["method"]), "reasons": dict(found["reasons"])})

    return read


def course_reader(size: int, updates: int) -> Callable[[Any], dict[str, Any]]:
    """Return what reads how so many updates of a θ of so many entries went."""

    def loss(value: Any) -> tuple[int, float]:
        made, lost = read_list(value, lambda item: item, 2)
        return read_whole(made, 1, updates), read_number(lost)

    def read(value: Any) -> dict[str, Any]:
        return named(
            value,
            theta=numbers_of(size),
            made=lambda made: read_whole(made, 0, updates),
            losses=lambda losses: tuple(read_list(losses, loss)),
            before=maybe(numbers_of(size)),
            gradient=maybe(numbers_of(size)),
        )

    return read
