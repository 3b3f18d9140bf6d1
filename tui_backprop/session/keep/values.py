"""Values of a file in JSON, each checked when it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

MOST = 10_000
"""Items of a list, at the most: branches, edits of one, breakpoints and watches."""

Item = TypeVar("Item")


def read_object(value: Any, what: str) -> dict[str, Any]:
    """Return an object with names.

    Raises:
        ValueError: `what` is something else; what was expected.
    """
    if not isinstance(value, dict):
        raise ValueError(f"{what}: expected an object with names")
    return value


def read_items(value: Any, what: str, read: Callable[[Any], Item]) -> Sequence[Item]:
    """Return the items of a list, each read.

    Raises:
        ValueError: `what` is something else; what was expected.
    """
    if not isinstance(value, list) or len(value) > MOST:
        raise ValueError(f"{what}: expected a list of at most {MOST:,}")
    return [read(one) for one in value]


def read_string(value: Any, what: str) -> str:
    """Return a text.

    Raises:
        ValueError: `what` is something else; what was expected.
    """
    if not isinstance(value, str):
        raise ValueError(f"{what}: expected a text")
    return value


def read_count(value: Any, what: str) -> int:
    """Return a whole number from 0.

    Raises:
        ValueError: `what` is something else; what was expected.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise ValueError(f"{what}: expected a whole number from 0")
    return value
