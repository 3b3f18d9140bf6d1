"""`python -m tui_backprop`."""

from __future__ import annotations

import sys
from pathlib import Path

if not sys.flags.safe_path:  # Python has put the working folder first: what lies there is not Python's own, nor NumPy
    folder = sys.path.pop(0)
    if Path(__file__).parents[1] == Path(folder).resolve():  # of a checkout that is not installed, it is needed
        sys.path.append(folder)

from tui_backprop.cli.main import main

if __name__ == "__main__":  # not in a process of a sweep, which loads this file as well
    sys.exit(main())
