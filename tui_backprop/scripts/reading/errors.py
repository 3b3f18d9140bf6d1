"""Why a trace cannot be read."""

from __future__ import annotations


class UnreadableError(Exception):
    """A trace in which no training can be recognised; the text says what is missing."""


class NoTrainingError(UnreadableError):
    """A script in which nothing is updated."""
