"""The program of the process that the user's file runs in: it loads the file and answers questions about its functions.

A question is one line of JSON on standard input, {"question": NAME, "seconds": how long it may take, …}, and its answer is
one line on standard output, {"answer": …} or {"error": sentence, "line": where in the file}. The file itself sees an empty
standard input and a standard output that leads nowhere.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, TextIO

import numpy as np

from tui_backprop.scripts.functions import own_network, own_rule
from tui_backprop.scripts.functions.forms import UnusableError
from tui_backprop.scripts.functions.rule_steps import RuleSteps
from tui_backprop.system.siblings import find_beside

_NAME = "learner_file"  # what the file is called as a module

Questions = Mapping[str, Callable[..., Any]]


def load_file(path: str, code: CodeType) -> ModuleType:
    """Run the file's code as a module, so that what is under `if __name__ == "__main__"` does not run."""
    sys.dont_write_bytecode = True
    find_beside(path)
    module = sys.modules[_NAME] = ModuleType(_NAME)
    module.__file__ = path
    exec(code, module.__dict__)  # noqa: S102  (the file that the user named on the command line, in a process of its own)
    return module


class Worker:
    """Keeps the file loaded and knows which questions it can be asked."""

    def __init__(self) -> None:
        self._path = ""
        self._code: CodeType | None = None
        self._questions: Questions = {}
        self._steps = RuleSteps(lambda: own_rule.OwnRule(self._module()))

    def answer(self, question: str, details: dict[str, Any]) -> Any:
        """Answer one question; with `fresh` among its details, as if nothing had been asked before it."""
        if question == "load":
            self._path = details["path"]
            self._code = compile(details["source"], self._path, "exec")
            return self._load()
        if question == "fresh":
            return self._load()
        if question == "take_training":
            return self._steps.take(details["training"])
        if question == "steps":
            return self._steps.steps(**details)
        if details.pop("fresh", False):
            self._load()
        return self._questions[question](**details)

    def _load(self) -> None:
        module = self._module()
        self._questions = {**own_network.network_questions(module), **own_rule.rule_questions(module)}

    def _module(self) -> ModuleType:
        """Return the file as if nothing had been asked before."""
        assert self._code is not None  # noqa: S101  (the first question is always `load`)
        return load_file(self._path, self._code)

    def line_in_file(self, error: BaseException) -> int | None:
        """Return the line of the file where an exception was raised; None where it was not raised in the file."""
        if isinstance(error, SyntaxError) and error.filename and Path(error.filename).name == Path(self._path).name:
            return error.lineno
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if Path(frame.filename).name == Path(self._path).name]
        return lines[-1] if lines else None


def _sentence(error: BaseException) -> str:
    match error:
        case UnusableError():
            return str(error)
        case SystemExit():
            return "it calls exit()"
        case SyntaxError():
            return f"not valid Python: {error.msg}"
        case KeyError():
            return f"KeyError: there is no {error}"
        case RecursionError():
            return "RecursionError: a function calls itself without an end"
    said = str(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def serve(questions: TextIO, answers: TextIO) -> None:
    """Answer until there are no more questions."""
    worker, own = Worker(), os.getpid()
    for line in questions:
        asked = json.loads(line)
        question, seconds = asked.pop("question"), max(asked.pop("seconds"), 0.01)
        faulthandler.dump_traceback_later(seconds, exit=True)
        try:
            answer = {"answer": worker.answer(question, asked)}
        except BaseException as error:
            answer = {"error": _sentence(error), "line": worker.line_in_file(error)}
        faulthandler.cancel_dump_traceback_later()
        if os.getpid() != own:  # the file has forked: one of the two answers
            os._exit(0)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def main() -> None:
    """Take standard input and output for the questions and answers, and leave the file others."""
    questions = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    np.seterr(all="ignore")
    serve(questions, answers)
