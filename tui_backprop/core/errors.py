"""The errors that end the program: input that cannot be used, and a mistake of its own."""

from __future__ import annotations


class InputError(ValueError):
    """Something typed, written in a file or asked for cannot be used; the text is one sentence for whoever gave it."""


class CrashError(Exception):
    """The app fell over a mistake of its own, which is the cause; the terminal is as it was before."""
