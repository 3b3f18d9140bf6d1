"""The table of recipe fields: how each is called, read from text, written as text and checked.

The command line's options and the app's form are both made from it, so a field is described once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

TYPE_CHECKING = False  # what typing calls so: loading it takes a third of the start of Python
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Literal

    from tui_backprop.session.recipe.recipe import Recipe

    Group = Literal["data", "network", "training", "run"]

MAX_BATCH = 2**20
"""Samples of a step, at the most."""


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
    from tui_backprop.session.recipe import choices  # noqa: PLC0415  (as above)

    return choices


def _choice(field: str) -> dict[str, Any]:
    def read(text: str) -> str:
        names = _rooms().CHOICES[field]
        if text not in names:
            raise ValueError(f"expected {_one_of(names)}, not {text!r}")
        return text

    return {"read": read, "write": str, "has_choices": True}


def _one_of(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]


def _number(wanted: str, accept: Callable[[float], bool]) -> dict[str, Any]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and accept(value)):
            raise ValueError(f"expected {wanted}, not {text!r}")
        return value

    return {"read": read, "write": _short}


def _short(value: float) -> str:
    text = f"{value:g}"
    return text if float(text) == value else repr(value)


def _whole(wanted: str, low: int, high: int = 2**63 - 1) -> dict[str, Any]:
    def read(text: str) -> int:
        try:
            value = int(text.replace("_", "").replace(",", ""))
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise ValueError(f"expected {wanted}, not {text!r}")
        return value

    return {"read": read, "write": str}


def _read_hidden(text: str) -> tuple[int, ...]:
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


def _read_batch_size(text: str) -> int | None:
    if text == "full":
        return None
    size: int = _whole(f"a whole number from 1 to {MAX_BATCH:,}, or full", 1, MAX_BATCH)["read"](text)
    return size


def _read_clip(text: str) -> float | None:
    if text in ("none", ""):
        return None
    limit: float = _number("a number above 0, or none", lambda value: value > 0)["read"](text)
    return limit


def _read_schedule(text: str) -> str:
    try:
        _rooms().parse_schedule(text)
    except ValueError as error:
        raise ValueError(str(error).removeprefix("schedule: ")) from None
    return text


def _read_rule(text: str) -> str:
    rules = _rooms().RULES
    if not (text in rules or _rooms().is_file(text)):
        import difflib  # noqa: PLC0415  (of use where something is misspelt)

        close = difflib.get_close_matches(text, rules, n=1)
        known = f"; is it {close[0]}?" if close else f", such as {', '.join(list(rules)[:4])}"
        raise ValueError(f"expected exact, a Python file, or a mistake by name, not {text!r}{known}")
    return text


def _read_names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _split_outside_brackets(text: str) -> tuple[str, ...]:
    parts, depth, current = [], 0, ""
    for character in text:
        depth += (character in "[(") - (character in "])")
        if character == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return tuple(part.strip() for part in [*parts, current] if part.strip())


def _read_features(text: str) -> tuple[str, ...]:
    from tui_backprop.session.recipe.features import read_feature  # noqa: PLC0415  (as above)

    parts = _split_outside_brackets(text)
    most = _rooms().MAX_UNITS
    if len(parts) > most:
        raise ValueError(f"expected at most {most} expressions, not {len(parts)}")
    for part in parts:
        read_feature(part)
    return parts


def _read_settings(text: str, example: str = "w1[0,1]=0.5") -> tuple[tuple[str, float], ...]:
    found = []
    for part in _split_outside_brackets(text):
        name, equals, number = part.partition("=")
        if not (equals and name.strip()):
            raise ValueError(f"expected NAME=NUMBER such as {example}, not {part!r}")
        found.append((name.strip(), float(_number("a number behind =", lambda _: True)["read"](number.strip()))))
    return tuple(found)


def _read_thresholds(text: str) -> tuple[tuple[str, float], ...]:
    check = _rooms().check_threshold
    return tuple((name, check(name, value)) for name, value in _read_settings(text, "same-answer=0.2"))


def _write_settings(settings: tuple[tuple[str, float], ...]) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in settings)


def _read_probes(text: str) -> tuple[tuple[float, ...], ...]:
    number = _number("raw input values, one number per input with commas between", lambda _: True)["read"]
    return tuple(tuple(number(part.strip()) for part in probe.split(",")) for probe in text.split(";") if probe.strip())


def _write_probes(probes: tuple[tuple[float, ...], ...]) -> str:
    return "; ".join(",".join(_short(value) for value in probe) for probe in probes)


def _join(names: tuple[str, ...]) -> str:
    return ", ".join(names)


FIELDS: tuple[Field, ...] = (
    Field("target", "data", "target columns of a table, with commas between (the last column)", _read_names, _join),
    Field("inputs", "data", "input columns of a table, with commas between (all others)", _read_names, _join),
    Field("missing", "data", "gaps in a table: leave the row out, fill with the mean, or refuse", **_choice("missing")),
    Field("task", "data", "what the target is taken for; auto decides by its values", **_choice("task")),
    Field("decimal", "data", "decimal mark of a table; auto decides by its numbers", **_choice("decimal")),
    Field(
        "no_header",
        "data",
        "the first row of a table is data; its columns are called x1, x2, …",
        lambda text: bool(_choice("no_header")["read"](text) == "yes"),
        lambda given: "yes" if given else "no",
        has_choices=True,
        is_flag=True,
    ),
    Field("scale_inputs", "data", "scaling of the inputs", **_choice("scale_inputs")),
    Field(
        "scale_targets",
        "data",
        "scaling of targets that are numbers, undone in every answer; losses are those of the scaled targets",
        **_choice("scale_targets"),
    ),
    Field(
        "test_fraction",
        "data",
        "share of the samples kept for testing, 0 to below 1",
        **_number("a number of at least 0 and below 1", lambda value: 0 <= value < 1),
    ),
    Field(
        "noise",
        "data",
        "Gaussian noise on the training inputs, in standard deviations of each",
        **_number("a number of at least 0", lambda value: value >= 0),
    ),
    Field(
        "label_noise",
        "data",
        "share of wrong training labels (numbers: noise in standard deviations), 0 to 1",
        **_number("a number from 0 to 1", lambda value: 0 <= value <= 1),
    ),
    Field(
        "features",
        "network",
        "inputs of the network as expressions over the columns x1, x2 …, such as x1,x1*x2,sin(x1) (the columns)",
        _read_features,
        _join,
    ),
    Field(
        "hidden",
        "network",
        "units of each hidden layer, such as 4,2; none for no hidden layer",
        _read_hidden,
        lambda sizes: ",".join(map(str, sizes)) or "none",
    ),
    Field("activation", "network", "activation of the hidden layers", **_choice("activation")),
    Field(
        "output_activation",
        "network",
        "activation of the last layer; auto: sigmoid for 0/1, softmax for classes, linear for numbers",
        **_choice("output_activation"),
    ),
    Field("init", "network", "first values of the weights", **_choice("init")),
    Field(
        "set",
        "network",
        "first value of a parameter or an entry, such as w1[0,1]=0.5",
        _read_settings,
        _write_settings,
        repeatable=True,
    ),
    Field(
        "loss",
        "training",
        "loss, a mean over the batch; auto: squared for 0/1 and numbers, cross-entropy for classes",
        **_choice("loss"),
    ),
    Field(
        "rule",
        "training",
        "backward rule: exact, posted (the original case), a mistake of the gallery by name, or FILE.py with your own",
        _read_rule,
        str,
        in_flight=True,
    ),
    Field("optimizer", "training", "how a gradient becomes an update", **_choice("optimizer"), in_flight=True),
    Field(
        "lr",
        "training",
        "learning rate η, above 0",
        **_number("a number above 0", lambda value: value > 0),
        in_flight=True,
    ),
    Field(
        "schedule",
        "training",
        "learning-rate schedule: constant, step:PERIOD,FACTOR, exponential:FACTOR or cosine:PERIOD",
        _read_schedule,
        str,
        in_flight=True,
    ),
    Field(
        "warmup",
        "training",
        "steps over which the rate first rises in a straight line",
        **_whole("a whole number of at least 0", 0),
        in_flight=True,
    ),
    Field(
        "momentum",
        "training",
        "μ of momentum and nesterov, 0 to below 1",
        **_number("a number of at least 0 and below 1", lambda value: 0 <= value < 1),
        in_flight=True,
    ),
    Field(
        "l1",
        "training",
        "λ₁ of the penalty λ₁Σ|w| on the weights",
        **_number("a number of at least 0", lambda value: value >= 0),
        in_flight=True,
    ),
    Field(
        "l2",
        "training",
        "λ₂ of the penalty ½λ₂Σw² on the weights",
        **_number("a number of at least 0", lambda value: value >= 0),
        in_flight=True,
    ),
    Field(
        "clip",
        "training",
        "largest length of the gradient, or none",
        _read_clip,
        lambda limit: "none" if limit is None else _short(limit),
        in_flight=True,
    ),
    Field(
        "batch_size",
        "training",
        "samples of a step, or full",
        _read_batch_size,
        lambda size: "full" if size is None else str(size),
        in_flight=True,
    ),
    Field(
        "sampling",
        "training",
        "how a batch is chosen; random is with replacement",
        **_choice("sampling"),
        in_flight=True,
    ),
    Field(
        "freeze",
        "training",
        "parameter or entry that is not trained, such as b1",
        _split_outside_brackets,
        _join,
        repeatable=True,
        in_flight=True,
    ),
    Field(
        "seed",
        "run",
        "where all randomness comes from, 0 to 2⁶⁴ − 1; in a run, which samples come from here on",
        **_whole("a whole number from 0 to 2⁶⁴ − 1", 0, 2**64 - 1),
        in_flight=True,
    ),
    Field("steps", "run", "how many steps `run` makes", **_whole("a whole number of at least 0", 0), in_flight=True),
    Field(
        "probe",
        "run",
        "raw input values to predict before and after, one number per input with commas between",
        _read_probes,
        _write_probes,
        repeatable=True,
        in_flight=True,
    ),
    Field(
        "thresholds",
        "run",
        "from where on a finding is raised, as ID=NUMBER, such as same-answer=0.2",
        _read_thresholds,
        _write_settings,
        repeatable=True,
        in_flight=True,
        option="threshold",
    ),
    Field("engine", "run", "which loop trains; auto chooses by size", **_choice("engine"), in_flight=True),
)
"""Every field but `source`, in the order in which people meet them."""

BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}


def check_fields(recipe: Recipe) -> None:
    """Check each field on its own, all at once; how they fit together and fit the data is checked with the data.

    Raises:
        RecipeError: one sentence for each field that cannot be.
    """
    from tui_backprop.session.recipe.recipe import RecipeError  # noqa: PLC0415  (as above)

    problems = []
    for field in FIELDS:
        value = getattr(recipe, field.name)
        try:
            if field.parse(field.write(value)) != value:
                problems.append(f"{field.flag.removeprefix('--')}: {value!r} is not of the field's type")
        except ValueError as error:
            problems.append(str(error))
        except (TypeError, AttributeError):
            problems.append(f"{field.flag.removeprefix('--')}: {value!r} is not of the field's type")
    if problems:
        raise RecipeError(tuple(problems))
