"""A process that runs what a user named: it ends when we do, gets nothing of the working folder, and cannot flood us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.own_files import RIGHT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there is no guard elsewhere")

HOSTILE = """\
import faulthandler, os, signal, threading, time
faulthandler.cancel_dump_traceback_later()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
threading.Thread(target=lambda: time.sleep(1000)).start()

def note():
    with open("pids", "a") as file:
        file.write(f"{os.getpid()}\\n")

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        note()
        time.sleep(1000)
    note()
    time.sleep(1000)
note()
while open("pids").read().count("\\n") < 3:
    pass
sum(iter(int, 1))  # no other thread of this process runs any more
"""
"""Ignores signals, has a thread, a daemon with a child, no watchdog, and holds Python's lock for ever."""


def call(folder, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "tui_backprop", *arguments],
        capture_output=True, text=True, cwd=folder, timeout=120, check=False, **options,
    )  # fmt: skip


def wait_for(what, seconds=60.0):
    """Look again and again until something is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in (b"Z", b"X")


def noted(folder):
    path = folder / "pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_when_the_parent_dies(tmp_path, number):
    """However the parent ends, the file's process, its threads, forks and daemons end as well."""
    (tmp_path / "net.py").write_text(RIGHT + HOSTILE)
    parent = subprocess.Popen(
        [sys.executable, "-m", "tui_backprop", "check", "net.py", "--timeout", "600"], cwd=tmp_path
    )
    wait_for(lambda: len(noted(tmp_path)) == 3)
    parent.send_signal(number)
    parent.wait(60)
    wait_for(lambda: not any(map(is_running, noted(tmp_path))))


def test_the_time_limit_binds_without_a_watchdog(tmp_path):
    """A file that switches off what watches it ends all the same, with a sentence, and leaves nothing."""
    (tmp_path / "net.py").write_text(RIGHT + HOSTILE)
    done = call(tmp_path, "check", "net.py", "--timeout", "1")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "net.py: it did not end within 1 s" in done.stderr
    assert len(noted(tmp_path)) == 3
    assert not any(map(is_running, noted(tmp_path)))


def test_what_a_file_leaves_running_ends_with_the_check(tmp_path):
    """A daemon of a right file is no reason to wait, and does not stay."""
    daemon = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    open('pids', 'w').write(str(os.getpid()))\n"
    (tmp_path / "net.py").write_text(f"{daemon}    time.sleep(1000)\nwhile not os.path.exists('pids'): pass\n{RIGHT}")
    assert call(tmp_path, "check", "net.py").returncode == 0
    (pid,) = noted(tmp_path)
    assert not is_running(pid)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_processes_of_a_sweep_end_with_it(tmp_path, number):
    """The same holds for the workers of a sweep, and for the process that keeps their books."""
    arguments = ["sweep", "moons", "--steps", "1000000", "--seeds", "8", "--processes", "2", "--engine", "numpy"]
    parent = subprocess.Popen([sys.executable, "-m", "tui_backprop", *arguments], cwd=tmp_path)
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    if not children.exists():
        parent.kill()
        pytest.skip("this kernel does not list children")
    wait_for(lambda: len(children.read_text().split()) >= 3)
    found = children.read_text().split()
    parent.send_signal(number)
    parent.wait(60)
    wait_for(lambda: not any(map(is_running, found)))


PLANTED = ("random", "pickle", "socket", "queue", "ctypes", "secrets", "numba", "distributed")
PACKAGES = ("numpy", "scipy", "multiprocessing", "tui_backprop")


@pytest.fixture
def trap(tmp_path):
    """A working folder with modules named like others, each of which leaves a mark when it runs."""
    mark = f"open({str(tmp_path / 'ran')!r}, 'a').write(__name__)\n"
    for name in PLANTED:
        (tmp_path / f"{name}.py").write_text(mark)
    for name in PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(mark)
    (tmp_path / "beside.py").write_text("NUMBER = 0.2\n")
    (tmp_path / "net.py").write_text(
        "import random, numpy, beside\nnumpy.random.default_rng(0)\n" + RIGHT.replace("0.2", "beside.NUMBER")
    )
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "net.py"],
        ["run", "--steps", "10"],
        ["sweep", "--steps", "10", "--seeds", "2", "--processes", "2"],
    ],
)
def test_only_what_was_named_runs(trap, arguments):
    """Modules that happen to lie in the working folder do not; one that the file imports by a name of its own does."""
    program = Path(sys.executable).with_name("tui-backprop")
    done = subprocess.run([program, *arguments], cwd=trap, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert not (trap / "ran").exists()


def test_a_relative_path_of_pythons_is_not_the_working_folder(trap):
    """An empty part of PYTHONPATH, which a colon too many leaves, means the working folder: not for our processes."""
    code = f"import sys; sys.path[:] = {sys.path!r}; from tui_backprop.cli.main import main; main(['check', 'net.py'])"
    for path in (".", f":{trap}/nothing"):
        environment = {**os.environ, "PYTHONPATH": path}
        done = subprocess.run(
            [sys.executable, "-I", "-c", f"import os; os.environ.update({environment!r}); {code}"],
            cwd=trap, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert "✓ right" in done.stdout, done.stderr
        assert not (trap / "ran").exists()


WRITE = """\
import os
for number in range(3, 30):
    try:
        if os.readlink(f"/proc/self/fd/{{number}}").startswith("pipe") and os.write(number, b"") == 0:
            out = number
    except OSError:
        pass
def say(data):
    while data:
        data = data[os.write(out, data):]
def forward(parameters, x):
    {act}
def backward(parameters, x, y):
    pass
parameters = {{"w": 1.0}}
data = [(1.0, 1.0)]
"""
"""A file that finds the pipe of its process's answers, and writes there itself."""

ANSWERS = {
    "an empty object": "say(b'{}' + bytes([10]))",
    "a list": "say(b'[1]' + bytes([10]))",
    "a deep list": "say(b'[' * 100000 + bytes([10]))",
    "another shape": """say(b'{"answer": {"names": ["w"]}}' + bytes([10]))""",
    "text for numbers": """say(b'{"answer": {"names": ["w"], "shapes": [[]], "theta": ["1"], "own_loss": false, "inputs": 1,'
        b'"outputs": 1, "x": "rows", "y": "rows", "batches": true, "data": null}}' + bytes([10]))""",
    "an error of another kind": """say(b'{"error": 5, "line": "x"}' + bytes([10]))""",
    "no text": "say(bytes([255, 254, 10]))",
    "70 MiB in a line": "[say(b' ' * 2**20) for _ in range(70)]",
    "a line without an end": "say(b'{' * 100); import time; time.sleep(60)",
    "700 MB on standard error": "[os.write(2, b'x' * 2**20) for _ in range(700)]; os._exit(3)",
}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the file looks for the pipe there")
@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_that_is_none_is_one_sentence(tmp_path, what):
    """Whatever is written where answers are, and however much."""
    (tmp_path / "net.py").write_text(WRITE.format(act=ANSWERS[what]))
    done = call(tmp_path, "check", "net.py", "--timeout", "4")
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("error: net.py")
    assert done.stderr.count("\n") == 1
    assert len(done.stderr) < 300
