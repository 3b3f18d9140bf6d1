"""How the app feels and how fast it trains, as ratios against something run beside it: `python -m tests.benchmarks.trainer`.

Prints, each the median of several rounds on a real pseudo-terminal of 120 by 36:
a key's step to paint, steps a second with `n` held down, the same and `u` in a session of many edits and branches; key to
paint while training at full speed against idle, steps a second in the app against a session without a screen, time to the
first paint against an empty Textual app, and the processor time of the paused app. Then starts of commands beside that of
Python, the first steps of the compiled engine, a rule in a file beside a plain loop, the first look at the findings beside
the run, and the engines beside C and beside bare NumPy calls.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import termios
import time
from collections.abc import Callable

from tests.benchmarks import findings, own_rule, start
from tests.benchmarks.competitors.cases import CASES
from tests.benchmarks.competitors.measure import Effort, measure
from tests.benchmarks.competitors.table import BARE, COMPETITORS, COMPILED, NUMPY, C
from tests.benchmarks.machine import use_one_thread
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

KEYS = 60
STEPS = {("parity", "numpy"): 20_000, ("parity", "compiled"): 1_000_000, ("moons", "compiled"): 100_000}
"""Data sets and engines that are timed at full speed, and steps that take about a tenth of a second."""
ROUNDS = 5
TRAINER = "import sys; from tui_backprop.cli.main import main; sys.exit(main(sys.argv[1:]))"
MANY = """
from tui_backprop.session.session import Session
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.ui.app import TrainerApp
session = Session(Recipe())
session.run(200)
for i in range(99):
    session.go_to(100 + i)
    session.change(lr=0.1 + 0.001 * (i + 1))
    session.run(20)
for i in range(830):
    session.go_to(session.last_step)
    session.step_once()
    session.change(lr=0.2 + 0.001 * i)
