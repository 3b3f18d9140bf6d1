"""A script as it is on disk: its text, its folder, and places in it."""

from __future__ import annotations

import tokenize
from dataclasses import dataclass, field
from pathlib import Path

from tui_backprop.core.errors import InputError
from tui_backprop.datasets.text import clean


class ScriptError(InputError):
    """A script cannot be used; one sentence, which begins with the file and, where it is known, the line."""


@dataclass(frozen=True, slots=True)
class Source:
    """A script's text and where it came from."""

    path: str
    """The absolute path, which tracebacks and places name."""
    name: str
    """The file as messages call it."""
    text: str
    folder: str
    """The folder that it runs in."""
    modules: dict[str, str] = field(default_factory=dict)
    """The text of other modules, by absolute path, where it is not what is on disk."""
    notes: tuple[str, ...] = ()

    def line(self, number: int) -> str:
        """Return a line without its indentation."""
        lines = self.text.splitlines()
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""


def read_source(path: str) -> Source:
    """Read a Python file.

    Raises:
        ScriptError: it cannot be read.
    """
    place = Path(path)
    if not place.is_file():
        there = "this is a folder" if place.is_dir() else "there is no such file"
        raise ScriptError(f"{clean(path)}: {there}")
    try:
        with tokenize.open(path) as file:
            text = file.read()
    except (SyntaxError, UnicodeDecodeError, LookupError):
        raise ScriptError(f"{clean(path)}: this is not text: expected a Python file") from None
    except OSError as error:
        raise ScriptError(f"{clean(path)}: {error.strerror}") from None
    whole = place.resolve()
    return Source(str(whole), clean(place.name), text, str(whole.parent))
