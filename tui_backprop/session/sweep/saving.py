"""A sweep on disk: a line that says what is swept, then a line for each run that has finished."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tui_backprop.session.export import replacing
from tui_backprop.session.sweep.axes import SweepError
from tui_backprop.session.sweep.outcome import Outcome, from_json
from tui_backprop.text.cleaning import clean

FORMAT = "tui-backprop sweep"
VERSION = 1


class SweepFile:
    """The file of one sweep. Whatever happens while it is written, every whole line in it is a run that finished."""

    def __init__(self, path: Path, fingerprint: dict[str, Any], runs: int) -> None:
        """Open a file, or begin one.

        Raises:
            SweepError: it is the file of another sweep or of something else, in one sentence.
            OSError: it cannot be read or written.
        """
        self._path = path
        self._name = clean(path.name)
        self.outcomes: dict[int, Outcome] = {}
        """What it held when it was opened, by run."""
        head = {"format": FORMAT, "version": VERSION, "runs": runs, "plan": fingerprint}
        if path.exists() and path.stat().st_size:
            self._read(head)
        else:
            with replacing(path) as file:
                file.write(_line(head))

    def _read(self, head: dict[str, Any]) -> None:
        data = self._path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        lines = whole.decode("utf-8", errors="replace").splitlines()
        self._check_head(lines[0] if lines else "", head)
        for number, line in enumerate(lines[1:], start=2):
            try:
                outcome = from_json(json.loads(line), head["runs"])
            except (ValueError, RecursionError):
                raise SweepError(f"{self._name}:{number}: expected the outcome of a run of this sweep") from None
            self.outcomes[outcome.run] = outcome
        if len(whole) < len(data):  # the last line was being written when the program was stopped
            os.truncate(self._path, len(whole))

    def _check_head(self, line: str, head: dict[str, Any]) -> None:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise SweepError(f"{self._name}: this is not a saved sweep")
        version = found.get("version")
        if version != VERSION:
            raise SweepError(
                f"{self._name}: a sweep of version {clean(str(version))[:20]}; this program reads version {VERSION}"
            )
        if found != json.loads(json.dumps(head)):
            raise SweepError(
                f"{self._name}: this file has another sweep ({_difference(found.get('plan'), head['plan'])}); "
                "name another file, or give the command that began it"
            )

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Append runs that finished, and see that they reach the disk.

        Raises:
            OSError: the file cannot be written.
        """
        text = "".join(_line(outcome.as_json()) for outcome in outcomes)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n"


def _difference(found: Any, wanted: dict[str, Any]) -> str:
    """Name what differs between two plans, with `recipe` entered one level down."""
    if not isinstance(found, dict):
        return "its plan cannot be read"
    wanted = json.loads(json.dumps(wanted))
    names = [name for name in wanted if found.get(name) != wanted[name]]
    if "recipe" in names and isinstance(found.get("recipe"), dict):
        fields = [name for name in wanted["recipe"] if found["recipe"].get(name) != wanted["recipe"][name]]
        names[names.index("recipe")] = ", ".join(fields) or "recipe"
    return f"{', '.join(names) or 'the number of runs'} differ"
