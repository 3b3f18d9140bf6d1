"""`tui-backprop --version [--verbose]`: what a report of a bug should say about the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from tui_backprop import __version__
from tui_backprop.text.cleaning import clean

_PACKAGES = (
    "numpy",
    "textual",
    "rich",
    "plotext",
    "platformdirs",
    "pyperclip",
    "shtab",
    "numba",
    "scipy",
    "distributed",
    "resvg-py",
    "safetensors",
    "onnx",
)
_VARIABLES = (
    "TERM", "COLORTERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "NO_COLOR", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_THEME",
    "TMUX", "SSH_TTY", "LANG", "LC_ALL", "PYTHONIOENCODING", "OPENBLAS_NUM_THREADS",
)  # fmt: skip
_ONLY_WHETHER = {"TMUX", "SSH_TTY"}  # their values say nothing of the terminal, and name the user's files


def version_lines(*, verbose: bool) -> Iterator[str]:
    """Give the version, and where `verbose` Python, the packages, the platform and the terminal, without private names."""
    yield f"tui-backprop {__version__}"
    if not verbose:
        return
    import platform
    import shutil

    yield f"python       {platform.python_implementation()} {platform.python_version()}"
    for package in _PACKAGES:
        yield f"{package:<12} {_installed(package)}"
    yield f"platform     {platform.system()} {platform.release()} {platform.machine()}, {os.cpu_count()} processors"
    for name, stream in (("input", sys.stdin), ("output", sys.stdout)):
        kind = "a terminal" if stream is not None and stream.isatty() else "no terminal"
        yield f"{name:<12} {kind}, {getattr(stream, 'encoding', None) or 'no encoding'}"
    columns, rows = shutil.get_terminal_size((0, 0))
    yield f"size         {f'{columns} × {rows}' if columns else 'not known'}"
    for variable in _VARIABLES:
        value = os.environ.get(variable)
        if value is not None:
            yield f"{variable:<12} {'set' if variable in _ONLY_WHETHER else clean(value)}"


def _installed(package: str) -> str:
    import importlib.metadata

    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
