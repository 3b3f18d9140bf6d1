"""What is remembered from one sitting to the next: the last sitting, and which files were opened or saved lately."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_state_path

from tui_backprop.core.errors import InputError
from tui_backprop.session.keep.session_file import SavedSession, read_session
from tui_backprop.system.inputs import InputFileError, read_input
from tui_backprop.system.outputs import replacing

_MOST = 12  # files of the list
_LARGEST = 2**16  # bytes of the list


class Remembered:
    """A folder of the user's with the last sitting and the list of recent files. Whatever fails there is forgotten."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.last = folder / "last.tbp"
        """The session file of the last sitting."""

    @classmethod
    def of_user(cls) -> Remembered:
        """Return what is remembered of the user, in the folder that their system has for it."""
        return cls(user_state_path("tui-backprop"))

    def keep(self, session: SavedSession) -> None:
        """Keep a sitting as the last one."""
        with contextlib.suppress(OSError, InputError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with replacing(self.last) as file:
                file.write(session.as_text())

    def last_title(self) -> str:
        """Return what the last sitting was about, in a few words; nothing where there is none."""
        try:
            kept = read_session(self.last)
        except InputError:
            return ""
        branch = kept.branches[kept.branch]
        return f"{Path(kept.in_force.source).name}, step {branch.step:,}"

    def recent(self) -> Sequence[Path]:
        """Return the files that were opened or saved lately and are still there, the last one first."""
        try:
            found = json.loads(read_input(self._list, "a list of files", _LARGEST))
        except (InputFileError, ValueError, RecursionError):
            return ()
        names = [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
        return tuple(path for path in map(Path, names[:_MOST]) if _is_there(path))

    def note(self, path: Path) -> None:
        """Put a file at the head of the list."""
        path = path.absolute()
        names = [str(path), *(str(one) for one in self.recent() if one != path)]
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with replacing(self._list) as file:
                json.dump(names[:_MOST], file)

    @property
    def _list(self) -> Path:
        return self._folder / "recent.json"


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False
