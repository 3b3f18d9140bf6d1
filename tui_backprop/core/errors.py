"""The errors that end the program: input that cannot be used, and a mistake of its own."""

from __future__ import annotations

from collections.abc import Collection


class InputError(ValueError):
    """Something typed, written in a file or asked for cannot be used; the text is one sentence for the user."""


class CrashError(Exception):
    """The app fell over a mistake of its own, which is the cause; the terminal is as it was before."""


class IncompleteError(Exception):
    """A table of the program lacks an entry that another table has; the text is one sentence for who added that one."""


def require(what: str, known: Collection[str], names: Collection[str]) -> None:
    """Check when a module is imported that one of its tables knows all names of another one.

    Raises:
        IncompleteError: which names are missing, and in what.
    """
    missing = [name for name in names if name not in known]
    if missing:
        raise IncompleteError(f"{what}: no entry for {', '.join(missing)}")
