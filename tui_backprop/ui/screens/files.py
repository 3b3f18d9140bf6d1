"""Files: what can be done with them, a name to save under, a tree to open from, and what is asked on leaving."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import DirectoryTree, Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_backprop.session.keep.session_file import SUFFIX
from tui_backprop.text.cleaning import clean
from tui_backprop.ui.screens.dialog import Dialog

_KINDS = (SUFFIX, ".csv", ".tsv", ".txt", ".gz", ".npy", ".npz", ".json", ".xlsx", ".parquet", ".safetensors")
_SHOWN = 70  # characters of a path


class FileScreen(Dialog[str | None]):
    """Ends with the action that is wanted, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,F", "dismiss", "leave it")]

    def __init__(self, file: Path | None) -> None:
        super().__init__()
        self._file = file

    def compose(self) -> ComposeResult:
        """Show the list."""
        where = "" if self._file is None else f" in {clean(self._file.name)}"
        with Vertical(classes="dialog line") as dialog:
            dialog.border_title = "File"
            dialog.border_subtitle = "enter   escape"
            yield OptionList(
                Option(Text(f"Save the sitting{where}   K"), id="save_session"),
                Option("Save it under another name", id="save_session_as"),
                Option("Open a session or a table   O", id="open_file"),
                Option("Copy the command that makes this run", id="copy_command"),
                Option("Write a picture   S", id="save"),
                Option("Write a report of the run: a page for a browser", id="write_report"),
                Option("Write the next update as a worksheet, and its answers (Markdown)", id="write_worksheet('md')"),
                Option("The same for LaTeX", id="write_worksheet('tex')"),
                Option("Write the weights, for use elsewhere", id="write_weights"),
                Option("Write the network as a small NumPy program", id="write_code"),
                Option("Load weights from a file", id="load_weights"),
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the action."""
        self.dismiss(event.option.id)


class NameScreen(Dialog[Path | None]):
    """Ends with the path to save under, or with None; a file that is there is written over after a second enter."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "leave it")]

    def __init__(self, proposed: Path) -> None:
        super().__init__()
        self._proposed = proposed
        self._warned: Path | None = None

    def compose(self) -> ComposeResult:
        """Show a name, ready to be typed over."""
        with Vertical(classes="dialog line") as dialog:
            dialog.border_title = "Save the sitting"
            dialog.border_subtitle = "enter saves   escape"
            yield Input(str(self._proposed), id="value", select_on_focus=True)
            yield Static(f"a session file, NAME{SUFFIX}: text of a few KB", id="problem", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the name, or ask again where a file is there."""
        path = _typed(event.value)
        if not path.name:
            return
        path = path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)
        if _is(path.exists) and path not in (self._warned, self._proposed):
            self._warned = path
            self.query_one("#problem", Static).update(f"{clean(path.name)} is there: enter again writes over it")
            return
        self.dismiss(path)


class _Tree(DirectoryTree):
    """Folders, and files of the kinds that can be opened."""

    ICON_NODE = "▸ "  # Textual's own are emoji, which not every terminal has
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "  "

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Leave out what cannot be opened and what is hidden."""
        return [
            path for path in paths if not path.name.startswith(".") and (path.is_dir() or path.suffix.lower() in _KINDS)
        ]


class OpenScreen(Dialog[Path | None]):
    """Ends with the file to open, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "leave it")]

    def __init__(
        self, recent: Sequence[Path], last: tuple[Path, str] | None, heading: str = "Open a session or a table"
    ) -> None:
        """Offer `recent` files and the `last` sitting with its title, and a tree of the working folder."""
        super().__init__()
        self._heading = heading
        self._known = [path for path, _ in filter(None, [last])] + [*recent]
        self._titles = [f"the last sitting: {title}" for _, title in filter(None, [last])]
        self._titles += [clean(str(path), _SHOWN) for path in recent]

    def compose(self) -> ComposeResult:
        """Show what was open lately, and the tree."""
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = self._heading
            dialog.border_subtitle = "enter opens   tab: list, tree, path   escape"
            if self._known:
                yield OptionList(*(Text(title, no_wrap=True) for title in self._titles))
            yield _Tree(Path.cwd())
            yield Input(placeholder="or type a path", id="value")
            yield Static("", id="problem", markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open a recent one."""
        self.dismiss(self._known[event.option_index])

    def on_directory_tree_file_selected(self, event: DirectoryTree.FileSelected) -> None:
        """Open a file of the tree."""
        self.dismiss(event.path)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open what was typed."""
        path = _typed(event.value)
        if _is(path.is_file):
            self.dismiss(path)
        else:
            self.query_one("#problem", Static).update(f"there is no file {clean(event.value, _SHOWN)!r}")


class LeaveScreen(Dialog[str | None]):
    """Ends with `save`, `leave`, or None to stay."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "stay")]

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def compose(self) -> ComposeResult:
        """Ask."""
        with Vertical(classes="dialog line") as dialog:
            dialog.border_title = "Leave"
            dialog.border_subtitle = "enter   escape stays"
            yield Static(f"{clean(self._file.name)} is older than what you did.", markup=False)
            yield OptionList(Option("Save it and leave", id="save"), Option("Leave it as it is", id="leave"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the answer."""
        self.dismiss(event.option.id)


def _typed(text: str) -> Path:
    return Path(os.path.expanduser(text.strip()))  # noqa: PTH111  (where there is no such home, it stays as it was typed)


def _is(asked: Callable[[], bool]) -> bool:
    """Return what a path says of itself; no where it is no name that the system can have."""
    with contextlib.suppress(OSError):
        return asked()
    return False
