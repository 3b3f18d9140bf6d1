"""The engines by name, and which one `auto` means."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tui_backprop.engines.numpy_engine import NumpyEngine
from tui_backprop.engines.protocol import Engine

ENGINES: Mapping[str, Callable[[], Engine]] = {"numpy": NumpyEngine}
"""Every engine by name."""


def make_engine(name: str) -> Engine:
    """Return a new engine; `auto` is the NumPy one.

    Raises:
        KeyError: there is no such engine.
    """
    return ENGINES["numpy" if name == "auto" else name]()
