"""From what somebody typed to a data set."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from tui_backprop.datasets.catalogue import catalogue
from tui_backprop.datasets.csv_files import read_csv
from tui_backprop.datasets.dataset import Dataset, SourceError
from tui_backprop.system.visitor import refuse_visitor
from tui_backprop.text.cleaning import clean


def source_path(source: str) -> Path:
    """Return the file of a built-in data set, by its name, or the path itself."""
    return next((entry.path for entry in catalogue() if entry.name == source), Path(source))


def open_source(source: str, *, target: Sequence[str] = (), inputs: Sequence[str] = ()) -> Dataset:
    """Read a built-in data set by name, or a CSV file by path.

    Raises:
        SourceError: there is no such thing, or it cannot be read.
        VisitorError: it is a file, and the user is a visitor.
    """
    for entry in catalogue():
        if entry.name == source:
            return read_csv(entry.path, name=entry.name, target=target or entry.target, inputs=inputs)
    names = [entry.name for entry in catalogue()]
    refuse_visitor(clean(source))
    if not _is_there(Path(source)):
        close = difflib.get_close_matches(source, names, n=1)
        hint = f": did you mean {close[0]}?" if close else f" ({', '.join(names)})"
        raise SourceError(f"'{clean(source)}' is neither a built-in data set nor a file{hint}")
    return read_csv(Path(source), target=target, inputs=inputs)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False
