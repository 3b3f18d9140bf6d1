"""A script's surroundings while it is watched: seeds, stand-ins, and nothing written outside a scratch folder."""

from __future__ import annotations

import builtins
import contextlib
import importlib.abc
import importlib.machinery
import io
import os
import random
import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

_STOOD_IN = {
    "matplotlib",
    "pylab",
    "seaborn",
    "tqdm",
    "plotly",
    "pygame",
    "turtle",
    "cv2",
    "PIL",
    "tkinter",
    "imageio",
    "termcolor",
    "colorama",
    "tabulate",
    "prettytable",
    "rich",
    "alive_progress",
    "graphviz",
    "networkx",
    "IPython",
    "google",
    "ipywidgets",
    "mpl_toolkits",
    "bokeh",
    "playsound",
    "wandb",
    "tensorboardX",
    "numba",
}


class Anything(types.ModuleType):
    """What stands in for something that only draws or decorates: it can be called, read and gone over, to no effect."""

    def __init__(self, name: str = "anything") -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Anything(name)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        """Let classes be made of it, as libraries make them of what is stood in for."""
        return (Anything,)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], types.FunctionType):
            return args[0]
        return Anything("anything")

    def __iter__(self) -> Any:
        return iter((Anything(), Anything()))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, int) and index > 200:
            raise IndexError(index)
        return Anything("anything")

    def __setitem__(self, index: Any, value: Any) -> None:
        pass

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *problem: Any) -> None:
        pass

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0


class _StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds, after everyone else failed, the modules that a script can do without."""

    def __init__(self, always: set[str], notes: list[str]) -> None:
        self.always = always
        self.notes = notes

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        top = name.split(".", maxsplit=1)[0]
        if top in self.always:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> Any:
        if spec.name in ("tqdm", "tqdm.auto", "tqdm.notebook"):
            module = types.ModuleType(spec.name)
            module.__path__ = []  # type: ignore[attr-defined]
            module.tqdm = _SilentProgress  # type: ignore[attr-defined]
            module.trange = lambda *n, **k: _SilentProgress(range(*n))  # type: ignore[attr-defined]
            module.tqdm_notebook = _SilentProgress  # type: ignore[attr-defined]
            return module
        return Anything(spec.name)

    def exec_module(self, module: Any) -> None:
        pass


class _SilentProgress:
    def __init__(self, source: Any = (), *args: Any, **kwargs: Any) -> None:
        self.source = source

    def __iter__(self) -> Any:
        return iter(self.source)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *problem: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


class Sandbox:
    """Seeds the script, stands in for what it cannot have, and sends what it writes to a scratch folder.

    Folders that it makes are not there; the files in them are in the scratch folder.
    """

    def __init__(self, scratch: str, seed: int, verbose: bool, lines: list[str]) -> None:
        self.scratch = os.path.realpath(scratch)
        self.notes: list[str] = []
        self.seed = seed
        self.verbose = verbose
        self.lines = lines
        self.seeded: set[str] = set()
        self._lifted = False

    def enter(self) -> None:
        """Take effect; there is no way back, the process ends with the script."""
        drawn = {"matplotlib", "pylab", "tqdm", "seaborn", "turtle", "tkinter", "pygame", "mpl_toolkits"}
        finder = _StandIns(drawn, self.notes)
        sys.meta_path.insert(0, finder)
        sys.meta_path.append(_StandIns(_STOOD_IN, self.notes))
        random.seed(self.seed)
        np.random.seed(self.seed)
        self._seed_generators()
        self._input()
        self._files()
        import time

        time.sleep = lambda seconds: None  # type: ignore[assignment]
        if not self.verbose:
            sys.stdout = _Sink()
        sys.stderr = _Sink()
        sys.addaudithook(self._audit)

    def _seed_generators(self) -> None:
        original, own, count = np.random.default_rng, self.seed, [0]

        def default_rng(seed: Any = None) -> Any:
            if seed is None:
                seed = own + count[0]
                count[0] += 1
            return original(seed)

        np.random.default_rng = default_rng  # type: ignore[assignment]

    def _input(self) -> None:
        lines, notes = self.lines, self.notes

        def answer(prompt: str = "") -> str:
            if not notes or not notes[-1].startswith("It asks"):
                notes.append("It asks for input; it got an empty line.")
            return lines.pop(0) if lines else ""

        builtins.input = answer  # type: ignore[assignment]

    def _files(self) -> None:
        original, scratch = builtins.open, self.scratch

        def redirected(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
            if isinstance(file, (str, bytes, os.PathLike)) and any(letter in mode for letter in "wax+"):
                name = os.path.basename(os.fsdecode(file))
                inside = os.path.join(scratch, name)
                if "a" in mode or ("+" in mode and os.path.exists(file) and not os.path.exists(inside)):
                    _copy(file, inside)
                file = inside
            elif isinstance(file, str) and not os.path.exists(file):
                inside = os.path.join(scratch, os.path.basename(file))
                file = inside if os.path.exists(inside) else file
            return original(file, mode, *args, **kwargs)

        builtins.open = io.open = redirected  # type: ignore[assignment]
        make = os.mkdir

        def made(path: Any, *args: Any, **kwargs: Any) -> None:
            if os.path.isdir(path):
                raise FileExistsError(17, "File exists", path)
            if self._inside(path):
                make(path, *args, **kwargs)

        os.mkdir = made  # type: ignore[assignment]

    @contextlib.contextmanager
    def lifted(self) -> Iterator[None]:
        """Allow for a moment, for what is not the script's, what it must not do."""
        self._lifted = True
        try:
            yield
        finally:
            self._lifted = False

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if self._lifted:
            return
        if event == "open":
            path, mode, flags = (*args, None, None, None)[:3]
            writes = isinstance(flags, int) and flags & (
                os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
            )
            if writes and isinstance(path, (str, bytes)) and not self._inside(path):
                raise PermissionError(f"not written during the check: {os.path.basename(os.fsdecode(path))}")
        elif event in _REFUSED or event.startswith("socket."):
            if event in _PATHS and args and isinstance(args[0], (str, bytes)) and self._inside(args[0]):
                return
            if event == "socket.__new__" or event == "socket.gethostname":
                return
            if not any(event in note for note in self.notes):
                self.notes.append(f"It tried something that is not allowed during the check ({event}).")
            raise PermissionError(f"not allowed during the check: {event}")

    def _inside(self, path: Any) -> bool:
        whole = os.path.realpath(os.fsdecode(path))
        return whole.startswith(self.scratch + os.sep) or whole == os.devnull


_PATHS = {
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "shutil.rmtree",
    "os.truncate",
    "os.chmod",
}
_REFUSED = _PATHS | {
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.forkpty",
    "os.kill",
    "os.link",
    "os.symlink",
    "os.chown",
    "shutil.move",
    "shutil.copyfile",
    "ctypes.dlopen",
    "webbrowser.open",
    "urllib.Request",
}


class _Sink(io.StringIO):
    """Takes what a script prints and forgets it."""

    def write(self, text: str) -> int:
        return len(text)


def _copy(source: Any, target: str) -> None:
    if os.path.exists(source):
        with io.FileIO(source) as read, io.FileIO(target, "w") as written:
            written.write(read.read())


__all__ = ["Anything", "Sandbox"]
