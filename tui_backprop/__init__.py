"""tui-backprop: a debugger for backpropagation, in a terminal."""

from __future__ import annotations

__version__ = "0.1.0"
