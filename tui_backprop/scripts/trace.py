"""A trace as the parent has it: records checked as data, with what a replay needs to compute them again."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tui_backprop.core.errors import InputError

Value = Any  # a float, an int, a bool or an array; None where it follows from the operands


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """Where in the source a record was made."""

    file: int
    line: int
    column: int
    end_line: int
    end_column: int
    kind: str


@dataclass(slots=True)
class Trace:
    """The records of a run, in the order in which they were made."""

    ops: list[str]
    args: list[tuple[int, ...]]
    attrs: dict[int, Any]
    where: list[int]
    values: list[Value]
    places: list[SourcePlace]
    files: list[str]
    labels: dict[int, list[tuple[str, int]]]
    """The names that a record was given, each with its place."""
    drops: list[tuple[int, list[int]]]
    paths: list[tuple[str, list[int], tuple[int, ...]]]
    passes: list[tuple[int, int]]
    reason: str
    error: dict[str, Any] | None
    notes: list[str]
    more: dict[str, Any]

    def __len__(self) -> int:
        return len(self.ops)

    def place(self, record: int) -> SourcePlace | None:
        """Return where a record was made; None where it has no place of its own."""
        number = self.where[record]
        return self.places[number] if number >= 0 else None

    def line(self, record: int) -> int | None:
        """Return the line of a record."""
        place = self.place(record)
        return None if place is None else place.line


def load_trace(path: Path) -> Trace:
    """Read a trace that a script's process wrote, and check that it is one.

    Raises:
        InputError: it is not a trace; the script has written to our file, or its process ended too early.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            data = {key: file[key] for key in file.files}
        return _checked(data)
    except (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile, json.JSONDecodeError) as error:
        raise InputError(f"what the script's process sent is no trace ({type(error).__name__})") from None


def _checked(data: dict[str, Any]) -> Trace:
    meta = json.loads(data["meta"].tobytes().decode())
    names = [str(one) for one in meta["names"]]
    count = len(data["ops"])
    offsets, flat = data["offsets"], data["args"]
    if len(offsets) != count + 1 or (len(flat) and (flat.min() < 0)):
        raise ValueError("operands")
    args = [tuple(flat[offsets[n] : offsets[n + 1]].tolist()) for n in range(count)]
    if any(one >= n for n, operands in enumerate(args) for one in operands):
        raise ValueError("an operand that is made later")
    places = [SourcePlace(int(a), int(b), int(c), int(d), int(e), str(f)) for a, b, c, d, e, f in meta["places"]]
    where = data["where"].tolist()
    if where and (max(where) >= len(places) or len(where) != count):
        raise ValueError("places")
    labels: dict[int, list[tuple[str, int]]] = {}
    for record, label, place in meta["labels"]:
        labels.setdefault(int(record), []).append((str(label)[:80], int(place)))
    ops, attrs = [names[n] for n in data["ops"]], {int(key): value for key, value in meta["attrs"].items()}
    _as_differences(ops, args, attrs)
    return Trace(
        ops=ops,
        args=args,
        attrs=attrs,
        where=where,
        values=_values(data, meta, count),
        places=places,
        files=[str(one) for one in meta["files"]],
        labels=labels,
        drops=[(int(place), [int(one) for one in records]) for place, records in meta["drops"]],
        paths=[(str(path), [int(one) for one in records], tuple(shape)) for path, records, shape in meta["paths"]],
        passes=[(int(a), int(b)) for a, b in meta["passes"]],
        reason=str(meta["reason"]),
        error=meta.get("error"),
        notes=[str(one) for one in meta["notes"]],
        more={key: meta[key] for key in ("probes", "tried", "trouble", "forgets", "window", "line") if key in meta},
    )


def _as_differences(ops: list[str], args: list[tuple[int, ...]], attrs: dict[int, Any]) -> None:
    """Write sums with the negative of a number as the differences that they are: `-t + p` and `p + -t` as `p - t`."""
    for record, op in enumerate(ops):
        attr = attrs.get(record, {})
        if op != "add" or len(args[record]) != 2 or not isinstance(attr, dict) or attr.get("in_place"):
            continue
        (first, second), literal = args[record], attr.get("literal", 0)
        if ops[second] == "neg":
            ops[record], args[record] = "sub", (first, args[second][0])
        elif ops[first] == "neg":
            ops[record], args[record] = "sub", (second, args[first][0])
            attrs[record] = {**attr, "literal": literal >> 1 | (literal & 1) << 1}


def _values(data: dict[str, Any], meta: dict[str, Any], count: int) -> list[Value]:
    values: list[Value] = [None] * count
    kinds, scalars = data["kinds"], data["scalars"]
    for n in range(count):
        if kinds[n] == 1:
            values[n] = float(scalars[n])
        elif kinds[n] in (2, 3):
            values[n] = int(scalars[n]) if kinds[n] == 2 else bool(scalars[n])
    blob = data["blob"]
    for record, kind, shape, at in meta["arrays"]:
        dtype = np.dtype(kind)
        if dtype.kind not in "fiub":
            raise ValueError("an array of another kind")
        size = dtype.itemsize * int(np.prod(shape, dtype=np.int64))
        values[record] = blob[at : at + size].view(dtype).reshape(shape)
    return values
