"""A fixed script written beside the original, which is never changed."""

from __future__ import annotations

from pathlib import Path

from tui_backprop.scripts.answer import Answer
from tui_backprop.scripts.source import ScriptError, Source
from tui_backprop.text.cleaning import clean


def write_fixed(answer: Answer, source: Source) -> str | None:
    """Write the fixed script and return what to say about it; None where there is no fix.

    Raises:
        ScriptError: there is a file of that name already.
    """
    if answer.fixed_text is None:
        return None
    if source.name == "<stdin>":
        return answer.fixed_text
    path = Path(source.path)
    target = path.with_name(f"{path.stem}.fixed{path.suffix}")
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(answer.fixed_text)
    except FileExistsError:
        raise ScriptError(f"{clean(target.name)}: there is a file of that name; move it away first") from None
    except OSError as error:
        raise ScriptError(f"{clean(target.name)}: {error.strerror}") from None
    return f"written: {clean(target.name)}"
