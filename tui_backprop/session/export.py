"""What a run gives away: its loss curve and its predictions as CSV, numbers as JSON can have them, and new files."""

from __future__ import annotations

import csv
import math
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.session.curve import Curve
from tui_backprop.session.problem import Problem

_NAME = 60  # characters of a new file's name, without its number and suffix
_MOST = 9999  # new files of one name, told apart by their numbers


def write_new(folder: Path, name: str, suffix: str, content: bytes) -> Path:
    """Write a file that was not there before, and return where it is: `name.suffix`, or `name-2.suffix` and so on.

    Args:
        folder: where it is put.
        name: what it is to be called; whatever might mean something to a shell or a file system becomes `-`.
        suffix: such as `svg`.
        content: all of it.

    Raises:
        OSError: it cannot be written; nothing is left behind, and no other file is touched.
    """
    stem = re.sub(r"[^A-Za-z0-9]+", "-", name)[:_NAME].strip("-").lower() or "picture"
    for number in range(1, _MOST + 1):
        path = folder / (f"{stem}.{suffix}" if number == 1 else f"{stem}-{number}.{suffix}")
        try:
            file = path.open("xb")
        except FileExistsError:
            continue
        try:
            with file:
                file.write(content)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path
    raise OSError(f"{folder}: there are {_MOST:,} files called {stem} already")


def check_output(path: Path, source: str) -> None:
    """Check before a long run that `path` can be written and is not the data it reads.

    Raises:
        OSError: what is wrong, in one sentence.
    """
    if path.is_dir():
        raise OSError(f"{path}: this is a folder")
    if not path.parent.is_dir():
        raise OSError(f"{path}: there is no folder {path.parent}")
    if path.exists() and Path(source).exists() and path.samefile(source):
        raise OSError(f"{path}: this is the file that the data are read from")


def write_curve(path: Path, curve: Curve) -> None:
    """Write the loss curve with the columns step, train and test (empty where there is no test set).

    Losses are of the targets as they are trained on: of the scaled ones where the recipe scales them.

    Raises:
        OSError: the file cannot be written; one that was there is then unchanged.
    """
    test = np.full(len(curve.steps), np.nan) if curve.test is None else curve.test
    rows = zip(curve.steps.tolist(), curve.train.tolist(), test.tolist(), strict=True)
    write_csv(path, ("step", "train", "test"), ((step, a, "" if math.isnan(b) else b) for step, a, b in rows))


def write_predictions(path: Path, problem: Problem, theta: Array) -> None:
    """Write every sample with its part, raw inputs, and targets and predictions in the units of the data.

    Raises:
        OSError: the file cannot be written; one that was there is then unchanged.
    """
    data = problem.dataset
    outputs = data.classes or data.target_names
    header = (
        "row",
        "part",
        *data.input_names,
        *(f"target {n}" for n in outputs),
        *(f"prediction {n}" for n in outputs),
    )

    def rows() -> Iterable[Sequence[object]]:
        for part, samples in (("train", problem.train), ("test", problem.test)):
            predicted = problem.predict(theta, samples.raw)
            columns = (samples.rows, samples.raw, samples.raw_targets, predicted)
            for row, raw, target, prediction in zip(*(column.tolist() for column in columns), strict=True):
                yield (row + 1, part, *raw, *target, *prediction)

    write_csv(path, header, rows())


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table; a file that was there is replaced at once, or left as it was.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Give a file to write to that takes the place of `path` at once when all went well, and not at all otherwise.

    Raises:
        OSError: it cannot be written.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        beside.chmod(0o666 & ~umask)  # mkstemp's own mode is for its owner alone
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def json_ready(value: Any) -> Any:
    """Return dicts, lists and numbers as JSON can have them: numbers that are not finite are None."""
    if isinstance(value, dict):
        return {key: json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
