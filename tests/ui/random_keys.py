"""Random use of the apps: keys, texts, clicks and resizes, drawn from a seed, while training goes on.

`python -m tests.ui.random_keys --keys 100000` makes so many; what falls is printed with the seed of its session and what
was done last, and `--seed N --sessions 1` does it again.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from textual import events
from textual.app import App
from textual.geometry import Size
from textual.keys import (  # as a terminal's keys are read
    REPLACED_KEYS,
    _character_to_key,
    _get_unicode_name_from_key,
)
from textual.pilot import Pilot
from textual.widgets import Input

from tests.own_files import ORIGINAL, RIGHT, RULE
from tests.own_scripts import ORIGINAL as SCRIPT
from tui_backprop.core.errors import InputError
from tui_backprop.datasets.catalogue import catalogue
from tui_backprop.session.lessons.reading import lessons
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.script_run.stepped import SteppedScript
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.keys import KEYS
from tui_backprop.ui.screens.compare import KEYS as COMPARE_KEYS
from tui_backprop.ui.script.app import ScriptApp
from tui_backprop.ui.script.keys import KEYS as SCRIPT_KEYS

SIZES = ((80, 24), (120, 36), (200, 60), (100, 30), (60, 18), (59, 17), (40, 10), (1, 1), (3, 2), (500, 24), (80, 100))
MOVES = ("up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab", "backspace", "delete")
OFTEN = ("enter", "enter", "escape", "space", "n", "p", "z", *"123456789W", "ctrl+p", "ctrl+s")
TEXTS = (
    "0.3", "-1", "0", "1e308", "-1e308", "1e-300", "nan", "inf", "abc", "", " ", "8,8", "1,2,4", "loss < 0.1",
    "step % 3 == 0", "9" * 400, "-" * 450 + "1", "(" * 200, "not " * 90 + "1", "max(abs(w1))", "w1[0]", "w1",
    "test_loss rises 2 epochs",     "1/0", "0.1:10:log:3", "full", "none", "cosine:100",
    "x1,x2", "5;16", "b2=1", "\u202e", "ü{}[/red]", "[bold", "🙂" * 9,
)  # fmt: skip
SOURCES = (
    ("x,y", "2,1e308", "3,1e308"),
    ("a,b,c", "1,2,u", "1,2,v", "1,3,u"),
    ("x,y", "1,1"),
    ("x,y", "1,5e300", "2,-5e300"),
)
_SESSION = 400  # keys of a session
_BURST = 12  # keys that come without a pause, as from a laggy line, at the most
_SLOW = 2.0  # seconds for a burst that are worth a line


@dataclass
class Found:
    """What came of it."""

    keys: int = 0
    sessions: int = 0
    screens: Counter[str] = field(default_factory=Counter)
    """How many bursts each screen got."""
    falls: list[str] = field(default_factory=list)
    """Tracebacks, each with its seed and what was done last."""
    slowest: float = 0.0
    """Seconds of the slowest burst."""


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def keys_of(action_keys: tuple) -> list[str]:
    """Return a table's keys as Textual calls them, without those that leave."""
    return [one for key in action_keys for one in key.key.split(",") if key.action not in ("quit",)]


