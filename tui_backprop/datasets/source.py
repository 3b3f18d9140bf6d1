"""From what the user typed to a data set."""

from __future__ import annotations

import difflib
import os
import time
import zipfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from tui_backprop.datasets.array_files import read_npy, read_npz
from tui_backprop.datasets.canvas import CANVASES, canvas
from tui_backprop.datasets.catalogue import CatalogueEntry, catalogue
from tui_backprop.datasets.content import STANDARD_INPUT, Content, content_of
from tui_backprop.datasets.dataset import Dataset, SourceError
from tui_backprop.datasets.delimited import read_delimited
from tui_backprop.datasets.parquet_files import read_parquet
from tui_backprop.datasets.reading import AS_IT_IS, TableOptions
from tui_backprop.datasets.record_files import read_json, read_sheet
from tui_backprop.datasets.samples import PREFIX, read_sample
from tui_backprop.datasets.table import Table
from tui_backprop.datasets.understanding import understand
from tui_backprop.system.visitor import refuse_visitor
from tui_backprop.text.cleaning import clean

_TASKS = {"binary": "auto", "classes": "classes", "regression": "numbers"}
_JSON = (".json", ".jsonl", ".ndjson")
_SETTLED = 2.0  # seconds after which another change of a file shows in its time of change, whatever keeps it
_SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def needs_no_file(source: str) -> bool:
    """Whether a source is a name that means the same everywhere: a built-in set, or one that scikit-learn brings."""
    return source.startswith(PREFIX) or source in CANVASES or any(entry.name == source for entry in catalogue())


def source_path(source: str) -> Path:
    """Return the file of a built-in data set, by its name, or the path itself."""
    return next((entry.path for entry in catalogue() if entry.name == source), Path(source))


def open_source(source: str, reading: TableOptions = AS_IT_IS) -> Dataset:
    """Read a built-in data set by name, a table file by path, or standard input (`-`).

    Raises:
        SourceError: there is no such thing, or it cannot be read.
        VisitorError: it is a file, and the user is a visitor.
    """
    if not source.strip():
        raise SourceError("the name is empty: expected a data set, such as xor, or a table's file")
    for entry in catalogue():
        if entry.name == source:
            return _built_in(entry, reading)
    if source in CANVASES:
        return canvas(source)
    if source.startswith(PREFIX):
        return understand(read_sample(source), reading)
    names = [entry.name for entry in catalogue()]
    refuse_visitor(clean(source), "" if source == STANDARD_INPUT else source)
    state = None if source == STANDARD_INPUT else _state(Path(source))
    if source != STANDARD_INPUT and state is None:
        close = difflib.get_close_matches(source, names, n=1)
        hint = f": did you mean {close[0]}?" if close else f" ({', '.join(names)})"
        raise SourceError(f"'{clean(source)}' is neither a built-in data set nor a file{hint}")
    if state is None or time.time() - state.st_mtime < _SETTLED:
        return _read(source, reading)
    return _read_once(
        source, reading, (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    )


def _read(source: str, reading: TableOptions) -> Dataset:
    return understand(read_table(content_of(source), reading), reading)


@lru_cache(maxsize=1)
def _read_once(source: str, reading: TableOptions, _: tuple[int, ...]) -> Dataset:
    """Read a file whose state is known: a recipe is suggested for it, and then it is trained on."""
    return _read(source, reading)


def _built_in(entry: CatalogueEntry, reading: TableOptions) -> Dataset:
    """Read a built-in set, of which it is known what it is."""
    known = replace(
        reading,
        target=reading.target or entry.target,
        decimal="point",
        task=_TASKS[entry.task] if reading.task == "auto" else reading.task,
    )
    return understand(read_table(content_of(str(entry.path)), known), known, entry.name)


def read_table(content: Content, reading: TableOptions) -> Table:
    """Read a table in the format that its first bytes, or else its name, tell.

    Raises:
        SourceError: it cannot be read.
    """
    head = content.head
    if head.startswith(b"\x93NUMPY"):
        return read_npy(content)
    if head.startswith(b"PK\x03\x04"):
        return read_npz(content) if _has_arrays(content) else read_sheet(content, reading)
    if head.startswith(b"PAR1"):
        return read_parquet(content, reading)
    if content.suffix in _SHEETS and head:
        return read_sheet(content, reading)
    if content.suffix in _JSON or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[{", b"[[", b'{"')):
        return read_json(content, reading)
    if content.suffix in (".npy", ".npz", ".parquet"):
        raise SourceError(f"{content.shown}: this is no {content.suffix} file, or it is damaged")
    return read_delimited(content, reading)


def _has_arrays(content: Content) -> bool:
    try:
        with content.open() as file, zipfile.ZipFile(file) as archive:
            return any(entry.filename.endswith(".npy") for entry in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        raise SourceError(f"{content.shown}: the zip file is damaged") from None


def _state(path: Path) -> os.stat_result | None:
    """Return what tells one state of a file from another; None where there is none."""
    try:
        return path.stat()
    except (OSError, ValueError):  # a name that no file can have is a ValueError
        return None
