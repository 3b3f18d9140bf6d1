"""A data set, wherever it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_backprop.core.arrays import Array
from tui_backprop.core.errors import InputError

Task = Literal["binary", "classes", "regression"]
"""`binary`: every target is 0 or 1; `classes`: one of several labels; `regression`: numbers."""


class SourceError(InputError):
    """Data that cannot be read. The text is one line such as `my.csv:17: column 'x1': 'abc' is not a number`."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples as rows. The arrays are read-only."""

    name: str
    """Fit to be shown."""
    inputs: Array
    """Raw inputs, (rows, inputs)."""
    targets: Array
    """(rows, outputs): 0 or 1 for binary, one-hot for classes, raw numbers for regression."""
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    """The target columns; for classes the one column that holds the labels."""
    task: Task
    classes: tuple[str, ...] = ()
    """Labels in the order of the outputs; empty unless the task is `classes`."""
    notices: tuple[str, ...] = ()
    """What people should know of the data, a sentence each."""
    base: Dataset | None = None
    """What it was before points were drawn into it; None where there are none."""
    drawn_for_test: tuple[bool, ...] = ()
    """Of each row that was drawn, which are the last ones: whether it is for testing."""
    dropped: frozenset[int] = frozenset()
    """Rows, from 0, that are in neither part."""

    def __post_init__(self) -> None:
        self.inputs.setflags(write=False)
        self.targets.setflags(write=False)

    @property
    def rows(self) -> int:
        """Number of samples."""
        return len(self.inputs)

    @property
    def n_inputs(self) -> int:
        """Number of input columns."""
        return int(self.inputs.shape[1])

    @property
    def n_outputs(self) -> int:
        """Number of outputs that a network for it has."""
        return int(self.targets.shape[1])
