"""How many steps a slice of training has, how fast they go, and the loop that makes them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

SLICE = 0.002
"""Seconds of training between two turns of the event loop: short enough that a key is answered at once."""

SPEEDS: tuple[float | None, ...] = (1, 10, 100, 1000, None)
"""Steps a second that can be chosen; None for full speed."""

_COST = 15  # times the cost of a frame that lies between two at full speed: the rest of the time is for training
_PACED_COST = 1.5  # the same where training keeps up with the speed that was chosen, and needs no more time
_TURNS = 20  # turns of the event loop between two slices of training, at the most, so that a key never waits for long
_IDLE_TURN = 20e-6  # seconds, at the most, of a turn in which nothing else was to be done
_SHARE = 0.3  # of the time that training takes at a speed at the most for frames to come as often as they can
_MEMORY = 0.2  # share of the newest slice in the measured time of a step


class Pacer:
    """Says how many steps are due; it is told the time and has no clock of its own."""

    def __init__(self, speed: float | None, frames: int = 10) -> None:
        self.speed = speed
        self._redraw = 1 / frames
        self._step_time = SLICE / 4
        self._started: float | None = None
        self._made = 0

    def due(self, now: float) -> int:
        """Return how many steps to make now: what fits a slice, and at a chosen speed no more than the clock asks for."""
        fits = max(1, int(SLICE / self._step_time))
        if self.speed is None:
            return fits
        if self._started is None:
            self._started = now
        return max(0, min(fits, int((now - self._started) * self.speed) + 1 - self._made))

    def between_frames(self, cost: float) -> float:
        """Return the seconds from one frame to the next: more than was asked for where `cost`, that of one, is a lot."""
        keeps_up = self.speed is not None and self.speed * self._step_time < _SHARE
        return max(self._redraw, (_PACED_COST if keeps_up else _COST) * cost)

    def made(self, steps: int, seconds: float) -> None:
        """Note that `steps` took `seconds`."""
        self._made += steps
        if steps:
            self._step_time += _MEMORY * (max(seconds / steps, 1e-7) - self._step_time)


async def keep_going(pacer: Pacer, advance: Callable[[int], bool], draw: Callable[[float], None]) -> None:
    """Train in slices inside the event loop until it is over, and draw about ten times a second.

    Args:
        pacer: says how many steps are due.
        advance: makes so many steps, and says whether there is more to come.
        draw: shows how far it is; it is told the seconds since it was called last.
    """
    drawn, wanted = time.perf_counter(), pacer.between_frames(0.0)
    while True:
        started = time.perf_counter()
        due = pacer.due(started)
        if due and not advance(due):
            return
        now = time.perf_counter()
        pacer.made(due, now - started)
        if now - drawn >= wanted:
            draw(now - drawn)
            drawn = time.perf_counter()
            wanted = pacer.between_frames(drawn - now)
        if due:
            await _give_way()
        else:
            await asyncio.sleep(0.005)


async def _give_way() -> None:
    """Let the event loop do all else that is due: what a key begins goes on from turn to turn until it is painted.

    A turn in which nothing ran leaves nothing for the next. Two are waited for, since a turn is known to be idle by its
    time alone; where none is, as on a slow machine, all of them are given.
    """
    idle, began = 0, time.perf_counter()
    for _ in range(_TURNS):
        await asyncio.sleep(0)
        now = time.perf_counter()
        idle = idle + 1 if now - began < _IDLE_TURN else 0
        if idle == 2:
            return
        began = now