class Player:
    """Plays one session."""

    def __init__(self, app: App, pilot: Pilot, draw: random.Random, found: Found) -> None:
        self.app, self.pilot, self.draw, self.found = app, pilot, draw, found
        self.done: deque[str] = deque(maxlen=40)
        self.keys = 0
        table = SCRIPT_KEYS if isinstance(app, ScriptApp) else (*KEYS, *COMPARE_KEYS)
        self.table = keys_of(table)

    async def play(self, keys: int) -> None:
        """Use the app until so many keys were pressed or it falls."""
        while self.keys < keys and self.app._exception is None and self.app.is_running:
            self.found.screens[type(self.app.screen).__name__] += 1
            began = time.monotonic()
            await self.draw.choices(
                (self.burst, self.text, self.click, self.resize, self.look), weights=(70, 12, 10, 4, 4)
            )[0]()
            self.found.slowest = max(self.found.slowest, time.monotonic() - began)
            if time.monotonic() - began > _SLOW:
                say(f"slow: {time.monotonic() - began:.1f} s  {' '.join(list(self.done)[-4:])}")

    def press(self, key: str) -> None:
        """Send a key as a terminal does, and wait for nothing."""
        import unicodedata  # noqa: PLC0415

        self.done.append(key)
        self.keys += 1
        if len(key) == 1 and not key.isalnum():
            key = _character_to_key(key)
        character = key if len(key) == 1 else None
        with contextlib.suppress(KeyError):
            character = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
        event = events.Key(key, character)
        event.set_sender(self.app)
        self.app._driver.send_message(event)

    async def settle(self) -> None:
        """Give the app its time: none, a turn, or until all is handled."""
        how = self.draw.random()
        if how < 0.3:
            await asyncio.sleep(0)
        elif how < 0.5:
            await asyncio.sleep(0.002)
        else:
            await self.pilot._wait_for_screen()

    async def burst(self) -> None:
        """Press some keys at once."""
        pool = self.draw.choice((self.table, MOVES, OFTEN, OFTEN))
        if self.draw.random() < 0.2:  # the same key again and again
            pool = [self.draw.choice(pool)]
        for _ in range(self.draw.randint(1, _BURST)):
            self.press(self.draw.choice(pool))
        await self.settle()

    async def text(self) -> None:
        """Type something, or paste it, where there is a line to type in; mostly with what comes after it."""
        field = self.app.focused
        if not isinstance(field, Input):
            fields = list(self.app.screen.query(Input))
            if not fields:
                return await self.burst()
            field = self.draw.choice(fields)
            field.focus()
        text = self.draw.choice(TEXTS)
        if self.draw.random() < 0.7:
            field.value = ""
        if len(text) > 12 or self.draw.random() < 0.3:
            self.done.append(f"paste {text[:20]!r}")
            self.app.post_message(events.Paste(text))
            self.keys += 1
        else:
            for character in text:
                self.press(character)
        for _ in range(self.draw.choice((0, 1, 1, 2))):
            self.press(self.draw.choice(("enter", "enter", "ctrl+s", "tab")))
        return await self.settle()

    async def click(self) -> None:
        """Click somewhere, once or twice, or turn the wheel there."""
        size = self.app.screen.size
        at = self.draw.randrange(max(1, size.width)), self.draw.randrange(max(1, size.height))
        click = (events.MouseDown, events.MouseUp)
        wheel = (self.draw.choice((events.MouseScrollDown, events.MouseScrollUp)),)
        kinds = self.draw.choice((click, click, (*click, *click), wheel, ()))
        self.done.append(f"{'+'.join(kind.__name__ for kind in kinds) or 'MouseMove'}{at}")
        self.keys += 1
        for kind in (events.MouseMove, *kinds):
            event = kind(None, *at, 0, 0, 1, False, False, False, *at)
            event.set_sender(self.app)
            self.app._driver.send_message(event)
        await self.settle()

    async def resize(self) -> None:
        """Change the size of the terminal."""
        size = Size(*self.draw.choice(SIZES))
        self.done.append(f"resize {size.width}x{size.height}")
        self.app._driver._size = size
        self.app.post_message(events.Resize(size, size))
        await self.settle()

    async def look(self) -> None:
        """Wait until all is handled, and paint the whole screen."""
        await asyncio.sleep(self.draw.choice((0.0, 0.01, 0.05)))
        await self.pilot._wait_for_screen()
        if self.app._exception is None and self.app.is_running:
            self.app.screen.refresh()
            self.app.export_screenshot()


