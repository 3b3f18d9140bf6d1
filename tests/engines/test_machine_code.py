"""The machine code of the compiled engine: made once, kept, loaded when it is wanted, and done without where it fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tests.engines.trainings import segment_of
from tui_backprop.cli.main import main
from tui_backprop.engines import compiled_engine, machine_code
from tui_backprop.engines.compiled_engine import EngineError, is_installed, load_pieces
from tui_backprop.engines.pieces import all_pieces, pieces_of
from tui_backprop.session.recipe.suggestion import suggested_recipe

pytestmark = [
    pytest.mark.skipif(not is_installed(), reason="numba and SciPy, the extra `fast`, are not installed"),
    pytest.mark.usefixtures("machine_code"),
]

LOAD = """
import sys
from tui_backprop.engines import machine_code
from tui_backprop.engines.compiled import plan
from tui_backprop.engines.compiled_engine import load_pieces
names = [sys.argv[1]]
load_pieces(names)
print(plan.piece_named(*names).was_kept, machine_code.is_made(names))
"""
"""Loads a piece of machine code and prints whether it was found on the disk, and whether it is there."""


def start(cache, code=LOAD, piece="update Sgd"):
    """A process whose cache folder this is; None is that of all tests."""
    environment = {**os.environ, **({"XDG_CACHE_HOME": str(cache)} if cache else {})}
    environment.pop("NUMBA_CACHE_DIR", None)
    return subprocess.Popen(
        [sys.executable, "-c", code, piece], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def printed(process):
    """What a process printed in the end; it had nothing to complain about."""
    out, complaints = process.communicate(timeout=300)
    assert (process.returncode, complaints) == (0, "")
    return out.split()


def test_code_is_made_once_and_kept_where_the_user_may_write(tmp_path):
    """Two processes may need it at once; the next one finds it; where it is damaged it is made again, without a word."""
    both = [printed(process) for process in (start(tmp_path), start(tmp_path))]
    assert {there for _, there in both} == {"True"}
    assert "False" in {kept for kept, _ in both}  # the second one makes it as well, or finds it there
    assert printed(start(tmp_path)) == ["True", "True"]
    files = [*tmp_path.rglob("*.nbc"), *tmp_path.rglob("*.nbi")]
    assert len(files) == 2
    for file in files:
        file.write_bytes(b"damaged" + file.read_bytes()[:100])
    assert printed(start(tmp_path)) == ["False", "True"]
    assert printed(start(tmp_path)) == ["True", "True"]
    assert not [*Path(machine_code.__file__).parent.rglob("*.nb?")]


def test_the_code_of_a_step_is_kept_too():
    """What one process made, here this one, every later one finds."""
    load_pieces(["loop one"])
    assert printed(start(None, piece="loop one")) == ["True", "True"]


def test_where_nothing_can_be_written_the_engine_works_as_well(tmp_path):
    """A cache folder that cannot be made costs the time of making the code each time, and nothing else."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, so no folder can be made in it")
    assert printed(start(blocked)) == ["False", "False"]


def test_an_interrupt_while_code_is_made_ends_the_program_at_once(tmp_path):
    """^C in the first seconds of a run ends in one line and status 130."""
    code = (
        "import sys; from tui_backprop.cli.main import main;"
        "from tui_backprop.engines.compiled import plan; make = plan.make;"
        "plan.make = lambda names: (print('begins', flush=True), make(names));"
        "sys.exit(main(['run', '--engine', 'compiled']))"
    )
    process = start(tmp_path, code)
    assert process.stdout.readline() == "begins\n"
    time.sleep(0.5)  # whatever it is at then
    process.send_signal(signal.SIGINT)
    out, complaints = process.communicate(timeout=300)
    assert (process.returncode, out, complaints) == (130, "", "interrupted\n")


def test_an_interrupt_ends_a_long_run_at_once():
    """^C while the loop runs, in a run that would take weeks, reports what was reached, with status 130."""
    load_pieces(pieces_of(segment_of(suggested_recipe("moons")).training))  # so that the code is there
    code = (
        "import sys; from tui_backprop.cli.main import main; from tui_backprop.engines.compiled.plan import CompiledPlan;"
        "advance = CompiledPlan.advance;"
        "CompiledPlan.advance = lambda *a: (print(a[2], flush=True) if a[2] > 1000 else None, advance(*a))[1];"
        "sys.exit(main(['run', 'moons', '--engine', 'compiled', '--steps', str(10**12)]))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert int(process.stdout.readline()) > 1000  # it goes on from here without a pause
    time.sleep(0.5)  # whatever it is at then
    process.send_signal(signal.SIGINT)
    out, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints) == (130, "")
    assert "interrupted" in out


