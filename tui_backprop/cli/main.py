"""The program: which command was called, and how every error ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from tui_backprop.cli import datasets, run, trainer
from tui_backprop.cli.options import UsageError
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.session.conditions import ConditionError
from tui_backprop.session.recipe import RecipeError

COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {"run": run.main, "datasets": datasets.main}
"""Commands by their first word; without one of them the trainer opens."""

EXIT_NO = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status: 0; 1 where the answer is no; 2 for a usage or input error."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = COMMANDS.get(given[0]) if given else None
    try:
        status = trainer.main(given) if command is None else command(given[1:])
        sys.stdout.flush()
    except (UsageError, SourceError, RecipeError, ConditionError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            return _reader_gone()
        print(f"error: {_one_line(error)}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except MemoryError:
        print("error: there is not enough memory for this recipe and data", file=sys.stderr)
        return EXIT_USAGE
    return status


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split())


def _reader_gone() -> int:
    """End quietly when whoever reads standard output has gone, and keep Python from complaining at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_NO
