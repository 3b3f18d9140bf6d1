"""A fixed script written beside the original, which is never changed."""

from __future__ import annotations

from pathlib import Path

from tui_backprop.scripts.answering.answer import Answer
from tui_backprop.scripts.source.notebooks import rewritten
from tui_backprop.scripts.source.source import ScriptError, Source
from tui_backprop.text.cleaning import clean


def write_fixed(answer: Answer, source: Source) -> str | None:
    """Write each file that a fix changes as NAME.fixed.py beside it, and return what to say; None where there is no fix.

    A notebook keeps its cells and magics. For standard input, what is returned is the fixed script itself.

    Raises:
        ScriptError: there is a file of that name already, or it cannot be written.
    """
    fixed = answer.fixed_source
    if fixed is None:
        return None
    if source.name == "<stdin>":
        return fixed.text
    files = fixed_files(source, fixed)
    for target in files:
        if target.exists():
            raise ScriptError(f"{clean(target.name)}: there is a file of that name; move it away first")
    for target, text in files.items():
        try:
            with target.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise ScriptError(f"{clean(target.name)}: {error.strerror}") from None
    return f"written: {', '.join(clean(target.name) for target in files)}"


def fixed_files(source: Source, fixed: Source) -> dict[Path, str]:
    """Return the files that fixes change, each under the name that it is written as, beside the original, with its text."""
    out = {}
    for path in ("", *sorted(fixed.modules)):
        text = fixed.written_text_of(path)
        if text == source.written_text_of(path):
            continue
        if not path and source.cells:
            text = rewritten(source.original, source.text, text, source.cells)
        out[_beside(Path(path or source.path))] = text
    return out


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}.fixed{path.suffix}")
