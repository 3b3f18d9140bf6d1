"""The program: which command was called, and how every error ends."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Callable, Sequence

from tui_backprop.cli.output.printing import end_output, flush_output, prepare_streams, print_error
from tui_backprop.core.errors import IncompleteError, InputError

COMMANDS = (
    "run",
    "sweep",
    "export",
    "check",
    "new-check",
    "datasets",
    "examples",
    "draw",
    "serve",
    "lessons",
    "completion",
    "config",
    "help",
)
"""Commands, each the first word and a module of this room (- is _); without one of them the trainer opens."""

BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What the usual BLAS libraries read when NumPy is loaded."""

EXIT_NO = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 70
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status: 0; 1 where the answer is no; 2 for what cannot be used; 70 for a crash."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # The last bits of a product depend on how many threads share it, and a recipe is to give the same bits on any number of
    # cores. The networks here are small: where something else runs as well, several threads make them many times slower.
    for variable in BLAS_THREADS:
        os.environ.setdefault(variable, "1")
    try:
        prepare_streams()
        status = _load(given.pop(0) if given and given[0] in COMMANDS else "trainer")(given)
        flush_output()
    except (InputError, OSError) as error:
        end_output()
        if isinstance(error, BrokenPipeError):  # the reader of standard output has gone
            return EXIT_NO
        print_error(error)
        return EXIT_USAGE
    except IncompleteError as error:
        end_output()
        print(f"error: tui-backprop is incomplete: {error}", file=sys.stderr)
        return EXIT_INCOMPLETE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except MemoryError:
        print("error: there is not enough memory for this recipe and data", file=sys.stderr)
        return EXIT_USAGE
    except Exception as error:
        end_output()
        from tui_backprop.cli.output.crash import crashed

        return crashed(error, sys.argv[1:] if arguments is None else arguments)
    return status


def _load(command: str) -> Callable[[Sequence[str]], int]:
    """Import a command's module: one that is not called costs nothing, and `run` never loads a screen.

    What is loaded stays, so the search for garbage, which takes a tenth of the start, waits and passes over it.
    """
    gc.disable()
    try:
        return importlib.import_module(f"tui_backprop.cli.{command.replace('-', '_')}").main  # type: ignore[no-any-return]
    finally:
        gc.freeze()
        gc.enable()
