"""Weights that are loaded: this program's files, and those of others whose arrays fit the network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tui_backprop.core.errors import InputError
from tui_backprop.core.network import Network, Tensor
from tui_backprop.datasets.array_files import load_arrays
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.system.inputs import InputFileError, read_input, shown_path
from tui_backprop.system.visitor import refuse_visitor
from tui_backprop.text.cleaning import clean

SUFFIXES = (".npz", ".safetensors")
"""How files of weights end."""

_LARGEST = 2**28  # bytes of a file
_ABOUT = ("input_offset", "input_divisor", "target_offset", "target_divisor")  # what is no parameter
_NAMED = 4  # arrays that an error lists

Arrays = Mapping[str, np.ndarray[Any, Any]]


class WeightsError(InputError):
    """A file of weights that cannot be used; the text is one sentence."""


def read_weights(path: Path, network: Network) -> dict[str, tuple[float, ...]]:
    """Return the values of each tensor of a network, in their order in θ, from a file.

    Arrays are found by their names, `w1` or `W1`, and otherwise matrices and vectors by their order. A matrix may lie
    the other way round, (fan_out, fan_in), as in a `weight` of PyTorch.

    Raises:
        WeightsError: it cannot be read, or does not fit.
    """
    arrays = {name: one for name, one in _arrays(path).items() if one.dtype.kind in "fiu" and name not in _ABOUT}
    by_name = {name.lower(): (name, one) for name, one in arrays.items()}
    wanted = network.tensors
    if not any(tensor.name in by_name for tensor in wanted):
        for sign, axes in (("w", 2), ("b", 1)):
            found = [(name, one) for name, one in arrays.items() if one.ndim == axes]
            by_name |= {f"{sign}{layer}": one for layer, one in enumerate(found, start=1)}
    return {tensor.name: _values(path, tensor, network, by_name) for tensor in wanted}


def scaling_note(path: Path, problem: Problem) -> str:
    """Say that a file's network was trained with another scaling than a problem has; nothing where it was not.

    Raises:
        WeightsError: it cannot be read.
    """
    arrays = _arrays(path)
    here = {"input": problem.scaler, "target": problem.target_scaler}
    for what, scaler in here.items():
        for name, own in (("offset", scaler.offset), ("divisor", scaler.divisor)):
            other = arrays.get(f"{what}_{name}")
            if other is not None and (other.shape != own.shape or not np.allclose(other, own, rtol=1e-9)):
                return (
                    f"{shown_path(path)} was trained with {what}s scaled by other numbers than here: its answers differ "
                    "until it is trained again"
                )
    return ""


def _arrays(path: Path) -> Arrays:
    """Return the arrays of a file by name."""
    refuse_visitor("files of weights")
    if path.suffix.lower() not in SUFFIXES:
        raise WeightsError(f"{shown_path(path)}: expected a file of weights, NAME.npz or NAME.safetensors")
    try:
        data = read_input(path, "a file of weights", _LARGEST)
        return load_arrays(shown_path(path), data) if path.suffix.lower() == ".npz" else _safetensors(path, data)
    except InputFileError as error:
        raise WeightsError(f"{shown_path(path)}: {error}") from None
    except SourceError as error:
        raise WeightsError(str(error)) from None


def _safetensors(path: Path, data: bytes) -> Arrays:
    try:
        from safetensors import SafetensorError  # noqa: PLC0415  (an extra)
        from safetensors.numpy import load  # noqa: PLC0415
    except ImportError:
        raise WeightsError(
            f"{shown_path(path)}: reading it needs safetensors: pip install 'tui-backprop[weights]'"
        ) from None
    try:
        found: Arrays = load(data)
    except (SafetensorError, ValueError, KeyError, TypeError):  # a type that NumPy does not have is a KeyError
        raise WeightsError(f"{shown_path(path)}: this is no .safetensors file of numbers, or it is damaged") from None
    return {name: found[name] for name in sorted(found, key=_naturally)}  # the format has no order


def _naturally(name: str) -> list[tuple[int, str]]:
    """Sort key in which `10.weight` comes after `2.weight`."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _values(
    path: Path, tensor: Tensor, network: Network, arrays: Mapping[str, tuple[str, np.ndarray[Any, Any]]]
) -> tuple[float, ...]:
    if tensor.name not in arrays:
        raise WeightsError(
            f"{shown_path(path)}: it has no {tensor.name}, which the network {network.name} has (it has "
            f"{', '.join(_listed(arrays))})"
        )
    name, array = arrays[tensor.name]
    turned = (
        tensor.is_weight
        and array.shape == tensor.shape[::-1]
        and (array.shape != tensor.shape or name.endswith("weight"))
    )
    values = np.asarray(array.T if turned else array, dtype=np.float64)
    if values.shape != tensor.shape and values.size == tensor.size and not tensor.is_weight:
        values = values.reshape(tensor.shape)  # a bias as a row or a column
    if values.shape != tensor.shape:
        raise WeightsError(
            f"{shown_path(path)}: {clean(name)} is {_shape(array.shape)}, and {tensor.name} of the network {network.name} "
            f"is {_shape(tensor.shape)}: give --hidden the sizes of the file's layers"
        )
    if not np.isfinite(values).all():
        raise WeightsError(f"{shown_path(path)}: {clean(name)} has values that are not finite numbers")
    return tuple((values + 0.0).ravel().tolist())  # −0 becomes 0, as in what a recipe sets


def _listed(arrays: Mapping[str, tuple[str, Any]]) -> Iterator[str]:
    names = [clean(name) for name, _ in arrays.values()] or ["no arrays of numbers"]
    yield from names[:_NAMED]
    if len(names) > _NAMED:
        yield f"and {len(names) - _NAMED} more"


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