TrainerApp(session).run()
"""
"""Opens a session with some 830 edits and 100 branches."""
HELD = 90  # presses of a key that is held down
EMPTY = "from textual.app import App\nApp().run()"


class Terminal:
    """A program on a pseudo-terminal."""

    def __init__(self, code: str, *arguments: str) -> None:
        self.started = time.perf_counter()
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(sys.executable, [sys.executable, "-c", code, *arguments])  # noqa: S606  (the very program that is measured)
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        self.seen = b""

    def read(self, seconds: float) -> bytes:
        """Return what is painted within `seconds`, at once when something is."""
        ready, _, _ = select.select([self.file], [], [], seconds)
        if not ready:
            return b""
        painted = os.read(self.file, 65536)
        self.seen = (self.seen + painted)[-200_000:]
        return painted

    def wait_for(self, found: Callable[[bytes], bool], seconds: float = 20.0) -> float:
        """Return the seconds until what was painted since now satisfies `found`."""
        started, painted = time.perf_counter(), b""
        while time.perf_counter() - started < seconds:
            painted += self.read(0.05)
            if found(painted):
                return time.perf_counter() - started
        raise TimeoutError

    def drain(self, seconds: float) -> None:
        """Read and forget for a while."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.read(0.02)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.file, keys.encode())

    def close(self) -> None:
        """End the program."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.file)


def open_trainer(source: str = "parity", engine: str = "numpy") -> Terminal:
    """Open the trainer and wait until it is drawn, and its machine code loaded if it has any."""
    terminal = Terminal(TRAINER, source, "--engine", engine)
    terminal.wait_for(lambda painted: b"palette" in painted)
    terminal.drain(1.0 if engine == "numpy" else 4.0)
    return terminal


def key_to_paint(terminal: Terminal) -> float:
    """Return the median seconds from `?` to the dialog it opens, over `KEYS` presses."""
    times = []
    for _ in range(KEYS):
        terminal.press("?")
        times.append(terminal.wait_for(lambda painted: b"escape closes" in painted))
        terminal.press("?")
        terminal.drain(0.15)
    return statistics.median(times)


def step_to_paint(terminal: Terminal) -> float:
    """Return the median seconds from `n` to its step in the header, over `KEYS` presses."""
    times = []
    for _ in range(KEYS):
        terminal.press("n")
        times.append(terminal.wait_for(lambda painted: step_shown(painted) > 0))
        terminal.drain(0.1)
    return statistics.median(times)


def undo_to_paint(terminal: Terminal) -> float:
    """Return the median seconds from `u` to what it says."""
    times = []
    for _ in range(10):
        terminal.press("u")
        times.append(terminal.wait_for(lambda painted: b"undone" in painted or step_shown(painted) > 0))
        terminal.drain(0.2)
    return statistics.median(times)


def steps_held(terminal: Terminal) -> float:
    """Return the steps a second while `n` is held down: all of its presses are there at once."""
    last = step_shown(terminal.seen) + HELD
    terminal.press("n" * HELD)
    return HELD / terminal.wait_for(lambda painted: step_shown(painted) >= last)


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123  (a file of the kernel's)
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def step_shown(painted: bytes) -> int:
    """Return the last step number in the header."""
    plain = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", painted)
    found = re.findall(rb"step ([0-9,]+)", plain)
    return int(found[-1].replace(b",", b"")) if found else 0


def steps_in_app(source: str, engine: str, seconds: float) -> float:
    """Return the steps a second that the app makes at full speed."""
    terminal = open_trainer(source, engine)
    terminal.press(" ")
    terminal.drain(1.0)
    first, began = step_shown(terminal.seen), time.perf_counter()
    terminal.drain(seconds)
    last, ended = step_shown(terminal.seen), time.perf_counter()
    terminal.close()
    return (last - first) / (ended - began)


def steps_without_screen(source: str, engine: str, seconds: float) -> float:
    """Return the steps a second of the same recipe in a session alone, once its engine is loaded."""
    session = Session(suggested_recipe(source, engine=engine))
    session.run(STEPS[source, engine])
    first, began = session.step, time.perf_counter()
    while time.perf_counter() - began < seconds:
        session.run(STEPS[source, engine])
    return (session.step - first) / (time.perf_counter() - began)


def speed(source: str, engine: str) -> tuple[float, float]:
    """Return the steps a second in the app and without a screen, medians of rounds taken in turn."""
    rounds = [(steps_in_app(source, engine, 3.0), steps_without_screen(source, engine, 2.0)) for _ in range(3)]
    app, alone = (statistics.median(column) for column in zip(*rounds, strict=True))
    return app, alone


def first_paint(code: str, mark: bytes) -> float:
    """Return the seconds from the start of the process until `mark` is painted."""
    terminal = Terminal(code)
    terminal.wait_for(lambda painted: mark in painted)
    took = time.perf_counter() - terminal.started
    terminal.close()
    return took


def beside_others() -> list[tuple[str, str, float]]:
    """Return a row for each case and engine: the least time of a step beside that of what it is measured by."""
    rows = []
    wanted = [one for one in COMPETITORS if one.name in (NUMPY, BARE, COMPILED, C)]
    for case in CASES:
        ready = [one for one in wanted if one.excuse(case) is None]
        times = measure(case, ready, Effort(rounds=15, seconds=0.05)).rounds
        for ours, theirs in ((COMPILED, C), (NUMPY, BARE)):
            if {ours, theirs} <= times.keys():
                own, other = min(times[ours]) * 1e9, min(times[theirs]) * 1e9
                rows.append(
                    (f"{case.name.split(',')[0]}, {ours} / {theirs[:4]}", f"{own:,.0f} / {other:,.0f} ns", own / other)
                )
    return rows


def main() -> None:
    """Measure and print."""
    use_one_thread()
    few = open_trainer()
    step, held = step_to_paint(few), steps_held(few)
    few.close()
    many = Terminal(MANY)
    many.wait_for(lambda painted: b"palette" in painted, 120.0)
    many.drain(2.0)
    step_of_many, undo_of_many = step_to_paint(many), undo_to_paint(many)
    many.close()
    idle = open_trainer()
    resting = key_to_paint(idle)
    before, began = processor_seconds(idle.pid), time.perf_counter()
    idle.drain(5.0)
    load = (processor_seconds(idle.pid) - before) / (time.perf_counter() - began)
    idle.close()
    busy = open_trainer()
    busy.press(" ")
    busy.drain(0.5)
    training = key_to_paint(busy)
    busy.close()
    speeds = [(*case, *speed(*case)) for case in STEPS]
    frames, paints, empties = zip(
        *(
            (first_paint(TRAINER, b"loading"), first_paint(TRAINER, b"palette"), first_paint(EMPTY, b"\x1b[2;1H"))
            for _ in range(ROUNDS)
        ),
        strict=True,
    )
    frame, ours, empty = min(frames), min(paints), min(empties)
    by_rule, by_loop = own_rule.steps_a_second()
    made, kept = start.first_compiled_step()
    rows = [
        ("n to its step painted / 16 ms", f"{step * 1e3:.1f} ms", step / 0.016),
        ("steps a second with n held down / 60", f"{held:.0f}", held / 60),
        ("the same with 830 edits, 100 branches / few", f"{step_of_many * 1e3:.1f} ms", step_of_many / step),
        ("u with 830 edits, 100 branches / 20 ms", f"{undo_of_many * 1e3:.1f} ms", undo_of_many / 0.02),
        ("key to paint, training / idle", f"{training * 1e3:.1f} ms / {resting * 1e3:.1f} ms", training / resting),
        *(
            (f"steps a second, {source} {engine}, app / no screen", f"{app:,.0f} / {alone:,.0f}", app / alone)
            for source, engine, app, alone in speeds
        ),
        ("first frame, trainer / empty app", f"{frame:.2f} s / {empty:.2f} s", frame / empty),
        ("first paint with numbers, trainer / empty app", f"{ours:.2f} s / {empty:.2f} s", ours / empty),
        ("processor time while paused", "share of one core", load),
        *(
            (f"{name} / python -c pass", f"{took:.3f} s / {nothing:.3f} s", took / nothing)
            for name, (took, nothing) in start.starts().items()
        ),
        ("first compiled steps, code made / kept", f"{made:.1f} s / {kept:.1f} s", made / kept),
        ("rule in a file / plain loop, steps a second", f"{by_rule:,.0f} / {by_loop:,.0f}", by_rule / by_loop),
        *(
            (
                f"first look at findings / {steps:,} steps, {source}",
                f"{look * 1e3:.1f} / {run * 1e3:.0f} ms",
                look / run,
            )
            for source, steps in (("parity", 1_000), ("parity", 10_000), ("digits", 1_000), ("digits", 10_000))
            for run, look in [findings.first_look(source, steps)]
        ),
        *beside_others(),
    ]
    for name, values, ratio in rows:
        print(f"{name:<52}{values:<24}{ratio:8.3f}")


if __name__ == "__main__":
    main()
