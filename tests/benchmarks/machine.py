"""What a benchmark was run on, in words: processor and versions, no names of hosts."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from tui_backprop.cli.main import BLAS_THREADS

PACKAGES = ("numpy", "numba", "scipy", "torch", "scikit-learn", "micrograd")


ONE_THREAD = dict.fromkeys(BLAS_THREADS, "1")
"""The environment in which BLAS has one thread, as the program sees to it."""


def use_one_thread() -> None:
    """Begin the running benchmark again with one thread of BLAS, which asks for them when NumPy is loaded."""
    if not ONE_THREAD.items() <= os.environ.items():
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **ONE_THREAD})  # noqa: S606  (the very command)


def processor() -> str:
    """The processor's model and how many cores of it there are."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_model()}, {cores} cores"


def _model() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def versions() -> str:
    """Python and what else takes part, as far as it is installed."""
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
        if package == "numpy":
            found.append(_blas())
    if node := shutil.which("node"):
        found.append(
            f"Node {subprocess.run([node, '--version'], capture_output=True, text=True, check=True).stdout.strip()}"
        )
    return ", ".join(found)


def _blas() -> str:
    built = np.show_config(mode="dicts")
    blas = dict(built or {}).get("Build Dependencies", {}).get("blas", {})
    return f"BLAS {blas.get('name', 'unknown')} {blas.get('version', '')}".strip()