def trainer(draw: random.Random, folder: Path) -> App:
    """Make the trainer on one of the sets, or on a file of few rows, at times by a rule of one's own or with a lesson."""
    names = [one.name for one in catalogue()]
    source = draw.choice(names)
    if draw.random() < 0.1:
        source = str(folder / "few.csv")
        Path(source).write_text("\n".join(draw.choice(SOURCES)) + "\n", encoding="utf-8")
    fields = {"seed": draw.randrange(10_000)}
    if draw.random() < 0.3:
        fields["hidden"] = draw.choice(((), (1,), (8,), (3, 5), (40,)))
    if draw.random() < 0.2:
        fields["lr"] = draw.choice((1e-6, 1.0, 1e3, 1e12))
    if draw.random() < 0.1:
        (folder / "rule.py").write_text(RULE, encoding="utf-8")
        fields["rule"] = str(folder / "rule.py")
    lesson = draw.choice(lessons()) if draw.random() < 0.15 else None
    try:
        recipe = suggested_recipe(source, **fields) if lesson is None else lesson.recipe_at(0)
        return TrainerApp(Session(recipe), lesson)
    except InputError:  # what was drawn does not go together, such as a file of one row and a part for tests
        return TrainerApp(Session(suggested_recipe(draw.choice(names))))


def own_file(draw: random.Random, folder: Path) -> App:
    """Make the screen of a file of one's own, functions or a script."""
    path = folder / "own.py"
    path.write_text(draw.choice((ORIGINAL, RIGHT, RULE, SCRIPT)), encoding="utf-8")
    return ScriptApp(SteppedScript(str(path), timeout=5.0))


@contextlib.contextmanager
def somewhere_else() -> Iterator[Path]:
    """Work in a folder of its own, which is home as well, so that pictures and screenshots go there."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, HOME=folder, XDG_DOWNLOAD_DIR=folder):
        os.chdir(folder)
        try:
            yield Path(folder)
        finally:
            os.chdir(before)


async def play(seed: int, keys: int, found: Found, make: Callable[[random.Random, Path], App] | None = None) -> None:
    """Play one session of so many keys, and note what falls."""
    draw = random.Random(seed)  # noqa: S311  (what is drawn is no secret)
    loop, lost = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, context: lost.append(context))
    with somewhere_else() as folder, mock.patch("tui_backprop.ui.screens.sweep.screen.processors", return_value=1):
        app = (make or (own_file if draw.random() < 0.12 else trainer))(draw, folder)
        player = None
        try:
            async with app.run_test(size=draw.choice(SIZES[:5])) as pilot:
                player = Player(app, pilot, draw, found)
                await player.play(keys)
        except Exception:
            lost.append({"message": traceback.format_exc()})
        finally:
            if isinstance(app, ScriptApp):
                app.script.close()
    await asyncio.sleep(0)
    found.sessions += 1
    found.keys += 0 if player is None else player.keys
    for context in lost:
        error = context.get("exception")
        told = context["message"] if error is None else "".join(traceback.format_exception(error))
        found.falls.append(f"seed {seed}: {' '.join(player.done) if player else ''}\n{told}")


def main() -> int:
    """Make so many keys in sessions of a few hundred, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="of the first session; each later one has the next")
    parser.add_argument("--sessions", type=int, help="at the most")
    options = parser.parse_args()
    found, seed, began = Found(), options.seed, time.monotonic()
    while found.keys < options.keys and (options.sessions is None or found.sessions < options.sessions):
        known = len(found.falls)
        asyncio.run(play(seed, min(_SESSION, options.keys - found.keys), found))
        for fall in found.falls[known:]:
            say(fall)
        seed += 1
    took = time.monotonic() - began
    say(f"{found.keys:,} keys in {found.sessions:,} sessions and {took:.0f} s: {len(found.falls):,} falls")
    say(f"the slowest burst took {found.slowest:.1f} s")
    say("  ".join(f"{name} {count:,}" for name, count in found.screens.most_common()))
    return 1 if found.falls else 0


if __name__ == "__main__":
    raise SystemExit(main())
