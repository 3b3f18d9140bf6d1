"""The interpreter that runs scripts, where the user names one: asked once whether it can."""

from __future__ import annotations

import json
import subprocess

from tui_backprop.core.errors import InputError
from tui_backprop.text.cleaning import clean

OLDEST = (3, 9)
_ASK = """
import json, sys
found = {"version": list(sys.version_info[:3])}
try:
    import numpy
    found["numpy"] = numpy.__version__
except Exception as error:
    found["problem"] = str(error)
print(json.dumps(found))
"""


def check_interpreter(python: str) -> None:
    """Ask an interpreter for its version and its NumPy.

    Raises:
        InputError: it cannot be started, is too old, or has no NumPy; one sentence with what to do.
    """
    shown = f"--python {clean(python)}"
    try:
        run = subprocess.run([python, "-c", _ASK], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603  (the user's own interpreter)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{shown}: it cannot be started ({reason}); give the path of a Python interpreter") from None
    except subprocess.TimeoutExpired:
        raise InputError(f"{shown}: it did not answer within 30 s; give the path of a Python interpreter") from None
    try:
        found = json.loads(run.stdout)
        version = tuple(int(one) for one in found["version"])
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{shown}: this is no Python 3 interpreter; give the path of Python 3.9 or newer") from None
    if version[:2] < OLDEST:
        number = ".".join(map(str, version))
        raise InputError(f"{shown}: this is Python {number}; scripts are run by 3.9 or newer")
    if "numpy" not in found:
        raise InputError(f"{shown}: it has no NumPy; install it there: {clean(python)} -m pip install numpy")
