"""Ways through the lines of one update: on and back, over calls and loops, out to the caller, along a value's operands."""

from __future__ import annotations

from tui_backprop.scripts.stepping.window import Event, Window


def line_after(window: Window, at: int) -> int | None:
    """Return the statement that ran next, in functions that are called as well; None at the end."""
    return at + 1 if at + 1 < len(window.events) else None


def line_before(at: int) -> int | None:
    """Return the statement that ran before; None at the beginning."""
    return at - 1 if at > 0 else None


def over(window: Window, at: int) -> int | None:
    """Return the statement after a call, or after a whole loop where a loop begins or goes on; None at the end."""
    events = window.events
    here = events[at]
    loop = here.count > 0 or _is_loop(window, here)
    for later in events[at + 1 :]:
        if later.depth < here.depth:
            return later.number
        if later.depth == here.depth and not (loop and _inside(here, later)):
            return later.number
    return None


def out(window: Window, at: int) -> int | None:
    """Return the call that led here, or the pass of a loop that a statement is in; None at the outermost."""
    events = window.events
    here = events[at]
    for earlier in reversed(events[:at]):
        if earlier.depth < here.depth:
            return earlier.number
        if earlier.depth == here.depth and earlier.count and _inside(earlier, here) and earlier.line != here.line:
            return earlier.number
    return None


def passes(window: Window, at: int) -> int:
    """Return how many passes the loop has whose pass an event begins."""
    here = window.events[at]
    last = here.count
    for later in window.events[at + 1 :]:
        if later.depth < here.depth:
            break
        if later.depth == here.depth and (later.line, later.column) == (here.line, here.column):
            if later.count <= last:
                break
            last = later.count
    return last


def same_line(window: Window, event: Event | None, fallback: int = 0) -> int:
    """Return the statement of an update at the line, and with as many passes before it, as another update's has it."""
    if event is None:
        return min(fallback, max(0, len(window.events) - 1))
    here = [
        one.number for one in window.events if (one.file, one.line, one.count) == (event.file, event.line, event.count)
    ]
    if not here:
        here = [one.number for one in window.events if (one.file, one.line) == (event.file, event.line)]
    if not here:
        return min(event.number, max(0, len(window.events) - 1))
    return min(here, key=lambda number: abs(number - event.number))


def first_wrong(window: Window) -> int | None:
    """Return the first statement of the backward pass that is wrong; None where none is."""
    wrong = [number for number, record in window.backward.items() if window.meanings[record].right is False]
    return min(wrong, default=None)


def is_wrong(window: Window, at: int) -> bool:
    """Return whether a statement of the backward pass is wrong."""
    record = window.backward.get(at)
    return record is not None and window.meanings[record].right is False


def _is_loop(window: Window, here: Event) -> bool:
    """Return whether a statement is the head of a loop, before its first pass."""
    after = here.number + 1
    if after >= len(window.events):
        return False
    later = window.events[after]
    return later.count == 1 and (later.line, later.column) == (here.line, here.column)


def _inside(loop: Event, other: Event) -> bool:
    """Return whether a statement is the loop's own head or in its body."""
    return loop.file == other.file and loop.line <= other.line <= loop.end_line
