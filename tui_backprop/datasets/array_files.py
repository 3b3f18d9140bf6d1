"""NumPy's own files, `.npy` and `.npz`: read without pickle, and never more than a limit."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tui_backprop.datasets.columns import MAX_COLUMNS, Column, check_size, column_of_texts
from tui_backprop.datasets.content import MAX_BYTES, Content
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.datasets.table import Table, numbered, table_of_columns
from tui_backprop.text.cleaning import clean

_TARGETS = {"y", "target", "targets", "label", "labels", "ytrain", "trainlabels", "trainy"}
_INPUTS = {"x", "data", "inputs", "images", "features", "xtrain", "trainimages", "trainx"}
_MOST_ARRAYS = 1024


def read_npy(content: Content) -> Table:
    """Read one array: rows of numbers, the last column the target, or rows with named fields.

    Raises:
        SourceError: it cannot be read, or is no table.
    """
    shown = content.shown
    return _table(shown, {"": load_array(shown, content.read(MAX_BYTES, "a NumPy file"))}, [])


def read_npz(content: Content) -> Table:
    """Read arrays by name: those with as many rows as most become columns.

    Raises:
        SourceError: it cannot be read, or is no table.
    """
    shown = content.shown
    arrays = load_arrays(shown, content.read(MAX_BYTES, "a NumPy file"))
    tables = {name: array for name, array in arrays.items() if array.ndim}
    if not tables:
        raise SourceError(f"{shown}: there is no array with rows in it")
    simple = {name: _simple(name) for name in tables}
    first = next((name for name, word in simple.items() if word in _INPUTS), next(iter(tables)))
    rows = len(tables[first])
    used = {name: array for name, array in tables.items() if len(array) == rows}
    others = [clean(name) for name in arrays if name not in used]
    notes = [f"the arrays {', '.join(others)} have other numbers of rows and are left out"] if others else []
    return _table(shown, used, notes)


def load_arrays(shown: str, data: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """Return the arrays of an `.npz` file by name.

    Raises:
        SourceError: it cannot be read, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.endswith(".npy")]
            if len(entries) > _MOST_ARRAYS:
                raise SourceError(f"{shown}: {len(entries):,} arrays: there can be at most {_MOST_ARRAYS:,}")
            if sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise SourceError(f"{shown}: it unpacks to more than {MAX_BYTES // 2**20} MiB")
            found, left = {}, MAX_BYTES
            for entry in entries:
                with archive.open(entry) as file:
                    unpacked = file.read(left + 1)
                left -= len(unpacked)
                if left < 0:
                    raise SourceError(f"{shown}: it unpacks to more than {MAX_BYTES // 2**20} MiB")
                found[entry.filename.removesuffix(".npy")] = load_array(shown, unpacked)
            return found
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise SourceError(f"{shown}: this is no .npz file, or it is damaged") from None


def load_array(shown: str, data: bytes) -> np.ndarray[Any, Any]:
    """Return one array of numbers or texts from the bytes of an `.npy` file.

    Raises:
        SourceError: it is damaged or would need pickle.
    """
    try:
        array = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False, max_header_size=100_000)
    except Exception as error:
        if "Object arrays" in str(error):
            raise SourceError(f"{shown}: it has Python objects, which are not read: save numbers or texts") from None
        raise SourceError(f"{shown}: this is no .npy array, or it is damaged") from None
    return np.asarray(array)


def _simple(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _table(shown: str, arrays: Mapping[str, np.ndarray[Any, Any]], notes: Sequence[str]) -> Table:
    columns: list[Column] = []
    targets: list[str] = []
    for name, array in arrays.items():
        made = _columns(shown, name, array)
        columns += made
        if _simple(name) in _TARGETS and not targets:
            targets = [column.name for column in made]
    if columns and not len(columns[0].gaps):
        raise SourceError(f"{shown}: there are no rows")
    return table_of_columns(shown, columns, targets, notes)


def _columns(shown: str, name: str, array: np.ndarray[Any, Any]) -> list[Column]:
    """Return the columns that an array has: its fields, itself, or what lies behind its first axis."""
    if array.ndim == 0:
        raise SourceError(f"{shown}: one number is no table")
    if array.dtype.names:
        if len(array.dtype.names) > MAX_COLUMNS or array.ndim > 1:
            raise SourceError(f"{shown}: expected rows of at most {MAX_COLUMNS:,} named numbers")
        return [column_of_values(shown, field, array[field]) for field in array.dtype.names]
    if array.ndim == 1:
        return [column_of_values(shown, name or "x", array)]
    flat = array.reshape(len(array), -1)
    if flat.shape[1] > MAX_COLUMNS:
        raise SourceError(f"{shown}: {flat.shape[1]:,} columns: there can be at most {MAX_COLUMNS:,}")
    check_size(shown, len(flat), max(1, flat.shape[1]))
    names = (name,) if name and flat.shape[1] == 1 else numbered(flat.shape[1], name or "x")
    return [column_of_values(shown, one, flat[:, at]) for at, one in enumerate(names)]


def column_of_values(shown: str, name: str, values: np.ndarray[Any, Any]) -> Column:
    """Return a column of numbers or texts, (rows,); NaN is a gap.

    Raises:
        SourceError: they are neither, or a number is infinite.
    """
    label = clean(name)
    if values.ndim == 1 and values.dtype.kind in "US":
        texts = [text.decode("utf-8", "replace") if isinstance(text, bytes) else text for text in values.tolist()]
        return column_of_texts(label, texts)
    if values.ndim > 1 or values.dtype.kind not in "biuf":
        raise SourceError(f"{shown}: '{label}' is of type {clean(str(values.dtype), 40)}: numbers or texts are read")
    numbers = np.ascontiguousarray(values, np.float64)
    if np.isinf(numbers).any():
        row = int(np.flatnonzero(np.isinf(numbers))[0])
        raise SourceError(f"{shown}: row {row + 1}: column '{label}': {numbers[row]:g} is not finite")
    gap = int(np.flatnonzero(np.isnan(numbers))[0]) + 1 if np.isnan(numbers).any() else 0
    return Column(
        label,
        numbers,
        first_gap=f"{shown}: row {gap}: column '{label}': the value is missing (nan)" if gap else "",
    )
