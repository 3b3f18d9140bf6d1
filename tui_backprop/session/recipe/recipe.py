"""The recipe: everything that determines a run, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from tui_backprop.core.errors import InputError
from tui_backprop.datasets.reading import TableOptions


class RecipeError(InputError):
    """A recipe that cannot be run. Its text is one sentence per problem, all of them at once."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def is_file(rule: str) -> bool:
    """Whether a rule is in a Python file of the user's own, and not one that is known by name."""
    return rule.endswith(".py")


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a run. The defaults are those of the original case.

    A field's unit, range and reason stand below it; what a text may say for it is in `tui_backprop.session.recipe.fields`.
    """

    source: str = "parity"
    """A built-in data set's name, or the path of a table."""
    target: tuple[str, ...] = ()
    """Target columns of a table; empty for the last one."""
    inputs: tuple[str, ...] = ()
    """Input columns of a table; empty for all that are not targets."""
    missing: str = "drop"
    """What is done about gaps in a table: drop leaves the row out, mean fills the gap, error refuses the table."""
    task: str = "auto"
    """What the target is taken for: auto decides by its values, classes and numbers by name."""
    decimal: str = "auto"
    """The decimal mark of a table's numbers; auto decides by the numbers."""
    no_header: bool = False
    """Whether the first row of a table is data, and its columns are x1, x2, …"""
    points: tuple[str, ...] = ()
    """Samples drawn by hand and rows left out, each a text as `tui_backprop.session.recipe.points` has it."""
    features: tuple[str, ...] = ()
    """What the network gets instead of the columns, each an expression over them; empty for the columns themselves."""
    hidden: tuple[int, ...] = (1,)
    """Units of each hidden layer, 1 … 256 each, at most 8 layers; empty for none."""
    activation: str = "sigmoid"
    """Activation of the hidden layers."""
    output_activation: str = "auto"
    """Activation of the last layer; auto: sigmoid for 0/1 targets, softmax for classes, linear for numbers."""
    loss: str = "auto"
    """Loss; auto: squared for 0/1 and number targets, cross-entropy for classes."""
    optimizer: str = "sgd"
    """How a gradient becomes an update."""
    lr: float = 0.1
    """Learning rate η, above 0."""
    schedule: str = "constant"
    """What the rate is multiplied with as steps go by: constant, step:P,F, exponential:F or cosine:P."""
    warmup: int = 0
    """Steps over which the rate first rises in a straight line."""
    momentum: float = 0.9
    """μ of `momentum` and `nesterov`, at least 0 and below 1; the others have none."""
    l1: float = 0.0
    """λ₁ of the penalty λ₁Σ|w| over the weights, at least 0."""
    l2: float = 0.0
    """λ₂ of the penalty ½λ₂Σw² over the weights, at least 0."""
    clip: float | None = None
    """Largest Euclidean length of a gradient, above 0; None for no limit."""
    batch_size: int | None = 1
    """Samples of a step; None for the full batch, which is every training sample in order."""
    sampling: str = "random"
    """How a batch is chosen: random (with replacement), shuffle or sequential."""
    init: str = "uniform"
    """First values of the weights; biases start at 0."""
    seed: int = 0
    """Where all randomness comes from, 0 … 2⁶⁴ − 1."""
    scale_inputs: str = "max"
    """How inputs are scaled; learned from the training samples alone."""
    scale_targets: str = "none"
    """How targets that are numbers are scaled; learned from the training samples alone, and undone in every answer shown."""
    test_fraction: float = 0.0
    """Share of the samples that is kept for testing, at least 0 and below 1."""
    noise: float = 0.0
    """Gaussian noise on the training inputs, in standard deviations of each column, at least 0."""
    label_noise: float = 0.0
    """Share of training labels replaced by another; for numbers, noise in standard deviations. 0 … 1."""
    rule: str = "exact"
    """The backward rule: exact, a wrong one by name, or the path of a Python file with the user's own."""
    steps: int = 10_000
    """How many steps `run` makes, at least 0."""
    set: tuple[tuple[str, float], ...] = ()
    """First values of parameters by name or entry, after `init`: (("w1", 0.15), …)."""
    freeze: tuple[str, ...] = ()
    """Parameters that are not trained, by name or entry."""
    probe: tuple[tuple[float, ...], ...] = ()
    """Raw inputs whose prediction is shown before and after."""
    thresholds: tuple[tuple[str, float], ...] = ()
    """From where on a finding is raised, by its id, where it is not its own: (("same-answer", 0.2), …)."""
    engine: str = "auto"
    """Which loop trains; auto chooses by size."""

    def replace(self, **changes: Any) -> Recipe:
        """Return a recipe with some fields changed; nothing is checked yet."""
        return replace(self, **changes)

    @property
    def reading(self) -> TableOptions:
        """How its table is to be understood."""
        return TableOptions(**{field.name: getattr(self, field.name) for field in fields(TableOptions)})

    def as_dict(self) -> dict[str, Any]:
        """Every field as JSON has it: lists for tuples, "full" for the full batch, objects for `set` and `thresholds`."""
        found: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            found[field.name] = _plain(value)
        found["set"] = dict(self.set)
        found["thresholds"] = dict(self.thresholds)
        found["batch_size"] = "full" if self.batch_size is None else self.batch_size
        return found


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
