"""One run of a script under the recorder: its source and the modules beside it become code that records."""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib.abc
import importlib.util
import os
import sys
import traceback
import types
from collections.abc import Iterator
from typing import Any

from . import rewrite as rewriting
from .attempts import Attempts
from .dump import dump
from .names import collect
from .recorder import Recorder
from .rewrite import Places, rewrite
from .sandbox import Sandbox

_exit = os._exit


def leave(status: int) -> None:
    """End this process at once, with what was printed so far."""
    with contextlib.suppress(Exception):  # it may be closed, by the script
        sys.__stdout__.flush()  # type: ignore[union-attr]
    _exit(status)


class TracedRun:
    """One run of a script under the recorder."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.request = request
        self.places = Places()
        self.path: str = request["path"]
        self.sandbox = Sandbox(
            request["scratch"], request.get("seed", 0), request.get("verbose", False), request.get("input", [])
        )
        self.recorder = Recorder(
            self.finish,
            request.get("updates", 30),
            request.get("records", 150_000),
            request.get("size", 200_000_000),
            request.get("seconds", 5.0),
            request.get("patience", 0.0),
        )
        self.hooks: Any = self.recorder
        if request.get("begin"):
            self.recorder.on, self.recorder.waiting = False, True
        self.tries: list[dict[str, Any]] = request.get("attempts", [])
        if self.tries:
            self.recorder.attempts = Attempts(self.tries, request.get("forgets", 0))

    def compile(self, source: str, path: str) -> types.CodeType:
        """Return a source file as code that records."""
        tree = ast.parse(source, path)
        number = self.places.add_file(path)
        self.recorder.traced.add(path)
        begin = self.request.get("begin") if path == self.path else None
        stops: dict[Any, list[int]] = {}
        for n, one in enumerate(self.tries):
            if one["file"] == path:
                stops.setdefault(tuple(one["span"]), []).append(n)
        return compile(rewrite(tree, self.places, number, stops, begin), path, "exec", dont_inherit=True)

    def go(self) -> None:
        """Run the script; the process ends in `finish`."""
        code = self.compile(self.request["source"], self.path)
        folder = self.request["folder"]
        sys.path.insert(0, folder)
        sys.argv = [self.path, *self.request.get("arguments", [])]
        sys.dont_write_bytecode = True
        sys.setrecursionlimit(max(6000, sys.getrecursionlimit() * 3))
        sys.meta_path.insert(0, _OwnModules(self, folder, self.request.get("modules", {})))
        os.chdir(folder)
        setattr(builtins, rewriting.NAME, self.hooks)
        module = types.ModuleType("__main__")
        module.__file__ = self.path
        sys.modules["__main__"] = module
        self.sandbox.enter()
        self.module = module
        os._exit = self._ended_by_itself  # type: ignore[assignment]
        try:
            exec(self.request.get("supplied", ""), module.__dict__)
            exec(code, module.__dict__)
        except BaseException as error:
            self.finish("error", error)
        self.finish("end")

    def finish(self, reason: str, error: BaseException | None = None) -> None:
        """Write the trace and end the process: nothing of the script's can catch that."""
        self.recorder.on = False
        frames: list[types.FrameType] = []
        frame: Any = sys._getframe(1)
        if error is not None and error.__traceback__ is not None:
            steps: Any = error.__traceback__
            while steps is not None:
                if steps.tb_frame.f_code.co_filename in self.recorder.traced:
                    frames.append(steps.tb_frame)
                steps = steps.tb_next
        while frame is not None:
            if frame.f_code.co_filename in self.recorder.traced:
                frames.insert(0, frame)
            frame = frame.f_back
        more: dict[str, Any] = {
            "reason": reason,
            "notes": [*self.sandbox.notes, *self.recorder.remarks],
            "forgets": self.recorder.forgets,
        }
        more["line"] = next((one.f_lineno for one in reversed(frames) if one.f_code.co_filename == self.path), None)
        if error is not None and not (isinstance(error, SystemExit) and not error.code):
            more["error"] = self._described(error)
        if not frames:
            frames = [_Frame(self.module.__dict__)]  # type: ignore[list-item]
        self.recorder.store_names = names = collect(self.recorder.store, frames)  # type: ignore[attr-defined]
        more["paths"] = names
        if self.recorder.attempts is not None:
            more["tried"] = self.recorder.attempts.results()
        dump(self.request["answer"], self.recorder, self.places, more)
        leave(0)

    def _ended_by_itself(self, status: int = 0) -> None:
        """Take the place of `os._exit`, which ends a process without a word."""
        line = next((f.f_lineno for f in _callers() if f.f_code.co_filename in self.recorder.traced), None)
        where = "" if line is None else f" in line {line}"
        self.sandbox.notes.append(f"It ends its process itself (os._exit{where}): it was followed up to there.")
        self.finish("end")

    def _described(self, error: BaseException) -> dict[str, Any]:
        lines = [step for step in traceback.extract_tb(error.__traceback__) if step.filename in self.recorder.traced]
        at = lines[-1] if lines else None
        name = getattr(error, "name", None)
        return {
            "type": type(error).__name__,
            "text": str(error)[:300],
            "module": name if isinstance(name, str) else None,
            "file": at.filename if at else None,
            "line": at.lineno if at else getattr(error, "lineno", None),
        }


def _callers() -> Iterator[types.FrameType]:
    frame = sys._getframe(1).f_back
    while frame is not None:
        yield frame
        frame = frame.f_back


class _Frame:
    """The module's names, once its code has ended."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.f_globals = self.f_locals = names


class _OwnModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the modules that lie beside the script, recorded like the script itself."""

    def __init__(self, run: TracedRun, folder: str, given: dict[str, str]) -> None:
        self.run = run
        self.folder = os.path.realpath(folder)
        self.given = given

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        places = [self.folder] if path is None else list(path)
        last = name.rsplit(".", 1)[-1]
        for place in places:
            if not isinstance(place, str) or not os.path.realpath(place).startswith(self.folder):
                continue
            if "site-packages" in place[len(self.folder) :]:
                continue
            package = os.path.join(place, last, "__init__.py")
            single = os.path.join(place, f"{last}.py")
            for file, inside in ((package, [os.path.join(place, last)]), (single, None)):
                if os.path.isfile(file):
                    spec = importlib.util.spec_from_file_location(
                        name, file, loader=self, submodule_search_locations=inside
                    )
                    return spec
        return None

    def create_module(self, spec: Any) -> Any:
        return None

    def exec_module(self, module: Any) -> None:
        file = module.__spec__.origin
        source = self.given.get(file)
        if source is None:
            with open(file, "rb") as opened:
                source = importlib.util.decode_source(opened.read())
        exec(self.run.compile(source, file), module.__dict__)
