"""What a user has set for good, in a TOML file: theme, keys, glyphs, speed and frames a second."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from tui_backprop.core.errors import InputError
from tui_backprop.system.inputs import InputFileError, read_input, shown_path
from tui_backprop.text.cleaning import clean
from tui_backprop.text.unknown import unknown

GLYPHS = ("braille", "blocks", "ascii")
"""What curves and lines can be drawn with."""

SPEEDS = ("1", "10", "100", "1000", "full")
"""Steps a second that a run can begin with."""

_LARGEST = 2**16  # bytes of the file
_FRAMES = (1, 60)


class SettingsError(InputError):
    """A settings file that cannot be used; the text is one sentence."""


@dataclass(frozen=True)
class Settings:
    """Each with what holds where the file does not say otherwise."""

    theme: str = "textual-dark"
    """One of the themes of the app; ^p lists them."""
    glyphs: str = "braille"
    """`blocks` and `ascii` are for terminals and fonts without braille."""
    speed: str = "100"
    """Steps a second at which a run begins: slow enough to see it learn."""
    frames: int = 10
    """Frames a second while a run goes on, at the most."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The key of an action, by the action's id, such as `run = "f5"`; several with commas between."""

    def lines(self) -> list[str]:
        """Return each as a line of the file."""
        found = [f"{one.name} = {_written(getattr(self, one.name))}" for one in fields(self) if one.name != "keys"]
        return [*found, "[keys]", *(f"{name} = {_written(key)}" for name, key in self.keys.items())]


def settings_path() -> Path:
    """Return where the user's settings are."""
    return user_config_path("tui-backprop") / "config.toml"


def read_settings(path: Path, actions: Mapping[str, object]) -> Settings:
    """Read a settings file; where there is none, everything is as usual.

    Args:
        path: where it is.
        actions: the ids that `keys` may name.

    Raises:
        SettingsError: what is wrong with it, and what was meant where that can be guessed.
    """
    if not path.exists():
        return Settings()
    try:
        found = tomllib.loads(read_input(path, "a settings file", _LARGEST).decode("utf-8"))
        return Settings(**_checked(found, actions))
    except (InputFileError, UnicodeDecodeError, RecursionError) as error:
        problem = str(error)
    except tomllib.TOMLDecodeError as error:
        problem = f"this is not TOML: {error}"
    except ValueError as error:
        problem = str(error)
    raise SettingsError(f"{shown_path(path)}: {clean(problem)}")


def _checked(found: Mapping[str, Any], actions: Mapping[str, object]) -> dict[str, Any]:
    for name, value in found.items():
        _known(name, _READ, "setting")
        _READ[name](value)
    for action, key in found.get("keys", {}).items():
        _known(action, actions, "key")
        if not (isinstance(key, str) and key.strip()):
            raise ValueError(f'keys.{action}: expected a key such as "f5" or "ctrl+n"')
    return {**found, "speed": str(found["speed"])} if "speed" in found else dict(found)


def _known(name: str, table: Mapping[str, object], what: str) -> None:
    if name not in table:
        raise ValueError(unknown(what, name, table))


def _one_of(name: str, choices: tuple[str, ...]) -> Callable[[Any], None]:
    def read(value: Any) -> None:
        if str(value) not in choices or isinstance(value, bool):
            raise ValueError(f"{name}: expected {', '.join(choices[:-1])} or {choices[-1]}, not {value!r}")

    return read


def _theme(value: Any) -> None:
    if not isinstance(value, str):
        raise ValueError("theme: expected a name")


def _frames(value: Any) -> None:
    low, high = _FRAMES
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"frames: expected a whole number from {low} to {high}")


def _keys(value: Any) -> None:
    if not isinstance(value, dict):
        raise ValueError('keys: expected a table, [keys] and lines such as run = "f5"')


_READ: Mapping[str, Callable[[Any], None]] = {
    "theme": _theme,
    "glyphs": _one_of("glyphs", GLYPHS),
    "speed": _one_of("speed", SPEEDS),
    "frames": _frames,
    "keys": _keys,
}


def _written(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
