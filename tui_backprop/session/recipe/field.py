"""One field of the recipe, and the kinds of texts that fields have: each is read from a text and written as one."""

from __future__ import annotations

import math
from collections.abc import Callable

TYPE_CHECKING = False  # what typing calls so: loading it takes a third of the start of Python
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Literal

    Group = Literal["data", "network", "training", "run"]

MAX_BATCH = 2**20
"""Samples of a step, at the most."""

_LARGEST = 2**63 - 1  # a whole number where no other bound is named


class Field:
    """One field of the recipe as people meet it.

    Args:
        name: of the field, and of its option.
        group: of options that it is listed in.
        help: one line: what it is, its unit and what a text may say.
        read: text → value; raises ValueError with what was expected.
        write: value → text that `read` takes back.
        has_choices: whether there are few texts that it may have.
        repeatable: whether the command line may have it several times, once for each item.
        in_flight: whether a run goes on after a change; otherwise it starts again.
        is_flag: whether the command line's option has no value: given or not.
        option: what the command line calls it where that is not its name: one item of it.
    """

    def __init__(
        self,
        name: str,
        group: Group,
        help: str,
        read: Callable[[str], Any],
        write: Callable[[Any], str],
        *,
        has_choices: bool = False,
        repeatable: bool = False,
        in_flight: bool = False,
        is_flag: bool = False,
        option: str = "",
    ) -> None:
        self.name, self.group, self.help = name, group, help
        self.read, self.write = read, write
        self.has_choices, self.repeatable, self.in_flight = has_choices, repeatable, in_flight
        self.is_flag, self.option = is_flag, option

    @property
    def in_place(self) -> bool:
        """Whether an edit of a run may change it, although another run begins where it is changed in the form."""
        return self.name in ("hidden", "points")

    @property
    def flag(self) -> str:
        """The option's name on the command line."""
        return "--" + (self.option or self.name.replace("_", "-"))

    @property
    def choices(self) -> tuple[str, ...]:
        """The texts there are, where they are few; asking for them loads NumPy."""
        found: tuple[str, ...] = _rooms().CHOICES[self.name] if self.has_choices else ()
        return found

    def parse(self, text: str) -> Any:
        """Read a text, or say what was expected.

        Raises:
            ValueError: one sentence that begins with the field's name.
        """
        try:
            return self.read(text.strip())
        except ValueError as error:
            raise ValueError(f"{self.flag.removeprefix('--')}: {error}") from None


def _rooms() -> ModuleType:
    """Return what the rooms below know by name; this loads NumPy, and `--help` does without."""
    from tui_backprop.session.recipe import choices  # noqa: PLC0415  (it loads NumPy)

    return choices


def choice(field: str) -> dict[str, Any]:
    """Return how a field that is one of a few names is read and written."""

    def read(text: str) -> str:
        names = _rooms().CHOICES[field]
        if text not in names:
            raise ValueError(f"expected {_one_of(names)}, not {text!r}")
        return text

    return {"read": read, "write": str, "has_choices": True}


def _one_of(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]


