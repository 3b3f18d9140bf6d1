"""A recorder that records chosen updates of a script, line by line, and lets all others run plainly."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .recorder import Recorder

LINES = 60_000
"""Statements of one update that are noted at the most; what comes after is run plainly."""
_RECORDS = 400_000
_BYTES = 300_000_000
_TEXT = 60
_FOUND = 10_000  # numbers of an array that is recorded because it was given a name
_INNER = ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>", "<lambda>")


class Follower(Recorder):
    """Records the updates that `wanted` asks for; `done` is called after each when the training loop is over."""

    def __init__(
        self,
        wanted: Callable[[int, types.FrameType], bool],
        done: Callable[[int, types.FrameType], None],
        every: int,
    ) -> None:
        super().__init__(lambda reason: None, 2**62, 2**62, 2**62, 1e12)
        self.on = False
        self.wanted = wanted
        self.done = done
        self.every = every
        """Passes of the training loop that are one update."""
        self.passed = every - 1
        self.update = 0
        """The update that is being made, from 1."""
        self.next_look = 1
        """The update before which `wanted` is asked next."""
        self.events: list[list[int]] = []
        """Of each statement: place, depth of calls, first record, and for a pass of a loop its number from 1, else 0."""
        self.made: list[list[Any]] = []
        """What statements made: event, name, record (or -1), text."""
        self.breaks: set[int] = set()
        """Places of statements at which a run halts."""
        self.hit = False
        self._frame: Any = None
        self._depth = 0
        self._base = 0
        self._last: dict[int, int] = {}

    # the training loop

    def tick(self) -> bool:
        """Begin a pass of the training loop, and say whether it is recorded."""
        self.passed += 1
        if self.passed < self.every:
            return self.on
        self.passed = 0
        if self.on:
            self._close(sys._getframe(1))
        self.update += 1
        if self.update < self.next_look:
            return False
        frame = sys._getframe(1)
        if not self.wanted(self.update, frame):
            return False
        self._open(frame)
        return True

    def left(self) -> None:
        """End an update where the training loop, or the function that makes one, ends."""
        if self.on and self.passed == self.every - 1:
            self._close(sys._getframe(1))

    def end(self, frame: types.FrameType) -> None:
        """End an update that the script's end interrupts."""
        if self.on:
            self._close(frame)

    def _open(self, frame: types.FrameType) -> None:
        self.forget()
        self.events, self.made, self._last = [], [], {}
        self._frame, self.hit = None, False
        self._base = _depth(frame, self.traced)
        self.on = True

    def _close(self, frame: types.FrameType) -> None:
        self.on = False
        self.done(self.update, frame)
        self.forget()

    # lines

    def enter(self, place: int) -> None:
        """Note nothing: lines have their depth."""

    def line(self, place: int) -> None:
        """Note that a statement is about to run."""
        if self.on:
            self._note(place, sys._getframe(1), 0)
            if self.breaks and len(self.events) > 1:
                self.hit = self.hit or place in self.breaks

    def _note(self, place: int, frame: Any, count: int) -> None:
        if frame is not self._frame:
            self._frame = frame
            self._depth = _depth(frame, self.traced) - self._base
        self._last[id(frame)] = len(self.events)
        self.events.append([place, self._depth, len(self.store.ops), count])
        if len(self.events) >= LINES or len(self.store.ops) > _RECORDS or self.store.size > _BYTES:
            self.on = False
            self.trouble = "it is long: what follows of this update was not recorded"
            self.done(self.update, frame)
            self.forget()

    def loop(self, place: int, source: Any) -> Iterator[Any]:
        """Go over a `for` statement's items, and count them."""
        frame = sys._getframe(1)
        for n, one in enumerate(self.iterate(place, source), start=1):
            if self.on:
                self._note(place, frame, n)
            yield one

    def head(self, place: int) -> bool:
        """Count the passes of a `while`."""
        if self.on:
            frame = sys._getframe(1)
            at = len(self.events) - 1
            passes = 1
            while at >= 0 and self.events[at][1] >= self._depth:
                if self.events[at][0] == place and self.events[at][3]:
                    passes = self.events[at][3] + 1
                    break
                at -= 1
            self._note(place, frame, passes)
        return True

    # what lines make

    def named(self, place: int, label: str, value: Any) -> Any:
        """Note the name that a value is given."""
        value = super().named(place, label, value)
        if self.on:
            self._made(sys._getframe(1), label, value)
        return value

    def returned(self, value: Any) -> Any:
        """Note what a function gives back."""
        if self.on:
            self._made(sys._getframe(1), "return", value)
        return value

    def tested(self, value: Any) -> Any:
        """Note how a condition came out."""
        if self.on and isinstance(value, (bool, np.bool_)):
            self._made(sys._getframe(1), "if", bool(value))
        return value

    def augment(self, place: int, op: str, label: str, old: Any, value: Any, literal: int = 0) -> Any:
        """Do `old op= value`, and note what came of it."""
        result = super().augment(place, op, label, old, value, literal)
        if self.on:
            frame = sys._getframe(1)
            while frame.f_code.co_filename not in self.traced and frame.f_back is not None:
                frame = frame.f_back
            self._made(frame, label, result)
        return result

    def _made(self, frame: Any, label: str, value: Any) -> None:
        while frame is not None and frame.f_code.co_name in _INNER:
            frame = frame.f_back
        event = self._last.get(id(frame), len(self.events) - 1)
        parts = value if type(value) is tuple and label == "return" else (value,)
        for one in parts:
            number = isinstance(one, (float, np.generic)) or (isinstance(one, np.ndarray) and one.size <= _FOUND)
            record = self.store.find(one) if number else self.store.known(one)
            text = "" if record >= 0 else _text(one)
            if record >= 0 or text:
                self.made.append([event, label, record, text])


def _text(value: Any) -> str:
    """Return a value that is no recorded number as a line shows it; nothing for what has no short text."""
    if value is None or isinstance(value, (bool, int, str, np.bool_)):
        return ascii(value)[:_TEXT] if isinstance(value, str) else str(value)[:_TEXT]
    if type(value) in (list, tuple, dict, set):
        return f"{type(value).__name__} of {len(value)}"
    return ""


def _depth(frame: Any, traced: set[str]) -> int:
    depth = 0
    while frame is not None:
        depth += frame.f_code.co_filename in traced and frame.f_code.co_name not in _INNER
        frame = frame.f_back
    return depth
