"""A script as it is on disk: its text, its folder, and places in it."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass, field, replace
from pathlib import Path

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.source.notebooks import cells_of, joined, with_cells
from tui_backprop.scripts.source.python2 import has_names_of_python2, translated
from tui_backprop.system.inputs import InputFileError, read_input, read_python, shown_path
from tui_backprop.text.cleaning import clean
from tui_backprop.text.syntax import parsed

_PROMPT = re.compile(r"^(?:>>>|\.\.\.)(?: (.*)|)$|^In \[\d+\]: (.*)$")
_SUPPLIED = {"np": "import numpy as np", "numpy": "import numpy", "math": "import math", "random": "import random"}


LOOP_MARK = "# ---- from here on it is tui-backprop's: it trains the functions above ----"
"""The line between functions and the loop that was put after them."""

_BREAK = f"\n\n{LOOP_MARK}"


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
    cells: tuple[tuple[int, int], ...] = ()
    """For each line of a notebook, its cell and the line in it."""
    supplied: str = ""
    """Imports that the check supplies, before the first line."""
    original: str = ""
    """The file's text as it is on disk, where it is not `text`."""
    notes: tuple[str, ...] = ()

    def text_of(self, path: str) -> str:
        """Return the text of a module beside the script, by its absolute path; with an empty one that of the script."""
        if not path:
            return self.text
        found = self.modules.get(path)
        return Path(path).read_text(encoding="utf-8", errors="replace") if found is None else found

    def written_text_of(self, path: str) -> str:
        """Return the text of the script or a module as its file has it: without a loop that was put after it."""
        return self.text_of(path).partition(_BREAK)[0]

    @property
    def has_our_loop(self) -> bool:
        """Whether it is functions with a loop of ours after them."""
        return _BREAK in self.text

    def name_of(self, path: str) -> str:
        """Return what messages call a module beside the script; with an empty path the script's name."""
        if not path:
            return self.name
        inside = Path(path)
        return clean(str(inside.relative_to(self.folder)) if inside.is_relative_to(self.folder) else inside.name)

    def place_of(self, line: int) -> str:
        """Return a line as a table has it: its number, in a notebook that of its cell and the line in it (3:2)."""
        return "{}:{}".format(*self.cells[line - 1]) if 0 < line <= len(self.cells) else str(line)

    def where(self, line: int | None) -> str:
        """Return what an error begins with: the file, and the line where there is one (of a notebook, the cell's)."""
        if line is None:
            return self.name
        known = 0 < line <= len(self.cells)
        return "{}: cell {}, line {}".format(self.name, *self.cells[line - 1]) if known else f"{self.name}:{line}"

    def placed_text(self, text: str) -> str:
        """Return a sentence with its lines told as cells and lines, where this is a notebook."""
        return with_cells(text, self.cells) if self.cells else text

    def line(self, number: int) -> str:
        """Return a line without its indentation."""
        lines = self.text.splitlines()
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""


def read_source(path: str, text: str | None = None) -> Source:
    """Read a Python file, a notebook, or (where `text` is given) standard input.

    Raises:
        ScriptError: it cannot be read, or is not Python.
    """
    if text is not None:
        here = Path.cwd()
        return _prepared(Source(str(here / "<stdin>"), "<stdin>", text, str(here)))
    place = Path(path)
    whole = place.resolve()
    try:
        notebook = place.suffix == ".ipynb"
        body = read_input(place, "a notebook", 2**26).decode() if notebook else read_python(place)
    except InputFileError as error:
        raise ScriptError(f"{shown_path(path)}: {error}") from None
    except UnicodeDecodeError:
        raise ScriptError(f"{shown_path(path)}: this is not text: expected a notebook") from None
    found = Source(str(whole), clean(place.name), body, str(whole.parent))
    if place.suffix == ".ipynb":
        cells = cells_of(found.text)
        if cells is None:
            raise ScriptError(f"{found.name}: this is not a notebook: expected JSON with cells")
        body, places = joined(cells)
        found = replace(found, text=body, cells=places, original=found.text)
    return _prepared(found)


def with_loop(source: Source, loop: str) -> Source:
    """Return functions with a loop after them, which begins with `LOOP_MARK`."""
    return replace(source, text=f"{source.text}\n\n{loop}")


def _prepared(source: Source) -> Source:
    """Return a source that parses: prompts and indentation removed, Python 2 translated, missing imports supplied."""
    text, notes = (
        source.text.replace("\r\n", "\n").replace("\t", "    ") if "\t" in source.text else source.text,
        list(source.notes),
    )
    if not _parses(text):
        unprompted = _without_prompts(text)
        if unprompted is not None:
            text = unprompted
            notes.append("Its prompts were removed for the check.")
    if not _parses(text) and _parses(textwrap.dedent(text)):
        text = textwrap.dedent(text)
        notes.append("Its common indentation was removed for the check.")
    if not _parses(text) or has_names_of_python2(parsed(text)):
        new = translated(text)
        if new is not None and _parses(new):
            text = new
            notes.append("It is Python 2: it was translated for the check.")
    problem = _problem(text)
    if problem is not None:
        line, said = problem
        raise ScriptError(f"{source.where(line)}: not valid Python 3: {clean(said)}; mend that line first")
    supplied = _missing_imports(text)
    if supplied:
        notes.append(f"It lacks {', '.join(f'`{one}`' for one in supplied)}: supplied for the check.")
    original = source.original or (source.text if text != source.text else "")
    return replace(source, text=text, supplied="; ".join(supplied), original=original, notes=tuple(notes))


def _problem(text: str) -> tuple[int, str] | None:
    try:
        parsed(text)
    except SyntaxError as error:
        return error.lineno or 1, error.msg or "a syntax error"
    except (ValueError, RecursionError, MemoryError) as error:
        return 1, str(error)
    return None


def _parses(text: str) -> bool:
    return _problem(text) is None


def _without_prompts(text: str) -> str | None:
    """Return the lines after `>>>` and `...`, and what was printed as comments; None without prompts."""
    lines, found = [], False
    for line in text.splitlines():
        match = _PROMPT.match(line.strip()) if line.strip()[:3] in (">>>", "...", "In ") else None
        if match:
            found = True
            lines.append(line.lstrip()[4:] if line.lstrip()[:3] in (">>>", "...") else (match[2] or ""))
        else:
            lines.append(f"# {line}" if line.strip() else "")
    return "\n".join(lines) + "\n" if found else None


def _missing_imports(text: str) -> list[str]:
    tree = parsed(text)
    bound = {
        alias.asname or alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    if "*" in bound:
        return []
    bound |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    used = {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and isinstance(node.value.ctx, ast.Load)
    }
    return [line for name, line in _SUPPLIED.items() if name in used and name not in bound]
