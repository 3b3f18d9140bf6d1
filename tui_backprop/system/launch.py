"""The program that a process of ours begins with: it runs one module, watched by a guard that ends it with its parent.

    python …/tui_backprop/system/launch.py LIFELINE MODULE [ARGUMENTS]

LIFELINE is the number of a file descriptor, the reading end of a pipe whose other end the parent alone holds. When that
pipe ends, because the parent wants it or because the parent has died in whatever way, all that was started here ends.

It has to start under every Python that a user may name, before anything can be imported that is not the standard library's.
"""

from __future__ import annotations

import sys

if not (getattr(sys.flags, "safe_path", False) or sys.flags.isolated):
    del sys.path[0]  # this folder: modules in it must not be taken for the standard library's

import os
import signal

_PDEATHSIG = 1  # prctl: the signal that this process gets when its parent dies
_SUBREAPER = 36  # prctl: descendants whose parent has died become children of this process


def main() -> None:
    """Run the module in a process of its own, beside the guard; on Windows in this one."""
    lifeline, module, sys.argv[1:] = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    if os.name != "posix":
        _run(module)
        return
    _control(_SUBREAPER, 1)
    wake, signalled = os.pipe()
    os.set_blocking(signalled, False)
    signal.set_wakeup_fd(signalled)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    guard = os.getpid()
    worker = os.fork()
    if worker:
        _guard(worker, lifeline, wake)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for descriptor in (lifeline, wake, signalled):
        os.close(descriptor)
    os.setsid()  # a group of its own, so that the group can be killed without the guard
    _control(_SUBREAPER, 0)
    _control(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != guard:  # it died before it was asked to be told
        os._exit(1)
    _run(module)


def _run(module: str) -> None:
    """Import the module from the very package that this file belongs to, wherever else there is one, and call its `main`."""
    import importlib.util  # the guard does without it

    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    package = os.path.basename(folder)
    found = importlib.util.spec_from_file_location(
        package, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert found is not None
    assert found.loader is not None
    sys.modules[package] = loaded = importlib.util.module_from_spec(found)
    found.loader.exec_module(loaded)
    importlib.import_module(module).main()


def _control(option: int, value: int) -> None:
    """Call prctl, where there is one."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, *(ctypes.c_ulong(number) for number in (value, 0, 0, 0)))


# The guard.


def _guard(worker: int, lifeline: int, wake: int) -> None:
    """Wait for the end of the worker or of the lifeline; then kill what is left, and end as the worker did."""
    import select

    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # the parent is to see that they end when the worker does
        os.dup2(nothing, stream)
    status = None
    while status is None:
        ready, _, _ = select.select([lifeline, wake], [], [])
        if wake in ready:
            os.read(wake, 4096)
        status = _reaped(worker)
        if lifeline in ready:
            break
    status = _kill_all(worker, status)
    if os.WIFSIGNALED(status):
        _die_of(os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


def _reaped(worker: int) -> int | None:
    """Take note of all children that have ended; return the status of the worker if it is among them."""
    found = None
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if process == 0:
            return found
        if process == worker:
            found = status


def _kill_all(worker: int, status: int | None) -> int:
    """Kill the worker's group and all its descendants, which become children of the guard as their parents die."""
    while True:
        for target in (-worker, *_children()):
            try:
                os.kill(target, signal.SIGKILL)
            except OSError:
                pass
        try:
            process, ended = os.waitpid(-1, 0)
        except ChildProcessError:
            return signal.SIGKILL if status is None else status
        if process == worker:
            status = ended


def _children() -> list[int]:
    """Return the children of this process; none where the system does not list processes in /proc."""
    own, found = os.getpid(), []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit():
            try:
                with open("/proc/" + name + "/stat", "rb") as file:
                    parent = file.read().rpartition(b")")[2].split()[1]
            except (OSError, IndexError):
                continue
            if int(parent) == own:
                found.append(int(name))
    return found


def _die_of(number: int) -> None:
    """End by a signal, without a second core dump."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


if __name__ == "__main__":
    main()
