"""A worksheet as a file."""

from __future__ import annotations

from tui_backprop.session.keep.worksheet.content import worksheet
from tui_backprop.session.keep.worksheet.latex import latex
from tui_backprop.session.keep.worksheet.markdown import markdown
from tui_backprop.session.session import Session

_FORMS = {".md": markdown, ".tex": latex}


def exported(session: Session, suffix: str, *, updates: int = 1, answers: bool = False) -> bytes:
    """Return the next `updates` updates of the run that is looked at, as an exercise or with its answers.

    Raises:
        InputError: too much for a sheet, or formulas that are not known.
    """
    return _FORMS[suffix](worksheet(session.current, updates), answers=answers).encode()