def test_what_a_recipe_uses_is_made_before_its_run_and_once_for_all_sizes():
    """Whatever the numbers of a recipe, nothing is compiled in the middle of a run, nor what it does not use."""
    from tui_backprop.engines.compiled import plan  # noqa: PLC0415  (numba need not be installed)

    for recipe in (
        suggested_recipe("parity", lr=1, l1=1, clip=1),
        suggested_recipe("digits", optimizer="adamw", schedule=f"cosine:{10**30}", batch_size=None),
        suggested_recipe("iris", optimizer="nesterov", freeze=("b1",), sampling="sequential"),
    ):
        segment = segment_of(recipe)
        load_pieces(pieces_of(segment.training))
        made = set(plan._made)
        compiled_engine.CompiledEngine().advance(segment.training, segment.entry, 3)
        assert set(plan._made) == made
    one, other = (segment_of(suggested_recipe("moons", hidden=sizes)).training for sizes in ((4,), (5, 2)))
    assert pieces_of(one) == pieces_of(other)
    assert not {"update Lion", "values gelu", "product forward_large"} & set(pieces_of(one))
    assert set(pieces_of(one)) < set(all_pieces())


def test_other_threads_run_while_the_loop_does():
    """Another thread sees parameters change while a single call trains; with the interpreter's lock held it could not."""
    from tui_backprop.engines.compiled.plan import CompiledPlan  # noqa: PLC0415  (as above)

    segment = segment_of(suggested_recipe("moons"))
    plan = CompiledPlan(segment.training)
    theta, slots = segment.entry.parameters.copy(), segment.entry.slots.copy()
    drawn = np.arange(10_000_000) % len(segment.training.inputs)
    thread = threading.Thread(target=plan.train, args=(theta, slots, drawn, 0, 100_000))
    seen = set()
    thread.start()
    while thread.is_alive():
        seen.add(theta[0])
    assert len(seen) > 10


@pytest.fixture
def broken(monkeypatch):
    """Numba is installed, and does not go together with what else is."""
    from tui_backprop.engines.compiled import plan  # noqa: PLC0415  (as above)

    def fails(_names):
        raise ImportError("Numba needs NumPy 2.0 or less.\n\x1b[31mGot NumPy 9.9.\n")

    monkeypatch.setattr(plan, "make", fails)
    monkeypatch.setattr(compiled_engine, "_loaded", set())
    monkeypatch.setattr(compiled_engine, "_problems", [])
    monkeypatch.setattr(machine_code, "forget", lambda: None)


def test_an_engine_that_does_not_work_is_refused_in_one_line(broken, capsys):
    """Asked for by name it is an error with the reason."""
    for _ in range(2):
        assert main(["run", "--engine", "compiled"]) == 2
        found = capsys.readouterr()
        assert found.out == ""
        assert found.err.startswith("error: engine: compiled cannot be used here: Numba needs NumPy 2.0 or less.")
        assert "\x1b" not in found.err
        assert found.err.count("\n") == 1


def test_where_auto_meant_an_engine_that_does_not_work_numpy_goes_on(broken, capsys):
    """A long run is made by NumPy, and a note says why."""
    assert main(["run", "--steps", "1000000", "--until", "step >= 200", "--json"]) == 0
    found = capsys.readouterr()
    assert '"engine": "numpy"' in found.out
    assert "cannot be used here" in found.err
    assert not is_installed()


def test_what_fails_once_is_tried_again_without_what_is_on_the_disk(monkeypatch):
    """Damaged files are thrown away; an error of the second try is the engine's."""
    from tui_backprop.engines.compiled import plan  # noqa: PLC0415  (as above)

    tries, thrown_away = [], []

    def fails_once(_names):
        tries.append("try")
        if len(tries) == 1:
            raise EOFError

    monkeypatch.setattr(plan, "make", fails_once)
    monkeypatch.setattr(compiled_engine, "_loaded", set())
    monkeypatch.setattr(machine_code, "forget", lambda: thrown_away.append("files"))
    load_pieces(["loop one"])
    assert (len(tries), thrown_away) == (2, ["files"])


def test_a_background_that_fails_says_so(broken):
    """Whoever waits for the engine is always answered."""
    answers, answered = [], threading.Event()

    def then(error):
        answers.append(error)
        answered.set()

    compiled_engine.load_in_background(segment_of(suggested_recipe("parity")).training, then)
    assert answered.wait(60)
    assert isinstance(answers[0], EngineError)


def test_nothing_loads_numba_until_it_is_wanted():
    """A run by NumPy imports neither numba nor SciPy, and neither does opening the app on a long run before its picture."""
    code = (
        "import sys; from tui_backprop.session.session import Session;"
        "from tui_backprop.session.recipe.recipe import Recipe;"
        "from tui_backprop.ui.app import TrainerApp; TrainerApp(Session(Recipe(engine='compiled')));"
        "Session(Recipe()).run(10); print({'numba', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