def number_field(wanted: str, accept: Callable[[float], bool]) -> dict[str, Any]:
    """Return how a number is read, where `accept` says yes to it, and written; `wanted` says which are expected."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and accept(value)):
            raise ValueError(f"expected {wanted}, not {text!r}")
        return value

    return {"read": read, "write": shortest_number}


def shortest_number(value: float) -> str:
    """Write a number with as few digits as give it back."""
    text = f"{value:g}"
    return text if float(text) == value else repr(value)


def whole_field(wanted: str, low: int, high: int = _LARGEST) -> dict[str, Any]:
    """Return how a whole number from `low` to `high` is read and written; `wanted` says which are expected."""

    def read(text: str) -> int:
        try:
            value = int(text.replace("_", "").replace(",", ""))
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            bound = f" and at most {high:,}" if value > high and high == _LARGEST else ""
            raise ValueError(f"expected {wanted}{bound}, not {text!r}")
        return value

    return {"read": read, "write": str}


def read_hidden(text: str) -> tuple[int, ...]:
    """Read sizes of hidden layers, `8,4` or `8-4`, or `none`."""
    if text in ("none", ""):
        return ()
    try:
        sizes = tuple(int(part) for part in text.replace("-", ",").split(","))
    except ValueError:
        sizes = (0,)
    layers, units = _rooms().MAX_HIDDEN_LAYERS, _rooms().MAX_UNITS
    if not (len(sizes) <= layers and all(1 <= size <= units for size in sizes)):
        raise ValueError(
            f"expected up to {layers} sizes of 1 to {units} with commas between, such as 4,2, or none, not {text!r}"
        )
    return sizes


def read_batch_size(text: str) -> int | None:
    """Read a number of samples, or `full`, which is None."""
    if text == "full":
        return None
    size: int = whole_field(f"a whole number from 1 to {MAX_BATCH:,}, or full", 1, MAX_BATCH)["read"](text)
    return size


def read_clip(text: str) -> float | None:
    """Read a limit of the gradient, or `none`."""
    if text in ("none", ""):
        return None
    limit: float = number_field("a number above 0, or none", lambda value: value > 0)["read"](text)
    return limit


def read_schedule(text: str) -> str:
    """Read how the learning rate changes."""
    try:
        _rooms().parse_schedule(text)
    except ValueError as error:
        raise ValueError(str(error).removeprefix("schedule: ")) from None
    return text


def read_rule(text: str) -> str:
    """Read the name of a backward rule, or of a Python file."""
    rules = _rooms().RULES
    if not (text in rules or _rooms().is_file(text)):
        import difflib  # noqa: PLC0415  (of use where something is misspelt)

        close = difflib.get_close_matches(text, rules, n=1)
        known = f"; is it {close[0]}?" if close else f", such as {', '.join(list(rules)[:4])}"
        raise ValueError(f"expected exact, a Python file, or a mistake by name, not {text!r}{known}")
    return text


def read_names(text: str) -> tuple[str, ...]:
    """Read names with commas between."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def split_outside_brackets(text: str) -> tuple[str, ...]:
    """Split a text at the commas that are in no brackets."""
    parts, depth, current = [], 0, ""
    for character in text:
        depth += (character in "[(") - (character in "])")
        if character == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return tuple(part.strip() for part in [*parts, current] if part.strip())


def read_points_field(text: str) -> tuple[str, ...]:
    """Read samples drawn by hand, and rows left out; raises ValueError with what was expected."""
    from tui_backprop.session.recipe import points  # noqa: PLC0415  (it loads NumPy)

    return points.read_points(text)


def read_features(text: str) -> tuple[str, ...]:
    """Read expressions over the columns, with commas between."""
    from tui_backprop.session.recipe.features import read_feature  # noqa: PLC0415  (it loads NumPy)

    parts = split_outside_brackets(text)
    most = _rooms().MAX_UNITS
    if len(parts) > most:
        raise ValueError(f"expected at most {most} expressions, not {len(parts)}")
    for part in parts:
        read_feature(part)
    return parts


def read_assignments(text: str, example: str = "w1[0,1]=0.5") -> tuple[tuple[str, float], ...]:
    """Read `name=number` with commas between."""
    found = []
    for part in split_outside_brackets(text):
        name, equals, value = part.partition("=")
        if not (equals and name.strip()):
            raise ValueError(f"expected NAME=NUMBER such as {example}, not {part!r}")
        found.append((name.strip(), float(number_field("a number behind =", lambda _: True)["read"](value.strip()))))
    return tuple(found)


def read_thresholds(text: str) -> tuple[tuple[str, float], ...]:
    """Read thresholds of findings, `name=number` with commas between."""
    check = _rooms().check_threshold
    return tuple((name, check(name, value)) for name, value in read_assignments(text, "same-answer=0.2"))


def write_settings(settings: tuple[tuple[str, float], ...]) -> str:
    """Write what `read_assignments` reads."""
    return ", ".join(f"{name}={shortest_number(value)}" for name, value in settings)


def read_probes(text: str) -> tuple[tuple[float, ...], ...]:
    """Read inputs to ask about: numbers with commas between, and semicolons between several."""
    read = number_field("raw input values, one number per input with commas between", lambda _: True)["read"]
    return tuple(tuple(read(part.strip()) for part in probe.split(",")) for probe in text.split(";") if probe.strip())


def write_probes(probes: tuple[tuple[float, ...], ...]) -> str:
    """Write what `read_probes` reads."""
    return "; ".join(",".join(shortest_number(value) for value in probe) for probe in probes)


def join(names: tuple[str, ...]) -> str:
    """Write what `read_names` reads."""
    return ", ".join(names)
