"""Where the machine code of the compiled engine is kept; nothing here loads numba.

It is kept in the user's cache folder, in a folder named by the sources and versions it was made of: a package folder that
cannot be written, or files replaced by an update, never matter. Numba reads what is there with `pickle`: like Python's own
compiled files it is the user's, in a folder that only they may write to.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

_FORGOTTEN = 60 * 86_400  # seconds after which code that was not used is removed


@lru_cache(maxsize=1)
def folder() -> Path:
    """Return the folder for the machine code of these very sources; it need not exist.

    Raises:
        OSError: there is no place for one.
    """
    from importlib.metadata import version  # noqa: PLC0415  (it loads the standard library's mail, for a tenth of a start)

    digest = hashlib.sha256(f"{version('numba')} {version('numpy')} {version('scipy')} {sys.version}".encode())
    package = Path(__file__).parents[1]
    digest.update(os.fsencode(package))  # numba keeps the code of each place apart
    for room in (package / "engines" / "compiled", package / "core"):  # the constants of core's formulas are in it too
        for source in sorted(room.rglob("*.py")):
            digest.update(source.read_bytes())
    return _user_cache() / f"compiled-{digest.hexdigest()[:16]}"


def is_made(names: Iterable[str]) -> bool:
    """Whether the machine code of all pieces of these names is there.

    Raises:
        OSError: there is no place for it.
    """
    made = {path.name.partition(".")[2].rpartition("-")[0] for path in folder().glob("**/*.nbc")}
    return made.issuperset(file_name(name) for name in names)


def file_name(piece: str) -> str:
    """Return what the machine code of a piece is called on the disk."""
    return piece.replace(" ", "_")


def make_folder() -> Path:
    """Make the folder if it is not there, note that it is used, and remove those that were not used for long.

    Raises:
        OSError: it cannot be made or written.
    """
    own = folder()
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.utime(own)
    for other in own.parent.glob("compiled-*"):
        if other.stat().st_mtime < time.time() - _FORGOTTEN:
            shutil.rmtree(other, ignore_errors=True)
    return own


def forget() -> None:
    """Remove the machine code of these sources, as far as that is possible."""
    with contextlib.suppress(OSError):
        shutil.rmtree(folder(), ignore_errors=True)


def _user_cache() -> Path:
    """Return this program's folder in the user's cache folder, by the custom of the system.

    Raises:
        OSError: there is none, since this user has no home.
    """
    try:
        home = Path.home()
    except RuntimeError as error:
        raise OSError(str(error)) from None
    match sys.platform:
        case "win32":
            base = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
        case "darwin":
            base = home / "Library" / "Caches"
        case _:
            named = Path(os.environ.get("XDG_CACHE_HOME", ""))
            base = named if named.is_absolute() else home / ".cache"
    return base / "tui-backprop"
