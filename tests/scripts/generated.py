"""Write out each single mistake of the gallery in several styles, as whole scripts whose wrong line is known.

    python -m tests.scripts.generated FOLDER        then: python -m tests.scripts.score FOLDER

A style is a right script in tests/scripts/styles. A comment below a line, `#? NAME: CODE`, is what the mistake NAME makes
of that line; CODE is indented as the comment is. A mistake may change several lines. An unchanged line that has one (CODE
is the line itself) is an answer too: there the mistake shows.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_backprop.core.mistakes.gallery import MISTAKES

STYLES = Path(__file__).parent / "styles"
RIGHT = "right"

SCALED = {"half-the-gradient", "times-the-rate", "sum-over-batch", "mean-again", "bias-mean-again", "bias-sum"}
"""Mistakes that give every parameter its gradient times a positive factor."""

EITHER = {"no-bias-gradient", "layer-never-updated", "leftovers"}
"""Mistakes that may be told as a wrong formula, or as a parameter that never changes and a sum that is never cleared."""

_ALTERNATIVE = re.compile(r"(?P<indent> *)#\? (?P<name>[a-z-]+): (?P<code>.+)")


@dataclass(frozen=True)
class Script:
    """A generated script."""

    style: str
    mistake: str
    """A name of the gallery, or RIGHT."""
    text: str
    lines: tuple[int, ...]
    """Where the mistake is, from 1."""

    @property
    def file_name(self) -> str:
        """A name for the file that says what is in it."""
        return f"{self.style}__{self.mistake.replace('-', '_')}.py"

    @property
    def expected(self) -> dict[str, Any]:
        """What a right answer says, as expected.json has it."""
        verdict = "wrong formula"
        if self.mistake in (RIGHT, *SCALED):
            verdict = "right" if self.mistake == RIGHT else "scaled"
        elif self.mistake in EITHER:
            verdict = "either"
        what = "Everything is right." if self.mistake == RIGHT else MISTAKES[self.mistake].sentence
        told = {"verdict": verdict, "line": list(self.lines), "what": what, "words": [], "kind": self.mistake}
        return {**told, "style": self.style, "fix": bool(self.lines)}


def _read(style: Path) -> list[tuple[str, dict[str, str]]]:
    """Return the lines of a style, each with what mistakes make of it."""
    lines: list[tuple[str, dict[str, str]]] = []
    for line in style.read_text(encoding="utf-8").splitlines():
        found = _ALTERNATIVE.fullmatch(line)
        if found:
            lines[-1][1][found["name"]] = found["indent"] + found["code"]
        else:
            lines.append((line, {}))
    return lines


def scripts_of(style: Path) -> list[Script]:
    """Return the right script of a style, and one for each mistake that it has; raise ValueError for an unknown mistake."""
    lines = _read(style)
    names = sorted({name for _, ways in lines for name in ways})
    unknown = [name for name in names if name not in MISTAKES]
    if unknown:
        raise ValueError(f"{style.name}: unknown mistakes {', '.join(unknown)}; the gallery has {', '.join(MISTAKES)}")
    return [_script(style.stem, name, lines) for name in (RIGHT, *names)]


def _script(style: str, name: str, lines: Sequence[tuple[str, dict[str, str]]]) -> Script:
    text = "".join(f"{ways.get(name, line)}\n" for line, ways in lines)
    places = tuple(number for number, (_, ways) in enumerate(lines, 1) if name in ways)
    return Script(style, name, text, places)


def every_script() -> list[Script]:
    """Return all styles with all their mistakes."""
    return [script for style in sorted(STYLES.glob("*.py")) for script in scripts_of(style)]


def write(folder: Path) -> int:
    """Write all scripts and their expected.json into a folder, which is made where it is not there; return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    scripts = every_script()
    for script in scripts:
        (folder / script.file_name).write_text(script.text, encoding="utf-8")
    expected = {script.file_name: script.expected for script in scripts}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(scripts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tests.scripts.generated", description="Write the gallery as scripts."
    )
    parser.add_argument("folder", type=Path, help="where the scripts and expected.json go")
    chosen = parser.parse_args()
    print(f"{write(chosen.folder)} scripts in {chosen.folder}")
