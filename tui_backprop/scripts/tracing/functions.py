"""Which functions of NumPy, math and Python the recorder knows by name, and how it calls a few of them itself."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

IMPURE = {
    "np.save",
    "np.savez",
    "np.savetxt",
    "np.load",
    "np.loadtxt",
    "np.genfromtxt",
    "np.seterr",
    "np.errstate",
    "np.set_printoptions",
    "np.array_equal",
    "np.allclose",
    "np.vectorize",
    "np.copyto",
    "np.put",
    "np.fill_diagonal",
    "np.put_along_axis",
    "np.place",
    "np.putmask",
    "np.nditer",
    "np.ndenumerate",
    "np.ndindex",
    "np.apply_along_axis",
    "np.frompyfunc",
    "np.array2string",
    "np.fromfile",
    "np.fromregex",
    "np.savez_compressed",
    "np.info",
    "np.test",
    "np.show_config",
    "np.show_runtime",
    "np.setbufsize",
    "np.from_dlpack",
    "np.frombuffer",
    "np.array_repr",
    "np.array_str",
    "np.shares_memory",
    "np.may_share_memory",
    "np.seterrcall",
    "np.fromiter",
    "np.fromfunction",
    "np.fromstring",
    "np.apply_over_axes",
    "np.piecewise",
}
WRITERS = {
    "np.copyto",
    "np.put",
    "np.fill_diagonal",
    "np.put_along_axis",
    "np.place",
    "np.putmask",
}
METHODS = {
    "sum",
    "mean",
    "dot",
    "reshape",
    "transpose",
    "max",
    "min",
    "argmax",
    "argmin",
    "copy",
    "flatten",
    "ravel",
    "astype",
    "std",
    "var",
    "clip",
    "squeeze",
    "repeat",
    "prod",
    "cumsum",
    "trace",
    "round",
    "swapaxes",
    "diagonal",
    "take",
    "item",
    "any",
    "all",
    "conj",
    "nonzero",
    "argsort",
    "view",
    "compress",
}
WRITING_METHODS = {
    "fill",
    "sort",
    "put",
    "partition",
    "resize",
    "itemset",
}
MATH = (
    "exp",
    "log",
    "sqrt",
    "tanh",
    "sinh",
    "cosh",
    "sin",
    "cos",
    "tan",
    "pow",
    "fabs",
    "log1p",
    "expm1",
    "log2",
    "log10",
    "erf",
    "atan",
    "hypot",
    "floor",
    "ceil",
)
JOINING = {
    f"np.{name}"
    for name in (
        *("concatenate", "concat", "stack", "vstack", "hstack", "dstack", "column_stack", "row_stack", "block"),
        *("array", "asarray", "asanyarray", "ascontiguousarray", "asmatrix", "append", "insert", "c_", "r_"),
        *("atleast_1d", "atleast_2d", "atleast_3d", "select", "choose", "broadcast_arrays", "meshgrid", "ix_"),
        *("linalg.multi_dot", "lexsort", "block_diag", "unstack"),
    )
}
"""Functions that take a list as several arrays, or put a list together; all others take one as an array."""
_OLDER = ("concatenate", "transpose", "power", "abs", "arctan", "arcsin", "arccos", "invert")
"""Names that come before the newer ones of the same functions, which older NumPy does not have."""
_SCIPY = {
    "scipy.special": ("expit", "softmax", "log_softmax", "logsumexp", "erf", "xlogy"),
    "scipy.signal": ("convolve", "convolve2d", "correlate", "correlate2d"),
}
ITERATING = (zip, enumerate, reversed, map, filter, list, tuple, sorted, iter, set, any, all)


def columns(*parts: Any) -> Any:
    """Return `np.c_[parts]`."""
    return np.c_[parts]


def rows(*parts: Any) -> Any:
    """Return `np.r_[parts]`."""
    return np.r_[parts]


JOINED = {id(np.c_): "np.c_", id(np.r_): "np.r_"}
"""The objects of NumPy that join what is between their brackets, and what a trace calls that."""


def known_functions() -> dict[int, tuple[Any, str]]:
    """Return by identity the functions whose calls are recorded, each with its name."""
    found: dict[int, tuple[Any, str]] = {}

    def add(name: str, function: Any) -> None:
        if callable(function) and id(function) not in found and name not in IMPURE:
            found[id(function)] = (function, name)

    for name in (*_OLDER, *dir(np)):
        if name.startswith("_"):
            continue
        try:
            one = getattr(np, name)
        except Exception:  # noqa: S112  (a name that NumPy only warns about)
            continue
        if isinstance(one, np.ufunc) or (callable(one) and not isinstance(one, type)):
            add(f"np.{name}", one)
    for name in dir(np.linalg):
        if callable(getattr(np.linalg, name)) and name[0].islower():
            add(f"np.linalg.{name}", getattr(np.linalg, name))
    for name in MATH:
        add(f"math.{name}", getattr(math, name))
    add("np.c_", columns)
    add("np.r_", rows)
    add("abs", builtins.abs)
    add("pow", builtins.pow)
    add("round", builtins.round)
    add("float", float)
    for kind in (np.float64, np.float32):
        add("float", kind)
    return found


def scipy_functions(modules: dict[str, Any]) -> dict[int, tuple[Any, str]]:
    """Return those of SciPy that a script has loaded."""
    found = {}
    for module, names in _SCIPY.items():
        for name in names:
            function = getattr(modules.get(module), name, None)
            if function is not None:
                found[id(function)] = (function, f"{module}.{name}")
    return found
