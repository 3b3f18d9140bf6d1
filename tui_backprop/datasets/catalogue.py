"""The built-in data sets, as `data/catalogue.toml` describes them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_backprop.datasets.dataset import Task


@dataclass(frozen=True)
class CatalogueEntry:
    """One built-in data set."""

    name: str
    description: str
    """What it is, in one line."""
    source: str
    """Where it is from."""
    licence: str
    task: Task
    rows: int
    inputs: int
    outputs: int
    classes: tuple[str, ...]
    """Labels in the order of the outputs; empty unless the task is `classes`."""
    target: tuple[str, ...]
    """Its target columns; empty for the last one."""
    recipe: Mapping[str, Any]
    """The fields of its suggested recipe that differ from the original case."""

    @property
    def path(self) -> Path:
        """Its CSV file."""
        return data_folder() / f"{self.name}.csv"


@cache
def data_folder() -> Path:
    """Return the folder of the built-in data: inside an installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "data"
    return installed if installed.is_dir() else package.parent / "data"


@cache
def catalogue() -> tuple[CatalogueEntry, ...]:
    """Return every built-in data set, simplest first."""
    with (data_folder() / "catalogue.toml").open("rb") as file:
        described = tomllib.load(file)
    return tuple(_entry(name, fields) for name, fields in described.items())


def _entry(name: str, fields: dict[str, Any]) -> CatalogueEntry:
    recipe = {key: _tuples(value) for key, value in fields.pop("recipe").items()}
    if recipe.get("batch_size") == "full":
        recipe["batch_size"] = None
    for columns in ("classes", "target"):
        fields[columns] = tuple(fields.get(columns, ()))
    return CatalogueEntry(name=name, recipe=MappingProxyType(recipe), **fields)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def entry(name: str) -> CatalogueEntry:
    """Return one built-in data set.

    Raises:
        KeyError: there is none of that name.
    """
    return {one.name: one for one in catalogue()}[name]
